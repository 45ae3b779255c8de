"""The list of rooms and people at the left: where one can go, and where something is unread.

Owns how a window looks in the list. Reads Windows and the networks, changes nothing; a click is told to the app as
WindowClicked. The app calls `update` whenever something may have changed, as often as it likes: the list looks
again at most every 50 ms, and draws only the rows that look different.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from textual.message import Message

from hubbub.client.chat import Conversation, Place
from hubbub.client.events import Phase
from hubbub.client.lines import Delivery
from hubbub.tui.row_text import Piece, one_line, spread
from hubbub.tui.rows import Panel
from hubbub.tui.windows import ShownNetwork, Window, Windows

_DRAFT, _UNSENT = "✎", "!"
_LOOKED_BACK = 100
_MOST = 999
"""Counts beyond are not told apart."""

_PHASES = {
    Phase.CONNECTING: "…",
    Phase.REGISTERING: "…",
    Phase.WAITING: "offline",
    Phase.ENDED: "offline",
}

Networks = Callable[[], Iterable[ShownNetwork]]


class WindowClicked(Message):
    def __init__(self, window: Window) -> None:
        super().__init__()
        self.window = window


class _Look(NamedTuple):
    """Everything that a row shows."""

    name: str
    style: str
    indent: str
    sign: str
    badge: str
    unread: str
    draft: str = ""
    unsent: str = ""


class RoomList(Panel):
    DEFAULT_CSS = """
    RoomList { width: 20; height: 1fr; }
    """

    def __init__(self, windows: Windows, networks: Networks, *, id: str | None = None) -> None:
        super().__init__(self._draw_row, id=id)
        self._windows = windows
        self._networks = networks
        self._entries: list[Window | str] = []
        self._places: dict[Window, int] = {}
        self._known: dict[str, ShownNetwork] = {}
        self._looks: dict[int, _Look] = {}
        """As the rows were drawn."""
        self._version = -1
        self._shown: Window | None = None

    # -- what is shown --------------------------------------------------------------------------------------

    def look(self) -> None:
        networks = {network.key: network for network in self._networks()}
        self._collect(networks)
        self._known = networks
        if self.count != len(self._entries):
            self.fill(len(self._entries), self._place_of_current())
            return
        for index in self._seen():
            look = self._look(self._entries[index])
            if self._looks.get(index) != look:
                self._looks[index] = look
                self.redraw(index)
        self._follow()

    def _seen(self) -> range:
        """The rows that can be seen: the others are looked at when they are drawn."""
        top = int(self.scroll_offset.y)
        return range(max(top, 0), min(top + self.size.height, len(self._entries)))

    def _collect(self, networks: dict[str, ShownNetwork]) -> None:
        """Every network has a heading, also before there is a window of its server."""
        if self._version == self._windows.version and self._known.keys() == networks.keys():
            return
        self._version = self._windows.version
        entries: list[Window | str] = []
        headed: str | None = None
        for window in self._windows:
            if window.network_key != headed and window.place is not Place.SERVER:
                entries.append(window.network_key)
            headed = window.network_key
            entries.append(window)
        with_windows = {window.network_key for window in self._windows}
        self._entries = entries + [key for key in networks if key not in with_windows]
        self._places = {entry: at for at, entry in enumerate(self._entries) if isinstance(entry, Window)}

    def _follow(self) -> None:
        """Scrolls to the current window when it becomes so, and leaves the wheel alone otherwise."""
        if self._shown is not self._windows.current or self.chosen != self._place_of_current():
            self._shown = self._windows.current
            self.choose(self._place_of_current())

    def _place_of_current(self) -> int | None:
        current = self._windows.current
        return self._places.get(current) if current is not None else None

    # -- one row --------------------------------------------------------------------------------------------

    def _look(self, entry: Window | str) -> _Look:
        networks = self._known
        key = entry if isinstance(entry, str) else entry.network_key
        network = networks.get(key)
        if isinstance(entry, str) or entry.place is Place.SERVER:
            conversation = None if isinstance(entry, str) else entry.conversation
            return _look_of_network(key, network, conversation, several=len(networks) > 1)
        return _look_of_talk(entry, network, is_shown=entry is self._windows.current)

    def _draw_row(self, index: int, part: int, width: int) -> list[Piece]:
        look = self._looks[index] = self._look(self._entries[index])
        marks = [
            (look.unsent, "bad"),
            (look.draft, "muted"),
            (look.badge, "mention"),
            (look.unread, "strong"),
        ]
        there = [mark for mark in marks if mark[0]]
        right = [piece for mark in there for piece in ((" ", ""), mark)][1:]
        left = [(look.indent, ""), (look.sign, "good"), (look.name, look.style)]
        return spread(left, right, width)

    # -- Textual --------------------------------------------------------------------------------------------

    def on_rows_clicked(self, event: Panel.Clicked) -> None:
        event.stop()
        entry = self._entries[event.index] if event.index < len(self._entries) else ""
        if isinstance(entry, Window):
            self.post_message(WindowClicked(entry))


def _look_of_network(
    key: str, network: ShownNetwork | None, conversation: Conversation | None, *, several: bool
) -> _Look:
    phase = network.phase if network is not None else Phase.ENDED
    state = _PHASES.get(phase, "") if several else ""
    unread = _count(conversation.unread) if conversation is not None else ""
    title = one_line(network.title if network is not None else key)
    return _Look(title, "heading", "", "", state, unread)


def _look_of_talk(window: Window, network: ShownNetwork | None, *, is_shown: bool) -> _Look:
    talk = window.conversation
    name = one_line(talk.name)
    draft = _DRAFT if window.has_draft and not is_shown else ""
    unsent = _UNSENT if _has_unsent(talk) else ""
    if not talk.joined:
        return _Look(f"({name})", "muted", " ", "", "", "", draft, unsent)
    if window.muted:
        return _Look(name, "muted", " ", "", "", "", draft, unsent)
    badge = f"{_count(talk.mentions)}@" if talk.mentions else ""
    sign, style = _presence(window, network)
    if talk.unread:
        style = "strong"
    return _Look(name, style, "" if sign else " ", sign, badge, _count(talk.unread), draft, unsent)


def _has_unsent(talk: Conversation) -> bool:
    """Whether something of ours was not sent, among what was said last."""
    return any(line.delivery is Delivery.FAILED for line in talk.timeline.lines[-_LOOKED_BACK:])


def _presence(window: Window, network: ShownNetwork | None) -> tuple[str, str]:
    """A sign for somebody who shares a room with us and isn't away; away people are dim."""
    if window.place is not Place.DIRECT or network is None:
        return "", ""
    chat = network.chat
    person = chat.people.get(window.key[1])
    if person is not None and person.away is not None:
        return "", "muted"
    is_here = network.phase is Phase.ONLINE and next(chat.rooms_of(window.key[1]), None) is not None
    return ("•", "") if is_here else ("", "")


def _count(number: int) -> str:
    if number > _MOST:
        return f"{_MOST}+"
    return str(number) if number else ""
