"""The door: one port for every kind of client, told apart by what they say first."""

from __future__ import annotations

import re
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubbub.net.door import SILENCE
from serving import PATIENCE, Connection, RunningServer, Serve, start

WELCOME = r"^:test\.example 001 "
QUESTION = "What is your name"


def http(server: RunningServer, request: str, listener: int = 0) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of the answer to a request; the connection ends with it."""
    with server.connect(listener) as client:
        client.send_bytes(
            request.replace("\n\n", "\nConnection: close\n\n", 1).replace("\n", "\r\n").encode()
        )
        head, _, body = "\n".join(client.to_end()).partition("\n\n")
    first, *headers = head.split("\n")
    return (
        int(first.split()[1]),
        {name.lower(): value for name, _, value in (h.partition(": ") for h in headers)},
        body,
    )


def is_asked_at_once(server: RunningServer, first: str = "", listener: int = 0) -> bool:
    """Whether a person is asked for a name before door.SILENCE is over; a busy machine gets three tries."""
    for _ in range(3):
        with server.connect(listener) as person:
            started = time.monotonic()
            if first:
                person.send(first)
            person.until(QUESTION)
            if time.monotonic() - started < SILENCE:
                return True
    return False


# -- IRC and the line mode -----------------------------------------------------------------------------------


@pytest.mark.parametrize("opening", ["NICK {n}\r\nUSER u 0 * :r\r\n", "CAP END\r\nnick {n}\nuser u 0 * :r\n"])
def test_irc_is_known_by_its_first_word(server: RunningServer, opening: str) -> None:
    with server.connect() as client:
        client.send_bytes(opening.format(n=f"irc{len(opening)}").encode())
        client.until(WELCOME)


def test_irc_byte_by_byte(server: RunningServer) -> None:
    with server.connect() as client:
        for byte in b"NICK dribble\r\nUSER u 0 * :r\r\n":
            client.send_bytes(bytes([byte]))
        client.until(WELCOME + "dribble ")


@pytest.mark.parametrize("first", ["ann", "N", "Nicky", "GETTY", "hello there", "server:register ann2"])
def test_a_name_is_taken_for_a_person_at_once(server: RunningServer, first: str) -> None:
    assert is_asked_at_once(server, first)


def test_the_first_line_of_a_person_is_the_answer_to_the_question(server: RunningServer) -> None:
    with server.connect() as person:
        person.send("Firstline")
        person.until("You are in no room")
    server.wait_for_log("Firstline is here")


def test_silence_is_taken_for_a_person(serve: Serve) -> None:
    server = serve()  # where no browser was
    with server.connect() as person:
        person.until(QUESTION)
        person.send("silent")
        person.until("You are in no room")


def test_half_a_verb_and_then_silence_is_taken_for_a_person(server: RunningServer) -> None:
    with server.connect() as person:
        person.send_bytes(b"NIC")
        person.until(QUESTION)
        person.send_bytes(b"olas\n")
        person.until("You are in no room")


def test_half_a_verb_and_then_the_end_of_input_costs_no_time(server: RunningServer) -> None:
    """A socket at its end stays readable; waiting for more of it must not mean asking without pause."""
    before = cpu_seconds(server)
    with server.connect() as person:
        person.send_bytes(b"NIC")
        person.finish()
        person.to_end()
    assert cpu_seconds(server) - before < 0.3


def cpu_seconds(server: RunningServer) -> float:
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def test_a_person_is_heard_out_after_the_end_of_input(server: RunningServer) -> None:
    """printf 'name\\ntext\\n' | nc host port"""
    with server.irc("listener", "#pipes") as listener, server.connect() as person:
        person.send("piped", "/join #pipes", "said through a pipe")
        person.finish()
        listener.until("PRIVMSG #pipes :said through a pipe")
        person.to_end()
        listener.until("piped!.* QUIT ")


def test_irc_is_heard_out_after_the_end_of_input(server: RunningServer) -> None:
    with server.irc("hears", "#irc-pipes") as hears, server.connect() as client:
        client.send("NICK says", "USER says 0 * :says", "JOIN #irc-pipes", "PRIVMSG #irc-pipes :all of it")
        client.finish()
        hears.until("PRIVMSG #irc-pipes :all of it")
        client.to_end()


# -- TLS -----------------------------------------------------------------------------------------------------


def test_irc_inside_tls(server: RunningServer) -> None:
    with server.connect().encrypt() as client:
        client.send("NICK hidden", "USER hidden 0 * :hidden")
        client.until(WELCOME)
        client.until(r" (?:376|422) ")
        client.send("WHOIS hidden")
        client.until(" 671 ")


def test_a_person_inside_tls(serve: Serve) -> None:
    server = serve()  # where no browser was
    with server.connect().encrypt() as person:
        person.until(QUESTION)
        person.send("hiddenperson")
        person.until("You are in no room")


def test_http_inside_tls(server: RunningServer) -> None:
    with server.connect().encrypt() as client:
        client.send_bytes(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert client.to_end()[0].startswith("HTTP/1.1 200")


def test_much_goes_through_tls(server: RunningServer) -> None:
    with server.connect().encrypt() as client:
        client.send("NICK lots", "USER lots 0 * :lots", *(f"PING {number}" for number in range(2000)))
        assert len(client.until(" PONG .*:1999$")) >= 2000


def test_broken_tls_ends_the_connection_only(server: RunningServer) -> None:
    with server.connect() as client:
        client.send_bytes(b"\x16\x03\x01\x00\x05rubbish" + b"\x00" * 100)
        client.socket.settimeout(PATIENCE)
        while client.socket.recv(1000):
            pass
    server.irc("afterwards").close()


# -- HTTP ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("request_line", ["GET / HTTP/3.7", "GET", "PRI * HTTP/2.0", "GET \x00 HTTP/1.1"])
def test_what_only_looks_like_http_is_refused(server: RunningServer, request_line: str) -> None:
    assert 400 <= http(server, f"{request_line} \nHost: x\n\n")[0] < 600


def test_a_post_never_becomes_chat(server: RunningServer) -> None:
    body = "NICK evil\nUSER evil 0 * :evil\nJOIN #cross-site\nPRIVMSG #cross-site :owned\n"
    with server.irc("victim", "#cross-site") as victim:
        request = f"POST / HTTP/1.1\nHost: x\nContent-Type: text/plain\nContent-Length: {len(body)}\n\n{body}"
        assert http(server, request)[0] == 405
        with server.connect() as dribbling:
            for byte in request.encode():
                dribbling.send_bytes(bytes([byte]))
                if byte == ord(":"):
                    break
            dribbling.send_bytes(b" x\r\n\r\nNICK evil\r\nUSER evil 0 * :evil\r\nJOIN #cross-site\r\n")
            dribbling.to_end()
        victim.send("WHOIS evil")
        victim.until(" 401 ")
        victim.until(" 318 ")
        assert not any("evil" in line for line in [*victim.so_far(), *server.log()])


def test_a_post_after_a_silence_never_becomes_chat(serve: Serve) -> None:
    """A browser may open a connection long before it sends its request on it."""
    server = serve()  # where no browser was
    with server.connect() as client:
        client.until(QUESTION)
        client.send_bytes(b"POST / HTTP/1.1\r\nHost: x\r\n\r\nlate\r\n/join #late\r\n")
        assert "HTTP" in client.to_end()[-1]
    with server.irc("witness") as witness:
        witness.send("WHOIS late")
        witness.until(" 401 ")


def test_a_connection_that_a_browser_opens_in_advance_is_not_greeted(serve: Serve) -> None:
    """Who comes from where a browser is and says nothing may be the browser, too."""
    request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    server = serve()
    with server.connect() as first, server.connect() as spare, server.connect() as person:
        first.send_bytes(request)
        assert first.waits_for("^HTTP/1.1 200")
        person.send_bytes(b"NIC")
        person.until(QUESTION)  # the time is over that people are given
        spare.send_bytes(request)
        assert spare.line() == "HTTP/1.1 200 OK"
    # … and a while after it was there.
    with server.connect() as spare, server.connect() as person:
        person.send_bytes(b"NIC")
        person.until(QUESTION)
        spare.send_bytes(request)
        assert spare.line() == "HTTP/1.1 200 OK"


def test_nor_one_inside_tls(serve: Serve) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    server = serve()
    with server.connect().encrypt() as first, server.connect().encrypt() as spare:
        first.send_bytes(request)
        assert first.waits_for("^HTTP/1.1 200")
        with server.connect() as person:
            person.send_bytes(b"NIC")
            person.until(QUESTION)
        spare.send_bytes(request)
        assert spare.line() == "HTTP/1.1 200 OK"


def test_a_post_to_a_listener_for_irc_never_becomes_chat(fixed: RunningServer) -> None:
    with fixed.connect(0) as client:
        client.send_bytes(b"POST / HTTP/1.1\r\nHost: x\r\n\r\nNICK evil\r\nUSER e 0 * :e\r\nJOIN #x\r\n")
        assert client.to_end() == ["ERROR :Closing link: 127.0.0.1 (That is HTTP, and this is a chat)"]


def test_an_endless_request_is_cut_off(server: RunningServer) -> None:
    with server.connect() as client:
        client.send_bytes(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000)
        assert " 431 " in client.to_end()[0]


# -- the PROXY protocol --------------------------------------------------------------------------------------


def v2(ip: str, port: int, command: int = 1) -> bytes:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    packed = socket.inet_pton(family, ip)
    addresses = packed + packed + struct.pack("!HH", port, 1313)
    kind = 0x21 if ":" in ip else 0x11
    return b"\r\n\r\n\x00\r\nQUIT\n" + struct.pack("!BBH", 0x20 | command, kind, len(addresses)) + addresses


HEADERS = {
    "v1": (b"PROXY TCP4 198.51.100.7 203.0.113.1 50412 1313\r\n", "198.51.100.7"),
    "v1-ipv6": (b"PROXY TCP6 2001:db8::7 2001:db8::1 50412 1313\r\n", "2001:db8::7"),
    "v1-unknown": (b"PROXY UNKNOWN\r\n", "127.0.0.1"),
    "v2": (v2("198.51.100.8", 50413), "198.51.100.8"),
    "v2-ipv6": (v2("2001:db8::8", 50413), "2001:db8::8"),
    "v2-mapped": (v2("::ffff:198.51.100.9", 50413), "198.51.100.9"),
    "v2-local": (v2("198.51.100.8", 50413, command=0), "127.0.0.1"),
}


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Three listeners: one behind a proxy, one for IRC only behind a proxy, one without."""
    listen: list[dict[str, object]] = [
        {"port": 0, "proxies": ("127.0.0.1",)},
        {"port": 0, "proxies": ("127.0.0.1",), "kind": "irc"},
        {"port": 0},
    ]
    with RunningServer(
        tmp_path_factory.mktemp("proxied"), {"server.show_addresses": "all"}, listen
    ) as running:
        yield running


