"""`hubbub live`: what comes out of a pipe, captions for one, is shown in a room as it comes.  docs/specs/live-text.md

Owns the reading of the pipe (Dictation, without I/O) and the life of the command: coming in, saying each line once,
leaving. Sends over a Network, whose Session owns what was said and not confirmed. Called by cli.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import signal
import sys
import threading
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple, TextIO

from hubbub.client.address import DEFAULT_PORT, is_loopback, to_address
from hubbub.client.chat import Conversation
from hubbub.client.connection import Encryption, encryption_of
from hubbub.client.events import Event, LoginRefused, NameRefused, Phase, PhaseChanged, Told
from hubbub.client.line_client import (
    CONFIG,
    FAILED,
    INTERRUPTED,
    NO_LOGIN,
    OK,
    OTHER_NAME,
    TERMINATED,
    UNAVAILABLE,
    USAGE,
)
from hubbub.client.lines import Delivery, Line
from hubbub.client.login_name import login_name
from hubbub.client.network import Network
from hubbub.client.outbox import DOUBTFUL
from hubbub.client.passwords import Passwords
from hubbub.client.registration import Identity
from hubbub.client.requests import Request
from hubbub.client.settings import Server, Settings, SettingsError, find_file
from hubbub.client.trust import Trust
from hubbub.irc.names import fold, is_nick, suggest
from hubbub.irc.text import printable
from hubbub.plain.typed import clean

LONGEST = 400
"""Bytes of a line: what fits into one message on every server. A longer one is said in pieces."""
_MOST_UNCONFIRMED = 16
_COME_IN_SECONDS = 30.0
_JOIN_SECONDS = 15.0
_PATIENCE_SECONDS = 60.0
"""How long a server that went away is waited for."""
_CHUNK = 65_536
_JOINER = "\u200d"
_SKIN_TONES = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_EXTENDING = frozenset({"Mn", "Me", "Mc", "Cf"})


# -- what the pipe says --------------------------------------------------------------------------------------


class Grown(NamedTuple):
    """What stands in the line now."""

    text: str


class Spoken(NamedTuple):
    """A line that is complete."""

    text: str


Heard = Grown | Spoken


class Dictation:
    """Bytes into lines that grow. A line break ends one; \\r begins it anew; a backspace takes a sign back."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._line: list[str] = []
        self._is_returned = False
        """A \\r has come: the next sign begins the line anew, unless it is the line break that belongs to it."""

    def feed(self, data: bytes, *, final: bool = False) -> list[Heard]:
        """What has become of it. `final`: nothing more comes, so what stands is complete."""
        heard: list[Heard] = []
        for sign in self._decoder.decode(data, final):
            heard += self._take(sign)
        if final:
            heard += self._end()
        elif self._line or not heard:
            heard.append(Grown(clean("".join(self._line))))
        return heard

    def _take(self, sign: str) -> list[Heard]:
        if sign == "\n":
            return self._end()
        if self._is_returned:
            self._line.clear()
        self._is_returned = sign == "\r"
        if sign in "\b\x7f":
            _take_back(self._line)
        elif sign != "\r":
            self._line.append(sign)
        return self._cut() if len(self._line) > LONGEST // 4 else []

    def _end(self) -> list[Heard]:
        text = clean("".join(self._line))
        self._line.clear()
        self._is_returned = False
        return [Spoken(text)] if text else [Grown("")]

    def _cut(self) -> list[Heard]:
        """The line in time before it grows too long, up to its last word that is whole."""
        if len("".join(self._line).encode()) <= LONGEST:
            return []
        text = "".join(self._line[:-1])
        space = text.rfind(" ")
        # One word without end is cut where it is.
        said = text[:space] if space > len(text) // 2 else text
        self._line = self._line[len(said) :]
        while self._line[:1] == [" "]:
            del self._line[0]
        text = clean(said)
        return [Spoken(text)] if text else []


def _take_back(line: list[str]) -> None:
    """The last letter, with its marks; of joined ones all."""
    while line:
        sign = line.pop()
        extends = unicodedata.category(sign) in _EXTENDING or sign in _SKIN_TONES
        if not extends and line[-1:] != [_JOINER]:
            return


# -- the life of the command ---------------------------------------------------------------------------------


