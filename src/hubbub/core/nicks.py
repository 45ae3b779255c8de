"""Nicks: who may be called what, and the event by which somebody is called something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.accounts import belongs_to_another
from hubbub.core.event import Event
from hubbub.core.hub import nick_key, nick_put
from hubbub.irc.names import fold, skeleton
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
RESERVED = "Nickname is registered to somebody else; log in to use it"


def why_taken(session: Session, wanted: str) -> str | None:
    """Why a client can't have a nick: somebody has it, or one that looks like it, or an account holds it."""
    hub, user = session.hub, session.user
    if user is not None and skeleton(user.nick) == skeleton(wanted):
        return None
    if belongs_to_another(hub, wanted, session.account.id if session.account else ""):
        return RESERVED
    return TAKEN if fold(wanted) in hub.users or hub.ledger.version(nick_key(wanted)) != 0 else None


def rename(ctx: Context, user: User, nick: str) -> None:
    """Propose that a user is called something else."""
    event = NickChanged(user=user.id, source=user.source, nick=nick, account=user.account)
    puts: tuple[Put, ...] = ()
    expect: tuple[tuple[str, int], ...] = ()
    if skeleton(user.nick) != skeleton(nick):
        puts = (nick_put(user.nick, None), nick_put(nick, user.id))
        expect = ((nick_key(nick), 0),)
    ctx.propose(
        event, puts=puts, expect=expect, refused=lambda _reason: ctx.numeric(ERR_NICKNAMEINUSE, nick, TAKEN)
    )


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
