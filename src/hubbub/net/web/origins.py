"""Which web pages may connect by WebSocket: a browser says from which origin a page is, and no other rule keeps the
pages of strangers from talking to us (RFC 6455, 10.2). Pure; the peer asks.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

USUAL = {"http": 80, "https": 443}


def may_connect(origin: str | None, host: str, others: Collection[str]) -> bool:
    """Whether a page of this origin may; `host` is the Host that it connected to, None an answer of no browser."""
    if origin is None or "*" in others:
        return True
    return origin in others or _is_own(origin, host)


def _is_own(origin: str, host: str) -> bool:
    try:
        page = urlsplit(origin)
        here = urlsplit(f"//{host}")
        if page.scheme not in USUAL or not page.hostname or page.username is not None or "@" in host:
            return False
        usual = USUAL[page.scheme]
        return page.hostname == here.hostname and (page.port or usual) == (here.port or usual)
    except ValueError:
        return False
