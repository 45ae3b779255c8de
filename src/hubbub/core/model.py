"""The records of the live state: users and channels. Plain data, changed only when an event is applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING

import msgspec

from hubbub.core.delivery import Audience, enter, leave
from hubbub.irc.names import fold

if TYPE_CHECKING:
    from hubbub.core.bans import Verdict
    from hubbub.core.rooms import Registration
    from hubbub.core.session import Session


ASKING: ContextVar[Session | None] = ContextVar("ASKING", default=None)
"""While a command runs, also one that waits for something: the session that gave it."""


class User:
    """Somebody who is here: one nick, one or more connections (sessions; none if connected to another node)."""

    __slots__ = (
        "account",
        "away",
        "channels",
        "correspondents",
        "former_id",
        "host",
        "id",
        "ip",
        "last_spoke_ms",
        "modes",
        "nick",
        "peer_address",
        "realname",
        "secure",
        "server",
        "sessions",
        "signon_ms",
        "user",
    )

    def __init__(self, id: str, nick: str, user: str, host: str, realname: str) -> None:
        self.id = id
        self.nick = nick
        self.user = user
        self.host = host
        self.realname = realname
        self.ip = ""
        self.peer_address = ""
        self.server = ""
        self.account = ""
        self.former_id = ""
        """The id as a guest, before logging in: facts on their way may still name it."""
        self.away = ""
        self.secure = False
        self.modes: set[str] = set()
        self.channels: dict[str, Channel] = {}
        self.sessions: list[Session] = []
        self.signon_ms = 0
        self.last_spoke_ms = 0
        self.correspondents: dict[str, str] = {}
        """Topics of the direct conversations of this user → the other's nick when last heard."""

    @property
    def source(self) -> str:
        """nick!user@host"""
        return f"{self.nick}!{self.user}@{self.host}"

    @property
    def is_operator(self) -> bool:
        """Whether others see that one of their connections has given OPER; it gives the other ones no right."""
        return "o" in self.modes

    @property
    def acts_as_operator(self) -> bool:
        """Whether the command that runs was given by a connection of theirs that has given OPER."""
        asking = ASKING.get()
        return self.is_operator and asking is not None and asking.user is self and asking.is_operator


class Topic(msgspec.Struct, frozen=True):
    """A channel's topic and who set it (nick!user@host) when (Unix milliseconds)."""

    text: str
    by: str
    at_ms: int


class ListEntry(msgspec.Struct, frozen=True):
    """An entry of a ban, exception or invite-exception list."""

    mask: str
    by: str
    at_ms: int


ENTERED: list[Callable[[Channel, User], None]] = []
"""Called with (channel, user) when somebody has become a member."""
LEFT: list[Callable[[Channel, User], None]] = []
"""Called with (channel, user) when somebody is no member any more."""


class Channel:
    """A room. `id` names this room for ever; a room of the same name made later can be another one."""

    __slots__ = (
        "audience",
        "created_ms",
        "former",
        "has_history",
        "id",
        "invited",
        "lists",
        "members",
        "metadata",
        "modes",
        "name",
        "registration",
        "renamed_ms",
        "topic",
        "verdicts",
    )

    def __init__(self, id: str, name: str, created_ms: int) -> None:
        self.id = id
        self.name = name
        self.created_ms = created_ms
        self.topic: Topic | None = None
        self.has_history = False
        """Whether anything was said here that is kept."""
        self.modes: dict[str, str] = {}
        """Flags and parameters that are set: letter → argument, "" for flags."""
        self.lists: dict[str, dict[str, ListEntry]] = {"b": {}, "e": {}, "I": {}}
        self.members: dict[User, str] = {}
        """User → letters of the prefix modes held here, highest first ("ov", "o", "v", "")."""
        self.verdicts: dict[tuple[str, ...], Verdict] = {}
        """What core.bans has found out from the lists; cleared when they change."""
        self.registration: Registration | None = None
        self.renamed_ms = 0
        self.former: dict[str, int] = {}
        """Earlier names, folded → until when they lead here."""
        self.invited: set[str] = set()
        self.metadata: dict[str, str] = {}
        self.audience: Audience = {}

    @property
    def log_topic(self) -> str:
        """Where the ledger keeps what is said here."""
        return f"room/{self.id}"

    def add(self, user: User, letters: str) -> None:
        self.members[user] = letters
        user.channels[fold(self.name)] = self
        self.invited.discard(user.id)
        for session in user.sessions:
            enter(self.audience, session)
        for watcher in ENTERED:
            watcher(self, user)

    def remove(self, user: User) -> None:
        self.members.pop(user, None)
        user.channels.pop(fold(self.name), None)
        for session in user.sessions:
            leave(self.audience, session)
        for watcher in LEFT:
            watcher(self, user)

    def holds(self, user: User, letter: str) -> bool:
        """Whether a member holds a prefix mode."""
        return letter in self.members.get(user, "")

    def sessions(self) -> Iterator[Session]:
        for user in self.members:
            yield from user.sessions
