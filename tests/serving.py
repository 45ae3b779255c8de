"""A real server in a process of its own, and the plainest possible connections to it.

    with RunningServer(tmp_path, {"flood.enabled": False}) as server, server.irc("alice") as alice:
        alice.send("JOIN #tea")
        alice.until(" 366 ")

Nothing here sleeps: every wait ends with the event, or fails at a deadline with all that was seen instead.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hubbub.config import toml

PATIENCE = 10.0
"""Seconds after which what is awaited counts as not coming."""
DEFAULTS: dict[str, object] = {
    "server.name": "test.example",
    "rooms.default": "",
    "flood.enabled": False,
    "throttle.enabled": False,
}
ANY_PORT: dict[str, object] = {"port": 0}
PORT = re.compile(r"(?:127\.0\.0\.1|::1\]?)[: ](?:-p )?(\d+)")


class RunningServer:
    """`python -m hubbub serve --config FILE`, ready when the constructor returns.

    Settings are named as on the command line ({"limits.modes": 3}); `listen` are the [[listen]] tables.
    """

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, object] | None = None,
        listen: Sequence[Mapping[str, object]] = (ANY_PORT,),
    ) -> None:
        self.process, self._config = start(folder, settings, listen)
        self._lines: list[str] = []
        self._over = False
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.ports = _ports(self.wait_for_log(r"^  stop "), len(listen))

    @property
    def port(self) -> int:
        return self.ports[0]

    # -- its output

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self._lines.append(line.decode("utf-8", "replace").rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._over = True
            self._news.notify_all()

    def log(self) -> list[str]:
        """All lines so far: the banner, the log, and whatever went wrong."""
        with self._news:
            return list(self._lines)

    def wait_for_log(self, pattern: str, times: int = 1) -> list[str]:
        """All lines, once so many of them match."""
        with self._news:
            self._news.wait_for(lambda: self._over or self._has(pattern, times), PATIENCE)
            assert self._has(pattern, times), f"no line {pattern!r} in:\n" + "\n".join(self._lines)
            return list(self._lines)

    def _has(self, pattern: str, times: int) -> bool:
        return sum(bool(re.search(pattern, line)) for line in self._lines) >= times

    # -- its end

    def stop(self, how: signal.Signals = signal.SIGTERM, within: float = 5.0) -> None:
        """Ask it to stop: it ends in time, with 0, and without having failed at anything meanwhile."""
        self.process.send_signal(how)
        self.wait(0, within)

    def wait(self, code: int, within: float = 5.0) -> None:
        """It ends by itself."""
        assert self.process.wait(within) == code, "\n".join(self.log())
        self._reader.join(PATIENCE)
        assert not any("Traceback" in line or "Error" in line for line in self.log()), "\n".join(self.log())

    def kill(self) -> None:
        """kill -9; harmless when it has ended."""
        self.process.kill()
        self.process.wait()
        self._reader.join(PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self.process.poll() is None:
                self.stop()
            elif error is not None:
                error.add_note("The server's log:\n" + "\n".join(self.log()))
        finally:
            self.kill()
            assert self.process.stdout is not None
            self.process.stdout.close()

    def memory(self) -> int:
        """Bytes of memory that it has in use (Linux), with all that is loaded soon after the start."""
        with self.connect() as browser:
            browser.send("GET /healthz HTTP/1.1", "Host: test.example", "Connection: close", "")
            browser.to_end()
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found[1]) * 1024

    # -- connections to it

    def connect(self, listener: int = 0, **options: Any) -> Connection:
        """Somebody who says nothing yet."""
        return Connection(self.ports[listener], **options)

    def irc(self, nick: str, *rooms: str, caps: str = "", listener: int = 0, **options: Any) -> Connection:
        """An IRC client that has been welcomed and is in these rooms."""
        client = self.connect(listener, **options)
        if caps:
            client.send("CAP LS 302", f"CAP REQ :{caps}", "CAP END")
        client.send(f"NICK {nick}", f"USER {nick} 0 * :{nick}")
        deadline = time.monotonic() + PATIENCE
        while " 433 " in client.waits_for(r" (?:376|422|433) "):
            # Who had the name in the test before has closed the connection; soon the server knows.
            assert time.monotonic() < deadline, f"the name {nick} is taken"
            client.send(f"NICK {nick}")
        for room in rooms:
            client.send(f"JOIN {room}")
            client.until(r" 366 ")
        return client

    def plain(self, name: str, listener: int = 0, room: str = "") -> Connection:
        """A person with nc who has answered the question for a name (and gone into a room)."""
        person = self.connect(listener)
        person.send(f"/nick {name}")
        person.until("/help")
        if room:
            person.send(f"/join {room}")
            person.until(f"You are in {room}")
        return person


Serve = Callable[..., RunningServer]
"""What the fixture `serve` gives: starts a server with settings and listeners, as RunningServer's."""


