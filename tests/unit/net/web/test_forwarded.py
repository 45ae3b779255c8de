"""For whom a proxy speaks, and that nobody else can."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.net.door import Origin
from hubbub.net.web.forwarded import asked

PROXIES = {"127.0.0.1", "10.0.0.1"}
HERE = Origin(socket.socket.__new__(socket.socket), "127.0.0.1", 40_000)
THERE = Origin(HERE.socket, "192.0.2.7", 40_000)


def heard(origin: Origin, **headers: str) -> tuple[str, str, bool]:
    given = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    request = asked(origin, given, PROXIES.__contains__)
    return request.origin.ip, request.host, request.origin.secure


@pytest.mark.parametrize(
    ("hops", "client"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("203.0.113.1, 198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, 10.0.0.1", "198.51.100.7"),
        ("198.51.100.7:4711", "198.51.100.7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:DB8::7", "2001:db8::7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "10.0.0.1"),
        ("198.51.100.7, unknown", "127.0.0.1"),
        ("unknown, 10.0.0.1", "10.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_the_last_hop_that_is_no_proxy_is_the_client(hops: str, client: str) -> None:
    assert heard(HERE, host="x", x_forwarded_for=hops) == (client, "x", False)


def test_host_and_scheme() -> None:
    assert heard(HERE, host="x", x_forwarded_host="chat.example", x_forwarded_proto="https") == (
        "127.0.0.1",
        "chat.example",
        True,
    )


def test_nobody_else_is_believed() -> None:
    said = {
        "x_forwarded_for": "198.51.100.7",
        "x_forwarded_host": "chat.example",
        "x_forwarded_proto": "https",
    }
    assert heard(THERE, host="x", **said) == ("192.0.2.7", "x", False)


@given(st.text(st.characters(max_codepoint=255)))
def test_nothing_makes_it_fail(hops: str) -> None:
    heard(HERE, x_forwarded_for=hops, x_forwarded_host=hops, x_forwarded_proto=hops, host=hops)
