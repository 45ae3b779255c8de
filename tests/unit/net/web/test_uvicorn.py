"""What net/web relies on in uvicorn, whose protocol classes are not promised to stay as they are."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

IMPLEMENTATIONS = (H11Protocol, HttpToolsProtocol)
REQUEST = b"GET /irc?x=1 HTTP/1.1\r\nHost: x\r\nX-Some: thing\r\n"
UPGRADE = REQUEST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
STATE = {"peer": "of this connection"}


class Wire(asyncio.Transport):
    """A transport in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False
        self.protocol: asyncio.BaseProtocol | None = None

    def write(self, data: Any) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol


class Socket(asyncio.Protocol):
    """What is given to uvicorn as ws."""

    made: list[Socket]

    def __init__(self, *, config: Config, server_state: ServerState, app_state: dict[str, Any]) -> None:
        self.config, self.state = config, app_state
        self.calls: list[object] = []
        Socket.made.append(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.calls.append(transport)

    def data_received(self, data: bytes) -> None:
        self.calls.append(data)


Made = tuple[Any, Wire, list[dict[str, Any]]]


def made(implementation: type) -> Made:
    """A connection, its wire, and the scopes of what was asked for."""
    Socket.made = []
    scopes = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    config = Config(
        app,
        http=implementation,
        ws=Socket,
        interface="asgi3",
        lifespan="off",
        log_config=None,
        access_log=False,
        workers=1,
        proxy_headers=False,
        forwarded_allow_ips="",
        server_header=False,
        date_header=False,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=16_384,
    )
    config.load()
    protocol = implementation(config, ServerState(), STATE, _loop=asyncio.get_running_loop())
    wire = Wire()
    protocol.connection_made(wire)
    return protocol, wire, scopes


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_its_constructor_and_methods(implementation: type) -> None:
    assert list(inspect.signature(implementation).parameters) == [
        "config",
        "server_state",
        "app_state",
        "_loop",
    ]
    assert list(inspect.signature(implementation.send_400_response).parameters) == ["self", "msg"]
    for name in ("handle_websocket_upgrade", "_unset_keepalive_if_required", "on_response_complete"):
        assert callable(getattr(implementation, name))
    assert "read_paused" in vars(FlowControl(Wire()))
    assert isinstance(ServerState().tasks, set)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_request_and_its_answer(implementation: type) -> None:
    async def scenario() -> None:
        protocol, wire, scopes = made(implementation)
        assert protocol.cycle is None
        assert not protocol.flow.read_paused
        protocol.client = ("192.0.2.7", 50412)
        protocol.data_received(REQUEST + b"\r\n")
        cycle = protocol.cycle
        assert not cycle.more_body
        assert not cycle.response_complete
        assert not cycle.waiting_for_100_continue
        assert len(protocol.server_state.tasks) == 1
        await asyncio.gather(*protocol.server_state.tasks)
        assert cycle.response_complete
        assert protocol.cycle is cycle
        assert wire.written.endswith(b"\r\n\r\nok")
        assert not wire.closed
        (scope,) = scopes
        assert scope["state"] == STATE
        assert scope["client"] == ("192.0.2.7", 50412)
        assert scope["raw_path"] == b"/irc"
        assert scope["query_string"] == b"x=1"
        assert (b"x-some", b"thing") in scope["headers"]
        protocol.data_received(REQUEST + b"\r\n")
        assert protocol.cycle is not cycle
        protocol.cycle.keep_alive = False
        await asyncio.gather(*protocol.server_state.tasks)
        assert wire.closed
        protocol.connection_lost(None)

    asyncio.run(scenario())


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_body_that_has_not_come(implementation: type) -> None:
    async def scenario() -> None:
        protocol, _, _ = made(implementation)
        protocol.data_received(
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        )
        assert protocol.cycle.more_body
        assert protocol.cycle.waiting_for_100_continue
        protocol.connection_lost(None)
        await asyncio.gather(*protocol.server_state.tasks)

    asyncio.run(scenario())


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_rubbish_is_told_to_send_400_response(implementation: type, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(implementation, "send_400_response", lambda _self, msg: said.append(msg))

    async def scenario() -> None:
        protocol, _, _ = made(implementation)
        protocol.data_received(b"GET / HTTP/3.7\r\nHost x\r\n\r\n")

    asyncio.run(scenario())
    assert len(said) == 1


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_websocket_is_handed_over(implementation: type) -> None:
    async def scenario() -> None:
        protocol, wire, scopes = made(implementation)
        protocol.data_received(UPGRADE)
        (socket,) = Socket.made
        assert wire.protocol is socket
        assert socket.state == STATE
        assert socket.config is protocol.config
        transport, request = socket.calls
        assert transport is wire
        assert isinstance(request, bytes)
        head, _, rest = request.partition(b"\r\n\r\n")
        assert rest == b""
        first, *headers = head.split(b"\r\n")
        assert first == b"GET /irc?x=1 HTTP/1.1"
        assert {b"host: x", b"x-some: thing", b"upgrade: websocket"} <= set(headers)
        assert not scopes
        assert not wire.closed

    asyncio.run(scenario())