@pytest.mark.parametrize("listener", [0, 1])
@pytest.mark.parametrize("kind", HEADERS)
def test_a_proxy_says_for_whom_it_speaks(proxied: RunningServer, kind: str, listener: int) -> None:
    header, ip = HEADERS[kind]
    nick = f"p{list(HEADERS).index(kind)}x{listener}"
    with proxied.connect(listener) as client:
        for byte in header:
            client.send_bytes(bytes([byte]))
        client.send(f"NICK {nick}", f"USER {nick} 0 * :r")
        client.until(r" (?:376|422) ")
        client.send(f"WHOIS {nick}")
        assert re.search(rf" 311 .* {re.escape(ip)} ", client.waits_for(" 311 "))


def test_header_and_words_in_one_piece(proxied: RunningServer) -> None:
    with proxied.connect() as client:
        client.send_bytes(HEADERS["v2"][0] + b"NICK onepiece\r\nUSER o 0 * :o\r\n")
        client.until(WELCOME)


def test_tls_behind_a_proxy(proxied: RunningServer) -> None:
    with proxied.connect() as client:
        client.send_bytes(HEADERS["v1"][0])
        client.encrypt().send("NICK tunnel", "USER t 0 * :t")
        client.until(WELCOME)


def test_a_person_behind_a_proxy(proxied: RunningServer) -> None:
    with proxied.connect() as person:
        person.send_bytes(HEADERS["v1"][0])
        person.until(QUESTION)


