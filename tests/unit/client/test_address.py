"""Addresses and links as people write them, and as strangers do."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.client.address import Address, is_loopback, parse_address, to_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("example.org", Address("example.org")),
        ("example.org:6667", Address("example.org", 6667)),
        (" example.org:6667 ", Address("example.org", 6667)),
        ("[::1]:6667", Address("::1", 6667)),
        ("[::1]", Address("::1")),
        ("fd00::2", Address("fd00::2")),
        (":6667", Address("", 6667)),
        ("", Address("")),
        ("irc://example.org", Address("example.org", 6667)),
        ("IRC://example.org:1313/", Address("example.org", 1313)),
        ("ircs://example.org/#tea", Address("example.org", 6697, True, ("#tea",))),
        ("ircs://[fd00::2]:1313/tea", Address("fd00::2", 1313, True, ("#tea",))),
        ("web+irc://h/%23caf%C3%A9,&local", Address("h", 6667, None, ("#café", "&local"))),
        ("irc+insecure://h/#a,#b?one,two", Address("h", 6667, False, ("#a one", "#b two"))),
        ("irc://h/#a,needkey?key=one", Address("h", 6667, None, ("#a one",))),
        ("irc://h/##double", Address("h", 6667, None, ("##double",))),
        ("irc://me:secret@h/#a,#a", Address("h", 6667, None, ("#a",))),
        ("irc://h/alice,isnick", Address("h", 6667)),
    ],
)
def test_what_is_understood(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("example.org:70000", "'70000' is not a port; ports go from 1 to 65535."),
        ("example.org:0", "'0' is not a port; ports go from 1 to 65535."),
        ("example.org:x", "'x' is not a port; ports go from 1 to 65535."),
        ("[::1", "'[::1' is not an address; write [IPv6]:PORT."),
        ("[::1]x", "'[::1]x' is not an address; write [IPv6]:PORT."),
        ("two words", "'two words' is not an address; write HOST, HOST:PORT or [IPv6]:PORT."),
        ("http://example.org", "http:// is not understood here; links begin with irc:// or ircs://."),
        ("irc:///#tea", "The link names no server."),
        ("irc://h/#a%0d%0aQUIT", "The link names a room that can't be one."),
        ("irc://h/" + "x" * 300, "The link names a room that can't be one."),
    ],
)
def test_what_is_not_is_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        parse_address(text)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_no_link_smuggles_a_line_into_a_room(host: str, path: str, query: str) -> None:
    try:
        address = parse_address(f"irc://{host}/{path}?{query}")
    except ValueError:
        return
    for room in address.rooms:
        assert not set("\r\n\0,") & set(room)
        assert len(room.split(" ")) <= 2


def test_many_rooms_are_cut_off() -> None:
    assert len(parse_address("irc://h/" + ",".join(f"r{number}" for number in range(100))).rooms) == 20


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", "LOCALHOST."])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "localhost.example.org", "::2", "", "0.0.0.0"])
def test_other_machines(host: str) -> None:
    assert not is_loopback(host)


def test_written_as_it_is_read() -> None:
    assert to_address("::1", 1313) == "[::1]:1313"
    assert to_address("example.org", 1313) == "example.org:1313"
