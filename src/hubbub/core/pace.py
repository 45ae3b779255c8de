"""Slow mode (+S seconds): how often each ordinary member of a room may say something.

Owns who has spoken last when, on this node and only for rooms that are slow. Counted when somebody speaks and not
when it is applied, as further messages may be given before the first is on disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.modes import channel_mode
from hubbub.core.refusal import Refused
from hubbub.irc import numerics

if TYPE_CHECKING:
    from hubbub.core.hub import Hub
    from hubbub.core.model import Channel, User

SLOW = channel_mode(
    "S", "on_set", "Slow: one message in so many seconds from each who has no voice", number=(1, 86_400)
)
REMEMBERED = 10_000
"""People whose last message is remembered, in all slow rooms together."""


class LastSaid:
    """When somebody last spoke in a slow room, by ids of room and user; the latest come last."""

    def __init__(self) -> None:
        self.at_ms: dict[tuple[str, str], int] = {}


def may_speak_now(hub: Hub, channel: Channel, user: User) -> None:
    """Has waited long enough since the last time, and from now on waits again."""
    seconds = channel.modes.get(SLOW)
    if seconds is None or channel.members.get(user):
        return
    said, whom, now = hub.part(LastSaid).at_ms, (channel.id, user.id), hub.clock()
    left = said.get(whom, 0) + int(seconds) * 1000 - now
    if left > 0:
        wait = -(-left // 1000)
        why = f"Cannot send to channel (Slow mode: wait {wait} more second{'' if wait == 1 else 's'})"
        raise Refused(numerics.ERR_CANNOTSENDTOCHAN, channel.name, why)
    said.pop(whom, None)
    said[whom] = now
    if len(said) > REMEMBERED:
        del said[next(iter(said))]