def test_a_broken_header_ends_the_connection(proxied: RunningServer) -> None:
    with proxied.connect() as client:
        client.send_bytes(b"PROXY TCP4 nonsense\r\nNICK broken\r\nUSER b 0 * :b\r\n")
        assert not any(" 001 " in line for line in client.to_end())


@pytest.mark.parametrize("kind", HEADERS)
def test_nobody_else_is_believed(proxied: RunningServer, kind: str) -> None:
    with proxied.connect(2) as client:
        client.send_bytes(HEADERS[kind][0] + b"NICK liar\r\nUSER liar 0 * :liar\r\n")
        client.until(QUESTION)
    assert not any("liar is here" in line for line in proxied.log())


# -- other listeners -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One listener for each kind."""
    listen = [{"port": 0, "kind": kind} for kind in ("irc", "tls", "plain", "http")]
    listen.append({"port": 0, "host": "::1"})
    with RunningServer(tmp_path_factory.mktemp("fixed"), listen=listen) as running:
        yield running


def test_an_irc_listener_takes_any_words_for_irc(fixed: RunningServer) -> None:
    with fixed.connect(0) as client:
        client.send("hello there", "NICK fixed", "USER fixed 0 * :fixed")
        client.until(WELCOME)


def test_a_tls_listener_looks_inside(fixed: RunningServer) -> None:
    with fixed.connect(1).encrypt() as client, fixed.connect(1).encrypt() as person:
        client.send("NICK inside", "USER inside 0 * :inside")
        client.until(WELCOME)
        person.until(QUESTION)


