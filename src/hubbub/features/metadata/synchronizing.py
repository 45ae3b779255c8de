"""All that is set, told at once: when a client subscribes, asks, enters a room or sees somebody come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hubbub.core.command import Context
from hubbub.core.entering import AFTER_NAMES
from hubbub.core.monitoring import SEEN_ONLINE, Targets
from hubbub.core.reply import Reply
from hubbub.features.metadata.telling import Interest, items_of, send_items
from hubbub.features.metadata.versions import METADATA_3, is_3, is_aware
from hubbub.irc import numerics

if TYPE_CHECKING:
    from hubbub.core.hub import Hub
    from hubbub.core.model import Channel, User
    from hubbub.core.session import Session

ALL = "*ALL"
LARGE = 200
"""Members of a room of which a newcomer is told later, when they ask; and lines that cost no waiting."""
PAUSE_MS = 5
"""For each line beyond LARGE: how long the next synchronization has to wait."""


def synchronize(
    reply: Reply, name: str, rooms: list[Channel], people: list[User], keys: Iterable[str]
) -> None:
    """A batch with what is set of these keys, or word to come again later (Postponed synchronization)."""
    if put_off(reply, name):
        return
    hub, interest = reply.session.hub, reply.session.part(Interest)
    with reply.batch(f"metadata {name}"):
        sent = send_items(reply, items_of(hub, rooms, people, keys))
    interest.ready_ms = hub.clock() + max(0, sent - LARGE) * PAUSE_MS


def put_off(reply: Reply, name: str) -> bool:
    """Whether it is too early; the client has been told so then."""
    interest = reply.session.part(Interest)
    wait = interest.ready_ms - reply.session.hub.clock()
    if wait > 0:
        _postpone(reply, name, -(-wait // 1000))
    return wait > 0


def _postpone(reply: Reply, name: str, seconds: int) -> None:
    text = ("Try again later",) if reply.session.has(METADATA_3) else ()
    reply.numeric(numerics.RPL_METADATASYNCLATER, name, str(seconds), *text)


def visible(hub: Hub, session: Session, user: User) -> tuple[list[Channel], list[User]]:
    """The rooms and people whose changes a client is told of."""
    rooms = list(user.channels.values())
    people = dict.fromkeys([user])
    for room in rooms:
        people.update(dict.fromkeys(room.members))
    monitored = (hub.users.get(nick) for nick in session.part(Targets).nicks)
    people.update(dict.fromkeys(person for person in monitored if person is not None))
    return rooms, list(people)


# -- when ----------------------------------------------------------------------------------------------------


def show_current(ctx: Context, keys: list[str]) -> None:
    """ "When subscribing to a key, clients SHOULD receive the current value of that key"; in -3, in a batch."""
    user = ctx.session.user
    if user is None or not keys or not is_aware(ctx.session):
        return
    if not is_3(ctx):
        send_items(ctx.reply, items_of(ctx.hub, *visible(ctx.hub, ctx.session, user), keys))
    elif not put_off(ctx.reply, ALL):
        synchronize(ctx.reply, ALL, *visible(ctx.hub, ctx.session, user), keys)


@AFTER_NAMES.append
def _show_room(reply: Reply, room: Channel) -> None:
    """ "On joining a channel, users will get the channel's current metadata …" and its members'."""
    session = reply.session
    if not is_aware(session):
        return
    if len(room.members) > LARGE:
        _postpone(reply, room.name, 1)
    else:
        synchronize(reply, room.name, [room], list(room.members), session.part(Interest).keys)


@SEEN_ONLINE.append
def _show_monitored(reply: Reply, person: User) -> None:
    """Somebody monitored is here; -3 wants a batch with every 730, be it empty."""
    session = reply.session
    if not is_aware(session):
        return
    keys = session.part(Interest).keys
    if session.has(METADATA_3):
        synchronize(reply, person.nick, [], [person], keys)
    else:
        send_items(reply, items_of(session.hub, [], [person], keys))
