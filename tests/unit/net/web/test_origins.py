"""Which pages may connect."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.net.web.origins import may_connect


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://chat.example", "chat.example"),
        ("http://chat.example", "chat.example:80"),
        ("https://chat.example", "chat.example"),
        ("https://chat.example:443", "chat.example"),
        ("http://chat.example:1313", "CHAT.example:1313"),
        ("http://[::1]:1313", "[::1]:1313"),
        (None, "anything"),
    ],
)
def test_the_own_page_may(origin: str | None, host: str) -> None:
    assert may_connect(origin, host, ())


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://evil.example", "chat.example"),
        ("http://chat.example:8080", "chat.example"),
        ("http://chat.example.evil", "chat.example"),
        ("http://chat.example@evil", "evil"),
        ("http://evil", "user@evil"),
        ("null", "null"),
        ("", ""),
        ("file://", ""),
        ("chat.example", "chat.example"),
        ("http://chat.example:99999", "chat.example:99999"),
        ("http://[::1", "[::1"),
        ("ws://chat.example", "chat.example"),
    ],
)
def test_others_may_not(origin: str, host: str) -> None:
    assert not may_connect(origin, host, ("https://friend.example",))


def test_others_may_if_it_says_so() -> None:
    assert may_connect("https://friend.example", "chat.example", ("https://friend.example",))
    assert may_connect("null", "chat.example", ("*",))


@given(st.text(), st.text())
def test_nothing_makes_it_fail(origin: str, host: str) -> None:
    may_connect(origin, host, ())
