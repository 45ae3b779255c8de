"""Headers of the PROXY protocol: whole, in pieces, broken."""

from __future__ import annotations

import socket
import struct
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.net.proxy import LONGEST, BadProxyHeader, Header, read_header
from hubbub.net.sniff import PROXY_V1, PROXY_V2

ports = st.integers(0, 65535)
addresses = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6))


def text(ip: IPv4Address | IPv6Address, port: int) -> bytes:
    return f"PROXY TCP{ip.version} {ip} {ip} {port} 1313\r\n".encode()


def binary(ip: IPv4Address | IPv6Address, port: int, more: bytes = b"") -> bytes:
    packed = ip.packed * 2 + struct.pack("!HH", port, 1313) + more
    kind = 0x11 if ip.version == 4 else 0x21
    return PROXY_V2 + struct.pack("!BBH", 0x21, kind, len(packed)) + packed


def shown(ip: IPv4Address | IPv6Address) -> str:
    return str(getattr(ip, "ipv4_mapped", None) or ip)


@given(addresses, ports, st.binary(max_size=50))
def test_who_is_behind_the_proxy(ip: IPv4Address | IPv6Address, port: int, rest: bytes) -> None:
    for header in (text(ip, port), binary(ip, port), binary(ip, port, b"\x04\x00\x01x")):
        assert read_header(header + rest) == Header(len(header), shown(ip), port)


@given(addresses, ports)
def test_a_part_is_no_header_yet(ip: IPv4Address | IPv6Address, port: int) -> None:
    for header, start in ((text(ip, port), PROXY_V1), (binary(ip, port), PROXY_V2)):
        for size in range(len(start), len(header)):
            assert read_header(header[:size]) is None


@pytest.mark.parametrize(
    "header",
    [
        b"PROXY UNKNOWN\r\n",
        b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n",
        PROXY_V2 + b"\x20\x00\x00\x00",
        PROXY_V2 + b"\x21\x00\x00\x00",
        PROXY_V2 + b"\x21\x31\x00\xd8" + b"\x00" * 216,
    ],
)
def test_a_proxy_may_speak_for_itself(header: bytes) -> None:
    assert read_header(header) == Header(len(header), "", 0)


@pytest.mark.parametrize(
    "header",
    [
        b"PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
        b"PROXY TCP4 1.2.3.4 1.2.3.4 65536 1\r\n",
        b"PROXY TCP4 1.2.3.4 1.2.3.4 -1 1\r\n",
        b"PROXY TCP4 1.2.3 1.2.3.4 1 1\r\n",
        b"PROXY TCP5 1.2.3.4 1.2.3.4 1 1\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 \N{ARABIC-INDIC DIGIT ONE} 1\r\n".encode(),
        b"PROXY " + b"x" * 120,
        PROXY_V2 + b"\x31\x11\x00\x0c" + b"\x00" * 12,
        PROXY_V2 + b"\x21\x11" + struct.pack("!H", LONGEST) + b"\x00" * 12,
    ],
)
def test_broken_headers(header: bytes) -> None:
    with pytest.raises(BadProxyHeader):
        read_header(header)


def test_a_scope_is_no_part_of_an_address() -> None:
    header = read_header(b"PROXY TCP6 fe80::1%\x1b[31m ::1 1 2\r\n")
    assert header is not None
    assert header.ip == "fe80::1"


@given(st.sampled_from([PROXY_V1, PROXY_V2, b""]), st.binary(max_size=300))
def test_any_bytes_are_a_header_or_none_or_refused(start: bytes, rest: bytes) -> None:
    try:
        header = read_header(start + rest)
    except BadProxyHeader:
        return
    if header is not None:
        assert 0 < header.size <= len(start + rest)
        assert not header.ip or socket.getaddrinfo(header.ip, header.port, flags=socket.AI_NUMERICHOST)
