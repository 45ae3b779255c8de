"""Servers to choose from: those that run on this machine, and those that say so on the local network (mDNS).

Owns the search and what servers must leave where to be found (servers_folder, PortFile, SERVICE), which announcing.py
of the server follows. What comes from the network is anybody's word: names are made printable and bounded, and an
address is only ever an offer that a person chooses. Called by the terminal client when it is given no address.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from msgspec import DecodeError, Meta, Struct
from msgspec.json import decode

from hubbub.client.address import DEFAULT_PORT, to_address
from hubbub.irc.text import clip, printable

if TYPE_CHECKING:
    from zeroconf import Zeroconf
    from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

SERVICE = "_hubbub._tcp.local."

_LOCAL = "127.0.0.1"
_MOST_HERE = 50
_MOST_NEARBY = 100
_LONGEST_NAME = 60
_LARGEST_FILE = 4096
_CONNECT_SECONDS = 0.08
"""On this machine a server that is there answers at once."""


class Origin(StrEnum):
    HERE = "this machine"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Found:
    """`tls`: it says that it speaks TLS, and is spoken to in no other way."""

    name: str
    host: str
    port: int
    tls: bool
    origin: Origin


class PortFile(Struct, frozen=True):
    """What each running server writes to servers_folder()/PID.json: where to connect from this machine."""

    name: str
    host: str
    port: Annotated[int, Meta(ge=1, le=65535)]
    tls: bool = False


def servers_folder(environ: Mapping[str, str]) -> Path:
    runtime = environ.get("XDG_RUNTIME_DIR")
    if runtime:
        return Path(runtime) / "hubbub" / "servers"
    from platformdirs import user_state_path

    return user_state_path("hubbub", appauthor=False) / "servers"


async def find(
    seconds: float = 1.0,
    *,
    folder: Path | None = None,
    port: int = DEFAULT_PORT,
    interfaces: Sequence[str] = (),
) -> AsyncIterator[list[Found]]:
    """What there is, again and again until the time is over: at once this machine's servers (perhaps none), and then
    all of them, in order, whenever the network has one more. `port` is tried on this machine in any case.
    """
    here = await _find_here(folder or servers_folder(os.environ), port)
    yield _in_order(here)
    known = {(found.host, found.port): found for found in here}
    async for found in _find_nearby(seconds, interfaces):
        if (found.host, found.port) in known or _is_one_of(found, here):
            continue
        known[found.host, found.port] = found
        yield _in_order(known.values())


def _in_order(found: Iterable[Found]) -> list[Found]:
    return sorted(
        found, key=lambda one: (one.origin is Origin.NETWORK, one.name.casefold(), one.host, one.port)
    )


def _is_one_of(found: Found, here: Iterable[Found]) -> bool:
    """Whether the network only tells us of a server of our own."""
    return found.origin is Origin.HERE and any(one.port == found.port for one in here)


# -- this machine ---------------------------------------------------------------------------------------------


async def _find_here(folder: Path, port: int) -> list[Found]:
    found = {(one.host, one.port): one for one in map(_to_found, port_files(folder))}
    if not any(one.port == port for one in found.values()):
        found[_LOCAL, port] = Found(to_address(_LOCAL, port), _LOCAL, port, False, Origin.HERE)
    answers = await asyncio.gather(*(_answers(one) for one in found.values()))
    return [one for one, answered in zip(found.values(), answers, strict=True) if answered]


def _to_found(file: PortFile) -> Found:
    name = _tidy(file.name) or to_address(file.host, file.port)
    return Found(name, file.host, file.port, file.tls, Origin.HERE)


def port_files(folder: Path) -> list[PortFile]:
    """Of the servers that run. What others left behind is removed."""
    try:
        paths = sorted(folder.glob("*.json"))
    except OSError:
        return []
    running = []
    for path in paths:
        if not _is_pid(path.stem):
            continue
        if not _is_running(int(path.stem)):
            _remove(path)
        elif (file := _read(path)) is not None:
            running.append(file)
    return running[:_MOST_HERE]


def _is_pid(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text) > 0


def _is_running(pid: int) -> bool:
    if sys.platform == "win32":
        # There os.kill() asks nothing: it ends the process. Connecting will tell.
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _read(path: Path) -> PortFile | None:
    try:
        with path.open("rb") as file:
            read = decode(file.read(_LARGEST_FILE), type=PortFile)
        ip_address(read.host)
    except (OSError, DecodeError, ValueError):
        return None
    return read


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


async def _answers(found: Found) -> bool:
    """Whether somebody listens there; nothing is said to them."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(found.host, found.port), _CONNECT_SECONDS)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


