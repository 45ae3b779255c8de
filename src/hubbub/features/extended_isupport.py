"""ISUPPORT: what the server supports, also before registration.

https://ircv3.net/specs/extensions/extended-isupport. The batch around the 005 lines is made in core.reply, as the
welcome and VERSION send them, too.
"""

from __future__ import annotations

from hubbub.core.command import Context, command
from hubbub.core.refusal import Refused
from hubbub.core.reply import EXTENDED_ISUPPORT, send_isupport
from hubbub.irc.numerics import ERR_NOTREGISTERED


@command("ISUPPORT", before_registration=True)
def isupport(ctx: Context) -> None:
    """ISUPPORT: show what the server supports (005)."""
    if ctx.session.user is None and not ctx.session.has(EXTENDED_ISUPPORT):
        raise Refused(ERR_NOTREGISTERED, "You have not registered")
    send_isupport(ctx.reply)
