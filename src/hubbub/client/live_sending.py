"""What somebody types in one conversation, on its way out as live text.  docs/specs/live-text.md

Owns the line that is open: what others have been told of it, what they are told next, and when. Pastes are held back:
they stay out of what is told, wherever they stand. Knows no consent (client/live.py) and no I/O; web/src/client/live/
does the same, held to the same vectors (tests/vectors/live).
"""

from __future__ import annotations

from collections.abc import Callable

from hubbub.irc.live import (
    LONGEST_TEXT,
    LONGEST_WAIT,
    MOST_ACTIONS,
    Action,
    Insert,
    Kind,
    Update,
    Wait,
    clean,
    difference,
    is_sendable,
    write,
)

EVERY_MS = 100
"""At most one update in so long."""
RESET_MS = 10_000
"""Everybody has the whole line again after so long at the latest."""
PAUSE_MS = 60_000
"""A line that nobody goes on with is told no more after so long; it comes back with the next letter."""


class LiveSending:
    """`new_id` gives the id of a line, which becomes the nonce of its message. Times in milliseconds."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self.id = ""
        """Of the line that is open; "" if none is."""
        self._chars: list[str] = []
        """What stands in the input, by code point, and …"""
        self._held: list[bool] = []
        """… whether it was pasted."""
        self._told: list[str] = []
        """What others see once they have all that was given to `take`, and what waits for it."""
        self._waiting: list[Action] = []
        self._kind = Kind.NEW
        self._seq = 0
        self._cancelled: Update | None = None
        self._sent_ms = self._reset_ms = self._edited_ms = 0
        self._wants_reset = False

    def typed(self, text: str, now: int, *, pasted: bool = False) -> None:
        """What stands in the input now. `pasted`: what is new of it waits for Enter."""
        self.note(text, pasted=pasted)
        told = self._clipped()
        if not told and not self.id:
            return
        if not told:
            self.cancel()
            return
        if not self.id:
            self._begin()
        actions = difference(self._told, told)
        if not actions:
            return
        if self._waiting:
            gap = min(max(now - self._edited_ms, 0), LONGEST_WAIT)
            self._waiting += [Wait(gap)] if gap else []
        self._waiting += actions
        self._told = told
        if now - self._edited_ms > PAUSE_MS and self._kind is Kind.EDIT:
            self._wants_reset = True
        self._edited_ms = now

    def note(self, text: str, *, pasted: bool = False) -> None:
        """What stands in the input while nobody is told of it: follow what was pasted to where it stands now."""
        chars = list(text)
        first = 0
        while first < min(len(chars), len(self._chars)) and chars[first] == self._chars[first]:
            first += 1
        last = 0
        while last < min(len(chars), len(self._chars)) - first and chars[-1 - last] == self._chars[-1 - last]:
            last += 1
        come = len(chars) - first - last
        # What takes the place of something pasted may be the same with stars around it, or spelled otherwise.
        is_held = pasted or (come > 1 and any(self._held[first : len(self._held) - last]))
        new = [is_held] * come
        self._held = self._held[:first] + new + self._held[len(self._held) - last :]
        self._chars = chars

    def _clipped(self) -> list[str]:
        """What may be seen of it, as far as a live line reaches."""
        seen = clean("".join(char for char, held in zip(self._chars, self._held, strict=True) if not held))
        return list(seen.encode()[:LONGEST_TEXT].decode(errors="ignore"))

    def _begin(self) -> None:
        self.id = self._new_id()
        self._kind = Kind.NEW
        self._seq = 0
        self._told = []
        self._waiting = []

    @property
    def holds_back(self) -> bool:
        """Whether something that was pasted waits for Enter."""
        return any(self._held)

    @property
    def is_told(self) -> bool:
        """Whether others have heard of the line that is open."""
        return bool(self.id) and self._kind is not Kind.NEW

    @property
    def told_ms(self) -> int:
        """When they last did; 0: of no line yet."""
        return self._sent_ms

    def reset(self) -> None:
        """Somebody has come to see it: tell all of it with the next update."""
        self._wants_reset = self.is_told

    def committed(self) -> str:
        """Something is said, which takes the id that this gives; "" where nobody was told anything.

        What stands in the input is taken for the same until `typed` says otherwise: it may be something else that was
        said.
        """
        id = self.id if self.is_told else ""
        self._end()
        return id

    def cancel(self) -> None:
        """It will be no message: others forget it."""
        if self.is_told:
            self._cancelled = Update(self.id, self._seq, Kind.CANCEL)
        self._end()

    def lost(self) -> None:
        """Nobody sees it any more, and nobody is to be told: the connection is gone, or the room allows it no more."""
        self._cancelled = None
        self._end()

    def _end(self) -> None:
        self.id = ""
        self._told = []
        self._waiting = []
        self._wants_reset = False

    def due(self) -> int | None:
        """When `take` has something to give, if nothing more is typed."""
        if self._cancelled or (self.id and (self._waiting or self._wants_reset)):
            return self._sent_ms + EVERY_MS
        if self.id and self._kind is Kind.EDIT and self._wants_more:
            return max(self._reset_ms + RESET_MS, self._sent_ms + EVERY_MS)
        return None

    @property
    def _wants_more(self) -> bool:
        """Whether others should hear of the line again, though nothing has changed: it may have been lost to them."""
        return self._sent_ms > self._reset_ms or self._reset_ms + RESET_MS - self._edited_ms < PAUSE_MS

    def take(self, now: int) -> str | None:
        """The value of the next update, if one is due."""
        due = self.due()
        if due is None or now < due:
            return None
        self._sent_ms = now
        if self._cancelled:
            update, self._cancelled = self._cancelled, None
            return write(update)
        return self._next(now)

    def _next(self, now: int) -> str:
        if self._kind is Kind.EDIT and (self._wants_reset or now - self._reset_ms >= RESET_MS):
            return self._whole(Kind.RESET, now)
        value = write(Update(self.id, self._seq, self._kind, tuple(self._waiting)))
        if len(self._waiting) > MOST_ACTIONS or not is_sendable(value):
            return self._whole(Kind.NEW if self._kind is Kind.NEW else Kind.RESET, now)
        if self._kind is Kind.NEW:
            self._reset_ms = now
        self._kind = Kind.EDIT
        self._seq += 1
        self._waiting = []
        return value

    def _whole(self, kind: Kind, now: int) -> str:
        actions = (Insert(0, "".join(self._told)),) if self._told else ()
        value = write(Update(self.id, self._seq, kind, actions))
        self._reset_ms = now
        self._wants_reset = False
        self._kind = Kind.EDIT
        self._seq += 1
        self._waiting = []
        return value
