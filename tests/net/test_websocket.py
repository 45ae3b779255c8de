"""IRC over WebSocket: both subprotocols, hostile frames, and the same limits as everybody's."""

from __future__ import annotations

import base64
import re
import signal
import ssl
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from serving import PATIENCE, Connection, RunningServer, Serve

TEXT = Subprotocol("text.ircv3.net")
BINARY = Subprotocol("binary.ircv3.net")
PROXIED: dict[str, object] = {"port": 0, "proxies": ("127.0.0.1",)}


def insecure() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # As browsers do, so that a slow one is not taken for a person.
    context.set_alpn_protocols(["http/1.1"])
    return context


@contextmanager
def open_socket(
    server: RunningServer, *protocols: Subprotocol, tls: bool = False, listener: int = 0, **options: Any
) -> Iterator[ClientConnection]:
    scheme, context = ("wss", insecure()) if tls else ("ws", None)
    with connect(
        f"{scheme}://127.0.0.1:{server.ports[listener]}/irc",
        subprotocols=protocols or None,
        ssl=context,
        proxy=None,
        **options,
    ) as client:
        yield client


def until(client: ClientConnection, pattern: str) -> list[str]:
    """The messages up to one in which the pattern is found."""
    lines: list[str] = []
    while not lines or not re.search(pattern, lines[-1]):
        message = client.recv(timeout=PATIENCE)
        lines.append(message if isinstance(message, str) else message.decode())
    return lines


@contextmanager
def irc(server: RunningServer, nick: str, *rooms: str, **options: Any) -> Iterator[ClientConnection]:
    with open_socket(server, TEXT, **options) as client:
        for line in (f"NICK {nick}", f"USER {nick} 0 * :{nick}"):
            client.send(line)
        until(client, r" (?:376|422) ")
        for room in rooms:
            client.send(f"JOIN {room}")
            until(client, r" 366 ")
        yield client


def end_of(client: ClientConnection) -> ConnectionClosed:
    """How the server closes the connection."""
    while True:
        try:
            client.recv(timeout=PATIENCE)
        except ConnectionClosed as closed:
            return closed


# -- talking -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize(
    ("offered", "chosen", "kind"),
    [
        ((TEXT,), TEXT, str),
        ((BINARY,), BINARY, bytes),
        ((TEXT, BINARY), TEXT, str),
        ((BINARY, TEXT), BINARY, bytes),
        ((Subprotocol("soap"), BINARY), BINARY, bytes),
        ((Subprotocol("soap"),), None, str),
        ((), None, str),
    ],
)
def test_the_client_chooses_its_subprotocol(
    server: RunningServer, offered: tuple[Subprotocol, ...], chosen: Subprotocol | None, kind: type, tls: bool
) -> None:
    with open_socket(server, *offered, tls=tls) as client:
        assert client.subprotocol == chosen
        assert client.response is not None
        assert "Sec-WebSocket-Extensions" not in client.response.headers
        client.send("NICK chooser")
        client.send(b"USER chooser 0 * :either kind is understood")
        message = client.recv(timeout=PATIENCE)
        assert type(message) is kind
        line = message if isinstance(message, str) else message.decode()
        assert re.match(r":test\.example 001 chooser ", line)
        assert "\n" not in line


def test_all_kinds_of_clients_share_a_room(server: RunningServer) -> None:
    with (
        irc(server, "browser", "#all") as browser,
        irc(server, "hidden", "#all", tls=True) as hidden,
        server.irc("client", "#all") as client,
        server.plain("person", room="#all") as person,
    ):
        browser.send("PRIVMSG #all :aus dem Browser: grüß 👋")
        client.until("browser!.* PRIVMSG #all :aus dem Browser: grüß 👋$")
        person.until("^browser: aus dem Browser: grüß 👋$")
        until(hidden, "PRIVMSG #all :aus dem Browser: grüß 👋$")
        person.send("from nc")
        until(browser, "PRIVMSG #all :from nc$")
        until(hidden, "PRIVMSG #all :from nc$")
        hidden.send("WHOIS hidden")
        until(hidden, " 671 ")


def test_a_message_in_fragments_is_one_line(server: RunningServer) -> None:
    with irc(server, "pieces") as client:
        client.send(["PRIVMSG ", "pieces :", "", "one", " line"])
        until(client, "PRIVMSG pieces :one line$")
        client.send("PRIVMSG pieces :with its end\r\n")
        until(client, "PRIVMSG pieces :with its end$")


