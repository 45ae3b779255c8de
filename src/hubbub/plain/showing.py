"""What the line mode shows and sends: the two queues that its owner takes from, and how a message looks in them.

Owns the text and the commands that wait to be taken, whom we ignore and whose names are known. LineMode builds on it.
"""

from __future__ import annotations

from hubbub.irc.names import fold
from hubbub.irc.text import printable
from hubbub.irc.wire import BadLine, Message, split_source
from hubbub.plain.commands import Unclear
from hubbub.plain.entry import Entry, Stage
from hubbub.plain.server import Server
from hubbub.plain.shown import room_of, shown

_MOST_PEOPLE = 5000
_MOST_IGNORED = 100


class Showing:
    """`entry` knows who we are and what the server can do. `remembers_people`: keeps names for completion."""

    def __init__(self, entry: Entry, *, remembers_people: bool) -> None:
        self._entry = entry
        self.room = ""
        """The current room, where what is typed goes; "" for none."""
        self.failures = 0
        """Texts that could not be sent, or were refused."""
        self._remembers = remembers_people
        self._people: dict[str, str] = {}
        self._ignored: set[str] = set()
        self._commands: list[Message] = []
        self._text: list[str] = []

    @property
    def nick(self) -> str:
        return self._entry.nick

    @property
    def _stage(self) -> Stage:
        return self._entry.stage

    @property
    def _server(self) -> Server:
        return self._entry.server

    def names_known(self) -> list[str]:
        return list(self._people.values())

    def take_commands(self) -> list[Message]:
        taken, self._commands = self._commands, []
        return taken

    def take_text(self) -> list[str]:
        taken, self._text = self._text, []
        return taken

    # -- out ------------------------------------------------------------------------------------------------

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

    def refuse(self, reason: str) -> None:
        """What was typed can't be done."""
        self.failures += 1
        self.show(reason)

    # -- people ---------------------------------------------------------------------------------------------

    def ignore(self, nick: str, wanted: bool) -> None:
        if not wanted:
            self._ignored.discard(fold(nick))
            self.show(f"What {nick} says is shown again.")
            return
        if len(self._ignored) >= _MOST_IGNORED:
            raise Unclear("You ignore too many people already. /unignore somebody first.")
        self._ignored.add(fold(nick))
        self.show(f"What {nick} says is no longer shown.")

    def ignores(self, nick: str) -> bool:
        return fold(nick) in self._ignored

    def _is_me(self, message: Message) -> bool:
        return fold(split_source(message.source)[0]) == fold(self.nick)

    def _meet(self, nick: str) -> None:
        if self._remembers and nick and len(self._people) < _MOST_PEOPLE:
            self._people[fold(nick)] = nick

    # -- messages -------------------------------------------------------------------------------------------

    def prefix(self, room: str) -> str:
        """What stands in front of a line from that room; nothing, if it is the current one."""
        return "" if fold(room) == fold(self.room) else printable(f"[{room}] ")

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
