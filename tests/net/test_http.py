"""HTTP at the one port: pages, limits and patience, on both of uvicorn's parsers."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from serving import PATIENCE, Connection, RunningServer, Serve

TOKEN = "a-token-of-20-letters"
PROXIED: dict[str, object] = {"port": 0, "proxies": ("127.0.0.1",)}


@pytest.fixture(scope="module", params=["httptools", "h11"])
def web(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A hasty server; the first listener is ordinary, the second behind a proxy."""
    folder = tmp_path_factory.mktemp("web")
    settings: dict[str, object] = {
        "time.registration": 0.6,
        "web.metrics_token": TOKEN,
        "web.security_contact": "mailto:security@test.example",
    }
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "h11":
            # As where httptools doesn't install.
            (folder / "httptools.py").write_text("raise ImportError")
            patch.setenv("PYTHONPATH", str(folder), prepend=":")
        with RunningServer(folder, settings, [{"port": 0}, PROXIED]) as running:
            yield running


def ask(
    server: RunningServer,
    path: str,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    listener: int = 0,
) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", server.ports[listener], timeout=PATIENCE)
    try:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def told(client: Connection) -> str:
    """The status line, once the server has closed the connection."""
    return (client.to_end() or [""])[0]


# -- pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/r/%23tea", "/r/a%2Fb", "/m/63G-1", "/i/token"])
def test_the_page_says_what_this_is(web: RunningServer, path: str) -> None:
    response, body = ask(web, path, headers={"Host": "chat.example:1313"})
    assert response.status == 200
    assert response.getheader("content-type") == "text/html; charset=utf-8"
    assert b"hubbub" in body


def test_the_page_shows_a_host_as_text_only(web: RunningServer) -> None:
    response, body = ask(web, "/", headers={"Host": "<script>alert(1)</script>"})
    assert b"<script>alert" not in body
    assert "alert" not in str(response.headers)


def test_every_answer_is_dressed(web: RunningServer) -> None:
    for path, status in (("/", 200), ("/nothing", 404), ("/healthz", 200)):
        response, _ = ask(web, path, headers={"Host": "chat.example"})
        assert response.status == status
        policy = response.getheader("content-security-policy") or ""
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "connect-src 'self' ws://chat.example wss://chat.example;" in policy
        assert "unsafe" not in policy
        assert response.getheader("x-content-type-options") == "nosniff"
        assert response.getheader("referrer-policy") == "no-referrer"
        assert response.getheader("cross-origin-opener-policy") == "same-origin"
        assert response.getheader("server") is None
        assert response.getheader("strict-transport-security") is None
        assert response.getheader("date")


def test_head_has_no_body(web: RunningServer) -> None:
    response, body = ask(web, "/", "HEAD")
    assert (response.status, body) == (200, b"")
    assert int(response.getheader("content-length") or 0) > 0


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/assets/x.js"])
@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT", "OPTIONS", "TRACE"])
def test_the_only_methods_are_named(web: RunningServer, path: str, method: str) -> None:
    response, _ = ask(web, path, method)
    assert response.status == 405
    assert response.getheader("allow") == "GET, HEAD"


@pytest.mark.parametrize(
    "path",
    [
        "/admin.php",
        "/assets/../pages.py",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "//etc/passwd",
    ],
)
def test_nothing_else_is_there(web: RunningServer, path: str) -> None:
    assert ask(web, path)[0].status == 404


def test_it_lives_and_is_ready(web: RunningServer) -> None:
    assert ask(web, "/healthz")[1] == b"ok\n"
    response, body = ask(web, "/readyz")
    assert (response.status, body) == (200, b"ready\n")


def test_security_txt_is_there_if_configured(web: RunningServer, server: RunningServer) -> None:
    _, body = ask(web, "/.well-known/security.txt")
    assert re.fullmatch(
        rb"Contact: mailto:security@test\.example\nExpires: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n", body
    )
    assert ask(server, "/.well-known/security.txt")[0].status == 404


# -- metrics -------------------------------------------------------------------------------------------------


def test_metrics_are_numbers_and_name_nobody(web: RunningServer) -> None:
    with web.irc("measured", "#measured") as client:
        client.send("PRIVMSG #measured :said")
        client.so_far()
        response, body = ask(web, "/metrics")
    text = body.decode()
    assert response.getheader("content-type", "").startswith("text/plain; version=0.0.4")
    assert 'hubbub_connections{kind="irc"} 1.0' in text
    assert "hubbub_users 1.0" in text
    assert "hubbub_rooms 1.0" in text
    assert re.search(r"^hubbub_messages_total [1-9]", text, re.MULTILINE)
    assert re.search(r"^hubbub_log_position [1-9]", text, re.MULTILINE)
    assert re.search(r"^process_resident_memory_bytes ", text, re.MULTILINE)
    assert "measured" not in text
    assert "127.0.0.1" not in text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Forwarded-For": "198.51.100.7"}, 403),
        ({"Via": "1.1 cache"}, 403),
        ({"X-Forwarded-For": "198.51.100.7", "Authorization": "Bearer wrong"}, 403),
        ({"X-Forwarded-For": "198.51.100.7", "Authorization": f"Bearer {TOKEN}"}, 200),
        ({}, 200),
    ],
)
def test_metrics_are_for_this_machine_or_with_the_token(
    web: RunningServer, headers: dict[str, str], status: int
) -> None:
    assert ask(web, "/metrics", headers=headers)[0].status == status


