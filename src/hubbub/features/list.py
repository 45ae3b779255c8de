"""LIST: which rooms there are.  Modern IRC, LIST; RPL_ISUPPORT parameters ELIST and SAFELIST

A room that everybody has left is remembered but doesn't exist for LIST. Rooms with +s or +p are shown to
members and operators only. The largest come first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from hubbub.core.capability import isupport
from hubbub.core.command import Context, command
from hubbub.core.policy import may_see
from hubbub.irc import numerics
from hubbub.irc.masks import compile_mask
from hubbub.irc.names import fold
from hubbub.irc.text import clip
from hubbub.irc.wire import MAX_LINE

if TYPE_CHECKING:
    from hubbub.core.model import Channel

Condition = Callable[["Channel"], bool]

MOST_CONDITIONS = 10
"""Masks and conditions that one LIST may have; each is held against every room."""
LONGEST_TAG = 32
"""Bytes for the tag that each line of a labelled answer carries."""

isupport("ELIST", "CMNTU")
isupport("SAFELIST")

_COMPARISON = re.compile(r"([CT]?)([<>])([0-9]{1,9})", re.ASCII | re.IGNORECASE)


@command("LIST", cost=3)
def list_(ctx: Context, rooms: str = "", conditions: str = "", *_server: str) -> None:
    """LIST [<room>{,<room>}] [<condition>{,<condition>}]: list rooms.

    Conditions: >3 for more and <3 for fewer people; C<60 for rooms made less and C>60 for those made more
    than 60 minutes ago; T<60 and T>60 likewise for when the topic was set; a mask such as #tea*; !#tea* for
    all others.
    """
    words = [word for word in f"{rooms},{conditions}".split(",") if word]
    names = [word for word in words if _is_name(word)]
    chosen = [word for word in words if not _is_name(word)][:MOST_CONDITIONS]
    masks, filters = _sorted_out(chosen, ctx.hub.clock())
    candidates = _named(ctx, names) if names and not masks else ctx.hub.channels.values()
    if masks:
        wanted = {fold(name) for name in names}
        filters.append(lambda channel: fold(channel.name) in wanted or any(mask(channel) for mask in masks))
    found = [
        channel
        for channel in candidates
        if _exists_for(ctx, channel) and all(test(channel) for test in filters)
    ]
    _send(ctx, sorted(found, key=lambda channel: (-len(channel.members), fold(channel.name))))


def _is_name(word: str) -> bool:
    return word.startswith("#") and not ("*" in word or "?" in word)


def _named(ctx: Context, names: list[str]) -> Iterator[Channel]:
    for name in dict.fromkeys(map(fold, names)):
        if name in ctx.hub.channels:
            yield ctx.hub.channels[name]


def _exists_for(ctx: Context, channel: Channel) -> bool:
    return bool(channel.members) and may_see(channel, ctx.user)


def _sorted_out(words: Iterable[str], now_ms: int) -> tuple[list[Condition], list[Condition]]:
    """Masks, of which one must fit, and the other conditions, which all must."""
    masks: list[Condition] = []
    filters: list[Condition] = []
    for word in words:
        comparison = _COMPARISON.fullmatch(word)
        if comparison is not None:
            which, sign, number = comparison.groups()
            filters.append(_comparison(which.upper(), sign == ">", int(number), now_ms))
        elif word.startswith("!"):
            filters.append(_not_like(word[1:]))
        elif word[0] not in "<>":
            masks.append(_like(word))
    return masks, filters


def _like(mask: str) -> Condition:
    fits = compile_mask(mask)
    return lambda channel: fits(channel.name)


def _not_like(mask: str) -> Condition:
    fits = compile_mask(mask)
    return lambda channel: not fits(channel.name)


def _comparison(which: str, more: bool, number: int, now_ms: int) -> Condition:
    """ELIST: U is the number of people, C and T are minutes since creation and since the topic was set."""

    def compared(value: float) -> bool:
        return value > number if more else value < number

    if which == "C":
        return lambda channel: compared((now_ms - channel.created_ms) / 60_000)
    if which == "T":
        return lambda channel: channel.topic is not None and compared((now_ms - channel.topic.at_ms) / 60_000)
    return lambda channel: compared(len(channel.members))


def _send(ctx: Context, channels: list[Channel]) -> None:
    """SAFELIST: nobody is disconnected for the answer, so it takes at most half of what may wait for it."""
    left = ctx.hub.settings.limits.send_queue // 2
    ctx.numeric(numerics.RPL_LISTSTART, "Channel", "Users  Name")
    for channel in channels:
        shown = (channel.name, str(len(channel.members)))
        space = ctx.reply.room(numerics.RPL_LIST, *shown)
        topic = clip(channel.topic.text, space) if channel.topic else ""
        left -= MAX_LINE - space + len(topic.encode()) + LONGEST_TAG
        if left < 0:
            ctx.reply.standard("NOTE", "LIST", "TRUNCATED", "There are more rooms; ask for some with a mask")
            break
        ctx.numeric(numerics.RPL_LIST, *shown, topic)
    ctx.numeric(numerics.RPL_LISTEND, "End of /LIST")
