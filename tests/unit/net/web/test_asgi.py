"""HTTP connections with applications of the test's own: what fails, what is slow, and what ends."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from hubbub.config import load
from hubbub.net.door import Door, Origin
from hubbub.net.network import Network
from hubbub.net.web import asgi
from hubbub.net.web.app import ENDINGS
from hubbub.net.web.asgi import Web, WebPeer
from hubbub.net.web.headers import Guarded

Handler = Callable[[Request], Awaitable[Response]]
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
PATIENCE = 5.0


class Site(SimpleNamespace):
    network: Network
    web: Web
    peers: list[WebPeer]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


@asynccontextmanager
async def site(handler: Handler, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """One connection to a site with one page."""
    app = Guarded(
        Starlette(routes=[Route("/", handler, methods=["GET", "POST"])], exception_handlers=ENDINGS)
    )
    monkeypatch.setattr(asgi, "application", lambda _network: app)
    loop = asyncio.get_running_loop()
    network = Network(load(None, {}, {}), loop)
    web, peers = Web(network), list[WebPeer]()
    door = cast(Door, SimpleNamespace(may_be_proxy=lambda _ip: False, listen=network.settings.listen[0]))
    ours, theirs = socket.socketpair()

    def peer() -> WebPeer:
        peers.append(web.peer(Origin(theirs, "192.0.2.7", 40_000), door))
        return peers[0]

    await loop.connect_accepted_socket(peer, theirs)
    reader, writer = await asyncio.open_connection(sock=ours)
    try:
        yield Site(network=network, web=web, peers=peers, reader=reader, writer=writer)
    finally:
        writer.close()
        peers.clear()
        await network.emptied(PATIENCE)
        await web.finished()
        assert not network.connections
        assert not network.per_address


async def failing(_request: Request) -> Response:
    raise LookupError("a secret detail")


async def short(_request: Request) -> Response:
    return PlainTextResponse("ok")


async def reading(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def endless(_request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65_536
            # A turn for the loop, which a stream without end would keep to itself.
            await asyncio.sleep(0)

    return StreamingResponse(parts())


def asked_of(peer: WebPeer, monkeypatch: pytest.MonkeyPatch) -> asyncio.Future[None]:
    """Done when the head of a request has come."""
    return told_of(peer, "_asked", monkeypatch)


def stuck_of(peer: WebPeer, monkeypatch: pytest.MonkeyPatch) -> asyncio.Future[None]:
    """Done when the other side takes no more than it has."""
    return told_of(peer, "pause_writing", monkeypatch)


def told_of(peer: WebPeer, method: str, monkeypatch: pytest.MonkeyPatch) -> asyncio.Future[None]:
    done = asyncio.get_running_loop().create_future()
    real = getattr(peer, method)

    def noting(*args: Any) -> None:
        real(*args)
        if not done.done():
            done.set_result(None)

    monkeypatch.setattr(peer, method, noting)
    return done


def run(scenario: Awaitable[Any]) -> None:
    async def timely() -> None:
        async with asyncio.timeout(PATIENCE):
            await scenario

    asyncio.run(timely())


def test_who_fails_says_no_details_and_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # The server's own log may have been set up by another test.
    monkeypatch.setattr(logging.getLogger("hubbub"), "propagate", True)

    async def scenario() -> None:
        async with site(failing, monkeypatch) as here:
            here.writer.write(GET)
            answer = await here.reader.read()
            assert answer.startswith(b"HTTP/1.1 500 ")
            assert b"nosniff" in answer
            assert b"secret" not in answer
            assert b"LookupError" not in answer

    run(scenario())
    assert "a secret detail" in caplog.text


def test_a_connection_is_good_for_so_many_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "REQUESTS", 3)

    async def scenario() -> None:
        async with site(short, monkeypatch) as here:
            for _ in range(3):
                here.writer.write(GET)
                await here.reader.readuntil(b"ok")
            assert await here.reader.read() == b""

    run(scenario())


def test_who_takes_nothing_of_an_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with site(endless, monkeypatch) as here:
            here.reader._transport.pause_reading()
            (peer,) = here.peers
            stuck = stuck_of(peer, monkeypatch)
            here.writer.write(GET)
            await stuck
            now = here.network.loop.time()
            peer.check(now)
            peer.check(now + asgi.STALLED - 1)
            assert here.network.connections
            peer.check(now + asgi.STALLED + 1)
            await here.network.emptied(PATIENCE)
            assert not here.network.connections

    run(scenario())


@pytest.mark.parametrize(("rate", "stays"), [(asgi.SLOWEST * 2, True), (asgi.SLOWEST // 4, False)])
def test_a_body_may_be_slow_but_not_that_slow(
    monkeypatch: pytest.MonkeyPatch, rate: int, stays: bool
) -> None:
    """The clock is the test's own; a piece comes every second."""

    async def scenario() -> None:
        async with site(reading, monkeypatch) as here:
            (peer,) = here.peers
            asked = asked_of(peer, monkeypatch)
            here.writer.write(POST)
            start = here.network.loop.time()
            now = [start]
            monkeypatch.setattr(here.network, "loop", SimpleNamespace(time=lambda: now[0]))
            monkeypatch.setattr(WebPeer, "_patience", asgi.PATIENCE)
            await asked
            for _ in range(30):
                now[0] += 1
                peer.data_received(b"x" * rate)
                peer.check(now[0])
                if peer.transport.is_closing():
                    break
            assert peer.transport.is_closing() is not stays
            here.writer.close()

    run(scenario())


def test_an_answer_under_way_is_finished_when_the_server_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        go_on = asyncio.Event()

        async def waiting(_request: Request) -> Response:
            await go_on.wait()
            return PlainTextResponse("after all")

        async with site(waiting, monkeypatch) as here:
            (peer,) = here.peers
            asked = asked_of(peer, monkeypatch)
            here.writer.write(GET)
            await asked
            here.network.end_all("The server is stopping")
            go_on.set()
            answer = await here.reader.read()
            assert b"connection: close" in answer
            assert answer.endswith(b"after all")

    run(scenario())


def test_a_connection_that_is_over_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cycles would wait for the collector, which comes seldom."""

    async def scenario() -> None:
        gc.collect()
        gc.disable()
        try:
            async with site(short, monkeypatch) as here:
                left = weakref.ref(here.peers[0])
                here.writer.write(GET)
                await here.reader.readuntil(b"ok")
            # What the loop itself still holds of the connection goes within a few of its turns.
            for _ in range(5):
                await asyncio.sleep(0)
            assert left() is None
        finally:
            gc.enable()

    run(scenario())