class Ended(Exception):
    """It can't go on. The text is for people, `code` for the shell."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


class LivePipe:
    """One pipe and one room. `only_as`: no other name will do. `read`: the next bytes, b"" at the end."""

    def __init__(
        self,
        server: Server,
        room: str,
        identity: Identity,
        read: Callable[[], bytes],
        *,
        encryption: Encryption,
        trust: Trust | None = None,
        only_as: bool = False,
        tell: Callable[[str], None],
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        self._where = to_address(server.host, server.port)
        self._host = server.host
        self._room = room
        self._read = read
        self._only_as = only_as
        self._name = identity.nick
        self._has_account = bool(identity.account)
        self._tell = tell
        self._patience = patience
        self._news = asyncio.Event()
        self._ended: Ended | None = None
        self._was_online = self._is_joining = False
        self._phase = Phase.CONNECTING
        self._gone_at = 0.0
        self._unconfirmed: list[Line] = []
        self._failed = False
        self._dictation = Dictation()
        self._loop = asyncio.get_running_loop()
        self._network = Network(
            "live", server.host, server.port, identity, self._heard, encryption=encryption, trust=trust
        )
        self._session = self._network.session

    async def run(self) -> int:
        """Until the pipe ends. Raises Ended."""
        self._network.start()
        try:
            conversation = await self._come_in()
            await self._show(conversation)
            await self._pass_on(conversation)
            await self._until(lambda: not self._unconfirmed)
        finally:
            await self._network.stop()
        return FAILED if self._failed else OK

    # -- coming in ------------------------------------------------------------------------------------------

    async def _come_in(self) -> Conversation:
        await self._until(
            lambda: self._network.phase is Phase.ONLINE,
            _COME_IN_SECONDS,
            Ended(f"{self._where} does not let anybody in.", UNAVAILABLE),
        )
        self._check()
        self._session.join(self._room)
        self._is_joining = True
        no_way = Ended(f"There was no way into {self._room}, so nothing was said.", FAILED)
        await self._until(lambda: self._conversation() is not None, _JOIN_SECONDS, no_way)
        self._is_joining = False
        found = self._conversation()
        assert found is not None
        return found

    def _check(self) -> None:
        called = self._session.chat.nick
        if self._only_as and not self._has_account and fold(called) != fold(self._name):
            raise Ended(
                f"the server says {printable(called)} for {self._name}, so nothing was said. {OTHER_NAME}",
                NO_LOGIN,
            )
        if self._has_account and not (self._network.encrypted or is_loopback(self._host)):
            raise Ended(
                f"{self._where} does not speak TLS, and a password must not be read on the way.", UNAVAILABLE
            )

    def _conversation(self) -> Conversation | None:
        found = self._session.chat.find(self._room)
        return found if found is not None and found.joined else None

    async def _show(self, conversation: Conversation) -> None:
        """Ask for live text; where there is none, each line is said when it is complete."""
        live = self._session.live
        if not live.exists:
            self._tell(f"{self._where} has no live text, so each line is said when it is complete.")
            return

        def answered(request: Request) -> None:
            if request.failed:
                self._tell(f"{request.failure.rstrip('.')}. So each line is said when it is complete.")
                # An operator may allow it later.
                live.restore([conversation.name])
            self._news.set()

        request = live.want(True, conversation.name)
        request.then(answered)
        await self._until(lambda: request.done)

    # -- passing on -----------------------------------------------------------------------------------------

    async def _pass_on(self, conversation: Conversation) -> None:
        chunks: asyncio.Queue[bytes] = asyncio.Queue(1)
        # Not the loop's executor: leaving must not wait for a read that never returns.
        threading.Thread(target=_pump, args=(self._read, self._loop, chunks), daemon=True).start()
        while True:
            data = await self._next(chunks)
            for heard in self._dictation.feed(data, final=not data):
                await self._take(conversation, heard)
            if not data:
                return

    async def _next(self, chunks: asyncio.Queue[bytes]) -> bytes:
        """The next bytes; Ended comes through meanwhile."""
        getting = asyncio.ensure_future(chunks.get())
        getting.add_done_callback(lambda _: self._news.set())
        try:
            await self._until(getting.done)
            return getting.result()
        finally:
            getting.cancel()

    async def _take(self, conversation: Conversation, heard: Heard) -> None:
        if isinstance(heard, Grown):
            self._session.live.typed(conversation, heard.text)
            return
        await self._until(lambda: len(self._unconfirmed) < _MOST_UNCONFIRMED)
        self._unconfirmed += self._session.say(conversation, heard.text)
        # Not before: what was said would be taken back.
        self._session.live.typed(conversation, "")

    # -- what happens ---------------------------------------------------------------------------------------

    def _heard(self, network: Network, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, PhaseChanged):
                self._follow(event)
            elif isinstance(event, NameRefused):
                self._rename(event)
            elif isinstance(event, Told) and event.error and self._is_joining:
                self._end(
                    f"There was no way into {self._room}, so nothing was said: {printable(event.text)}",
                    FAILED,
                )
            elif isinstance(event, LoginRefused):
                self._end(f"{self._where} does not let {event.account} in: {event.reason}", NO_LOGIN)
        for line in [line for line in self._unconfirmed if line.delivery is not Delivery.PENDING]:
            self._unconfirmed.remove(line)
            if line.delivery is Delivery.FAILED:
                self._failed = True
                may_have = line.failure == DOUBTFUL
                self._tell(
                    f"This may not have arrived: {printable(line.text)}"
                    if may_have
                    else f"This was not said ({printable(line.failure)}): {printable(line.text)}"
                )
        self._news.set()

    def _follow(self, event: PhaseChanged) -> None:
        before, self._phase = self._phase, event.phase
        changed = self._network.certificate_changed
        if changed is not None:
            self._end(str(changed), UNAVAILABLE)
        elif event.phase is Phase.ONLINE:
            if self._gone_at:
                self._tell(f"Connected to {self._where} again.")
            self._was_online, self._gone_at = True, 0.0
        elif event.phase is Phase.WAITING and not self._was_online:
            began = f"The connection to {self._where} ended before the chat began: {event.reason}."
            self._end(event.reason if before is Phase.CONNECTING else began, UNAVAILABLE)
        elif event.phase is Phase.WAITING and not self._gone_at:
            self._gone_at = self._loop.time()
            self._tell(f"The connection to {self._where} is lost: {event.reason}. Trying again…")
            self._loop.call_later(self._patience, self._lose_patience, self._gone_at)

    def _lose_patience(self, gone_at: float) -> None:
        if self._gone_at == gone_at:
            self._end(f"{self._where} did not come back.", UNAVAILABLE)

    def _rename(self, event: NameRefused) -> None:
        if (self._only_as and not self._was_online) or not event.suggestion:
            reason = printable(event.reason).rstrip(".")
            self._end(f"{event.name}: {reason}; so nothing was said. {OTHER_NAME}", NO_LOGIN)
        else:
            self._session.take_name(event.suggestion)

    def _end(self, sentence: str, code: int) -> None:
        self._ended = self._ended or Ended(sentence, code)
        self._news.set()

    async def _until(
        self, holds: Callable[[], bool], seconds: float | None = None, otherwise: Ended | None = None
    ) -> None:
        """Raises `otherwise` after so long, and Ended where it can't go on."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    if self._ended is not None:
                        raise self._ended
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            assert otherwise is not None
            raise otherwise from None


