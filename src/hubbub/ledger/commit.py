"""The SQL of a commit: puts a batch on disk in one transaction. Runs in the writer's thread only.

Every execute() gives up the interpreter's lock and must win it back from a busy loop, which can take
milliseconds; hence many rows to a statement, and no BEGIN and COMMIT around a single one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from hubbub.ledger.batch import Batch
from hubbub.ledger.index import MARK_TRACES, UNINDEX
from hubbub.ledger.schema import roll_back
from hubbub.ledger.terms import folded, number_of

ROWS = 128
"""Rows to a statement."""
TOPICS = 50_000
"""Topics whose number is remembered."""

Statement = tuple[str, Sequence[Any]]


class Shape(NamedTuple):
    """A statement for any number of rows."""

    sql: str
    row: str


NEW_TOPICS = Shape("INSERT INTO topic (name, id) VALUES ROWS", "(?,?)")
NEW_FACTS = Shape(
    "INSERT INTO log (pos, time_ms, origin, topic, kind, body, text, author) VALUES ROWS", "(?,?,?,?,?,?,?,?)"
)
ERASED_FACTS = Shape("UPDATE log SET body = NULL, text = NULL, author = NULL WHERE pos IN (ROWS)", "?")
UNINDEXED_FACTS = Shape(f"{UNINDEX} AND pos IN (ROWS)", "?")
NEW_STATE = Shape("INSERT OR REPLACE INTO state (key, value) VALUES ROWS", "(?,?)")
OLD_STATE = Shape("DELETE FROM state WHERE key IN (ROWS)", "?")


class Commits:
    """Writes batches through one connection, as one node."""

    def __init__(self, db: sqlite3.Connection, origin: int) -> None:
        self._db = db
        self._origin = origin
        self._topics: dict[str, int] = {}
        self._last_topic: int = db.execute("SELECT coalesce(max(id), 0) FROM topic").fetchone()[0]

    def write(self, batch: Batch) -> None:
        """All of it or, raising, none."""
        new = self._number(batch)
        try:
            self._execute(list(self._statements(batch, new)))
        except Exception:
            for name, _ in new:
                del self._topics[name]
            raise

    def _number(self, batch: Batch) -> list[tuple[str, int]]:
        """Know the number of every topic of the batch; the result is the topics that are new."""
        topics = self._topics
        if len(topics) > TOPICS:
            topics.clear()
        new: list[tuple[str, int]] = []
        for name in {fact.topic for fact in batch.facts if fact.topic not in topics}:
            row = self._db.execute("SELECT id FROM topic WHERE name = ?", (name,)).fetchone()
            if row is None:
                self._last_topic += 1
                new.append((name, self._last_topic))
            topics[name] = self._last_topic if row is None else row[0]
        return new

    def _statements(self, batch: Batch, new: list[tuple[str, int]]) -> Iterable[Statement]:
        yield from _in_chunks(NEW_TOPICS, new)
        yield from _in_chunks(NEW_FACTS, self._rows(batch))
        if batch.erased:
            erased = [(pos,) for pos in batch.erased]
            yield from _in_chunks(UNINDEXED_FACTS, erased)
            yield MARK_TRACES, ()
            yield from _in_chunks(ERASED_FACTS, erased)
        if batch.state:
            yield from _in_chunks(NEW_STATE, [put for put in batch.state.items() if put[1] is not None])
            yield from _in_chunks(OLD_STATE, [(key,) for key, value in batch.state.items() if value is None])

    def _rows(self, batch: Batch) -> list[tuple[Any, ...]]:
        origin, topics = self._origin, self._topics
        return [
            (
                pos,
                at,
                origin,
                topics[topic],
                kind,
                body,
                folded(text) or None,
                number_of(author) if author else None,
            )
            for (pos, at, _, topic, body, kind), (text, author) in zip(batch.facts, batch.texts, strict=True)
        ]

    def _execute(self, statements: Sequence[Statement]) -> None:
        if len(statements) == 1:
            self._db.execute(*statements[0])
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for statement in statements:
                self._db.execute(*statement)
            self._db.execute("COMMIT")
        except Exception:
            roll_back(self._db)
            raise


def _in_chunks(shape: Shape, rows: Sequence[Sequence[Any]]) -> Iterable[Statement]:
    for start in range(0, len(rows), ROWS):
        chunk = rows[start : start + ROWS]
        yield _sql(shape, len(chunk)), list(chain.from_iterable(chunk))


@cache
def _sql(shape: Shape, rows: int) -> str:
    return shape.sql.replace("ROWS", ",".join([shape.row] * rows))
