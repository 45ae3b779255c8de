"""The search of the SQLite ledger: the index gives candidates, the log says whether they are right.

A question to the index names the topics too, so that a common word in a small room costs little.
Positions that are not indexed yet are compared one by one. Runs on a read-only connection in a thread of its own;
looks at one stretch of the log after another until it has enough or its time is up.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from time import monotonic
from typing import NamedTuple

from hubbub.core.ledger import Fact, Found
from hubbub.ledger.index import how_far
from hubbub.ledger.reads import to_bound
from hubbub.ledger.terms import AUTHOR, TOPIC, folded, grams, mark, number_of, quoted

SECONDS = 0.25
"""Time that a search may take."""
STRETCH = 1 << 16
"""Positions that are looked at in one go; each next stretch is four times as long."""
STEPS = 2_000
"""Instructions of SQLite's machine between two looks at the clock."""
FEW_TOPICS = 16
"""So many can always be part of the question; to open a thousand lists for a rare word would take longer than
to look at every place that has it."""
FEW_FACTS = 2_000

COLUMNS = """SELECT log.pos, time_ms, (SELECT name FROM node WHERE id = origin),
    (SELECT name FROM topic WHERE id = topic), body, kind"""
INDEXED = f"""{COLUMNS} FROM search CROSS JOIN log ON log.pos = search.rowid
    WHERE search MATCH ? AND search.rowid > ? AND search.rowid < ?"""
CANDIDATES = """SELECT count(*) FROM (SELECT rowid FROM search
    WHERE search MATCH ? AND rowid > ? AND rowid < ? LIMIT ?)"""
NOT_INDEXED = f"{COLUMNS} FROM log WHERE log.pos > ? AND log.pos < ?"


class Wanted(NamedTuple):
    """What is looked for."""

    topics: Sequence[str]
    terms: Sequence[str]
    author: str
    after: int
    before: int
    limit: int
    oldest_first: bool


def search(db: sqlite3.Connection, wanted: Wanted) -> Found:
    """What the log had at one moment, as far as there is time."""
    deadline = monotonic() + SECONDS
    db.set_progress_handler(lambda: monotonic() > deadline, STEPS)
    db.execute("BEGIN")
    try:
        return Searching(db, wanted).run(deadline)
    finally:
        db.set_progress_handler(None, STEPS)
        db.execute("COMMIT")


class Searching:
    """One search under way."""

    def __init__(self, db: sqlite3.Connection, wanted: Wanted) -> None:
        self._db = db
        self._wanted = wanted
        self._terms = sorted({folded(term) for term in wanted.terms}, key=len, reverse=True)
        self._author = number_of(wanted.author) if wanted.author else None
        self._topics = topic_numbers(db, wanted.topics)
        self._indexed, _ = how_far(db)
        self._facts: list[Fact] = []

    def run(self, deadline: float) -> Found:
        """Stretch by stretch; the one in which time runs out counts as far as it was read."""
        is_complete = True
        for low, high in self._stretches() if self._topics else ():
            if len(self._facts) >= self._wanted.limit:
                break
            if monotonic() > deadline or not self._read(low, high):
                is_complete = False
                break
        return Found(sorted(self._facts), is_complete)

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """Bounds, both exclusive, from where the search begins; none spans what is indexed and what isn't."""
        after, before, edge = to_bound(self._wanted.after), to_bound(self._wanted.before), self._indexed
        parts = [(after, min(before, edge + 1)), (max(after, edge), before)]
        for low, high in parts if self._wanted.oldest_first else reversed(parts):
            yield from stretches(low, high, self._wanted.oldest_first)

    def _read(self, low: int, high: int) -> bool:
        """Take what a stretch has; False if time ran out."""
        try:
            for row in self._db.execute(*self._statement(low, high)):
                self._facts.append(Fact(*row))
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            return False
        return True

    def _statement(self, low: int, high: int) -> tuple[str, list[str | int]]:
        order = "" if self._wanted.oldest_first else "DESC"
        where, values = self._conditions()
        bounds = [low, high, *values, to_bound(self._wanted.limit - len(self._facts))]
        if low < self._indexed:
            question = self._question(low, high)
            return f"{INDEXED} {where} ORDER BY search.rowid {order} LIMIT ?", [question, *bounds]
        return f"{NOT_INDEXED} {where} ORDER BY log.pos {order} LIMIT ?", bounds

    def _question(self, low: int, high: int) -> str:
        """What the index is asked about a stretch: one of the topics, and all pieces of all terms."""
        pieces = self._pieces()
        if pieces and len(self._topics) > FEW_TOPICS and self._is_rare(pieces, low, high):
            return pieces
        topics = " OR ".join(quoted(mark(TOPIC, topic)) for topic in self._topics)
        return f"({topics}) AND {pieces}" if pieces else topics

    def _pieces(self) -> str:
        pieces = {piece for term in self._terms for piece in grams(term)}
        if self._author is not None:
            pieces.add(mark(AUTHOR, self._author))
        return " AND ".join(map(quoted, sorted(pieces)))

    def _is_rare(self, pieces: str, low: int, high: int) -> bool:
        found = self._db.execute(CANDIDATES, (pieces, low, high, FEW_FACTS)).fetchone()
        return bool(found[0] < FEW_FACTS)

    def _conditions(self) -> tuple[str, list[str | int]]:
        where = [f"AND text IS NOT NULL AND topic IN ({','.join('?' * len(self._topics))})"]
        values: list[str | int] = list(self._topics)
        if self._author is not None:
            where.append("author = ?")
            values.append(self._author)
        where += ["instr(text, ?)"] * len(self._terms)
        return " AND ".join(where), values + self._terms


def topic_numbers(db: sqlite3.Connection, names: Iterable[str]) -> list[int]:
    """The numbers of those topics that the log has."""
    rows = [db.execute("SELECT id FROM topic WHERE name = ?", (name,)).fetchone() for name in set(names)]
    return sorted(row[0] for row in rows if row is not None)


def stretches(low: int, high: int, upwards: bool) -> Iterator[tuple[int, int]]:
    """Cut what is between two bounds into ever longer pieces, beginning at one end."""
    for number in count():
        if high - low < 2:
            return
        size = STRETCH << 2 * number
        if upwards:
            yield low, min(high, low + size + 1)
            low += size
        else:
            yield max(low, high - size - 1), high
            high -= size
