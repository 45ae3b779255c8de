"""The server about itself: MOTD, VERSION, TIME, INFO, ADMIN, LINKS.  Modern IRC, "Server Queries"

`<server>` is a mask of the server's name or the nick of somebody here; 402 for any other.
"""

from __future__ import annotations

from datetime import UTC, datetime

from hubbub.core.command import Context, command
from hubbub.core.hub import VERSION
from hubbub.core.refusal import Refused
from hubbub.core.reply import send_isupport
from hubbub.core.targets import check_server
from hubbub.irc import numerics
from hubbub.irc.masks import matches
from hubbub.irc.text import clip
from hubbub.irc.times import to_timestamp


@command("MOTD")
def motd(ctx: Context, server: str = "") -> None:
    """MOTD [<server>]: show the message of the day."""
    check_server(ctx.hub, server)
    text = ctx.hub.settings.server.motd
    if not text.strip():
        ctx.numeric(numerics.ERR_NOMOTD, "MOTD File is missing")
        return
    ctx.numeric(numerics.RPL_MOTDSTART, f"- {ctx.hub.name} Message of the day - ")
    for line in text.splitlines():
        _tell(ctx, numerics.RPL_MOTD, f"- {line}")
    ctx.numeric(numerics.RPL_ENDOFMOTD, "End of /MOTD command.")


@command("VERSION")
def version(ctx: Context, server: str = "") -> None:
    """VERSION [<server>]: show what program the server is, and what it supports."""
    check_server(ctx.hub, server)
    _tell(ctx, numerics.RPL_VERSION, VERSION, ctx.hub.name, ctx.hub.settings.server.description)
    send_isupport(ctx.reply)


@command("TIME")
def time(ctx: Context, server: str = "") -> None:
    """TIME [<server>]: show the server's time."""
    check_server(ctx.hub, server)
    now = datetime.fromtimestamp(ctx.hub.clock() // 1000, UTC)
    ctx.numeric(numerics.RPL_TIME, ctx.hub.name, f"{now:%Y-%m-%d %H:%M:%S} UTC")


@command("INFO")
def info(ctx: Context, server: str = "") -> None:
    """INFO [<server>]: show what this server is and since when it runs."""
    check_server(ctx.hub, server)
    ctx.numeric(numerics.RPL_INFO, f"{VERSION}, your own chat at one address")
    _tell(ctx, numerics.RPL_INFO, f"This is {ctx.hub.name}: {ctx.hub.settings.server.description}")
    ctx.numeric(numerics.RPL_INFO, f"It was started {to_timestamp(ctx.hub.started_ms)}")
    ctx.numeric(numerics.RPL_ENDOFINFO, "End of INFO list")


@command("ADMIN")
def admin(ctx: Context, server: str = "") -> None:
    """ADMIN [<server>]: show who runs the server and how to reach them."""
    check_server(ctx.hub, server)
    who = ctx.hub.settings.server
    if not (who.admin_name or who.admin_location or who.admin_email):
        raise Refused(numerics.ERR_NOADMININFO, ctx.hub.name, "No administrative info available")
    ctx.numeric(numerics.RPL_ADMINME, ctx.hub.name, "Administrative info")
    _tell(ctx, numerics.RPL_ADMINLOC1, who.admin_location)
    _tell(ctx, numerics.RPL_ADMINLOC2, who.admin_name)
    _tell(ctx, numerics.RPL_ADMINEMAIL, who.admin_email)


@command("LINKS")
def links(ctx: Context, *server_and_mask: str) -> None:
    """LINKS [[<server>] <mask>]: show the servers of this network."""
    if len(server_and_mask) > 1:
        check_server(ctx.hub, server_and_mask[0])
    mask = server_and_mask[:2][-1] if server_and_mask else ""
    name = ctx.hub.name
    if not mask or matches(mask, name):
        _tell(ctx, numerics.RPL_LINKS, name, name, f"0 {ctx.hub.settings.server.description}")
    ctx.numeric(numerics.RPL_ENDOFLINKS, "*", "End of /LINKS list")


def _tell(ctx: Context, code: str, *params: str) -> None:
    """A numeric whose text comes from the settings and may be longer than a line."""
    *front, text = params
    ctx.numeric(code, *front, clip(text, ctx.reply.room(code, *front)))
