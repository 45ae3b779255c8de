"""Logging in: from a proof to a person with all their devices.

Owns the throttle on wrong passwords, where passwords may be sent at all, and the two events by which a connection
becomes one of an account's. One account has one User with one nick, however many connections:

- a guest logs in and the account isn't here: the guest's User becomes the account's (LoggedIn);
- the account is here already: the connection joins its User (DeviceJoined), and a guest it was before has left.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from hubbub.core.accounts import Account, accounts
from hubbub.core.capability import capability
from hubbub.core.command import Context, perform
from hubbub.core.delivery import NOBODY, Audience, enter, leave
from hubbub.core.entering import show_room
from hubbub.core.event import Event
from hubbub.core.hub import WELCOMES, nick_key, presence_key
from hubbub.core.ledger import Put
from hubbub.core.nicks import rename
from hubbub.irc.names import fold, skeleton, suggest
from hubbub.irc.numerics import RPL_LOGGEDIN

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import User
    from hubbub.core.reply import Reply
    from hubbub.core.session import Session

ACCOUNT_NOTIFY = capability("account-notify")
LOGINS: list[Callable[[Hub, User, str], None]] = []
"""Called with (hub, user, id as a guest) when a guest has become an account."""
REMEMBERED = 10_000
"""Accounts and addresses whose wrong passwords are counted."""


class Attempts:
    """Times of wrong passwords, by account name and by address."""

    def __init__(self) -> None:
        self.failures: dict[str, deque[int]] = {}


def _counters(session: Session, name: str) -> tuple[str, str]:
    return f"account {skeleton(name)}", f"address {session.ip}"


def may_try(session: Session, name: str) -> bool:
    """Whether another password may be tried now."""
    hub = session.hub
    limits, failures = hub.settings.accounts, hub.part(Attempts).failures
    oldest = hub.clock() - int(limits.tries_seconds * 1000)
    for counter in _counters(session, name):
        times = failures.get(counter)
        while times and times[0] < oldest:
            times.popleft()
        if times and len(times) >= limits.tries:
            return False
    return True


def has_failed(session: Session, name: str) -> None:
    """Count a wrong password."""
    hub = session.hub
    failures = hub.part(Attempts).failures
    for counter in _counters(session, name):
        failures.setdefault(counter, deque(maxlen=hub.settings.accounts.tries)).append(hub.clock())
        while len(failures) > REMEMBERED:
            del failures[next(iter(failures))]


def may_send_password(session: Session) -> bool:
    """Passwords travel encrypted, or not further than this machine and its private networks."""
    hub = session.hub
    return session.secure or hub.is_local(session.ip) or hub.settings.accounts.plaintext_passwords


def user_of(hub: Hub, account: Account) -> User | None:
    """The person of an account, if they are here."""
    return hub.users_by_id.get(account.id)


def log_in(ctx: Context, account: Account) -> None:
    """The proof was good. Before registration it is remembered; afterwards it takes effect as an event."""
    session = ctx.session
    user = session.user
    if user is None:
        session.account = account
        return
    present = user_of(ctx.hub, account)
    # A guest who has just registered is here under the account's id already.
    if present is None or not present.account:
        ctx.propose(
            LoggedIn(user=user.id, source=user.source, id=account.id, account=account.name),
            puts=(Put(presence_key(account.id), b"", owned=True),),
        )
    elif present is not user:
        join_device(ctx, present)


def join_device(ctx: Context, user: User, refused: Callable[[str], None] | None = None) -> None:
    """Propose that this connection becomes one of a user's; refused if the user has left at the same moment."""
    key = nick_key(user.nick)
    ctx.propose(
        DeviceJoined(user=user.id, nick=user.nick),
        expect=((key, ctx.hub.ledger.version(key)),),
        puts=(Put(presence_key(user.id), b"", owned=True),),
        refused=refused,
    )


def tell_logged_in(ctx: Context, account: Account) -> None:
    """RPL_LOGGEDIN (sasl-3.1)."""
    user = ctx.session.user
    source = user.source if user else f"{ctx.session.display_nick}!*@{ctx.session.host}"
    ctx.numeric(RPL_LOGGEDIN, source, account.name, f"You are now logged in as {account.name}")


