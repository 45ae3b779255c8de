"""KICK: putting somebody out of a room.  Modern IRC, KICK"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.capability import isupport
from hubbub.core.command import Context, command
from hubbub.core.delivery import Audience, copy_of
from hubbub.core.event import Event
from hubbub.core.model import Channel
from hubbub.core.policy import may_operate, may_oust
from hubbub.core.refusal import Refused, no_such_nick, not_there
from hubbub.irc.names import fold
from hubbub.irc.text import clip

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact

isupport("KICKLEN", lambda settings: settings.limits.kick)


@command("KICK")
def kick(ctx: Context, channel: Channel, nicks: list[str], reason: str = "") -> None:
    """KICK <room> <nick>{,<nick>} [:<reason>]: put somebody out of a room."""
    may_operate(channel, ctx.user, ctx.message.params[0])
    for nick in {fold(nick): nick for nick in nicks}.values():
        try:
            _kick(ctx, channel, nick, reason)
        except Refused as refusal:
            ctx.numeric(refusal.numeric, *refusal.params)


def _kick(ctx: Context, channel: Channel, nick: str, reason: str) -> None:
    user = ctx.user
    kicked = ctx.hub.users.get(fold(nick))
    if kicked is None:
        raise no_such_nick(nick)
    if kicked not in channel.members:
        raise not_there(kicked.nick, channel.name)
    may_oust(channel, user, kicked)
    ctx.propose(
        Kicked(
            by=user.id,
            source=user.source,
            account=user.account,
            user=kicked.id,
            nick=kicked.nick,
            room=channel.id,
            name=channel.name,
            reason=clip(reason, ctx.hub.settings.limits.kick) or user.nick,
        )
    )


class Kicked(Event, frozen=True):
    """Somebody was put out of a room."""

    keep = True
    by: str
    source: str
    user: str
    nick: str
    room: str
    name: str
    reason: str
    account: str = ""

    def topic(self) -> str:
        return f"room/{self.room}"

    def apply(self, hub: Hub) -> Audience:
        user, channel = hub.users_by_id.get(self.user), hub.channels_by_id.get(self.room)
        if user is None or channel is None or user not in channel.members:
            return {}
        audience = copy_of(channel.audience)
        hub.leave_channel(channel, user)
        return audience

    def render(self, to: Profile, fact: Fact) -> str:
        return f"{to.tag_prefix(self, fact)}:{self.source} KICK {self.name} {self.nick} :{self.reason}"
