"""When the search index follows the log: between commits and with pauses, so that no append waits long for it.

Owns the decision; the SQL is in index.py. Called by the SQLite ledger on the loop's thread.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from functools import partial
from math import inf

from hubbub.ledger.index import SLICE, index_slice, merge_slice, tidy
from hubbub.ledger.writer import Writer

log = logging.getLogger(__name__)

PAUSE = 0.02
"""Seconds between two slices."""
REST = 600.0
"""Seconds between two times that traces of erased texts are merged away, which rewrites the whole index."""


class Follower:
    """Has the index follow whenever a slice is full. What is not indexed until then, searches read row by row."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, writer: Writer, db: sqlite3.Connection, pos: int, traces: bool
    ) -> None:
        self._loop = loop
        self._writer = writer
        self._db = db
        self._pos = pos
        self._last = pos
        self._traces = traces
        self._merging = False
        self._rested_at = loop.time() + PAUSE
        self._timer: asyncio.TimerHandle | None = None
        """For the next slice."""
        self._under_way = False
        self._failing = False
        self._stopped = False

    def follow(self, pos: int) -> None:
        """The log has come to this position."""
        self._last = pos
        self._wake()

    def erased(self) -> None:
        """Something may have been taken out of the index."""
        self._traces = True
        self._wake()

    def stop(self) -> None:
        """Begin nothing more; the next run goes on where this one was."""
        self._stopped = True
        self._cancel()

    def _wake(self) -> None:
        """Have the next slice done, if one is due; what is due earlier goes before what has to rest."""
        if self._under_way or self._stopped:
            return
        due = self._loop.time() + PAUSE
        if not self._is_behind() and not self._merging:
            due = max(due, self._rested_at) if self._traces else inf
        if self._timer is not None and self._timer.when() <= due:
            return
        self._cancel()
        if due < inf:
            self._timer = self._loop.call_at(due, self._work)

    def _is_behind(self) -> bool:
        return self._last - self._pos >= SLICE

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _work(self) -> None:
        self._timer, self._under_way = None, True
        if self._is_behind():
            self._writer.submit(partial(index_slice, self._db, self._last), self._indexed)
            return
        begins = not self._merging
        if begins:
            self._merging, self._traces = True, False
        self._writer.submit(partial(merge_slice, self._db, begins), self._merged)

    def _indexed(self, pos: int, error: Exception | None) -> None:
        if error is not None:
            self._go_on(error)
            return
        self._pos = pos
        if not self._stopped:
            self._writer.submit(partial(tidy, self._db), self._tidied)

    def _tidied(self, _: None, error: Exception | None) -> None:
        self._go_on(error)

    def _merged(self, more: bool, error: Exception | None) -> None:
        self._merging = error is None and more
        self._traces = self._traces or error is not None
        if not self._merging:
            self._rested_at = self._loop.time() + REST
        self._go_on(error)

    def _go_on(self, error: Exception | None) -> None:
        """After a failure only when the log goes on: the reason, a full disk say, won't be gone at once."""
        self._under_way = False
        if error is None:
            self._wake()
        elif not self._failing:
            log.error("the search index can't be written: %s", error)
        self._failing = error is not None