# -- connections ---------------------------------------------------------------------------------------------


def test_a_connection_is_kept(web: RunningServer) -> None:
    connection = HTTPConnection("127.0.0.1", web.port, timeout=PATIENCE)
    for _ in range(20):
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b"ok\n"
    sock = connection.sock
    connection.request("HEAD", "/")
    assert connection.getresponse().read() == b""
    assert connection.sock is sock
    connection.close()


def test_requests_in_one_piece_are_answered_in_order(web: RunningServer) -> None:
    with web.connect() as client:
        client.send_bytes(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
        client.send_bytes(b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        text = "\n".join(client.to_end())
    assert re.findall(r"HTTP/1\.1 (\d+)", text) == ["200", "200", "200", "404"]


@pytest.mark.parametrize(
    "head",
    [
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nName : value\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        "CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_what_two_could_read_differently_is_refused(web: RunningServer, head: str) -> None:
    with web.connect() as client:
        client.send_bytes(head.encode() + b"GET /healthz HTTP/1.1\r\nHost: smuggled\r\n\r\n")
        text = "\n".join(client.to_end())
    statuses = re.findall(r"^HTTP/1\.1 (\d+)", text, re.MULTILINE)
    assert statuses[0] in {"400", "404", "405"}
    assert "200" not in statuses


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 40_000, "431"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: aaaa\r\n" * 5000 + b"\r\n", "431"),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", "414"),
    ],
)
def test_a_head_has_an_end(web: RunningServer, request_: bytes, status: str) -> None:
    with web.connect() as client:
        client.send_bytes(request_)
        assert f" {status} " in told(client)


def test_a_body_nobody_wants_is_not_taken_for_ever(web: RunningServer) -> None:
    with web.connect() as client:
        client.send_bytes(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n")
        client.until(" 405 ")
        client.send_bytes(b"x" * 65_536)
        assert not any(line.startswith("HTTP") for line in client.to_end())


# -- patience ------------------------------------------------------------------------------------------------


def test_half_a_head_is_not_waited_for(web: RunningServer) -> None:
    with web.connect() as client:
        client.send_bytes(b"GET / HTTP/1.1\r\nHost:")
        assert " 408 " in told(client)


def test_a_head_that_only_trickles_is_cut_off(web: RunningServer) -> None:
    """Slowloris."""
    with web.connect() as client:
        client.send_bytes(b"GET / HTTP/1.1\r\n")
        started = time.monotonic()
        answer = None
        while answer is None:
            assert time.monotonic() - started < 5
            client.send_bytes(b"X: y\r\n")
            try:
                answer = client.line(within=0.05)
            except TimeoutError:
                continue
        assert " 408 " in answer


def test_a_body_that_does_not_come_is_cut_off(web: RunningServer) -> None:
    """Nobody reads it here, so the answer comes at once and the rest is not waited for."""
    with web.connect() as client:
        client.send_bytes(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nab")
        client.until(" 405 ")
        client.send_bytes(b"c")
        client.to_end()


def test_it_is_not_ready_when_it_stops(serve: Serve) -> None:
    server = serve()
    with server.connect() as client, server.irc("deaf", "#deaf", receive_buffer=4096):
        client.send_bytes(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
        client.until(r"^ready$")
        server.stop()
        assert client.to_end() == []


# -- proxies -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("listener", "shown"), [(0, "x"), (1, "chat.example")])
def test_only_a_proxy_says_which_host_was_meant(web: RunningServer, listener: int, shown: str) -> None:
    headers = {"Host": "x", "X-Forwarded-Host": "chat.example", "X-Forwarded-For": "198.51.100.7"}
    response, _ = ask(web, "/", headers=headers, listener=listener)
    assert f"ws://{shown} " in (response.getheader("content-security-policy") or "")


# -- strict transport security -------------------------------------------------------------------------------


@pytest.mark.parametrize("enabled", [False, True])
def test_hsts_only_where_the_operator_promises_tls(
    serve: Serve, tmp_path: Path, server: RunningServer, enabled: bool
) -> None:
    folder = Path(str(tmp_path)) / "made"
    folder.mkdir()
    from hubbub.net.certificates import self_signed

    certificate, key = self_signed(folder)
    sts: dict[str, object] = {"sts.enabled": True, "sts.days": 30} if enabled else {}
    secure = serve(sts, listen=[{"port": 0, "certificate": str(certificate), "key": str(key)}])
    request = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with secure.connect().encrypt() as client, secure.connect() as open_, server.connect().encrypt() as other:
        for connection in (client, open_, other):
            connection.send_bytes(request)
        header = "strict-transport-security: max-age=2592000"
        assert (header in client.to_end()) is enabled
        assert header not in open_.to_end()
        assert header not in other.to_end()
