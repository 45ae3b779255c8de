"""JOIN and PART: entering and leaving rooms, and what becomes of a room that everybody left.

Modern IRC, "Channel Operations"; https://ircv3.net/specs/extensions/extended-join

A room has an id for ever. When its last member leaves, an open room keeps its topic and its history for whoever
comes next; a restricted one (+i, +k, +s, +p) is forgotten, so that a stranger who takes its name later finds a new
room and reads nothing. One in which nothing was said is forgotten too. A registered room stays as it is, and nobody
becomes its operator by being the first. A restart empties no room: modes, topic and bans of that moment are still
there afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.capability import isupport
from hubbub.core.command import Context, command, perform
from hubbub.core.delivery import Audience, copy_of
from hubbub.core.entering import CHANNEL_RENAME, EXTENDED_JOIN, show_room
from hubbub.core.event import Event
from hubbub.core.hub import EMPTIED
from hubbub.core.ledger import Put
from hubbub.core.model import Channel
from hubbub.core.policy import is_guest_kept_out, may_join, may_see, outside
from hubbub.core.refusal import Failed, Refused
from hubbub.core.registration import WELCOMES
from hubbub.core.rooms import (
    RoomRecord,
    once_called,
    rank_of,
    record_put,
    registration_key,
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
    from hubbub.core.reply import Reply

NEW_ROOM_MODES = ("n", "t")
RESTRICTED = frozenset("ikps")

isupport("CHANTYPES", "#")
isupport("CHANNELLEN", lambda settings: settings.limits.room)
isupport("CHANLIMIT", lambda settings: f"#:{settings.limits.rooms}")


def door_key(room_id: str) -> str:
    """A key that changes with every entry, so that an empty room is closed only if nobody has come meanwhile."""
    return f"door/{room_id}"


@WELCOMES.append
def _enter_default_room(reply: Reply) -> None:
    default, user = reply.session.hub.settings.rooms.default, reply.session.user
    # A further device of somebody finds the rooms that they are in.
    if default and user is not None and len(user.sessions) == 1:
        perform(reply, "JOIN", default)


@command("JOIN")
def join(ctx: Context, rooms: str, keys: str = "") -> None:
    """JOIN <room>{,<room>} [<key>{,<key>}]: enter rooms; one that isn't there is made. JOIN 0 leaves all."""
    if rooms == "0":
        for channel in list(ctx.user.channels.values()):
            _propose_part(ctx, channel, "")
        return
    given = keys.split(",") if keys else []
    wanted: dict[str, str] = {}
    keyed: dict[str, str] = {}
    for number, name in enumerate(rooms.split(",")):
        wanted.setdefault(fold(name), name)
        keyed.setdefault(fold(name), given[number] if number < len(given) else "")
    for folded, name in wanted.items():
        try:
            _join(ctx, name, keyed[folded])
        except Refused as refusal:
            ctx.numeric(refusal.numeric, *refusal.params)
        except Failed as failure:
            ctx.reply.fail("JOIN", failure.code, *failure.params)


def _join(ctx: Context, name: str, key: str) -> None:
    user, hub = ctx.user, ctx.hub
    channel = hub.channels.get(fold(name))
    if channel is None and not is_channel(name, hub.settings.limits.room):
        raise Refused(
            numerics.ERR_NOSUCHCHANNEL, name if name and " " not in name else "*", "No such channel"
        )
    if channel is not None and user in channel.members:
        return
    if len(user.channels) + len(ctx.proposals) >= hub.settings.limits.rooms:
        raise Refused(numerics.ERR_TOOMANYCHANNELS, name, "You have joined too many channels")
    if channel is not None:
        _enter(ctx, channel, key)
        return
    renamed = once_called(hub, name)
    if renamed is None or not may_see(renamed, user):
        _check_guest(ctx, name)
        _create(ctx, name)
        return
    _redirect(ctx, name, renamed, key)


def _redirect(ctx: Context, name: str, renamed: Channel, key: str) -> None:
    """channel-rename, "Channel redirection": a FAIL for who knows RENAME, else 470 and the room itself."""
    if ctx.session.has(CHANNEL_RENAME):
        raise Failed("CHANNEL_RENAMED", name, renamed.name, "The channel has been renamed")
    ctx.numeric(numerics.ERR_LINKCHANNEL, name, renamed.name, "The channel has been renamed")
    if ctx.user not in renamed.members:
        _enter(ctx, renamed, key)


def _check_guest(ctx: Context, name: str) -> None:
    if is_guest_kept_out(ctx.hub.settings, ctx.user, name):
        why = "Cannot join channel (guests may not enter; log in first)"
        raise Refused(numerics.ERR_NEEDREGGEDNICK, name, why)


def _enter(ctx: Context, channel: Channel, key: str) -> None:
    _check_guest(ctx, channel.name)
    may_join(channel, ctx.user, key)
    rank = rank_of(channel, ctx.user)
    registered = registration_key(channel.id)
    ctx.propose(
        Joined.of(ctx.user, channel.id, channel.name, channel.created_ms, rank),
        # A rank may be taken away at this moment.
        expect=((registered, ctx.hub.ledger.version(registered)),) if rank else (),
        puts=(Put(door_key(channel.id), b"", owned=True),),
        refused=lambda _reason: perform(ctx.reply, "JOIN", channel.name, key),
    )


def _create(ctx: Context, name: str) -> None:
    """Make a room; if another has made it at the same moment, try again to join that one."""
    record = RoomRecord(id=ctx.hub.next_id(), name=name, created_ms=ctx.hub.clock())
    ctx.propose(
        Joined.of(ctx.user, record.id, name, record.created_ms),
        expect=((room_key(name), 0),),
        puts=(
            record_put(record),
            Put(door_key(record.id), b"", owned=True),
            *(Put(f"mode/{record.id}/{letter}", b"") for letter in NEW_ROOM_MODES),
        ),
        refused=lambda _reason: perform(ctx.reply, "JOIN", name),
    )


