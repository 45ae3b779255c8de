"""Keys and values on their way to a client: as numerics or, in -2, as news; and what a client wants to know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from hubbub.core.metadata import Values, values_of
from hubbub.core.reply import Reply
from hubbub.features.metadata.versions import METADATA_3
from hubbub.irc import numerics
from hubbub.irc.text import clip
from hubbub.irc.wire import MAX_LINE

if TYPE_CHECKING:
    from hubbub.core.hub import Hub
    from hubbub.core.model import Channel, User


EVERYBODY = "*"
"""The one visibility that there is: everything set is shown to all who may see its owner."""
MOST = 2000
"""Lines of one synchronization."""


class Interest:
    """What one connection subscribes to, what it set before it had a name, and when it may synchronize again."""

    def __init__(self) -> None:
        self.keys: dict[str, None] = {}
        self.draft: Values = {}
        self.ready_ms = 0


class Item(NamedTuple):
    """One key of somebody, or of a room."""

    name: str
    key: str
    value: str | None


def tell(reply: Reply, item: Item) -> None:
    if item.value is None:
        reply.numeric(numerics.RPL_KEYNOTSET, item.name, item.key, "Key not set")
    else:
        reply.numeric(numerics.RPL_KEYVALUE, item.name, item.key, EVERYBODY, item.value)


def news_line(source: str, item: Item) -> str:
    """The METADATA message of -2; without a value the key has been removed."""
    value = "" if item.value is None else f" :{item.value}"
    return clip(f":{source} METADATA {item.name} {item.key} {EVERYBODY}{value}", MAX_LINE - 2)


def send_items(reply: Reply, items: Iterator[Item]) -> int:
    """Items as a client's version wants news; how many there were."""
    sent = 0
    for item in islice(items, MOST):
        sent += 1
        if reply.session.has(METADATA_3):
            tell(reply, item)
        else:
            reply.line(news_line(reply.session.hub.name, item))
    return sent


def items_of(
    hub: Hub, rooms: Iterable[Channel], people: Iterable[User], keys: Iterable[str] | None
) -> Iterator[Item]:
    """What is set of these keys (None: of all)."""
    for room in rooms:
        yield from chosen(room.name, room.metadata, keys)
    for person in people:
        yield from chosen(person.nick, values_of(hub, person), keys)


def chosen(name: str, values: Values, keys: Iterable[str] | None) -> Iterator[Item]:
    if values:
        for key in sorted(values if keys is None else values.keys() & set(keys)):
            yield Item(name, key, values[key])
