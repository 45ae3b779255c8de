"""Whether the server can do its work: the ledger takes an entry, puts it on disk and hands it back.

Trying costs a commit, so what came of it holds for a while, and those who ask at once share one try.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hubbub.core.ledger import Entry, Put

if TYPE_CHECKING:
    from hubbub.net.network import Network

HOLDS = 5.0
"""Seconds for which the result of a try is taken for true."""
PATIENCE = 2.0
"""Seconds after which writing counts as not working."""
KEY = "ready/probe"
"""Nobody takes this key back at start: only its version counts, which changes when it is written."""


class Readiness:
    """The last try, and the one under way."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._writes = False
        self._until = -1.0
        self._trying = asyncio.Lock()

    async def is_ready(self) -> bool:
        async with self._trying:
            now = self._network.loop.time()
            if now >= self._until:
                self._writes = await self._try()
                self._until = now + HOLDS
        return self._writes and not self._network.hub.closing

    async def _try(self) -> bool:
        hub = self._network.hub
        if hub.closing:
            return False
        before = hub.ledger.version(KEY)
        hub.ledger.append(Entry(KEY, b"", keep=False, puts=(Put(KEY, b"1"),)))
        try:
            async with asyncio.timeout(PATIENCE):
                await hub.ledger.flush()
        except TimeoutError:
            return False
        return hub.ledger.version(KEY) != before
