"""Rooms that last: what is kept of each, which are registered, and what they were called before.

A registered room belongs to an account, its founder, and gives ranks to accounts. Owns these records and where they
are kept; knows no command. Called by JOIN, MODE, KICK, RENAME, ROOM and policy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from hubbub.core.hub import restores
from hubbub.core.ledger import Put
from hubbub.core.modes import PREFIXES
from hubbub.irc.names import fold

if TYPE_CHECKING:
    from hubbub.core.event import Event
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import Channel, User


class RoomRecord(msgspec.Struct, frozen=True):
    """What the ledger's state keeps of a room under `room/<folded name>`."""

    id: str
    name: str
    created_ms: int
    former: tuple[tuple[str, int], ...] = ()
    """Earlier names, folded, and until when they lead here."""


class Registration(msgspec.Struct, frozen=True):
    """To whom a room belongs: the founder's account id, and ranks ("o", "v") by account id."""

    founder: str
    since_ms: int
    ranks: dict[str, str] = {}

    def rank(self, user: User) -> str:
        """The prefix mode that is somebody's right here; "" for none."""
        if not user.account:
            return ""
        return "o" if user.id == self.founder else self.ranks.get(user.id, "")

    def without(self, account_id: str) -> Registration | None:
        """The same when an account is no more: an operator inherits; None if there is nobody to."""
        ranks = {each: rank for each, rank in self.ranks.items() if each != account_id}
        if account_id != self.founder:
            return replace(self, ranks=ranks)
        heir = next((each for each, rank in ranks.items() if rank == "o"), None)
        if heir is None:
            return None
        del ranks[heir]
        return replace(self, founder=heir, ranks=ranks)


FORGOTTEN: list[Callable[[Hub, str], None]] = []
"""Called with (hub, room id) when a room is no more, and what was said there is nobody's."""


def room_key(name: str) -> str:
    return f"room/{fold(name)}"


def record_put(record: RoomRecord) -> Put:
    """The change of state that keeps a room under its name."""
    return Put(room_key(record.name), msgspec.json.encode(record))


def door_key(room_id: str) -> str:
    """A key that changes with every entry and every change of settings.

    An empty room is closed only as what it was when that was worked out.
    """
    return f"door/{room_id}"


def door_put(room_id: str) -> Put:
    return Put(door_key(room_id), b"", owned=True)


def as_named(hub: Hub, channel: Channel) -> tuple[str, int]:
    """The expectation that a room is there still, by this name."""
    key = room_key(channel.name)
    return key, hub.ledger.version(key)


@restores("room")
def _restore_room(hub: Hub, _folded: str, value: bytes) -> None:
    record = msgspec.json.decode(value, type=RoomRecord)
    channel = hub.room(record.id, record.name, record.created_ms)
    # What was said there is in the log, which isn't looked through for this.
    channel.has_history = True
    hub.add_channel(channel)
    set_former_names(hub, channel, dict(record.former))


# -- registered rooms ----------------------------------------------------------------------------------------


def registration_key(room: str) -> str:
    return f"registered/{room}"


def registration_put(room: str, registration: Registration | None) -> Put:
    return Put(registration_key(room), msgspec.json.encode(registration) if registration else None)


@restores("registered")
def _restore_registration(hub: Hub, room: str, value: bytes) -> None:
    hub.settings_of(room).registration = msgspec.json.decode(value, type=Registration)


def rank_of(channel: Channel, user: User) -> str:
    """The prefix mode that is somebody's by the room's registration; "" for none."""
    return channel.registration.rank(user) if channel.registration is not None else ""


def is_founder(channel: Channel, user: User) -> bool:
    registration = channel.registration
    return registration is not None and bool(user.account) and user.id == registration.founder


# -- names ---------------------------------------------------------------------------------------------------


class FormerNames:
    """Folded names that rooms had, and the ids of these rooms."""

    def __init__(self) -> None:
        self.rooms: dict[str, str] = {}


def set_former_names(hub: Hub, channel: Channel, former: dict[str, int]) -> None:
    """Which earlier names lead to a room, and until when; none for a room that is forgotten."""
    rooms = hub.part(FormerNames).rooms
    for name in channel.former.keys() - former.keys():
        if rooms.get(name) == channel.id:
            del rooms[name]
    channel.former = former
    rooms.update(dict.fromkeys(former, channel.id))


def once_called(hub: Hub, name: str) -> Channel | None:
    """The room that had a name not long ago, if it still leads there."""
    folded = fold(name)
    channel = hub.channels_by_id.get(hub.part(FormerNames).rooms.get(folded, ""))
    if channel is None or channel.former.get(folded, 0) < hub.clock():
        return None
    return channel


def as_named_now(hub: Hub, event: Event, fact: Fact) -> Event:
    """An event of a room with the name that the room has now; what happened before a RENAME tells the old one."""
    kind, _, rest = fact.topic.partition("/")
    channel = hub.channels_by_id.get(rest.partition("/")[0]) if kind == "room" else None
    if channel is None:
        return event
    for field in ("name", "target"):
        shown = getattr(event, field, "")
        signs, is_room, name = shown.partition("#")
        if is_room and f"#{name}" != channel.name and not signs.strip("".join(PREFIXES.values())):
            return replace(event, **{field: f"{signs}{channel.name}"})
    return event
