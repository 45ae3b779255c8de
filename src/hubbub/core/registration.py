"""Registration: from a connection to a user with a nick.

Owns the condition under which it is complete (NICK, USER, no CAP negotiation open, password given) and the event
that it ends in. The commands that lead there are features; each calls `try_to_register` when it has done its part.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hubbub.core.accounts import accounts
from hubbub.core.command import Context, run_again
from hubbub.core.delivery import NOBODY, Audience
from hubbub.core.event import Event
from hubbub.core.hub import WELCOMES, nick_key, nick_put, presence_key
from hubbub.core.ledger import Put
from hubbub.core.login import join_device
from hubbub.core.model import User
from hubbub.core.nicks import TAKEN, give_nick_back, why_taken
from hubbub.core.reply import Reply
from hubbub.irc.numerics import ERR_NICKNAMEINUSE

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.session import Session

__all__ = ["GATES", "WELCOMES", "Arrival", "try_to_register"]

BURSTS: list[Callable[[Reply], None]] = []
"""Called within the welcome, before the message of the day, by which clients know that it is complete."""

GATES: list[Callable[[Context], bool]] = []
"""Each may answer and return False to keep a client out (a wrong password, a ban, a throttle)."""


class Arrival(Event, frozen=True):
    """Somebody has connected and taken a nick."""

    user: str
    nick: str
    ident: str
    host: str
    realname: str
    at_ms: int
    account: str = ""
    node: str = ""

    def apply(self, hub: Hub) -> Audience:
        user = User(self.user, self.nick, self.ident, self.host, self.realname)
        user.account = self.account
        user.server = self.node
        user.signon_ms = user.last_spoke_ms = self.at_ms
        if self.account:
            user.correspondents = accounts(hub).correspondents.setdefault(self.user, {})
        session = hub.origin
        if session is not None:
            user.sessions.append(session)
            session.user = user
            hub.unregistered.discard(session)
            user.ip, user.peer_address, user.secure = session.ip, session.peer_address, session.secure
        hub.add_user(user)
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None

    def author(self) -> str:
        return self.user

    def follow(self, hub: Hub, reply: Reply) -> None:
        for welcome in WELCOMES:
            welcome(reply)


def is_password_given(session: Session) -> bool:
    """Whether a client has said what the server wants to hear from everybody, if anything.

    Whoever has an account has been let in before.
    """
    wanted = session.hub.settings.server.password
    return not wanted or session.password_given or session.account is not None


def try_to_register(ctx: Context) -> None:
    """Propose the arrival if everything that registration needs is there."""
    session = ctx.session
    if session.negotiating or not session.wanted_nick or session.wanted_user is None:
        return
    if not all(gate(ctx) for gate in GATES):
        return
    if session.account is not None and _join_those_here(ctx):
        return
    nick = session.wanted_nick
    why = why_taken(session, nick)
    if why is not None:
        _refuse_nick(ctx, nick, why)
        return
    give_nick_back(ctx, nick)
    _arrive(ctx, nick)


def _arrive(ctx: Context, nick: str) -> None:
    session, hub = ctx.session, ctx.hub
    assert session.wanted_user is not None
    ident, realname = session.wanted_user
    account = session.account
    event = Arrival(
        user=account.id if account else hub.next_id(),
        nick=nick,
        ident=ident,
        host=session.host,
        realname=realname,
        at_ms=hub.clock(),
        account=account.name if account else "",
        node=hub.name,
    )
    presence = presence_key(event.user)
    ctx.propose(
        event,
        expect=((nick_key(nick), 0), (presence, hub.ledger.version(presence))),
        puts=(nick_put(nick, event.user), Put(presence, b"", owned=True)),
        refused=lambda _reason: _look_again(ctx, nick),
    )


def _look_again(ctx: Context, nick: str) -> None:
    """Somebody was faster: another device of the account, or somebody with that nick."""
    if ctx.session.account is not None:
        run_again(ctx, try_to_register)
    else:
        _refuse_nick(ctx, nick, TAKEN)


def _refuse_nick(ctx: Context, nick: str, why: str) -> None:
    ctx.session.wanted_nick = ""
    ctx.numeric(ERR_NICKNAMEINUSE, nick, why)


def _join_those_here(ctx: Context) -> bool:
    """Make this one more device of its account, if the account is here."""
    account = ctx.session.account
    user = ctx.hub.users_by_id.get(account.id) if account is not None else None
    if user is None:
        return False
    join_device(ctx, user, refused=lambda _reason: run_again(ctx, try_to_register))
    return True
