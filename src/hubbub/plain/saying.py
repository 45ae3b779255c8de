"""Saying something: typed text cut to the lines that fit, and followed until the server has it where that matters.

Owns what is not known to have arrived. LineMode builds on it.
"""

from __future__ import annotations

from hubbub.irc.names import is_channel
from hubbub.irc.wire import Message
from hubbub.plain.commands import LONGEST_ROOM, is_address
from hubbub.plain.entry import Entry, Stage
from hubbub.plain.sent import Sent, Unconfirmed
from hubbub.plain.showing import Showing
from hubbub.plain.typed import split_text

NO_ROOM = "You are in no room. /join #name takes you into one, /rooms lists them."

_SOURCE_RESERVE = 100
"""Bytes for :!user@host and the spaces around, which the server puts in front of what we send."""
_LEAST_SPACE = 32


class Saying(Showing):
    """`confirms`: all that is said is followed until the server has it, not only private messages."""

    def __init__(self, entry: Entry, *, confirms: bool, remembers_people: bool) -> None:
        super().__init__(entry, remembers_people=remembers_people)
        self._confirms = confirms
        self._unconfirmed = Unconfirmed()
        self._doubtful: list[Sent] = []
        """What was on its way when the connection broke."""

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

    # -- whether it has arrived -----------------------------------------------------------------------------

    def _fence(self) -> None:
        token = self._unconfirmed.fence() if self._stage is Stage.IN else None
        if token:
            self._commands.append(Message("PING", [token]))

    def _confirm(self, token: str) -> None:
        """A PING has been answered: what was sent before it has arrived."""
        for sent in self._unconfirmed.confirmed(token):
            if sent.private:
                self.show(f"[private to {sent.target}]")

    def _no_such_nick(self, message: Message) -> None:
        target = message.params[1] if len(message.params) > 1 else ""
        sent = self._unconfirmed.refused(target)
        if sent is None:
            self._show_as_is(message)
        elif sent.refused == 1:
            self.refuse(_nobody(sent))

    def _report_doubtful(self) -> None:
        """What was on its way when the connection broke, and didn't turn up in the history."""
        for sent in self._doubtful:
            self.show(f"This may not have arrived (to {sent.target}): {sent.text}")
        self.failures += len(self._doubtful)
        self._doubtful = []


def _nobody(sent: Sent) -> str:
    if is_address(sent.target):
        return f"Nobody is connected from {sent.target}, so nothing was sent."
    refused = f'No one is called "{sent.target}" here, so nothing was sent.'
    if not sent.guessed:
        return refused
    return f"{refused} To say it to the room: /say {sent.target}: {sent.text}"
