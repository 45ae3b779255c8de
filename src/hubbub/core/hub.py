"""The hub: the live state of this node, and the one path by which it changes.

Owns users, channels and sessions. Knows no socket, no file, no clock of its own: time, ids and the ledger come in
from outside. State is changed only by `apply`, in the order of the log.

bytes → Session.receive → command.run → handler proposes → Hub.append → ledger → Hub.apply → Outbox → net
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from hubbub.core import event as events
from hubbub.core.capability import Profile
from hubbub.core.command import Proposal
from hubbub.core.delivery import Audience, Outbox, audience_of, leave
from hubbub.core.event import Event
from hubbub.core.ledger import EXPECTED, Entry, Fact, Ledger, Put
from hubbub.core.model import Channel, User
from hubbub.core.modes import standing_of
from hubbub.core.reply import Reply
from hubbub.irc.names import fold, skeleton

if TYPE_CHECKING:
    from hubbub.config import Settings
    from hubbub.core.session import Session

log = logging.getLogger("hubbub.core")

VERSION = "hubbub-0.1"
"""What clients are told that this is (002, 004, 351)."""

Part = TypeVar("Part")
Clock = Callable[[], int]
"""Gives Unix time in milliseconds."""
Cloak = Callable[[str], str]
"""Gives the host that others see for an address."""

RESTORERS: dict[str, Callable[[Hub, str, bytes], None]] = {}
"""First part of a key → function that takes (hub, rest of the key, value) from the snapshot."""


def restores(kind: str) -> Callable[[Callable[[Hub, str, bytes], None]], Callable[[Hub, str, bytes], None]]:
    """Declare who takes the keys `kind/…` of the ledger's state back at start."""

    def declare(restorer: Callable[[Hub, str, bytes], None]) -> Callable[[Hub, str, bytes], None]:
        RESTORERS[kind] = restorer
        return restorer

    return declare


async def _here(work: Callable[..., Any], *args: Any) -> Any:
    return work(*args)


RESTORED: list[Callable[[Hub], None]] = []
"""Called with the hub when its state has been restored and it can propose."""
WELCOMES: list[Callable[[Reply], None]] = []
"""Called in order when a client has been registered; the first ones send the numerics of the welcome."""

Watcher = Callable[["Hub", User, str], None]
ARRIVALS: list[Watcher] = []
"""Called with (hub, user, nick) when a nick has appeared: somebody connected or changed to it."""
DEPARTURES: list[Watcher] = []
"""Called with (hub, user, nick) when a nick is gone: somebody left or changed from it."""
ENDINGS: list[Callable[[Hub, Session], None]] = []
"""Called with (hub, session) when a connection is over: a feature forgets what it kept about it."""
PORTRAIT: list[Callable[[Reply, User], None]] = []
"""Called for WHOIS: what features know of somebody, as further numerics."""
ONLOOKERS: list[Callable[[Hub, User], Iterable[Session]]] = []
"""Each names sessions that are told what a user is like now without sharing a room (extended-monitor)."""


