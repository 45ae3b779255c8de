"""The line mode: an IRC client for somebody who types lines and reads lines, as a machine without I/O.

Owns the conversation: the question for a name, the rooms and which one is current, what waits for an answer.
Words of messages are in shown.py, the reading of typed lines in typed.py, commands in commands.py. Knows no
sockets. net runs one for every `nc`, client.line_client one against any IRC server:

    mode.start(), mode.typed(line), mode.received(message), and after each: take_commands(), take_text()
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from hubbub.irc import numerics
from hubbub.irc.names import fold, is_channel
from hubbub.irc.text import printable
from hubbub.irc.wire import BadLine, Message, format_tags, split_source
from hubbub.plain.commands import LONGEST_ROOM, Unclear, is_address, is_target, run
from hubbub.plain.entry import QUESTION, Entry, Stage
from hubbub.plain.help import help_lines
from hubbub.plain.listing import WHOX_FIELDS, People, RoomList
from hubbub.plain.replay import Replay, found_lines, history_lines
from hubbub.plain.sent import Sent, Unconfirmed
from hubbub.plain.server import Server
from hubbub.plain.shown import room_of, shown, to_names
from hubbub.plain.typed import Do, Mistake, Say, Tell, check_name, clean, read, split_text

NO_ROOM = "You are in no room. /join #name takes you into one, /rooms lists them."

_LANDING = "hubbub-landing"
_MOST_EARLY = 200
_MOST_PEOPLE = 5000
_MOST_ROOMS = 200
_MOST_IGNORED = 100
_MOST_BATCHES = 20
_MOST_PAGES = 5
_FEW_NAMES = 12
_FOUND = 20
"""Lines that a search shows."""
_SOURCE_RESERVE = 100
"""Bytes for :!user@host and the spaces around, which the server puts in front of what we send."""
_LEAST_SPACE = 32


@dataclass(slots=True)
class Room:
    """A room we are in. While `arriving`, its names are being counted."""

    name: str
    arriving: bool = True
    names: list[str] = field(default_factory=list)
    others: int = 0
    last_msgid: str = ""
    last_time: str = ""


class LineMode:
    """See above. `room`: gone into if the server puts us into none.

    `taken`: whether a name is in use, where that is known; without it suggestions are guesses.
    `asks` False: there is nobody to ask, so a refused name is replaced by a similar one.
    `confirms`: all that is said is followed until the server has it.
    `remembers_people`: keeps names for completion.
    """

    def __init__(
        self,
        *,
        name: str = "",
        room: str = "",
        network: str = "hubbub",
        greeting_lines: int = 10,
        password: str = "",
        asks_password: bool = False,
        asks: bool = True,
        confirms: bool = False,
        remembers_people: bool = False,
        taken: Callable[[str], bool] | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._entry = Entry(
            self, name=name, password=password, asks=asks, asks_password=asks_password, taken=taken
        )
        self.room = ""
        self.wants_to_leave = False
        self.failures = 0
        """Texts that could not be sent, or were refused."""
        self._first_room = room
        self._network = network
        self._greeting_lines = greeting_lines
        self._confirms = confirms
        self._remembers = remembers_people
        self._today = today
        self._rooms: dict[str, Room] = {}
        self._returning: list[Room] = []
        self._old_nick = ""
        self._awaited: set[str] = set()
        self._asked_to_land = False
        self._fenced = False
        self._landed = False
        self._goodbye = ""
        self._hinted = False
        self._early: deque[str] = deque()
        self._people: dict[str, str] = {}
        self._ignored: set[str] = set()
        self._unconfirmed = Unconfirmed()
        self._doubtful: list[Sent] = []
        self._replays: dict[str, Replay] = {}
        self._batches: dict[str, Replay] = {}
        self._who: People | None = None
        self._list = RoomList()
        self._commands: list[Message] = []
        self._text: list[str] = []

    # -- what the owner of the machine asks -----------------------------------------------------------------

    @property
    def nick(self) -> str:
        return self._entry.nick

    @property
    def suggestion(self) -> str:
        """A name like the last one refused, that may be free."""
        return self._entry.suggestion

    @property
    def rooms(self) -> list[str]:
        return [room.name for room in self._rooms.values()]

    @property
    def asking(self) -> bool:
        """Whether the next typed line answers a question."""
        return self._stage in (Stage.NAMING, Stage.PASSWORD)

    @property
    def is_in(self) -> bool:
        """Whether the server has welcomed us."""
        return self._stage is Stage.IN

    @property
    def landed(self) -> bool:
        """Whether what is typed now goes out at once."""
        return self._landed

    @property
    def unconfirmed(self) -> int:
        """Texts typed or sent that the server is not known to have."""
        return len(self._unconfirmed) + len(self._early)

    def names_known(self) -> list[str]:
        return list(self._people.values())

    def take_commands(self) -> list[Message]:
        taken, self._commands = self._commands, []
        return taken

    def take_text(self) -> list[str]:
        taken, self._text = self._text, []
        return taken

    @property
    def _stage(self) -> Stage:
        return self._entry.stage

    @property
    def _server(self) -> Server:
        return self._entry.server

    # -- its life -------------------------------------------------------------------------------------------

    def start(self) -> None:
        """There is a connection: greet and ask for a name; with a name given, go in at once."""
        if not self.nick:
            self.show(f"Welcome to {self._network}.")
            self.show(QUESTION)
        self._entry.begin()

    def disconnected(self) -> None:
        """The connection is gone. What is typed from now on waits for the next one."""
        for replay in list(self._replays.values()):
            self._show_held(replay)
        self._doubtful += self._unconfirmed.give_up()
        self._returning = list(self._rooms.values()) or self._returning
        self._old_nick = self.nick
        self._rooms = {}
        self._replays, self._batches, self._awaited = {}, {}, set()
        self._who, self._list = None, RoomList()
        self._landed = self._asked_to_land = self._fenced = False
        self._commands = []
        self._entry.lost()
        self._say_goodbye()

    def reconnected(self) -> None:
        """There is a new connection: come in again, under the same name and into the same rooms."""
        self._entry.begin()

    def typed_end(self) -> None:
        """Nothing more will be typed: leave once everything has been said."""
        self.typed("/quit")

    def typed(self, line: str) -> None:
        """A line from the human, without its line end."""
        text = clean(line)
        if self.asking:
            self._entry.answer(text)
        elif self._landed:
            self._do(text)
        elif self._stage is Stage.OFFLINE and read(text) == Do("quit", ""):
            self.leave("")
        elif self._stage is not Stage.LEFT:
            self._queue(text)

    def received(self, message: Message) -> None:
        """A message from the IRC server."""
        replay = self._batches.get(message.tags.get("batch", ""))
        if replay is not None and message.command != "BATCH":
            replay.add(message)
            return
        handler = _HANDLERS.get(message.command)
        if handler is None:
            self._show_as_is(message)
        else:
            handler(self, message)
        self._fence()

    def _queue(self, text: str) -> None:
        if not text:
            return
        if len(self._early) >= _MOST_EARLY:
            self.refuse(f"Too much is waiting to be sent, so this is not: {text}")
            return
        self._early.append(text)

    def _do(self, text: str) -> None:
        match read(text):
            case Say(said):
                self.say(said)
            case Tell(name, said):
                self._send(name, said, guessed=True)
            case Do(command, rest):
                run(self, command, rest)
            case Mistake(reason):
                self.refuse(reason)
        self._fence()

    # -- what commands do (commands.Place) ------------------------------------------------------------------

    def show(self, text: str) -> None:
        self._text.append(printable(text))

    def send(self, message: Message) -> None:
        self._commands.append(message)

    def ask(self, command: str, *params: str) -> None:
        """Send something to the server, if a line can hold it."""
        message = Message(command, params)
        try:
            fits = len(message.to_line().encode()) <= self._server.line - 2
        except BadLine as bad:
            raise Unclear(f"That can't be sent: {bad.reason}.") from bad
        if not fits:
            raise Unclear("That is too long for one line, so nothing was sent.")
        self._commands.append(message)

    def say(self, text: str) -> None:
        if self.room:
            self._send(self.room, text)
        else:
            self.refuse(f"Nothing was said. {NO_ROOM}")

    def tell(self, target: str, text: str) -> None:
        self._send(target, text)

    def act(self, text: str) -> None:
        if self.room:
            self._send(self.room, text, around=("\x01ACTION ", "\x01"))
        else:
            self.refuse(f"Nothing was said. {NO_ROOM}")

    def _send(
        self, target: str, text: str, *, guessed: bool = False, around: tuple[str, str] = ("", "")
    ) -> None:
        before, after = around
        space = self._space_for(target) - len(before) - len(after)
        if space < _LEAST_SPACE:
            self.refuse(f"{target} is too long a name to write to.")
            return
        pieces = tuple(f"{before}{piece}{after}" for piece in split_text(text, space))
        for piece in pieces:
            self._commands.append(Message("PRIVMSG", [target, piece]))
        private = not is_channel(target, LONGEST_ROOM)
        if private or self._confirms:
            self._unconfirmed.add(target, text, pieces, private=private, guessed=guessed)

    def _space_for(self, target: str) -> int:
        """Bytes of text that reach everybody uncut, whatever the server puts in front."""
        reserve = len(self.nick.encode()) + _SOURCE_RESERVE + len(f"PRIVMSG {target} :".encode()) + 2
        return self._server.line - reserve

    def refuse(self, reason: str) -> None:
        """What was typed can't be done."""
        self.failures += 1
        self.show(reason)

    def _fence(self) -> None:
        token = self._unconfirmed.fence() if self._stage is Stage.IN else None
        if token:
            self._commands.append(Message("PING", [token]))

    def join(self, room: str, key: str) -> None:
        known = self._rooms.get(fold(room))
        if known is not None:
            self.room = known.name
            self.show(f"You talk in {known.name} now.")
        else:
            self.ask("JOIN", room, *([key] if key else []))

    def part(self, room: str, reason: str) -> None:
        self.ask("PART", room, *([reason] if reason else []))

    def rename(self, nick: str) -> None:
        check_name(nick)
        self.ask("NICK", nick)

    def who(self, mask: str) -> None:
        everybody = self._server.is_hubbub and self._server.whox
        mask = mask or ("*" if everybody else self.room or "*")
        self._who = People()
        self.ask("WHO", mask, *([WHOX_FIELDS] if self._server.whox else []))

    def list_rooms(self, pattern: str) -> None:
        self._list = RoomList()
        self.ask("LIST", *([pattern] if pattern else []))

    def recall(self, count: int) -> None:
        room = self._rooms.get(fold(self.room))
        if room is None or not self._server.keeps_history:
            raise Unclear("This server keeps no history that could be asked for.")
        self._ask_history(Replay(room.name, min(count, self._server.page), explicit=True), "*")

    def search(self, wanted: dict[str, str]) -> None:
        if not self._server.searches:
            raise Unclear("This server can't search.")
        self.ask("SEARCH", format_tags({**wanted, "limit": str(_FOUND)}))

    def ignore(self, nick: str, wanted: bool) -> None:
        if not wanted:
            self._ignored.discard(fold(nick))
            self.show(f"What {nick} says is shown again.")
            return
        if len(self._ignored) >= _MOST_IGNORED:
            raise Unclear("You ignore too many people already. /unignore somebody first.")
        self._ignored.add(fold(nick))
        self.show(f"What {nick} says is no longer shown.")

    def explain(self, topic: str) -> None:
        self._text += help_lines(printable(topic))

    def leave(self, reason: str) -> None:
        connected = self._stage is not Stage.OFFLINE
        name = self.nick if self._stage is Stage.IN else ""
        if connected:
            self.ask("QUIT", *([reason] if reason else []))
        self._goodbye = f"Goodbye, {name}." if name else "Goodbye."
        if not connected:
            self._say_goodbye()
        self._entry.stage = Stage.LEFT
        self._landed = False
        self.wants_to_leave = True

    def _say_goodbye(self) -> None:
        """The last line: answers to what was asked before come first."""
        if self._goodbye:
            self.show(self._goodbye)
            self._goodbye = ""

    def give_up(self, reason: str) -> None:
        """There is no way in."""
        self.refuse(reason)
        self.leave("")

    # -- coming in ------------------------------------------------------------------------------------------

    def _cap(self, message: Message) -> None:
        self._entry.cap(message)

    def _welcome(self, message: Message) -> None:
        self._entry.welcome(message)

    def _my_info(self, message: Message) -> None:
        self._server.is_hubbub = any("hubbub" in param.lower() for param in message.params[2:3])

    def _isupport(self, message: Message) -> None:
        self._server.announce(message.params[1:-1])

    def _motd_line(self, message: Message) -> None:
        if not self._returning:
            self._show_as_is(message)

    def _end_of_motd(self, message: Message) -> None:
        """The server may have put us into a room by itself; the answer to this PING comes after that."""
        if not self._asked_to_land:
            self._asked_to_land = True
            self._commands.append(Message("PING", [_LANDING]))

    def _pong(self, message: Message) -> None:
        token = message.params[-1] if message.params else ""
        if token == _LANDING:
            self._land()
            return
        for sent in self._unconfirmed.confirmed(token):
            if sent.private:
                self.show(f"[private to {sent.target}]")

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
        self._hint()
        while self._early and self._landed:
            self._do(self._early.popleft())

    def _hint(self) -> None:
        if not self._hinted:
            self._hinted = True
            self.show("Type a line to talk. /help lists what else you can do, bye leaves.")

    def _report_doubtful(self) -> None:
        """What was on its way when the connection broke, and didn't turn up in the history."""
        for sent in self._doubtful:
            self.show(f"This may not have arrived (to {sent.target}): {sent.text}")
        self.failures += len(self._doubtful)
        self._doubtful = []

    # -- rooms ----------------------------------------------------------------------------------------------

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
                self._batches[ref[1:]] = Replay("", _FOUND)
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

    # -- what others say and do -----------------------------------------------------------------------------

    def prefix(self, room: str) -> str:
        """What stands in front of a line from that room; nothing, if it is the current one."""
        return "" if fold(room) == fold(self.room) else printable(f"[{room}] ")

    def ignores(self, nick: str) -> bool:
        return fold(nick) in self._ignored

    def _is_me(self, message: Message) -> bool:
        return fold(split_source(message.source)[0]) == fold(self.nick)

    def _meet(self, nick: str) -> None:
        if self._remembers and nick and len(self._people) < _MOST_PEOPLE:
            self._people[fold(nick)] = nick

    def _said(self, message: Message) -> None:
        """PRIVMSG and NOTICE."""
        nick, user, _ = split_source(message.source)
        if len(message.params) < 2 or (self._ignored and fold(nick) in self._ignored):
            return
        if user:
            self._meet(nick)
        room = room_of(message)
        if not room:
            self._show_private(message)
            return
        replay = self._replays.get(fold(room))
        if replay is None or not replay.hold(message):
            self._show_in_room(message)
            self._remember_last(message)

    def _show_private(self, message: Message) -> None:
        line = shown(message)
        if not split_source(message.source)[1]:
            mark = ""
        elif self._is_me(message) and fold(message.params[0]) != fold(self.nick):
            mark = printable(f"[private to {message.params[0]}] ")
        else:
            mark = "[private] "
        if line is not None:
            self._text.append(mark + line)

    def _show_in_room(self, message: Message) -> None:
        line = shown(message)
        if line is None:
            return
        target = message.params[0] if message.params else ""
        room = room_of(message)
        # STATUSMSG: said to the operators or voices of a room alone.
        self._text.append(
            printable(f"[{target}] ") + line if target[:1] in "~&@%+" else self.prefix(room) + line
        )

    def _show_as_is(self, message: Message) -> None:
        line = shown(message)
        if line:
            self._text.append(line)

    def _mode(self, message: Message) -> None:
        if room_of(message):
            self._show_in_room(message)

    def _invited(self, message: Message) -> None:
        if len(message.params) > 1 and fold(message.params[0]) == fold(self.nick):
            nick, room = split_source(message.source)[0], message.params[1]
            self.show(f"{nick} invites you to {room}: /join {room}")
        else:
            self._show_as_is(message)

    def _renamed(self, message: Message) -> None:
        new = message.params[0] if message.params else ""
        old = split_source(message.source)[0]
        self._people.pop(fold(old), None)
        self._meet(new)
        if fold(old) != fold(self.nick):
            self._show_as_is(message)
            return
        self._entry.nick = new
        self.show(f"You are now called {new}.")

    def _gone(self, message: Message) -> None:
        self._people.pop(fold(split_source(message.source)[0]), None)
        if not self._is_me(message):
            self._show_as_is(message)

    # -- answers --------------------------------------------------------------------------------------------

    def _ping(self, message: Message) -> None:
        self._commands.append(Message("PONG", message.params[-1:]))

    def _nick_refused(self, message: Message) -> None:
        self._entry.nick_refused(message)

    def _wrong_password(self, message: Message) -> None:
        if self._stage is Stage.ENTERING:
            self._entry.wrong_password(message)
        else:
            self._show_as_is(message)

    def _no_such_nick(self, message: Message) -> None:
        target = message.params[1] if len(message.params) > 1 else ""
        sent = self._unconfirmed.refused(target)
        if sent is None:
            self._show_as_is(message)
        elif sent.refused == 1:
            self.refuse(_nobody(sent))

    def _fail(self, message: Message) -> None:
        self._show_fail(message)
        if message.params[:1] == ["CHATHISTORY"]:
            self._no_history()
        for context in message.params[2:-1]:
            if is_target(context) and self._unconfirmed.refused(context):
                self.failures += 1
                break
        for context in message.params[2:-1] if message.params[:1] == ["JOIN"] else []:
            self._arrived(context)

    def _show_fail(self, message: Message) -> None:
        # The newcomer didn't ask for history, so its absence is no news.
        if message.params[:1] != ["CHATHISTORY"] or any(replay.explicit for replay in self._replays.values()):
            self._show_as_is(message)

    def _unknown_command(self, message: Message) -> None:
        name = message.params[1] if len(message.params) > 1 else ""
        if name == "CHATHISTORY":
            self._no_history()
        # A server without capabilities says so, and that is all there is to negotiate.
        if name != "CAP":
            self._show_as_is(message)

    def _not_registered(self, message: Message) -> None:
        """451: an answer to CAP from servers that know it only later."""
        if self._stage is Stage.IN:
            self._show_as_is(message)

    def _who_reply(self, message: Message) -> None:
        if self._who is not None:
            self._meet(self._who.add(message))

    def _end_of_who(self, message: Message) -> None:
        people, self._who = self._who, None
        if people is not None:
            self._text += people.show(message.params[1] if len(message.params) > 1 else "*")

    def _list_reply(self, message: Message) -> None:
        self._list.add(message)

    def _end_of_list(self, message: Message) -> None:
        self._text += self._list.show()
        self._list = RoomList()

    def _error(self, message: Message) -> None:
        if self._stage is Stage.LEFT:
            self._say_goodbye()
        else:
            self._show_as_is(message)