class LoggedIn(Event, frozen=True):
    """Somebody who is here has logged in (or claimed their name): from now on they are that account."""

    user: str
    source: str
    id: str
    account: str

    def apply(self, hub: Hub) -> Audience:
        user = hub.users_by_id.get(self.user)
        if user is None:
            return NOBODY
        # The old id stays known until they leave: facts on their way may still name it.
        hub.users_by_id[self.id] = user
        user.former_id = user.id if user.id != self.id else ""
        user.id = self.id
        user.account = self.account
        for session in user.sessions:
            session.account = accounts(hub).by_id.get(self.id)
        _share_conversations(hub, user)
        for watcher in LOGINS:
            watcher(hub, user, self.user)
        return hub.audience_watching(user)

    def render(self, to: Profile, fact: Fact) -> str | None:
        if ACCOUNT_NOTIFY not in to:
            return None
        return f"{to.tag_prefix(self, fact)}:{self.source} ACCOUNT {self.account}"


class DeviceJoined(Event, frozen=True):
    """One more connection of somebody who is here."""

    user: str
    nick: str

    def apply(self, hub: Hub) -> Audience:
        user, session = hub.users_by_id.get(self.user), hub.origin
        if user is None or session is None or session.leaving is not None:
            return NOBODY
        guest = session.user
        if guest is user:
            return NOBODY
        first = guest is None
        rooms = set() if guest is None else {channel.name for channel in guest.channels.values()}
        before = session.display_nick if guest is None else guest.source
        if guest is not None:
            _withdraw(hub, session, guest)
        session.user = user
        session.account = accounts(hub).by_id.get(user.id)
        user.sessions.append(session)
        hub.unregistered.discard(session)
        for channel in user.channels.values():
            enter(channel.audience, session)
        session.part(Arriving).set(first=first, before=before, rooms=rooms)
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None

    def author(self) -> str:
        return self.user

    def follow(self, hub: Hub, reply: Reply) -> None:
        if reply.session is hub.origin:
            _show_what_is_there(reply)


class Arriving:
    """What a new device of somebody was before, until it has been shown what they are."""

    def __init__(self) -> None:
        self.first = False
        self.before = ""
        self.rooms: set[str] = set()

    def set(self, *, first: bool, before: str, rooms: set[str]) -> None:
        self.first, self.before, self.rooms = first, before, rooms


def _withdraw(hub: Hub, session: Session, guest: User) -> None:
    """Take a connection away from the guest that it was; a guest without connections has left."""
    for channel in guest.channels.values():
        leave(channel.audience, session)
    guest.sessions.remove(session)
    hub.outbox.mark(session)
    if not guest.sessions:
        hub.quit(guest, "Logged in")


def _show_what_is_there(reply: Reply) -> None:
    """The nick, and the rooms, as the lines that a client understands."""
    session = reply.session
    user, arriving = session.user, session.part(Arriving)
    assert user is not None
    if arriving.first:
        if arriving.before != user.nick:
            reply.line(f":{arriving.before}!{user.user}@{user.host} NICK :{user.nick}")
        for welcome in WELCOMES:
            welcome(reply)
    else:
        nick = arriving.before.partition("!")[0]
        if nick != user.nick:
            reply.line(f":{arriving.before} NICK :{user.nick}")
    here = {channel.name for channel in user.channels.values()}
    for name in sorted(arriving.rooms - here):
        reply.line(f":{user.source} PART {name}")
    for channel in list(user.channels.values()):
        if channel.name in arriving.rooms:
            continue
        reply.line(f":{user.source} JOIN {channel.name}")
        show_room(reply, channel)


def _share_conversations(hub: Hub, user: User) -> None:
    """An account's direct conversations are one list, whoever of its connections began them."""
    known = accounts(hub).correspondents.setdefault(user.id, {})
    for topic, nick in user.correspondents.items():
        known.setdefault(topic, nick)
    user.correspondents = known


def give_nick_back(ctx: Context, account: Account, wanted: str) -> None:
    """A guest who is called like the account that comes in is called something else from now on."""
    hub = ctx.hub
    holder = hub.users.get(fold(wanted))
    if holder is None or holder.account or skeleton(wanted) != skeleton(account.name):
        return
    rename(ctx, holder, suggest(wanted, lambda name: nick_is_used(hub, name)))


def nick_is_used(hub: Hub, name: str) -> bool:
    return hub.ledger.version(nick_key(name)) != 0 or accounts(hub).named(name) is not None