class Joined(Event, frozen=True):
    """Somebody has entered a room, and made it if it wasn't there."""

    user: str
    source: str
    room: str
    name: str
    created_ms: int
    realname: str
    account: str = ""
    rank: str = ""
    """The prefix mode that is theirs by the room's registration."""

    @classmethod
    def of(cls, user: User, room: str, name: str, created_ms: int, rank: str = "") -> Joined:
        return cls(
            user=user.id,
            source=user.source,
            room=room,
            name=name,
            created_ms=created_ms,
            realname=user.realname,
            account=user.account,
            rank=rank,
        )

    def topic(self) -> str:
        return f"room/{self.room}"

    def apply(self, hub: Hub) -> Audience:
        user = hub.users_by_id.get(self.user)
        if user is None:
            return {}
        channel = hub.channels_by_id.get(self.room)
        if channel is None:
            channel = hub.room(self.room, self.name, self.created_ms)
            channel.modes.update(dict.fromkeys(NEW_ROOM_MODES, ""))
            hub.add_channel(channel)
        if user in channel.members:
            return {}
        channel.add(user, self.rank or ("o" if _is_up_for_grabs(hub, channel) else ""))
        return channel.audience

    def render(self, to: Profile, fact: Fact) -> str | list[str]:
        line = f"{to.tag_prefix(self, fact)}:{self.source} JOIN {self.name}"
        if EXTENDED_JOIN in to:
            line = f"{line} {self.account or '*'} :{self.realname}"
        if not self.rank:
            return line
        nick = self.source.partition("!")[0]
        return [line, f":{fact.origin} MODE {self.name} +{self.rank} {nick}"]

    def author(self) -> str:
        return self.user

    def follow(self, hub: Hub, reply: Reply) -> None:
        channel = hub.channels_by_id.get(self.room)
        if channel is not None:
            show_room(reply, channel)


def _is_up_for_grabs(hub: Hub, channel: Channel) -> bool:
    """Whether the first one in is operator: not of the room that everybody lands in, nor of one that has an owner."""
    is_default = fold(channel.name) == fold(hub.settings.rooms.default)
    return not channel.members and channel.registration is None and not is_default


@command("PART")
def part(ctx: Context, rooms: list[str], reason: str = "") -> None:
    """PART <room>{,<room>} [:<reason>]: leave rooms."""
    left: set[str] = set()
    for name in rooms:
        channel = ctx.hub.channels.get(fold(name))
        if channel is None:
            ctx.numeric(numerics.ERR_NOSUCHCHANNEL, name, "No such channel")
        elif ctx.user not in channel.members or channel.id in left:
            refusal = outside(channel, ctx.user, name)
            ctx.numeric(refusal.numeric, *refusal.params)
        else:
            left.add(channel.id)
            _propose_part(ctx, channel, clip(reason, ctx.hub.settings.limits.kick))


def _propose_part(ctx: Context, channel: Channel, reason: str) -> None:
    user = ctx.user
    ctx.propose(
        Parted(
            user=user.id,
            source=user.source,
            room=channel.id,
            name=channel.name,
            reason=reason,
            account=user.account,
        )
    )


class Parted(Event, frozen=True):
    """Somebody has left a room."""

    user: str
    source: str
    room: str
    name: str
    reason: str = ""
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
        reason = f" :{self.reason}" if self.reason else ""
        return f"{to.tag_prefix(self, fact)}:{self.source} PART {self.name}{reason}"


@EMPTIED.append
def _close_when_empty(hub: Hub, channel: Channel) -> None:
    if channel.registration is not None or fold(channel.name) == fold(hub.settings.rooms.default):
        return
    puts: dict[str, bytes | None] = {f"mode/{channel.id}/{letter}": None for letter in channel.modes}
    for letter, masks in channel.lists.items():
        puts |= {f"list/{channel.id}/{letter}/{mask}": None for mask in masks}
    worth_keeping = channel.topic is not None or channel.has_history
    forget = bool(RESTRICTED & channel.modes.keys()) or not worth_keeping
    if forget:
        puts |= {room_key(channel.name): None, f"topic/{channel.id}": None}
        puts |= {f"room-metadata/{channel.id}/{key}": None for key in channel.metadata}
    else:
        puts |= {f"mode/{channel.id}/{letter}": b"" for letter in NEW_ROOM_MODES}
    door = door_key(channel.id)
    hub.propose(
        RoomEmptied(room=channel.id, forgotten=forget),
        expect=((door, hub.ledger.version(door)),),
        puts=(Put(door, None, owned=True), *(Put(key, value) for key, value in puts.items())),
    )


class RoomEmptied(Event, frozen=True):
    """The last member has left and nobody has come since: back to a new room's settings, or forgotten."""

    room: str
    forgotten: bool

    def topic(self) -> str:
        return f"room/{self.room}"

    def apply(self, hub: Hub) -> Audience:
        channel = hub.channels_by_id.get(self.room)
        if channel is None:
            return {}
        if self.forgotten:
            set_former_names(hub, channel, {})
            hub.remove_channel(channel)
            return {}
        channel.modes = dict.fromkeys(NEW_ROOM_MODES, "")
        channel.lists = {letter: {} for letter in channel.lists}
        channel.verdicts.clear()
        channel.invited = set()
        return {}

    def render(self, to: Profile, fact: Fact) -> None:
        return None
