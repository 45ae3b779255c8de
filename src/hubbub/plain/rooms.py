"""The rooms of the line mode: which ones we are in and which is current, and what was said in them before.

Owns landing, the time between the welcome and the moment when what is typed goes out: the rooms that the server or
we ourselves chose are entered, and their history is read. LineMode builds on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from hubbub.irc.names import fold, is_channel
from hubbub.irc.wire import Message, format_tags, split_source
from hubbub.plain.commands import LONGEST_ROOM, Unclear
from hubbub.plain.entry import Entry, Stage
from hubbub.plain.replay import Replay, found_lines, history_lines
from hubbub.plain.saying import NO_ROOM, Saying
from hubbub.plain.shown import room_of, to_names

FOUND = 20
"""Lines that a search shows."""

_LANDING = "hubbub-landing"
_MOST_ROOMS = 200
_MOST_BATCHES = 20
_MOST_PAGES = 5
_FEW_NAMES = 12


@dataclass(slots=True)
class Room:
    """A room we are in. While `arriving`, its names are being counted."""

    name: str
    arriving: bool = True
    names: list[str] = field(default_factory=list)
    others: int = 0
    last_msgid: str = ""
    last_time: str = ""


class Rooms(Saying):
    """`first_room`: gone into if the server puts us into none. `greeting_lines`: of history, for a newcomer."""

    def __init__(
        self,
        entry: Entry,
        *,
        first_room: str,
        greeting_lines: int,
        confirms: bool,
        remembers_people: bool,
        today: Callable[[], date],
    ) -> None:
        super().__init__(entry, confirms=confirms, remembers_people=remembers_people)
        self._first_room = first_room
        self._greeting_lines = greeting_lines
        self._today = today
        self._rooms: dict[str, Room] = {}
        self._returning: list[Room] = []
        self._old_nick = ""
        self._awaited: set[str] = set()
        self._asked_to_land = False
        self._fenced = False
        self._landed = False
        self._replays: dict[str, Replay] = {}
        self._batches: dict[str, Replay] = {}

    @property
    def rooms(self) -> list[str]:
        return [room.name for room in self._rooms.values()]

    @property
    def landed(self) -> bool:
        """Whether what is typed now goes out at once."""
        return self._landed

    def _lose_rooms(self) -> None:
        """The connection is gone, and with it the rooms, until we are back in them."""
        for replay in list(self._replays.values()):
            self._show_held(replay)
        self._returning = list(self._rooms.values()) or self._returning
        self._old_nick = self.nick
        self._rooms = {}
        self._replays, self._batches, self._awaited = {}, {}, set()
        self._landed = self._asked_to_land = self._fenced = False

    # -- landing --------------------------------------------------------------------------------------------

    def _end_of_motd(self, message: Message) -> None:
        """The server may have put us into a room by itself; the answer to this PING comes after that."""
        if not self._asked_to_land:
            self._asked_to_land = True
            self._commands.append(Message("PING", [_LANDING]))

    def _pong(self, message: Message) -> None:
        token = message.params[-1] if message.params else ""
        if token == _LANDING:
            self._land()
        else:
            self._confirm(token)

    def _land(self) -> None:
        wanted = [room.name for room in self._returning]
        if not wanted and self._first_room and not self._rooms:
            wanted = [self._first_room]
        for name in wanted:
            if fold(name) not in self._rooms and len(self._awaited) < _MOST_ROOMS:
                self._awaited.add(fold(name))
                self._commands.append(Message("JOIN", [name]))
        self._fenced = True
        self._landed_if_ready()

    def _landed_if_ready(self) -> None:
        if self._landed or not self._fenced or self._awaited or self._stage is not Stage.IN:
            return
        if self._replays or any(room.arriving for room in self._rooms.values()):
            return
        self._landed = True
        self._report_doubtful()
        self._returning = []
        if not self._rooms:
            self.room = ""
            self.show(NO_ROOM)
        elif fold(self.room) not in self._rooms:
            self.room = next(iter(self._rooms.values())).name
        self._begin()

    def _begin(self) -> None:
        """From now on what is typed goes out at once; LineMode knows what has been typed before."""

    # -- going in and out -----------------------------------------------------------------------------------

    def join(self, room: str, key: str) -> None:
        known = self._rooms.get(fold(room))
        if known is not None:
            self.room = known.name
            self.show(f"You talk in {known.name} now.")
        else:
            self.ask("JOIN", room, *([key] if key else []))

    def _join(self, message: Message) -> None:
        name = message.params[0] if message.params else ""
        if not self._is_me(message):
            self._meet(split_source(message.source)[0])
            self._show_in_room(message)
            return
        if not is_channel(name, LONGEST_ROOM):
            return
        room = Room(name)
        for old in self._returning:
            if fold(old.name) == fold(name):
                room.last_msgid, room.last_time = old.last_msgid, old.last_time
        if len(self._rooms) < _MOST_ROOMS:
            self._rooms[fold(name)] = room
            self._awaited.add(fold(name))
        if not self._returning or not self.room:
            self.room = name

    def _names(self, message: Message) -> None:
        room = self._rooms.get(fold(message.params[2])) if len(message.params) > 3 else None
        if room is None or not room.arriving:
            return
        for entry in message.params[3].split():
            nick = split_source(entry.lstrip("~&@%+"))[0]
            self._meet(nick)
            if fold(nick) == fold(self.nick):
                continue
            if len(room.names) < _FEW_NAMES:
                room.names.append(nick)
            else:
                room.others += 1

    def _end_of_names(self, message: Message) -> None:
        room = self._rooms.get(fold(message.params[1])) if len(message.params) > 1 else None
        if room is None or not room.arriving:
            return
        room.arriving = False
        self.show(self._arrival(room))
        room.names = []
        if not self._server.keeps_history:
            self._arrived(room.name)
        elif self._is_returning_to(room):
            self._ask_history(Replay(room.name, self._server.page, catching_up=True), self._mark(room) or "*")
        elif not self._greeting_lines:
            self._arrived(room.name)
        else:
            self._ask_history(Replay(room.name, min(self._greeting_lines, self._server.page)), "*")

    def _arrival(self, room: Room) -> str:
        back = "back " if self._is_returning_to(room) else ""
        if not room.names:
            return f"You are {back}in {room.name}, and nobody else is."
        return f"You are {back}in {room.name} with {to_names(room.names, room.others)}."

    def _is_returning_to(self, room: Room) -> bool:
        return any(fold(old.name) == fold(room.name) for old in self._returning)

    def _mark(self, room: Room) -> str:
        """The last message seen in a room, as a reference for CHATHISTORY."""
        if room.last_msgid and self._server.by_msgid:
            return f"msgid={room.last_msgid}"
        return f"timestamp={room.last_time}" if room.last_time else ""

    def _arrived(self, name: str) -> None:
        self._awaited.discard(fold(name))
        self._landed_if_ready()

    def _left(self, name: str) -> None:
        self._rooms.pop(fold(name), None)
        self._replays.pop(fold(name), None)
        if fold(self.room) == fold(name):
            self.room = next(reversed(self.rooms), "")
            self.show(f"You talk in {self.room} now." if self.room else NO_ROOM)
        self._arrived(name)

    def _part(self, message: Message) -> None:
        if not self._is_me(message):
            self._show_in_room(message)
            return
        name = message.params[0] if message.params else ""
        self.show(f"You left {name}.")
        self._left(name)

    def _kick(self, message: Message) -> None:
        if len(message.params) < 2 or fold(message.params[1]) != fold(self.nick):
            self._show_in_room(message)
            return
        reason = f" ({message.params[2]})" if len(message.params) > 2 else ""
        self.show(f"{split_source(message.source)[0]} put you out of {message.params[0]}{reason}")
        self._left(message.params[0])

    def _refused_room(self, message: Message) -> None:
        self._show_as_is(message)
        if len(message.params) > 1 and self._unconfirmed.refused(message.params[1]):
            self.failures += 1
        if len(message.params) > 1 and fold(message.params[1]) not in self._rooms:
            self._arrived(message.params[1])

    # -- history --------------------------------------------------------------------------------------------

    def recall(self, count: int) -> None:
        room = self._rooms.get(fold(self.room))
        if room is None or not self._server.keeps_history:
            raise Unclear("This server keeps no history that could be asked for.")
        self._ask_history(Replay(room.name, min(count, self._server.page), explicit=True), "*")

    def search(self, wanted: dict[str, str]) -> None:
        if not self._server.searches:
            raise Unclear("This server can't search.")
        self.ask("SEARCH", format_tags({**wanted, "limit": str(FOUND)}))

    def _ask_history(self, replay: Replay, since: str) -> None:
        self._replays[fold(replay.room)] = replay
        verb = "LATEST" if since == "*" else "AFTER"
        self.ask("CHATHISTORY", verb, replay.room, since, str(replay.asked))

    def _batch(self, message: Message) -> None:
        ref = message.params[0] if message.params else ""
        if ref.startswith("+") and message.params[1:2] == ["chathistory"] and len(message.params) > 2:
            if len(self._batches) < _MOST_BATCHES:
                room = message.params[2]
                self._batches[ref[1:]] = self._replays.get(fold(room)) or Replay(room, 0)
        elif ref.startswith("+") and message.params[1:2] == ["soju.im/search"]:
            if len(self._batches) < _MOST_BATCHES:
                self._batches[ref[1:]] = Replay("", FOUND)
        elif ref.startswith("-"):
            replay = self._batches.pop(ref[1:], None)
            if replay is not None and replay.room:
                self._replayed(replay)
            elif replay is not None:
                self._found(replay)

    def _found(self, replay: Replay) -> None:
        """The answer to a search, which is in no room."""
        page = [m for m in replay.page if fold(split_source(m.source)[0]) not in self._ignored]
        self._text += found_lines(page, self.nick)
        if not page:
            self.show("Nothing was found.")

    def _replayed(self, replay: Replay) -> None:
        page = [message for message in replay.page if self._is_news(message, replay)]
        prefix = self.prefix(replay.room)
        self._text += [prefix + line for line in history_lines(page, self._today())]
        if replay.explicit and not page:
            self.show(f"Nothing has been said in {replay.room}.")
        room = self._rooms.get(fold(replay.room))
        for message in replay.page if room else []:
            self._remember_last(message)
        if room and replay.catching_up and replay.is_full() and replay.pages < _MOST_PAGES:
            self._ask_history(
                Replay(room.name, replay.asked, True, pages=replay.pages + 1, held=replay.not_in_page()),
                self._mark(room) or "*",
            )
            return
        if replay.catching_up and replay.is_full():
            self.show(f"More was said in {replay.room} than is shown here.")
        self._show_held(replay)
        self._arrived(replay.room)

    def _is_news(self, message: Message, replay: Replay) -> bool:
        """Whether it is worth showing: after a lost connection not what the human has typed himself."""
        nick = fold(split_source(message.source)[0])
        if nick in self._ignored:
            return False
        if not replay.catching_up or nick not in (fold(self.nick), fold(self._old_nick)):
            return True
        for sent in self._doubtful:
            if fold(sent.target) == fold(replay.room) and message.params[-1:] == [sent.pieces[-1]]:
                self._doubtful.remove(sent)
                break
        return False

    def _show_held(self, replay: Replay) -> None:
        self._replays.pop(fold(replay.room), None)
        for message in replay.not_in_page():
            self._show_in_room(message)
            self._remember_last(message)

    def _no_history(self) -> None:
        """History was refused: what was held back for it is shown without it."""
        for replay in list(self._replays.values()):
            if replay.catching_up:
                self.show(f"What was said in {replay.room} meanwhile can't be shown.")
            self._show_held(replay)
            self._arrived(replay.room)

    def _remember_last(self, message: Message) -> None:
        room = self._rooms.get(fold(room_of(message)))
        if room is not None:
            room.last_msgid = message.tags.get("msgid", room.last_msgid)
            room.last_time = message.tags.get("time", room.last_time)
