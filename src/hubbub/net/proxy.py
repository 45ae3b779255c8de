"""The PROXY protocol, versions 1 and 2: for whom a proxy speaks.  haproxy's proxy-protocol.txt, section 2"""

from __future__ import annotations

import struct
from ipaddress import ip_address
from typing import NamedTuple

from hubbub.net.sniff import PROXY_V1, PROXY_V2

LONGEST = 1024
"""Bytes of a header that we look for: 107 for version 1, and 16 and addresses and some TLVs for version 2."""


class BadProxyHeader(ValueError):
    """The bytes are no header of the PROXY protocol."""


class Header(NamedTuple):
    """What a header says: its own length in bytes, and the client's address ("" if the proxy speaks for itself)."""

    size: int
    ip: str
    port: int


def read_header(first: bytes) -> Header | None:
    """The header at the start of the bytes, or None if more of them are needed."""
    if first.startswith(PROXY_V1):
        return _read_text(first)
    if first.startswith(PROXY_V2):
        return _read_binary(first)
    raise BadProxyHeader("not a PROXY header")


def _read_text(first: bytes) -> Header | None:
    line, end, _ = first.partition(b"\r\n")
    if not end:
        if len(line) > 107:
            raise BadProxyHeader("the PROXY line is too long")
        return None
    words = line.decode("ascii", "replace").split(" ")
    size = len(line) + 2
    if words[1:2] == ["UNKNOWN"]:
        return Header(size, "", 0)
    if len(words) != 6 or words[1] not in {"TCP4", "TCP6"}:
        raise BadProxyHeader("the PROXY line is malformed")
    return Header(size, *_checked(words[2], words[4]))


def _checked(ip: str, port: str) -> tuple[str, int]:
    if not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise BadProxyHeader("the PROXY line has no port")
    try:
        return _shown(ip), int(port)
    except ValueError:
        raise BadProxyHeader("the PROXY line has no address") from None


def _shown(ip: str | bytes) -> str:
    """One spelling for each address: without a scope, and an IPv4 address behind an IPv6 socket as what it is."""
    address = ip_address(ip)
    return str(getattr(address, "ipv4_mapped", None) or address).partition("%")[0]


def _read_binary(first: bytes) -> Header | None:
    if len(first) < 16:
        return None
    version, family, length = struct.unpack_from("!BBH", first, 12)
    if version >> 4 != 2:
        raise BadProxyHeader("unknown version")
    size = 16 + length
    if size > LONGEST:
        raise BadProxyHeader("the PROXY header is too long")
    if len(first) < size:
        return None
    if version & 15 == 0:
        return Header(size, "", 0)
    if family == 0x11 and length >= 12:
        return Header(size, _shown(first[16:20]), struct.unpack_from("!H", first, 24)[0])
    if family == 0x21 and length >= 36:
        return Header(size, _shown(first[16:32]), struct.unpack_from("!H", first, 48)[0])
    return Header(size, "", 0)
