"""What every request must hold before anything answers it, and the headers that every answer carries.

An ASGI application around the others. Knows no routes; asgi.py takes the headers for the answers that it gives itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.utils import formatdate
from typing import TYPE_CHECKING, cast

from starlette.responses import PlainTextResponse

from hubbub.net.web.forwarded import asked

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from hubbub.net.web.asgi import WebPeer
    from hubbub.net.web.forwarded import Asked

LONGEST_HEAD = 16_384
"""Bytes of a request's line and headers."""
LONGEST_PATH = 4096

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob: data:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "font-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
STANDING: dict[str, str] = {
    "content-security-policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
    "cache-control": "no-store",
}
"""For every answer that says nothing else."""
_HOST = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]+)?|\[[0-9A-Fa-f:.]+\](?::[0-9]+)?")


def peer_of(scope: Scope) -> WebPeer:
    """The connection that a request came by."""
    return cast("WebPeer", scope["state"]["peer"])


def asked_of(scope: Scope) -> Asked:
    """From where a request really comes."""
    peer = peer_of(scope)
    return asked(peer.origin, scope["headers"], peer.door.may_be_proxy)


class Guarded:
    """Refuses what is no proper request, and dresses every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = asked_of(scope)
        dressing = _dressing(scope, request)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with(message.get("headers", ()), dressing)
            await send(message)

        status, problem = _fault(scope)
        refusal = PlainTextResponse(problem, status, {"Connection": "close"})
        await (refusal if problem else self._app)(scope, receive, dressed)


def _fault(scope: Scope) -> tuple[int, str]:
    """Status and sentence for a request that nothing should answer."""
    headers = scope["headers"]
    names = [name for name, _ in headers]
    if sum(len(name) + len(value) + 4 for name, value in headers) > LONGEST_HEAD:
        return 431, "The headers of that request are too long.\n"
    if not scope["raw_path"].startswith(b"/"):
        # CONNECT and the like: what follows it would not be HTTP to everybody.
        return 400, "That is no address here.\n"
    if len(scope["raw_path"]) + len(scope["query_string"]) > LONGEST_PATH:
        return 414, "That address is too long.\n"
    if b"content-length" in names and b"transfer-encoding" in names:
        # RFC 9112, 6.3: a proxy in between may have read only one of them, and take the rest for another's request.
        return 400, "A request has a length or an encoding, not both.\n"
    if names.count(b"host") > 1 or (b"host" not in names and scope["http_version"] == "1.1"):
        return 400, "A request names one host.\n"
    return 200, ""


def _dressing(scope: Scope, request: Asked) -> dict[str, str]:
    found = STANDING | {"date": formatdate(usegmt=True)}
    if _HOST.fullmatch(request.host):
        # Not every browser takes WebSockets at the same host for 'self'.
        own = f"'self' ws://{request.host} wss://{request.host}"
        policy = POLICY | {"connect-src": own}
        found["content-security-policy"] = "; ".join(f"{name} {value}" for name, value in policy.items())
    peer = peer_of(scope)
    sts = peer.network.settings.sts
    if peer.origin.secure and peer.door.listen.certificate and sts.enabled:
        # For the whole host, whatever else runs there: only where the operator has promised the same for IRC.
        found["strict-transport-security"] = f"max-age={sts.days * 86_400}"
    return found


def _with(headers: Iterable[tuple[bytes, bytes]], more: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """What an answer says itself stands."""
    own = list(headers)
    said = {name.lower() for name, _ in own}
    return own + [
        (name.encode(), value.encode("latin-1")) for name, value in more.items() if name.encode() not in said
    ]
