"""The composition root: builds the parts, runs them, and takes them down in order.

Everything that the inner parts may not know comes from here: the loop, the clock, threads, sockets and files.
Stopping: accept nobody, tell everybody why, write what is queued, close the ledger.
"""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import os
import signal
import ssl
import sys
import time
from collections.abc import Callable, Coroutine
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import DecodeError
from msgspec.json import decode
from msgspec.structs import replace

import hubbub.features
from hubbub.announcing import announce, port_file
from hubbub.banner import banner, page_urls
from hubbub.client.discovery import servers_folder
from hubbub.config import ConfigError, Listen, Settings, data_folder
from hubbub.control import Control
from hubbub.core.hub import Hub
from hubbub.core.retention import expire
from hubbub.invite_commands import InviteRequest, carry_out_invite
from hubbub.ledger.folder import lock_folder
from hubbub.ledger.sqlite import SqliteLedger
from hubbub.net.addresses import is_any, is_local, lan_addresses
from hubbub.net.certificates import CertificateError, fingerprint, self_signed, server_context
from hubbub.net.client_certificates import asking_context
from hubbub.net.cloak import Cloak
from hubbub.net.door import Door
from hubbub.net.network import Network
from hubbub.net.throttle import Throttle
from hubbub.net.web.filehost import FileHost
from hubbub.user_commands import Impossible, Lines, Request, carry_out

if TYPE_CHECKING:
    from hubbub.console import Console

log = logging.getLogger("hubbub.server")

DRAIN = 3.0
"""Seconds that clients have to take the farewell."""
HOUR = 3600.0

assert hubbub.features  # imported for its effect: it fills the registries


class Unavailable(Exception):
    """The server can't be reached where it should be; the text is one sentence for the operator."""


