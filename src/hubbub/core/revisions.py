"""Revisions: which messages were edited or taken back, and how history reads today.

A revision is a fact of the same conversation that names the position of the message; the message's own fact stays.
Owns the index from a message to its revisions, kept in the ledger's state under edit/…; knows no command.
Whoever shows history or search results reads them through `read_today`. Redaction and editing expect the message's
key, so that neither can miss what the other has under way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from hubbub.core.event import Event, decode
from hubbub.core.hub import restores
from hubbub.core.ledger import Put
from hubbub.core.messageid import from_msgid, to_msgid
from hubbub.core.rooms import as_named_now
from hubbub.core.said import Said
from hubbub.irc.names import fold
from hubbub.irc.text import plain

if TYPE_CHECKING:
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact

REMEMBERED = 1000
"""Messages taken back last that an edit under way may still be about."""
LOOKED_AT = 2
"""Edited messages that each edit looks at, to forget those that have expired: more than it adds."""


class Revision(Event, frozen=True, kw_only=True):
    """A message reads differently from now on. `of` is its position."""

    of: int
    text: str
    source: str

    def searchable(self) -> tuple[str, str]:
        return plain(self.text), fold(self.source.partition("!")[0])


class Revisions:
    """This node's index."""

    def __init__(self) -> None:
        self.of: dict[int, tuple[int, ...]] = {}
        """Position of an edited message → those of its revisions, the newest last."""
        self.retracted: deque[int] = deque()
        """Messages taken back in this run, the latest last."""


class Effect(NamedTuple):
    """What a redaction or an edit brings with it to the ledger."""

    expect: tuple[tuple[str, int], ...]
    puts: tuple[Put, ...]
    erases: tuple[int, ...] = ()


def revision_key(pos: int) -> str:
    """Absent for a message that is as it was said; changes with each revision and with the redaction."""
    return f"edit/{to_msgid(pos)}"


def revisions_of(hub: Hub, pos: int) -> tuple[int, ...]:
    """Positions of a message's revisions, the newest last."""
    return hub.part(Revisions).of.get(pos, ())


def is_retracted(hub: Hub, pos: int) -> bool:
    """Whether a message was taken back just now: it may have been read from the log a moment before."""
    return pos in hub.part(Revisions).retracted


# -- changing ------------------------------------------------------------------------------------------------


def revising(hub: Hub, pos: int, stale: Sequence[int] = ()) -> Effect:
    """For a new revision; `stale` are messages of the index that are there no more."""
    known = "".join([f"{each} " for each in revisions_of(hub, pos)])
    puts = [Put(revision_key(pos), known.encode(), numbered=True)]
    puts += [Put(revision_key(each), None) for each in stale if each != pos]
    return Effect(_unchanged(hub, pos), tuple(puts))


def retracting(hub: Hub, pos: int) -> Effect:
    """For a redaction: the message goes with all its revisions, and for this run its key says so."""
    retracted = hub.part(Revisions).retracted
    puts = [Put(revision_key(pos), b"", owned=True)]
    if len(retracted) >= REMEMBERED:
        puts.append(Put(revision_key(retracted[0]), None))
    return Effect(_unchanged(hub, pos), tuple(puts), (pos, *revisions_of(hub, pos)))


def _unchanged(hub: Hub, pos: int) -> tuple[tuple[str, int], ...]:
    key = revision_key(pos)
    return ((key, hub.ledger.version(key)),)


def revised(hub: Hub, pos: int, revision: int, stale: Sequence[int] = ()) -> None:
    """Called by a revision that is applied."""
    index = hub.part(Revisions).of
    for each in stale:
        index.pop(each, None)
    index[pos] = (*index.get(pos, ()), revision)


def retracted(hub: Hub, pos: int) -> None:
    """Called by a redaction that is applied."""
    known = hub.part(Revisions)
    known.of.pop(pos, None)
    known.retracted.append(pos)
    if len(known.retracted) > REMEMBERED:
        known.retracted.popleft()


async def find_stale(hub: Hub) -> tuple[int, ...]:
    """Some edited messages that have expired meanwhile: as every edit asks, the index can't grow for ever."""
    index = hub.part(Revisions).of
    looked_at = list(islice(index, LOOKED_AT))
    for pos in looked_at:
        # To the end of the queue; the order says nothing but who is next.
        index[pos] = index.pop(pos)
    return tuple([pos for pos in looked_at if await hub.ledger.read(pos) is None])


@restores("edit")
def _restore_revisions(hub: Hub, msgid: str, value: bytes) -> None:
    pos = from_msgid(msgid)
    if pos is not None:
        hub.part(Revisions).of[pos] = tuple(map(int, value.split()))


# -- reading -------------------------------------------------------------------------------------------------


async def read_today(hub: Hub, facts: Sequence[Fact]) -> list[tuple[Fact, Event]]:
    """What facts of history say now: edited messages have their newest text, older revisions are left out.

    So are facts that this version of the program doesn't know.
    """
    found = []
    for fact in facts:
        event = decode(fact.body)
        if isinstance(event, Said) and revisions_of(hub, fact.pos):
            event = await _newest(hub, fact.pos, event)
        elif isinstance(event, Revision) and not _is_newest(hub, event, fact):
            # Told on its own it would undo what came after it.
            continue
        if event is not None:
            found.append((fact, as_named_now(hub, event, fact)))
    return found


def _is_newest(hub: Hub, revision: Revision, fact: Fact) -> bool:
    return revisions_of(hub, revision.of)[-1:] == (fact.pos,)


async def _newest(hub: Hub, pos: int, said: Said) -> Said | None:
    """A message with its newest text; None if it has been taken back while this was being read."""
    fact = await hub.ledger.read(revisions_of(hub, pos)[-1])
    revision = decode(fact.body) if fact else None
    if isinstance(revision, Revision) and fact is not None:
        return replace(said, text=revision.text, more=(), edited_ms=fact.time_ms)
    return said if revisions_of(hub, pos) else None
