"""The ledger in one SQLite file: the log, the state, and the commits that many entries share.

Entries queue up while a commit is under way and share the next one. Judging and applying happen on the
loop's thread, in queue order; one thread writes, two read. An entry that needs no disk is applied as soon as
all before it are. Knows nothing of chat.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from math import inf
from pathlib import Path
from typing import Any

from hubbub.core.ledger import EXPECTED, MESSAGE, Entry, Fact, Found, Handler, LedgerError, Put
from hubbub.ledger import reads
from hubbub.ledger.batch import Batch, Waiting, gather
from hubbub.ledger.commit import Commits
from hubbub.ledger.expiry import expire_slice
from hubbub.ledger.follower import Follower
from hubbub.ledger.index import how_far
from hubbub.ledger.progress import Progress
from hubbub.ledger.schema import MIGRATIONS, Migration, Snapshot, open_writer
from hubbub.ledger.search import Wanted, search
from hubbub.ledger.versions import Versions
from hubbub.ledger.writer import Writer

CLOSED = "The server is closing down."
FAILED = "The server can't store anything at the moment."

log = logging.getLogger(__name__)


class SqliteLedger:
    """One node, one file, one run."""

    def __init__(
        self,
        path: Path,
        clock: Callable[[], int],
        *,
        pace: float = 0.002,
        migrations: Sequence[Migration] = MIGRATIONS,
    ) -> None:
        self._path = path
        self._clock = clock
        self._pace = pace
        self._migrations = migrations
        self._versions = Versions()
        self._queue: deque[Waiting] = deque()
        self._batch = Batch()
        self._busy = True
        """A commit is due or under way, or facts are being applied. What comes in has to queue."""
        self._closed = False
        self._failing = False
        self._last_commit = -inf
        self._pos = 0
        self._time = 0
        self._node = ""
        self._indexed = (0, False)
        self._progress = Progress()
        self._handler: Handler
        self._loop: asyncio.AbstractEventLoop
        self._writer: Writer
        self._readers: reads.Readers
        self._searchers: reads.Readers
        """A thread of their own: nobody's history waits for somebody's search."""
        self._follower: Follower
        self._commits: Commits
        self._db: sqlite3.Connection

    async def open(self, node: str, handler: Handler) -> int:
        self._loop = asyncio.get_running_loop()
        self._node, self._handler = node, handler
        self._writer = Writer(self._loop)
        try:
            snapshot = await self._writer.run(self._open)
        except BaseException:
            self._writer.stop()
            raise
        self._pos, self._time = snapshot.pos, snapshot.time_ms
        self._versions.take(Put(key, value) for key, value in snapshot.state)
        for key, value in snapshot.state:
            handler.restore(key, value)
        self._readers = reads.Readers(self._path)
        self._searchers = reads.Readers(self._path, threads=1)
        self._follower = Follower(self._loop, self._writer, self._db, *self._indexed)
        self._follower.follow(self._pos)
        self._busy = False
        return snapshot.epoch

    def append(self, entry: Entry, ticket: object | None = None) -> None:
        if self._closed:
            self._handler.refuse(ticket, CLOSED)
            return
        self._progress.appended += 1
        self._queue.append((entry, ticket))
        if not self._busy:
            self._busy = True
            self._advance()

    def cast(self, topic: str, body: bytes) -> None:
        self._handler.cast(topic, body)

    def version(self, key: str) -> int:
        return self._versions.of(key)

    async def history(
        self,
        topic: str,
        *,
        before: int | None = None,
        after: int | None = None,
        limit: int = 100,
        oldest_first: bool = False,
        kinds: Sequence[int] = (MESSAGE,),
    ) -> list[Fact]:
        question = partial(
            reads.history,
            topic=topic,
            after=0 if after is None else after,
            before=self._before(before),
            limit=limit,
            oldest_first=oldest_first,
            kinds=kinds,
        )
        return await self._readers.ask(question)

    async def search(
        self,
        topics: Sequence[str],
        terms: Sequence[str],
        *,
        author: str = "",
        before: int | None = None,
        after: int | None = None,
        limit: int = 100,
        oldest_first: bool = False,
    ) -> Found:
        wanted = Wanted(topics, terms, author, after or 0, self._before(before), limit, oldest_first)
        return await self._searchers.ask(partial(search, wanted=wanted))

    async def locate(self, time_ms: int) -> int:
        return await self._readers.ask(partial(reads.locate, time_ms=time_ms, last=self._pos))

    async def latest(self, topics: Sequence[str], *, after: int, before: int) -> list[Fact]:
        return await self._readers.ask(
            partial(reads.latest, topics=topics, after=after, before=self._before(before))
        )

    async def read(self, pos: int) -> Fact | None:
        return await self._readers.ask(partial(reads.read, pos=pos)) if pos <= self._pos else None

    async def expire(self, before_ms: int, topic: str | None = None) -> int:
        bound = await self.locate(before_ms)
        total, more = 0, True
        while more and not self._closed:
            removed, more = await self._writer.run(partial(expire_slice, self._db, bound, topic))
            total += removed
        if total and not self._closed:
            self._follower.erased()
        return total

    async def flush(self) -> None:
        await self._progress.so_far()

    async def close(self) -> None:
        """What `apply` appends meanwhile is flushed too."""
        while not self._progress.complete():
            await self.flush()
        if self._closed:
            return
        self._closed = True
        self._follower.stop()
        self._readers.close()
        self._searchers.close()
        await self._writer.run(self._db.close)
        self._writer.stop()

    def _open(self) -> Snapshot:
        try:
            self._db, snapshot = open_writer(self._path, self._node, self._migrations)
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(f"Can't use {self._path}: {error}.") from error
        self._commits = Commits(self._db, snapshot.origin)
        self._indexed = how_far(self._db)
        return snapshot

    def _before(self, before: int | None) -> int:
        """Keeps out what is on disk but not applied yet."""
        return self._pos + 1 if before is None else min(before, self._pos + 1)

    def _advance(self) -> None:
        """Apply what needs no disk at the head of the queue, and have the rest committed."""
        queue, versions = self._queue, self._versions
        while queue and not versions.needs_disk(queue[0][0]):
            self._settle_now(*queue.popleft())
        if queue:
            self._schedule()
        else:
            self._busy = False
        self._progress.wake()

    def _schedule(self) -> None:
        due = self._last_commit + self._pace
        if self._loop.time() < due:
            self._loop.call_at(due, self._commit)
        else:
            # Not at once: whatever else this turn of the loop brings can share the commit.
            self._loop.call_soon(self._commit)

    def _commit(self) -> None:
        self._time = max(self._time, self._clock())
        self._batch = gather(self._queue, self._versions, self._pos, self._time, self._node)
        if self._batch.needs_disk():
            self._last_commit = self._loop.time()
            self._writer.submit(partial(self._commits.write, self._batch), self._committed)
        else:
            self._committed(None, None)

    def _committed(self, _: Any, error: Exception | None) -> None:
        self._report(error)
        if error is None:
            self._apply_batch(self._batch)
            self._follower.follow(self._pos)
            if self._batch.erased:
                self._follower.erased()
        else:
            self._refuse_batch(self._batch)
        self._batch = Batch()
        self._advance()

    def _apply_batch(self, batch: Batch) -> None:
        for entry, ticket, fact in batch.places:
            if fact is None:
                self._refuse(ticket, EXPECTED)
            else:
                self._apply(entry, ticket, fact)

    def _refuse_batch(self, batch: Batch) -> None:
        """What needs no disk does not suffer from one that is full: somebody's leaving, say."""
        for entry, ticket, fact in batch.places:
            if fact is None:
                self._refuse(ticket, EXPECTED)
            elif self._versions.needs_disk(entry):
                self._refuse(ticket, FAILED)
            else:
                self._settle_now(entry, ticket)

    def _settle_now(self, entry: Entry, ticket: object | None) -> None:
        if not self._versions.hold(entry.expect):
            self._refuse(ticket, EXPECTED)
            return
        self._time = max(self._time, self._clock())
        self._apply(entry, ticket, Fact(0, self._time, self._node, entry.topic, entry.body, entry.kind))

    def _apply(self, entry: Entry, ticket: object | None, fact: Fact) -> None:
        if entry.keep:
            self._pos = fact.pos
        if entry.puts:
            self._versions.take(entry.puts)
        self._progress.settled += 1
        try:
            self._handler.apply(fact, ticket)
        except Exception as error:  # noqa: BLE001  the facts behind it must be applied all the same
            self._loop.call_exception_handler({"message": "a fact could not be applied", "exception": error})

    def _refuse(self, ticket: object | None, reason: str) -> None:
        self._progress.settled += 1
        try:
            self._handler.refuse(ticket, reason)
        except Exception as error:  # noqa: BLE001  as above
            self._loop.call_exception_handler({"message": "a refusal went wrong", "exception": error})

    def _report(self, error: Exception | None) -> None:
        """Say it when the trouble starts and when it is over, not for each of thousands of commits."""
        if error is not None and not self._failing:
            log.error("nothing can be stored in %s: %s", self._path, error)
        elif error is None and self._failing:
            log.warning("%s can be written again", self._path)
        self._failing = error is not None