def run(
    settings: Settings,
    *,
    show_messages: bool = False,
    reload: Callable[[], Settings] | None = None,
    live: bool = False,
) -> int:
    """Run a server until it is told to stop; gives the exit code. `live`: the operator talks at its terminal."""
    raise_file_limit()
    tune_interpreter()
    console = None
    if sys.stdin.isatty() and sys.stdout.isatty():
        from hubbub.console import Console
        from hubbub.live_console import LiveConsole

        console = LiveConsole() if live else Console()
    server = Server(settings, show_messages=show_messages, reload=reload, console=console)
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            return runner.run(server.main())
    finally:
        if console is not None:
            console.close()


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, where it is installed; None for asyncio's own."""
    if sys.platform == "win32":
        # The usual loop there can't watch sockets, which the door does.
        return asyncio.SelectorEventLoop
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def raise_file_limit() -> None:
    """As many open files as the system allows: each connection is one."""
    try:
        import resource
    except ImportError:
        return
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def tune_interpreter() -> None:
    """Settings of Python itself that a server wants, each for a measured reason."""
    # At the usual 5 ms a busy loop starves the ledger's writer thread: commits took up to seconds, and 20 ms so.
    sys.setswitchinterval(0.001)
    # What the start has made stays; connections are many, and nearly free of cycles.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Server:
    """One server process."""

    def __init__(
        self,
        settings: Settings,
        *,
        show_messages: bool,
        reload: Callable[[], Settings] | None,
        console: Console | None,
    ) -> None:
        self.settings = settings
        self.data = data_folder(settings)
        self.console = console
        self.hub: Hub
        self.network: Network
        self.doors: list[Door] = []
        self._show_messages = show_messages
        self._reload = reload
        self._stopping: asyncio.Future[str]
        self._tasks: set[asyncio.Task[None]] = set()
        self._lan: list[str] = []
        """This machine's addresses, where it listens on all of them."""
        self._contexts: dict[tuple[Listen, bool], ssl.SSLContext] = {}
        """By listener, and by whether clients are asked for certificates of theirs."""

    async def main(self) -> int:
        """Start, run, drain, stop."""
        loop = asyncio.get_running_loop()
        self._stopping = loop.create_future()
        self.network = Network(self.settings, loop)
        try:
            self._bind()
            with lock_folder(self.data):
                ledger = SqliteLedger(self.data / "ledger.db", now_ms)
                self.hub = self._build(ledger)
                await self.hub.open()
                try:
                    await self._serve()
                finally:
                    await ledger.close()
                    await loop.shutdown_default_executor()
                    self._hear_no_more()
        finally:
            for door in self.doors:
                door.close()
        return 0

    def stop(self, reason: str) -> None:
        """Begin to stop; everybody is told the reason."""
        if not self._stopping.done():
            self._stopping.set_result(reason)

    @property
    def is_stopping(self) -> bool:
        return self._stopping.done()

    # -- building -------------------------------------------------------------------------------------------

    def _bind(self) -> None:
        loop = self.network.loop
        throttle = Throttle(self.settings, loop.time)
        for listen in self.settings.listen:
            try:
                self.doors.append(Door(self.network, listen, self._context_of(listen), throttle))
            except OSError as error:
                where = f"{listen.host} port {listen.port}"
                hint = "stop what is running there or choose another with --port"
                if error.errno != errno.EADDRINUSE:
                    hint = "choose an address of this machine with --host, and a free port with --port"
                raise Unavailable(
                    f"can't listen on {where}: {(error.strerror or str(error)).lower()}; {hint}"
                ) from None

    def _build(self, ledger: SqliteLedger) -> Hub:
        hub = Hub(
            self.settings,
            ledger,
            now_ms,
            wake=self.network.wake,
            spawn=self._spawn,
            cloak=Cloak(self.data, self.settings.server.show_addresses),
            is_local=is_local,
        )
        hub.in_thread = asyncio.to_thread
        hub.later = self.network.loop.call_later
        hub.rehash = self.rehash
        hub.stop = self.stop
        hub.page_urls = self._page_urls
        return hub

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self.network.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _context_of(self, listen: Listen) -> Callable[[bool], ssl.SSLContext]:
        """The TLS contexts of a listener, made when the first client asks for one: most runs never do."""

        def context(asks: bool) -> ssl.SSLContext:
            found = self._contexts.get((listen, asks))
            if found is None:
                found = self._contexts[listen, asks] = self._new_context(listen, asks)
            return found

        if listen.certificate:
            try:
                context(asks=True)
            except CertificateError as error:
                raise Unavailable(str(error)) from None
        return context

    def _new_context(self, listen: Listen, asks: bool) -> ssl.SSLContext:
        make = asking_context if asks else server_context
        return make(listen.certificate, listen.key) if listen.certificate else make(*self_signed(self.data))

    # -- running --------------------------------------------------------------------------------------------

    async def _serve(self) -> None:
        self.network.start(self.hub)
        self.network.file_host = await self._open_files()
        control = Control(self.data, self._control, (Impossible, DecodeError), self._spawn)
        await control.open()
        self._handle_signals()
        for door in self.doors:
            door.open()
        name, listening = self.settings.server.network, self._listening()
        with port_file(servers_folder(os.environ), name, listening):
            self._announce()
            self._spawn(self._load_web())
            self._spawn(announce(name, listening))
            self._spawn(self._expire_history())
            if self.console is not None:
                self._spawn(self.console.run(self))
            reason = await self._stopping
        control.close()
        await self._drain(reason)

    async def _load_web(self) -> None:
        """What HTTP needs takes a while to import: after everybody knows where the server is, and beside the loop."""
        await asyncio.to_thread(import_module, "hubbub.net.web.asgi")
        assert self.network.web  # built by looking at it

    async def _open_files(self) -> FileHost:
        folder = self.settings.files.folder
        host = FileHost(self.hub, Path(folder) if folder else self.data / "files")
        try:
            await host.open()
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise Unavailable(f"can't keep files in {host.store.folder}: {why}; see files.folder") from None
        return host

    def _listening(self) -> list[Listen]:
        """The listeners with the addresses and ports that they really have."""
        names = ((door.listen, door.socket.getsockname()) for door in self.doors)
        return [replace(listen, host=name[0], port=name[1]) for listen, name in names]

    def _control(self, request: bytes) -> Lines:
        """What `hubbub user` and `hubbub invite` ask for."""
        asked: Request | InviteRequest = decode(request, type=Request | InviteRequest)
        if isinstance(asked, InviteRequest):
            self._look_around()
            return carry_out_invite(self.hub, asked)
        return carry_out(self.hub, asked)

    def _page_urls(self) -> list[str]:
        listening = [replace(door.listen, port=door.port) for door in self.doors]
        return page_urls(self.settings, listening, self._lan)

    def _look_around(self) -> None:
        """Find this machine's addresses, which change when it is carried about."""
        self._lan = lan_addresses() if any(is_any(door.listen.host) for door in self.doors) else []

    def _announce(self) -> None:
        """Start the log, and print the banner with the addresses that really work."""
        listening = [replace(door.listen, port=door.port) for door in self.doors]
        self._look_around()
        certificate = self.data / "tls" / "cert.pem"
        text = banner(
            self.settings,
            listening,
            self.data,
            lan=self._lan,
            fingerprint=fingerprint(certificate) if certificate.is_file() else "",
            qr=self.console is not None,
            console=self.console is not None,
        )
        print(text, flush=True)
        if self.console is not None:
            self.console.start_log(self.hub, show_messages=self._show_messages)
            return
        from hubbub.journal import start_log

        start_log(self.hub, show_messages=self._show_messages)

    def _handle_signals(self) -> None:
        loop = self.network.loop
        if sys.platform == "win32":
            signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(self.interrupt))
            return
        loop.add_signal_handler(signal.SIGINT, self.interrupt)
        loop.add_signal_handler(signal.SIGTERM, self.stop, "The server is stopping")
        # Without a terminal it means "read the settings again"; with one, that the terminal is gone.
        on_hangup = self._rehash_and_log if self.console is None else self._hang_up
        loop.add_signal_handler(signal.SIGHUP, on_hangup)

    def _hang_up(self) -> None:
        self.stop("The server is stopping")

    def interrupt(self) -> None:
        """Ctrl+C: the first stops in order, the second at once (what was acknowledged is on disk already)."""
        if self._stopping.done():
            if self.console is not None:
                self.console.restore_terminal()
            os._exit(130)
        self.stop("The server is stopping")

    async def _expire_history(self) -> None:
        while True:
            removed = await expire(self.hub)
            if removed:
                log.info("expired messages=%d", removed)
            # What is kept for days need not go to the minute.
            await asyncio.sleep(HOUR)

    def rehash(self) -> list[str]:
        """Read the settings again and take what can change while running; the problems, if there are any."""
        if self._reload is None:
            return []
        try:
            settings = self._reload()
        except ConfigError as error:
            return [str(problem) for problem in error.problems]
        problems = []
        if settings.listen != self.settings.listen or settings.data != self.settings.data:
            problems.append("listeners and the data folder change with a restart only")
        self.settings = self.hub.settings = self.network.settings = settings
        for door in self.doors:
            door.throttle.take(settings)
        self._reload_certificates(problems)
        return problems

    def _reload_certificates(self, problems: list[str]) -> None:
        for listen, asks in list(self._contexts):
            try:
                self._contexts[listen, asks] = self._new_context(listen, asks)
            except CertificateError as error:
                problems.append(str(error))

    def _rehash_and_log(self) -> None:
        problems = self.rehash()
        log.info("settings reloaded problems=%d", len(problems))
        for problem in problems:
            log.error("settings: %s", problem)

    # -- stopping -------------------------------------------------------------------------------------------

    async def _drain(self, reason: str) -> None:
        self.network.stop()
        for door in self.doors:
            door.close()
        log.info("stopping reason=%s", reason)
        self.hub.closing = True
        self.network.end_all(f"{reason} now, at {time.strftime('%H:%M:%S UTC', time.gmtime())}")
        await self.hub.ledger.flush()
        await self.network.emptied(DRAIN)
        await self.network.web.finished()
        self.network.file_host.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _hear_no_more(self) -> None:
        """A SIGTERM that is repeated must not turn an orderly end into a failure once the loop hears none."""
        if sys.platform != "win32":
            # Blocked meanwhile, as taking the loop's handler away puts the deadly default in its place. A thread would
            # hear it all the same, so there is none any more.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
            self.network.loop.remove_signal_handler(signal.SIGTERM)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
