"""A ledger in memory: for tests of the hub without an event loop, and for servers that keep nothing.

None of its coroutines ever waits. Opening it a second time stands for a restart: history and the
key–value state are still there, what was owned by the earlier run is not.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from heapq import merge

from hubbub.core.ledger import EXPECTED, MESSAGE, Entry, Fact, Found, Handler, Put
from hubbub.ledger.terms import folded
from hubbub.ledger.versions import Versions

CLOSED = "The server is closing down."


class MemoryLedger:
    """Applies at once, in order; what is appended while a fact is being applied waits for its turn."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._queue: deque[tuple[Entry, object | None]] = deque()
        self._versions = Versions()
        self._state: dict[str, bytes] = {}
        self._facts: dict[int, Fact] = {}
        self._texts: dict[int, tuple[str, str]] = {}
        """For each fact that can be found, its folded text and its author."""
        self._topics: dict[tuple[str, int], list[int]] = {}
        self._times: list[int] = []
        self._now = 0
        self._epoch = 0
        self._draining = False
        self._closed = True
        self._node = ""
        self._handler: Handler

    async def open(self, node: str, handler: Handler) -> int:
        self._node, self._handler = node, handler
        self._versions = Versions()
        self._versions.take(Put(key, value) for key, value in self._state.items())
        for key, value in self._state.items():
            handler.restore(key, value)
        self._closed = False
        self._epoch += 1
        return self._epoch

    def append(self, entry: Entry, ticket: object | None = None) -> None:
        if self._closed:
            self._handler.refuse(ticket, CLOSED)
            return
        self._queue.append((entry, ticket))
        if not self._draining:
            self._drain()

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
        parts = [self._between(self._topics.get((topic, kind), []), after, before) for kind in set(kinds)]
        found = list(merge(*parts))
        wanted = found[:limit] if oldest_first else found[max(0, len(found) - limit) :]
        return [self._facts[pos] for pos in wanted] if limit > 0 else []

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
        wanted, among = [folded(term) for term in terms], set(topics)
        found = [
            self._facts[pos]
            for pos in self._between(list(self._texts), after, before)
            if self._facts[pos].topic in among and self._has(pos, wanted, author)
        ]
        limit = max(limit, 0)
        return Found(found[:limit] if oldest_first else found[max(0, len(found) - limit) :], True)

    async def locate(self, time_ms: int) -> int:
        return bisect_left(self._times, time_ms) + 1

    async def latest(self, topics: Sequence[str], *, after: int, before: int) -> list[Fact]:
        newest = [await self.history(topic, after=after, before=before, limit=1) for topic in set(topics)]
        return sorted(fact for facts in newest for fact in facts)

    async def read(self, pos: int) -> Fact | None:
        return self._facts.get(pos)

    async def expire(self, before_ms: int, topic: str | None = None) -> int:
        bound = await self.locate(before_ms)
        old = [f.pos for f in self._facts.values() if f.pos < bound and topic in (None, f.topic)]
        self._erase(old)
        return len(old)

    async def flush(self) -> None:
        """Nothing is ever left to do: whoever appends has seen it applied, or is inside `apply`."""

    async def close(self) -> None:
        self._closed = True

    def _drain(self) -> None:
        self._draining = True
        try:
            while self._queue:
                self._settle(*self._queue.popleft())
        finally:
            self._draining = False

    def _settle(self, entry: Entry, ticket: object | None) -> None:
        if not self._versions.hold(entry.expect):
            self._handler.refuse(ticket, EXPECTED)
            return
        self._erase(entry.erases)
        fact = self._keep(entry)
        self._store(entry.puts, fact.pos)
        self._versions.take(entry.puts)
        self._handler.apply(fact, ticket)

    def _keep(self, entry: Entry) -> Fact:
        self._now = max(self._now, self._clock())
        if not entry.keep:
            return Fact(0, self._now, self._node, entry.topic, entry.body, entry.kind)
        self._times.append(self._now)
        fact = Fact(len(self._times), self._now, self._node, entry.topic, entry.body, entry.kind)
        self._facts[fact.pos] = fact
        self._topics.setdefault((entry.topic, entry.kind), []).append(fact.pos)
        if text := folded(entry.text):
            self._texts[fact.pos] = text, entry.author
        return fact

    def _store(self, puts: Sequence[Put], pos: int) -> None:
        for put in puts:
            if put.value is None or put.owned:
                self._state.pop(put.key, None)
            else:
                self._state[put.key] = b"%b%d" % (put.value, pos) if put.numbered else put.value

    def _erase(self, positions: Sequence[int]) -> None:
        for pos in positions:
            fact = self._facts.pop(pos, None)
            self._texts.pop(pos, None)
            if fact is not None:
                positions = self._topics[fact.topic, fact.kind]
                del positions[bisect_left(positions, pos)]

    def _has(self, pos: int, terms: Sequence[str], author: str) -> bool:
        text, writer = self._texts[pos]
        return author in ("", writer) and all(term in text for term in terms)

    @staticmethod
    def _between(positions: list[int], after: int | None, before: int | None) -> list[int]:
        start = 0 if after is None else bisect_right(positions, after)
        end = len(positions) if before is None else bisect_left(positions, before)
        return positions[start:end]
