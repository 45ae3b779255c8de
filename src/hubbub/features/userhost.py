"""USERHOST and ISON: the old ways to ask for a few people.  Modern IRC, USERHOST; RFC 2812, 4.8 and 4.9"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from hubbub.core.command import Context, command
from hubbub.core.reply import filled
from hubbub.irc import numerics
from hubbub.irc.names import fold

if TYPE_CHECKING:
    from hubbub.core.model import User

MOST = 5
"""Nicks that one USERHOST may ask for (Modern IRC, USERHOST)."""


@command("USERHOST")
def userhost(ctx: Context, nick: str, *more: str) -> None:
    """USERHOST <nick>{ <nick>}: user and host of up to five people, whether away (-) and operator (*)."""
    _send(ctx, numerics.RPL_USERHOST, map(_described, _present(ctx, (nick, *more)[:MOST])))


@command("ISON")
def ison(ctx: Context, nick: str, *more: str) -> None:
    """ISON <nick>{ <nick>}: which of these people are here."""
    nicks = " ".join((nick, *more)).split()
    _send(ctx, numerics.RPL_ISON, (user.nick for user in _present(ctx, nicks)))


def _present(ctx: Context, nicks: Iterable[str]) -> Iterator[User]:
    for nick in nicks:
        user = ctx.hub.users.get(fold(nick))
        if user is not None:
            yield user


def _described(user: User) -> str:
    operator = "*" if user.is_operator else ""
    return f"{user.nick}{operator}={'-' if user.away else '+'}{user.user}@{user.host}"


def _send(ctx: Context, code: str, words: Iterable[str]) -> None:
    """One reply, if only to say that there is nobody; more where one line can't hold all."""
    for line in list(filled(words, ctx.reply.room(code))) or [""]:
        ctx.numeric(code, line)
