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
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
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
from hubbub.client.discovery import Found, find
from hubbub.client.passwords import Passwords
from hubbub.client.screen import Interrupted, Pipe, Screen, Terminal
from hubbub.client.settings import Server, Settings, SettingsError, find_file
from hubbub.client.trust import Trust
from hubbub.irc import numerics
from hubbub.irc.names import fold, is_nick, suggest
from hubbub.irc.text import printable
from hubbub.irc.wire import Message
from hubbub.plain.mode import LineMode
from hubbub.plain.typed import RESERVED

OK, FAILED, USAGE, UNAVAILABLE, NO_LOGIN, CONFIG, INTERRUPTED, TERMINATED = 0, 1, 2, 69, 77, 78, 130, 143

_LOCAL = "127.0.0.1"
_GREETING_LINES = 10
_MOST_UNCONFIRMED = 16
_LONGEST_PAUSE = 30.0
_FAREWELL_SECONDS = 2.0
_JOIN_SECONDS = 15.0
_PATIENCE_SECONDS = 60.0
"""How long pipes wait for a server that went away. People decide for themselves."""
_NAME_REFUSED = frozenset(
    {
        numerics.ERR_ERRONEUSNICKNAME,
        numerics.ERR_NICKNAMEINUSE,
        numerics.ERR_NICKCOLLISION,
        numerics.ERR_UNAVAILRESOURCE,
    }
)


class LineClient:
    """One chat, over as many connections as it takes.

    `rooms`: gone into on arrival; a key stands behind a space. `secret`: what `mode` says on arrival holds a password
    of the person's own, which goes over the network with TLS only. `only_as`: a name instead of which no other will do
    (NoName). `aside`: takes what nobody said, so that `screen` gets the talk alone; without it `screen` gets all.
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
        only_as: str = "",
        aside: Callable[[Iterable[str]], None] | None = None,
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
        self._only_as = only_as
        self._aside = aside or screen.show
        self._talk_or_not = _TalkOrNot(mode)
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
                self._aside([f"The connection to {self._where()} ended before the chat began: {reason}."])
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
                self._hear(message)
        finally:
            receiving.cancel()
        self._welcomed = self._welcomed or self._mode.is_in
        if self._mode.landed and not self._went_in:
            # Once: after a lost connection the line mode goes back into all its rooms by itself.
            self._went_in = True
            for room in self._rooms:
                self._mode.typed(f"/join {room}")
        await self._flush(raising=True)

    def _hear(self, message: Message) -> None:
        if self._only_as and not self._welcomed:
            # Once in, a similar name will do on coming back: what is still to be said counts more.
            _check_called(self._only_as, message, has_account=self._secret)
        is_talk = self._talk_or_not.is_talk(message)
        self._show()
        self._mode.received(message)
        (self._screen.show if is_talk else self._aside)(self._mode.take_text())

    async def _flush(self, *, raising: bool = False) -> None:
        """Show and send what there is. A connection that breaks meanwhile is noticed where it is read."""
        self._show()
        self._changed.set()
        if self._connection is None:
            return
        try:
            commands = self._mode.take_commands()
            self._talk_or_not.sent(commands)
            await self._connection.send(commands)
        except Lost:
            if raising:
                raise

    def _show(self) -> None:
        self._aside(self._mode.take_text())

    async def _come_back(self, reason: str) -> bool:
        """A new connection; False: there is none in time, or somebody left."""
        self._aside([f"The connection to {self._where()} is lost: {reason}. Trying again…"])
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
                self._aside([str(changed)])
                return False
            except Unreachable as unreachable:
                if not self._screen.asks and loop.time() > deadline:
                    self._aside([str(unreachable)])
                    return False
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
            self._aside([f"Connected to {self._where()} again."])
            self._mode.reconnected()
            return True
        return False

    async def _rest(self, seconds: float) -> None:
        """A pause that ends when somebody leaves."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._until(lambda: False), seconds)

    def _where(self) -> str:
        return to_address(self._host, self._port)


class _TalkOrNot:
    """Tells what people say from all else that a server sends. Asked before the line mode has taken the message."""

    def __init__(self, mode: LineMode) -> None:
        self._mode = mode
        self._asked: Counter[str] = Counter()
        """Pages of history that are on their way, by room."""
        self._batches: set[str] = set()
        self._has_landed = False

    def sent(self, commands: Iterable[Message]) -> None:
        for message in commands:
            if message.command == "CHATHISTORY":
                self._asked[fold(message.params[1])] += 1
            elif message.command == "CAP":
                # A new connection: what was asked over the old one never comes.
                self._asked.clear()
                self._batches.clear()

    def is_talk(self, message: Message) -> bool:
        """Before we have arrived, servers send old messages of their own accord."""
        self._has_landed = self._has_landed or self._mode.landed
        if message.command in ("PRIVMSG", "NOTICE"):
            return self._has_landed
        return message.command == "BATCH" and self._ends_a_page(*message.params[:3])

    def _ends_a_page(self, ref: str = "", kind: str = "", room: str = "") -> bool:
        """A page is shown at its end. One that was asked for is what the pipe wants, or missed without a connection."""
        if ref.startswith("+") and kind == "soju.im/search":
            self._batches.add(ref[1:])
        elif ref.startswith("+") and self._asked[fold(room)] > 0:
            self._asked[fold(room)] -= 1
            self._batches.add(ref[1:])
        elif ref.startswith("-") and ref[1:] in self._batches:
            self._batches.remove(ref[1:])
            return True
        return False


