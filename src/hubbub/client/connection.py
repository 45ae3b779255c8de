"""A connection to an IRC server: messages in, messages out, over TCP or TLS.

Owns the socket, the choice between TLS and plain text, the check of the certificate, the cutting into lines and the
sign of life. Knows nothing of what messages mean. Everything from the server is bounded. Called by the clients;
Unreachable and Lost carry words for people.

1. Not a byte is sent before the certificate was checked, by this computer's authorities or against the one that is
   remembered for the server (trust).
2. Nobody can talk us out of TLS: a server that once spoke it is not spoken to in plain text, unless that is asked for.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
import ssl
import struct
from collections.abc import Container, Iterable
from enum import StrEnum

from hubbub.client.address import TLS_PORT, is_loopback, to_address
from hubbub.client.trust import VERIFIED, Trust
from hubbub.irc.wire import BadLine, Message, parse

_MOST_BYTES = 32_768
"""Of one line: tags and the longest LINELEN that servers announce."""
_CHUNK = 65_536
_CONNECT_SECONDS = 10.0
_HANDSHAKE_SECONDS = 5.0
"""Some servers without TLS neither answer a handshake nor hang up."""
_QUIET_SECONDS = 90.0
_ANSWER_SECONDS = 30.0
_SIGN_OF_LIFE = b"PING :alive\r\n"
_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: closing throws away what was not sent yet."""

_NOT_TLS = frozenset(
    {
        "WRONG_VERSION_NUMBER",
        "UNKNOWN_PROTOCOL",
        "HTTP_REQUEST",
        "PACKET_LENGTH_TOO_LONG",
        "RECORD_LAYER_FAILURE",
        "UNEXPECTED_MESSAGE",
        "UNEXPECTED_EOF_WHILE_READING",
        "BAD_RECORD_TYPE",
    }
)
"""What OpenSSL calls an answer that isn't TLS. An alert is: such a server speaks TLS, only not with us."""


class Encryption(StrEnum):
    """AUTO: TLS wherever the server speaks it; on this machine plain text, which nobody else can read."""

    PLAIN = "plain"
    TLS = "tls"
    AUTO = "auto"


def encryption_of(tls: bool | str | None) -> Encryption:
    """What the settings and the command line say: True, False, and "auto" or None."""
    if isinstance(tls, bool):
        return Encryption.TLS if tls else Encryption.PLAIN
    return Encryption.AUTO


class Unreachable(Exception):
    """There is no connection to be had."""


class CertificateChanged(Unreachable):
    """The server shows another certificate than the one that is remembered (`known`; `seen` is a fingerprint)."""

    def __init__(self, host: str, port: int, known: str, seen: str) -> None:
        self.host, self.port, self.known, self.seen = host, port, known, seen
        where = to_address(host, port)
        before = "one that your computer could verify" if known == VERIFIED else known
        super().__init__(
            f"{where} shows another certificate than before, so nothing was sent: somebody may be listening in, or the "
            f"server has a new one. Ask who runs it whether its fingerprint is {seen} (before: {before}). "
            "If so, forget the old one and connect again."
        )


