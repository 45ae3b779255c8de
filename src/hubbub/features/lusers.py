"""LUSERS: how many are here.  Modern IRC, LUSERS

It is part of every welcome, so nothing here may count all users anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.command import Context, command
from hubbub.core.hub import ARRIVALS
from hubbub.core.targets import check_server
from hubbub.core.usermodes import Census
from hubbub.irc import numerics

if TYPE_CHECKING:
    from hubbub.core.hub import Hub
    from hubbub.core.model import User


class Peak:
    """The most users at once since this node started."""

    users = 0


@ARRIVALS.append
def _remember_peak(hub: Hub, _user: User, _nick: str) -> None:
    peak = hub.part(Peak)
    peak.users = max(peak.users, len(hub.users))


@command("LUSERS")
def lusers(ctx: Context, _mask: str = "", server: str = "") -> None:
    """LUSERS: how many people, operators, connections and rooms there are."""
    hub = ctx.hub
    check_server(hub, server)
    users = len(hub.users)
    census = hub.part(Census)
    invisible = census.holding("i")
    ctx.numeric(
        numerics.RPL_LUSERCLIENT,
        f"There are {users - invisible} users and {invisible} invisible on 1 servers",
    )
    ctx.numeric(numerics.RPL_LUSEROP, str(census.holding("o")), "operator(s) online")
    ctx.numeric(numerics.RPL_LUSERUNKNOWN, str(len(hub.unregistered)), "unknown connection(s)")
    ctx.numeric(numerics.RPL_LUSERCHANNELS, str(hub.rooms_in_use), "channels formed")
    ctx.numeric(numerics.RPL_LUSERME, f"I have {users} clients and 0 servers")
    _most(ctx, numerics.RPL_LOCALUSERS, "local", users)
    _most(ctx, numerics.RPL_GLOBALUSERS, "global", users)


def _most(ctx: Context, numeric: str, which: str, users: int) -> None:
    most = ctx.hub.part(Peak).users
    ctx.numeric(numeric, str(users), str(most), f"Current {which} users {users}, max {most}")
