"""How far an adapter is with what was appended, and those who wait for it."""

from __future__ import annotations

import asyncio


class Progress:
    """Entries are settled (applied or refused) in the order of their appending, so counting is enough."""

    __slots__ = ("_waiting", "appended", "settled")

    def __init__(self) -> None:
        self.appended = 0
        self.settled = 0
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    def complete(self) -> bool:
        return self.settled == self.appended

    async def so_far(self) -> None:
        """Return when what is appended by now is settled."""
        if self.complete():
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((self.appended, future))
        await future

    def wake(self) -> None:
        """Let those go on who have what they waited for."""
        if not self._waiting:
            return
        due = [future for count, future in self._waiting if count <= self.settled and not future.done()]
        self._waiting = [each for each in self._waiting if each[0] > self.settled]
        for future in due:
            future.set_result(None)
