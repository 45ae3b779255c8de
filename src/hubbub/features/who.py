"""WHO: a list of people, with the fields that one asks for.

Modern IRC, WHO; https://ircv3.net/specs/extensions/whox, multi-prefix. A field of hubbub's own is `p`, the
address that somebody is connected from (192.0.2.7:50412), or * for those who may not see it, sent before `r`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from hubbub.core.capability import isupport
from hubbub.core.command import Context, command
from hubbub.core.model import Channel, User
from hubbub.core.modes import BOT, signs_for
from hubbub.core.policy import may_see_address, may_see_member
from hubbub.core.reply import middle
from hubbub.irc import numerics
from hubbub.irc.masks import compile_mask
from hubbub.irc.names import fold
from hubbub.irc.text import clip

EVERYBODY = ("", "*", "0")
MOST = 1000
"""People in the answer to a mask ("Servers MAY filter or limit visible users replies arbitrarily")."""
ORDER = "tcuihsnfdlaopr"
"""The fields in the order in which they are sent (whox, RPL_WHOSPCRPL)."""
PLAIN = "cuhsnfdr"
"""What RPL_WHOREPLY tells, in its order; there the hop count shares a parameter with the real name."""
NO_ADDRESS = "255.255.255.255"

isupport("WHOX")


class Wanted(NamedTuple):
    """The second parameter: operators only, and for WHOX the fields and the token."""

    operators: bool
    fields: str | None
    token: str


class Seen(NamedTuple):
    """Somebody in the list, and the channel that is named with them."""

    user: User
    channel: Channel | None


@command("WHO", cost=2)
def who(ctx: Context, mask: str = "", options: str = "") -> None:
    """WHO [<room, nick or mask> [o][%<fields>[,<token>]]]: who is in a room, or called so (o: operators)."""
    wanted = _wanted(options)
    for seen in _found(ctx, mask):
        if wanted.operators and not seen.user.is_operator:
            continue
        if wanted.fields is None:
            _send_plain(ctx, seen)
        else:
            _send_fields(ctx, seen, wanted.fields, wanted.token)
    ctx.numeric(numerics.RPL_ENDOFWHO, middle(mask), "End of WHO list")


def _wanted(options: str) -> Wanted:
    flags, percent, rest = options.partition("%")
    fields, _, token = rest.partition(",")
    valid = token.isascii() and token.isdigit() and len(token) <= 3
    return Wanted("o" in flags, fields if percent else None, token if valid else "0")


# -- who is meant -------------------------------------------------------------------------------------------


def _found(ctx: Context, mask: str) -> Iterator[Seen]:
    if mask.startswith("#"):
        return _members(ctx, mask)
    user = ctx.hub.users.get(fold(mask))
    if user is not None:
        # "An exact nickname, in which case a single user is returned", be they invisible or not.
        return iter([Seen(user, _common(ctx.user, user))])
    return islice(_matching(ctx, mask), MOST)


def _members(ctx: Context, name: str) -> Iterator[Seen]:
    channel = ctx.hub.channels.get(fold(name))
    if channel is None:
        return
    for user in channel.members:
        if may_see_member(channel, user, ctx.user):
            yield Seen(user, channel)


def _matching(ctx: Context, mask: str) -> Iterator[Seen]:
    is_meant = compile_mask("*" if mask in EVERYBODY else mask)
    for user in ctx.hub.users.values():
        if _is_visible(user, ctx.user) and any(map(is_meant, _names(user))):
            yield Seen(user, _common(ctx.user, user))


def _is_visible(user: User, asker: User) -> bool:
    """ "Visible users are users who either aren't invisible or have a common channel" (Modern IRC, WHO)."""
    if user is asker or "i" not in user.modes or asker.acts_as_operator:
        return True
    return not user.channels.keys().isdisjoint(asker.channels.keys())


def _names(user: User) -> tuple[str, ...]:
    return user.nick, user.user, user.host, user.server, user.realname, user.source


def _common(asker: User, user: User) -> Channel | None:
    """A channel to name with somebody: one that both are in, or else one that the asker may know of."""
    shown = [channel for channel in user.channels.values() if may_see_member(channel, user, asker)]
    return max(shown, key=lambda channel: asker in channel.members, default=None)


# -- what is told of them -----------------------------------------------------------------------------------


def _send_plain(ctx: Context, seen: Seen) -> None:
    *front, hops, realname = (FIELDS[letter](ctx, seen) for letter in PLAIN)
    ctx.numeric(numerics.RPL_WHOREPLY, *front, f"{hops} {realname}")


def _send_fields(ctx: Context, seen: Seen, fields: str, token: str) -> None:
    found = [token if letter == "t" else FIELDS[letter](ctx, seen) for letter in ORDER if letter in fields]
    if "r" in fields:
        realname = found.pop()
        found.append(f":{clip(realname, ctx.reply.room(numerics.RPL_WHOSPCRPL, *found))}")
    ctx.reply.line(" ".join([f":{ctx.hub.name}", numerics.RPL_WHOSPCRPL, ctx.user.nick, *found]))


def _ip(ctx: Context, seen: Seen) -> str:
    user = seen.user
    return middle(user.ip) if user.ip and may_see_address(ctx.hub, ctx.session, user) else NO_ADDRESS


def _peer_address(ctx: Context, seen: Seen) -> str:
    return middle(seen.user.peer_address if may_see_address(ctx.hub, ctx.session, seen.user) else "")


def _flags(ctx: Context, seen: Seen) -> str:
    """H or G, * for server operators, the prefix in the channel that is named (all with multi-prefix), B for bots."""
    user, channel = seen
    held = signs_for(ctx.session, channel.members[user]) if channel is not None else ""
    bot = BOT if BOT in user.modes else ""
    return f"{'G' if user.away else 'H'}{'*' if user.is_operator else ''}{held}{bot}"


FIELDS: dict[str, Callable[[Context, Seen], str]] = {
    "c": lambda _ctx, seen: seen.channel.name if seen.channel is not None else "*",
    "u": lambda _ctx, seen: seen.user.user,
    "i": _ip,
    "h": lambda _ctx, seen: middle(seen.user.host),
    "s": lambda _ctx, seen: seen.user.server,
    "n": lambda _ctx, seen: seen.user.nick,
    "f": _flags,
    "d": lambda _ctx, _seen: "0",
    "l": lambda ctx, seen: str((ctx.hub.clock() - seen.user.last_spoke_ms) // 1000),
    "a": lambda _ctx, seen: seen.user.account or "0",
    "o": lambda _ctx, _seen: "n/a",
    "p": _peer_address,
    "r": lambda _ctx, seen: seen.user.realname,
}
"""How each field of WHOX is written."""