def _pump(read: Callable[[], bytes], loop: asyncio.AbstractEventLoop, chunks: asyncio.Queue[bytes]) -> None:
    """In a thread: what comes out of the pipe, and b"" at its end."""
    data = b"-"
    while data:
        data = read()
        putting = chunks.put(data)
        try:
            asyncio.run_coroutine_threadsafe(putting, loop).result()
        except (RuntimeError, asyncio.CancelledError):
            putting.close()
            return


# -- the command ---------------------------------------------------------------------------------------------


def run(
    host: str,
    port: int | None,
    room: str,
    name: str = "",
    *,
    tls: bool | None = None,
    account: str = "",
    config: str = "",
    environ: Mapping[str, str] = os.environ,
    stdin: TextIO | None = None,
) -> int:
    """The whole command; returns the exit code."""
    source = stdin or sys.stdin
    try:
        settings = Settings.load(find_file(config, environ))
    except SettingsError as error:
        for problem in error.problems:
            _tell(str(problem))
        return CONFIG
    server = _server(settings, host, port)
    nick = name or server.name or login_name()
    if not is_nick(nick):
        _tell(f"{nick!r} can't be a name; how about {suggest(nick, lambda _: False)}?")
        return USAGE
    account = account or server.account
    password = _password(server, account) if account else ""
    if account and not password:
        _tell(f"there is no password for {account} at {server.host} in the keyring")
        return NO_LOGIN

    async def live() -> int:
        pipe = LivePipe(
            server,
            room,
            Identity(nick, account=account, password=password),
            lambda: _read(source),
            encryption=encryption_of(server.tls if tls is None else tls),
            trust=Trust(settings),
            only_as=bool(name),
            tell=_tell,
        )
        task = asyncio.ensure_future(pipe.run())
        # People in the room are told that it is over before the process goes.
        with suppress(NotImplementedError, AttributeError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, task.cancel)
        try:
            return await task
        except asyncio.CancelledError:
            # Ctrl+C cancels this task, and with it the other; a signal that one alone.
            main = asyncio.current_task()
            if not task.cancelled() or (main is not None and main.cancelling()):
                raise
            return TERMINATED

    try:
        return asyncio.run(live())
    except Ended as ended:
        _tell(str(ended))
        return ended.code
    except KeyboardInterrupt:
        return INTERRUPTED


def _server(settings: Settings, host: str, port: int | None) -> Server:
    """As the settings know it; one that they don't know is not put there."""
    named = settings.named(host) if port is None else None
    known = [named] if named else settings.at(host, port or DEFAULT_PORT)
    return known[0] if known else Server(host=host, port=port or DEFAULT_PORT)


def _password(server: Server, account: str) -> str:
    key = server.key or to_address(server.host, server.port)
    return asyncio.run(Passwords().get(key, account)) or ""


def _read(source: TextIO) -> bytes:
    # os.read, since a thread that holds the lock of sys.stdin stops the interpreter from ending.
    try:
        return os.read(source.fileno(), _CHUNK)
    except OSError:
        return b""


def _tell(sentence: str) -> None:
    print(f"hubbub: {sentence}", file=sys.stderr, flush=True)
