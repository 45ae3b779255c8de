"""The conversations of all networks as windows: which there are, in which order, which one is shown, which is next.

Owns the order and every way from one window to another. Knows no widget and no network connection. Called by the
app and its panels.

1. The order depends on names and pins alone, never on what is said: nothing moves under the hand.
2. Muted windows are never gone to unless by name, number or order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from hubbub.client.chat import Conversation, Place
from hubbub.client.events import Phase
from hubbub.client.lines import Line
from hubbub.irc.names import fold
from hubbub.tui.notifications import Network

_Reading = tuple[int, int, int]
"""What is unread, as it stood at some moment."""


class ShownNetwork(Network, Protocol):
    """What panels need of a network."""

    @property
    def phase(self) -> Phase: ...


@dataclass(slots=True, eq=False)
class Window:
    """A conversation as it is shown.

    draft          what was typed there and not sent, in the terms of the composer
    position       the message at which the view stands; "": at the end
    shown_divider  the line above which "new" stands
    last_shown     grows with every showing of any window; 0: never
    """

    network_key: str
    conversation: Conversation
    draft: object = None
    position: object = None
    muted: bool = False
    pinned: bool = False
    shown_divider: Line | None = None
    last_shown: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return self.network_key, fold(self.conversation.name)

    @property
    def title(self) -> str:
        return self.conversation.name or self.network_key

    @property
    def place(self) -> Place:
        return self.conversation.place

    @property
    def urgency(self) -> int | None:
        """0: we are mentioned, 1: somebody writes to us, 2: something was said; None: nothing is unread."""
        if self.muted or not self.conversation.unread:
            return None
        if self.conversation.mentions:
            return 0
        return 1 if self.place is Place.DIRECT else 2

    @property
    def has_draft(self) -> bool:
        """Something was typed there and not sent."""
        return bool(str(getattr(self.draft, "text", "")).strip())

    def reading(self) -> _Reading:
        return self.conversation.unread, self.conversation.mentions, self.conversation.read_ms


@dataclass(slots=True)
class _Walk:
    """From one active window to the next. `seen`: those left behind, and what was unread there then."""

    origin: Window | None
    target: Window | None = None
    seen: dict[Window, _Reading] = field(default_factory=dict)

    def wants(self, window: Window) -> bool:
        return self.seen.get(window) != window.reading()


class Windows:
    """`version` grows when windows come, go or change places.

    They are put in order when somebody asks for it: two thousand may come before anybody looks.
    """

    def __init__(self) -> None:
        self.current: Window | None = None
        self.version = 0
        self._unordered: list[Window] = []
        self._is_sorted = True
        self._by_key: dict[tuple[str, str], Window] = {}
        self._keys: dict[Window, tuple[str, str]] = {}
        self._by_conversation: dict[Conversation, Window] = {}
        self._networks: dict[str, int] = {}
        self._shown = 0
        self._walk: _Walk | None = None

    def __iter__(self) -> Iterator[Window]:
        return iter(self._ordered)

    def __len__(self) -> int:
        return len(self._unordered)

    def __contains__(self, window: object) -> bool:
        return isinstance(window, Window) and self.of(window.conversation) is window

    # -- which there are ------------------------------------------------------------------------------------

    def of(self, conversation: Conversation) -> Window | None:
        return self._by_conversation.get(conversation)

    def find(self, network_key: str, name: str) -> Window | None:
        wanted = network_key, fold(name)
        found = self._by_key.get(wanted)
        if found is not None and found.key == wanted:
            return found
        # Its conversation may have got the name a moment ago.
        return next((window for window in self._unordered if window.key == wanted), None)

    def add(self, network_key: str, conversation: Conversation) -> Window:
        """The window of this conversation, made if need be."""
        window = self.of(conversation)
        if window is None:
            window = self._by_conversation[conversation] = Window(network_key, conversation)
            self._networks.setdefault(network_key, len(self._networks))
            self._unordered.append(window)
            self._note_key(window)
            self._has_changed()
        return window

    def remove(self, window: Window) -> None:
        """If it is the current one, the one before it is shown instead, or its neighbour."""
        if window not in self:
            return
        self._forget_walk_through(window)
        instead = (self.previous() or self._step(1)) if window is self.current else self.current
        self._unordered.remove(window)
        del self._by_conversation[window.conversation]
        self._forget_key(window)
        self.version += 1
        if window is self.current:
            self.current = None
            if instead is not None and instead is not window:
                self.show(instead)

    def renamed(self, window: Window) -> None:
        """Its conversation has another name now."""
        if window in self:
            self._forget_key(window)
            self._note_key(window)
        self._has_changed()

    def pin(self, window: Window, wanted: bool) -> None:
        window.pinned = wanted
        self._has_changed()

    def _note_key(self, window: Window) -> None:
        self._keys[window] = window.key
        self._by_key[window.key] = window

    def _forget_key(self, window: Window) -> None:
        key = self._keys.pop(window)
        if self._by_key.get(key) is window:
            del self._by_key[key]

    def _has_changed(self) -> None:
        self._is_sorted = False
        self.version += 1

    @property
    def _ordered(self) -> list[Window]:
        if not self._is_sorted:
            self._unordered.sort(key=self._place_of)
            self._is_sorted = True
        return self._unordered

    def _place_of(self, window: Window) -> tuple[int, bool, bool, bool, str, str]:
        network = self._networks[window.network_key]
        direct = window.place is Place.DIRECT
        bare, name = _alphabetical(window)
        return network, window.place is not Place.SERVER, not window.pinned, direct, bare, name

    # -- going there ----------------------------------------------------------------------------------------

    def show(self, window: Window) -> None:
        """It is the current one now. Going anywhere but where next_activity pointed ends its walk."""
        if self._walk is not None and window is not self._walk.target:
            self._walk = None
        self._shown += 1
        window.last_shown = self._shown
        self.current = window

    def previous(self) -> Window | None:
        """The one that was shown before this one."""
        others = [window for window in self._ordered if window.last_shown and window is not self.current]
        return max(others, key=lambda window: window.last_shown, default=None)

    def by_number(self, number: int) -> Window | None:
        """Counted from 1, without those of the servers themselves."""
        talks = [window for window in self._ordered if window.place is not Place.SERVER]
        return talks[number - 1] if 0 < number <= len(talks) else None

    def next(self) -> Window | None:
        return self._step(1)

    def previous_in_order(self) -> Window | None:
        return self._step(-1)

    def _step(self, step: int) -> Window | None:
        ring = self._from_current()
        return ring[step] if len(ring) > 1 else None

    def _from_current(self) -> list[Window]:
        """All of them in order, beginning with the current one."""
        at = self._ordered.index(self.current) if self.current in self._ordered else 0
        return self._ordered[at:] + self._ordered[:at]

    def next_unread(self, step: int = 1) -> Window | None:
        """The next in order (-1: the one before) where something is unread."""
        others = (window for window in self._from_current()[::step] if window is not self.current)
        return next((window for window in others if window.urgency is not None), None)

    # -- where something is new -----------------------------------------------------------------------------

    def activity(self) -> list[Window]:
        """Where something is unread, the most urgent first, without the current one."""
        active = [
            window for window in self._ordered if window.urgency is not None and window is not self.current
        ]
        return sorted(active, key=lambda window: window.urgency or 0)

    def next_activity(self) -> Window | None:
        """The most urgent one not yet visited on this walk; after the last, where the walk began. To be shown."""
        walk = self._walk = self._walk or _Walk(self.current)
        if self.current is not None:
            walk.seen[self.current] = self.current.reading()
        walk.target = next(filter(walk.wants, self.activity()), None)
        if walk.target is not None:
            return walk.target
        self._walk = None
        return walk.origin if walk.origin is not self.current else None

    def _forget_walk_through(self, window: Window) -> None:
        walk = self._walk
        if walk is None:
            return
        walk.seen.pop(window, None)
        if window in (walk.origin, walk.target):
            self._walk = None

    # -- by name --------------------------------------------------------------------------------------------

    def match(self, query: str) -> list[Window]:
        """Best first: the very name, then where we are mentioned, then what fits best. "": the recent ones."""
        query = query.strip()
        if not query:
            return sorted(self._ordered, key=self._by_recency)
        scored = [(window, _best_score(query, window)) for window in self._ordered]
        fitting = [(window, score) for window, score in scored if score is not None]
        fitting.sort(key=lambda found: self._by_fit(query, *found))
        return [window for window, _ in fitting]

    def _by_recency(self, window: Window) -> tuple[bool, bool, int, bool]:
        """The current one comes last: nobody asks for where they are."""
        mentioned = window.urgency == 0
        return window is self.current, not mentioned, -window.last_shown, window.urgency is None

    def _by_fit(self, query: str, window: Window, score: int) -> tuple[bool, bool, int, int]:
        names = fold(window.title), fold(_bare(window.title))
        return fold(query) not in names, window.urgency != 0, -score, -window.last_shown


def _alphabetical(window: Window) -> tuple[str, str]:
    name = fold(window.conversation.name)
    return _bare(name), name


def _bare(name: str) -> str:
    """Without the signs in front that only say that it is a room."""
    return name.lstrip("#&+!") or name


def _best_score(query: str, window: Window) -> int | None:
    """By its name, or by network and name."""
    score = score_of(query, window.title)
    if score is not None:
        return score
    score = score_of(query, f"{window.network_key} {window.title}")
    return score if score is None else score - 100


def score_of(query: str, name: str) -> int | None:
    """How well the letters of the query are found in the name, in order; None: they aren't all there.

    Beginnings of the name and of words in it count most, then letters next to each other.
    """
    wanted = "".join(query.lower().split())[:64]
    text = name.lower()[:256]
    if wanted and wanted[0].isalnum():
        text = _bare(text)
    starts = [at for at, letter in enumerate(text) if letter == wanted[:1]]
    scores = [score for at in starts if (score := _score_from(wanted, text, at)) is not None]
    return max(scores, default=None if wanted else 0)


def _score_from(wanted: str, text: str, at: int) -> int | None:
    score, last = 20 if at == 0 else 0, at - 1
    for letter in wanted:
        at = text.find(letter, last + 1)
        if at < 0:
            return None
        score += _worth(text, at, is_next=at == last + 1)
        last = at
    return score - min(len(text) - len(wanted), 9)


def _worth(text: str, at: int, *, is_next: bool) -> int:
    if at == 0 or not text[at - 1].isalnum():
        return 10
    return 12 if is_next else 1
