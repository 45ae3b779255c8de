"""`hubbub chat --plain`: the line mode on a terminal or between pipes, against any IRC server.

Owns the life of the chat: asking for the address, connecting, coming back after a lost connection, leaving.
What is said and shown is the line mode's, sockets are connection's, the terminal is screen's. Called by cli.
"""

from __future__ import annotations

import asyncio
import getpass
import random
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from hubbub.client.completion import completions
from hubbub.client.connection import (
    DEFAULT_PORT,
    TLS_PORT,
    Connection,
    Lost,
    Unreachable,
    connect,
    parse_address,
    to_address,
)
from hubbub.client.screen import Interrupted, Pipe, Screen, Terminal
from hubbub.irc.names import is_nick, suggest
from hubbub.plain.mode import LineMode

OK, FAILED, USAGE, UNAVAILABLE, INTERRUPTED, TERMINATED = 0, 1, 2, 69, 130, 143

_LOCAL = "127.0.0.1"
_MOST_UNCONFIRMED = 16
_LONGEST_PAUSE = 30.0
_FAREWELL_SECONDS = 2.0
_PATIENCE_SECONDS = 60.0
"""How long pipes wait for a server that went away. People decide for themselves."""


class LineClient:
    """One chat, over as many connections as it takes."""

    def __init__(
        self,
        host: str,
        port: int,
        mode: LineMode,
        screen: Screen,
        *,
        tls: bool,
        pause: float = 1.0,
        patience: float = _PATIENCE_SECONDS,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._host = host
        self._port = port
        self._mode = mode
        self._screen = screen
        self._tls = tls
        self._pause = pause
        self._patience = patience
        self._jitter = jitter
        self._connection: Connection | None = None
        self._changed = asyncio.Event()
        self._welcomed = False

    async def chat(self) -> int:
        """Until somebody leaves. Raises Unreachable where there is no server in the first place."""
        self._connection = await connect(self._host, self._port, tls=self._tls)
        self._mode.start()
        self._show()
        typing = asyncio.create_task(self._type())
        talking = asyncio.create_task(self._talk())
        try:
            await asyncio.wait((typing, talking), return_when=asyncio.FIRST_COMPLETED)
            if not talking.done():
                await typing
            return await talking
        except Interrupted:
            self._mode.leave("")
            await self._flush()
            return INTERRUPTED
        finally:
            for task in (typing, talking):
                task.cancel()
            await asyncio.gather(typing, talking, return_exceptions=True)
            if self._connection:
                await self._connection.close()

    # -- typing ---------------------------------------------------------------------------------------------

    async def _type(self) -> None:
        async for line in self._screen.lines():
            if not self._screen.asks:
                await self._until(self._may_go_on)
            self._mode.typed(line)
            await self._flush()
            if self._mode.wants_to_leave:
                return
        if not self._screen.asks:
            await self._until(lambda: self._mode.landed and not self._mode.unconfirmed)
        if not self._mode.wants_to_leave:
            self._mode.leave("")
            await self._flush()

    def _may_go_on(self) -> bool:
        return self._mode.landed and self._mode.unconfirmed < _MOST_UNCONFIRMED

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition() and not self._mode.wants_to_leave:
            self._changed.clear()
            await self._changed.wait()

    # -- talking --------------------------------------------------------------------------------------------

    async def _talk(self) -> int:
        while True:
            reason = await self._converse()
            self._mode.disconnected()
            self._show()
            if self._mode.wants_to_leave:
                return FAILED if self._mode.failures and not self._screen.asks else OK
            if not self._welcomed and not self._mode.asking:
                self._screen.show(
                    [f"The connection to {self._where()} ended before the chat began: {reason}."]
                )
                return UNAVAILABLE
            if not await self._come_back(reason):
                return OK if self._mode.wants_to_leave else UNAVAILABLE

    async def _converse(self) -> str:
        """Over one connection, until it ends; returns why."""
        connection = self._connection
        assert connection is not None
        try:
            await self._flush(raising=True)
            while True:
                wait = _FAREWELL_SECONDS if self._mode.wants_to_leave else None
                await self._take(connection, wait)
        except Lost as lost:
            return str(lost)
        except TimeoutError:
            return "the server doesn't say goodbye"
        finally:
            self._connection = None
            await connection.close()

    async def _take(self, connection: Connection, wait: float | None) -> None:
        """The next messages. Once we want to leave, the server has so long to close the connection."""
        receiving = asyncio.ensure_future(connection.receive())
        try:
            while not receiving.done():
                self._changed.clear()
                changed = asyncio.ensure_future(self._changed.wait())
                done, _ = await asyncio.wait(
                    (receiving, changed), timeout=wait, return_when=asyncio.FIRST_COMPLETED
                )
                changed.cancel()
                if not done:
                    raise TimeoutError
                if self._mode.wants_to_leave:
                    wait = _FAREWELL_SECONDS
            for message in receiving.result():
                self._mode.received(message)
        finally:
            receiving.cancel()
        self._welcomed = self._welcomed or self._mode.is_in
        await self._flush(raising=True)

    async def _flush(self, *, raising: bool = False) -> None:
        """Show and send what there is. A connection that breaks meanwhile is noticed where it is read."""
        self._show()
        self._changed.set()
        if self._connection is None:
            return
        try:
            await self._connection.send(self._mode.take_commands())
        except Lost:
            if raising:
                raise

    def _show(self) -> None:
        self._screen.show(self._mode.take_text())

    async def _come_back(self, reason: str) -> bool:
        """A new connection; False: there is none in time, or somebody left."""
        self._screen.show([f"The connection to {self._where()} is lost: {reason}. Trying again…"])
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience
        pause = self._pause
        while not self._mode.wants_to_leave:
            await self._rest(pause * (0.5 + self._jitter() / 2))
            if self._mode.wants_to_leave:
                return False
            try:
                self._connection = await connect(self._host, self._port, tls=self._tls)
            except Unreachable as unreachable:
                if not self._screen.asks and loop.time() > deadline:
                    self._screen.show([str(unreachable)])
                    return False
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
            self._screen.show([f"Connected to {self._where()} again."])
            self._mode.reconnected()
            return True
        return False

    async def _rest(self, seconds: float) -> None:
        """A pause that ends when somebody leaves."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._until(lambda: False), seconds)

    def _where(self) -> str:
        return to_address(self._host, self._port)


def run(
    host: str | None = None,
    port: int | None = None,
    name: str | None = None,
    *,
    tls: bool | None = None,
    password: str = "",
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
) -> int:
    """The whole chat; returns the exit code. What isn't given is asked for, if somebody is there."""
    source, sink = stdin or sys.stdin, stdout or sys.stdout
    asks = source.isatty() and sink.isatty()
    try:
        if host is None:
            host, port = _ask_address(port) if asks else (_LOCAL, port)
        if name is None:
            name = _ask_name() if asks else _login_name()
    except EOFError:
        return OK
    except KeyboardInterrupt:
        return INTERRUPTED
    except ValueError as error:
        return _fail(str(error), USAGE)
    if not is_nick(name):
        return _fail(f"{name!r} can't be a name; how about {suggest(name, lambda _: False)}?", USAGE)
    encrypted = port == TLS_PORT if tls is None else tls
    mode = LineMode(name=name, password=password, asks=asks, confirms=True, remembers_people=asks)
    return _run(host, port or DEFAULT_PORT, mode, (source, sink) if not asks else None, encrypted)


def _run(host: str, port: int, mode: LineMode, pipes: tuple[TextIO, TextIO] | None, tls: bool) -> int:
    try:
        return asyncio.run(_chat(host, port, mode, pipes, tls))
    except Unreachable as unreachable:
        return _fail(str(unreachable), UNAVAILABLE)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; Python's own flush at the end would only complain.
        sys.stdout = None
        return FAILED


async def _chat(
    host: str, port: int, mode: LineMode, pipes: tuple[TextIO, TextIO] | None, encrypted: bool
) -> int:
    screen: Screen
    screen = (
        Pipe(*pipes)
        if pipes
        else Terminal(lambda before: completions(before, mode.names_known(), mode.rooms))
    )
    task = asyncio.ensure_future(LineClient(host, port, mode, screen, tls=encrypted).chat())
    # The terminal is restored before the process goes.
    with suppress(NotImplementedError, AttributeError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, task.cancel)
    with screen.open():
        try:
            return await task
        except asyncio.CancelledError:
            if not task.cancelled():
                raise
            return TERMINATED


def _ask_address(port: int | None) -> tuple[str, int | None]:
    host, given = parse_address(input(f"Server [{_LOCAL}]: "))
    return host or _LOCAL, given or port


def _ask_name() -> str:
    login = _login_name()
    return input(f"Your name [{login}]: ").strip() or login


def _login_name() -> str:
    try:
        login = getpass.getuser()
    except (OSError, KeyError, ImportError):
        login = "guest"
    return login if is_nick(login) else suggest(login, lambda _: False)


def _fail(sentence: str, code: int) -> int:
    print(f"hubbub: {sentence}", file=sys.stderr)
    return code
