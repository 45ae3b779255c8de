"""WHOIS and WHOWAS: all about one person, here or gone.  Modern IRC, WHOIS and WHOWAS"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from hubbub.core.command import Context, command
from hubbub.core.hub import DEPARTURES, PORTRAIT
from hubbub.core.modes import signs_for
from hubbub.core.policy import may_see_address, may_see_member
from hubbub.core.refusal import Refused
from hubbub.core.reply import filled, middle
from hubbub.core.targets import check_server, find_person
from hubbub.irc import numerics
from hubbub.irc.names import fold
from hubbub.irc.times import to_timestamp

if TYPE_CHECKING:
    from hubbub.core.hub import Hub
    from hubbub.core.model import User


@command("WHOIS", cost=2)
def whois(ctx: Context, first: str = "", second: str = "") -> None:
    """WHOIS [<server>] <nick>: who somebody is."""
    server, asked = (first, second) if second else ("", first)
    # Of several nicks one is looked up (TARGMAX), but all are named at the end (Modern IRC, RPL_ENDOFWHOIS).
    nick = asked.split(",")[0]
    if not nick:
        raise Refused(numerics.ERR_NONICKNAMEGIVEN, "No nickname given")
    try:
        if fold(server) != fold(nick):
            check_server(ctx.hub, server)
        _send(ctx, nick)
    except Refused as refusal:
        ctx.numeric(refusal.numeric, *refusal.params)
    ctx.numeric(numerics.RPL_ENDOFWHOIS, middle(asked), "End of /WHOIS list")


def _send(ctx: Context, nick: str) -> None:
    user = find_person(ctx.hub, ctx.session, nick)
    if user is None:
        raise Refused(numerics.ERR_NOSUCHNICK, middle(nick), "No such nick/channel")
    ctx.numeric(numerics.RPL_WHOISUSER, user.nick, user.user, middle(user.host), "*", user.realname)
    _send_rooms(ctx, user)
    ctx.numeric(numerics.RPL_WHOISSERVER, user.nick, user.server, ctx.hub.settings.server.description)
    _send_standing(ctx, user)
    _send_address(ctx, user)
    for tell in PORTRAIT:
        tell(ctx.reply, user)
    _send_times(ctx, user)


def _send_rooms(ctx: Context, user: User) -> None:
    rooms = (
        f"{signs_for(ctx.session, channel.members[user])}{channel.name}"
        for channel in user.channels.values()
        if may_see_member(channel, user, ctx.user)
    )
    for line in filled(rooms, ctx.reply.room(numerics.RPL_WHOISCHANNELS, user.nick)):
        ctx.numeric(numerics.RPL_WHOISCHANNELS, user.nick, line)


def _send_standing(ctx: Context, user: User) -> None:
    if user.is_operator:
        ctx.numeric(numerics.RPL_WHOISOPERATOR, user.nick, "is an IRC operator")
    if user.account:
        ctx.numeric(numerics.RPL_WHOISACCOUNT, user.nick, user.account, "is logged in as")
    if user.secure:
        ctx.numeric(numerics.RPL_WHOISSECURE, user.nick, "is using a secure connection")
    if user is ctx.user or ctx.user.acts_as_operator:
        ctx.numeric(numerics.RPL_WHOISMODES, user.nick, f"is using modes +{''.join(sorted(user.modes))}")


def _send_address(ctx: Context, user: User) -> None:
    if not user.ip or not may_see_address(ctx.hub, ctx.session, user):
        return
    ip = middle(user.ip)
    connecting = f"is connecting from {user.user}@{user.peer_address} {user.ip}"
    ctx.numeric(numerics.RPL_WHOISHOST, user.nick, connecting)
    ctx.numeric(numerics.RPL_WHOISACTUALLY, user.nick, f"{user.user}@{ip}", ip, "Is actually using host")


def _send_times(ctx: Context, user: User) -> None:
    if user.away:
        ctx.numeric(numerics.RPL_AWAY, user.nick, user.away)
    idle, signon = (ctx.hub.clock() - user.last_spoke_ms) // 1000, user.signon_ms // 1000
    ctx.numeric(numerics.RPL_WHOISIDLE, user.nick, str(idle), str(signon), "seconds idle, signon time")


# -- who was here -------------------------------------------------------------------------------------------


class Gone(NamedTuple):
    """Somebody as they were when they gave up a nick."""

    nick: str
    user: str
    host: str
    realname: str
    server: str
    at_ms: int


class Whowas:
    """Nicks given up, the latest last; of all together no more than the setting says."""

    def __init__(self) -> None:
        self._order: deque[str] = deque()
        self._by_nick: dict[str, deque[Gone]] = {}

    def add(self, gone: Gone, most: int) -> None:
        nick = fold(gone.nick)
        self._order.append(nick)
        self._by_nick.setdefault(nick, deque()).append(gone)
        while len(self._order) > most:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        nick = self._order.popleft()
        self._by_nick[nick].popleft()
        if not self._by_nick[nick]:
            del self._by_nick[nick]

    def latest(self, nick: str) -> list[Gone]:
        """Those who had a nick, the most recent first."""
        return list(reversed(self._by_nick.get(fold(nick), ())))


@DEPARTURES.append
def _remember(hub: Hub, user: User, nick: str) -> None:
    gone = Gone(nick, user.user, user.host, user.realname, user.server, hub.clock())
    hub.part(Whowas).add(gone, hub.settings.limits.whowas)


@command("WHOWAS")
def whowas(ctx: Context, nick: str = "", count: str = "", *_server: str) -> None:
    """WHOWAS <nick> [<count>]: who had a nick before."""
    if not nick:
        raise Refused(numerics.ERR_NONICKNAMEGIVEN, "No nickname given")
    found = ctx.hub.part(Whowas).latest(nick)
    if not found:
        ctx.numeric(numerics.ERR_WASNOSUCHNICK, middle(nick), "There was no such nickname")
    for gone in found[: _to_count(count) or len(found)]:
        host = middle(gone.host)
        ctx.numeric(numerics.RPL_WHOWASUSER, gone.nick, gone.user, host, "*", gone.realname)
        ctx.numeric(numerics.RPL_WHOISSERVER, gone.nick, gone.server, to_timestamp(gone.at_ms))
    ctx.numeric(numerics.RPL_ENDOFWHOWAS, middle(nick), "End of WHOWAS")


def _to_count(text: str) -> int:
    """The number of entries wanted, or 0: anything but a positive number asks for a full search."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
