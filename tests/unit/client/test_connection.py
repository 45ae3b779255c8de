"""TLS, plain text or nothing: which of them is spoken, and what is believed of a certificate."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hubbub.client import connection as connecting
from hubbub.client.connection import (
    CertificateChanged,
    Connection,
    Encryption,
    Lost,
    Unreachable,
    connect,
    encryption_of,
)
from hubbub.client.settings import Settings
from hubbub.client.trust import VERIFIED, Trust
from hubbub.irc.wire import Message
from hubbub.net.certificates import Pair, fingerprint, self_signed, server_context

LOCAL = "127.0.0.1"
TIMEOUT = 20
AUTO, TLS, PLAIN = Encryption.AUTO, Encryption.TLS, Encryption.PLAIN


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return self_signed(tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="module")
def other_pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return self_signed(tmp_path_factory.mktemp("other"))


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    return Trust(Settings.load(tmp_path / "chat.toml"))


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine counts as another one."""
    monkeypatch.setattr(connecting, "is_loopback", lambda host: False)


class Listener:
    """Keeps what was said to it."""

    def __init__(self) -> None:
        self.port = 0
        self.said = b""

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"PING :hello\r\n")
        try:
            while data := await reader.read(65536):
                self.said += data
        except (ConnectionError, ssl.SSLError):
            pass
        writer.close()


@asynccontextmanager
async def listening(pair: Pair | None = None, port: int = 0) -> AsyncIterator[Listener]:
    """With TLS if there is a certificate; otherwise a server that greets at once, as IRC servers do."""
    listener = Listener()
    context = server_context(*pair) if pair else None
    async with await asyncio.start_server(listener.hear, LOCAL, port, ssl=context) as server:
        listener.port = server.sockets[0].getsockname()[1]
        yield listener


@asynccontextmanager
async def answering(answer: bytes | None) -> AsyncIterator[int]:
    """A server that answers whatever comes with this; None: with nothing, not even an end."""
    over = asyncio.Event()

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        if answer is None:
            await over.wait()
        else:
            writer.write(answer)
        writer.close()

    async with await asyncio.start_server(hear, LOCAL, 0) as server:
        yield server.sockets[0].getsockname()[1]
        over.set()


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(TIMEOUT):
            await test()

    asyncio.run(limited())


async def finish(connection: Connection) -> None:
    connection.abort()
    await connection.close()


# -- certificates -------------------------------------------------------------------------------------------


def test_the_first_certificate_is_remembered_and_then_expected(
    pair: Pair, other_pair: Pair, trust: Trust, tmp_path: Path
) -> None:
    async def test() -> None:
        async with listening(pair) as server:
            for first_use in (True, False):
                connection = await connect(LOCAL, server.port, encryption=TLS, trust=trust)
                assert connection.encrypted
                assert connection.fingerprint == fingerprint(pair.certificate)
                assert connection.first_use is first_use
                await connection.receive()
                await finish(connection)
        later = Trust(Settings.load(tmp_path / "chat.toml"))
        async with listening(other_pair, server.port) as changed:
            with pytest.raises(CertificateChanged) as caught:
                await connect(LOCAL, server.port, encryption=TLS, trust=later)
        assert changed.said == b""
        assert (caught.value.host, caught.value.port) == (LOCAL, server.port)
        assert caught.value.known == fingerprint(pair.certificate)
        assert caught.value.seen == fingerprint(other_pair.certificate)
        assert caught.value.seen in str(caught.value)
        later.forget(LOCAL, server.port)
        async with listening(other_pair, server.port):
            connection = await connect(LOCAL, server.port, encryption=TLS, trust=later)
            assert connection.first_use
            await finish(connection)

    run(test)


def test_without_trust_only_the_computers_authorities_count(pair: Pair) -> None:
    async def test() -> None:
        async with listening(pair) as server:
            with pytest.raises(Unreachable, match="can't be trusted: self-signed certificate"):
                await connect(LOCAL, server.port, encryption=TLS)

    run(test)


def vouch_for(monkeypatch: pytest.MonkeyPatch, pair: Pair) -> None:
    """The computer's authorities vouch for this certificate."""
    monkeypatch.setattr(
        ssl,
        "create_default_context",
        lambda make=ssl.create_default_context: make(cafile=str(pair.certificate)),
    )