# -- the network ----------------------------------------------------------------------------------------------


async def open_zeroconf(interfaces: Sequence[str] = ()) -> AsyncZeroconf:
    """On these addresses of ours, or on all. Raises OSError or RuntimeError where there is no network for it."""
    # Its complaints would go to the terminal, in the middle of the chat.
    logging.getLogger("zeroconf").setLevel(logging.CRITICAL)
    # Slow to import, so it is done beside the loop.
    module = await asyncio.to_thread(import_module, "zeroconf.asyncio")
    opened: AsyncZeroconf = module.AsyncZeroconf(**({"interfaces": list(interfaces)} if interfaces else {}))
    return opened


async def _find_nearby(seconds: float, interfaces: Sequence[str]) -> AsyncIterator[Found]:
    try:
        network = await open_zeroconf(interfaces)
    except (OSError, RuntimeError):
        return
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    search = _Search(network, seconds)
    try:
        while (remaining := deadline - loop.time()) > 0:
            try:
                found = await asyncio.wait_for(search.found.get(), remaining)
            except TimeoutError:
                return
            yield found
    finally:
        await search.end()


class _Search:
    """Asks the network, and everybody who answers for their address."""

    def __init__(self, zeroconf: AsyncZeroconf, seconds: float) -> None:
        from zeroconf.asyncio import AsyncServiceBrowser

        self.found: asyncio.Queue[Found] = asyncio.Queue()
        self._zeroconf = zeroconf
        self._seconds = seconds
        self._names: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._browser = AsyncServiceBrowser(zeroconf.zeroconf, SERVICE, handlers=[self._heard])

    def _heard(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: object) -> None:
        if name in self._names or len(self._names) >= _MOST_NEARBY:
            return
        self._names.add(name)
        task = asyncio.get_running_loop().create_task(self._ask(name))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, name: str) -> None:
        from zeroconf import BadTypeInNameException
        from zeroconf.asyncio import AsyncServiceInfo

        try:
            info = AsyncServiceInfo(SERVICE, name)
        except BadTypeInNameException:
            return
        if not await info.async_request(self._zeroconf.zeroconf, self._seconds * 1000):
            return
        found = _offer(info)
        if found is not None:
            self.found.put_nowait(found)

    async def end(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._browser.async_cancel()
        await self._zeroconf.async_close()


def _offer(info: AsyncServiceInfo) -> Found | None:
    """What somebody on the network offers, as far as it makes sense."""
    host = next(filter(_is_usable, info.parsed_scoped_addresses()), "")
    port = info.port or 0
    if not host or not 0 < port < 65_536:
        return None
    name = _tidy((info.properties.get(b"name") or b"").decode("utf-8", "replace"))
    tls = info.properties.get(b"tls") == b"1"
    origin = Origin.HERE if _is_own(host) else Origin.NETWORK
    return Found(name or to_address(host, port), host, port, tls, origin)


def _tidy(name: str) -> str:
    return clip(" ".join(printable(name[:1000]).split()), _LONGEST_NAME)


def _is_usable(host: str) -> bool:
    """Nobody else may send us to a server that only this machine can reach."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if address.version == 6 and address.is_link_local and not address.scope_id:
        return False
    return not (address.is_loopback or address.is_unspecified or address.is_multicast or address.is_reserved)


def _is_own(host: str) -> bool:
    """Whether it is an address of this machine: only those can be taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.bind((host, 0))
    except OSError:
        return False
    return True
