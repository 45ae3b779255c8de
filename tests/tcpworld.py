"""A real server: `python -m hubbub serve` in a process of its own, and clients that reach it over TCP."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from scenario import SERVER, Silence

PATIENCE = 10.0
"""Seconds after which what is awaited counts as not coming."""
DEFAULTS = {
    "server.name": f'"{SERVER}"',
    "rooms.default": '""',
    "flood.enabled": "false",
    "throttle.enabled": "false",
}


class ServerProcess:
    """A running server with a data folder of its own. Settings are TOML values: {"limits.modes": "3"}."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        config = folder / "config.toml"
        config.write_text(_toml(DEFAULTS | dict(settings or {})))
        self.log = folder / "server.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hubbub", "serve", "--config", str(config)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.host, self.port = "127.0.0.1", self._announced_port()

    def _announced_port(self) -> int:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            found = re.search(rb"127\.0\.0\.1[: ](?:-p )?(\d+)", line)
            if found:
                return int(found[1])
        raise AssertionError(f"the server did not start:\n{self.log.read_text()}")

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=PATIENCE)
        return self.process.returncode

    def kill(self) -> None:
        """Make sure that it is gone, however a test has ended."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


def _toml(settings: Mapping[str, str]) -> str:
    tables: dict[str, list[str]] = {}
    for key, value in settings.items():
        table, _, name = key.rpartition(".")
        tables.setdefault(table, []).append(f"{name} = {value}")
    text = "".join(f"[{table}]\n" + "\n".join(lines) + "\n" for table, lines in tables.items())
    return f'data = "data"\n{text}[[listen]]\nport = 0\nkind = "irc"\n'


class TcpConnection:
    """One client; everything blocks, and gives up after a while."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._socket = socket.create_connection(address, PATIENCE)
        self._received = b""

    def send(self, line: bytes) -> None:
        try:
            self._socket.sendall(line + b"\r\n")
        except ConnectionError:
            # Closed by the server already: `read` says so.
            return

    def read(self) -> bytes | None:
        while b"\r\n" not in self._received:
            try:
                data = self._socket.recv(65_536)
            except TimeoutError:
                raise Silence(f"nothing came within {PATIENCE} seconds") from None
            except ConnectionError:
                data = b""
            if not data:
                self._socket.close()
                return None
            self._received += data
        line, _, self._received = self._received.partition(b"\r\n")
        return line

    def drop(self) -> None:
        self._socket.close()


class TcpWorld:
    """The world of a ServerProcess."""

    def __init__(self, server: ServerProcess) -> None:
        self._address = (server.host, server.port)
        self._connections: list[TcpConnection] = []

    def connect(self) -> TcpConnection:
        self._connections.append(TcpConnection(self._address))
        return self._connections[-1]

    def tick(self) -> None:
        # The server's clock is this machine's; its times have a resolution of one millisecond.
        shown = time.time_ns() // 1_000_000
        while time.time_ns() // 1_000_000 <= shown + 1:
            pass

    def close(self) -> None:
        for connection in self._connections:
            connection.drop()