def test_a_verified_certificate_needs_no_fingerprint_and_nothing_less_will_do_from_then_on(
    pair: Pair, other_pair: Pair, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        vouch_for(monkeypatch, pair)
        async with listening(pair) as server:
            connection = await connect(LOCAL, server.port, encryption=TLS, trust=trust)
            assert (connection.encrypted, connection.first_use) == (True, False)
            assert trust.known(LOCAL, server.port) == VERIFIED
            await finish(connection)
        async with listening(other_pair, server.port) as changed:
            with pytest.raises(CertificateChanged, match="your computer could verify"):
                await connect(LOCAL, server.port, encryption=TLS, trust=trust)
        assert changed.said == b""

    run(test)


def test_a_server_that_was_pinned_may_come_with_a_verified_certificate(
    pair: Pair, other_pair: Pair, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        vouch_for(monkeypatch, pair)
        async with listening(pair) as server:
            trust.remember(LOCAL, server.port, fingerprint(other_pair.certificate))
            connection = await connect(LOCAL, server.port, trust=trust)
            assert connection.fingerprint == fingerprint(pair.certificate)
            assert trust.known(LOCAL, server.port) == VERIFIED
            await finish(connection)

    run(test)


# -- TLS or not ---------------------------------------------------------------------------------------------


def test_on_this_machine_nothing_is_encrypted_unless_it_was_before(pair: Pair, trust: Trust) -> None:
    async def test() -> None:
        async with listening() as server:
            connection = await connect(LOCAL, server.port, trust=trust)
            assert (connection.encrypted, connection.fingerprint) == (False, "")
            await finish(connection)
        async with listening(pair) as server:
            trust.remember(LOCAL, server.port, fingerprint(pair.certificate))
            connection = await connect(LOCAL, server.port, trust=trust)
            assert connection.encrypted
            await finish(connection)

    run(test)


@pytest.mark.usefixtures("elsewhere")
def test_elsewhere_tls_is_spoken_where_it_can_be(pair: Pair, trust: Trust) -> None:
    async def test() -> None:
        async with listening(pair) as server:
            connection = await connect(LOCAL, server.port, trust=trust)
            assert connection.encrypted
            await finish(connection)
        async with listening() as server:
            connection = await connect(LOCAL, server.port, trust=trust)
            assert not connection.encrypted
            await connection.send([Message("NICK", ["alice"])])
            await finish(connection)

    run(test)


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(
    "answer",
    [
        b"What is your name?\r\n",
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b":s NOTICE * :*** Looking up\r\n",
        b"\0" * 99,
    ],
)
def test_whoever_spoke_tls_once_is_never_spoken_to_in_clear(answer: bytes, pair: Pair, trust: Trust) -> None:
    async def test() -> None:
        async with answering(answer) as port:
            await finish(await connect(LOCAL, port, trust=trust))
            for known in (VERIFIED, fingerprint(pair.certificate)):
                trust.remember(LOCAL, port, known)
                with pytest.raises(Unreachable, match="does not speak TLS any more, so nothing was sent"):
                    await connect(LOCAL, port, trust=trust)
            await finish(await connect(LOCAL, port, encryption=PLAIN, trust=trust))

    run(test)


@pytest.mark.usefixtures("elsewhere")
def test_a_server_that_says_nothing_to_a_handshake_is_spoken_to_in_clear(
    trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "_HANDSHAKE_SECONDS", 0.1)

    async def test() -> None:
        async with answering(None) as port:
            connection = await connect(LOCAL, port, trust=trust)
            assert not connection.encrypted
            await finish(connection)

    run(test)


@pytest.mark.usefixtures("elsewhere")
def test_a_server_with_tls_that_refuses_us_is_not_spoken_to_in_clear(trust: Trust) -> None:
    alert = b"\x15\x03\x03\x00\x02\x02\x28"  # handshake_failure

    async def test() -> None:
        async with answering(alert) as port:
            with pytest.raises(Unreachable, match="can't agree on TLS"):
                await connect(LOCAL, port, trust=trust)

    run(test)


def test_tls_that_was_asked_for_is_not_given_up(trust: Trust) -> None:
    async def test() -> None:
        async with listening() as server:
            with pytest.raises(Unreachable, match="does not speak TLS"):
                await connect(LOCAL, server.port, encryption=TLS, trust=trust)

    run(test)


@pytest.mark.parametrize("encryption", list(Encryption))
@pytest.mark.usefixtures("elsewhere")
def test_nobody_there(encryption: Encryption, trust: Trust) -> None:
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        port = probe.getsockname()[1]

    async def test() -> None:
        with pytest.raises(Unreachable, match="No chat server is running"):
            await connect(LOCAL, port, encryption=encryption, trust=trust)
        with pytest.raises(Unreachable, match="There is no computer called"):
            await connect("name.invalid", port, encryption=encryption, trust=trust)

    run(test)


def test_what_settings_and_flags_mean() -> None:
    assert [encryption_of(tls) for tls in (True, False, "auto", None)] == [TLS, PLAIN, AUTO, AUTO]


# -- the end ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_tls", [False, True])
def test_what_waits_for_a_silent_server_is_thrown_away(with_tls: bool, pair: Pair, trust: Trust) -> None:
    """The socket closes with a reset, so that the system doesn't go on trying to deliver what we will send again."""

    async def test() -> None:
        async with listening(pair if with_tls else None) as server:
            encryption = TLS if with_tls else PLAIN
            connection = await connect(LOCAL, server.port, encryption=encryption, trust=trust, quiet=0.05)
            sock = connection._writer.get_extra_info("socket")
            lingering: list[bytes] = []
            abort = connection._writer.transport.abort

            def look() -> None:
                lingering.append(sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8))
                abort()

            connection._writer.transport.abort = look
            await connection.receive()
            with pytest.raises(Lost, match="silent"):
                await connection.receive()
            assert lingering == [struct.pack("ii", 1, 0)]
            await connection.close()

    run(test)
