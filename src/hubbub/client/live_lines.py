"""What others type, as it comes in.  docs/specs/live-text.md

Owns a live line from its first update to the message that takes its place: what of it is believed, and how it is played
as fast as it was typed. Knows no conversation and no I/O; web/src/client/live/ does the same, held to the same vectors
(tests/vectors/live).
"""

from __future__ import annotations

from collections import deque

from hubbub.irc.live import Action, BadUpdate, Kind, Update, Wait, apply, apply_all

SILENCE_MS = 25_000
"""A line of which nothing is heard for so long is gone: its author tells it again every 10 seconds."""
BEHIND_MS = 300
"""Playing may be so far behind; beyond, all is shown at once."""


class LiveLine:
    """One line of one author. Times in milliseconds.

    text     what the author has typed, as far as it is known for certain
    shown    what of it is played so far
    """

    def __init__(self, id: str) -> None:
        self.id = id
        self.text = ""
        self.shown = ""
        self.heard_ms = 0
        self._known = -1
        """The number of the last update that is in `text`."""
        self._playing: deque[tuple[int, Action]] = deque()

    @property
    def is_known(self) -> bool:
        """Whether there was anything certain yet: who comes late waits for a reset."""
        return self._known >= 0

    def take(self, update: Update, now: int) -> None:
        """An update of this line, in whatever order they come: what can't be right is left for the next reset."""
        follows = update.seq == self._known + 1 and self.is_known
        if update.seq <= self._known or (update.kind is Kind.EDIT and not follows):
            return
        try:
            text = apply_all(self.text if update.kind is Kind.EDIT else "", update.actions)
        except BadUpdate:
            return
        self.heard_ms = now
        self._known = update.seq
        self.text = text
        self._play(update, now)

    def _play(self, update: Update, now: int) -> None:
        if update.kind is Kind.RESET:
            self._playing.clear()
            self.shown = self.text
            return
        if update.kind is Kind.NEW:
            self._playing.clear()
            self.shown = ""
        self.advance(now)
        at = max(now, self._playing[-1][0] if self._playing else now)
        for action in update.actions:
            if isinstance(action, Wait):
                at += action.ms
            else:
                self._playing.append((at, action))
        if at - now > BEHIND_MS:
            self._playing.clear()
            self.shown = self.text
        self.advance(now)

    def advance(self, now: int) -> bool:
        """Play what is due; whether anything has changed."""
        before = self.shown
        while self._playing and self._playing[0][0] <= now:
            self.shown = apply(self.shown, self._playing.popleft()[1])
        return self.shown != before

    def due(self) -> int | None:
        """When there is more to play."""
        return self._playing[0][0] if self._playing else None

    def is_over(self, now: int) -> bool:
        """Nothing was heard of it for so long that it is believed to be gone."""
        return now - self.heard_ms > SILENCE_MS
