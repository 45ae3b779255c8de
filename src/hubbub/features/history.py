"""CHATHISTORY: what was said before, straight from the log.

https://ircv3.net/specs/extensions/chathistory; https://ircv3.net/specs/batches/chathistory

A message reference becomes an Edge, a place in the log; then each subcommand is a question to the ledger.
A place need not hold a message: what was redacted or has expired still separates before from after.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple

from hubbub.core.capability import capability, isupport
from hubbub.core.command import Context, command
from hubbub.core.conversations import Conversation, all_readable, readable
from hubbub.core.event import Event
from hubbub.core.ledger import EVENT, MESSAGE, Fact, LedgerError
from hubbub.core.messageid import from_msgid
from hubbub.core.refusal import Failed
from hubbub.core.reply import BATCH, Room, in_batch
from hubbub.core.revisions import read_today
from hubbub.irc.times import from_timestamp, to_timestamp

CHATHISTORY = capability("draft/chathistory", shapes=False)
EVENT_PLAYBACK = capability("draft/event-playback", shapes=False)
END = 2**63 - 1
"""Past every position of any log."""
ROUNDS = 16
"""Questions to the ledger for one page: there may be much that such clients aren't shown."""
AT_ONCE = 50
"""Facts that are made into lines before it is looked whether there is room for more."""

isupport("CHATHISTORY", lambda settings: settings.history.page)


class Edge(NamedTuple):
    """A place in the log: positions below `before` are before it, those above `after` are after it."""

    before: int
    after: int


NOWHERE = Edge(END, 0)
"""The reference `*`, which restricts nothing."""


class Query(NamedTuple):
    """What is asked of one conversation."""

    ctx: Context
    topic: str
    kinds: tuple[int, ...]
    limit: int
    room: int
    """Bytes that the page may have."""


Page = list[list[str]]
"""For each thing that was said or happened, its lines; ascending."""


@command("CHATHISTORY", cost=2)
async def chathistory(ctx: Context, subcommand: str, *arguments: str) -> None:
    """CHATHISTORY <subcommand> <room or nick> <reference> [<reference>] <limit>: read what was said before.

    LATEST, BEFORE, AFTER and AROUND take one reference, BETWEEN takes two: msgid=<id> or
    timestamp=<YYYY-MM-DDThh:mm:ss.sssZ>; for LATEST also *, which means no restriction.
    CHATHISTORY TARGETS <timestamp> <timestamp> <limit> lists the conversations whose last message is between.
    """
    verb = subcommand.upper()
    read = _targets if verb == "TARGETS" else _messages
    if verb not in ("TARGETS", *_SUBCOMMANDS):
        raise Failed("INVALID_PARAMS", subcommand, "Unknown command")
    try:
        await read(ctx, verb, list(arguments))
    except LedgerError as error:
        raise Failed("MESSAGE_ERROR", verb, arguments[0], "Messages could not be retrieved") from error


# -- messages ------------------------------------------------------------------------------------------------


async def _messages(ctx: Context, verb: str, arguments: list[str]) -> None:
    _check_number(verb, arguments, 4 if verb == "BETWEEN" else 3)
    target, *references, last = arguments
    limit = _limit(ctx, verb, last)
    conversation = _conversation(ctx, verb, target)
    edges = [await _edge(ctx, verb, target, reference) for reference in references]
    kinds = (MESSAGE, EVENT) if ctx.session.has(EVENT_PLAYBACK) else (MESSAGE,)
    room = ctx.hub.settings.limits.send_queue // 2
    page = await _SUBCOMMANDS[verb](Query(ctx, conversation.topic, kinds, limit, room), *edges)
    # Somebody put out of the room while the page was read doesn't get it any more.
    conversation = _conversation(ctx, verb, target, conversation.topic)
    _send_batch(ctx, f"chathistory {conversation.name}", [line for lines in page for line in lines])


def _conversation(ctx: Context, verb: str, target: str, topic: str = "") -> Conversation:
    """What the asker may read by this name; with `topic`, only if it is still the same."""
    found = readable(ctx.hub, ctx.user, target)
    if found is None or topic not in ("", found.topic):
        raise Failed("INVALID_TARGET", verb, target, "Messages could not be retrieved")
    return found


async def _latest(query: Query, since: Edge) -> Page:
    return await _read(query, after=since.after)


async def _before(query: Query, edge: Edge) -> Page:
    return await _read(query, before=edge.before)


async def _after(query: Query, edge: Edge) -> Page:
    return await _read(query, after=edge.after, oldest_first=True)