class Hub:
    """Live state and delivery. One per process."""

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        clock: Clock,
        *,
        wake: Callable[[], None],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        cloak: Cloak = lambda address: address,
        is_local: Callable[[str], bool] = lambda _address: True,
    ) -> None:
        self.settings = settings
        self.ledger = ledger
        self.clock = clock
        self.spawn = spawn
        self.host_shown_for = cloak
        self.is_local = is_local
        self.name = settings.server.name
        self.outbox = Outbox(wake)
        self.epoch = 0
        self.closing = False
        """The server stops: who leaves now is told to nobody, as everybody does."""
        self.started_ms = clock()
        self.sessions: set[Session] = set()
        self.unregistered: set[Session] = set()
        """Those of the sessions that have no user yet."""
        self.sessions_by_address: dict[str, Session] = {}
        """By peer address, such as 192.0.2.7:50412."""
        self.users: dict[str, User] = {}
        """By folded nick."""
        self.users_by_id: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        """By folded name; those with members, and those remembered from before."""
        self.channels_by_id: dict[str, Channel] = {}
        self.rooms_in_use = 0
        """How many of the channels have members."""
        self.uses: Counter[str] = Counter()
        """How often each command was given."""
        self._unnamed: dict[str, Channel] = {}
        self.origin: Session | None = None
        """While an event is applied: the session of this node that proposed it."""
        self.fact: Fact | None = None
        """While an event is applied: its place in the log."""
        self.notices: dict[type[Event], Callable[[Event], None]] = {}
        """By class of event: who of the server's own wants to hear of it (its log)."""
        self.in_thread: Callable[..., Awaitable[Any]] = _here
        """Runs slow work (a password hash) beside the loop; the server injects a thread."""
        self.rehash: Callable[[], list[str]] = list
        """Reads the settings again and gives the problems; injected by the server."""
        self.page_urls: Callable[[], Sequence[str]] = list
        """Gives the addresses of the web page, each with a / at its end, the best one first; injected by the server."""
        self.later: Callable[[float, Callable[[], None]], object] = lambda _seconds, _act: None
        """Does something when so many seconds have passed; injected by the server."""
        self.stop: Callable[[str], None] = lambda _reason: None
        """Begins to stop the server, for a reason; injected by the server."""
        self.translate: Callable[[Hub, Event, Fact], Event] | None = None
        """Once a room was renamed: gives what was proposed of it before that its name of now."""
        self._ids = 0
        self._session_ids = 0
        self._parts: dict[type, object] = {}

    async def open(self, node: str = "") -> None:
        """Restore the state from the ledger; before that, no session."""
        self.epoch = await self.ledger.open(node or self.name, self)
        for watcher in OPENED:
            watcher(self)
        for watcher in RESTORED:
            watcher(self)

    def part(self, kind: type[Part]) -> Part:
        """A feature's own record for the whole node, made at first use."""
        found = self._parts.get(kind)
        if found is None:
            found = self._parts[kind] = kind()
        return found  # type: ignore[return-value]  # the key is the value's type

    def next_id(self) -> str:
        """An id for a user or a room that was never used in this ledger."""
        self._ids += 1
        return f"{self.epoch:x}-{self._ids:x}"

    def next_session_id(self) -> int:
        self._session_ids += 1
        return self._session_ids

    # -- facts: in ------------------------------------------------------------------------------------------

    def append(
        self,
        proposal: Proposal,
        expect: tuple[tuple[str, int], ...] = (),
        puts: tuple[Put, ...] = (),
        erases: tuple[int, ...] = (),
    ) -> None:
        """Put an event into the ledger's queue."""
        event = proposal.event
        event.sent(self)
        body = events.encode(event)
        text, author = event.searchable()
        entry = Entry(event.topic(), body, event.is_kept(), event.kind, expect, puts, erases, text, author)
        self.ledger.append(entry, proposal)

    def propose(
        self, event: Event, *, puts: tuple[Put, ...] = (), expect: tuple[tuple[str, int], ...] = ()
    ) -> None:
        """Propose an event that nobody waits for (a departure, the server's own doing)."""
        self.append(Proposal(event, None, None), expect, puts)

    # -- facts: out (Handler of the ledger) -----------------------------------------------------------------

    def restore(self, key: str, value: bytes) -> None:
        kind, _, rest = key.partition("/")
        restorer = RESTORERS.get(kind)
        if restorer is not None:
            restorer(self, rest, value)

    def apply(self, fact: Fact, ticket: object | None) -> None:
        """Apply the next fact of the log and tell everybody whom it concerns."""
        if not isinstance(ticket, Proposal):
            event = events.decode(fact.body)
            if event is not None:
                self._happen(event, fact, None)
            return
        reply = ticket.reply
        self.origin = reply.session if reply else None
        try:
            self._happen(ticket.event, fact, reply)
            if ticket.applied is not None:
                ticket.applied()
        finally:
            self.origin = None
            self.settle(reply)
            ticket.event.arrived(self)

    def refuse(self, ticket: object | None, reason: str) -> None:
        """An own proposal had no effect."""
        if not isinstance(ticket, Proposal):
            return
        if reason != EXPECTED:
            log.error("not stored: %s", reason)
        try:
            if reason == EXPECTED and ticket.refused is not None:
                ticket.refused(reason)
            elif ticket.reply is not None:
                ticket.reply.not_stored()
        finally:
            self.settle(ticket.reply)
            ticket.event.arrived(self)

    def cast(self, topic: str, body: bytes) -> None:
        """Something passing by that was never stored."""
        event = events.decode(body)
        if event is not None:
            self._happen(event, Fact(0, self.clock(), "", topic, body), None)

    def settle(self, reply: Reply | None) -> None:
        """What an answer has waited for is done."""
        if reply is None:
            return
        reply.done()
        reply.session.settled()

    def _happen(self, event: Event, fact: Fact, reply: Reply | None) -> None:
        self.fact = fact
        if self.translate is not None:
            event = self.translate(self, event, fact)
        audience = event.apply(self)
        if audience:
            self.deliver(event, fact, audience, reply)
        notice = self.notices.get(type(event))
        if notice is not None:
            notice(event)
        author = self.users_by_id.get(event.author())
        if author is None:
            return
        for session in list(author.sessions):
            event.follow(self, reply if reply and reply.session is session else Reply(session))

    def deliver(self, event: Event, fact: Fact, audience: Audience, reply: Reply | None) -> None:
        """Render once per profile, and queue for every session of it."""
        for profile, group in audience.items():
            lines = event.render(profile, fact)
            if lines is None:
                continue
            if isinstance(lines, str):
                self.outbox.send(group, profile.frame(lines))
            elif lines:
                self.outbox.send(group, b"".join([profile.frame(line) for line in lines]))
            if reply is not None and reply.session in group:
                self._answer_origin(event, [lines] if isinstance(lines, str) else lines, reply)

    def _answer_origin(self, event: Event, lines: list[str], reply: Reply) -> None:
        """The one who caused it has it as the last thing in its queue: take it back if it isn't wanted so."""
        session = reply.session
        if event.is_to_oneself():
            # echo-message: the delivered copy comes without a label, and the echo is a second one.
            for line in lines if event.is_shown_to(session) else ():
                reply.line(line)
        elif not event.is_shown_to(session):
            session.out.pop()
        elif reply.label:
            session.out.pop()
            for line in lines:
                reply.line(line)

    # -- sessions -------------------------------------------------------------------------------------------

    def connect(self, session: Session) -> None:
        """A connection has come in."""
        self.sessions.add(session)
        self.unregistered.add(session)
        self.sessions_by_address[session.peer_address] = session

    def disconnect(self, session: Session, reason: str) -> None:
        """A connection is gone or is to go: the first reason counts. Its user quits with the last of them."""
        if session.leaving is not None:
            return
        session.leaving = reason
        if session.idle:
            self.depart(session)

    def depart(self, session: Session) -> None:
        """Let go of a session of which nothing is under way any more."""
        if session.closed:
            return
        session.closed = True
        self.sessions.discard(session)
        self.unregistered.discard(session)
        self.sessions_by_address.pop(session.peer_address, None)
        user = session.user
        if user is not None:
            for channel in user.channels.values():
                leave(channel.audience, session)
            user.sessions.remove(session)
            if not user.sessions and not self.closing:
                self.quit(user, session.leaving or "")
        for ending in ENDINGS:
            ending(self, session)
        session.link.close()

    def quit(self, user: User, reason: str) -> None:
        """Propose that a user is gone; an account's is not if another of its devices comes in first."""
        keys = presence_key(user.id), nick_key(user.nick)
        self.append(
            Proposal(Quit.of(user, reason), None, lambda _reason: self._quit_if_alone(user, reason)),
            tuple((key, self.ledger.version(key)) for key in keys),
            tuple(Put(key, None, owned=True) for key in keys),
        )

    def _quit_if_alone(self, user: User, reason: str) -> None:
        """The farewell came too late: for another device, which is here now, or only for another nick."""
        if not user.sessions and self.users_by_id.get(user.id) is user:
            self.quit(user, reason)

    # -- who is there ---------------------------------------------------------------------------------------

    def neighbours(self, user: User) -> Iterator[Session]:
        """Sessions of all who share a channel with a user, and its own; some more than once."""
        yield from user.sessions
        for channel in user.channels.values():
            for group in channel.audience.values():
                yield from group

    def audience_around(self, user: User) -> Audience:
        """Everybody who sees this user come and go, itself included."""
        return audience_of(self.neighbours(user))

    def audience_watching(self, user: User) -> Audience:
        """Everybody who is told what this user is like (away, real name, host, account), itself included."""
        onlookers = (session for watch in ONLOOKERS for session in watch(self, user))
        return audience_of(chain(self.neighbours(user), onlookers))

    def audience_of_user(self, user: User) -> Audience:
        """A user's own connections."""
        return audience_of(user.sessions)

    def add_user(self, user: User) -> None:
        self.users[fold(user.nick)] = user
        self.users_by_id[user.id] = user
        for watcher in ARRIVALS:
            watcher(self, user, user.nick)

    def remove_user(self, user: User) -> None:
        for channel in list(user.channels.values()):
            self.leave_channel(channel, user)
        self.users.pop(fold(user.nick), None)
        self.users_by_id.pop(user.id, None)
        self.users_by_id.pop(user.former_id, None)
        for watcher in DEPARTURES:
            watcher(self, user, user.nick)

    def rename_user(self, user: User, nick: str) -> None:
        old = user.nick
        self.users.pop(fold(old), None)
        user.nick = nick
        self.users[fold(nick)] = user
        if fold(old) == fold(nick):
            return  # the same nick in other letters has neither gone nor come
        for watcher in DEPARTURES:
            watcher(self, user, old)
        for watcher in ARRIVALS:
            watcher(self, user, nick)

    def room(self, id: str, name: str, created_ms: int) -> Channel:
        """The room of an id, with what the snapshot may have said of it before its name was known."""
        channel = self.settings_of(id)
        channel.name = name
        channel.created_ms = created_ms
        del self._unnamed[id]
        return channel

    def settings_of(self, id: str) -> Channel:
        """The room of an id; one without a name yet while the snapshot, whose keys come in any order, is restored."""
        found = self.channels_by_id.get(id) or self._unnamed.get(id)
        if found is None:
            found = self._unnamed[id] = Channel(id, "", 0)
        return found

    def add_channel(self, channel: Channel) -> None:
        self.channels[fold(channel.name)] = channel
        self.channels_by_id[channel.id] = channel

    def take_unnamed(self) -> list[Channel]:
        """What the snapshot had of rooms that are no more."""
        found, self._unnamed = list(self._unnamed.values()), {}
        return found

    def remove_channel(self, channel: Channel) -> None:
        self.channels.pop(fold(channel.name), None)
        self.channels_by_id.pop(channel.id, None)

    def rename_channel(self, channel: Channel, name: str) -> None:
        del self.channels[fold(channel.name)]
        for member in channel.members:
            del member.channels[fold(channel.name)]
            member.channels[fold(name)] = channel
        channel.name = name
        self.channels[fold(name)] = channel

    def enter_channel(self, channel: Channel, user: User, letters: str) -> None:
        """Somebody is a member now, with the prefix modes of these letters."""
        self.rooms_in_use += not channel.members
        channel.add(user, letters)

    def leave_channel(self, channel: Channel, user: User) -> None:
        """A member is gone; the last one out leaves an empty room, which EMPTIED is told."""
        channel.remove(user)
        if not channel.members:
            self.rooms_in_use -= 1
            for watcher in EMPTIED:
                watcher(self, channel)


