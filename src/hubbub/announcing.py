"""Telling clients that this server is there: by a file for those on this machine, by mDNS for those nearby.

Owns what is said where, and that it is taken back in the end. Neither may delay or end a server: what can't be done
is one line in the log. Called by server.py; where and how clients look is written in client.discovery.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.json import encode

from hubbub.client.discovery import SERVICE, PortFile, open_zeroconf, port_files
from hubbub.config import Listen
from hubbub.irc.text import clip
from hubbub.net.addresses import is_any, is_loopback, lan_addresses

if TYPE_CHECKING:
    from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

log = logging.getLogger("hubbub.announcing")

_FOR_CHAT = ("auto", "tls", "irc")
"""Kinds of listeners that our clients can use, best first."""
_LONGEST_LABEL = 63
_GOODBYE_SECONDS = 2.0


@contextmanager
def port_file(folder: Path, name: str, listening: Sequence[Listen]) -> Iterator[None]:
    """Clients on this machine find the server while this is open. `listening`: with their real addresses and ports."""
    path = folder / f"{os.getpid()}.json"
    usable = _usable(listening)
    if usable:
        _write(path, PortFile(name, _from_here(usable[0].host), usable[0].port, usable[0].kind == "tls"))
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _usable(listening: Sequence[Listen]) -> list[Listen]:
    usable = [listen for listen in listening if listen.kind in _FOR_CHAT]
    # On this machine nothing needs to be encrypted, so no certificate needs to be trusted.
    return sorted(usable, key=lambda listen: (listen.kind == "tls", not is_loopback(listen.host)))


def _from_here(host: str) -> str:
    """The address for connecting from this machine."""
    if not is_any(host):
        return host
    return "::1" if ":" in host else "127.0.0.1"


def _write(path: Path, content: PortFile) -> None:
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # What servers left behind that were killed is removed on the way.
        port_files(path.parent)
        fresh.write_bytes(encode(content))
        fresh.replace(path)
    except OSError as error:
        log.warning(
            "clients on this machine don't find the server by themselves: %s: %s", path, error.strerror
        )


async def announce(
    name: str, listening: Sequence[Listen], *, interfaces: Sequence[str] = (), addresses: Sequence[str] = ()
) -> None:
    """Until it is cancelled, if there is a listener for others that may be announced.

    `interfaces`: our addresses that are used for it, all by default. `addresses`: those that are told.
    """
    listen = _announced(listening)
    if listen is None:
        return
    told = list(addresses) or await asyncio.to_thread(_addresses, listen.host)
    try:
        zeroconf = await open_zeroconf(interfaces)
    except (OSError, RuntimeError) as error:
        log.warning("the server is not announced on the network: %s", error)
        return
    await _stay(zeroconf, _to_info(name, listen, told))


def _announced(listening: Sequence[Listen]) -> Listen | None:
    for kind in _FOR_CHAT:
        for listen in listening:
            if listen.kind == kind and listen.announce and not is_loopback(listen.host):
                return listen
    return None


def _addresses(host: str) -> list[str]:
    """In a thread: a last resort asks the name server."""
    if not is_any(host):
        return [host]
    return [address for address in lan_addresses() if ":" in host or ":" not in address]


def _to_info(name: str, listen: Listen, addresses: Sequence[str]) -> AsyncServiceInfo:
    from importlib.metadata import version

    from zeroconf.asyncio import AsyncServiceInfo

    host = socket.gethostname().partition(".")[0] or "localhost"
    label = clip(f"{name} on {host}".replace(".", " "), _LONGEST_LABEL - 4)
    # Not the machine's own name, which is another program's to announce.
    server = re.sub(r"[^A-Za-z0-9-]", "-", f"hubbub-{host[:40]}-{listen.port}")
    return AsyncServiceInfo(
        SERVICE,
        f"{label}.{SERVICE}",
        port=listen.port,
        properties={
            "name": clip(name, 200),
            "tls": "0" if listen.kind == "irc" else "1",
            "version": version("hubbub"),
        },
        server=f"{server}.local.",
        parsed_addresses=list(addresses),
    )


async def _stay(zeroconf: AsyncZeroconf, info: AsyncServiceInfo) -> None:
    """Announce, and take it back when cancelled."""
    from zeroconf import Error

    try:
        # A name that is taken gets a number.
        await (await zeroconf.async_register_service(info, allow_name_change=True))
        log.info("announced on the network as %s", info.get_name())
        await asyncio.Event().wait()
    except (Error, OSError, TimeoutError) as error:
        log.warning("the server is not announced on the network: %s", error or type(error).__name__)
    finally:
        with suppress(TimeoutError, OSError, Error):
            await asyncio.wait_for(zeroconf.async_close(), _GOODBYE_SECONDS)