def test_a_plain_listener_greets_at_once(fixed: RunningServer) -> None:
    assert is_asked_at_once(fixed, listener=2)


def test_an_http_listener_answers_http(fixed: RunningServer) -> None:
    assert http(fixed, "GET /healthz HTTP/1.1\nHost: x\n\n", listener=3)[0] == 200
    assert http(fixed, "NICK a\nUSER a 0 * :a\n\n", listener=3)[0] == 400


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_ipv6(fixed: RunningServer) -> None:
    with Connection(fixed.ports[4], host="::1") as client:
        client.send("NICK six", "USER six 0 * :six")
        client.until(WELCOME)


def test_all_listeners_lead_into_the_same_rooms(fixed: RunningServer) -> None:
    with (
        fixed.irc("here", "#one") as here,
        fixed.connect(1).encrypt() as there,
        fixed.plain("everywhere", 2, "#one") as everywhere,
    ):
        there.send("NICK there", "USER there 0 * :there", "JOIN #one", "PRIVMSG #one :from tls")
        here.until("PRIVMSG #one :from tls")
        everywhere.until("^there: from tls$")
        everywhere.send("from nc")
        here.until("PRIVMSG #one :from nc")
        there.until("PRIVMSG #one :from nc")


# -- no door -------------------------------------------------------------------------------------------------


def ends(folder: Path, settings: dict[str, object], listen: dict[str, object]) -> tuple[int, str]:
    """Exit code and output of a server that can't start."""
    process, _ = start(folder, settings, [listen])
    output, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, output.decode()


def test_a_busy_port_is_one_sentence(server: RunningServer, tmp_path: Path) -> None:
    code, output = ends(tmp_path, {}, {"port": server.port})
    assert code == 69
    assert re.fullmatch(rf"hubbub: .*127\.0\.0\.1 port {server.port}.*\n", output)


def test_an_address_of_another_machine_is_one_sentence(tmp_path: Path) -> None:
    code, output = ends(tmp_path, {}, {"port": 0, "host": "192.0.2.1"})
    assert code == 69
    assert re.fullmatch(r"hubbub: .*192\.0\.2\.1.*\n", output)


def test_a_data_folder_in_use_is_one_sentence(serve: Serve, tmp_path: Path) -> None:
    running = serve()
    code, output = ends(tmp_path, {}, {"port": 0})
    assert code == 73
    assert re.fullmatch(
        rf"hubbub: .*in use by another hubbub server \(pid {running.process.pid}\).*\n", output
    )


def test_a_mistake_in_the_settings_is_one_sentence_each(tmp_path: Path) -> None:
    code, output = ends(tmp_path, {"limits.nick": 0, "flood.rat": 1}, {"port": 0})
    assert code == 78
    assert len(output.splitlines()) == 2
    assert "Traceback" not in output


def test_a_certificate_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.pem")
    code, output = ends(tmp_path, {}, {"port": 0, "kind": "tls", "certificate": missing, "key": missing})
    assert code in (69, 78)
    assert re.fullmatch(r"hubbub: .*missing\.pem.*\n", output)


def test_the_python_that_runs_the_tests_runs_the_server() -> None:
    code = subprocess.run(
        [sys.executable, "-m", "hubbub", "--version"], capture_output=True, timeout=PATIENCE
    )
    assert code.returncode == 0
