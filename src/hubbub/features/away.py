"""AWAY: being there, but not at the keyboard.  Modern IRC, AWAY; https://ircv3.net/specs/extensions/away-notify"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.capability import capability, isupport
from hubbub.core.command import Context, command
from hubbub.core.delivery import Audience, audience_of
from hubbub.core.event import Event
from hubbub.core.model import ENTERED, Channel, User
from hubbub.irc import numerics
from hubbub.irc.text import clip

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.reply import Reply

AWAY_NOTIFY = capability("away-notify")

isupport("AWAYLEN", lambda settings: settings.limits.away)


@command("AWAY")
def away(ctx: Context, message: str = "") -> None:
    """AWAY [:<message>]: say that you are away, and why; without a message, that you are back."""
    user = ctx.user
    text = clip(message, ctx.hub.settings.limits.away)
    ctx.propose(AwayChanged(user=user.id, source=user.source, account=user.account, message=text))


class AwayStatus(Event, frozen=True):
    """What the two occasions to send AWAY share; without a message somebody is back."""

    user: str
    source: str
    message: str = ""
    account: str = ""

    def render(self, to: Profile, fact: Fact) -> str | None:
        if AWAY_NOTIFY not in to:
            return None
        message = f" :{self.message}" if self.message else ""
        return f"{to.tag_prefix(self, fact)}:{self.source} AWAY{message}"


class AwayChanged(AwayStatus, frozen=True):
    """Somebody is away, away for another reason, or back."""

    def apply(self, hub: Hub) -> Audience:
        user = hub.users_by_id.get(self.user)
        if user is None or user.away == self.message:
            return {}
        user.away = self.message
        return _others(hub.audience_watching(user), user)

    def author(self) -> str:
        return self.user

    def follow(self, hub: Hub, reply: Reply) -> None:
        if self.message:
            reply.numeric(numerics.RPL_NOWAWAY, "You have been marked as being away")
        else:
            reply.numeric(numerics.RPL_UNAWAY, "You are no longer marked as being away")


class AwayShown(AwayStatus, frozen=True, kw_only=True):
    """Somebody who is away has entered a room: its members are told (away-notify, "when a user joins")."""

    room: str

    def apply(self, hub: Hub) -> Audience:
        user, channel = hub.users_by_id.get(self.user), hub.channels_by_id.get(self.room)
        if user is None or channel is None or user not in channel.members:
            return {}
        return _others(channel.audience, user)


@ENTERED.append
def _show_away(channel: Channel, user: User) -> None:
    # A fact of its own, because it must come after the JOIN. The node with the connection proposes it.
    if user.away and user.sessions:
        hub = user.sessions[0].hub
        hub.propose(
            AwayShown(
                user=user.id, source=user.source, account=user.account, message=user.away, room=channel.id
            )
        )


def _others(audience: Audience, user: User) -> Audience:
    """Clients should not be told of their own away status by AWAY (away-notify)."""
    return audience_of(
        session for group in audience.values() for session in group if session.user is not user
    )
