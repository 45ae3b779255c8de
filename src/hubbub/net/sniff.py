"""Sniffing: what kind of client the first bytes of a connection belong to. Pure; the door asks."""

from __future__ import annotations

from enum import Enum

TLS_HELLO = b"\x16\x03"
PROXY_V1 = b"PROXY "
PROXY_V2 = b"\r\n\r\n\x00\r\nQUIT\n"
METHODS = tuple(
    method + b" "
    for method in (
        b"GET",
        b"POST",
        b"HEAD",
        b"PUT",
        b"DELETE",
        b"OPTIONS",
        b"CONNECT",
        b"TRACE",
        b"PATCH",
        b"PRI",
    )
)
# What IRC clients begin with, in any case of letters …
OPENERS = frozenset({b"CAP", b"NICK", b"USER", b"PASS", b"AUTHENTICATE", b"PING", b"PONG", b"WEBIRC"})
# … and what some send early, in capitals, followed by more: a name of that kind is less likely than a client.
VERBS = frozenset(
    {b"JOIN", b"MODE", b"QUIT", b"PRIVMSG", b"NOTICE", b"WHOIS", b"WHO", b"REGISTER", b"OPER", b"MOTD"}
)
LONGEST_WORD = 16


class Kind(Enum):
    """What a connection speaks."""

    TLS = "tls"
    HTTP = "http"
    IRC = "irc"
    PROXY = "proxy"
    PLAIN = "plain"


def sniff(first: bytes) -> Kind | None:
    """The kind that the first bytes show, or None while they could still become several."""
    if first.startswith(TLS_HELLO):
        return Kind.TLS
    for start in (TLS_HELLO, PROXY_V1, PROXY_V2, *METHODS):
        if first.startswith(start):
            return Kind.HTTP if start in METHODS else Kind.PROXY
        if start.startswith(first):
            return None
    return _sniff_words(first)


def _sniff_words(first: bytes) -> Kind | None:
    """IRC or a person."""
    if first[:1] in (b":", b"@"):
        # A tag or a source: no name begins like this.
        return Kind.IRC
    word, space, _ = first.partition(b" ")
    if space:
        return Kind.IRC if word.upper() in OPENERS or word in VERBS else Kind.PLAIN
    line, end, _ = first.partition(b"\n")
    if end:
        # A word alone: "QUIT", or a name.
        return Kind.IRC if line.strip() in {b"QUIT", b"MOTD", b"CAP", b"USER", b"PASS"} else Kind.PLAIN
    return Kind.PLAIN if len(word) > LONGEST_WORD else None


def is_http(line: bytes) -> bool:
    """Whether a line that came later than the first bytes is a browser's all the same."""
    return line.startswith(METHODS)
