"""Coming in: capabilities, the question for a name, a password, and registration with the server.

Owns the way from the first line to the welcome, also the second time, after a lost connection. Knows no
rooms. Speaks through Door, which is the LineMode.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from hubbub.irc.names import fold, suggest, to_user
from hubbub.irc.wire import Message
from hubbub.plain.commands import Unclear
from hubbub.plain.server import Server
from hubbub.plain.shown import shown
from hubbub.plain.typed import RESERVED, Do, Mistake, check_name, read_name

QUESTION = "What is your name?"

_MOST_TRIED = 10
_LONGEST_PASSWORD = 400
"""Bytes that fit into one line with PASS."""
_LEAVING = frozenset({"/quit", "\\quit", "/exit", "\\exit", "/bye", "\\bye"})


class Stage(Enum):
    NAMING = auto()
    PASSWORD = auto()
    ENTERING = auto()
    IN = auto()
    OFFLINE = auto()
    LEFT = auto()


class Door(Protocol):
    """The one who is coming in."""

    def show(self, text: str) -> None: ...
    def send(self, message: Message) -> None: ...
    def explain(self, topic: str) -> None: ...
    def leave(self, reason: str) -> None: ...
    def give_up(self, reason: str) -> None: ...


class Entry:
    """`asks` False: there is nobody to ask, so a refused name is replaced by a similar one."""

    def __init__(
        self,
        door: Door,
        *,
        name: str,
        password: str,
        asks: bool,
        asks_password: bool,
        taken: Callable[[str], bool] | None,
    ) -> None:
        self.nick = name
        self.stage = Stage.NAMING
        self.server = Server()
        self.suggestion = ""
        self._door = door
        self._password = password
        self._asks = asks
        self._asks_password = asks_password
        self._taken = taken
        self._online = True
        self._been_in = False
        self._been_asked = False
        """Whether a connection went away while the question for a name was open."""
        self._introduced = False
        self._refused: set[str] = set()

    def begin(self) -> None:
        """There is a connection."""
        self._online = True
        self.server = Server()
        self._refused.clear()
        self._door.send(Message("CAP", ["LS", "302"]))
        if self.stage is Stage.OFFLINE:
            self._register()
        elif self.nick and self.stage is Stage.NAMING and not self._been_asked:
            self._try_name(self.nick)
        elif self._been_asked:
            self._door.show(QUESTION)

    def lost(self) -> None:
        """The connection is gone."""
        self._been_asked = self._been_asked or self.stage is Stage.NAMING
        self._online = self._introduced = False
        if self.stage in (Stage.ENTERING, Stage.IN):
            self.stage = Stage.OFFLINE

    # -- typed ----------------------------------------------------------------------------------------------

    def answer(self, text: str) -> None:
        """A typed line while something is being asked."""
        if self.stage is Stage.PASSWORD:
            self._answer_password(text)
        else:
            self._answer_name(text)

    def _answer_name(self, text: str) -> None:
        answer = read_name(text)
        if isinstance(answer, Mistake):
            self._door.show(f"{answer.reason} {QUESTION}")
        elif isinstance(answer, Do):
            self._answer_command(answer)
        elif answer:
            self._try_name(answer)
        else:
            self._door.show(QUESTION)

    def _answer_command(self, typed: Do) -> None:
        if typed.command == "quit":
            self._door.leave("")
            return
        if typed.command == "help":
            self._door.explain(typed.rest)
        self._door.show(f"First a name, then the rest. {QUESTION}")

    def _try_name(self, name: str) -> None:
        try:
            check_name(name)
        except Unclear as unclear:
            self._refuse(name, str(unclear))
            return
        self.nick = name
        if self._asks_password and not self._password:
            self._ask_password("This server wants a password. What is it?")
        else:
            self._register()

    def _ask_password(self, question: str) -> None:
        self.stage = Stage.PASSWORD
        self._door.show(question)

    def _answer_password(self, text: str) -> None:
        if text.lower() in _LEAVING:
            self._door.leave("")
        elif len(text.encode()) > _LONGEST_PASSWORD:
            self._door.show("That is too long for a password. What is it?")
        elif text:
            self._password = text
            self._register()
        else:
            self._door.show("What is the password?")

    def _register(self) -> None:
        if not self._online:
            self.stage = Stage.OFFLINE
            return
        self.stage = Stage.ENTERING
        if not self._introduced and self._password:
            self._door.send(Message("PASS", [self._password]))
        self._door.send(Message("NICK", [self.nick]))
        if not self._introduced:
            self._door.send(Message("USER", [to_user(self.nick), "0", "*", self.nick]))
        self._introduced = True

    # -- received -------------------------------------------------------------------------------------------

    def cap(self, message: Message) -> None:
        """CAP * LS [*] :… and CAP * ACK :…"""
        verb = message.params[1].upper() if len(message.params) > 2 else ""
        if verb == "LS":
            self.server.offer(message.params[-1])
            if len(message.params) == 3:
                wanted = " ".join(sorted(self.server.offered))
                self._door.send(Message("CAP", ["REQ", wanted] if wanted else ["END"]))
        elif verb in ("ACK", "NAK"):
            if verb == "ACK":
                self.server.caps = self.server.offered.intersection(message.params[-1].split())
            self._door.send(Message("CAP", ["END"]))

    def welcome(self, message: Message) -> None:
        self.nick = message.params[0] if message.params else self.nick
        self.stage = Stage.IN
        self._been_in = True
        self._refused.clear()

    def nick_refused(self, message: Message) -> None:
        reason = shown(message) or ""
        wanted = message.params[1] if len(message.params) > 2 else self.nick
        if "registered" in message.params[-1]:
            # What the server says of a name that somebody's account holds.
            say = f"/msg NickServ IDENTIFY {wanted} PASSWORD and /nick {wanted}"
            reason += f" If it is yours, come in as somebody else, then say {say}."
        if self.stage is Stage.ENTERING:
            self._refuse(wanted, reason)
        elif self.stage is Stage.IN:
            if len(self._refused) >= _MOST_TRIED:
                self._refused.clear()
            self._door.show(f"{reason} How about /nick {self._suggest(wanted)}?")

    def _refuse(self, name: str, reason: str) -> None:
        self.suggestion = self._suggest(name)
        if self._asks and not self._been_in:
            self.stage = Stage.NAMING
            self.nick = ""
            self._door.show(f"{reason} How about {self.suggestion}?")
            self._door.show(QUESTION)
        elif len(self._refused) > _MOST_TRIED:
            self._door.give_up(f"{reason} No other name was free either.")
        else:
            self._door.show(f"{reason} You are {self.suggestion} for now.")
            self.nick = self.suggestion
            self._register()

    def _suggest(self, wanted: str) -> str:
        self._refused.add(fold(wanted))
        return suggest(wanted, self._is_taken, self.server.nick)

    def _is_taken(self, name: str) -> bool:
        if fold(name) in self._refused or name.lower() in RESERVED:
            return True
        return self._taken is not None and self._taken(name)

    def wrong_password(self, message: Message) -> None:
        """464, before registration."""
        if not self._asks or self._been_in:
            self._door.give_up(
                "This server wants a password, and not this one." if self._password else _NO_PASSWORD
            )
            return
        refused = "That password is not right." if self._password else "This server wants a password."
        self._introduced = False
        self._ask_password(f"{refused} What is it?")


_NO_PASSWORD = "This server wants a password."  # noqa: S105  # words about one
