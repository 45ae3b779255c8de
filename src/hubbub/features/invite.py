"""INVITE: asking somebody into a room.  Modern IRC, INVITE; https://ircv3.net/specs/extensions/invite-notify

An operator's invitation also opens the door (+i, +k, +l, +b) until the invited one has entered or left the
server. Any other member's is only a message, as else every member could undo a ban.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hubbub.core.capability import capability
from hubbub.core.command import Context, command
from hubbub.core.delivery import Audience, audience_of
from hubbub.core.event import Event
from hubbub.core.hub import DEPARTURES
from hubbub.core.login import LOGINS
from hubbub.core.model import Channel, User
from hubbub.core.policy import is_channel_operator, is_entitled_to_invite, may_invite
from hubbub.core.refusal import Refused, need_more_params
from hubbub.irc import numerics

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.reply import Reply
    from hubbub.core.session import Session

INVITE_NOTIFY = capability("invite-notify", shapes=False)
MOST = 100
"""Invitations of one user that stand at the same time; the oldest is withdrawn for one more."""


class Invitations:
    """The rooms that each user was let into, by their ids: what Channel.invited says, from the other side."""

    def __init__(self) -> None:
        self.rooms: dict[str, dict[str, None]] = {}


@command("INVITE")
def invite(ctx: Context, invited: User | None = None, channel: Channel | None = None) -> None:
    """INVITE [<nick> <room>]: ask somebody into a room; alone: the rooms that you are invited to."""
    if invited is None:
        _list(ctx)
        return
    if channel is None:
        raise need_more_params("INVITE")
    may_invite(channel, ctx.user, ctx.message.params[1])
    if invited in channel.members:
        raise Refused(numerics.ERR_USERONCHANNEL, invited.nick, channel.name, "is already on channel")
    user = ctx.user
    ctx.propose(
        Invited(
            by=user.id,
            source=user.source,
            account=user.account,
            user=invited.id,
            nick=invited.nick,
            room=channel.id,
            name=channel.name,
            opens=is_channel_operator(channel, user),
        )
    )


def _list(ctx: Context) -> None:
    hub, user = ctx.hub, ctx.user
    for room in hub.part(Invitations).rooms.get(user.id, ()):
        channel = hub.channels_by_id.get(room)
        if channel is not None and user.id in channel.invited:
            ctx.reply.line(f":{hub.name} {numerics.RPL_INVITELIST} {user.nick} {channel.name}")
    ctx.numeric(numerics.RPL_ENDOFINVITELIST, "End of /INVITE list")


class Invited(Event, frozen=True):
    """Somebody was asked into a room."""

    by: str
    source: str
    user: str
    nick: str
    room: str
    name: str
    opens: bool
    account: str = ""

    def apply(self, hub: Hub) -> Audience:
        user, channel = hub.users_by_id.get(self.user), hub.channels_by_id.get(self.room)
        if user is None or channel is None:
            return {}
        if self.opens and user not in channel.members:
            _let_in(hub, channel, user)
        return audience_of([*user.sessions, *_notified(hub, channel)])

    def render(self, to: Profile, fact: Fact) -> str:
        return f"{to.tag_prefix(self, fact)}:{self.source} INVITE {self.nick} {self.name}"

    def author(self) -> str:
        return self.by

    def follow(self, hub: Hub, reply: Reply) -> None:
        if reply.session is hub.origin:
            nick = reply.session.display_nick
            reply.line(f":{hub.name} {numerics.RPL_INVITING} {nick} {self.nick} {self.name}")


def _notified(hub: Hub, channel: Channel) -> Iterator[Session]:
    """Members "that have the privilege to do an /INVITE on the channel themselves" (invite-notify, Notes)."""
    for member in channel.members:
        if is_entitled_to_invite(channel, member):
            for session in member.sessions:
                if session.has(INVITE_NOTIFY) and session is not hub.origin:
                    yield session


def _let_in(hub: Hub, channel: Channel, user: User) -> None:
    channel.invited.add(user.id)
    rooms = hub.part(Invitations).rooms.setdefault(user.id, {})
    rooms[channel.id] = None
    if len(rooms) > MOST:
        _withdraw(hub, next(iter(rooms)), user.id)


def _withdraw(hub: Hub, room: str, user: str) -> None:
    hub.part(Invitations).rooms[user].pop(room)
    channel = hub.channels_by_id.get(room)
    if channel is not None:
        channel.invited.discard(user)


@LOGINS.append
def _take_along(hub: Hub, user: User, guest: str) -> None:
    """What was let in as a guest is the account's, until it has left."""
    invitations = hub.part(Invitations).rooms
    if guest in invitations:
        invitations[user.id] = invitations.pop(guest)


@DEPARTURES.append
def _forget(hub: Hub, user: User, _nick: str) -> None:
    if user.id in hub.users_by_id:
        return  # only renamed
    invitations = hub.part(Invitations).rooms
    for room in list(invitations.get(user.id, ())):
        _withdraw(hub, room, user.id)
    invitations.pop(user.id, None)
