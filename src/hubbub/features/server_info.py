"""The server about itself: MOTD, VERSION, TIME, INFO, ADMIN and LINKS.  Modern IRC, "Server Queries and Commands"

`<server>` is a mask of the server's name or the nick of somebody here; 402 for any other.
"""

from __future__ import annotations

from hubbub.core.command import Context, command
from hubbub.core.targets import check_server
from hubbub.irc import numerics
from hubbub.irc.text import clip

LONGEST_LINE = 400
"""Bytes of free text in one line, which leaves enough for the rest within 512."""


@command("MOTD")
def motd(ctx: Context, server: str = "") -> None:
    """MOTD [<server>]: the message of the day."""
    check_server(ctx.hub, server)
    text = ctx.hub.settings.server.motd
    if not text.strip():
        ctx.numeric(numerics.ERR_NOMOTD, "MOTD File is missing")
        return
    ctx.numeric(numerics.RPL_MOTDSTART, f"- {ctx.hub.name} Message of the day - ")
    for line in text.splitlines():
        ctx.numeric(numerics.RPL_MOTD, f"- {clip(line, LONGEST_LINE)}")
    ctx.numeric(numerics.RPL_ENDOFMOTD, "End of /MOTD command.")