OPENED: list[Callable[[Hub], None]] = []
"""Called with (hub) when the state has been restored and nobody is here yet."""
EMPTIED: list[Callable[[Hub, Channel], None]] = []
"""Called with (hub, channel) when the last member has left."""


def nick_key(nick: str) -> str:
    """The key that holds a nick for its user; names that look alike share it."""
    return f"nick/{skeleton(nick)}"


def presence_key(user_id: str) -> str:
    """A key that changes with every device of an account, so that a farewell under way is not believed late."""
    return f"presence/{user_id}"


def nick_put(nick: str, user_id: str | None) -> Put:
    """Take (or with None free) a nick for this run of the server."""
    return Put(nick_key(nick), user_id.encode() if user_id else None, owned=True)


class Quit(Event, frozen=True):
    """Somebody is gone."""

    user: str
    source: str
    reason: str
    account: str = ""

    @classmethod
    def of(cls, user: User, reason: str) -> Quit:
        return cls(
            user=user.id,
            source=user.source,
            reason=reason,
            account=user.account,
            standing=standing_of(user),
        )

    def apply(self, hub: Hub) -> Audience:
        user = hub.users_by_id.get(self.user)
        if user is None:
            return {}
        audience = hub.audience_around(user)
        hub.remove_user(user)
        return audience

    def render(self, to: Profile, fact: Fact) -> str:
        return f"{to.tag_prefix(self, fact)}:{self.source} QUIT :{self.reason}"
