"""For whom a proxy speaks that forwards HTTP: X-Forwarded-For, -Host and -Proto, from configured proxies only.

Pure. From anybody else these headers are words like all others. The PROXY protocol is read by the door.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hubbub.net.door import Origin

Headers = Iterable[tuple[bytes, bytes]]
"""Names in lower case."""
MOST_HOPS = 20


class Asked(NamedTuple):
    """From where a request really comes, and under which host it was made."""

    origin: Origin
    host: str


def asked(origin: Origin, headers: Headers, may_be_proxy: Callable[[str], bool]) -> Asked:
    """`origin` is the connection's."""
    found: dict[bytes, list[str]] = {}
    for name, value in headers:
        if name in (b"host", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"):
            parts = found.setdefault(name, [])
            parts += [part.strip() for part in value.decode("latin-1").split(",")]
    host = (found.get(b"host") or [""])[-1]
    if not may_be_proxy(origin.ip):
        return Asked(origin, host)
    # The nearest proxy adds at the end: what stands before comes from those behind it.
    scheme = (found.get(b"x-forwarded-proto") or [""])[-1].lower()
    forwarded = replace(
        origin,
        ip=_client(found.get(b"x-forwarded-for", []), may_be_proxy) or origin.ip,
        secure=origin.secure or scheme in ("https", "wss"),
    )
    return Asked(forwarded, (found.get(b"x-forwarded-host") or [host])[-1])


def _client(hops: list[str], may_be_proxy: Callable[[str], bool]) -> str:
    """The last of the hops that is no proxy of ours; "" if it isn't said."""
    client = ""
    for hop in reversed(hops[-MOST_HOPS:]):
        ip = _address(hop)
        if not ip:
            break
        client = ip
        if not may_be_proxy(ip):
            break
    return client


def _address(text: str) -> str:
    """An address in one spelling, with a port or brackets left out; "" if it is none."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)