class NoName(Exception):
    """Nothing is said, because it would be said under another name; the text is for people."""


def _check_called(name: str, message: Message, *, has_account: bool) -> None:
    """Raises NoName if the message takes the name from us. One who logs in is called as on their other devices."""
    if message.command in _NAME_REFUSED:
        raise NoName(f"{_refused_name(name, message)}, so nothing was said. {OTHER_NAME}")
    called = message.params[0] if message.params else ""
    if message.command == numerics.RPL_WELCOME and not has_account and fold(called) != fold(name):
        raise NoName(f"the server says {printable(called)} for {name}, so nothing was said. {OTHER_NAME}")


def _refused_name(name: str, message: Message) -> str:
    if message.command == numerics.ERR_ERRONEUSNICKNAME:
        return f"{name} can't be a name on this server"
    if "registered" in message.params[-1]:
        return f"{name} is the name of an account (--account {name} logs in to it, if your keyring has its password)"
    return f"{name} is taken"


OTHER_NAME = "Choose another --name; without one you are called something similar to your login name."


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
    live: bool = False,
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
) -> int:
    """The whole chat; returns the exit code. What isn't given is asked for, if somebody is there.

    `host` may be the key of a server in the settings (`config`). `password`: of the server. `live`: each key goes out.
    """
    source, sink = stdin or sys.stdin, stdout or sys.stdout
    asks = source.isatty() and sink.isatty()
    if live and (not asks or os.environ.get("TERM") in _DUMB):
        return _fail(_NO_TERMINAL, USAGE)
    try:
        settings = Settings.load(find_file(config, os.environ))
        server = _server(settings, host, port) if host else _find_server(settings, port, asks)
        only_as = "" if asks else name or ""
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
    if only_as and only_as.lower() in RESERVED:
        return _fail(f"{name!r} is a word that the chat itself understands; choose another --name", USAGE)
    account = account or server.account
    if account and not password:
        secret = _password(server, account, asks)
        if secret is None:
            return _fail(f"there is no password for {account} at {server.host} in the keyring", NO_LOGIN)
        # Many servers take PASS as a login; said again after each lost connection, it keeps the name.
        password = f"{account}:{secret}"
    make_mode, make_screen, make_client = _live_parts() if live else (LineMode, _screen, LineClient)
    mode = make_mode(
        name=name,
        password=password,
        asks=asks,
        confirms=True,
        remembers_people=asks,
        # Through a pipe goes what is said from now on.
        greeting_lines=_GREETING_LINES if asks else 0,
    )
    screen = make_screen(mode, None if asks else (source, sink))
    client = make_client(
        server.host,
        server.port,
        mode,
        screen,
        encryption=encryption_of(server.tls if tls is None else tls),
        trust=Trust(settings),
        rooms=rooms or server.rooms,
        secret=bool(account),
        only_as=only_as,
        aside=None if asks else _to_stderr,
    )
    return _run(client, screen)


_DUMB = ("dumb", "unknown")
_NO_TERMINAL = (
    "--live shows each letter as it is typed, which needs a terminal; from a pipe: hubbub live … --stdin"
)


def _live_parts() -> tuple[Callable[..., LineMode], Callable[..., Screen], Callable[..., LineClient]]:
    from hubbub.client.live_client import LiveClient, live_mode, live_terminal

    return live_mode, lambda mode, _pipes: live_terminal(mode), LiveClient


def _find_server(settings: Settings, port: int | None, asks: bool) -> Server:
    """The one used last, or found on this machine. Raises ValueError if there are several, and nobody to ask."""
    last = settings.named(settings.last) if port is None else None
    if last and not asks:
        return last
    found = [] if last or port else asyncio.run(_find_here())
    if len(found) > 1 and not asks:
        those = ", ".join(f"{to_address(one.host, one.port)} ({one.name})" for one in found)
        raise ValueError(f"several servers run on this machine; say which one: {those}")
    offered = last or (_server_of(settings, found[0]) if found else _server(settings, _LOCAL, port))
    return _ask_server(settings, offered, found) if asks else offered


async def _find_here() -> list[Found]:
    """The servers of this machine: they are found first, and nobody else is waited for."""
    async for found in find(0):
        return found
    return []


def _server_of(settings: Settings, found: Found) -> Server:
    known = settings.at(found.host, found.port)
    if known:
        return known[0]
    return Server(host=found.host, port=found.port, tls=True if found.tls else "auto")


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
    except NoName as refusal:
        return _fail(str(refusal), NO_LOGIN)
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


def _ask_server(settings: Settings, offered: Server, found: Sequence[Found]) -> Server:
    for one in found if len(found) > 1 else ():
        print(f"  {to_address(one.host, one.port)}  {one.name}")
    usual = offered.host if offered.port == DEFAULT_PORT else to_address(offered.host, offered.port)
    address = parse_address(input(f"Server [{usual}]: "))
    if not address.host and address.port is None:
        return offered
    return _server(settings, address.host or _LOCAL, address.port)


def _ask_name() -> str:
    login = _login_name()
    return input(f"Your name [{login}]: ").strip() or login


def _login_name() -> str:
    try:
        login = getpass.getuser()
    except (OSError, KeyError, ImportError):
        login = "guest"
    return login if is_nick(login) else suggest(login, lambda _: False)


def _to_stderr(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr, flush=True)


def _fail(sentence: str, code: int) -> int:
    print(f"hubbub: {sentence}", file=sys.stderr)
    return code