def test_a_line_break_in_a_message_smuggles_nothing(server: RunningServer) -> None:
    with irc(server, "smuggler", "#safe") as client:
        client.send("PRIVMSG #safe :hello\r\nTOPIC #safe :smuggled")
        client.send("PRIVMSG #safe :hello\nTOPIC #safe :smuggled")
        client.send("TOPIC #safe")
        assert " 331 " in until(client, " 33[12] ")[-1]


def test_what_is_no_utf8_is_replaced_in_text_and_refused_in_binary(server: RunningServer) -> None:
    with irc(server, "mangled") as text, open_socket(server, BINARY) as binary:
        text.send(b"PRIVMSG mangled :a\xffb", text=True)
        until(text, "PRIVMSG mangled :a�b$")
        for line in (b"NICK bytes", b"USER b 0 * :b", b"PRIVMSG bytes :a\xffb"):
            binary.send(line)
        until(binary, "FAIL PRIVMSG INVALID_UTF8")


def test_a_line_may_be_510_bytes_and_no_longer(server: RunningServer) -> None:
    with irc(server, "longest") as client:
        head = "PRIVMSG longest :"
        client.send(head + "a" * (510 - len(head)))
        assert until(client, "PRIVMSG|417")[-1].endswith("a" * (510 - len(head)))
        client.send(head + "a" * (511 - len(head)))
        until(client, " 417 ")


def test_pings_are_answered(server: RunningServer) -> None:
    with irc(server, "pinger") as client:
        assert client.ping(b"still there?").wait(PATIENCE)


# -- the handshake -------------------------------------------------------------------------------------------


def test_pages_of_other_origins_are_refused(serve: Serve) -> None:
    server = serve({"web.origins": ("https://chat.example",)}, listen=[{"port": 0}, PROXIED])
    here = f"http://127.0.0.1:{server.port}"
    for origin in (here, "https://chat.example"):
        with open_socket(server, TEXT, origin=Origin(origin)):
            pass
    others = (
        "http://evil.example",
        "null",
        "http://127.0.0.1",
        "https://chat.example.evil",
        f"{here}@evil",
        "",
    )
    for origin in others:
        with pytest.raises(InvalidStatus) as refused, open_socket(server, TEXT, origin=Origin(origin)):
            pass
        assert refused.value.response.status_code == 403
    forwarded = {"X-Forwarded-Host": "front.example"}
    options: dict[str, Any] = {"origin": Origin("https://front.example"), "additional_headers": forwarded}
    with open_socket(server, TEXT, listener=1, **options):
        pass
    with pytest.raises(InvalidStatus), open_socket(server, TEXT, listener=0, **options):
        pass
    assert not any("evil" in line for line in server.log())


def test_a_proxy_says_for_whom_it_speaks(serve: Serve) -> None:
    server = serve({"server.show_addresses": "all"}, listen=[{"port": 0}, PROXIED])
    headers = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}
    with irc(server, "behind", listener=1, additional_headers=headers) as client:
        client.send("WHOIS behind")
        lines = until(client, " 318 ")
        assert any(" 311 " in line and " 198.51.100.7 " in line for line in lines)
        assert any(" 671 " in line for line in lines)
    with irc(server, "liar", additional_headers=headers) as client:
        client.send("WHOIS liar")
        lines = until(client, " 318 ")
        assert any(" 311 " in line and " 127.0.0.1 " in line for line in lines)
        assert not any(" 671 " in line for line in lines)


def test_the_limit_for_an_address_is_also_for_those_behind_a_proxy(serve: Serve) -> None:
    server = serve({"limits.connections_per_address": 2}, listen=[PROXIED])
    headers = {"X-Forwarded-For": "198.51.100.7"}
    with irc(server, "one", additional_headers=headers), irc(server, "two", additional_headers=headers):
        with pytest.raises(InvalidStatus) as refused, irc(server, "three", additional_headers=headers):
            pass
        assert refused.value.response.status_code == 429
        with irc(server, "other", additional_headers={"X-Forwarded-For": "198.51.100.8"}):
            pass


UPGRADE = (
    "{method} /irc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: {version}\r\nSec-WebSocket-Key: {key}\r\n{more}\r\n"
)
KEY = base64.b64encode(b"0123456789abcdef").decode()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"method": "POST"}, 405),
        ({"version": "8"}, 400),
        ({"key": "short"}, 400),
        ({"more": "Content-Length: 5\r\n"}, 400),
        ({"more": "Origin: http://x\r\nOrigin: http://x\r\n"}, 403),
    ],
)
def test_a_bad_handshake_is_refused(server: RunningServer, changes: dict[str, str], status: int) -> None:
    request = UPGRADE.format(**({"method": "GET", "version": "13", "key": KEY, "more": ""} | changes))
    with server.connect() as client:
        client.send_bytes(request.encode())
        assert f" {status} " in client.to_end()[0]


