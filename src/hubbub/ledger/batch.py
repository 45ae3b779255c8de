"""What shares one commit: entries judged in order, and what they change on disk taken together.

No SQL and no threads; called by the SQLite ledger on the loop's thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from hubbub.core.ledger import Entry, Fact, Put
from hubbub.ledger.versions import Ahead, Versions

LARGEST = 1024
"""Entries in a batch: facts are applied in one go, and nobody is written to meanwhile."""

Waiting = tuple[Entry, object | None]
"""An entry with its ticket."""


class Batch:
    """Entries with what became of them, and their effect on the database."""

    __slots__ = ("erased", "facts", "places", "state", "texts")

    def __init__(self) -> None:
        self.places: list[tuple[Entry, object | None, Fact | None]] = []
        """In order; no fact: an expectation did not hold."""
        self.facts: list[Fact] = []
        self.texts: list[tuple[str, str]] = []
        """For each of the facts, what it is found by: text and author."""
        self.state: dict[str, bytes | None] = {}
        self.erased: list[int] = []

    def needs_disk(self) -> bool:
        return bool(self.facts or self.state or self.erased)


def gather(queue: deque[Waiting], versions: Versions, pos: int, time_ms: int, node: str) -> Batch:
    """Take the next batch off the queue; `pos` is the last position given out."""
    batch = Batch()
    ahead = Ahead(versions)
    for _ in range(min(len(queue), LARGEST)):
        entry, ticket = queue.popleft()
        topic, body, keep, kind, expect, puts, erases, text, author = entry
        if expect and not ahead.hold(expect):
            batch.places.append((entry, ticket, None))
            continue
        if puts:
            ahead.take(puts)
            _store(puts, versions, batch.state, pos + 1 if keep else 0)
        if erases:
            batch.erased += [each for each in erases if 0 < each <= pos]
        if keep:
            pos += 1
            fact = Fact(pos, time_ms, node, topic, body, kind)
            batch.facts.append(fact)
            batch.texts.append((text, author))
        else:
            fact = Fact(0, time_ms, node, topic, body, kind)
        batch.places.append((entry, ticket, fact))
    return batch


def _store(puts: Sequence[Put], versions: Versions, state: dict[str, bytes | None], pos: int) -> None:
    for put in puts:
        if put.key in state or versions.stores(put):
            value = None if put.owned else put.value
            state[put.key] = b"%b%d" % (value, pos) if put.numbered and value is not None else value
