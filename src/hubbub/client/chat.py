"""What a client knows of one server: who we are there, the conversations, and the people in them.

Owns the shape of that state and the questions one may ask it. Changed only by reducer.py (what the server says),
outbox.py (what we say) and session.py (the connection). Knows no wire format, no sockets and no screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from hubbub.client.lines import Line
from hubbub.client.services import is_service
from hubbub.client.timeline import Timeline
from hubbub.irc.names import fold


@lru_cache(maxsize=32)
def _signs(announced: str) -> str:
    """Letters, which a server may announce as well, would make rooms of people."""
    return "".join(
        sign for sign in announced if sign.isprintable() and not sign.isalnum() and sign not in " ,:"
    )


class Place(StrEnum):
    SERVER = "server"
    ROOM = "room"
    DIRECT = "direct"


@dataclass(slots=True, eq=False)
class Person:
    """Somebody we share a room or a conversation with. `away`: the reason, "" for none given, None for here."""

    nick: str
    account: str = ""
    user: str = ""
    host: str = ""
    realname: str = ""
    away: str | None = None
    bot: bool = False


@dataclass(slots=True, eq=False)
class Member:
    """`ranks`: prefix modes, highest first, such as "o" or "ov". `spoke_ms`: when they last said something here."""

    person: Person
    ranks: str = ""
    spoke_ms: int = 0

    @property
    def nick(self) -> str:
        return self.person.nick


@dataclass(slots=True, eq=False)
class Conversation:
    """A room, a direct conversation, or what the server itself says (name "").

    joined     we are in the room; for the other two always True
    members    by folded nick; rooms only
    read_ms    everything up to this time has been read, on whatever device
    typing     by folded nick, until when (ms) they are believed to be typing
    unread     how many messages came after read_ms, as far as loaded; `mentions` of them are for us
    loading    a page of history is on its way
    """

    name: str
    place: Place
    timeline: Timeline = field(default_factory=Timeline)
    joined: bool = True
    topic: str = ""
    topic_by: str = ""
    modes: str = ""
    key: str = ""
    members: dict[str, Member] = field(default_factory=dict)
    read_ms: int = 0
    unread: int = 0
    mentions: int = 0
    typing: dict[str, int] = field(default_factory=dict)
    loading: bool = False

    @property
    def is_room(self) -> bool:
        return self.place is Place.ROOM

    @property
    def is_service(self) -> bool:
        """With a program that keeps names and rooms: nothing of that is ever unread."""
        return self.place is Place.DIRECT and is_service(self.name)

    def member(self, nick: str) -> Member | None:
        return self.members.get(fold(nick))

    def recount(self) -> None:
        """Count the unread anew; what was read and is loaded is not looked at."""
        self.unread = self.mentions = 0
        for line in self.timeline.lines[self.timeline.first_after(self.read_ms) :]:
            self.count(line)

    def count(self, line: Line) -> None:
        if self._is_unread(line):
            self.unread += 1
            self.mentions += line.mentions_me

    def counted(self, line: Line) -> tuple[int, int]:
        """What it adds to `unread` and `mentions`."""
        unread = self._is_unread(line)
        return int(unread), int(unread and line.mentions_me)

    def _is_unread(self, line: Line) -> bool:
        return line.time_ms > self.read_ms and line.counts_as_unread and not self.is_service

    def first_unread(self) -> Line | None:
        """The first message of others that has not been read, if any is loaded."""
        for line in self.timeline.lines[self.timeline.first_after(self.read_ms) :]:
            if self._is_unread(line):
                return line
        return None


@dataclass(slots=True, eq=False)
class Chat:
    """`capabilities`: those in force, with their values. `tokens`: ISUPPORT. `network`: its own name, or "".

    `server_name`: the source of what the server itself says. `people`: by folded nick, everybody we know of.
    `ignored`: folded nicks whose words are not shown.
    """

    nick: str = ""
    account: str = ""
    network: str = ""
    server_name: str = ""
    away: bool = False
    registered: bool = False
    capabilities: dict[str, str] = field(default_factory=dict)
    offered: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    ignored: set[str] = field(default_factory=set)

    def has(self, *capabilities: str) -> bool:
        return all(name in self.capabilities for name in capabilities)

    @property
    def server(self) -> Conversation:
        return self.open("", Place.SERVER)

    @property
    def channel_types(self) -> str:
        return _signs(self.tokens.get("CHANTYPES", "#&"))

    @property
    def prefixes(self) -> dict[str, str]:
        """Mode letter to sign, highest first: {"o": "@", "v": "+"}."""
        modes, _, signs = self.tokens.get("PREFIX", "(ov)@+").removeprefix("(").partition(")")
        return dict(zip(modes, signs, strict=False))

    def is_channel(self, name: str) -> bool:
        return bool(name) and name[0] in self.channel_types

    def is_me(self, nick: str) -> bool:
        return fold(nick) == fold(self.nick)

    def find(self, name: str) -> Conversation | None:
        return self.conversations.get(fold(name))

    def open(self, name: str, place: Place | None = None) -> Conversation:
        """The conversation of this name, made if need be."""
        found = self.conversations.get(fold(name))
        if found is None:
            if place is None:
                place = Place.ROOM if self.is_channel(name) else Place.DIRECT
            found = self.conversations[fold(name)] = Conversation(name, place, joined=place is not Place.ROOM)
        return found

    def person(self, nick: str) -> Person:
        found = self.people.get(fold(nick))
        if found is None:
            found = self.people[fold(nick)] = Person(nick)
        return found

    def rooms_of(self, nick: str) -> Iterator[Conversation]:
        folded = fold(nick)
        return (room for room in self.conversations.values() if folded in room.members)
