"""Bot mode: programs that say what they are.  https://ircv3.net/specs/extensions/bot-mode

The user mode itself is declared in core.modes, as WHO shows it, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.capability import MESSAGE_TAGS, isupport, tags
from hubbub.core.hub import PORTRAIT
from hubbub.core.modes import BOT
from hubbub.irc import numerics

if TYPE_CHECKING:
    from hubbub.core.event import Event
    from hubbub.core.ledger import Fact
    from hubbub.core.model import User
    from hubbub.core.reply import Reply

isupport("BOT", BOT)


@tags(MESSAGE_TAGS)
def bot(event: Event, _fact: Fact) -> str:
    """ "This tag SHOULD be added by the server to all commands sent by a bot"."""
    return "bot" if BOT in event.standing else ""


@PORTRAIT.append
def _show_in_whois(reply: Reply, user: User) -> None:
    if BOT in user.modes:
        network = reply.session.hub.settings.server.network
        reply.numeric(numerics.RPL_WHOISBOT, user.nick, f"is a bot on {network}")
