"""A Session over real connections: connecting, coming back with patience, leaving.

Owns the connections to one server and the clock. Knows no screen: whoever shows the chat is called with events.
Used by the terminal client; one task a network.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from hubbub.client.address import is_loopback
from hubbub.client.chat import Chat
from hubbub.client.connection import CertificateChanged, Connection, Encryption, Lost, Unreachable, connect
from hubbub.client.events import Event, Phase
from hubbub.client.registration import Identity
from hubbub.client.session import Session
from hubbub.client.trust import Trust

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_FAREWELL_SECONDS = 2.0
_WELCOME_SECONDS = 30
"""A server that doesn't let us in by then is not there."""
_QUIET_SECONDS = 12.0
"""People look at this: a dead connection must show within half a minute."""

OnEvents = Callable[["Network", list[Event]], None]


class Network:
    """`key`: what the settings call the server.

    `certificate_changed`: why there is no connection until people decide.
    """

    def __init__(
        self,
        key: str,
        host: str,
        port: int,
        identity: Identity,
        on_events: OnEvents,
        *,
        encryption: Encryption = Encryption.AUTO,
        trust: Trust | None = None,
        rooms: Mapping[str, str] | None = None,
        first_pause: float = _FIRST_PAUSE,
    ) -> None:
        self.key = key
        self.host = host
        self.port = port
        self.encryption = encryption
        self.connection: Connection | None = None
        self.certificate_changed: CertificateChanged | None = None
        self.session = Session(
            identity, now_ms=_now_ms, nonce=lambda: secrets.token_hex(8), rooms=rooms, wake=self._wake
        )
        self._on_events = on_events
        self._trust = trust
        self._first_pause = first_pause
        self._leaving = False
        self._registering = 0
        self._came_in = False
        self._awake = False
        self._timer: asyncio.TimerHandle | None = None
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()

    @property
    def title(self) -> str:
        return self.session.chat.network or self.key

    @property
    def chat(self) -> Chat:
        return self.session.chat

    @property
    def encrypted(self) -> bool:
        return self.connection is not None and self.connection.encrypted

    @property
    def phase(self) -> Phase:
        return self.session.phase

    # -- what the owner asks --------------------------------------------------------------------------------

    def start(self) -> None:
        """Connect, and stay connected until stop()."""
        if self._task is None or self._task.done():
            self._leaving = False
            self._task = asyncio.create_task(self._run(), name=f"network {self.key}")
            self._task.add_done_callback(_raise)

    def reconnect_now(self) -> None:
        """Don't wait for the next attempt; where there is a connection, make a new one."""
        self._hurry.set()
        if self._task is None or self._task.done():
            self.start()
        elif self.connection is not None:
            self.connection.abort()

    def give_up(self) -> None:
        """Don't try again until start() or reconnect_now()."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    async def stop(self, reason: str = "") -> None:
        """Say goodbye and end."""
        self._leaving = True
        self._hurry.set()
        task, self._task = self._task, None
        if self.connection is not None:
            self.session.leave(reason)
            self.connection.put(self.session.take_messages())
            if task is not None:
                await asyncio.wait({task}, timeout=_FAREWELL_SECONDS)
        if self.connection is not None:
            # Whoever doesn't hang up after a goodbye takes nothing any more, either.
            self.connection.abort()
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self.session.set_phase(Phase.ENDED, reason)
        self._show()

    # -- the life of a connection ---------------------------------------------------------------------------

    async def _run(self) -> None:
        pause = self._first_pause
        ticking = asyncio.create_task(self._tick())
        try:
            while self._is_wanted():
                self._hurry.clear()
                self._phase(Phase.CONNECTING)
                reason = await self._converse()
                if self._came_in:
                    pause = self._first_pause
                if self.certificate_changed or not self._is_wanted():
                    break
                await self._rest(pause * (0.75 + random.random() / 2), reason)  # noqa: S311 - spreads the return of many
                pause = min(pause * 2, _LONGEST_PAUSE)
        finally:
            ticking.cancel()
            if self._timer is not None:
                self._timer.cancel()

    def _is_wanted(self) -> bool:
        # asyncio.wait_for may swallow a cancellation (until Python 3.12), so a task that was given up asks itself.
        return not self._leaving and self._task is asyncio.current_task()

    async def _converse(self) -> str:
        """One connection, from beginning to end; returns why it ended."""
        self._came_in = False
        self.certificate_changed = None
        try:
            self.connection = await connect(
                self.host, self.port, encryption=self.encryption, trust=self._trust, quiet=_QUIET_SECONDS
            )
        except CertificateChanged as changed:
            self.certificate_changed = changed
            self._phase(Phase.ENDED, str(changed))
            return str(changed)
        except Unreachable as unreachable:
            return str(unreachable)
        self.session.connected(safe=self.connection.encrypted or is_loopback(self.host))
        try:
            return await self._talk(self.connection)
        finally:
            connection, self.connection = self.connection, None
            self._came_in = self.session.was_online
            self.session.disconnected("")
            self._show()
            await connection.close()

    async def _talk(self, connection: Connection) -> str:
        try:
            await self._flush(connection)
            while True:
                for message in await connection.receive():
                    self.session.received(message)
                await self._flush(connection)
                self._show()
        except Lost as lost:
            return self.session.refusal or str(lost)

    async def _rest(self, seconds: float, reason: str) -> None:
        self._phase(Phase.WAITING, reason, self._loop.time() + seconds)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), seconds)

    async def _tick(self) -> None:
        while True:
            # The clock of what ends by itself: questions without an answer, and that somebody is typing.
            await asyncio.sleep(1)
            self.session.tick()
            hangs = self.phase is Phase.REGISTERING and not self.session.asks_name
            self._registering = self._registering + 1 if hangs else 0
            if self._registering > _WELCOME_SECONDS and self.connection is not None:
                self.connection.abort()

    # -- in and out -----------------------------------------------------------------------------------------

    def _wake(self) -> None:
        """Something is to be sent or shown: once, when whoever caused it is done."""
        if not self._awake:
            self._awake = True
            self._loop.call_soon(self._serve)

    def _serve(self) -> None:
        self._awake = False
        if self.connection is not None:
            self.connection.put(self.session.take_messages())
        self._show()
        self._plan()

    def _plan(self) -> None:
        """Live text has its own time, finer than a second."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self.session.live.due()
        if due is not None:
            self._timer = self._loop.call_later(max(due - _now_ms(), 0) / 1000, self._live)

    def _live(self) -> None:
        self._timer = None
        self.session.live.tick()
        self._serve()

    async def _flush(self, connection: Connection) -> None:
        await connection.send(self.session.take_messages())

    def _phase(self, phase: Phase, reason: str = "", retry_at: float = 0.0) -> None:
        self.session.set_phase(phase, reason, retry_at)
        self._show()

    def _show(self) -> None:
        events = self.session.take_events()
        if events:
            self._on_events(self, events)


def _raise(task: asyncio.Task[None]) -> None:
    """A mistake in the program ends it, instead of a connection that says nothing any more."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        raise error


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
