"""The web application: which address gives what.

Everything is given to anybody who asks, so nothing here may be a secret but /metrics. The chat itself goes by
WebSocket (websocket.py), at any address.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hubbub.net.web.headers import Guarded, asked_of
from hubbub.net.web.invites import invite_routes
from hubbub.net.web.metrics import Metrics
from hubbub.net.web.pages import INDEX, built, page
from hubbub.net.web.readiness import Readiness
from hubbub.net.web.uploads import routes as file_routes

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, ExceptionHandler

    from hubbub.net.network import Network

CLIENT_ROUTES = ("/", "/r/{room:path}", "/m/{msgid:path}", "/i/{token:path}")
"""Addresses inside the browser client: it is one page, and finds its way itself."""
GOOD_FOR = timedelta(days=90)
"""RFC 9116, 2.5.5: security.txt says until when it is to be believed."""


def application(network: Network) -> ASGIApp:
    """The whole of it, for the connections of one network."""
    site = Site(network)
    routes = [
        *invite_routes(network),
        *file_routes(network.file_host),
        *(Route(path, site.client) for path in CLIENT_ROUTES),
        Route("/healthz", site.alive),
        Route("/readyz", site.ready),
        Route("/metrics", Metrics(network).answer),
        Route("/.well-known/security.txt", site.security),
        Route("/{path:path}", site.file),
    ]
    app = Starlette(routes=routes, exception_handlers=ENDINGS)
    app.router.redirect_slashes = False
    return Guarded(app)


class Site:
    """The answers."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._built = built()
        self._readiness = Readiness(network)

    async def client(self, request: Request) -> Response:
        index = self._built.get(INDEX)
        if index is not None:
            return index.answer(request)
        return page(self._network.settings.server, asked_of(request.scope).host)

    async def file(self, request: Request) -> Response:
        found = self._built.get(request.path_params["path"])
        if found is None:
            raise HTTPException(404)
        return found.answer(request)

    async def alive(self, _request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(self, _request: Request) -> Response:
        if await self._readiness.is_ready():
            return PlainTextResponse("ready\n")
        return PlainTextResponse("not ready\n", 503)

    async def security(self, _request: Request) -> Response:
        contact = self._network.settings.web.security_contact
        if not contact:
            raise HTTPException(404)
        expires = datetime.now(UTC) + GOOD_FOR
        return PlainTextResponse(f"Contact: {contact}\nExpires: {expires:%Y-%m-%dT%H:%M:%SZ}\n")


SENTENCES = {404: "There is nothing here.\n", 405: "That can't be done here.\n"}


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if "Allow" in headers:
        # Starlette has the methods in a set, in any order.
        headers["Allow"] = ", ".join(sorted(headers["Allow"].split(", ")))
    return PlainTextResponse(SENTENCES.get(error.status_code, error.detail), error.status_code, headers)


async def _gone(_request: Request, _error: Exception) -> Response:
    """Nobody is there any more who could be answered, which is no mistake."""
    return Response(status_code=499)


async def _failed(_request: Request, _error: Exception) -> Response:
    """A mistake of ours: it is logged by the connection, and who asked is not told more."""
    return PlainTextResponse("Something went wrong here.\n", 500)


ENDINGS: Mapping[Any, ExceptionHandler] = {
    HTTPException: _refused,
    ClientDisconnect: _gone,
    Exception: _failed,
}
"""What becomes of a request whose handler raises."""