class Untrusted(Unreachable):
    """Nobody vouches for the server's certificate."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"The certificate of {where} can't be trusted: {reason}.")


class Lost(Exception):
    """There is no connection any more."""


class _NoTls(Exception):
    """Whatever answered did not speak TLS."""


class Connection:
    """Made by connect(). `fingerprint`: of the server's certificate, "" without TLS; SHA-256, as in AB:CD:…

    `first_use`: the certificate could not be verified and was not known: it is remembered from now on, and people
    should be shown its fingerprint.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        quiet: float = _QUIET_SECONDS,
        *,
        fingerprint: str = "",
        first_use: bool = False,
    ) -> None:
        self.encrypted = bool(fingerprint)
        self.fingerprint = fingerprint
        self.first_use = first_use
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
        self.abort()
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
        """Returns when the server takes more. Raises Lost, also when it has taken nothing for very long."""
        self.put(messages)
        try:
            async with asyncio.timeout(self._quiet):
                await self._writer.drain()
        except TimeoutError as error:
            self.abort()
            raise Lost("the server takes nothing any more") from error
        except OSError as error:
            raise Lost(_reason(error)) from error

    def put(self, messages: Iterable[Message]) -> None:
        """Send without waiting; that the connection is lost shows where it is read. What makes no line is left out."""
        data = "".join(map(_to_line, messages))
        if data and not self._writer.is_closing():
            self._writer.write(data.encode("utf-8", "replace"))

    def abort(self) -> None:
        """End at once and throw away what has not been sent."""
        # What the network still holds would otherwise be delivered when it is back, perhaps after we have come back
        # ourselves and sent the same messages again: everybody would read them twice.
        sock = self._writer.get_extra_info("socket")
        if sock is not None and sock.fileno() >= 0:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._writer.transport.abort()

    async def close(self) -> None:
        """Whatever was sent has been handed to the operating system."""
        self._writer.close()
        try:
            await asyncio.wait_for(self._writer.wait_closed(), 2)
        except (OSError, TimeoutError):
            self._writer.transport.abort()


def _to_line(message: Message) -> str:
    """ "" for what the grammar can't carry: a name that a server has made up must not end the program."""
    try:
        return f"{message.to_line()}\r\n"
    except BadLine:
        return ""


def _to_message(line: bytes) -> Message | None:
    try:
        return parse(line.rstrip(b"\r").decode("utf-8", "replace"))
    except BadLine:
        return None


async def connect(
    host: str,
    port: int,
    *,
    encryption: Encryption = Encryption.AUTO,
    trust: Trust | None = None,
    quiet: float = _QUIET_SECONDS,
) -> Connection:
    """Raises Unreachable. Without `trust` only certificates that this computer can verify are accepted.

    `quiet`: seconds without a byte after which the server is asked for a sign of life.
    """
    return await _Way(host, port, trust, quiet).open(encryption)


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def open_streams(host: str, port: int, *, tls: bool, accepted: Container[str] = ()) -> Streams:
    """Beside the chat, as for a file. Raises Unreachable; nothing is sent before the certificate was checked.

    `accepted`: fingerprints that count beside what this computer's authorities vouch for. Nothing new is remembered.
    """
    way = _Way(host, port, None, _QUIET_SECONDS)
    if not tls:
        return await way.dial(None)
    try:
        return await _open_trusted(way, accepted)
    except _NoTls as error:
        raise Unreachable(f"{to_address(host, port)} does not speak TLS.") from error


