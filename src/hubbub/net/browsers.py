"""Where browsers are: the addresses with an HTTP or WebSocket connection now, or a moment ago.

Browsers open spare connections in advance and say nothing on them until they need one; a person with nc says nothing
either, and waits for a greeting. The door asks here whom it has more likely before it. Told by the network of every
connection; knows no socket, and no clock of its own. Every call takes the same time, however many addresses there are.
"""

from __future__ import annotations

KINDS = frozenset({"http", "websocket"})
"""What browsers speak (Connection.kind)."""
RECENT = 30.0
"""Seconds for which a browser is expected back."""
REMEMBERED = 10_000
"""Addresses from which none is there any more."""


class Browsers:
    """By address, or by network where one person has a whole one (core.attempts.network_of)."""

    def __init__(self) -> None:
        self._here: dict[str, int] = {}
        """How many connections there are now."""
        self._gone_at: dict[str, float] = {}
        """When the last of them ended; the latest come last."""

    def __len__(self) -> int:
        return len(self._here) + len(self._gone_at)

    def come(self, address: str) -> None:
        self._here[address] = self._here.get(address, 0) + 1
        self._gone_at.pop(address, None)

    def go(self, address: str, now: float) -> None:
        left = self._here.pop(address) - 1
        if left:
            self._here[address] = left
            return
        self._gone_at[address] = now
        oldest = next(iter(self._gone_at))
        if len(self._gone_at) > REMEMBERED or now - self._gone_at[oldest] > RECENT:
            del self._gone_at[oldest]

    def are_at(self, address: str, now: float) -> bool:
        """Whether a silent connection from there may be a browser's."""
        if address in self._here:
            return True
        gone_at = self._gone_at.get(address)
        return gone_at is not None and now - gone_at <= RECENT
