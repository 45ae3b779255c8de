"""AWAY: being there, but not at the keyboard.

Modern IRC, AWAY; https://ircv3.net/specs/extensions/away-notify, pre-away

Each device of somebody is away or not, which is told to it alone. Others are told what comes of all of them: away
when all are, with what was said last; a device that is there by itself (`AWAY *`) doesn't count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from hubbub.core.capability import capability, isupport
from hubbub.core.command import Context, command
from hubbub.core.delivery import Audience, audience_of
from hubbub.core.event import Event
from hubbub.core.hub import ENDINGS, WELCOMES
from hubbub.core.login import DEVICES
from hubbub.core.model import ENTERED, Channel, User
from hubbub.core.modes import standing_of
from hubbub.core.refusal import Refused
from hubbub.irc import numerics
from hubbub.irc.text import clip

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.reply import Reply
    from hubbub.core.session import Session

AWAY_NOTIFY = capability("away-notify")
PRE_AWAY = capability("draft/pre-away", shapes=False)
ABSENT = "*"
"""pre-away: "the user is not present for an unspecified reason", as what others are told."""

isupport("AWAYLEN", lambda settings: settings.limits.away)


class Attendance:
    """Whether a connection has somebody in front of it."""

    def __init__(self) -> None:
        self.message = ""
        """Why it is away; "" if it isn't."""
        self.counts = True
        """False for one that isn't there to be looked at at all."""
        self.turn = 0
        """Greater for what was said later."""


class Turns:
    """How often anybody has said to be away or back."""

    def __init__(self) -> None:
        self.taken = 0

    def next(self) -> int:
        self.taken += 1
        return self.taken


@command("AWAY", before_registration=True)
def away(ctx: Context, message: str = "") -> None:
    """AWAY [:<message>]: say that you are away, and why; without a message, that you are back.

    With draft/pre-away: AWAY * for a client that nobody sits at, also before registration.
    """
    session = ctx.session
    may_be_absent = session.has(PRE_AWAY)
    if session.user is None and not may_be_absent:
        raise Refused(numerics.ERR_NOTREGISTERED, "You have not registered")
    attendance = session.part(Attendance)
    attendance.message = clip(message, ctx.hub.settings.limits.away)
    attendance.counts = not (may_be_absent and message == ABSENT)
    attendance.turn = ctx.hub.part(Turns).next()
    if session.user is None:
        _acknowledge(ctx, attendance)
    else:
        ctx.propose(_change(session.user), applied=lambda: _acknowledge(ctx, attendance))


def _acknowledge(ctx: Context, attendance: Attendance) -> None:
    if attendance.message:
        ctx.numeric(numerics.RPL_NOWAWAY, "You have been marked as being away")
    else:
        ctx.numeric(numerics.RPL_UNAWAY, "You are no longer marked as being away")


def _status(user: User) -> str:
    """What others are told, of all devices that are connected here."""
    devices = [session.part(Attendance) for session in user.sessions]
    counting = [device for device in devices if device.counts]
    if any(not device.message for device in counting) or not devices:
        return ""
    return max(counting, key=lambda device: device.turn).message if counting else ABSENT


def _change(user: User) -> AwayChanged:
    """What others are told now. It may be nothing new, but what is on its way may say otherwise."""
    return AwayChanged(user=user.id, source=user.source, account=user.account, message=_status(user))


def _tell_others(hub: Hub, user: User) -> None:
    hub.propose(replace(_change(user), standing=standing_of(user)))


@WELCOMES.append
def _arrived(reply: Reply) -> None:
    session = reply.session
    if session.user is not None and session.part(Attendance).message:
        _tell_others(session.hub, session.user)


@DEVICES.append
def _device_came(hub: Hub, session: Session) -> None:
    if session.user is not None:
        _tell_others(hub, session.user)


@ENDINGS.append
def _device_went(hub: Hub, session: Session) -> None:
    if session.user is not None and session.user.sessions:
        _tell_others(hub, session.user)


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