async def _around(query: Query, edge: Edge) -> Page:
    """The message itself in the middle; where one side has too few, the other fills up."""
    query = query._replace(room=query.room // 2)
    earlier = await _read(query, before=edge.before)
    later = await _read(query, after=edge.before - 1, oldest_first=True)
    wanted = max(query.limit // 2, query.limit - len(later))
    return [*earlier[max(0, len(earlier) - wanted) :], *later][: query.limit]


async def _between(query: Query, first: Edge, second: Edge) -> Page:
    """Counted from the first edge, whichever is the later one."""
    if first.before <= second.before:
        return await _read(query, after=first.after, before=second.before, oldest_first=True)
    return await _read(query, after=second.after, before=first.before)


_SUBCOMMANDS: dict[str, Callable[..., Coroutine[Any, Any, Page]]] = {
    "LATEST": _latest,
    "BEFORE": _before,
    "AFTER": _after,
    "AROUND": _around,
    "BETWEEN": _between,
}


async def _read(query: Query, *, after: int = 0, before: int = END, oldest_first: bool = False) -> Page:
    """The newest `limit` between the bounds, or the oldest, as far as there is room for them.

    For what can't be shown, more is read.
    """
    found: Page = []
    room = Room(query.room)
    size = query.limit
    for _ in range(ROUNDS if query.limit else 0):
        facts = await query.ctx.hub.ledger.history(
            query.topic, after=after, before=before, limit=size, oldest_first=oldest_first, kinds=query.kinds
        )
        await _add(query, found, room, facts if oldest_first else facts[::-1])
        if len(facts) < size or len(found) >= query.limit or room.left < 0:
            break
        after, before = (facts[-1].pos, before) if oldest_first else (after, facts[0].pos)
        # However many can't be shown in a row, few questions are needed.
        size = max(size, query.ctx.hub.settings.history.page)
    return found if oldest_first else found[::-1]


async def _add(query: Query, found: Page, room: Room, facts: Sequence[Fact]) -> None:
    """Add what these facts show, the one nearest to where the page begins first, until it is full."""
    for start in range(0, len(facts), AT_ONCE):
        for fact, event in await read_today(query.ctx.hub, facts[start : start + AT_ONCE]):
            lines = _rendered(query.ctx, event, fact)
            # One there must be, or a client could never go on from there.
            if lines and not room.take(lines) and found:
                return
            found += [lines] if lines else []
            if len(found) >= query.limit:
                return


def _rendered(ctx: Context, event: Event, fact: Fact) -> list[str]:
    """The lines of a fact for the asker; none if it is not for such clients."""
    lines = event.render(ctx.session.profile, fact)
    return [lines] if isinstance(lines, str) else lines or []


# -- targets -------------------------------------------------------------------------------------------------


async def _targets(ctx: Context, verb: str, arguments: list[str]) -> None:
    _check_number(verb, arguments, 3)
    limit = _limit(ctx, verb, arguments[2])
    first, second = [await _time_edge(ctx, verb, argument) for argument in arguments[:2]]
    low, high = sorted((first, second))
    topics = [conversation.topic for conversation in all_readable(ctx.hub, ctx.user)]
    # Unbounded above: a conversation that has gone on after the later time is not between the two.
    newest = await ctx.hub.ledger.latest(topics, after=low.after, before=END)
    names = {conversation.topic: conversation.name for conversation in all_readable(ctx.hub, ctx.user)}
    found = [
        f":{ctx.hub.name} CHATHISTORY TARGETS {names[fact.topic]} {to_timestamp(fact.time_ms)}"
        for fact in newest
        if fact.pos < high.before and fact.topic in names
    ]
    chosen = found[:limit] if first <= second else found[max(0, len(found) - limit) :]
    _send_batch(ctx, "draft/chathistory-targets", chosen)


# -- parameters and answer -----------------------------------------------------------------------------------


def _check_number(verb: str, arguments: list[str], wanted: int) -> None:
    if len(arguments) != wanted:
        why = "Insufficient parameters" if len(arguments) < wanted else "Too many parameters"
        raise Failed("INVALID_PARAMS", verb, why)


def _limit(ctx: Context, verb: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Failed("INVALID_PARAMS", verb, text, "Invalid limit")
    return min(int(text), ctx.hub.settings.history.page)


async def _edge(ctx: Context, verb: str, target: str, reference: str) -> Edge:
    kind, equals, value = reference.partition("=")
    if kind == "timestamp" and equals:
        return await _time_edge(ctx, verb, reference)
    if kind == "msgid" and equals:
        pos = from_msgid(value)
        if pos is None:
            raise Failed("INVALID_PARAMS", verb, reference, "Invalid msgid")
        return Edge(min(pos, END), min(pos, END))
    if reference == "*" and verb == "LATEST":
        return NOWHERE
    if equals:
        raise Failed(
            "INVALID_MSGREFTYPE",
            verb,
            target,
            f"{kind}-based history requests are not supported",
        )
    raise Failed("INVALID_PARAMS", verb, reference, "Invalid message reference")


async def _time_edge(ctx: Context, verb: str, reference: str) -> Edge:
    kind, _, value = reference.partition("=")
    time_ms = from_timestamp(value) if kind == "timestamp" else None
    if time_ms is None:
        raise Failed("INVALID_PARAMS", verb, reference, "Invalid timestamp")
    ledger = ctx.hub.ledger
    # Messages of this very millisecond are on neither side.
    return Edge(await ledger.locate(time_ms), await ledger.locate(time_ms + 1) - 1)


def _send_batch(ctx: Context, opening: str, lines: list[str]) -> None:
    reply = ctx.reply
    if not ctx.session.has(BATCH):
        for line in lines:
            reply.line(line)
        return
    reference = ctx.session.next_batch()
    reply.line(f":{ctx.hub.name} BATCH +{reference} {opening}")
    for line in lines:
        reply.line(in_batch(reference, line))
    reply.line(f":{ctx.hub.name} BATCH -{reference}")
