"""MONITOR: being told when people come and go.

https://ircv3.net/specs/extensions/monitor, extended-monitor. Whom a connection monitors is its own affair and
this node's: nothing of it is shared, and it ends with the connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from hubbub.core.capability import capability, isupport
from hubbub.core.command import Context, command
from hubbub.core.hub import ARRIVALS, DEPARTURES, ENDINGS, ONLOOKERS
from hubbub.core.monitoring import SEEN_ONLINE, Monitors, Targets
from hubbub.core.refusal import need_more_params
from hubbub.core.reply import Reply, filled
from hubbub.irc import numerics
from hubbub.irc.names import fold, is_nick

if TYPE_CHECKING:
    from hubbub.core.hub import Hub
    from hubbub.core.model import User
    from hubbub.core.session import Session

EXTENDED_MONITOR = capability("extended-monitor", shapes=False)

LONGEST_LIST = 300
"""Bytes of names in one 734, which leaves enough for the rest within 512."""

isupport("MONITOR", lambda settings: settings.limits.monitor)


@command("MONITOR")
def monitor(ctx: Context, action: str, nicks: str = "") -> None:
    """MONITOR + <nick>{,<nick>} | - <nick>{,<nick>} | C | L | S: be told when people come and go.

    + and - add and remove names, C clears the list, L lists it, S says who of it is here.
    """
    perform = _ACTIONS.get(action.upper())
    if perform is not None:
        perform(ctx, nicks)


def _add(ctx: Context, nicks: str) -> None:
    if not nicks:
        raise need_more_params("MONITOR")
    added = _new_targets(ctx, nicks)
    most = ctx.hub.settings.limits.monitor
    room = max(0, most - len(ctx.session.part(Targets).nicks))
    for nick in added[:room]:
        ctx.hub.part(Monitors).add(ctx.session, nick)
    _send_status(ctx, added[:room])
    for line in filled(added[room:], LONGEST_LIST, ","):
        ctx.numeric(numerics.ERR_MONLISTFULL, str(most), line, "Monitor list is full.")


def _new_targets(ctx: Context, nicks: str) -> list[str]:
    """The valid nicks that are not monitored yet, each once and as it was given first."""
    found: dict[str, str] = {}
    for nick in nicks.split(","):
        if is_nick(nick, ctx.hub.settings.limits.nick) and fold(nick) not in ctx.session.part(Targets).nicks:
            found.setdefault(fold(nick), nick)
    return list(found.values())


def _remove(ctx: Context, nicks: str) -> None:
    if not nicks:
        raise need_more_params("MONITOR")
    for nick in nicks.split(","):
        ctx.hub.part(Monitors).remove(ctx.session, nick)


def _clear(ctx: Context, _nicks: str) -> None:
    ctx.hub.part(Monitors).clear(ctx.session)


def _list(ctx: Context, _nicks: str) -> None:
    _send(ctx.reply, numerics.RPL_MONLIST, ctx.session.part(Targets).nicks.values())
    ctx.numeric(numerics.RPL_ENDOFMONLIST, "End of MONITOR list")


def _status(ctx: Context, _nicks: str) -> None:
    _send_status(ctx, ctx.session.part(Targets).nicks.values())


_ACTIONS: dict[str, Callable[[Context, str], None]] = {
    "+": _add,
    "-": _remove,
    "C": _clear,
    "L": _list,
    "S": _status,
}


def _send_status(ctx: Context, nicks: Iterable[str]) -> None:
    users = {nick: ctx.hub.users.get(fold(nick)) for nick in nicks}
    _send(ctx.reply, numerics.RPL_MONONLINE, (user.source for user in users.values() if user is not None))
    _send(ctx.reply, numerics.RPL_MONOFFLINE, (nick for nick, user in users.items() if user is None))
    for user in users.values():
        if user is not None:
            _show(ctx.reply, user)


def _send(reply: Reply, code: str, names: Iterable[str]) -> None:
    for line in filled(names, reply.room(code), ","):
        reply.numeric(code, line)


def _show(reply: Reply, user: User) -> None:
    for show in SEEN_ONLINE:
        show(reply, user)


@ARRIVALS.append
def _tell_arrival(hub: Hub, user: User, nick: str) -> None:
    for session in hub.part(Monitors).of(nick):
        Reply(session).numeric(numerics.RPL_MONONLINE, user.source)
        _show(Reply(session), user)


@DEPARTURES.append
def _tell_departure(hub: Hub, _user: User, nick: str) -> None:
    for session in hub.part(Monitors).of(nick):
        Reply(session).numeric(numerics.RPL_MONOFFLINE, nick)


@ENDINGS.append
def _forget(hub: Hub, session: Session) -> None:
    hub.part(Monitors).clear(session)


@ONLOOKERS.append
def _look_on(hub: Hub, user: User) -> list[Session]:
    """extended-monitor: what a nick is like is told to those who monitor it, too."""
    return [session for session in hub.part(Monitors).of(user.nick) if session.has(EXTENDED_MONITOR)]
