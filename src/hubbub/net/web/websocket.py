"""IRC over WebSocket: text.ircv3.net and binary.ircv3.net (IRCv3 websocket), straight from the transport to a session.

uvicorn makes a WebSocketPeer when a request asks for it, and has no part in what follows. Handshake and frames that
come in are read by websockets' ServerProtocol; frames that go out are ours, as one serves everybody (framing.py).
Everything else is a Peer's: budget, queue, clock and end.

No extension is taken. Without permessage-deflate nobody can send us a frame that unpacks to gigabytes, and no frame
has to be compressed once for each who receives it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from websockets.datastructures import MultipleValuesError
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from hubbub.net.peer import ENDLESS, GRACE, Peer
from hubbub.net.web.forwarded import Asked, asked
from hubbub.net.web.framing import frame_binary, frame_close, frame_pong, frame_text
from hubbub.net.web.headers import STANDING
from hubbub.net.web.origins import may_connect

if TYPE_CHECKING:
    import asyncio

    from uvicorn.config import Config
    from uvicorn.server import ServerState

    from hubbub.net.web.asgi import WebPeer

log = logging.getLogger("hubbub.net.websocket")
log.setLevel(logging.ERROR)

FRAMINGS = {"text.ircv3.net": frame_text, "binary.ircv3.net": frame_binary}
PIECE = 4096
"""Bytes unpacked in one go: frames of nothing cost most, and these are a few milliseconds of them."""
FREE_FRAMES = 8
"""Frames that are no end of a message (pings, fragments) and cost as much as one command."""
FAREWELL = 1.0
"""Seconds that the other side of a TLS connection has to close it, once told to."""
NORMAL = 1000
GOING_AWAY = 1001


def chosen(_protocol: ServerProtocol, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """IRCv3 websocket: the first that the client names and we know. Without any it is text, and left unsaid."""
    return next((name for name in offered if name in FRAMINGS), None)


class WebSocketPeer(Peer):
    """A connection that speaks IRC in frames."""

    __slots__ = (
        "_code",
        "_door",
        "_has_session",
        "_heard_close",
        "_other_frames",
        "_parts",
        "_pong",
        "_raw",
        "_wire",
    )

    kind = "websocket"

    def __init__(self, *, config: Config, server_state: ServerState, app_state: dict[str, Any]) -> None:
        web = cast("WebPeer", app_state["peer"])
        super().__init__(web.network, web.origin)
        self._door = web.door
        self._wire = ServerProtocol(select_subprotocol=chosen, max_size=ENDLESS, logger=log)
        self._has_session = False
        self._raw = bytearray()
        self._parts: list[bytes] = []
        """Of a message whose last fragment has not come."""
        self._other_frames = 0
        self._pong: bytes | None = None
        self._heard_close = False
        self._code = NORMAL

    # -- the connection -------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's, only the same in use.
        self.transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._closing = True
        if self._has_session:
            super().connection_lost(exc)

    def eof_received(self) -> bool:
        return self._has_session and super().eof_received()

    def pause_writing(self) -> None:
        if self._has_session:
            super().pause_writing()

    def resume_writing(self) -> None:
        if self._has_session:
            super().resume_writing()

    # -- the handshake --------------------------------------------------------------------------------------

    def _shake_hands(self, request: bytes) -> None:
        """`request` is the whole of it, as uvicorn has read it."""
        wire = self._wire
        wire.receive_data(request)
        events = wire.events_received()
        response = (
            self._answer_to(events[0])
            if events and isinstance(events[0], Request)
            else wire.reject(HTTPStatus.BAD_REQUEST, "That is no request for a WebSocket.\n")
        )
        if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            self._turn_away(response)
            return
        wire.send_response(response)
        self._open(FRAMINGS[wire.subprotocol or "text.ircv3.net"])
        self._has_session = True
        self.write(b"".join(wire.data_to_send()))

    def _answer_to(self, request: Request) -> Response:
        door, network = self._door, self.network
        raw = [(name.lower().encode(), value.encode()) for name, value in request.headers.raw_items()]
        came = asked(self.origin, raw, door.may_be_proxy)
        if not self._is_welcome(request, came):
            log.debug("refused origin from=%s", self.origin.peer_address)
            return self._wire.reject(HTTPStatus.FORBIDDEN, "Pages of that origin may not connect here.\n")
        if came.origin.ip != self.origin.ip:
            refusal = door.throttle.refusal(came.origin.ip, network.number, network.per_address)
            if refusal is not None:
                return self._wire.reject(HTTPStatus.TOO_MANY_REQUESTS, f"{refusal}\n")
        self.origin = replace(came.origin)
        return self._wire.accept(request)

    def _is_welcome(self, request: Request, came: Asked) -> bool:
        try:
            page = request.headers.get("Origin")
        except MultipleValuesError:
            return False
        return may_connect(page, came.host, self.network.settings.web.origins)

    def _turn_away(self, response: Response) -> None:
        for name, value in STANDING.items():
            response.headers[name] = value
        self._closing = True
        self.transport.write(response.serialize())
        self.transport.close()
        self.network.loop.call_later(GRACE, self.transport.abort)

    # -- in -------------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        if self._closing:
            return
        if not self._has_session:
            self._shake_hands(data)
            return
        now = self.network.loop.time()
        self._heard_at = now
        self._pinged = False
        if not self._half_heard:
            self._since = now
        self._raw += data
        if self._again is None:
            self._work()

    @property
    def _half_heard(self) -> bool:
        return bool(self._raw or self._parts or self._wire.reader.buffer)

    @property
    def _has_work(self) -> bool:
        return bool(self._lines or self._raw)

    def _may_go_on(self) -> bool:
        if self._lines:
            return super()._may_go_on()
        if not self._raw or self.session.busy or self.session.leaving is not None:
            return False
        # What other frames have cost is paid before there are more.
        return not self.session.debt or not self.network.settings.flood.enabled or self._afford()

    def _next(self) -> None:
        if self._lines:
            super()._next()
        else:
            self._unpack()

    def _unpack(self) -> None:
        """Take the frames out of the next piece."""
        wire, piece = self._wire, bytes(self._raw[:PIECE])
        del self._raw[:PIECE]
        wire.receive_data(piece)
        for event in wire.events_received():
            if isinstance(event, Frame):
                self._take(event)
        # What it would answer is ours to send, in the order of the queue.
        wire.data_to_send()
        if self._pong is not None:
            # RFC 6455, 5.5.3: one for the last of several pings is enough.
            self.session.out.append(frame_pong(self._pong))
            self._pong = None
            self.network.hub.outbox.mark(self.session)
        if wire.parser_exc is not None and wire.state is not State.OPEN and not self._heard_close:
            self._fail()

    def _take(self, frame: Frame) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            self._parts.append(bytes(frame.data))
            if frame.fin:
                self._take_message()
                return
        elif frame.opcode is Opcode.PING:
            self._pong = bytes(frame.data)
        elif frame.opcode is Opcode.CLOSE:
            self._hear_out()
        self._other_frames += 1
        if self._other_frames % FREE_FRAMES == 0:
            self.session.debt += 1

    def _take_message(self) -> None:
        line = b"".join(self._parts).rstrip(b"\r\n")
        self._parts.clear()
        self._since = self.network.loop.time()
        if self.session.frame is frame_text:
            # Browsers never do it; a program that does is read as it would be shown.
            line = line.decode("utf-8", "replace").encode()
        self._lines.append(line)

    def _hear_out(self) -> None:
        """The other side has said that this was all."""
        self._heard_close = self._eof = True
        self._raw.clear()

    def _fail(self) -> None:
        """It is no WebSocket any more."""
        close = self._wire.close_sent
        self._code = close.code if close is not None else NORMAL
        self._raw.clear()
        self.end("A message without an end" if self._code == 1009 else "That is no WebSocket frame")

    # -- the end --------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Send what is queued and that this is all (Link)."""
        if self._closing:
            return
        code = GOING_AWAY if self.network.hub.closing and self._code == NORMAL else self._code
        self.session.out.append(frame_close(code, self.session.leaving or ""))
        super().close()

    def _let_go(self) -> None:
        self._raw.clear()
        self._parts.clear()
        if self._heard_close:
            self.transport.close()
            return
        if self._paused:
            self.transport.resume_reading()
        # What still comes is thrown away. Closing with something unread would reset the connection, and the reason
        # might not arrive.
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.network.loop.call_later(FAREWELL, self.transport.close)
