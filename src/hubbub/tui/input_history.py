"""What was typed before, to be had again: per conversation, and all of it.

Owns the entries, the place while browsing, and the line that was left unsent. Pure; knows no keys. Called by
composer.py; the app gives the predicate that says what must never be kept (passwords).

1. What is secret is not kept, in any list.
2. Whoever browses and comes back finds the line as it was left.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

MOST = 500
"""Entries of one conversation, and of all together."""

_CONVERSATIONS = 200


class InputHistory:
    """`conversation`: which one is shown, by whatever key the app likes."""

    def __init__(
        self,
        is_secret: Callable[[str], bool] = lambda text: False,
        keep: Callable[[str, str], None] = lambda conversation, text: None,
    ) -> None:
        """`keep` is told of every new entry, so that it outlives the program."""
        self.conversation = ""
        self._is_secret = is_secret
        self._keep = keep
        self._all: deque[str] = deque(maxlen=MOST)
        self._of: OrderedDict[str, deque[str]] = OrderedDict()
        self._browsed: list[str] = []  # newest first, behind the unsent line
        self._left: dict[int, str] = {}  # lines as they were left while browsing
        self._place = 0
        self._everywhere = False

    def add(self, text: str) -> None:
        self.stop()
        if not text.strip() or self._is_secret(text):
            return
        if self._remember(self.conversation, text):
            self._keep(self.conversation, text)

    def load(self, entries: Iterable[tuple[str, str]]) -> None:
        """What was kept: conversation and text, oldest first."""
        for conversation, text in entries:
            self._remember(conversation, text)

    def _remember(self, conversation: str, text: str) -> bool:
        """False: it is a repeat."""
        own = self._entries(conversation)
        fresh = [entries for entries in (self._all, own) if not entries or entries[-1] != text]
        for entries in fresh:
            entries.append(text)
        return bool(fresh)

    def _entries(self, conversation: str) -> deque[str]:
        entries = self._of.setdefault(conversation, deque(maxlen=MOST))
        self._of.move_to_end(conversation)
        if len(self._of) > _CONVERSATIONS:
            self._of.popitem(last=False)
        return entries

    # -- browsing --------------------------------------------------------------------------------------------

    @property
    def is_browsing(self) -> bool:
        return self._place > 0

    def older(self, text: str, *, everywhere: bool = False) -> str | None:
        """What was typed before what is shown now (`text`, perhaps changed); None: nothing is older."""
        self._begin(everywhere)
        return self._go(self._place + 1, text)

    def newer(self, text: str) -> str | None:
        """Back towards the unsent line, in the list that is being browsed."""
        return self._go(self._place - 1, text)

    def stop(self) -> None:
        """The line was sent or given up: browsing begins anew."""
        self._browsed = []
        self._left = {}
        self._place = 0

    def _begin(self, everywhere: bool) -> None:
        if self.is_browsing and everywhere == self._everywhere:
            return
        entries: Sequence[str] = self._all if everywhere else self._of.get(self.conversation, ())
        # Changing over from one list to the other: the unsent line stays the unsent line.
        self._left = {0: self._left[0]} if self.is_browsing else {}
        self._browsed = list(reversed(entries))
        self._place = 0
        self._everywhere = everywhere

    def _go(self, place: int, text: str) -> str | None:
        if not 0 <= place <= len(self._browsed):
            return None
        if self._place or 0 not in self._left:
            self._left[self._place] = text
        self._place = place
        return self._left.get(place, self._browsed[place - 1] if place else "")

    # -- searching -------------------------------------------------------------------------------------------

    def find(self, wanted: str, nth: int = 0) -> str | None:
        """The nth newest entry of all that holds this, in whatever case; each text counts once."""
        if not wanted:
            return None
        folded = wanted.casefold()
        found = dict.fromkeys(text for text in reversed(self._all) if folded in text.casefold())
        return next(islice(found, nth, None), None)


class HistorySearch:
    """One search through the history, letter by letter: `query`, and what was `found` ("": nothing yet).

    `missed`: the last step found nothing, so what is shown is the hit before it.
    """

    def __init__(self, history: InputHistory) -> None:
        self.query = ""
        self.found = ""
        self.missed = False
        self._nth = 0
        self._history = history

    def look_for(self, query: str) -> None:
        self.query = query
        self.found = ""
        self._step(0)

    def older(self) -> None:
        self._step(self._nth + 1 if self.found else 0)

    def newer(self) -> None:
        self._step(max(self._nth - 1, 0))

    def _step(self, nth: int) -> None:
        found = self._history.find(self.query, nth)
        self.missed = found is None and bool(self.query)
        if found is not None:
            self.found, self._nth = found, nth
