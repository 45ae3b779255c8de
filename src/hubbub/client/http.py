"""One HTTP request at a time, for files: a body goes out and an answer comes in, piece by piece.

Owns the socket, HTTP/1.1 (by h11) and how long is waited. Knows nothing of what is asked. Certificates are checked by
connection.py; what it does not trust is not sent a byte. Called by uploading and downloading.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import h11

from hubbub.client.connection import Streams, Unreachable, Untrusted, open_streams

_CHUNK = 65_536
_LONGEST_TEXT = 4_096
"""Bytes of an answer that are read where nobody wants a file of it."""
_PATIENCE = 60.0
"""Seconds without a byte in either direction; a server may look at a large picture before it answers."""
_PORTS = {"http": 80, "https": 443}
_AS_IS = "/%:@!$&'()*+,;=~-._[]"

Sink = Callable[[bytes], Awaitable[None]]
Accepted = Callable[[str, int], Collection[str]]


class NoAnswer(Exception):
    """None came, or only half of one; it may be worth trying again. `is_final`: it is not."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class WrongAddress(ValueError):
    """No address of the web."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked for.

    `body`: `length` bytes. `sink`: gets what the answer carries, where that is what was asked for; else its beginning
    is the answer's text. `on_head`: told of the answer before that.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: AsyncGenerator[bytes, None] | None = None
    length: int = 0
    on_sent: Callable[[int], None] = lambda count: None
    on_head: Callable[[Answer], None] = lambda answer: None
    sink: Sink | None = None


class Answer(NamedTuple):
    """Names of headers in small letters."""

    status: int
    headers: Mapping[str, str]
    text: str = ""


Http = Callable[[Asking], Awaitable[Answer]]
"""Raises NoAnswer."""


class Address(NamedTuple):
    """Where a URL leads."""

    secure: bool
    host: str
    port: int
    path: str
    """With the query, as it stands in a request."""

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = _PORTS["https" if self.secure else "http"]
        return host if self.port == usual else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{'https' if self.secure else 'http'}://{self.authority}"


def read_address(url: str) -> Address:
    """Raises WrongAddress."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
        host = (
            (parts.hostname or "").encode("idna").decode()
            if not _is_ascii(parts.hostname)
            else parts.hostname
        )
    except (ValueError, KeyError) as error:
        raise WrongAddress(url) from error
    if not host or parts.username is not None or any(ord(letter) < 33 for letter in url):
        raise WrongAddress(url)
    path = quote(parts.path or "/", _AS_IS)
    query = f"?{quote(parts.query, _AS_IS + '?')}" if parts.query else ""
    return Address(parts.scheme == "https", host, port, path + query)


def _is_ascii(host: str | None) -> bool:
    return host is None or host.isascii()


class HttpClient:
    """`accepted`: fingerprints of certificates that are good for a host and port though nobody vouches for them."""

    def __init__(self, accepted: Accepted = lambda host, port: (), patience: float = _PATIENCE) -> None:
        self._accepted = accepted
        self._patience = patience

    async def __call__(self, asking: Asking) -> Answer:
        """Raises NoAnswer, and whatever the body or the sink raises."""
        address = read_address(asking.url)
        try:
            streams = await open_streams(
                address.host,
                address.port,
                tls=address.secure,
                accepted=self._accepted(address.host, address.port),
            )
        except Untrusted as error:
            raise NoAnswer(str(error), is_final=True) from error
        except Unreachable as error:
            raise NoAnswer(f"{address.authority} can't be reached") from error
        exchange = _Exchange(streams, asking, self._patience)
        try:
            return await exchange.run(address)
        except (OSError, h11.ProtocolError) as error:
            raise NoAnswer("the connection was lost") from error
        finally:
            # All has been said by now, or was called off: what is still on its way is of no use.
            streams[1].transport.abort()


class _Exchange:
    """One request and its answer on a fresh connection."""

    def __init__(self, streams: Streams, asking: Asking, patience: float) -> None:
        self._reader, self._writer = streams
        self._asking = asking
        self._patience = patience
        self._link = h11.Connection(h11.CLIENT)
        self._moved = 0
        """Counts whatever goes on, in either direction."""

    async def run(self, address: Address) -> Answer:
        asking = self._asking
        headers = {"Host": address.authority, "Connection": "close", "User-Agent": "hubbub", **asking.headers}
        if asking.body is not None or asking.method in ("POST", "PATCH"):
            headers["Content-Length"] = str(asking.length)
        target = address.path.encode()
        self._write(h11.Request(method=asking.method, target=target, headers=list(headers.items())))
        # An answer may come before all is sent: that the file is too large, say.
        sending = asyncio.create_task(self._send())
        reading = asyncio.create_task(self._read())
        try:
            await self._watch(sending, reading)
            return reading.result()
        finally:
            sending.cancel()
            reading.cancel()
            await asyncio.gather(sending, reading, return_exceptions=True)

    async def _watch(self, sending: asyncio.Task[None], reading: asyncio.Task[Answer]) -> None:
        """Until there is an answer. Raises what went wrong with the body, and NoAnswer where nothing moves."""
        while not reading.done():
            before = self._moved
            tasks = [task for task in (sending, reading) if not task.done()]
            await asyncio.wait(tasks, timeout=self._patience, return_when=asyncio.FIRST_COMPLETED)
            # A server that wants no more hangs up; what it says about that is being read.
            if sending.done() and not isinstance(sending.exception(), OSError):
                sending.result()
            if self._moved == before and not reading.done():
                raise NoAnswer("the server has fallen silent")

    def _write(self, event: h11.Request | h11.Data | h11.EndOfMessage) -> None:
        self._writer.write(self._link.send(event) or b"")

    async def _send(self) -> None:
        if self._asking.body is not None:
            # Closed at once where it is called off: there is an open file behind it.
            async with aclosing(self._asking.body) as body:
                async for data in body:
                    self._write(h11.Data(data=data))
                    await self._writer.drain()
                    self._moved += 1
                    self._asking.on_sent(len(data))
        self._write(h11.EndOfMessage())
        await self._writer.drain()
        self._moved += 1

    async def _read(self) -> Answer:
        response: h11.Response | None = None
        text = bytearray()
        while True:
            event = self._link.next_event()
            if event is h11.NEED_DATA:
                self._link.receive_data(await self._reader.read(_CHUNK))
                self._moved += 1
            elif isinstance(event, h11.Response):
                response = event
                self._asking.on_head(_answer(response))
            elif isinstance(event, h11.Data) and response is not None:
                if self._asking.sink is not None and response.status_code in (200, 206):
                    await self._asking.sink(bytes(event.data))
                else:
                    text += event.data[: _LONGEST_TEXT - len(text)]
            elif isinstance(event, h11.EndOfMessage) and response is not None:
                return _answer(response, text)
            elif isinstance(event, h11.ConnectionClosed):
                raise NoAnswer("the connection was lost")


def _answer(response: h11.Response, text: bytes | bytearray = b"") -> Answer:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in response.headers}
    return Answer(response.status_code, headers, text.decode("utf-8", "replace").strip())
