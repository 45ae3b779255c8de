"""Questions to the log, on read-only connections in threads of their own, so that the loop never waits.

Each costs a few steps down a tree and the rows it returns, however long the history is.
The SQLite ledger asks them with bounds that keep out what it has not applied yet.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local
from typing import TypeVar

from hubbub.core.ledger import MESSAGE, Fact, LedgerError
from hubbub.ledger.schema import open_reader

T = TypeVar("T")

THREADS = 2
BIGGEST = 2**63 - 1
"""The largest number that SQLite can hold."""

FACT = """SELECT pos, time_ms, (SELECT name FROM node WHERE id = origin),
    (SELECT name FROM topic WHERE id = topic), body, kind FROM log"""
OF_TOPIC = f"{FACT} WHERE topic = ? AND kind = ? AND body IS NOT NULL AND pos > ? AND pos < ?"
NEWEST = f"{OF_TOPIC} ORDER BY pos DESC LIMIT ?"
OLDEST = f"{OF_TOPIC} ORDER BY pos LIMIT ?"


class Readers:
    """A connection for each thread, made when it is first needed."""

    def __init__(self, path: Path, threads: int = THREADS) -> None:
        self._path = path
        self._pool = ThreadPoolExecutor(threads, "ledger-reader")
        self._mine = local()
        self._all: list[sqlite3.Connection] = []
        self._closed = False

    async def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        if self._closed:
            raise LedgerError("The ledger is closed.")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._answer, question)

    def close(self) -> None:
        self._closed = True
        self._pool.shutdown()
        for db in self._all:
            db.close()

    def _answer(self, question: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return question(self._connection())
        except sqlite3.Error as error:
            raise LedgerError(f"Can't read {self._path}: {error}.") from error

    def _connection(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._mine, "db", None)
        if db is None:
            db = self._mine.db = open_reader(self._path)
            self._all.append(db)
        return db


def history(
    db: sqlite3.Connection,
    topic: str,
    *,
    after: int,
    before: int,
    limit: int,
    oldest_first: bool = False,
    kinds: Iterable[int] = (MESSAGE,),
) -> list[Fact]:
    row = db.execute("SELECT id FROM topic WHERE name = ?", (topic,)).fetchone()
    if row is None or limit <= 0:
        return []
    sql = OLDEST if oldest_first else NEWEST
    bounds = (to_bound(after), to_bound(before), to_bound(limit))
    found = [Fact(*each) for kind in set(kinds) for each in db.execute(sql, (row[0], kind, *bounds))]
    found.sort()
    return found[:limit] if oldest_first else found[-limit:]


def latest(db: sqlite3.Connection, topics: Sequence[str], *, after: int, before: int) -> list[Fact]:
    newest = [history(db, topic, after=after, before=before, limit=1) for topic in set(topics)]
    return sorted(fact for facts in newest for fact in facts)


def read(db: sqlite3.Connection, pos: int) -> Fact | None:
    if not 0 < pos <= BIGGEST:
        return None
    row = db.execute(f"{FACT} WHERE pos = ? AND body IS NOT NULL", (pos,)).fetchone()
    return None if row is None else Fact(*row)


def locate(db: sqlite3.Connection, time_ms: int, last: int) -> int:
    """Binary search over 1 … last: times never decrease. Some positions may have expired."""
    low, high = 1, last + 1
    while low < high:
        middle = (low + high) // 2
        found = _at_or_after(db, middle)
        if found is None or found[1] >= time_ms:
            high = middle
        else:
            low = found[0] + 1
    found = _at_or_after(db, low)
    return last + 1 if found is None else min(found[0], last + 1)


def to_bound(number: int) -> int:
    """Bounds come from clients, who can write any number."""
    return max(-1, min(number, BIGGEST))


def _at_or_after(db: sqlite3.Connection, pos: int) -> tuple[int, int] | None:
    row: tuple[int, int] | None = db.execute(
        "SELECT pos, time_ms FROM log WHERE pos >= ? ORDER BY pos LIMIT 1", (pos,)
    ).fetchone()
    return row