def _nobody(sent: Sent) -> str:
    if is_address(sent.target):
        return f"Nobody is connected from {sent.target}, so nothing was sent."
    refused = f'No one is called "{sent.target}" here, so nothing was sent.'
    if not sent.guessed:
        return refused
    return f"{refused} To say it to the room: /say {sent.target}: {sent.text}"


_HANDLERS: dict[str, Callable[[LineMode, Message], None]] = {
    "BATCH": LineMode._batch,
    "CAP": LineMode._cap,
    "ERROR": LineMode._error,
    "FAIL": LineMode._fail,
    "INVITE": LineMode._invited,
    "JOIN": LineMode._join,
    "KICK": LineMode._kick,
    "MODE": LineMode._mode,
    "NICK": LineMode._renamed,
    "NOTICE": LineMode._said,
    "PART": LineMode._part,
    "PING": LineMode._ping,
    "PONG": LineMode._pong,
    "PRIVMSG": LineMode._said,
    "QUIT": LineMode._gone,
    "TOPIC": LineMode._show_in_room,
    numerics.RPL_WELCOME: LineMode._welcome,
    numerics.RPL_MYINFO: LineMode._my_info,
    numerics.RPL_ISUPPORT: LineMode._isupport,
    numerics.RPL_MOTD: LineMode._motd_line,
    numerics.RPL_ENDOFMOTD: LineMode._end_of_motd,
    numerics.ERR_NOMOTD: LineMode._end_of_motd,
    numerics.RPL_NAMREPLY: LineMode._names,
    numerics.RPL_ENDOFNAMES: LineMode._end_of_names,
    numerics.RPL_WHOREPLY: LineMode._who_reply,
    numerics.RPL_WHOSPCRPL: LineMode._who_reply,
    numerics.RPL_ENDOFWHO: LineMode._end_of_who,
    numerics.RPL_LIST: LineMode._list_reply,
    numerics.RPL_LISTEND: LineMode._end_of_list,
    numerics.ERR_NOSUCHNICK: LineMode._no_such_nick,
    numerics.ERR_UNKNOWNCOMMAND: LineMode._unknown_command,
    numerics.ERR_NOTREGISTERED: LineMode._not_registered,
    numerics.ERR_PASSWDMISMATCH: LineMode._wrong_password,
    **dict.fromkeys(
        (
            numerics.ERR_NONICKNAMEGIVEN,
            numerics.ERR_ERRONEUSNICKNAME,
            numerics.ERR_NICKNAMEINUSE,
            numerics.ERR_NICKCOLLISION,
            numerics.ERR_UNAVAILRESOURCE,
        ),
        LineMode._nick_refused,
    ),
    **dict.fromkeys(
        (
            numerics.ERR_NOSUCHCHANNEL,
            numerics.ERR_CANNOTSENDTOCHAN,
            numerics.ERR_TOOMANYCHANNELS,
            numerics.ERR_CHANNELISFULL,
            numerics.ERR_INVITEONLYCHAN,
            numerics.ERR_BANNEDFROMCHAN,
            numerics.ERR_BADCHANNELKEY,
            numerics.ERR_BADCHANMASK,
            numerics.ERR_NEEDREGGEDNICK,
            numerics.ERR_SECUREONLYCHAN,
            numerics.ERR_CANNOTSENDTOUSER,
            numerics.ERR_OPERONLY,
        ),
        LineMode._refused_room,
    ),
}
