"""Logging in: from a proof to a person with all their devices.

Owns the two events by which a connection becomes one of an account's. One account has one User with one nick,
however many connections:

- a guest logs in and the account isn't here: the guest's User becomes the account's (LoggedIn);
- the account is here already: the connection joins its User (DeviceJoined), and a guest it was before has left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hubbub.core.accounts import Account, accounts
from hubbub.core.capability import capability
from hubbub.core.command import Context, run_again
from hubbub.core.credentials import is_password_of
from hubbub.core.delivery import NOBODY, Audience, enter, leave
from hubbub.core.entering import join_line, show_room
from hubbub.core.event import Event
from hubbub.core.hub import WELCOMES, nick_key, presence_key
from hubbub.core.ledger import Put
from hubbub.core.refusal import Refused
from hubbub.irc.numerics import ERR_NICKLOCKED, RPL_LOGGEDIN

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import Channel, User
    from hubbub.core.reply import Reply
    from hubbub.core.session import Session

ACCOUNT_NOTIFY = capability("account-notify")
LOGINS: list[Callable[[Hub, User, str], None]] = []
"""Called with (hub, user, id as a guest) when a guest has become an account."""
DEVICES: list[Callable[[Hub, Session], None]] = []
"""Called with (hub, session) when a connection has become one more device of somebody who is here."""


async def account_of(hub: Hub, name: str, password: str) -> Account | None:
    """Whose name and password these are; as slow if they are nobody's."""
    account = accounts(hub).named(name)
    right = await hub.in_thread(is_password_of, account, password)
    if not right or account is None:
        return None
    # It may have been changed while this was looked at.
    today = accounts(hub).by_id.get(account.id)
    return today if today is not None and today.argon2 == account.argon2 else None


def user_of(hub: Hub, account: Account) -> User | None:
    """The person of an account, if they are here."""
    return hub.users_by_id.get(account.id)


def log_in(ctx: Context, account: Account) -> None:
    """The proof was good. Before registration it is remembered; afterwards it takes effect as an event."""
    session = ctx.session
    user = session.user
    if account.suspended:
        raise Refused(ERR_NICKLOCKED, "This account is suspended; ask whoever runs the server")
    if user is None:
        session.account = account
        return
    present = user_of(ctx.hub, account)

    def again(_reason: str) -> None:
        run_again(ctx, lambda ctx: log_in(ctx, account))

    if present is None or (present is user and not user.account):
        # A guest who has just registered is here under the account's id already.
        presence = presence_key(account.id)
        ctx.propose(
            LoggedIn(user=user.id, source=user.source, id=account.id, account=account.name),
            expect=((presence, ctx.hub.ledger.version(presence)),),
            puts=(*_farewell_to_guest(user, account), Put(presence, b"", owned=True)),
            refused=again,
        )
    elif present is not user:
        join_device(ctx, present, again)


def _farewell_to_guest(user: User, account: Account) -> tuple[Put, ...]:
    return () if user.id == account.id else (Put(presence_key(user.id), None, owned=True),)


def join_device(ctx: Context, user: User, refused: Callable[[str], None]) -> None:
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
    ctx.numeric(RPL_LOGGEDIN, _source(ctx), account.name, f"You are now logged in as {account.name}")


def _source(ctx: Context) -> str:
    """nick!user@host, as far as it is known yet."""
    user = ctx.session.user
    return user.source if user else f"{ctx.session.display_nick}!*@{ctx.session.host}"


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
        _move_invitations(hub, self.user, self.id)
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
        session.part(Arriving).was(guest)
        if guest is not None:
            _withdraw(hub, session, guest)
        session.user = user
        session.account = accounts(hub).by_id.get(user.id)
        user.sessions.append(session)
        user.secure = user.secure and session.secure
        hub.unregistered.discard(session)
        for channel in user.channels.values():
            enter(channel.audience, session)
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
        self.source = ""
        """nick!user@host of the guest; "" for a connection that was nobody yet."""
        self.rooms: set[str] = set()

    def was(self, guest: User | None) -> None:
        self.source = guest.source if guest else ""
        self.rooms = {channel.name for channel in guest.channels.values()} if guest else set()


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
    if not arriving.source:
        # 001 says what the nick is; it need not be the one that was asked for.
        for welcome in WELCOMES:
            welcome(reply)
    elif arriving.source.partition("!")[0] != user.nick:
        reply.line(f":{arriving.source} NICK :{user.nick}")
    here = {channel.name for channel in user.channels.values()}
    for name in sorted(arriving.rooms - here):
        reply.line(f":{user.source} PART {name}")
    for channel in list(user.channels.values()):
        if channel.name not in arriving.rooms:
            _show_entry(reply, user, channel)
    for watcher in DEVICES:
        watcher(session.hub, session)


def _show_entry(reply: Reply, user: User, channel: Channel) -> None:
    reply.line(join_line(reply.session, user.source, channel.name))
    show_room(reply, channel)


def _share_conversations(hub: Hub, user: User) -> None:
    """An account's direct conversations are one list for all its devices.

    What somebody has said as a guest is theirs when they claim their name, for they keep their id. Whoever logs in
    to another account leaves the guest's conversations behind, as a topic in the log names those two for good.
    """
    known = accounts(hub).correspondents.setdefault(user.id, {})
    if not user.former_id:
        for topic, nick in user.correspondents.items():
            known.setdefault(topic, nick)
    user.correspondents = known


def _move_invitations(hub: Hub, guest: str, account: str) -> None:
    for channel in hub.channels.values():
        if guest in channel.invited:
            channel.invited.discard(guest)
            channel.invited.add(account)
