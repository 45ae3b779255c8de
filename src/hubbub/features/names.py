"""NAMES: who is in a room.  Modern IRC, NAMES; multi-prefix, userhost-in-names"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from hubbub.core.capability import capability, isupport
from hubbub.core.command import Context, command
from hubbub.core.entering import NamesOnce
from hubbub.core.modes import PREFIXES, signs_for
from hubbub.core.policy import may_see
from hubbub.core.reply import filled
from hubbub.irc import numerics
from hubbub.irc.names import fold

if TYPE_CHECKING:
    from hubbub.core.model import Channel, User
    from hubbub.core.session import Session

MULTI_PREFIX = capability("multi-prefix", shapes=False)
USERHOST_IN_NAMES = capability("userhost-in-names", shapes=False)
ROOM_FOR_NAMES = 379
"""Bytes of names in one line, which leaves enough for the rest within 512."""

isupport("PREFIX", f"({''.join(PREFIXES)}){''.join(PREFIXES.values())}")


@command("NAMES", cost=2)
def names(ctx: Context, rooms: str = "", *_server: str) -> None:
    """NAMES <room>{,<room>}: who is in a room."""
    if not rooms:
        ctx.numeric(numerics.RPL_ENDOFNAMES, "*", "End of /NAMES list")
        return
    asked = list({fold(name): name for name in rooms.split(",")}.values())
    most = ctx.hub.settings.limits.targets
    for name in asked[:most]:
        channel = ctx.hub.channels.get(fold(name))
        if channel is not None and not may_see(channel, ctx.user):
            # As for a room that isn't there, whose name nobody could spell better.
            channel = None
        if channel is not None:
            _send_names(ctx, channel)
        ctx.numeric(numerics.RPL_ENDOFNAMES, channel.name if channel else name or "*", "End of /NAMES list")
    if len(asked) > most:
        ctx.numeric(numerics.ERR_TOOMANYTARGETS, asked[most], f"No more than {most} rooms at a time")


def _send_names(ctx: Context, channel: Channel) -> None:
    symbol = "@" if "s" in channel.modes else "*" if "p" in channel.modes else "="
    for line in _lines(ctx, channel):
        ctx.numeric(numerics.RPL_NAMREPLY, symbol, channel.name, line)


def _lines(ctx: Context, channel: Channel) -> Iterable[str]:
    once = ctx.hub.part(NamesOnce).lines
    if once is None or ctx.user not in channel.members:
        return filled(_shown(ctx, channel), ROOM_FOR_NAMES)
    kind = channel.id, ctx.session.has(MULTI_PREFIX), ctx.session.has(USERHOST_IN_NAMES)
    if kind not in once:
        once[kind] = list(filled(_shown(ctx, channel), ROOM_FOR_NAMES))
    return once[kind]


def _shown(ctx: Context, channel: Channel) -> Iterator[str]:
    inside = ctx.user in channel.members
    for user, letters in channel.members.items():
        if inside or ctx.user.acts_as_operator or "i" not in user.modes:
            yield _name(ctx.session, user, letters)


def _name(session: Session, user: User, letters: str) -> str:
    return f"{signs_for(session, letters)}{user.source if session.has(USERHOST_IN_NAMES) else user.nick}"
