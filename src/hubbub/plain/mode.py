"""The line mode: an IRC client for somebody who types lines and reads lines, as a machine without I/O.

Owns the conversation from the question for a name to the goodbye, and decides what each message of the server means.
Its rooms are in rooms.py, what is said in saying.py, what is shown in showing.py; words of messages in shown.py, the
reading of typed lines in typed.py, commands in commands.py. Knows no sockets. net runs one for every `nc`,
client.line_client one against any IRC server:

    mode.start(), mode.typed(line), mode.received(message), and after each: take_commands(), take_text()
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import date

from hubbub.irc import numerics
from hubbub.irc.names import fold
from hubbub.irc.text import printable
from hubbub.irc.wire import Message, split_source
from hubbub.plain.commands import is_target, run
from hubbub.plain.entry import QUESTION, Entry, Stage
from hubbub.plain.help import help_lines
from hubbub.plain.listing import WHOX_FIELDS, People, RoomList
from hubbub.plain.rooms import Rooms
from hubbub.plain.shown import room_of
from hubbub.plain.typed import Do, Mistake, Say, Tell, check_name, clean, read

_MOST_EARLY = 200


class LineMode(Rooms):
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
        entry = Entry(self, name=name, password=password, asks=asks, asks_password=asks_password, taken=taken)
        super().__init__(
            entry,
            first_room=room,
            greeting_lines=greeting_lines,
            confirms=confirms,
            remembers_people=remembers_people,
            today=today,
        )
        self.wants_to_leave = False
        self._network = network
        self._goodbye = ""
        self._hinted = False
        self._early: deque[str] = deque()
        """Typed before there was a room to say it in."""
        self._who: People | None = None
        self._list = RoomList()

    # -- what the owner of the machine asks -----------------------------------------------------------------

    @property
    def suggestion(self) -> str:
        """A name like the last one refused, that may be free."""
        return self._entry.suggestion

    @property
    def asking(self) -> bool:
        """Whether the next typed line answers a question."""
        return self._stage in (Stage.NAMING, Stage.PASSWORD)

    @property
    def is_in(self) -> bool:
        """Whether the server has welcomed us."""
        return self._stage is Stage.IN

    @property
    def unconfirmed(self) -> int:
        """Texts typed or sent that the server is not known to have."""
        return len(self._unconfirmed) + len(self._early)

    # -- its life -------------------------------------------------------------------------------------------

    def start(self) -> None:
        """There is a connection: greet and ask for a name; with a name given, go in at once."""
        if not self.nick:
            self.show(f"Welcome to {self._network}.")
            self.show(QUESTION)
        self._entry.begin()

    def disconnected(self) -> None:
        """The connection is gone. What is typed from now on waits for the next one."""
        self._lose_rooms()
        self._doubtful += self._unconfirmed.give_up()
        self._who, self._list = None, RoomList()
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

    def _begin(self) -> None:
        self._hint()
        while self._early and self._landed:
            self._do(self._early.popleft())

    def _hint(self) -> None:
        if not self._hinted:
            self._hinted = True
            self.show("Type a line to talk. /help lists what else you can do, bye leaves.")

    # -- what commands do (commands.Place) ------------------------------------------------------------------

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

    def _nick_refused(self, message: Message) -> None:
        self._entry.nick_refused(message)

    def _wrong_password(self, message: Message) -> None:
        if self._stage is Stage.ENTERING:
            self._entry.wrong_password(message)
        else:
            self._show_as_is(message)

    def _not_registered(self, message: Message) -> None:
        """451: an answer to CAP from servers that know it only later."""
        if self._stage is Stage.IN:
            self._show_as_is(message)

    # -- what others say and do -----------------------------------------------------------------------------

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
