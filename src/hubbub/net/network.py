"""The network: what all connections of this process share.

Owns the one flush per turn of the loop, the sweep that finds silent connections, and their number. The door makes
peers, peers register here, the hub wakes it when sessions have output.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from hubbub.core.attempts import network_of
from hubbub.fanout import send_pending
from hubbub.net.browsers import KINDS, Browsers

if TYPE_CHECKING:
    from hubbub.config import Settings
    from hubbub.core.hub import Hub
    from hubbub.core.session import Session
    from hubbub.net.web.asgi import Web
    from hubbub.net.web.filehost import FileHost

log = logging.getLogger("hubbub.net")

SLICE = 1000
"""Sessions flushed before the loop gets a turn for others: about 5 ms of sends."""


class Connection(Protocol):
    """What the network needs of every kind of connection."""

    kind: str
    """What it speaks: irc, plain, websocket or http."""

    @property
    def waiting(self) -> int:
        """Bytes that the other side has not taken yet."""

    def check(self, now: float) -> None:
        """Look at the clock (loop time, seconds): ask for a sign of life, or close."""

    def end(self, reason: str) -> None:
        """Say why, and close."""


class Network:
    """Shared by all connections of one process."""

    def __init__(self, settings: Settings, loop: asyncio.AbstractEventLoop) -> None:
        self.settings = settings
        self.loop = loop
        self.hub: Hub
        self.file_host: FileHost
        self.connections: set[Connection] = set()
        self.arriving = 0
        """Those let in at the door that have not become connections yet."""
        self.per_address: dict[str, int] = {}
        """How many of both there are, by address."""
        self._browsers = Browsers()
        self.cut_off = 0
        """How many have been cut off so far for reading too slowly."""
        self._left: list[Session] = []
        self._all_gone: asyncio.Event | None = None
        self._sweeper: asyncio.TimerHandle | None = None

    @cached_property
    def web(self) -> Web:
        """What HTTP connections share. Loaded when it is first asked for, as most of a start would go into it."""
        from hubbub.net.web.asgi import Web

        return Web(self)

    def start(self, hub: Hub) -> None:
        self.hub = hub
        self._sweep()

    def stop(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()

    # -- output ---------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Sessions have output: flush them when this turn of the loop has ended."""
        self.loop.call_soon(self.flush)

    def flush(self) -> None:
        """One write per session with output, in slices so that a very large room delays nobody else's input."""
        dirty = self.hub.outbox.take()
        if len(dirty) <= SLICE and not self._left:
            for session in send_pending(dirty):
                session.link.flush()
            return
        self._left.extend(dirty)
        self._flush_slice()

    def _flush_slice(self) -> None:
        now, self._left = self._left[:SLICE], self._left[SLICE:]
        for session in send_pending(now):
            session.link.flush()
        if self._left:
            self.loop.call_soon(self._flush_slice)

    # -- connections ----------------------------------------------------------------------------------------

    @property
    def number(self) -> int:
        return len(self.connections) + self.arriving

    def arrive(self, address: str) -> None:
        """Somebody is let in. They count from now on, so that no crowd slips in before it has said anything."""
        self.arriving += 1
        self._count(address, 1)

    def arrived(self, address: str) -> None:
        """They are a connection now, or are gone."""
        self.arriving -= 1
        self._count(address, -1)

    def add(self, connection: Connection, address: str) -> None:
        self.connections.add(connection)
        self._count(address, 1)
        if connection.kind in KINDS:
            self._browsers.come(network_of(address))

    def remove(self, connection: Connection, address: str) -> None:
        if connection not in self.connections:
            return
        self.connections.discard(connection)
        self._count(address, -1)
        if connection.kind in KINDS:
            self._browsers.go(network_of(address), self.loop.time())
        if not self.connections and self._all_gone is not None:
            self._all_gone.set()

    def expects_browser(self, address: str) -> bool:
        """Whether somebody silent from there may be a browser that has opened a connection in advance."""
        return self._browsers.are_at(network_of(address), self.loop.time())

    def _count(self, address: str, change: int) -> None:
        address = network_of(address)
        number = self.per_address.get(address, 0) + change
        if number > 0:
            self.per_address[address] = number
        else:
            self.per_address.pop(address, None)

    async def emptied(self, patience: float) -> None:
        """Return when all connections are gone, or after so many seconds."""
        self._all_gone = asyncio.Event()
        if not self.connections:
            return
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._all_gone.wait(), patience)

    def end_all(self, reason: str) -> None:
        """Tell everybody why, and close."""
        for connection in list(self.connections):
            connection.end(reason)

    def _sweep(self) -> None:
        """Look at every connection's clock, a few times in the shortest of the time limits."""
        time = self.settings.time
        shortest = min(time.ping_interval, time.ping_timeout, time.registration)
        self._sweeper = self.loop.call_later(min(5.0, shortest / 4), self._sweep)
        now = self.loop.time()
        for connection in list(self.connections):
            connection.check(now)
