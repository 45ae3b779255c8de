"""HTTP connections: uvicorn's protocol class behind our door, without its server.

Owns how long a request may take and how large its head may be, and the place of each connection in the network's
books. Accepting, stopping and signals are the door's and the server's. Which address gives what is app.py's.

What is relied on in uvicorn is listed in tests/unit/net/web/test_uvicorn.py, which fails when it changes.
"""

from __future__ import annotations

import asyncio
import logging
import os
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from uvicorn.config import Config
from uvicorn.server import ServerState

from hubbub.net.web.app import application
from hubbub.net.web.headers import LONGEST_HEAD, STANDING
from hubbub.net.web.websocket import WebSocketPeer

if TYPE_CHECKING:
    from uvicorn.protocols.http.h11_impl import H11Protocol as HttpProtocol

    from hubbub.net.door import Door, Origin
    from hubbub.net.network import Network
else:
    try:
        if os.environ.get("HUBBUB_PURE"):
            raise ImportError("HUBBUB_PURE chooses what is written in Python")
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as HttpProtocol
    except ImportError:
        from uvicorn.protocols.http.h11_impl import H11Protocol as HttpProtocol

log = logging.getLogger("hubbub.net.http")
# Whoever sends rubbish could fill the log with warnings; a handler that fails is an error.
log.setLevel(logging.ERROR)

PATIENCE = 10.0
"""Seconds for the head of a request, and for the next piece of its body …"""
SLOWEST = 1024
"""… and bytes a second that a body must come to in the long run."""
STALLED = 60.0
"""Seconds for which an answer may wait without any of it being taken."""
KEPT = 15
"""Seconds that a connection is kept for another request."""
REQUESTS = 1000
"""Requests that one connection is good for."""
LINGER = 5.0
"""Seconds that somebody has to read why their request was refused, before the connection is reset."""
FINISHING = 2.0
"""Seconds that answers under way have when the server stops."""

SENTENCES = {
    400: "That was not HTTP as it should be.\n",
    408: "That request took too long.\n",
    431: "The headers of that request are too long.\n",
}


