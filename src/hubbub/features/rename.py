"""RENAME: another name for a room.  https://ircv3.net/specs/extensions/channel-rename

The room's id stays, and with it everything that it is: members, modes, lists, registration, history. Its old name
leads to it for a day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.command import Context, command
from hubbub.core.delivery import Audience, audience_of
from hubbub.core.entering import CHANNEL_RENAME, join_line, names_once, show_room
from hubbub.core.event import Event
from hubbub.core.ledger import Put
from hubbub.core.model import Channel
from hubbub.core.policy import may_operate
from hubbub.core.refusal import Failed, Refused
from hubbub.core.reply import Reply, middle
from hubbub.core.rooms import (
    RoomRecord,
    as_named_now,
    door_put,
    rank_of,
    record_put,
    room_key,
    set_former_names,
)
from hubbub.irc import numerics
from hubbub.irc.names import fold, is_channel
from hubbub.irc.text import clip

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import User
    from hubbub.core.session import Session

REDIRECTED_MS = 86_400_000
"""For how long an old name leads to the room."""
MOST_FORMER = 5
"""Old names of one room that lead to it."""
LARGE = 50
"""Members from which on a room can be renamed only so often: each may be sent all their names."""
PAUSE_MS = 60_000


@command("RENAME")
def rename(ctx: Context, channel: Channel, name: str, reason: str = "") -> None:
    """RENAME <room> <new name> [:<reason>]: give a room another name."""
    may_operate(channel, ctx.user, ctx.message.params[0])
    _check_owner(channel, ctx.user)
    _check_name(ctx, channel, name)
    old, new = room_key(channel.name), room_key(name)
    former = _former(ctx.hub, channel, name)
    event = RoomRenamed(
        user=ctx.user.id,
        source=ctx.user.source,
        account=ctx.user.account,
        room=channel.id,
        old=channel.name,
        new=name,
        reason=clip(reason, ctx.hub.settings.limits.kick),
        former=former,
        at_ms=ctx.hub.clock(),
    )
    kept = record_put(RoomRecord(channel.id, name, channel.created_ms, tuple(former.items())))
    version = ctx.hub.ledger.version
    ctx.propose(
        event,
        expect=((old, version(old)), *(((new, 0),) if new != old else ())),
        puts=(*((Put(old, None),) if new != old else ()), kept, door_put(channel.id)),
        refused=lambda _reason: ctx.reply.fail("RENAME", *_in_use(channel, name)),
    )


def _check_owner(channel: Channel, user: User) -> None:
    """A registered room is renamed by whom it belongs to; the rank of the moment isn't enough."""
    if channel.registration is None or user.acts_as_operator or rank_of(channel, user) == "o":
        return
    why = "Only its founder and registered operators may rename this channel"
    raise Refused(numerics.ERR_CHANOPRIVSNEEDED, channel.name, why)


def _check_name(ctx: Context, channel: Channel, name: str) -> None:
    hub, default = ctx.hub, fold(ctx.hub.settings.rooms.default)
    if not is_channel(name, hub.settings.limits.room):
        raise _cannot(channel, name, "That can't be the name of a channel")
    if name == channel.name:
        raise Failed(*_in_use(channel, name))
    if fold(name) == fold(channel.name):
        return
    if default in (fold(channel.name), fold(name)):
        raise _cannot(channel, name, "Everybody lands in the channel of that name")
    if fold(name) in hub.channels:
        raise Failed(*_in_use(channel, name))
    if len(channel.members) >= LARGE and hub.clock() - channel.renamed_ms < PAUSE_MS:
        raise _cannot(channel, name, "This channel has been renamed recently")


def _cannot(channel: Channel, name: str, why: str) -> Failed:
    return Failed("CANNOT_RENAME", channel.name, middle(name), why)


def _in_use(channel: Channel, name: str) -> tuple[str, ...]:
    return "CHANNEL_NAME_IN_USE", channel.name, name, "The channel name is already taken"


def _former(hub: Hub, channel: Channel, name: str) -> dict[str, int]:
    """The names that lead to the room from now on, the latest last."""
    if fold(name) == fold(channel.name):
        return dict(channel.former)
    now = hub.clock()
    former = {old: until for old, until in channel.former.items() if until > now and old != fold(name)}
    former[fold(channel.name)] = now + REDIRECTED_MS
    return dict(list(former.items())[-MOST_FORMER:])


class RoomRenamed(Event, frozen=True):
    """A room has another name now. `former`: its old ones, folded, and until when they lead to it."""

    user: str
    source: str
    room: str
    old: str
    new: str
    reason: str
    former: dict[str, int]
    at_ms: int
    account: str = ""

    def topic(self) -> str:
        return f"room/{self.room}"

    def author(self) -> str:
        return self.user

    def apply(self, hub: Hub) -> Audience:
        channel = hub.channels_by_id.get(self.room)
        if channel is None:
            return {}
        hub.rename_channel(channel, self.new)
        hub.translate = as_named_now
        channel.renamed_ms = self.at_ms
        set_former_names(hub, channel, self.former)
        with names_once(hub):
            for session in self._unaware(channel):
                if session.user is not None and session.user.id != self.user:
                    self._tell(Reply(session), channel)
        return audience_of(session for session in channel.sessions() if session.has(CHANNEL_RENAME))

    def render(self, to: Profile, fact: Fact) -> str | None:
        if CHANNEL_RENAME not in to:
            return None
        return f"{to.tag_prefix(self, fact)}:{self.source} RENAME {self.old} {self.new} :{self.reason}"

    def follow(self, hub: Hub, reply: Reply) -> None:
        channel = hub.channels_by_id.get(self.room)
        if channel is not None and reply.session in self._unaware(channel):
            self._tell(reply, channel)

    def _unaware(self, channel: Channel) -> list[Session]:
        """Who needs the fallback, which "SHOULD NOT be used if the rename only changes the case"."""
        if fold(self.old) == fold(self.new):
            return []
        return [session for session in channel.sessions() if not session.has(CHANNEL_RENAME)]

    def _tell(self, reply: Reply, channel: Channel) -> None:
        """channel-rename, "Fallback": a PART, and a JOIN with all that comes with it."""
        user = reply.session.user
        if user is None:
            return
        reply.line(f":{user.source} PART {self.old}{f' :{self.reason}' if self.reason else ''}")
        reply.line(join_line(reply.session, user.source, self.new))
        show_room(reply, channel)
