"""What was said and is not known to have arrived: until the server has answered a PING sent behind it.

Owns the numbers of those PINGs (fences) and which lines the server refused. A server answers in order, and
one that keeps what it accepts answers a PING only when everything before it is kept. One fence is on its way
at a time. Used by LineMode.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from hubbub.irc.names import fold

MOST = 500
FENCE = "hubbub-"


@dataclass(slots=True)
class Sent:
    """One typed text, in the pieces that it was sent in."""

    number: int
    target: str
    text: str
    pieces: tuple[str, ...]
    private: bool
    guessed: bool
    """Written as name: text, so it may have been meant for the room."""
    refused: int = 0
    """How many of the pieces were refused."""


class Unconfirmed:
    """In the order of sending; the oldest are given up where a server never answers."""

    __slots__ = ("_fence", "_last", "_waiting")

    def __init__(self) -> None:
        self._waiting: deque[Sent] = deque(maxlen=MOST)
        self._last = 0
        self._fence = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, target: str, text: str, pieces: tuple[str, ...], *, private: bool, guessed: bool) -> None:
        self._last += 1
        self._waiting.append(Sent(self._last, target, text, pieces, private, guessed))

    def fence(self) -> str | None:
        """What to PING with now, if anything waits and no other PING is on its way."""
        if self._fence or not self._waiting:
            return None
        self._fence = self._last
        return f"{FENCE}{self._fence}"

    def confirmed(self, token: str) -> list[Sent]:
        """The texts that have arrived, now that this PING has been answered."""
        if not self._fence or token != f"{FENCE}{self._fence}":
            return []
        arrived = []
        while self._waiting and self._waiting[0].number <= self._fence:
            arrived.append(self._waiting.popleft())
        self._fence = 0
        return [sent for sent in arrived if not sent.refused]

    def refused(self, target: str) -> Sent | None:
        """The text that the server has just refused to take to that target."""
        for sent in self._waiting:
            if fold(sent.target) == fold(target) and sent.refused < len(sent.pieces):
                sent.refused += 1
                return sent
        return None

    def give_up(self) -> list[Sent]:
        """The connection is gone: what is left may or may not have arrived."""
        left = [sent for sent in self._waiting if not sent.refused]
        self._waiting.clear()
        self._fence = 0
        return left
