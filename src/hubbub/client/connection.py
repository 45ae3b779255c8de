"""A connection to an IRC server: messages in, messages out, over TCP or TLS.

Owns the socket, the cutting into lines and the sign of life. Knows nothing of what messages mean. Everything
from the server is bounded. Called by line_client; Unreachable and Lost carry words for people.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterable

from hubbub.irc.wire import BadLine, Message, parse

DEFAULT_PORT = 1313
TLS_PORT = 6697

_MOST_BYTES = 32_768
"""Of one line: tags and the longest LINELEN that servers announce."""
_CHUNK = 65_536
_CONNECT_SECONDS = 10.0
_QUIET_SECONDS = 90.0
_ANSWER_SECONDS = 30.0
_SIGN_OF_LIFE = b"PING :alive\r\n"


class Unreachable(Exception):
    """There is no connection to be had."""


class Lost(Exception):
    """There is no connection any more."""


class Connection:
    """Made by connect()."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, quiet: float) -> None:
        self._reader = reader
        self._writer = writer
        self._quiet = quiet
        self._rest = b""

    async def receive(self) -> list[Message]:
        """What has come since the last call, at least one message. Raises Lost when no more can come."""
        messages: list[Message] = []
        while not messages:
            messages = self._cut(await self._read())
        return messages

    async def _read(self) -> bytes:
        """Bytes; where none come for long, the server is asked whether it is still there."""
        for patience in (self._quiet, min(_ANSWER_SECONDS, self._quiet)):
            try:
                return await asyncio.wait_for(self._read_now(), patience)
            except TimeoutError:
                self._writer.write(_SIGN_OF_LIFE)
        raise Lost("the server has fallen silent")

    async def _read_now(self) -> bytes:
        try:
            data = await self._reader.read(_CHUNK)
        except OSError as error:
            raise Lost(_reason(error)) from error
        if not data:
            raise Lost("the server closed it")
        return data

    def _cut(self, data: bytes) -> list[Message]:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _MOST_BYTES:
            raise Lost("the server sent a line without end")
        return [message for message in map(_to_message, lines) if message is not None]

    async def send(self, messages: Iterable[Message]) -> None:
        """Returns when the server takes more."""
        data = "".join(f"{message.to_line()}\r\n" for message in messages)
        if not data:
            return
        try:
            self._writer.write(data.encode("utf-8", "replace"))
            await self._writer.drain()
        except OSError as error:
            raise Lost(_reason(error)) from error

    async def close(self) -> None:
        """Whatever was sent has been handed to the operating system."""
        self._writer.close()
        try:
            await asyncio.wait_for(self._writer.wait_closed(), 2)
        except (OSError, TimeoutError):
            self._writer.transport.abort()


def _to_message(line: bytes) -> Message | None:
    try:
        return parse(line.rstrip(b"\r").decode("utf-8", "replace"))
    except BadLine:
        return None


async def connect(host: str, port: int, *, tls: bool, quiet: float = _QUIET_SECONDS) -> Connection:
    """`quiet`: seconds without a byte after which the server is asked for a sign of life."""
    context = ssl.create_default_context() if tls else None
    try:
        reader, writer = await asyncio.wait_for(
            asyncio.open_connection(host, port, ssl=context, happy_eyeballs_delay=0.25), _CONNECT_SECONDS
        )
    except TimeoutError as error:
        raise Unreachable(f"{to_address(host, port)} does not answer.") from error
    except (OSError, UnicodeError) as error:
        raise Unreachable(_why_not(host, port, error)) from error
    return Connection(reader, writer, quiet)


def _why_not(host: str, port: int, error: OSError | UnicodeError) -> str:
    if isinstance(error, socket.gaierror | UnicodeError):
        return f"There is no computer called {host}."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {to_address(host, port)} can't be trusted: {error.verify_message}."
    if isinstance(error, ssl.SSLError):
        return f"{to_address(host, port)} does not speak TLS."
    if isinstance(error, ConnectionRefusedError) or "refused" in str(error):
        return f"No chat server is running at {to_address(host, port)}."
    return f"{to_address(host, port)} can't be reached: {_reason(error)}."


def _reason(error: OSError) -> str:
    return (error.strerror or str(error) or type(error).__name__).lower()


def to_address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def parse_address(text: str) -> tuple[str, int | None]:
    """host, host:port, [IPv6]:port or a bare IPv6 address. Raises ValueError with a sentence."""
    text = text.strip()
    host, colon, port = text.rpartition(":")
    if not colon or (text.count(":") > 1 and not host.endswith("]")):
        return text.strip("[]"), None
    if not (port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 65_536):
        raise ValueError(f"{port!r} is not a port.")
    return host.strip("[]"), int(port)
