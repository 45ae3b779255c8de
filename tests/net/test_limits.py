"""What one connection may cost: rubbish, silence, floods and slow readers are bounded, and told why they are closed."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from serving import PATIENCE, Connection, RunningServer, Serve

MEGABYTE = 1 << 20


def send_as_far_as_possible(client: Connection, data: bytes) -> None:
    try:
        client.send_bytes(data)
    except ConnectionError:
        return


# -- lines without an end ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["irc", "plain"])
def test_a_line_of_ten_megabytes_costs_nothing_and_is_told_why(server: RunningServer, kind: str) -> None:
    nick = f"endless{kind}"
    with server.irc(nick) if kind == "irc" else server.plain(nick) as client:
        before = server.memory()
        send_as_far_as_possible(client, b"PRIVMSG x :" + b"a" * (10 * MEGABYTE))
        told = client.to_end()
        assert server.memory() - before < 4 * MEGABYTE
    assert "too long" in told[0]
    assert "A line without an end" in told[-1]
    assert len(told) == 2


def test_a_line_that_is_only_too_long_is_dropped_and_told(server: RunningServer) -> None:
    with server.irc("toolong") as client:
        client.send("PRIVMSG toolong :" + "a" * 20_000, "PRIVMSG toolong :still here")
        assert [line.split(" ", 3)[1] for line in client.until("still here")] == ["417", "PRIVMSG"]


@pytest.mark.parametrize("piece", [1, 7, 500, 100_000])
def test_a_long_line_means_the_same_in_any_pieces(server: RunningServer, piece: int) -> None:
    """A person's long line is said in several lines of IRC, however it was cut up on its way."""
    room = f"#pieces{piece}"
    words = " ".join(str(number) for number in range(1400))
    with server.irc(f"hear{piece}", room) as hearer, server.plain(f"say{piece}", room=room) as sayer:
        line = f"{words} end\n".encode()
        for start in range(0, len(line), piece):
            sayer.send_bytes(line[start : start + piece])
        said = [
            found[1] for line in hearer.until("end$") if (found := re.search(f"PRIVMSG {room} :(.*)", line))
        ]
    assert " ".join(said) == f"{words} end"
    assert len(said) > 10


@pytest.mark.parametrize("seed", range(4))
def test_rubbish_is_survived(server: RunningServer, seed: int) -> None:
    rubbish = random.Random(seed).randbytes(50_000)
    for opening in (
        b"",
        b"NICK r\r\nUSER r 0 * :r\r\n",
        b"GET / HTTP/1.1\r\n",
        b"\x16\x03\x01",
        b"someone\n",
    ):
        with server.connect() as client:
            send_as_far_as_possible(client, opening + rubbish)
    server.irc(f"fine{seed}").close()


# -- silence -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server without patience."""
    settings = {"time.registration": 0.3, "time.ping_interval": 0.4, "time.ping_timeout": 0.3}
    with RunningServer(tmp_path_factory.mktemp("hasty"), settings) as running:
        yield running


def test_half_a_line_and_then_silence(hasty: RunningServer) -> None:
    with hasty.irc("halfway") as client:
        client.send_bytes(b"PRIVMSG halfway :and the")
        assert client.to_end(3)[-1].startswith("ERROR :Closing link: 127.0.0.1 (Your line has no end)")


def test_half_a_line_that_only_trickles(hasty: RunningServer) -> None:
    with hasty.irc("trickle") as client:
        client.send_bytes(b"PRIVMSG trickle :")
        started = time.monotonic()
        told: str | None = ""
        while "no end" not in (told or ""):
            assert time.monotonic() - started < 3
            send_as_far_as_possible(client, b"a")
            try:
                told = client.line(within=0.02)
            except TimeoutError:
                continue
        assert told is not None


def test_a_registration_that_does_not_end(hasty: RunningServer) -> None:
    with hasty.connect() as client:
        client.send("CAP LS 302", "NICK undecided", "USER u 0 * :u")
        assert "(Registration timed out)" in client.to_end(3)[-1]


def test_a_person_who_says_no_name(hasty: RunningServer) -> None:
    with hasty.connect() as person:
        assert "Registration timed out" in person.to_end(4)[-1]


def test_a_client_that_answers_no_ping(hasty: RunningServer) -> None:
    with hasty.irc("watcher", "#pings") as watcher, hasty.irc("dead", "#pings") as dead:
        watcher.until("dead!.* JOIN")
        pings = 0
        while " QUIT " not in (line := watcher.line() or ""):
            pings += line.startswith("PING ")
            watcher.send(line.replace("PING", "PONG"))
        assert re.search(r"dead!.* QUIT :Ping timeout: \d+ seconds", line)
        assert pings >= 1
        told = dead.to_end()
        assert told[-2].startswith("PING ")
        assert "(Ping timeout" in told[-1]


