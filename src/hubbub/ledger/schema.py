"""The tables of the SQLite ledger: how a database is made, recognised, migrated and connected to.

The schema's version is the length of MIGRATIONS, kept in `PRAGMA user_version`. A migration that has been
released is never edited; the next one is appended.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from hubbub.core.ledger import LedgerError

Migration = tuple[str, ...]

MIGRATIONS: tuple[Migration, ...] = (
    (
        "CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL)",
        "CREATE TABLE topic (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        # A body of NULL is one that was erased. The row of the last position is never deleted, only erased:
        # it remembers the last position and time.
        """CREATE TABLE log (
            pos INTEGER PRIMARY KEY,
            time_ms INTEGER NOT NULL,
            origin INTEGER NOT NULL REFERENCES node,
            topic INTEGER NOT NULL REFERENCES topic,
            kind INTEGER NOT NULL,
            body BLOB
        )""",
        # An index ends in the row's key, which is pos: the history of a topic is one walk, already in order.
        "CREATE INDEX history ON log (topic, kind) WHERE body IS NOT NULL",
        "CREATE TABLE state (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    ),
    (
        # Folded (hubbub.ledger.terms), so that comparing bytes is enough; NULL for what is never found.
        "ALTER TABLE log ADD COLUMN text TEXT",
        "ALTER TABLE log ADD COLUMN author INTEGER",
        # Keeps no text and no places of words, only which positions have which three characters.
        """CREATE VIRTUAL TABLE search USING fts5(
            topics, authors, texts, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1'
        )""",
        # Left to itself it would merge its segments whenever a slice is added, and appends would wait for 100 ms.
        "INSERT INTO search (search, rank) VALUES ('automerge', 0)",
        # How far the index has followed the log, and whether it holds traces of what was erased.
        "CREATE TABLE indexed (pos INTEGER NOT NULL, traces INTEGER NOT NULL)",
        "INSERT INTO indexed SELECT coalesce(max(pos), 0), 0 FROM log",
    ),
)

STATEMENTS = 160
"""Prepared statements kept by a connection: one for each number of rows in an INSERT, and some more."""


class Snapshot(NamedTuple):
    """What a run starts from."""

    epoch: int
    origin: int
    """The number of this node in the log."""
    pos: int
    time_ms: int
    state: list[tuple[str, bytes]]


def open_writer(
    path: Path, node: str, migrations: Sequence[Migration]
) -> tuple[sqlite3.Connection, Snapshot]:
    """The one connection that writes, to a database that has the newest schema."""
    _create(path)
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=STATEMENTS)
    try:
        _prepare(db, path, migrations)
        return db, _start_run(db, node)
    except BaseException:
        db.close()
        raise


def _start_run(db: sqlite3.Connection, node: str) -> Snapshot:
    """Count the run, durably, and read what it starts from."""
    epoch: int = db.execute("SELECT coalesce(max(epoch), 0) + 1 FROM node").fetchone()[0]
    db.execute(
        "INSERT INTO node (name, epoch) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch",
        (node, epoch),
    )
    origin = db.execute("SELECT id FROM node WHERE name = ?", (node,)).fetchone()[0]
    last = db.execute("SELECT pos, time_ms FROM log ORDER BY pos DESC LIMIT 1").fetchone()
    pos, time_ms = last or (0, 0)
    return Snapshot(epoch, origin, pos, time_ms, db.execute("SELECT key, value FROM state").fetchall())


def open_reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )


def _create(path: Path) -> None:
    """Make sure that only its owner can read it. SQLite gives its other files the mode of this one."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _prepare(db: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(migrations):
        raise LedgerError(
            f"{path} was written by a newer hubbub (schema {version}, this one knows {len(migrations)}); "
            "upgrade hubbub or choose another folder with --data."
        )
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA cache_size = -8192")
    db.execute("PRAGMA secure_delete = FAST")
    if 0 < version < len(migrations):
        _back_up(db, path.with_name(f"{path.name}.v{version}.bak"))
    if version < len(migrations):
        _migrate(db, migrations, version)


def _back_up(db: sqlite3.Connection, path: Path) -> None:
    _create(path)
    with closing(sqlite3.connect(path)) as backup:
        db.backup(backup)


def _migrate(db: sqlite3.Connection, migrations: Sequence[Migration], version: int) -> None:
    db.execute("BEGIN IMMEDIATE")
    try:
        for statement in (each for migration in migrations[version:] for each in migration):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(migrations)}")
        db.execute("COMMIT")
    except sqlite3.Error:
        roll_back(db)
        raise


def roll_back(db: sqlite3.Connection) -> None:
    """After an I/O error SQLite may have rolled back already."""
    if db.in_transaction:
        db.execute("ROLLBACK")
