"""JOIN and PART: entering and leaving rooms, and what becomes of a room that everybody left.

Modern IRC, "Channel Operations"; https://ircv3.net/specs/extensions/extended-join

A room has an id for ever. When its last member leaves, an open room keeps its topic and its history for whoever
comes next; a restricted one (+i, +k, +s, +p) is forgotten, so that a stranger who takes its name later finds a new
room and reads nothing. One in which nothing was said is forgotten too. A registered room stays as it is, and nobody
becomes its operator by being the first. A restart empties no room: modes, topic and bans of that moment are still
there afterwards, but a room that only the invited may enter is forgotten, as nobody is invited any more, unless an
invite link leads there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.capability import isupport
from hubbub.core.command import Context, Proposal, command, perform
from hubbub.core.delivery import Audience, copy_of
from hubbub.core.entering import CHANNEL_RENAME, EXTENDED_JOIN, show_room
from hubbub.core.event import Event
from hubbub.core.hub import EMPTIED, OPENED
from hubbub.core.invite_links import count_use, has_open_link, use_of
from hubbub.core.ledger import Put
from hubbub.core.model import Channel
from hubbub.core.policy import channel_is_full, is_full, is_guest_kept_out, may_join, may_see, outside
from hubbub.core.refusal import Failed, Refused
from hubbub.core.registration import WELCOMES
from hubbub.core.retention import DAY_MS, SILENT
from hubbub.core.rooms import (
    FORGOTTEN,
    RoomRecord,
    as_named,
    door_key,
    door_put,
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
        _create(ctx, name, key)
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
    use = use_of(ctx.hub, ctx.user, channel.name, channel, key) if key else None
    may_join(channel, ctx.user, key, use.opened if use else ())
    rank = rank_of(channel, ctx.user)
    registered = registration_key(channel.id)
    ctx.propose(
        Joined.of(
            ctx.user,
            channel.id,
            channel.name,
            rank=rank,
            is_default=_is_default(ctx.hub, channel.name),
            link=use.counted if use else "",
        ),
        # The room may be closed at this moment, or a rank be taken away.
        expect=(
            as_named(ctx.hub, channel),
            *(((registered, ctx.hub.ledger.version(registered)),) if rank else ()),
            *(use.expect if use else ()),
        ),
        puts=(door_put(channel.id), *(use.puts if use else ())),
        refused=lambda _reason: perform(ctx.reply, "JOIN", channel.name, key),
    )


def _create(ctx: Context, name: str, key: str) -> None:
    """Make a room; if another has made it at the same moment, try again to join that one."""
    _check_pace(ctx, name)
    use = use_of(ctx.hub, ctx.user, name, None, key) if key else None
    record = RoomRecord(id=ctx.hub.next_id(), name=name, created_ms=ctx.hub.clock())
    ctx.propose(
        Joined.of(
            ctx.user,
            record.id,
            name,
            record.created_ms,
            is_default=_is_default(ctx.hub, name),
            link=use.counted if use else "",
        ),
        expect=((room_key(name), 0), *(use.expect if use else ())),
        puts=(
            record_put(record),
            door_put(record.id),
            *(Put(f"mode/{record.id}/{letter}", b"") for letter in NEW_ROOM_MODES),
            *(use.puts if use else ()),
        ),
        refused=lambda _reason: perform(ctx.reply, "JOIN", name, key),
    )


class Made:
    """How many rooms a connection has made within a day."""

    def __init__(self) -> None:
        self.since_ms = 0
        self.rooms = 0


def _check_pace(ctx: Context, name: str) -> None:
    """Rooms outlast those who make them, so that the number of rooms that one may be in is no bound for these."""
    made, now = ctx.session.part(Made), ctx.hub.clock()
    if now - made.since_ms >= DAY_MS:
        made.since_ms, made.rooms = now, 0
    if made.rooms >= 2 * ctx.hub.settings.limits.rooms:
        raise Refused(numerics.ERR_TOOMANYCHANNELS, name, "You have made too many channels today")
    made.rooms += 1


class Joined(Event, frozen=True):
    """Somebody has entered a room, and made it if it wasn't there; without effect if it has become full meanwhile."""

    user: str
    source: str
    room: str
    name: str
    realname: str
    account: str = ""
    rank: str = ""
    """The prefix mode that is theirs by the room's registration."""
    created_ms: int = 0
    """When they made the room; 0 if it was there."""
    is_default: bool = False
    """It is the room that everybody lands in, of which nobody is operator by being first."""
    link: str = ""
    """The hash of the invite link that they came by, if it counts them."""

    @classmethod
    def of(
        cls,
        user: User,
        room: str,
        name: str,
        created_ms: int = 0,
        *,
        rank: str = "",
        is_default: bool = False,
        link: str = "",
    ) -> Joined:
        return cls(
            user=user.id,
            source=user.source,
            room=room,
            name=name,
            created_ms=created_ms,
            realname=user.realname,
            account=user.account,
            rank=rank,
            is_default=is_default,
            link=link,
        )

    def topic(self) -> str:
        return f"room/{self.room}"

    def apply(self, hub: Hub) -> Audience:
        if self.link:
            # Whatever comes of it: the ledger has counted it with this fact.
            count_use(hub, self.link, self.user)
        user = hub.users_by_id.get(self.user)
        if user is None:
            return {}
        channel = hub.channels_by_id.get(self.room)
        if channel is None:
            if not self.created_ms:
                return {}
            channel = hub.room(self.room, self.name, self.created_ms)
            channel.modes.update(dict.fromkeys(NEW_ROOM_MODES, ""))
            hub.add_channel(channel)
        if user in channel.members or is_full(channel, user):
            return {}
        hub.enter_channel(channel, user, self.rank or ("o" if self._rules(channel) else ""))
        return channel.audience

    def _rules(self, channel: Channel) -> bool:
        """Whether they are operator as the first one in: not of a room that has an owner."""
        return not (channel.members or channel.registration or self.is_default)

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
        channel, user = hub.channels_by_id.get(self.room), reply.session.user
        if channel is None or user is None:
            return
        if user in channel.members:
            show_room(reply, channel)
        elif reply.session is hub.origin:
            refusal = channel_is_full(channel)
            reply.numeric(refusal.numeric, *refusal.params)


