"""The SQL that removes old history, a slice at a time. Runs in the writer's thread, between commits."""

from __future__ import annotations

import sqlite3

from hubbub.core.ledger import EVENT, MESSAGE
from hubbub.ledger.index import take_out
from hubbub.ledger.schema import roll_back

SLICE = 1_000
"""Rows removed in one transaction, while appends wait."""

OLD = """SELECT pos, body IS NOT NULL FROM log
    WHERE pos < ? AND pos < (SELECT max(pos) FROM log) ORDER BY pos LIMIT ?"""
OLD_OF_TOPIC = """SELECT pos, 1 FROM log WHERE topic = ? AND kind = ? AND body IS NOT NULL
    AND pos < ? AND pos < (SELECT max(pos) FROM log) ORDER BY pos LIMIT ?"""
# The last row must stay, for its position and time.
LAST = """SELECT pos FROM log
    WHERE pos = (SELECT max(pos) FROM log) AND body IS NOT NULL AND pos < ? AND topic = coalesce(?, topic)"""
DELETE = "DELETE FROM log WHERE pos IN"
ERASE = "UPDATE log SET body = NULL, text = NULL, author = NULL WHERE pos = ?"


def expire_slice(db: sqlite3.Connection, bound: int, topic: str | None) -> tuple[int, bool]:
    """Remove some of the facts before position `bound`: how many, and whether there may be more."""
    try:
        db.execute("BEGIN IMMEDIATE")
        result = _all(db, bound) if topic is None else _of_topic(db, bound, topic)
        db.execute("COMMIT")
    except Exception:
        roll_back(db)
        raise
    return result


def _all(db: sqlite3.Connection, bound: int) -> tuple[int, bool]:
    old = db.execute(OLD, (bound, SLICE)).fetchall()
    _delete(db, [pos for pos, _ in old])
    return sum(visible for _, visible in old) + _erase_last(db, bound, None), len(old) == SLICE


def _of_topic(db: sqlite3.Connection, bound: int, name: str) -> tuple[int, bool]:
    found = db.execute("SELECT id FROM topic WHERE name = ?", (name,)).fetchone()
    if found is None:
        return 0, False
    topic: int = found[0]
    old = [db.execute(OLD_OF_TOPIC, (topic, kind, bound, SLICE)).fetchall() for kind in (MESSAGE, EVENT)]
    removed = [_delete(db, [pos for pos, _ in rows]) for rows in old]
    return sum(removed) + _erase_last(db, bound, topic), SLICE in removed


def _delete(db: sqlite3.Connection, positions: list[int]) -> int:
    if positions:
        take_out(db, positions)
        db.execute(f"{DELETE} ({','.join('?' * len(positions))})", positions)
    return len(positions)


def _erase_last(db: sqlite3.Connection, bound: int, topic: int | None) -> int:
    row = db.execute(LAST, (bound, topic)).fetchone()
    if row is None:
        return 0
    take_out(db, row)
    return db.execute(ERASE, row).rowcount
