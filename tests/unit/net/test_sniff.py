"""What the first bytes show, and that it doesn't matter how they are cut up."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hubbub.net.sniff import LONGEST_WORD, METHODS, OPENERS, PROXY_V2, VERBS, Kind, sniff

BEGINNINGS = [
    b"\x16\x03\x01",
    b"PROXY ",
    PROXY_V2,
    *METHODS,
    *(word + b" x" for word in OPENERS | VERBS),
    b":a",
    b"@b",
]


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (b"\x16\x03\x01\x02", Kind.TLS),
        (b"GET / HTTP/1.1", Kind.HTTP),
        (b"POST /x", Kind.HTTP),
        (b"PRI * HTTP/2.0", Kind.HTTP),
        (b"PROXY TCP4", Kind.PROXY),
        (PROXY_V2, Kind.PROXY),
        (b"CAP LS 302\r\n", Kind.IRC),
        (b"cap ls\r\n", Kind.IRC),
        (b"Nick joe\r\n", Kind.IRC),
        (b"PASS sesame\n", Kind.IRC),
        (b"JOIN #tea\n", Kind.IRC),
        (b"join us\n", Kind.PLAIN),
        (b"@label=1 CAP LS", Kind.IRC),
        (b":joe NICK", Kind.IRC),
        (b"QUIT\r\n", Kind.IRC),
        (b"quit\r\n", Kind.PLAIN),
        (b"joe\n", Kind.PLAIN),
        (b"\n", Kind.PLAIN),
        (b"\r\n", None),
        (b"get / HTTP/1.1", Kind.PLAIN),
        (b"GETTY\n", Kind.PLAIN),
        ("Jürgen\n".encode(), Kind.PLAIN),
        (b"\x16", None),
        (b"PRO", None),
        (b"G", None),
        (b"NIC", None),
        (b"NICK", None),
        (b"", None),
    ],
)
def test_kinds(first: bytes, kind: Kind | None) -> None:
    assert sniff(first) is kind


@given(st.one_of(st.binary(max_size=40), st.sampled_from(BEGINNINGS)), st.binary(max_size=20))
@example(b"\r\n\r\n\x00\r\nQUIT", b"\n")
def test_once_known_a_kind_stays_whatever_follows(first: bytes, rest: bytes) -> None:
    """So any division into pieces leads to the same kind as soon as there is one."""
    kind = sniff(first)
    if kind is not None:
        assert sniff(first + rest) is kind


@given(st.binary(min_size=LONGEST_WORD + 1, max_size=200))
def test_nobody_keeps_it_guessing(first: bytes) -> None:
    assert sniff(first) is not None


@given(st.sampled_from(METHODS), st.binary(max_size=100))
def test_a_method_is_http_always(method: bytes, rest: bytes) -> None:
    """Whatever a web site makes a browser send."""
    assert sniff(method + rest) is Kind.HTTP
