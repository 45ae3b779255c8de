"""STATS: figures about the server.  Modern IRC, STATS"""

from __future__ import annotations

from hubbub.core.command import Context, command
from hubbub.core.refusal import no_privileges
from hubbub.core.reply import middle
from hubbub.core.targets import check_server
from hubbub.irc import numerics


@command("STATS")
def stats(ctx: Context, query: str, server: str = "") -> None:
    """STATS <letter> [<server>]: figures about the server.

    u: how long it has been up. m: how often each command was given.
    o: who may become an operator (for operators only).
    """
    check_server(ctx.hub, server)
    report = _REPORTS.get(query)
    if report is not None:
        report(ctx)
    ctx.numeric(numerics.RPL_ENDOFSTATS, middle(query), "End of /STATS report")


def _uptime(ctx: Context) -> None:
    seconds = (ctx.hub.clock() - ctx.hub.started_ms) // 1000
    days, rest = divmod(seconds, 86_400)
    clock = f"{rest // 3600}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    ctx.numeric(numerics.RPL_STATSUPTIME, f"Server Up {days} days {clock}")


def _commands(ctx: Context) -> None:
    for verb, count in sorted(ctx.hub.uses.items()):
        ctx.numeric(numerics.RPL_STATSCOMMANDS, verb, str(count))


def _operators(ctx: Context) -> None:
    if not ctx.user.acts_as_operator:
        raise no_privileges()
    for operator in ctx.hub.settings.operators:
        ctx.numeric(numerics.RPL_STATSOLINE, "O", operator.host, "*", operator.name)


_REPORTS = {"u": _uptime, "m": _commands, "o": _operators}
