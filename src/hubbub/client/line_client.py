"""`hubbub chat --plain`: the line mode on a terminal or between pipes, against any IRC server.

Owns the life of the chat: asking for the address, connecting, coming back after a lost connection, leaving.
What is said and shown is the line mode's, sockets are connection's, the terminal is screen's. Called by cli.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import random
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TextIO

from hubbub.client.address import DEFAULT_PORT, is_loopback, parse_address, to_address
from hubbub.client.completion import completions
from hubbub.client.connection import (
    CertificateChanged,
    Connection,
    Encryption,
    Lost,
    Unreachable,
    connect,
    encryption_of,
)
from hubbub.client.passwords import Passwords
from hubbub.client.screen import Interrupted, Pipe, Screen, Terminal
from hubbub.client.settings import Server, Settings, SettingsError, find_file
from hubbub.client.trust import Trust
from hubbub.irc.names import fold, is_nick, suggest
from hubbub.plain.mode import LineMode

OK, FAILED, USAGE, UNAVAILABLE, NO_LOGIN, CONFIG, INTERRUPTED, TERMINATED = 0, 1, 2, 69, 77, 78, 130, 143

_LOCAL = "127.0.0.1"
_MOST_UNCONFIRMED = 16
_LONGEST_PAUSE = 30.0
_FAREWELL_SECONDS = 2.0
_JOIN_SECONDS = 15.0
_PATIENCE_SECONDS = 60.0
"""How long pipes wait for a server that went away. People decide for themselves."""


class LineClient:
    """One chat, over as many connections as it takes.

    `rooms`: gone into on arrival; a key stands behind a space. `secret`: what `mode` says on arrival holds a password
    of the person's own, which goes over the network with TLS only.
    """

    def __init__(
        self,
        host: str,
        port: int,
        mode: LineMode,
        screen: Screen,
        *,
        encryption: Encryption = Encryption.AUTO,
        trust: Trust | None = None,
        rooms: Sequence[str] = (),
        secret: bool = False,
        pause: float = 1.0,
        patience: float = _PATIENCE_SECONDS,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._host = host
        self._port = port
        self._mode = mode
        self._screen = screen
        self._encryption = encryption
        self._trust = trust
        self._rooms = list(rooms)
        self._secret = secret
        self._pause = pause
        self._patience = patience
        self._jitter = jitter
        self._connection: Connection | None = None
        self._changed = asyncio.Event()
        self._welcomed = False
        self._went_in = False

    async def chat(self) -> int:
        """Until somebody leaves. Raises Unreachable where there is no server in the first place."""
        self._connection = await self._connect()
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

    async def _connect(self) -> Connection:
        connection = await connect(self._host, self._port, encryption=self._encryption, trust=self._trust)
        if self._secret and not connection.encrypted and not is_loopback(self._host):
            await connection.close()
            raise Unreachable(
                f"{self._where()} does not speak TLS, and a password must not be read on the way."
            )
        if connection.first_use:
            self._note(
                f"The certificate of {self._where()} is new here and remembered from now on. Its fingerprint is "
                f"{connection.fingerprint}; whoever runs the server can tell you whether that is right."
            )
        if self._trust and self._trust.problem:
            self._note(f"It could not be remembered: {self._trust.problem}")
        return connection

    def _note(self, text: str) -> None:
        """Something about the chat, that a pipe should not take for a part of it."""
        if self._screen.asks:
            self._screen.show([text])
        else:
            print(f"hubbub: {text}", file=sys.stderr)

    # -- typing ---------------------------------------------------------------------------------------------

    async def _type(self) -> None:
        if self._rooms and not self._screen.asks:
            await self._until_inside()
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

    async def _until_inside(self) -> None:
        """What a pipe says is meant for the room that was asked for, and for no other."""
        try:
            await asyncio.wait_for(self._until(self._is_inside), _JOIN_SECONDS)
        except TimeoutError:
            self._mode.refuse(
                f"There was no way into {self._rooms[-1].partition(' ')[0]}, so nothing was said."
            )
            self._mode.leave("")
            await self._flush()

    def _is_inside(self) -> bool:
        joined = {fold(room) for room in self._mode.rooms}
        return self._went_in and all(fold(room.partition(" ")[0]) in joined for room in self._rooms)

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
        if self._mode.landed and not self._went_in:
            # Once: after a lost connection the line mode goes back into all its rooms by itself.
            self._went_in = True
            for room in self._rooms:
                self._mode.typed(f"/join {room}")
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
                self._connection = await self._connect()
            except CertificateChanged as changed:
                self._screen.show([str(changed)])
                return False
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
    account: str = "",
    rooms: Sequence[str] = (),
    config: str = "",
    password: str = "",
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
) -> int:
    """The whole chat; returns the exit code. What isn't given is asked for, if somebody is there.

    `host` may be the key of a server in the settings (`config`). `password`: of the server.
    """
    source, sink = stdin or sys.stdin, stdout or sys.stdout
    asks = source.isatty() and sink.isatty()
    try:
        settings = Settings.load(find_file(config, os.environ))
        if host is None:
            host, port = _ask_address(port) if asks else (_LOCAL, port)
        server = _server(settings, host, port)
        name = name or server.name or (_ask_name() if asks else _login_name())
    except SettingsError as error:
        return max(_fail(problem, CONFIG) for problem in error.problems)
    except EOFError:
        return OK
    except KeyboardInterrupt:
        return INTERRUPTED
    except ValueError as error:
        return _fail(str(error), USAGE)
    if not is_nick(name):
        return _fail(f"{name!r} can't be a name; how about {suggest(name, lambda _: False)}?", USAGE)
    account = account or server.account
    if account and not password:
        secret = _password(server, account, asks)
        if secret is None:
            return _fail(f"there is no password for {account} at {server.host} in the keyring", NO_LOGIN)
        # Many servers take PASS as a login; said again after each lost connection, it keeps the name.
        password = f"{account}:{secret}"
    mode = LineMode(name=name, password=password, asks=asks, confirms=True, remembers_people=asks)
    screen = _screen(mode, None if asks else (source, sink))
    client = LineClient(
        server.host,
        server.port,
        mode,
        screen,
        encryption=encryption_of(server.tls if tls is None else tls),
        trust=Trust(settings),
        rooms=rooms or server.rooms,
        secret=bool(account),
    )
    return _run(client, screen)


def _server(settings: Settings, host: str, port: int | None) -> Server:
    """As the settings know it; one that they don't know is not put there."""
    named = settings.named(host) if port is None else None
    known = [named] if named else settings.at(host, port or DEFAULT_PORT)
    return known[0] if known else Server(host=host, port=port or DEFAULT_PORT)


def _password(server: Server, account: str, asks: bool) -> str | None:
    key = server.key or to_address(server.host, server.port)
    found = asyncio.run(Passwords().get(key, account))
    if found is None and asks:
        found = getpass.getpass(f"Password of {account}: ")
    return found or None


def _screen(mode: LineMode, pipes: tuple[TextIO, TextIO] | None) -> Screen:
    if pipes:
        return Pipe(*pipes)
    return Terminal(lambda before: completions(before, mode.names_known(), mode.rooms))


def _run(client: LineClient, screen: Screen) -> int:
    try:
        return asyncio.run(_chat(client, screen))
    except Unreachable as unreachable:
        return _fail(str(unreachable), UNAVAILABLE)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; Python's own flush at the end would only complain.
        sys.stdout = None
        return FAILED


async def _chat(client: LineClient, screen: Screen) -> int:
    task = asyncio.ensure_future(client.chat())
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
    address = parse_address(input(f"Server [{_LOCAL}]: "))
    return address.host or _LOCAL, address.port or port


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
