"""RELAYMSG: a bridge shows what was said elsewhere under the names of those who said it.

draft/relaymsg, https://github.com/ircv3/ircv3-specifications/pull/417. Such a name has a / in it, which no nick here
can have. Only those may relay whom a room trusts: its operators, and bots (user mode B) that it has given voice;
everybody can call themselves a bot. What is relayed is an ordinary message of the one who relays it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.capability import capability, tags
from hubbub.core.command import Context, command
from hubbub.core.model import Channel
from hubbub.core.modes import BOT
from hubbub.core.policy import is_channel_operator, may_speak, outside
from hubbub.core.refusal import Failed, Refused
from hubbub.core.said import RoomMessage
from hubbub.irc.numerics import ERR_UNKNOWNCOMMAND
from hubbub.irc.wire import escape_tag

if TYPE_CHECKING:
    from hubbub.core.event import Event
    from hubbub.core.ledger import Fact
    from hubbub.core.model import User

SEPARATOR = "/"
RESERVED = frozenset("!+%@&#$:'\"?*,.")
"""What a name may not hold ("Servers MUST also sanitize or reject")."""
IDENT = "relay"

RELAYMSG = capability("draft/relaymsg", SEPARATOR)


@command("RELAYMSG")
def relaymsg(ctx: Context, room: Channel, name: str, text: str) -> None:
    """RELAYMSG <room> <name/elsewhere> :<text>: show a message of somebody elsewhere (for bridges)."""
    if not ctx.session.has(RELAYMSG):
        raise Refused(ERR_UNKNOWNCOMMAND, "RELAYMSG", "Unknown command")
    user = ctx.user
    if user not in room.members:
        raise outside(room, user, ctx.message.params[0])
    if not _may_relay(room, user):
        raise Failed("PRIVS_NEEDED", room.name, "Only operators of the room, and bots with voice, may relay")
    if not _is_name(name, ctx.hub.settings.limits.nick):
        raise Failed("INVALID_NICK", name, f"Not a name such as alice{SEPARATOR}elsewhere")
    if not text.strip():
        raise Failed("BLANK_MSG", "There is nothing to relay")
    may_speak(room, user)
    ctx.propose(
        Relayed(
            verb="PRIVMSG",
            user=user.id,
            # The host is that of the one who relays, so that bans and ignores mean the same.
            source=f"{name}!{IDENT}@{user.host}",
            room=room.id,
            target=room.name,
            text=text,
            relay=user.nick,
        )
    )


def _may_relay(room: Channel, user: User) -> bool:
    return is_channel_operator(room, user) or (BOT in user.modes and room.holds(user, "v"))


def _is_name(name: str, longest: int) -> bool:
    if not name or not name.isprintable() or len(name) > longest or len(name.encode()) > 2 * longest:
        return False
    return SEPARATOR in name.strip(SEPARATOR) and not RESERVED & set(name) and " " not in name


class Relayed(RoomMessage, frozen=True, kw_only=True):
    """Something said elsewhere, shown by one who relays it (`relay`, the nick)."""

    relay: str


@tags(RELAYMSG)
def relay(event: Event, _fact: Fact) -> str:
    return f"draft/relaymsg={escape_tag(event.relay)}" if isinstance(event, Relayed) else ""
