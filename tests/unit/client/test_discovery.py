"""Servers to choose from: what local ones leave to be found, and what is believed of the network."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.client import discovery
from hubbub.client.discovery import Found, Origin, PortFile, find, port_files, servers_folder
from hubbub.irc.text import printable

HERE, NETWORK = Origin.HERE, Origin.NETWORK


def finished_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def write(folder: Path, pid: int | str, content: str) -> Path:
    path = folder / f"{pid}.json"
    path.write_text(content)
    return path


def test_files_of_servers_that_are_gone_are_removed(tmp_path: Path) -> None:
    stale = write(tmp_path, finished_pid(), '{"name": "old", "host": "127.0.0.1", "port": 1}')
    write(tmp_path, os.getpid(), '{"name": "new", "host": "127.0.0.1", "port": 2}')
    other = write(tmp_path, "notes", "mine")
    assert port_files(tmp_path) == [PortFile("new", "127.0.0.1", 2)]
    assert not stale.exists()
    assert other.exists()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"name": 1, "host": "127.0.0.1", "port": 1}',
        '{"name": "x", "host": "127.0.0.1", "port": 0}',
        '{"name": "x", "host": "elsewhere.example", "port": 1}',
        '{"name": "' + "x" * 5000 + '", "host": "127.0.0.1", "port": 1}',
    ],
)
def test_files_with_something_else_in_them_are_passed_over(tmp_path: Path, content: str) -> None:
    write(tmp_path, os.getpid(), content)
    assert port_files(tmp_path) == []


def test_no_folder_is_no_servers(tmp_path: Path) -> None:
    assert port_files(tmp_path / "none") == []


def test_the_folder_is_the_runtime_folder_or_that_for_state(tmp_path: Path) -> None:
    assert servers_folder({"XDG_RUNTIME_DIR": str(tmp_path)}) == tmp_path / "hubbub" / "servers"
    assert servers_folder({}).name == "servers"


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()
    await writer.wait_closed()


async def first(folder: Path, port: int) -> list[Found]:
    async for found in find(0.0, folder=folder, port=port):
        return found
    raise AssertionError("nothing")


def test_this_machines_servers_are_known_at_once(tmp_path: Path) -> None:
    async def run() -> None:
        async with (
            await asyncio.start_server(hang_up, "127.0.0.1", 0) as usual,
            await asyncio.start_server(hang_up, "127.0.0.1", 0) as other,
        ):
            usual_port, other_port = (one.sockets[0].getsockname()[1] for one in (usual, other))
            file = (
                f'{{"name": "Tea\\u001b[31m house", "host": "127.0.0.1", "port": {other_port}, "tls": true}}'
            )
            write(tmp_path, os.getpid(), file)
            write(tmp_path, os.getppid(), '{"name": "dead", "host": "127.0.0.1", "port": 9}')
            found = await first(tmp_path, usual_port)
        assert found == [
            Found(f"127.0.0.1:{usual_port}", "127.0.0.1", usual_port, False, HERE),
            Found("Tea\ufffd[31m house", "127.0.0.1", other_port, True, HERE),
        ]
        assert await first(tmp_path, usual_port) == []

    asyncio.run(run())


def test_a_server_with_a_file_at_the_usual_port_comes_once(tmp_path: Path) -> None:
    async def run() -> None:
        async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            write(tmp_path, os.getpid(), f'{{"name": "tea", "host": "127.0.0.1", "port": {port}}}')
            assert [found.name for found in await first(tmp_path, port)] == ["tea"]

    asyncio.run(run())


def info(addresses: list[str], port: int | None = 1313, **properties: bytes | None) -> SimpleNamespace:
    """What zeroconf tells of a service."""
    encoded = {key.encode(): value for key, value in properties.items()}
    return SimpleNamespace(parsed_scoped_addresses=lambda: addresses, port=port, properties=encoded)


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        (info(["192.0.2.77"], name=b"tea", tls=b"1"), Found("tea", "192.0.2.77", 1313, True, NETWORK)),
        (info(["192.0.2.77"], tls=b"0"), Found("192.0.2.77:1313", "192.0.2.77", 1313, False, NETWORK)),
        (info(["192.0.2.77"], name=None), Found("192.0.2.77:1313", "192.0.2.77", 1313, False, NETWORK)),
        (info(["127.0.0.1", "192.0.2.77"], name=b"x"), Found("x", "192.0.2.77", 1313, False, NETWORK)),
        (info(["fe80::1"]), None),
        (info(["127.0.0.1", "::1", "0.0.0.0", "224.0.0.1", "nonsense"]), None),
        (info([]), None),
        (info(["192.0.2.77"], port=0), None),
        (info(["192.0.2.77"], port=None), None),
    ],
)
def test_what_somebody_on_the_network_offers(heard: SimpleNamespace, found: Found | None) -> None:
    assert discovery._offer(heard) == found


@given(st.binary(max_size=3000))
def test_names_are_printable_and_bounded(name: bytes) -> None:
    found = discovery._offer(info(["192.0.2.77"], name=name))
    assert found is not None
    assert found.name
    assert len(found.name.encode()) <= 60
    assert "\n" not in found.name
    assert printable(found.name) == found.name


def test_the_networks_word_of_our_own_server_is_no_second_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    port = 0

    async def nearby(*_: object) -> object:
        for host, origin in (("192.0.2.9", NETWORK), ("192.0.2.2", HERE), ("192.0.2.9", NETWORK)):
            yield Found("tea", host, port, True, origin)
        yield Found("Another", "192.0.2.8", port, True, NETWORK)

    async def run() -> list[list[str]]:
        return [[one.host for one in found] async for found in find(1, folder=tmp_path, port=port)]

    async def serve() -> list[list[str]]:
        nonlocal port
        async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await run()

    monkeypatch.setattr(discovery, "_find_nearby", nearby)
    assert asyncio.run(serve()) == [
        ["127.0.0.1"],
        ["127.0.0.1", "192.0.2.9"],
        ["127.0.0.1", "192.0.2.8", "192.0.2.9"],
    ]