def _is_default(hub: Hub, name: str) -> bool:
    """Whether it is the room that everybody lands in."""
    return fold(name) == fold(hub.settings.rooms.default)


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
    _see_to_empty(hub, channel)


def _see_to_empty(hub: Hub, channel: Channel) -> None:
    if not _may_close(hub, channel):
        return
    worth_keeping = channel.topic is not None or channel.has_history
    _close(hub, channel, forget=bool(RESTRICTED & channel.modes.keys()) or not worth_keeping)


def _may_close(hub: Hub, channel: Channel) -> bool:
    """Whether it is empty, and neither the default room nor one that stays as it is."""
    return not (channel.members or channel.registration or _is_default(hub, channel.name))


def _close(hub: Hub, channel: Channel, *, forget: bool) -> None:
    puts: dict[str, bytes | None] = {f"mode/{channel.id}/{letter}": None for letter in channel.modes}
    for letter, masks in channel.lists.items():
        puts |= {f"list/{channel.id}/{letter}/{mask}": None for mask in masks}
    if forget:
        puts |= {
            room_key(channel.name): None,
            f"topic/{channel.id}": None,
            registration_key(channel.id): None,
        }
        puts |= {f"room-metadata/{channel.id}/{key}": None for key in channel.metadata}
    else:
        puts |= {f"mode/{channel.id}/{letter}": b"" for letter in NEW_ROOM_MODES}
    door = door_key(channel.id)
    hub.append(
        Proposal(
            RoomEmptied(room=channel.id, forgotten=forget),
            None,
            lambda _reason: _close_if_still_empty(hub, channel),
        ),
        ((door, hub.ledger.version(door)),),
        (Put(door, None, owned=True), *(Put(key, value) for key, value in puts.items())),
    )


def _close_if_still_empty(hub: Hub, channel: Channel) -> None:
    """Something about the room was changed at the same moment, or somebody has come."""
    if hub.channels_by_id.get(channel.id) is channel:
        _see_to_empty(hub, channel)


@OPENED.append
def _forget_locked_rooms(hub: Hub) -> None:
    """Invitations end with the server: nobody could ever enter a room for the invited that belongs to nobody."""
    for channel in list(hub.channels_by_id.values()):
        if "i" not in channel.modes or channel.lists["I"] or has_open_link(hub, channel):
            continue
        if _may_close(hub, channel):
            _close(hub, channel, forget=True)


@OPENED.append
def _forget_leftovers(hub: Hub) -> None:
    """Of rooms that were forgotten while a change of them was under way."""
    for channel in hub.take_unnamed():
        _close(hub, channel, forget=True)


@SILENT.append
def _forget_silent_room(hub: Hub, channel: Channel) -> None:
    if _may_close(hub, channel):
        _close(hub, channel, forget=True)


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
            for watcher in FORGOTTEN:
                watcher(hub, channel.id)
            return {}
        channel.modes = dict.fromkeys(NEW_ROOM_MODES, "")
        channel.lists = {letter: {} for letter in channel.lists}
        channel.verdicts.clear()
        channel.invited = set()
        return {}

    def render(self, to: Profile, fact: Fact) -> None:
        return None