def shake_hands(server: RunningServer, nick: str = "") -> Connection:
    client = server.connect()
    client.send_bytes(UPGRADE.format(method="GET", version="13", key=KEY, more="").encode())
    assert " 101 " in client.until("^$")[0]
    if nick:
        client.send_bytes(masked(0x81, f"NICK {nick}".encode()) + masked(0x81, b"USER u 0 * :u"))
    return client


def masked(head: int, data: bytes, size: int | None = None) -> bytes:
    """A frame as a client sends it; the mask of zeros changes nothing."""
    size = len(data) if size is None else size
    if size < 126:
        header = bytes((head, 0x80 | size))
    elif size < 65_536:
        header = struct.pack("!BBH", head, 0x80 | 126, size)
    else:
        header = struct.pack("!BBQ", head, 0x80 | 127, size)
    return header + bytes(4) + data


def raw_end(client: Connection) -> bytes:
    client.socket.settimeout(PATIENCE)
    data = client.received()
    while piece := client.socket.recv(65_536):
        data += piece
    return data


def test_an_upgrade_behind_a_request_under_way_is_no_second_voice(server: RunningServer) -> None:
    upgrade = UPGRADE.format(method="GET", version="13", key=KEY, more="").encode()
    with server.connect() as client:
        client.send_bytes(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n" + upgrade)
        text = "\n".join(client.to_end())
    assert " 200 " in text
    assert " 101 " not in text


def test_http_comes_before_the_upgrade_on_one_connection(server: RunningServer) -> None:
    with server.connect() as client:
        client.send_bytes(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        client.until("^ok$")
        client.send_bytes(UPGRADE.format(method="GET", version="13", key=KEY, more="").encode())
        assert " 101 " in client.until("^$")[0]
        client.send_bytes(masked(0x88, struct.pack("!H", 1000)))
        assert raw_end(client)[:1] == b"\x88"


# -- hostile frames ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (b"\x81\x05hello", 1002),  # not masked
        (masked(0xC1, b"\x00\x00"), 1002),  # compressed, which was not agreed on
        (masked(0x83, b""), 1002),  # a kind that is none
        (masked(0x80, b"no beginning"), 1002),
        (masked(0x01, b"a") + masked(0x81, b"b"), 1002),
        (masked(0x89, b"x" * 126), 1002),  # a ping too long
        (masked(0x09, b""), 1002),  # a ping in fragments
        (masked(0x81, b"", size=1 << 20), 1009),
        (masked(0x81, b"", size=1 << 62), 1009),
        (masked(0x01, b"a" * 60_000) + masked(0x80, b"a" * 60_000), 1009),
        (masked(0x88, b"x"), 1002),
    ],
)
def test_what_is_no_frame_ends_the_connection_and_says_why(
    server: RunningServer, frames: bytes, code: int
) -> None:
    with shake_hands(server) as client:
        client.send_bytes(frames + b"\x00" * 1000)
        data = raw_end(client)
    assert struct.pack("!H", code) in data[data.rindex(b"\x88") :][:4]


@pytest.mark.parametrize("tls", [False, True])
def test_a_message_of_a_megabyte_is_refused_and_costs_nothing(server: RunningServer, tls: bool) -> None:
    with irc(server, "warm", tls=tls):
        before = server.memory()
    with irc(server, "huge", tls=tls) as client:
        with suppress(ConnectionClosed):
            client.send("x" * (1 << 20))
        assert end_of(client).rcvd is not None
    assert server.memory() - before < 4 << 20


def test_frames_of_nothing_delay_nobody(serve: Serve) -> None:
    """A read may hold tens of thousands of them."""
    server = serve({"flood.enabled": True, "flood.burst": 100})
    with shake_hands(server) as hostile, server.irc("other") as other:
        hostile.send_bytes((masked(0x89, b"") + masked(0x01, b"") + masked(0x80, b"")) * 50_000)
        waits = []
        for _ in range(10):
            asked = time.monotonic()
            other.so_far()
            waits.append(time.monotonic() - asked)
    assert max(waits) < 0.5


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_frames_mean_the_same_in_any_pieces(server: RunningServer, size: int) -> None:
    line = "PRIVMSG cut{size} :" + " ".join(map(str, range(100)))
    frames = masked(0x01, line.format(size=size)[:50].encode()) + masked(
        0x80, line.format(size=size)[50:].encode()
    )
    with shake_hands(server, f"cut{size}") as client:
        for at in range(0, len(frames), size):
            client.send_bytes(frames[at : at + size])
        client.socket.settimeout(PATIENCE)
        data = client.received()
        while b"98 99" not in data:
            data += client.socket.recv(65_536)
    assert f"PRIVMSG cut{size} :0 1 2".encode() in data