def start(
    folder: Path, settings: Mapping[str, object] | None, listen: Sequence[Mapping[str, object]]
) -> tuple[subprocess.Popen[bytes], Path]:
    """The process, with its output in a pipe, and its settings file; not necessarily ready."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.toml"
    config.write_text(to_toml({"data": str(folder / "data")} | DEFAULTS | dict(settings or {}), listen))
    process = subprocess.Popen(
        [sys.executable, "-m", "hubbub", "serve", "--config", str(config)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={name: value for name, value in os.environ.items() if not name.startswith("HUBBUB_")},
    )
    return process, config


def to_toml(settings: Mapping[str, object], listen: Sequence[Mapping[str, object]]) -> str:
    tables: dict[str, list[str]] = {"": []}
    for key, value in settings.items():
        table, _, name = key.rpartition(".")
        tables.setdefault(table, []).append(f"{name} = {toml(value)}")
    parts = [f"[{table}]" * bool(table) + "\n" + "\n".join(lines) + "\n" for table, lines in tables.items()]
    for listener in listen:
        lines = [f"{name} = {toml(value)}" for name, value in listener.items()]
        parts.append("[[listen]]\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def _ports(banner: Sequence[str], listeners: int) -> list[int]:
    """The port of each listener, which the banner has in groups divided by empty lines."""
    groups = "\n".join(banner).split("\n\n")[1:]
    ports = [int(found[1]) for group in groups if (found := PORT.search(group))]
    assert len(ports) == listeners, "\n".join(banner)
    return ports


class Connection:
    """One connection to a server: bytes go out as they are given, lines are awaited."""

    def __init__(self, port: int, *, host: str = "127.0.0.1", receive_buffer: int = 0) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket: socket.socket = socket.socket(family)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        try:
            self.socket.connect((host, port))
        except OSError:
            self.socket.close()
            raise
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""
        self._ended = False

    def encrypt(self) -> Self:
        """From here on TLS, with whatever certificate the server has."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket)
        return self

    @property
    def address(self) -> str:
        """As the server shows it: 127.0.0.1:50412."""
        host, port = self.socket.getsockname()[:2]
        return f"{host}:{port}"

    # -- out

    def send(self, *lines: str) -> None:
        self.send_bytes("".join(f"{line}\r\n" for line in lines).encode())

    def send_bytes(self, data: bytes) -> None:
        self.socket.sendall(data)

    def finish(self) -> None:
        """Say that nothing more will be said; listen on."""
        self.socket.shutdown(socket.SHUT_WR)

    # -- in

    def line(self, within: float = PATIENCE) -> str | None:
        """The next line without its end; None when the server has closed the connection."""
        deadline = time.monotonic() + within
        while b"\n" not in self._rest:
            if self._ended or not self._receive(deadline):
                last, self._rest = self._rest, b""
                return last.decode() or None
        line, _, self._rest = self._rest.partition(b"\n")
        return line.removesuffix(b"\r").decode()

    def _receive(self, deadline: float) -> bool:
        self.socket.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            data = self.socket.recv(1 << 20)
        except (ConnectionError, ssl.SSLEOFError):
            data = b""
        self._rest += data
        self._ended = not data
        return bool(data)

    def until(self, pattern: str, within: float = PATIENCE) -> list[str]:
        """The lines up to one in which the pattern is found; that one is the last."""
        lines: list[str] = []
        deadline = time.monotonic() + within
        while not lines or not re.search(pattern, lines[-1]):
            try:
                line = self.line(max(deadline - time.monotonic(), 0.001))
            except TimeoutError:
                line = None
            if line is None:
                raise AssertionError(f"no line {pattern!r} came, but:\n" + "\n".join(lines))
            lines.append(line)
        return lines

    def waits_for(self, pattern: str, within: float = PATIENCE) -> str:
        """The line in which the pattern is found, with those before it forgotten."""
        return self.until(pattern, within)[-1]

    def to_end(self, within: float = PATIENCE) -> list[str]:
        """All lines until the server closes the connection."""
        lines = []
        deadline = time.monotonic() + within
        while (line := self.line(max(deadline - time.monotonic(), 0.001))) is not None:
            lines.append(line)
        return lines

    def so_far(self, fence: str = "fence") -> list[str]:
        """An IRC client's lines up to now: those that come before the answer to a PING."""
        self.send(f"PING {fence}")
        return self.until(rf" PONG \S+ :{fence}$")[:-1]

    def received(self) -> bytes:
        """What has come after the last line that was taken, for whoever goes on with the socket itself."""
        rest, self._rest = self._rest, b""
        return rest

    # -- the end

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