def test_a_person_who_only_reads_stays(hasty: RunningServer) -> None:
    """Nobody with nc can answer a PING."""
    with hasty.plain("reader", room="#reading") as reader, hasty.irc("talker", "#reading") as talker:
        for _ in range(4):
            talker.send(talker.waits_for("^PING ").replace("PING", "PONG"))
        talker.send("PRIVMSG #reading :still there?")
        reader.until("still there?")


def test_idle_people_are_sent_away_if_that_is_wanted(serve: Serve) -> None:
    server = serve({"time.idle": 0.5, "time.ping_interval": 0.5})
    with server.irc("idler") as idler:
        assert "(Nothing said for too long)" in idler.to_end(5)[-1]


# -- floods --------------------------------------------------------------------------------------------------


def test_a_flood_is_slowed_and_nothing_of_it_lost(serve: Serve) -> None:
    server = serve({"flood.enabled": True, "flood.burst": 5, "flood.rate": 50.0})
    with server.irc("flooder") as flooder, server.irc("other") as other, server.irc("hearer") as hearer:
        started = time.monotonic()
        flooder.send(*(f"PRIVMSG hearer :{number}" for number in range(60)))
        waits = []
        for number in range(5):
            asked = time.monotonic()
            other.send(f"PRIVMSG other :{number}")
            other.until(f":{number}$")
            waits.append(time.monotonic() - asked)
        said = [line.rpartition(":")[2] for line in hearer.until(":59$")]
        took = time.monotonic() - started
    assert said == [str(number) for number in range(60)]
    assert took > 0.9, "60 lines at 50 in a second, after the first few"
    assert max(waits) < 0.5


def test_who_is_slowed_is_not_taken_for_silent(serve: Serve) -> None:
    """While the server doesn't read, it can't hear a PONG or the rest of a line."""
    server = serve(
        {
            "flood.enabled": True,
            "flood.burst": 5,
            "flood.rate": 20.0,
            "time.registration": 0.4,
            "time.ping_interval": 0.3,
            "time.ping_timeout": 0.2,
        }
    )
    with server.irc("flooder") as flooder:
        flooder.send(*(f"PRIVMSG flooder :{number}" for number in range(40)))
        flooder.send_bytes(b"PRIVMSG flooder :the ")
        flooder.until(":39$")
        flooder.send_bytes(b"end\r\n")
        flooder.until(":the end$")


def test_a_pasted_text_arrives_whole(server: RunningServer) -> None:
    with server.irc("paster", "#paste") as paster, server.irc("eye", "#paste") as eye:
        paster.send(*(f"PRIVMSG #paste :{number}" for number in range(3000)))
        said = [line.rpartition(":")[2] for line in eye.until(":2999$") if "PRIVMSG" in line]
        assert said == [str(number) for number in range(3000)]


# -- slow readers --------------------------------------------------------------------------------------------


def test_a_client_that_stops_reading_is_cut_off_and_nobody_waits(serve: Serve) -> None:
    server = serve({"limits.send_queue": 65_536})
    with (
        server.irc("slow", "#fast", receive_buffer=4096) as slow,
        server.irc("talker", "#fast", caps="echo-message") as talker,
        server.irc("quick", "#fast") as quick,
    ):
        slow.send("PING before")
        slow.until("PONG .*before")
        before = server.memory()
        waits, gone, number = [], False, 0
        while not gone:
            assert number < 20_000, "the slow reader is still there"
            asked = time.monotonic()
            last = number + 199
            talker.send(*(f"PRIVMSG #fast :{'x' * 400}{n}" for n in range(number, last + 1)))
            talker.until(f"x{last}$")
            seen = quick.until(f"x{last}$")
            waits.append(time.monotonic() - asked)
            assert [n for line in seen if (n := re.search(r"x(\d+)$", line))].__len__() == 200
            gone = any("slow!" in line and "QUIT :Send queue exceeded" in line for line in seen)
            number += 200
        assert max(waits) < 2
        assert server.memory() - before < 16 * MEGABYTE
        slow.to_end()


