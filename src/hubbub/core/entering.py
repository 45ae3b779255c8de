"""Entering a room: what a connection is shown of it after its JOIN.

The same for whoever joins and for a further device of somebody who is there. Features add their parts before the
names and after them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hubbub.core.capability import capability
from hubbub.core.command import perform

if TYPE_CHECKING:
    from hubbub.core.hub import Hub
    from hubbub.core.model import Channel
    from hubbub.core.reply import Reply
    from hubbub.core.session import Session

CHANNEL_RENAME = capability("draft/channel-rename")
EXTENDED_JOIN = capability("extended-join")
NO_IMPLICIT_NAMES = capability("no-implicit-names", shapes=False)
DRAFT_NO_IMPLICIT_NAMES = capability("draft/no-implicit-names", shapes=False)
"""The same from before it was ratified; older clients know no other."""

BEFORE_NAMES: list[Callable[[Reply, Channel], None]] = []
"""Called for each connection of a new member: what comes before the names of the room."""
AFTER_NAMES: list[Callable[[Reply, Channel], None]] = []
"""The same, for what comes after the names, or in their place for who wants none."""


class NamesOnce:
    """While one room is shown to many members: its names, by room and by what a client knows of names."""

    lines: dict[tuple[str, bool, bool], list[str]] | None = None


@contextmanager
def names_once(hub: Hub) -> Iterator[None]:
    """Meanwhile nobody comes or goes, so that the names of a room are made once for each kind of client."""
    once = hub.part(NamesOnce)
    once.lines = {}
    try:
        yield
    finally:
        once.lines = None


def join_line(session: Session, source: str, room: str) -> str:
    """The JOIN by which a connection learns that it is in a room that its user was in before."""
    user = session.user
    line = f":{source} JOIN {room}"
    if user is None or not session.has(EXTENDED_JOIN):
        return line
    return f"{line} {user.account or '*'} :{user.realname}"


def show_room(reply: Reply, channel: Channel) -> None:
    """The topic, the names, and what features know of a room."""
    if channel.topic is not None:
        perform(reply, "TOPIC", channel.name)
    for tell in BEFORE_NAMES:
        tell(reply, channel)
    session = reply.session
    if not (session.has(NO_IMPLICIT_NAMES) or session.has(DRAFT_NO_IMPLICIT_NAMES)):
        perform(reply, "NAMES", channel.name)
    for tell in AFTER_NAMES:
        tell(reply, channel)
