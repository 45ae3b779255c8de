"""SEARCH: find what was said, in whatever the asker may read.

https://codeberg.org/emersion/soju/src/branch/master/doc/ext/search.md (soju.im/search), and as draft/search
https://github.com/ircv3/ircv3-specifications/pull/496

A text is found by all of its words, each of them anywhere within a message; what stands in double quotes is one
term. Messages that were edited are found by what they say today.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from hubbub.core.capability import capability
from hubbub.core.command import Context, command
from hubbub.core.conversations import all_readable, readable
from hubbub.core.event import Event, decode
from hubbub.core.hub import Hub
from hubbub.core.ledger import Fact, LedgerError
from hubbub.core.refusal import Failed, Refused
from hubbub.core.revisions import Revision, read_today, revisions_of
from hubbub.core.said import Said
from hubbub.irc import numerics
from hubbub.irc.names import fold
from hubbub.irc.text import plain
from hubbub.irc.times import from_timestamp
from hubbub.irc.wire import parse_tags

SOJU_SEARCH = capability("soju.im/search", shapes=False)
SEARCH = capability("draft/search", shapes=False)

ATTRIBUTES = frozenset({"in", "from", "after", "before", "text", "limit", "has"})
HAS = {"link": "://"}
"""What a message may have, and by what it is known."""
PAGE = 100
"""Messages in an answer, unless the asker wants fewer."""
TERMS = 32
AT_ONCE = 32
"""Searches that may wait for each other on this node."""
ROUNDS = 4
"""Questions to the ledger for one answer: some of what they find may not be shown."""
END = 2**63 - 1
TERM = re.compile(r'"([^"]+)"|([^\s"]+)')


class Query(NamedTuple):
    """What is asked for. Positions are exclusive bounds."""

    topics: tuple[str, ...]
    terms: tuple[str, ...]
    author: str
    after: int
    before: int
    limit: int
    oldest_first: bool


class Answer(NamedTuple):
    """Messages, ascending, as they read today."""

    found: list[tuple[Fact, Event]]
    is_complete: bool


class Searches:
    """Who is being answered."""

    def __init__(self) -> None:
        self.askers: set[str] = set()


@command("SEARCH", cost=3)
async def search(ctx: Context, attributes: str) -> None:
    """SEARCH <attribute>=<value>{;<attribute>=<value>}: find messages in your rooms and direct conversations.

    text=<words> (spaces as \\s; "a phrase" in quotes), in=<room or nick>, from=<nick>, after=<time>, before=<time>
    (YYYY-MM-DDThh:mm:ss.sssZ), has=link, limit=<number>. All that are given must fit.
    """
    # "The capability MUST be negotiated": others would take what is found for something said just now.
    if not (ctx.session.has(SOJU_SEARCH) or ctx.session.has(SEARCH)):
        raise Refused(numerics.ERR_UNKNOWNCOMMAND, "SEARCH", "Unknown command")
    wanted = _attributes(attributes)
    with _turn(ctx):
        try:
            answer = await _answer(ctx, await _query(ctx, wanted))
        except LedgerError as error:
            raise Failed("INTERNAL_ERROR", "The search could not be run") from error
    _send(ctx, wanted.get("in", ""), answer)


@contextmanager
def _turn(ctx: Context) -> Iterator[None]:
    """One search at a time for each person, and so many for all."""
    askers, asker = ctx.hub.part(Searches).askers, ctx.user.id
    if asker in askers or len(askers) >= AT_ONCE:
        raise Failed("INTERNAL_ERROR", "Too many searches at once; try again in a moment")
    askers.add(asker)
    try:
        yield
    finally:
        askers.discard(asker)


# -- what is asked -------------------------------------------------------------------------------------------


def _invalid(attribute: str, why: str) -> Failed:
    return Failed("INVALID_PARAMS", attribute, why)


def _attributes(text: str) -> dict[str, str]:
    found = parse_tags(text)
    for name in found:
        if name not in ATTRIBUTES:
            raise _invalid(name, "Unknown attribute")
    return found


async def _query(ctx: Context, wanted: dict[str, str]) -> Query:
    after, before = _time(wanted, "after"), _time(wanted, "before")
    locate = ctx.hub.ledger.locate
    query = Query(
        topics=_topics(ctx, wanted.get("in", "")),
        terms=_terms(wanted),
        author=fold(wanted.get("from", "")),
        after=0,
        before=END,
        limit=_limit(ctx, wanted),
        # "If after is specified, messages SHOULD be searched from that time."
        oldest_first=after is not None,
    )
    # Both times are "at or", in milliseconds.
    if after is not None:
        query = query._replace(after=await locate(after) - 1)
    return query if before is None else query._replace(before=await locate(before + 1))


def _topics(ctx: Context, name: str) -> tuple[str, ...]:
    if not name:
        return tuple(conversation.topic for conversation in all_readable(ctx.hub, ctx.user))
    found = readable(ctx.hub, ctx.user, name)
    if found is None:
        # The same whether there is such a room or not.
        raise _invalid("in", "There is nothing by that name that you can search")
    return (found.topic,)


def _terms(wanted: dict[str, str]) -> tuple[str, ...]:
    terms = [plain(phrase or word) for phrase, word in TERM.findall(wanted.get("text", ""))]
    if "has" in wanted:
        terms += [_known_by(kind) for kind in wanted["has"].split(",")]
    if len(terms) > TERMS:
        raise _invalid("text", f"No more than {TERMS} words")
    return tuple(terms)


def _known_by(kind: str) -> str:
    if kind not in HAS:
        raise _invalid("has", f"Can only be {' or '.join(HAS)}")
    return HAS[kind]


def _time(wanted: dict[str, str], name: str) -> int | None:
    if not wanted.get(name):
        return None
    time_ms = from_timestamp(wanted[name])
    if time_ms is None:
        raise _invalid(name, "Invalid time")
    return time_ms


def _limit(ctx: Context, wanted: dict[str, str]) -> int:
    text = wanted.get("limit") or str(PAGE)
    if not (text.isascii() and text.isdigit() and len(text) < 19 and int(text)):
        raise _invalid("limit", "Invalid limit")
    return min(int(text), PAGE, ctx.hub.settings.history.page)


# -- what is found -------------------------------------------------------------------------------------------


async def _answer(ctx: Context, query: Query) -> Answer:
    found: dict[int, tuple[Fact, Event]] = {}
    is_complete, rest = True, query
    for _ in range(ROUNDS):
        page = await ctx.hub.ledger.search(**rest._asdict())
        for fact in page.facts if query.oldest_first else reversed(page.facts):
            for said, event in await _today(ctx.hub, fact, query):
                if len(found) < query.limit:
                    found[said.pos] = said, event
        is_complete = page.is_complete
        if len(found) >= query.limit or len(page.facts) < query.limit:
            break
        first, last = page.facts[0].pos, page.facts[-1].pos
        rest = rest._replace(after=last) if query.oldest_first else rest._replace(before=first)
    return Answer([found[pos] for pos in sorted(found)], is_complete)


async def _today(hub: Hub, fact: Fact, query: Query) -> Sequence[tuple[Fact, Event]]:
    """The message that a fact found stands for, as it reads now; nothing if that isn't what was asked for."""
    event = decode(fact.body)
    if isinstance(event, Revision):
        original = await hub.ledger.read(event.of) if _is_newest(hub, event, fact.pos) else None
        # Without words it is the message itself that counts.
        if original is None or not query.terms or not query.after < original.pos < query.before:
            return ()
        return await read_today(hub, [original])
    if not isinstance(event, Said) or (query.terms and revisions_of(hub, fact.pos)):
        return ()
    return await read_today(hub, [fact])


def _is_newest(hub: Hub, revision: Revision, pos: int) -> bool:
    return revisions_of(hub, revision.of)[-1:] == (pos,)


def _send(ctx: Context, name: str, answer: Answer) -> None:
    # Somebody put out of a room while it was searched isn't told any more.
    topics = set(_topics(ctx, name))
    if not answer.is_complete:
        ctx.reply.standard(
            "WARN", "SEARCH", "INCOMPLETE", "That took too long: there may be more; name a room or a time"
        )
    with ctx.reply.batch("soju.im/search" if ctx.session.has(SOJU_SEARCH) else "search"):
        for fact, event in answer.found:
            if fact.topic in topics:
                _show(ctx, fact, event)


def _show(ctx: Context, fact: Fact, event: Event) -> None:
    lines = event.render(ctx.session.profile, fact)
    for line in [lines] if isinstance(lines, str) else lines or []:
        ctx.reply.line(line)
