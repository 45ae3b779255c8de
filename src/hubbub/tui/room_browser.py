"""The rooms there are on a server, to choose one from.

Owns their order and the filter. Asks nobody: the app adds what LIST answers, as it comes, and gets the name of the
room that was chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hubbub.tui.cells import padded
from hubbub.tui.overlay import Picker
from hubbub.tui.row_text import Piece, one_line, spread

_MOST = 20_000
"""Rooms that are kept; a server may list without end."""


class Room(NamedTuple):
    name: str
    members: int = 0
    topic: str = ""


def fitting(rooms: Iterable[Room], query: str) -> list[Room]:
    """Those with every word in the name or the topic, the most populous first."""
    words = query.casefold().split()
    found = [room for room in rooms if _fits(room, words)]
    return sorted(found, key=lambda room: (-room.members, room.name.casefold()))


def _fits(room: Room, words: list[str]) -> bool:
    text = f"{room.name} {room.topic}".casefold()
    return all(word in text for word in words)


class RoomBrowser(Picker[str]):
    HINT = "↑↓ choose · Enter joins · Esc returns"
    PLACEHOLDER = "part of a name or a topic"

    def __init__(self, title: str = "Rooms", rooms: Iterable[Room] = (), *, complete: bool = False) -> None:
        super().__init__(title)
        self._rooms = {room.name: room for room in rooms}
        self._found: list[Room] = []
        self._complete = complete
        self._failure = ""

    # -- as the answer comes --------------------------------------------------------------------------------

    def add(self, rooms: Iterable[Room], *, complete: bool = False) -> None:
        """Rooms that were listed; `complete`: there are no more."""
        for room in rooms:
            if len(self._rooms) < _MOST:
                self._rooms[room.name] = room
        self._complete = self._complete or complete
        self._show()

    def fail(self, reason: str) -> None:
        self._failure = reason
        self._show()

    def _show(self) -> None:
        """What was chosen stays chosen while more come in."""
        if not self.is_mounted:
            return
        name = self._found[self.list.chosen].name if self.list.chosen else None
        self.look_again()
        places = [index for index, room in enumerate(self._found) if room.name == name]
        self.list.choose(places[0] if places else 0)

    # -- the list -------------------------------------------------------------------------------------------

    def look_up(self, query: str) -> int:
        self._found = fitting(self._rooms.values(), query)
        self.note.say(self._summary(), "bad" if self._failure else "muted")
        return len(self._found)

    def _summary(self) -> str:
        if self._failure:
            return f"The rooms can't be listed: {self._failure}"
        count, all_ = len(self._found), len(self._rooms)
        shown = f"{all_:,} rooms" if count == all_ else f"{count:,} of {all_:,} rooms"
        return shown if self._complete else f"{shown}, more are coming…"

    def take(self, index: int) -> None:
        self.dismiss(self._found[index].name)

    def draw(self, index: int, part: int, width: int) -> list[Piece]:
        room = self._found[index]
        name = padded(one_line(room.name), min(24, width // 2))
        return spread(
            [(name, "strong"), (" ", ""), (one_line(room.topic), "muted")], [(f"{room.members:,}", "")], width
        )
