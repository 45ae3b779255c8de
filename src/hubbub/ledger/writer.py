"""The one thread that writes. It runs jobs in the order given and reports each on the event loop.

Knows nothing of what the jobs do; called by the SQLite ledger.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")
Job = Callable[[], Any]
Done = Callable[[Any, Exception | None], None]


class Writer:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._jobs: SimpleQueue[tuple[Job, Done] | None] = SimpleQueue()
        # A daemon: a process that ends without closing its ledger loses nothing that was acknowledged.
        self._thread = Thread(target=self._work, name="ledger-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job, done: Done) -> None:
        """Run `job` in the thread, then `done(result, error)` on the loop."""
        self._jobs.put((job, done))

    async def run(self, job: Callable[[], T]) -> T:
        future: asyncio.Future[T] = self._loop.create_future()

        def done(result: T, error: Exception | None) -> None:
            if future.cancelled():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        self.submit(job, done)
        return await future

    def stop(self) -> None:
        """End the thread after the jobs it has."""
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (order := self._jobs.get()) is not None:
            job, done = order
            outcome = self._outcome(job)
            if self._loop.is_closed():
                return  # nobody is left to be told
            self._loop.call_soon_threadsafe(done, *outcome)

    @staticmethod
    def _outcome(job: Job) -> tuple[Any, Exception | None]:
        try:
            return job(), None
        except Exception as error:  # noqa: BLE001  whoever asked decides; the thread must go on
            return None, error
