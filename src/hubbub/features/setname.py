"""SETNAME: another real name without reconnecting.  https://ircv3.net/specs/extensions/setname"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.capability import capability, isupport
from hubbub.core.command import Context, command
from hubbub.core.event import Event
from hubbub.core.refusal import Failed

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.delivery import Audience
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact

SETNAME = capability("setname")

isupport("NAMELEN", lambda settings: settings.limits.realname)


@command("SETNAME")
def setname(ctx: Context, realname: str) -> None:
    """SETNAME :<realname>: change your real name."""
    if not realname.strip() or len(realname.encode()) > ctx.hub.settings.limits.realname:
        raise Failed("INVALID_REALNAME", "Realname is not valid")
    user = ctx.user
    ctx.propose(NameSet(user=user.id, source=user.source, account=user.account, realname=realname))


class NameSet(Event, frozen=True):
    """Somebody has another real name now."""

    user: str
    source: str
    realname: str
    account: str = ""

    def apply(self, hub: Hub) -> Audience:
        user = hub.users_by_id.get(self.user)
        if user is None:
            return {}
        user.realname = self.realname
        return hub.audience_watching(user)

    def render(self, to: Profile, fact: Fact) -> str | None:
        if SETNAME not in to:
            return None
        return f"{to.tag_prefix(self, fact)}:{self.source} SETNAME :{self.realname}"
