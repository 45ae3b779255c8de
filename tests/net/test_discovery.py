"""Finding a server that runs: by its file on this machine, and by mDNS, on the loopback interface only."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from hubbub.announcing import announce, port_file
from hubbub.client.discovery import Found, Origin, PortFile, find, open_zeroconf, port_files, servers_folder
from hubbub.config import Listen
from serving import Serve

LOOPBACK = ("127.0.0.1",)
NOBODY = 9
"""A port where nothing listens."""
SECONDS = 15.0
OURS = f"{os.getpid()} "
"""Other tests may announce their own at the same time."""
NEARBY = "192.0.2.77"
"""An address that is nobody's (RFC 5737)."""


async def multicast_problem() -> str:
    """Why mDNS can't be tried here; "" if it can."""
    try:
        zeroconf = await open_zeroconf(LOOPBACK)
    except (OSError, RuntimeError) as error:
        return f"no multicast on the loopback interface: {error}"
    await zeroconf.async_close()
    return ""


@pytest.fixture(scope="module")
def multicast() -> None:
    problem = asyncio.run(multicast_problem())
    if problem:
        pytest.skip(problem)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the servers of this test are to be found, and no others."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    return servers_folder(os.environ)


async def until(wanted: Callable[[list[Found]], bool], folder: Path) -> list[Found]:
    """The first list of our servers that is as wanted; empty if none is in time."""
    search = find(SECONDS, folder=folder, port=NOBODY, interfaces=LOOPBACK)
    async with aclosing(search) as lists:
        async for found in lists:
            ours = [one for one in found if one.name.startswith(OURS)]
            if wanted(ours):
                return ours
    return []


async def first(folder: Path) -> list[Found]:
    async with aclosing(find(SECONDS, folder=folder, port=NOBODY, interfaces=LOOPBACK)) as lists:
        return await anext(lists)


# -- on this machine ----------------------------------------------------------------------------------------


def test_a_running_server_is_found_and_one_that_has_ended_is_not(serve: Serve, folder: Path) -> None:
    server = serve({"server.network": "Schoolnet"})
    found = asyncio.run(first(folder))
    assert found == [Found("Schoolnet", "127.0.0.1", server.port, False, Origin.HERE)]
    assert (folder.stat().st_mode & 0o777) == 0o700
    server.stop()
    assert list(folder.iterdir()) == []


def test_what_a_killed_server_leaves_behind_is_removed_by_the_next(serve: Serve, folder: Path) -> None:
    first = serve()
    first.kill()
    assert len(list(folder.iterdir())) == 1
    second = serve()
    assert [path.stem for path in folder.iterdir()] == [str(second.process.pid)]


def test_a_folder_that_cannot_be_written_is_one_line_in_the_log(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "file"))
    server = serve()
    server.wait_for_log("clients on this machine don't find the server by themselves")
    with server.irc("alice") as alice:
        alice.send("PING x")
        alice.until("PONG")


@pytest.mark.parametrize(
    ("listening", "file"),
    [
        ([Listen(host="0.0.0.0", port=5)], PortFile("tea", "127.0.0.1", 5)),
        ([Listen(host="::", port=5)], PortFile("tea", "::1", 5)),
        ([Listen(host="192.0.2.1", port=5, kind="tls")], PortFile("tea", "192.0.2.1", 5, tls=True)),
        (
            [
                Listen(port=5, kind="tls"),
                Listen(port=6, kind="http"),
                Listen(host="192.0.2.1", port=7),
                Listen(port=8),
            ],
            PortFile("tea", "127.0.0.1", 8),
        ),
        ([Listen(port=5, kind="http"), Listen(port=6, kind="plain")], None),
    ],
)
def test_the_file_names_the_best_way_in_from_here(
    tmp_path: Path, listening: list[Listen], file: PortFile | None
) -> None:
    with port_file(tmp_path, "tea", listening):
        assert port_files(tmp_path) == [file] * bool(file)
    assert list(tmp_path.iterdir()) == []


# -- nearby -------------------------------------------------------------------------------------------------


def announcing(name: str, listen: Listen, *addresses: str) -> asyncio.Task[None]:
    return asyncio.create_task(announce(OURS + name, [listen], interfaces=LOOPBACK, addresses=addresses))


async def end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.usefixtures("multicast")
def test_an_announced_server_is_found_until_it_takes_that_back(tmp_path: Path) -> None:
    async def run() -> None:
        tea = announcing("Tea", Listen(host="0.0.0.0", port=7001), NEARBY)
        milk = announcing("Milk", Listen(host="0.0.0.0", port=7002, kind="irc"), NEARBY)
        found = await until(lambda all_of_them: len(all_of_them) == 2, tmp_path)
        assert found == [
            Found(f"{OURS}Milk", NEARBY, 7002, False, Origin.NETWORK),
            Found(f"{OURS}Tea", NEARBY, 7001, True, Origin.NETWORK),
        ]
        await end(tea)
        found = await until(bool, tmp_path)
        assert [one.name for one in found] == [f"{OURS}Milk"]
        await end(milk)

    asyncio.run(run())


@pytest.mark.usefixtures("multicast")
def test_two_servers_of_one_name_are_both_found(tmp_path: Path) -> None:
    async def run() -> None:
        tasks = [announcing("Tea", Listen(host="0.0.0.0", port=port), NEARBY) for port in (7003, 7004)]
        found = await until(lambda all_of_them: len(all_of_them) == 2, tmp_path)
        assert [(one.name, one.port) for one in found] == [(f"{OURS}Tea", 7003), (f"{OURS}Tea", 7004)]
        await asyncio.gather(*map(end, tasks))

    asyncio.run(run())


@pytest.mark.parametrize(
    "listen",
    [
        Listen(host="127.0.0.1", port=7005),
        Listen(host="::1", port=7005),
        Listen(host="0.0.0.0", port=7005, announce=False),
        Listen(host="0.0.0.0", port=7005, kind="http"),
    ],
)
def test_what_is_for_this_machine_only_or_not_to_be_announced_is_not(listen: Listen) -> None:
    """It has nothing to do, and so it ends at once."""
    asyncio.run(asyncio.wait_for(announce("Tea", [listen], interfaces=LOOPBACK), SECONDS))


def test_a_machine_without_network_is_one_line_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(interfaces: object) -> None:
        raise OSError("no such device")

    monkeypatch.setattr("hubbub.announcing.open_zeroconf", fail)
    asyncio.run(announce("Tea", [Listen(host="0.0.0.0", port=7006)], addresses=[NEARBY]))
    assert [record.getMessage() for record in caplog.records] == [
        "the server is not announced on the network: no such device"
    ]


@pytest.mark.usefixtures("folder")
def test_a_server_on_the_network_says_so_and_stops_in_time(serve: Serve) -> None:
    server = serve(listen=[{"host": "0.0.0.0", "port": 0}])
    server.wait_for_log("announced on the network|is not announced on the network")
    server.stop()


@pytest.mark.usefixtures("folder")
def test_it_stops_in_time_also_while_it_is_about_to_say_so(serve: Serve) -> None:
    serve(listen=[{"host": "0.0.0.0", "port": 0}]).stop()