class Web:
    """What the HTTP connections of a network share."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.state = ServerState()
        self.config = Config(
            application(network),
            http=HttpProtocol,
            ws=WebSocketPeer,
            interface="asgi3",
            lifespan="off",
            log_config=None,
            access_log=False,
            workers=1,
            # For whom a proxy speaks is found out in forwarded.py.
            proxy_headers=False,
            forwarded_allow_ips="",
            server_header=False,
            date_header=False,
            timeout_keep_alive=KEPT,
            h11_max_incomplete_event_size=LONGEST_HEAD,
        )
        self.config.load()

    def peer(self, origin: Origin, door: Door) -> WebPeer:
        """The protocol for a new connection."""
        return WebPeer(self, origin, door)

    async def finished(self) -> None:
        """Return when all handlers have; they learn of the end of their connections."""
        if self.state.tasks:
            await asyncio.wait(self.state.tasks, timeout=FINISHING)


class WebPeer(HttpProtocol):
    """One HTTP connection, for as many requests as it is kept; it may become a WebSocket."""

    kind = "http"

    def __init__(self, web: Web, origin: Origin, door: Door) -> None:
        # What is in the state comes with every request, and with the WebSocket.
        super().__init__(web.config, web.state, {"peer": self}, _loop=web.network.loop)
        self.logger = log
        self.network = web.network
        self.origin = origin
        self.door = door
        self._requests = 0
        self._head = 0
        """Bytes of the next request's head so far."""
        self._has_begun = True
        """Whether anything of the next request has come. The first one is awaited as if it had."""
        self._refused = False
        self._deadline = self._moved_at = web.network.loop.time() + self._patience
        self._waited = 0

    @property
    def _patience(self) -> float:
        return min(PATIENCE, self.network.settings.time.registration)

    @property
    def _is_busy(self) -> bool:
        """Whether a request is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def waiting(self) -> int:
        """Bytes that the other side has not taken yet (Connection)."""
        return self.transport.get_write_buffer_size()

    # -- the connection -------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's, only the same in use.
        super().connection_made(cast(asyncio.Transport, transport))
        self.client = (self.origin.ip, self.origin.port)
        self.network.add(self, self.origin.ip)

    def connection_lost(self, exc: Exception | None) -> None:
        self.network.remove(self, self.origin.ip)
        super().connection_lost(exc)
        self._forget()

    def _forget(self) -> None:
        """Let go of what holds this connection in memory: the collector comes seldom (server.tune_interpreter)."""
        self.app_state = {}
        self.scope = cast(Any, {})
        if self.cycle is not None:
            # A handler that is still at work has the scope itself, and uvicorn sends nothing for it any more.
            self.cycle.scope = cast(Any, {})
        # httptools' parser, which knows us; h11 has none of that name.
        self.__dict__.pop("parser", None)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        before, now = self.cycle, self.network.loop.time()
        if self._is_busy and before.more_body:
            self._deadline = min(self._deadline + len(data) / SLOWEST, now + self._patience)
        else:
            self._head += len(data)
            if not self._has_begun:
                self._has_begun = True
                self._deadline = now + self._patience
        super().data_received(data)
        if self.cycle is not before:
            self._asked(now)
        elif self._head > LONGEST_HEAD:
            # Or the rest of a body that was not wanted.
            self._refuse(431)

    def _asked(self, now: float) -> None:
        """The head of a request is complete."""
        self._head = 0
        self._has_begun = False
        self._deadline = now + self._patience
        self._requests += 1
        if self._requests >= REQUESTS:
            self.cycle.keep_alive = False

    def handle_websocket_upgrade(self, *event: Any) -> None:
        """Hand the connection over, unless an answer is still on its way."""
        if self._is_busy:
            self._refuse(400)
            return
        super().handle_websocket_upgrade(*event)
        self.network.remove(self, self.origin.ip)
        self._forget()

    # -- refusing -------------------------------------------------------------------------------------------

    def send_400_response(self, msg: str) -> None:
        """It can't be parsed (uvicorn)."""
        self._refuse(431 if self._head > LONGEST_HEAD else 400)

    def _refuse(self, status: int) -> None:
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        if self._is_busy:
            # What came first is still answered.
            self.cycle.keep_alive = False
            return
        if self.cycle is None or not self.cycle.more_body:
            self.transport.write(_answer(status))
        self._finish()

    def _finish(self) -> None:
        """RFC 9112, 9.6: say that this is all and let the client close, or a body unread would reset the connection."""
        self._deadline = self.network.loop.time() + LINGER
        self._unset_keepalive_if_required()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()

    # -- the clock and the end ------------------------------------------------------------------------------

    def check(self, now: float) -> None:
        """Close what takes too long (Connection)."""
        if self._is_stalled(now):
            self.transport.abort()
        elif self._is_busy:
            self._check_request(now)
        elif self._refused:
            if now > self._deadline:
                self.transport.abort()
        elif self._has_begun and now > self._deadline:
            if self._head:
                self._refuse(408)
            else:
                self.transport.close()

    def _check_request(self, now: float) -> None:
        cycle = self.cycle
        if not cycle.more_body or cycle.waiting_for_100_continue or self.flow.read_paused:
            # It is us who take their time.
            self._deadline = now + self._patience
        elif now > self._deadline:
            self.transport.abort()

    def _is_stalled(self, now: float) -> bool:
        """Whether nothing of what was written has been taken for too long."""
        waiting = self.waiting
        if not waiting or waiting != self._waited:
            self._waited, self._moved_at = waiting, now
        return now - self._moved_at > STALLED

    def end(self, reason: str) -> None:
        """The server stops (Connection)."""
        if self._is_busy:
            self.cycle.keep_alive = False
            self.network.loop.call_later(FINISHING, self.transport.abort)
        else:
            self.transport.close()


def _answer(status: int) -> bytes:
    """A whole answer, where no application is asked."""
    body = SENTENCES[status].encode()
    headers = STANDING | {
        "content-type": "text/plain; charset=utf-8",
        "content-length": str(len(body)),
        "connection": "close",
    }
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
