"""Stopping: everybody is told why, nothing waits for those who don't listen, and what was there is there again."""

from __future__ import annotations

import re
import signal
import time

import pytest

from serving import Connection, RunningServer, Serve

AT_ONCE = 2.5
"""Seconds: less than server.DRAIN, the time that clients have who don't listen."""
WHY = r"The server is stopping now, at \d\d:\d\d:\d\d UTC"


def stuff(server: RunningServer, name: str) -> Connection:
    """A client that reads nothing, with more on its way than the system takes for it."""
    reader = server.irc(name, f"#{name}", receive_buffer=4096)
    with server.irc("stuffer", f"#{name}") as stuffer:
        for _ in range(20):
            stuffer.send(*(f"PRIVMSG #{name} :{'x' * 400}" for _ in range(500)))
            stuffer.so_far()
    return reader


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_everybody_is_told_why(serve: Serve, how: signal.Signals) -> None:
    server = serve()
    with (
        server.irc("client", "#room") as client,
        server.plain("person", room="#room") as person,
        server.connect().encrypt() as hidden,
        server.connect() as nobody,
    ):
        hidden.send("NICK hidden", "USER hidden 0 * :hidden")
        hidden.until(" 001 ")
        server.process.send_signal(how)
        farewell = rf"ERROR :Closing link: 127\.0\.0\.1 \({WHY}\)"
        assert re.fullmatch(farewell, client.to_end()[-1])
        assert re.search(WHY, person.to_end()[-1])
        assert re.fullmatch(farewell, hidden.to_end()[-1])
        assert nobody.to_end() == []
        # TLS is over when both sides have said so.
        hidden.close()
        server.wait(0, within=AT_ONCE)


def test_half_a_request_delays_nothing(serve: Serve) -> None:
    server = serve()
    with server.connect() as client:
        client.send_bytes(b"GET / HTTP/1.1\r\n")
        server.irc("fence").close()
        server.stop(within=AT_ONCE)
        assert client.to_end() == []


def test_what_was_said_last_is_kept(serve: Serve) -> None:
    server = serve()
    with server.irc("last", "#end", caps="echo-message") as last:
        last.send(*(f"PRIVMSG #end :{number}" for number in range(300)), "PING all")
        last.until(":150$")
        server.stop()
        seen = [line for line in last.to_end() if "PRIVMSG" in line]
    server = serve()
    with server.irc("later", "#end", caps="batch draft/chathistory") as later:
        later.send("CHATHISTORY LATEST #end * 1000")
        said = [int(line.rpartition(":")[2]) for line in later.until("BATCH -") if "PRIVMSG" in line]
    assert said == list(range(len(said)))
    assert len(said) >= 151 + len(seen)


def test_who_does_not_read_delays_nobody_for_long(serve: Serve) -> None:
    server = serve()
    with stuff(server, "deaf"), server.irc("client") as client:
        server.process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        assert re.search(WHY, client.to_end(AT_ONCE)[-1])
        assert time.monotonic() - started < AT_ONCE
        server.wait(0, within=5)


def test_the_second_interrupt_ends_at_once(serve: Serve) -> None:
    server = serve()
    with stuff(server, "deaf"):
        server.process.send_signal(signal.SIGINT)
        server.wait_for_log("stopping")
        started = time.monotonic()
        server.process.send_signal(signal.SIGINT)
        server.wait(130, within=AT_ONCE)
        assert time.monotonic() - started < AT_ONCE


def test_a_repeated_request_to_stop_changes_nothing(serve: Serve) -> None:
    server = serve()
    with server.irc("client"):
        while server.process.poll() is None:
            server.process.send_signal(signal.SIGTERM)
    server.wait(0)


def test_nobody_comes_in_any_more(serve: Serve) -> None:
    server = serve()
    with stuff(server, "deaf"):
        server.process.send_signal(signal.SIGTERM)
        server.wait_for_log("stopping")
        with pytest.raises(ConnectionError):
            server.connect()


def test_a_restart_keeps_rooms_as_they_were(serve: Serve) -> None:
    server = serve()
    with server.irc("founder", "#kept") as founder:
        founder.send(
            "TOPIC #kept :what it is about",
            "MODE #kept +mntil 7",
            "MODE #kept +k sesame",
            "MODE #kept +b *!*@192.0.2.*",
            "MODE #kept +e friend!*@*",
            "MODE #kept +I guest!*@*",
            "PRIVMSG #kept :said before",
        )
        founder.so_far()
        server.stop()

    server = serve()
    with server.irc("guest", caps="batch server-time draft/chathistory") as guest:
        guest.send("JOIN #kept")
        guest.until(" 475 ")
        guest.send("JOIN #kept sesame")
        assert guest.waits_for(" 332 ").endswith(":what it is about")
        guest.until(" 366 ")
        guest.send("MODE #kept")
        _, _, letters, *arguments = guest.waits_for(" 324 ").split(" 324 ")[1].split()
        assert set(letters) == set("+ikl" + "mnt")
        assert set(arguments) == {"sesame", "7"}
        for letter, mask in (("b", "*!*@192.0.2.*"), ("e", "friend!*@*"), ("I", "guest!*@*")):
            guest.send(f"MODE #kept +{letter}")
            assert mask in guest.waits_for(" (?:367|346|348) ")
        guest.send("CHATHISTORY LATEST #kept * 10")
        assert any(line.endswith(":said before") for line in guest.until("BATCH -"))


def test_a_restart_frees_names(serve: Serve) -> None:
    server = serve()
    with server.irc("same"):
        server.kill()
    server = serve()
    server.irc("same").close()