# -- limits and the clock ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    settings = {"time.registration": 0.3, "time.ping_interval": 0.4, "time.ping_timeout": 0.3}
    with RunningServer(tmp_path_factory.mktemp("hasty"), settings) as running:
        yield running


def test_a_registration_that_does_not_end(hasty: RunningServer) -> None:
    with open_socket(hasty, TEXT) as client:
        assert "(Registration timed out)" in until(client, "ERROR")[-1]
        assert end_of(client).rcvd is not None


def test_half_a_frame_and_then_silence(hasty: RunningServer) -> None:
    with shake_hands(hasty, "halfway") as client:
        client.send_bytes(masked(0x81, b"half", size=100))
        assert b"(Your line has no end)" in raw_end(client)


def test_who_answers_no_ping_is_gone(hasty: RunningServer) -> None:
    with shake_hands(hasty, "dead") as client:
        assert b"(Ping timeout" in raw_end(client)


def test_a_flood_is_slowed_and_nothing_of_it_lost(serve: Serve) -> None:
    server = serve({"flood.enabled": True, "flood.burst": 5, "flood.rate": 50.0})
    with irc(server, "flooder") as flooder, server.irc("hearer") as hearer:
        started = time.monotonic()
        for number in range(60):
            flooder.send(f"PRIVMSG hearer :{number}")
        said = [line.rpartition(":")[2] for line in hearer.until(":59$")]
        assert time.monotonic() - started > 0.9
    assert said == [str(number) for number in range(60)]


def test_who_reads_too_slowly_is_cut_off(serve: Serve) -> None:
    server = serve({"limits.send_queue": 65_536})
    slow = server.connect(receive_buffer=4096)
    slow.send_bytes(UPGRADE.format(method="GET", version="13", key=KEY, more="").encode())
    slow.until("^$")
    lines = (b"NICK slow", b"USER u 0 * :u", b"JOIN #fast")
    slow.send_bytes(b"".join(masked(0x81, line) for line in lines))
    with slow, server.irc("talker", "#fast", caps="echo-message") as talker:
        gone, number = False, 0
        while not gone:
            assert number < 20_000, "the slow reader is still there"
            talker.send(*(f"PRIVMSG #fast :{'x' * 400}{number + n}" for n in range(200)))
            number += 200
            seen = talker.until(f"x{number - 1}$")
            gone = any("slow!" in line and "QUIT :Send queue exceeded" in line for line in seen)
    # The log is a pipe: a line may be read later than what the same event has sent.
    server.wait_for_log("cut off")
    server.stop()
    assert sum("cut off" in line for line in server.log()) == 1


# -- the end -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tls", [False, True])
def test_leaving_in_order(server: RunningServer, tls: bool) -> None:
    with server.irc("stays", "#leave") as stays:
        with irc(server, "leaves", "#leave", tls=tls) as client:
            client.send("QUIT :bye")
            closed = end_of(client)
            assert closed.rcvd is not None
            assert closed.rcvd.code == 1000
        stays.until("leaves!.* QUIT :Quit: bye")
        with irc(server, "closes", "#leave", tls=tls) as client:
            client.send("PRIVMSG #leave :last words")
        stays.until("PRIVMSG #leave :last words")
        stays.until("closes!.* QUIT ")


@pytest.mark.parametrize("tls", [False, True])
def test_everybody_is_told_why_the_server_stops(serve: Serve, tls: bool) -> None:
    server = serve()
    with irc(server, "told", tls=tls) as client, irc(server, "deaf", tls=tls):
        server.process.send_signal(signal.SIGTERM)
        assert "The server is stopping now" in until(client, "ERROR")[-1]
        closed = end_of(client)
        assert closed.rcvd is not None
        assert closed.rcvd.code == 1001
        server.wait(0, within=5)


def test_a_browser_may_connect_long_before_it_asks(server: RunningServer) -> None:
    with server.connect() as client:
        client.socket = insecure().wrap_socket(client.socket)
        with pytest.raises(TimeoutError):
            client.line(within=1.3)
        client.send_bytes(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert " 200 " in client.to_end()[0]
