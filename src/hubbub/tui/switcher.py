"""Ctrl+K: go to a room or a person by a few letters of the name.

Owns what is offered for what was typed. Changes nothing: the window, or the name of one that isn't open yet, is
handed to whoever opened it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hubbub.client.chat import Place
from hubbub.irc.names import is_channel, is_nick
from hubbub.tui.overlay import Picker
from hubbub.tui.row_text import Piece, one_line, spread
from hubbub.tui.windows import Window, Windows

_LONGEST_ROOM = 200
_LONGEST_NICK = 64


def offers(query: str) -> list[str]:
    """What could be opened by this name: a room, a person."""
    query = query.strip()
    room = query if query.startswith("#") else f"#{query}"
    found = [room] if is_channel(room, _LONGEST_ROOM) else []
    return [*found, query] if is_nick(query, _LONGEST_NICK) else found


class Switcher(Picker[Window | str]):
    """Gives the window; or the name of a room to join (#tea) or of a person to write to, which has none yet."""

    HINT = "↑↓ choose · Enter goes there · Esc returns"
    PLACEHOLDER = "the name of a room or a person"

    def __init__(self, windows: Windows, titles: Mapping[str, str] | None = None) -> None:
        """`titles`: of the networks by their keys; shown where there are several."""
        super().__init__("Go to")
        self._windows = windows
        self._titles = titles or {}
        self._found: Sequence[Window | str] = []

    def look_up(self, query: str) -> int:
        found: Sequence[Window | str] = self._windows.match(query)
        self._found = found or offers(query)
        self.note.say("" if self._found else "Nothing has that name, and nothing can have it.")
        return len(self._found)

    def take(self, index: int) -> None:
        self.dismiss(self._found[index])

    def draw(self, index: int, part: int, width: int) -> list[Piece]:
        entry = self._found[index]
        if isinstance(entry, str):
            return [("join " if entry.startswith("#") else "write to ", "muted"), (one_line(entry), "strong")]
        return spread(self._named(entry), self._state(entry), width)

    def _named(self, window: Window) -> list[Piece]:
        talk = window.conversation
        title = talk.name or self._titles.get(window.network_key, window.network_key)
        pieces = [(one_line(title), "strong" if talk.unread else "")]
        if window.place is Place.SERVER:
            return [*pieces, ("  what the server says", "muted")]
        return [*pieces, ("  " + one_line(talk.topic), "muted")] if talk.topic else pieces

    def _state(self, window: Window) -> list[Piece]:
        talk = window.conversation
        pieces: list[Piece] = []
        if talk.mentions:
            pieces.append((f" {talk.mentions}@", "mention"))
        if talk.unread:
            pieces.append((f" {talk.unread}", "strong"))
        if window is self._windows.current:
            pieces.append((" here", "muted"))
        if window.muted:
            pieces.append((" muted", "muted"))
        if len(self._titles) > 1 and window.place is not Place.SERVER:
            pieces.append((f"  {one_line(self._titles.get(window.network_key, ''))}", "muted"))
        return pieces
