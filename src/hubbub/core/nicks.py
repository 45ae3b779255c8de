"""Nicks: who may be called what, and the event by which somebody is called something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hubbub.core.accounts import accounts, belongs_to_another
from hubbub.core.event import Event
from hubbub.core.hub import nick_key, nick_put
from hubbub.core.services import resembles_service
from hubbub.irc.names import fold, skeleton, suggest
from hubbub.irc.numerics import ERR_NICKNAMEINUSE

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.command import Context
    from hubbub.core.delivery import Audience
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact, Put
    from hubbub.core.model import User
    from hubbub.core.session import Session

TAKEN = "Nickname is already in use"
OF_SERVICE = "Nickname is kept for the server's own"
RESERVED = "Nickname is registered to somebody else; log in to use it"


def why_taken(session: Session, wanted: str) -> str | None:
    """Why a client can't have a nick: somebody has it, or one that looks like it, or an account holds it."""
    hub, user = session.hub, session.user
    if user is not None and skeleton(user.nick) == skeleton(wanted):
        return None
    if resembles_service(wanted):
        return OF_SERVICE
    if belongs_to_another(hub, wanted, session.account.id if session.account else ""):
        return RESERVED
    return TAKEN if is_held(hub, wanted) and not is_own_name(session, wanted) else None


def is_own_name(session: Session, wanted: str) -> bool:
    """Whether a nick is the name of the account that a client has logged in to: whoever has it gives it back."""
    return session.account is not None and skeleton(session.account.name) == skeleton(wanted)


def is_held(hub: Hub, nick: str) -> bool:
    """Whether somebody who is here has a nick, or one that looks like it."""
    return hub.ledger.version(nick_key(nick)) != 0


def may_become_theirs(hub: Hub, wanted: str) -> bool:
    """Whether a login that may still come would bring the right to a nick: an account's, or what it goes by now."""
    holder = hub.users.get(fold(wanted))
    return accounts(hub).named(wanted) is not None or (holder is not None and holder.account != "")


def rename(ctx: Context, user: User, nick: str) -> None:
    """Propose that the user who asks for it is called something else."""
    _rename(ctx, user, nick, lambda _reason: ctx.numeric(ERR_NICKNAMEINUSE, nick, TAKEN))


def give_nick_back(ctx: Context, wanted: str) -> None:
    """Whoever is called like the account that comes in is called something else from now on."""
    hub = ctx.hub
    if not is_own_name(ctx.session, wanted) or not is_held(hub, wanted):
        return
    holder = hub.users.get(fold(wanted)) or next(
        (user for user in hub.users.values() if skeleton(user.nick) == skeleton(wanted)), None
    )
    if holder is None or holder is ctx.session.user:
        return
    free = suggest(wanted, lambda name: _is_used(hub, name), hub.settings.limits.nick)
    _rename(ctx, holder, free, lambda _reason: None)


def _is_used(hub: Hub, name: str) -> bool:
    return is_held(hub, name) or resembles_service(name) or accounts(hub).named(name) is not None


def _rename(ctx: Context, user: User, nick: str, refused: Callable[[str], None]) -> None:
    event = NickChanged(user=user.id, source=user.source, nick=nick, account=user.account)
    puts: tuple[Put, ...] = ()
    expect: tuple[tuple[str, int], ...] = ()
    old, new = nick_key(user.nick), nick_key(nick)
    if old != new:
        puts = (nick_put(user.nick, None), nick_put(nick, user.id))
        # The old one, too: somebody who has left meanwhile would hold the new one for ever.
        expect = ((new, 0), (old, ctx.hub.ledger.version(old)))
    ctx.propose(event, puts=puts, expect=expect, refused=refused)


class NickChanged(Event, frozen=True):
    """Somebody is called something else now."""

    user: str
    source: str
    nick: str
    account: str = ""

    def apply(self, hub: Hub) -> Audience:
        user = hub.users_by_id.get(self.user)
        if user is None:
            return {}
        hub.rename_user(user, self.nick)
        return hub.audience_around(user)

    def render(self, to: Profile, fact: Fact) -> str:
        return f"{to.tag_prefix(self, fact)}:{self.source} NICK :{self.nick}"
