"""The SQL of the search index: it follows behind the log, a slice at a time. Runs in the writer's thread only.

The index keeps no text: a position is taken out again by the same columns that put it in, so this has to happen
before the log forgets them. What is taken out leaves traces in the index's older segments until they are merged.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from hubbub.ledger.schema import roll_back
from hubbub.ledger.terms import AUTHOR, TOPIC, mark_sql

SLICE = 250
"""Positions indexed in one transaction, while appends wait: some 3 ms."""
PAGES = 64
"""Pages of the index merged in one transaction: some 3 ms, too, and more than a slice needs on average."""

WITH_TEXT = (
    f"pos, {mark_sql(TOPIC, 'topic')}, {mark_sql(AUTHOR, 'author')}, text FROM log WHERE text IS NOT NULL"
)
INDEX = f"INSERT INTO search (rowid, topics, authors, texts) SELECT {WITH_TEXT} AND pos > ? AND pos <= ?"
UNINDEX = f"""INSERT INTO search (search, rowid, topics, authors, texts)
    SELECT 'delete', {WITH_TEXT} AND pos <= (SELECT pos FROM indexed)"""  # noqa: S608  # nothing from outside

# 1: there are some to be merged away; 2: that is under way, and none have been added.
MARK_TRACES = "UPDATE indexed SET traces = 1"
MARK_MERGING = "UPDATE indexed SET traces = 2"
MARK_MERGED = "UPDATE indexed SET traces = 0 WHERE traces = 2"


def how_far(db: sqlite3.Connection) -> tuple[int, bool]:
    """The last position that is indexed, and whether there are traces of what was taken out."""
    pos, traces = db.execute("SELECT pos, traces FROM indexed").fetchone()
    return pos, bool(traces)


def index_slice(db: sqlite3.Connection, last: int) -> int:
    """Index some more of the log, up to position `last`: how far it got."""
    start, _ = how_far(db)
    end = min(start + SLICE, last)
    try:
        db.execute("BEGIN IMMEDIATE")
        db.execute(INDEX, (start, end))
        db.execute("UPDATE indexed SET pos = ?", (end,))
        db.execute("COMMIT")
    except Exception:
        roll_back(db)
        raise
    return end


def tidy(db: sqlite3.Connection) -> None:
    """Merge segments of the index where there are too many of a size; mostly there is little to do."""
    db.execute("INSERT INTO search (search, rank) VALUES ('merge', ?)", (PAGES,))


def take_out(db: sqlite3.Connection, positions: Sequence[int]) -> None:
    """Forget positions that the log still has; inside a transaction of the caller's."""
    db.execute(f"{UNINDEX} AND pos IN ({','.join('?' * len(positions))})", positions)
    db.execute(MARK_TRACES)


def merge_slice(db: sqlite3.Connection, begins: bool) -> bool:
    """Rewrite some of the index without what was taken out; the result is whether there is more to do."""
    # FAST would leave whole pages as they are.
    db.execute("PRAGMA secure_delete = ON")
    try:
        db.execute("BEGIN IMMEDIATE")
        before = db.total_changes
        # A negative number makes all segments take part (FTS5, "The 'merge' Command").
        db.execute("INSERT INTO search (search, rank) VALUES ('merge', ?)", (-PAGES if begins else PAGES,))
        # "If the difference is less than 2, the 'merge' command was a no-op."
        more = db.total_changes - before >= 2
        if begins:
            db.execute(MARK_MERGING)
        if not more:
            db.execute(MARK_MERGED)
        db.execute("COMMIT")
    except Exception:
        roll_back(db)
        raise
    finally:
        db.execute("PRAGMA secure_delete = FAST")
    return more