@pytest.mark.parametrize("tls", [False, True])
def test_who_asks_for_more_than_they_read_is_answered_whole_in_the_end(serve: Serve, tls: bool) -> None:
    """They aren't heard meanwhile, so that what waits for them stays small; others don't notice."""
    settings: dict[str, object] = {"limits.send_queue": 1 << 20, "limits.rooms": 2}
    server = serve(settings)
    with server.connect(receive_buffer=4096) as connection, server.irc("other") as other:
        asker = connection.encrypt() if tls else connection
        asker.send("NICK asker", "USER asker 0 * :asker", "JOIN #tea")
        asker.until(" 366 ")
        asker.send("MODE #tea +bbbbbb " + " ".join(f"{n}{'x' * 60}!*@*" for n in range(6)))
        asker.until("MODE #tea")
        before = server.memory()
        number = 20_000
        # More than the sockets' buffers hold both ways.
        sender = threading.Thread(target=asker.send, args=["MODE #tea b"] * number)
        sender.start()
        waits = []
        for turn in range(20):
            asked = time.monotonic()
            other.send(f"PRIVMSG other :{turn}")
            other.until(f":{turn}$")
            waits.append(time.monotonic() - asked)
        assert max(waits) < 0.5
        assert server.memory() - before < 8 * MEGABYTE
        for _ in range(number):
            asker.until(" 368 ")
        sender.join()
        assert asker.so_far() == []


def test_who_asks_and_reads_nothing_is_silent(serve: Serve) -> None:
    server = serve({"limits.send_queue": 1 << 20, "time.ping_interval": 0.3, "time.ping_timeout": 0.3})
    with server.irc("asker", "#tea", receive_buffer=4096) as asker:
        asker.send("MODE #tea +bbbbbb " + " ".join(f"{n}{'x' * 60}!*@*" for n in range(6)))
        asker.send(*["MODE #tea b"] * 20_000)
        server.wait_for_log("closed connection=.*Ping timeout")


def test_a_dear_command_counts_as_several(serve: Serve) -> None:
    server = serve({"flood.enabled": True, "flood.burst": 10, "flood.rate": 50.0})
    took = {}
    with server.irc("cheap", "#tea") as cheap, server.irc("dear", "#tea") as dear:
        for client, line, answer in ((cheap, "PING x", " PONG "), (dear, "LIST", " 323 ")):
            started = time.monotonic()
            client.send(*[line] * 40)
            for _ in range(40):
                client.until(answer)
            took[line] = time.monotonic() - started
    assert took["LIST"] > 2, "40 of 3 each at 50 in a second, after the first few"
    assert took["PING x"] < 1.5


def test_history_pages_fit_the_send_queue(serve: Serve) -> None:
    """The largest page that may be asked for doesn't cut off the one who asks."""
    server = serve()
    with server.irc("asker", "#long", caps="batch message-tags server-time draft/chathistory") as asker:
        asker.send(*(f"PRIVMSG #long :{'y' * 400}{n}" for n in range(1000)))
        asker.so_far()
        asker.send("CHATHISTORY LATEST #long * 1000")
        assert len(asker.until("BATCH -")) == 1002


# -- numbers -------------------------------------------------------------------------------------------------


def test_a_crowd_from_one_address(serve: Serve) -> None:
    """Those count who have said nothing yet."""
    server = serve({"limits.connections_per_address": 3})
    with ExitStack() as stack:
        crowd = [stack.enter_context(server.connect()) for _ in range(6)]
        told = [person.line() for person in crowd]
        refused = [line for line in told if line and "Too many connections from your address" in line]
        assert len(refused) == 3


def test_a_full_server_says_so(serve: Serve) -> None:
    server = serve({"limits.connections": 2})
    with server.irc("one"), server.irc("two"), server.connect() as third:
        assert third.to_end() == ["ERROR :The server is full; try again later"]


def test_places_become_free_again(serve: Serve) -> None:
    server = serve({"limits.connections": 4, "limits.connections_per_address": 4})
    openings = [
        b"",
        b"NIC",
        b"NICK a\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03 broken",
        b"somebody\n",
    ]
    for _ in range(2):
        for opening in openings:
            with server.connect() as client:
                client.send_bytes(opening)
                client.finish()
                client.to_end()
        with server.connect().encrypt() as client:
            client.send("QUIT")
            client.to_end()
    with server.irc("a"), server.irc("b"), server.irc("c"), server.irc("d"):
        pass


def test_who_connects_too_often_is_told(serve: Serve) -> None:
    server = serve(
        {"throttle.enabled": True, "throttle.connections": 3, "throttle.seconds": 1.0, "throttle.exempt": ()}
    )
    for number in range(3):
        server.irc(f"often{number}").close()
    with server.connect() as client:
        assert client.to_end() == ["ERROR :You connect too often; try again in a minute"]
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with server.connect() as client:
            client.send_bytes(b"NICK later\r\nUSER later 0 * :later\r\n")
            if " 001 " in (client.line() or ""):
                return
    pytest.fail("still refused")
