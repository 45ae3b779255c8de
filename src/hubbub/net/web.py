"""HTTP: a small page that says what this is, /healthz, and 404 for the rest.

Whatever arrives as HTTP stays HTTP: a form that some web site makes a browser send here never becomes chat.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

import h11

if TYPE_CHECKING:
    from hubbub.net.door import Origin
    from hubbub.net.network import Network

log = logging.getLogger("hubbub.net")

LONGEST_HEAD = 16_384
PATIENCE = 10.0
"""Seconds for a request; every answer ends the connection."""

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{network}</title></head>
<body><h1>{network}</h1><p>{description}</p>
<p>This is a <b>hubbub</b> chat server. Come in from a terminal:</p>
<pre>hubbub chat {host}
nc {name} {port}</pre>
<p>or with any IRC client, at the same address and port.</p></body></html>
"""

HEADERS = [
    (
        "Content-Security-Policy",
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
    ("Connection", "close"),
]


class WebPeer(asyncio.Protocol):
    """One HTTP connection, which is good for one request."""

    def __init__(self, network: Network, origin: Origin) -> None:
        self.network = network
        self.origin = origin
        self.transport: asyncio.Transport
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=LONGEST_HEAD)
        self._born = network.loop.time()
        self._answered = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's, only the same in use.
        self.transport = cast(asyncio.Transport, transport)
        self.network.add(self, self.origin.ip)

    def connection_lost(self, exc: Exception | None) -> None:
        self.network.remove(self, self.origin.ip)

    def data_received(self, data: bytes) -> None:
        if self._answered:
            return
        try:
            self._http.receive_data(data)
            event = self._http.next_event()
        except h11.RemoteProtocolError as error:
            self._answer(error.error_status_hint, "text/plain", "That was not HTTP as it should be.\n")
            return
        if isinstance(event, h11.Request):
            self._route(event)

    def _route(self, request: h11.Request) -> None:
        path = request.target.partition(b"?")[0]
        if path not in {b"/", b"/healthz"}:
            self._answer(404, "text/plain", "There is nothing here.\n", request)
        elif request.method not in {b"GET", b"HEAD"}:
            self._answer(405, "text/plain", "Only GET works here.\n", request, [("Allow", "GET, HEAD")])
        elif path == b"/healthz":
            self._answer(200, "text/plain", "ok\n", request)
        else:
            self._answer(200, "text/html", self._page(request), request)

    def _page(self, request: h11.Request) -> str:
        server = self.network.settings.server
        host = dict(request.headers.raw_items()).get(b"Host", b"").decode("ascii", "replace")
        name, _, port = host.rpartition(":") if ":" in host else (host, "", "80")
        return PAGE.format(
            network=escape(server.network),
            description=escape(server.description),
            host=escape(host),
            name=escape(name),
            port=escape(port),
        )

    def _answer(
        self,
        status: int,
        kind: str,
        text: str,
        request: h11.Request | None = None,
        more: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._answered = True
        body = text.encode()
        headers = [
            ("Content-Type", f"{kind}; charset=utf-8"),
            ("Content-Length", str(len(body))),
            *HEADERS,
            *more,
        ]
        if self._http.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            reason = HTTPStatus(status).phrase
            self._send(h11.Response(status_code=status, reason=reason, headers=headers))
            if request is None or request.method != b"HEAD":
                self._send(h11.Data(data=body))
            self._send(h11.EndOfMessage())
        self._finish()
        log.debug("answered from=%s status=%d", self.origin.peer_address, status)

    def _finish(self) -> None:
        """RFC 9112, 9.6: say that this is all and let the client close, or a body unread would reset the connection."""
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()

    def _send(self, event: h11.Event) -> None:
        self.transport.write(self._http.send(event) or b"")

    def check(self, now: float) -> None:
        """Close what takes too long (Connection)."""
        if now - self._born > PATIENCE:
            self.transport.abort()

    def end(self, reason: str) -> None:
        """The server stops (Connection)."""
        self.transport.close()
