"""Where a server is, as people write it: host:port, or an irc:// link.

Owns the reading and writing of addresses. A link may come from a stranger's web page, so what it holds is bounded
and checked. Knows no sockets and imports nothing heavy: cli reads its arguments with it, connection and the clients
use the rest.
"""

from __future__ import annotations

import re
from typing import NamedTuple

DEFAULT_PORT = 1313
IRC_PORT = 6667
TLS_PORT = 6697

_SCHEMES: dict[str, bool | None] = {
    "irc": None,
    "ircs": True,
    "web+irc": None,
    "web+ircs": True,
    "irc+insecure": False,
}
_MOST_ROOMS = 20
_LONGEST_ROOM = 200
_ROOM_SIGNS = "#&+!"
_UNFIT = re.compile(r"[\s\x00-\x1f\x7f/?#@\\]")
"""What no host has."""
_UNFIT_ROOM = re.compile(r"[\s\x00-\x1f\x7f,]")


class Address(NamedTuple):
    """`port` None: the usual one. `tls` None: as the server likes it. `rooms` may have a key behind a space."""

    host: str
    port: int | None = None
    tls: bool | None = None
    rooms: tuple[str, ...] = ()


def parse_address(text: str) -> Address:
    """host, host:port, [IPv6]:port, a bare IPv6 address or an irc:// link. Raises ValueError with a sentence."""
    text = text.strip()
    scheme, mark, rest = text.partition("://")
    if mark:
        return _parse_link(scheme.lower(), rest)
    return Address(*_parse_host(text))


def _parse_host(text: str) -> tuple[str, int | None]:
    host, port = _split(text)
    if _UNFIT.search(host):
        raise ValueError(f"{text!r} is not an address; write HOST, HOST:PORT or [IPv6]:PORT.")
    return host, _to_port(port) if port is not None else None


def _split(text: str) -> tuple[str, str | None]:
    if text.startswith("["):
        host, closed, port = text[1:].partition("]")
        if not (host and closed) or port[:1] not in ("", ":"):
            raise ValueError(f"{text!r} is not an address; write [IPv6]:PORT.")
        return host, port[1:] if port else None
    if text.count(":") != 1:
        return text, None
    host, _, port = text.partition(":")
    return host, port


def _to_port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 0 < int(text) < 65_536):
        raise ValueError(f"{text!r} is not a port; ports go from 1 to 65535.")
    return int(text)


def _parse_link(scheme: str, rest: str) -> Address:
    """irc://host[:port]/#room,#other?key, with or without the # (which may also be written %23)."""
    if scheme not in _SCHEMES:
        raise ValueError(f"{scheme}:// is not understood here; links begin with irc:// or ircs://.")
    tls = _SCHEMES[scheme]
    authority, _, path = rest.partition("/")
    # A link doesn't decide who somebody is: a name or a password in front of the host is passed over.
    host, port = _parse_host(authority.rpartition("@")[2])
    if not host:
        raise ValueError("The link names no server.")
    return Address(host, port or (TLS_PORT if tls else IRC_PORT), tls, _rooms_of(path))


def _rooms_of(path: str) -> tuple[str, ...]:
    from urllib.parse import unquote

    names, _, query = path.partition("?")
    wanted = names.split(",")[:_MOST_ROOMS]
    if "isnick" in wanted or "isuser" in wanted:
        return ()
    keys = [unquote(key) for key in query.removeprefix("key=").split(",")]
    rooms = []
    for index, name in enumerate(wanted):
        room = _to_room(unquote(name), keys[index] if index < len(keys) else "")
        if room:
            rooms.append(room)
    return tuple(dict.fromkeys(rooms))


def _to_room(name: str, key: str) -> str:
    """As it is given to JOIN; "" for what is no room."""
    if name in ("", "needpass", "needkey"):
        return ""
    if name[0] not in _ROOM_SIGNS:
        name = f"#{name}"
    if len(name) > _LONGEST_ROOM or _UNFIT_ROOM.search(name):
        raise ValueError("The link names a room that can't be one.")
    fits = key and len(key) <= _LONGEST_ROOM and not _UNFIT_ROOM.search(key)
    return f"{name} {key}" if fits else name


def to_address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_loopback(host: str) -> bool:
    """Whether the name or address can only be this machine."""
    from ipaddress import ip_address

    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
