"""Every conversation in tests/scenarios in both worlds: without sockets, and over TCP with `hubbub serve`."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hubworld import Client
from hubworld import World as Hubworld
from scenario import Play, Script, Silence, read
from tcpworld import ServerProcess, TcpWorld

SCRIPTS = [read(path) for path in sorted(Path(__file__).with_name("scenarios").glob("*.chat"))]


class HubConnection:
    """A client of the world without sockets, as a scenario uses it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lines: list[bytes] = []

    def send(self, line: bytes) -> None:
        self._client.send_bytes(line)

    def read(self) -> bytes | None:
        out = self._client.session.out
        self._lines += b"".join(out).split(b"\r\n")[:-1]
        out.clear()
        if self._lines:
            return self._lines.pop(0)
        if self._client.closed:
            return None
        raise Silence("nothing came")

    def drop(self) -> None:
        self._client.leave()


class HubWorld:
    """The world without sockets, as a scenario uses it."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.world = Hubworld({key: tomllib.loads(f"it = {value}")["it"] for key, value in settings.items()})

    def connect(self) -> HubConnection:
        return HubConnection(self.world.connection())

    def tick(self) -> None:
        self.world.clock.advance(0.002)

    def durable(self) -> dict[str, Any]:
        """What of the rooms must outlive a restart."""
        return {
            folded: (
                room.id,
                room.name,
                room.created_ms,
                room.topic,
                room.modes,
                room.lists,
                room.registration,
                room.former,
            )
            for folded, room in self.world.hub.channels.items()
            # A room only for the invited ends with the server, as invitations do.
            if room.registration or room.lists["I"] or "i" not in room.modes
        }


@pytest.fixture(params=SCRIPTS, ids=[script.name for script in SCRIPTS])
def script(request: pytest.FixtureRequest) -> Script:
    found: Script = request.param
    return found


@pytest.fixture
def server(script: Script, tmp_path: Path) -> Iterator[ServerProcess]:
    """A server for one scenario alone: rooms keep their history, so the next one needs another."""
    process = ServerProcess(tmp_path, script.settings)
    yield process
    process.kill()


def test_without_sockets(script: Script, caplog: pytest.LogCaptureFixture) -> None:
    world = HubWorld(script.settings)
    Play(script, world).run()
    live = world.durable()
    world.world.restart()
    # What the hub knows of rooms is what a restart would find: the facts and their puts say the same.
    assert world.durable() == live
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_over_tcp(script: Script, server: ServerProcess) -> None:
    world = TcpWorld(server)
    try:
        Play(script, world).run()
    finally:
        world.close()
    assert server.stop() == 0
    log = server.log.read_text()
    assert "Traceback" not in log
    assert " ERROR " not in log
