"""JOIN and PART: entering and leaving rooms, and what becomes of a room that everybody left.

Modern IRC, "Channel Operations"; https://ircv3.net/specs/extensions/extended-join

A room has an id for ever. When its last member leaves, an open room keeps its topic and its history for whoever
comes next; a restricted one (+i, +k, +s, +p) is forgotten, so that a stranger who takes its name later finds a new
room and reads nothing. One in which nothing was said is forgotten too. A restart empties no room: modes, topic and
bans of that moment are still there afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from hubbub.core.capability import capability, isupport
from hubbub.core.command import Context, command, perform
from hubbub.core.delivery import Audience, copy_of
from hubbub.core.entering import show_room
from hubbub.core.event import Event
from hubbub.core.hub import EMPTIED, restores
from hubbub.core.ledger import Put
from hubbub.core.model import Channel
from hubbub.core.policy import may_join
from hubbub.core.refusal import Refused, not_on_channel
from hubbub.core.registration import WELCOMES
from hubbub.irc import numerics
from hubbub.irc.names import fold, is_channel
from hubbub.irc.text import clip

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import User
    from hubbub.core.reply import Reply

EXTENDED_JOIN = capability("extended-join")
NEW_ROOM_MODES = ("n", "t")
RESTRICTED = frozenset("ikps")

isupport("CHANTYPES", "#")
isupport("CHANNELLEN", lambda settings: settings.limits.room)
isupport("CHANLIMIT", lambda settings: f"#:{settings.limits.rooms}")


class RoomRecord(msgspec.Struct, frozen=True):
    """What the ledger's state keeps of a room under `room/<folded name>`."""

    id: str
    name: str
    created_ms: int


def room_key(name: str) -> str:
    return f"room/{fold(name)}"


def door_key(room_id: str) -> str:
    """A key that changes with every entry, so that an empty room is closed only if nobody has come meanwhile."""
    return f"door/{room_id}"


@restores("room")
def _restore_room(hub: Hub, _folded: str, value: bytes) -> None:
    record = msgspec.json.decode(value, type=RoomRecord)
    channel = hub.room(record.id, record.name, record.created_ms)
    # What was said there is in the log, which isn't looked through for this.
    channel.has_history = True
    hub.add_channel(channel)


@WELCOMES.append
def _enter_default_room(reply: Reply) -> None:
    default = reply.session.hub.settings.rooms.default
    if default:
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
    if channel is None:
        _create(ctx, name)
        return
    may_join(channel, user, key)
    ctx.propose(
        Joined.of(user, channel.id, channel.name, channel.created_ms),
        puts=(Put(door_key(channel.id), b"", owned=True),),
    )


def _create(ctx: Context, name: str) -> None:
    """Make a room; if another has made it at the same moment, try again to join that one."""
    record = RoomRecord(id=ctx.hub.next_id(), name=name, created_ms=ctx.hub.clock())
    ctx.propose(
        Joined.of(ctx.user, record.id, name, record.created_ms),
        expect=((room_key(name), 0),),
        puts=(
            Put(room_key(name), msgspec.json.encode(record)),
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

    @classmethod
    def of(cls, user: User, room: str, name: str, created_ms: int) -> Joined:
        return cls(
            user=user.id,
            source=user.source,
            room=room,
            name=name,
            created_ms=created_ms,
            realname=user.realname,
            account=user.account,
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
        # Nobody rules the room that everybody lands in; in any other the first one in is its operator.
        first = not channel.members and fold(self.name) != fold(hub.settings.rooms.default)
        channel.add(user, "o" if first else "")
        return channel.audience

    def render(self, to: Profile, fact: Fact) -> str:
        line = f"{to.tag_prefix(self, fact)}:{self.source} JOIN {self.name}"
        return f"{line} {self.account or '*'} :{self.realname}" if EXTENDED_JOIN in to else line

    def author(self) -> str:
        return self.user

    def follow(self, hub: Hub, reply: Reply) -> None:
        channel = hub.channels_by_id.get(self.room)
        if channel is not None:
            show_room(reply, channel)


@command("PART")
def part(ctx: Context, rooms: list[str], reason: str = "") -> None:
    """PART <room>{,<room>} [:<reason>]: leave rooms."""
    left: set[str] = set()
    for name in rooms:
        channel = ctx.hub.channels.get(fold(name))
        if channel is None:
            ctx.numeric(numerics.ERR_NOSUCHCHANNEL, name, "No such channel")
        elif ctx.user not in channel.members or channel.id in left:
            ctx.numeric(numerics.ERR_NOTONCHANNEL, *not_on_channel(channel.name).params)
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
    if fold(channel.name) == fold(hub.settings.rooms.default):
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
            hub.remove_channel(channel)
            return {}
        channel.modes = dict.fromkeys(NEW_ROOM_MODES, "")
        channel.lists = {letter: {} for letter in channel.lists}
        channel.invited = set()
        return {}

    def render(self, to: Profile, fact: Fact) -> None:
        return None
