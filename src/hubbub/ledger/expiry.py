"""The SQL that removes old history, a slice at a time. Runs in the writer's thread, between commits."""

from __future__ import annotations

import sqlite3
from typing import Any

from hubbub.core.ledger import EVENT, MESSAGE
from hubbub.ledger.schema import roll_back

SLICE = 5_000
"""Rows removed in one transaction, while appends wait."""

COUNT = """SELECT count(body) FROM
    (SELECT body FROM log WHERE pos < ? AND pos < (SELECT max(pos) FROM log) ORDER BY pos LIMIT ?)"""
DELETE = """DELETE FROM log WHERE pos IN
    (SELECT pos FROM log WHERE pos < ? AND pos < (SELECT max(pos) FROM log) ORDER BY pos LIMIT ?)"""
DELETE_OF_TOPIC = """DELETE FROM log WHERE pos IN
    (SELECT pos FROM log WHERE topic = ? AND kind = ? AND body IS NOT NULL
        AND pos < ? AND pos < (SELECT max(pos) FROM log) ORDER BY pos LIMIT ?)"""
# The last row must stay, for its position and time.
ERASE_LAST = """UPDATE log SET body = NULL
    WHERE pos = (SELECT max(pos) FROM log) AND body IS NOT NULL AND pos < ? AND topic = coalesce(?, topic)"""


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
    visible: int = db.execute(COUNT, (bound, SLICE)).fetchone()[0]
    removed = _changes(db, DELETE, bound, SLICE)
    return visible + _changes(db, ERASE_LAST, bound, None), removed == SLICE


def _of_topic(db: sqlite3.Connection, bound: int, name: str) -> tuple[int, bool]:
    found = db.execute("SELECT id FROM topic WHERE name = ?", (name,)).fetchone()
    if found is None:
        return 0, False
    topic: int = found[0]
    removed = [_changes(db, DELETE_OF_TOPIC, topic, kind, bound, SLICE) for kind in (MESSAGE, EVENT)]
    return sum(removed) + _changes(db, ERASE_LAST, bound, topic), SLICE in removed


def _changes(db: sqlite3.Connection, sql: str, *values: Any) -> int:
    return db.execute(sql, values).rowcount