async def _open_trusted(way: _Way, accepted: Container[str]) -> Streams:
    try:
        return await way.dial(ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        reader, writer = await way.dial(_unverifying_context())
        if _fingerprint(writer) in accepted:
            return reader, writer
        writer.transport.abort()
        raise Untrusted(way.where, error.verify_message) from error


class _Way:
    """The way to one server, until there is a connection."""

    def __init__(self, host: str, port: int, trust: Trust | None, quiet: float) -> None:
        self._host = host
        self._port = port
        self._trust = trust
        self._quiet = quiet
        self._known = trust.known(host, port) if trust else ""

    @property
    def where(self) -> str:
        return to_address(self._host, self._port)

    async def open(self, encryption: Encryption) -> Connection:
        if encryption is Encryption.PLAIN or (encryption is Encryption.AUTO and self._is_private()):
            return await self._open_plain()
        try:
            return await self._open_tls()
        except _NoTls as error:
            if encryption is Encryption.AUTO and not self._known and self._port != TLS_PORT:
                return await self._open_plain()
            raise Unreachable(self._why_no_plain()) from error

    def _is_private(self) -> bool:
        return is_loopback(self._host) and not self._known and self._port != TLS_PORT

    def _why_no_plain(self) -> str:
        if not self._known:
            return f"{self.where} does not speak TLS."
        return (
            f"{self.where} does not speak TLS any more, so nothing was sent: somebody may be listening in. "
            "If this is right, forget its certificate or ask for a connection without TLS."
        )

    async def _open_plain(self) -> Connection:
        return Connection(*await self.dial(None), self._quiet)

    async def _open_tls(self) -> Connection:
        """By the remembered certificate, by this computer's authorities, or for the first time; in this order."""
        if self._known in ("", VERIFIED):
            return await self._open_verified() or await self._open_pinned()
        # A self-signed certificate that is remembered needs no second attempt each time.
        try:
            return await self._open_pinned()
        except CertificateChanged:
            verified = await self._open_verified()
            if verified is None:
                raise
            return verified

    async def _open_verified(self) -> Connection | None:
        """None: the certificate can't be verified."""
        try:
            reader, writer = await self.dial(ssl.create_default_context())
        except ssl.SSLCertVerificationError as error:
            if self._trust is None:
                raise Untrusted(self.where, error.verify_message) from error
            return None
        if self._trust is not None and self._known != VERIFIED:
            self._trust.remember(self._host, self._port, VERIFIED)
        return Connection(reader, writer, self._quiet, fingerprint=_fingerprint(writer))

    async def _open_pinned(self) -> Connection:
        assert self._trust is not None  # without it _open_verified() has raised
        reader, writer = await self.dial(_unverifying_context())
        seen = _fingerprint(writer)
        if self._known and self._known != seen:
            writer.transport.abort()
            raise CertificateChanged(self._host, self._port, self._known, seen)
        if not self._known:
            self._trust.remember(self._host, self._port, seen)
        return Connection(reader, writer, self._quiet, fingerprint=seen, first_use=not self._known)

    async def dial(self, tls: ssl.SSLContext | None) -> Streams:
        """Raises _NoTls, SSLCertVerificationError or Unreachable."""
        try:
            return await asyncio.wait_for(
                asyncio.open_connection(
                    self._host,
                    self._port,
                    ssl=tls,
                    ssl_handshake_timeout=_HANDSHAKE_SECONDS if tls else None,
                    happy_eyeballs_delay=0.25,
                ),
                _CONNECT_SECONDS,
            )
        except TimeoutError as error:
            raise Unreachable(f"{self.where} does not answer.") from error
        except ssl.SSLCertVerificationError:
            raise
        except (OSError, UnicodeError) as error:
            if tls is not None and _is_no_tls(error):
                raise _NoTls from error
            raise Unreachable(_why_not(self._host, self.where, error)) from error


def _unverifying_context() -> ssl.SSLContext:
    """For a certificate that is compared with the remembered one instead."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _fingerprint(writer: asyncio.StreamWriter) -> str:
    """As the server's banner, OpenSSL and other clients write it."""
    certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    return hashlib.sha256(certificate).digest().hex(":").upper()


def _is_no_tls(error: OSError | UnicodeError) -> bool:
    """Whether somebody was there and did not speak TLS: answered otherwise, hung up, or said nothing."""
    if isinstance(error, ssl.SSLError):
        return error.reason in _NOT_TLS or isinstance(error, ssl.SSLEOFError)
    # A connection that was refused ends otherwise: these two come from a handshake only.
    return isinstance(error, ConnectionResetError | ConnectionAbortedError)


def _why_not(host: str, where: str, error: OSError | UnicodeError) -> str:
    if isinstance(error, socket.gaierror | UnicodeError):
        return f"There is no computer called {host}."
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or str(error)).lower().replace("_", " ")
        return f"{where} and this computer can't agree on TLS: {reason}."
    if isinstance(error, ConnectionRefusedError) or "refused" in str(error):
        return f"No chat server is running at {where}."
    return f"{where} can't be reached: {_reason(error)}."


def _reason(error: OSError) -> str:
    return (error.strerror or str(error) or type(error).__name__).lower()
