"""How long a room's messages are kept: +H days, set by its operators.

Owns the mode, the sentence that tells members of it, and the removal. The setting history.retention_days holds for all
rooms besides; whichever is shorter counts. Empty rooms that have become silent are found here too. Called once an
hour by the server.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hubbub.core.entering import BEFORE_NAMES
from hubbub.core.modes import PREFIXES, channel_mode
from hubbub.core.room_modes import EXPLAINED

if TYPE_CHECKING:
    from hubbub.core.hub import Hub
    from hubbub.core.model import Channel
    from hubbub.core.reply import Reply
    from hubbub.core.usermodes import ModeChange

RETENTION = channel_mode("H", "on_set", "Messages are kept for so many days", number=(1, 36_500))
DAY_MS = 86_400_000
EXPIRING: list[Callable[[Hub], None]] = []
"""Called with (hub) once an hour, when what has become too old goes."""
GRACE_MS = 3_600_000
"""After a start, how long rooms wait for those who were in them, whatever is left of what was said there."""
SILENT: list[Callable[[Hub, Channel], None]] = []
"""Called with (hub, room) for one that nobody is in and of which nothing is kept any more."""


def sentence(days: str) -> str:
    return f"Messages here are kept for {days} day{'' if days == '1' else 's'}"


def _notice(room: str, change: ModeChange) -> str:
    text = sentence(change.argument or "") if change.adding else "Messages here are kept as long as elsewhere"
    return f"NOTICE {room} :{text}"


EXPLAINED[RETENTION] = _notice


@BEFORE_NAMES.append
def _announce(reply: Reply, channel: Channel) -> None:
    """With the topic: a client that let people edit the topic would put it there for good if it were part of it."""
    days = channel.modes.get(RETENTION)
    if days is not None:
        reply.line(f":{reply.session.hub.name} NOTICE {channel.name} :{sentence(days)}")


async def expire(hub: Hub) -> int:
    """Remove what is older than it may become, everywhere; how many messages that were."""
    removed = 0
    for watcher in EXPIRING:
        watcher(hub)
    now, everywhere = hub.clock(), hub.settings.history.retention_days
    if everywhere:
        removed += await hub.ledger.expire(now - everywhere * DAY_MS)
    for channel in list(hub.channels_by_id.values()):
        days = channel.modes.get(RETENTION)
        # What was said to those of a rank is filed beneath the room.
        for rank in ("", *(f"/{letter}" for letter in PREFIXES)) if days is not None else ():
            removed += await hub.ledger.expire(now - int(days or 0) * DAY_MS, f"{channel.log_topic}{rank}")
    if now - hub.started_ms >= GRACE_MS:
        await _find_silent(hub, now - everywhere * DAY_MS if everywhere else 0)
    return removed


async def _find_silent(hub: Hub, since_ms: int) -> None:
    """A topic is kept as long as messages are."""
    for channel in list(hub.channels_by_id.values()):
        if channel.members or channel.registration or (channel.topic and channel.topic.at_ms >= since_ms):
            continue
        if not await _has_history(hub, channel) and not channel.members:
            for watcher in SILENT:
                watcher(hub, channel)


async def _has_history(hub: Hub, channel: Channel) -> bool:
    for rank in ("", *(f"/{letter}" for letter in PREFIXES)):
        if await hub.ledger.history(f"{channel.log_topic}{rank}", limit=1):
            return True
    return False
