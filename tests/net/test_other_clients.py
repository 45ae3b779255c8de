"""Programs and libraries of others against the real server: they log in to an account and find what was said.

Programs for the terminal: irssi, WeeChat, catgirl and senpai; one that isn't installed is skipped, with the reason.
Python libraries: irc and miniirc. Clients that don't know CHATHISTORY are shown what they have missed by replay.
"""

from __future__ import annotations

import queue
import re
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import irc.client
import miniirc
import pytest

from serving import PATIENCE, Connection, RunningServer
from terminal import Terminal

PASSWORD = "open sesame"
AWAY, BEFORE = "while you were away", "before you came"
"""What bob says to somebody, and in the room, while they aren't there."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("server"), {"history.replay_rooms": 50}) as running:
        yield running


def claim(server: RunningServer, name: str) -> None:
    """Make an account as any client can: come with a free name, and REGISTER it."""
    with server.irc(name, caps="draft/account-registration") as first:
        first.send(f"REGISTER * * :{PASSWORD}")
        first.until(f" REGISTER SUCCESS {name} ")
        first.send("QUIT")
        first.to_end()


@contextmanager
def missed(server: RunningServer, name: str, room: str) -> Iterator[tuple[Connection, str]]:
    """Bob, who has written to somebody with an account and into a room; and the id of the latter message."""
    claim(server, name)
    caps = "message-tags server-time echo-message account-tag draft/message-redaction"
    with server.irc(f"bob{name}", room, caps=caps) as bob:
        bob.send(f"PRIVMSG {name} :{AWAY}", f"PRIVMSG {room} :{BEFORE}")
        found = re.search(r"[@;]msgid=([^ ;]+)", bob.waits_for(f"PRIVMSG {room} :{BEFORE}$"))
        assert found
        yield bob, found[1]


def account_of(bob: Connection, nick: str) -> str:
    bob.send(f"WHOIS {nick}")
    found = re.search(rf" 330 \S+ {nick} (\S+) :", "\n".join(bob.until(" 318 ")))
    return found[1] if found else ""


# -- programs ------------------------------------------------------------------------------------------------


IRSSI = """
servers = ({{ address = "127.0.0.1"; port = "{port}"; chatnet = "hub"; autoconnect = "yes"; }});
chatnets = {{ hub = {{
  type = "IRC"; nick = "{name}";
  sasl_mechanism = "PLAIN"; sasl_username = "{name}"; sasl_password = "{password}";
}}; }};
settings = {{ "irc/core" = {{ cmd_queue_speed = "1msec"; cmds_max_at_once = "100"; }}; }};
"""
SENPAI = """
address irc+insecure://127.0.0.1:{port}
nickname {name}
password "{password}"
"""


class Program(NamedTuple):
    """A client for the terminal: how to start it, given a folder, a port and an account."""

    name: str
    command: Callable[[Path, int, str], list[str]]
    connected: str = "Welcome to the hubbub chat"
    """What it shows when it is connected."""


def irssi(folder: Path, port: int, name: str) -> list[str]:
    (folder / "config").write_text(IRSSI.format(port=port, name=name, password=PASSWORD))
    return ["irssi", f"--home={folder}"]


def weechat(mechanism: str) -> Callable[[Path, int, str], list[str]]:
    def command(folder: Path, port: int, name: str) -> list[str]:
        commands = [
            # Old and new names of the same options.
            *(f"/set irc.server_default.anti_flood{part} 0" for part in ("", "_prio_high", "_prio_low")),
            f"/server add hub 127.0.0.1/{port} -notls -nicks={name}",
            f"/set irc.server.hub.sasl_mechanism {mechanism}",
            f"/set irc.server.hub.sasl_username {name}",
            f"/set irc.server.hub.sasl_password {PASSWORD}",
            "/connect hub",
        ]
        return ["weechat", "-d", str(folder), *(word for command in commands for word in ("-r", command))]

    return command


def catgirl(_folder: Path, port: int, name: str) -> list[str]:
    # It speaks TLS only; -! is not to check the certificate.
    return ["catgirl", "-!", "-h", "127.0.0.1", "-p", str(port), "-n", name, "-a", f"{name}:{PASSWORD}"]


def senpai(folder: Path, port: int, name: str) -> list[str]:
    config = folder / "senpai.scfg"
    config.write_text(SENPAI.format(port=port, name=name, password=PASSWORD))
    return ["senpai", "-config", str(config)]


PROGRAMS = {
    "irssi": Program("irssi", irssi),
    "weechat": Program("weechat", weechat("plain")),
    "weechatscram": Program("weechat", weechat("scram-sha-256")),
    "catgirl": Program("catgirl", catgirl, connected="You arrive in hubbub"),
    # It shows nothing of a welcome, but that it has a connection.
    "senpai": Program("senpai", senpai, connected="(?i)connected"),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_logs_in_and_shows_what_was_said(server: RunningServer, tmp_path: Path, name: str) -> None:
    program, room = PROGRAMS[name], f"#{name}"
    for needed in ("tmux", program.name):
        if not shutil.which(needed):
            pytest.skip(f"{needed} is not installed")
    with (
        missed(server, name, room) as (bob, _),
        Terminal(tmp_path, program.command(tmp_path, server.port, name)) as client,
    ):
        client.shows(program.connected)
        client.enter(f"/join {room}")
        # account-tag: it isn't a guest who comes.
        bob.until(f"[@;]account={name}[; ].*:{name}!.* JOIN {room}")
        client.shows(BEFORE)
        client.enter("hello from an account")
        bob.until(f"[@;]account={name}[; ].* PRIVMSG {room} :hello from an account")
        client.enter(f"/query bob{name}")
        client.shows(AWAY)
        assert account_of(bob, name) == name


# -- libraries -----------------------------------------------------------------------------------------------


HISTORY = ("batch", "message-tags", "server-time", "draft/chathistory", "draft/message-redaction")


class Heard(NamedTuple):
    """A line as a library gives it."""

    command: str
    params: list[str]
    tags: dict[str, str]


COMMANDS = {"pubmsg": "PRIVMSG", "welcome": "001"}
"""What the library irc has words of its own for."""


class WithIrc:
    """A bot on irc (jaraco/irc), whose events are taken from its reactor as they are waited for."""

    def __init__(self, port: int, name: str) -> None:
        self._reactor = irc.client.Reactor()
        self._heard: queue.SimpleQueue[Heard] = queue.SimpleQueue()
        self._reactor.add_global_handler("all_events", self._take)
        self._connection = self._reactor.server()
        self._connection.connect("127.0.0.1", port, name, password=PASSWORD, sasl_login=name)
        self.until("001")
        self._connection.cap("REQ", *HISTORY)
        self.until("CAP")

    def _take(self, _connection: irc.client.ServerConnection, event: irc.client.Event) -> None:
        tags = {tag["key"]: tag["value"] or "" for tag in event.tags}
        command = COMMANDS.get(event.type, event.type.upper())
        self._heard.put(Heard(command, [event.target or "", *event.arguments], tags))

    def send(self, line: str) -> None:
        self._connection.send_raw(line)

    def until(self, command: str) -> Heard:
        """The next line with this command, with those before it forgotten."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            while not self._heard.empty():
                if (heard := self._heard.get()).command == command:
                    return heard
            self._reactor.process_once(0.1)
        raise AssertionError(f"no {command} came")

    def close(self) -> None:
        self._connection.close()


class WithMiniirc:
    """A bot on miniirc, which reads in a thread of its own."""

    def __init__(self, port: int, name: str) -> None:
        self._heard: queue.SimpleQueue[Heard] = queue.SimpleQueue()
        # One thread, so that lines are handled in their order.
        self._threads = ThreadPoolExecutor(1)
        self._irc = miniirc.IRC(
            "127.0.0.1", port, name, ns_identity=(name, PASSWORD), ircv3_caps=set(HISTORY),
            persist=False, auto_connect=False, executor=self._threads,
        )  # fmt: skip
        self._irc.CmdHandler(ircv3=True, colon=False)(self._take)
        self._irc.connect()
        self.until("001")

    def _take(
        self, _irc: miniirc.IRC, command: str, _source: tuple[str, ...], tags: dict[str, str], args: list[str]
    ) -> None:
        self._heard.put(Heard(command, args, tags))

    def send(self, line: str) -> None:
        self._irc.quote(line)

    def until(self, command: str) -> Heard:
        while (heard := self._heard.get(timeout=PATIENCE)).command != command:
            pass
        return heard

    def close(self) -> None:
        self._irc.disconnect()
        self._irc.wait_until_disconnected()
        self._threads.shutdown()


@pytest.mark.parametrize("library", [WithIrc, WithMiniirc])
def test_a_library_logs_in_and_reads_history(
    server: RunningServer, library: type[WithIrc | WithMiniirc]
) -> None:
    name = library.__name__.lower()
    room = f"#{name}"
    with missed(server, name, room) as (bob, msgid):
        bot = library(server.port, name)
        try:
            assert account_of(bob, name) == name
            bot.send(f"JOIN {room}")
            bob.until(f":{name}!.* JOIN {room}")
            bot.send(f"CHATHISTORY LATEST {room} * 10")
            old = bot.until("PRIVMSG")
            if old.params == [name, AWAY]:
                # The direct message is replayed on arrival, which a library may hand on before or after joining.
                old = bot.until("PRIVMSG")
            assert old.params == [room, BEFORE]
            assert old.tags["msgid"] == msgid
            assert {"batch", "time"} <= old.tags.keys()

            bot.send(f"@+draft/react=👍;+reply={msgid} TAGMSG {room}")
            bob.until(rf"[@;]\+draft/react=👍[; ].* TAGMSG {room}")
            bob.send(f"@+draft/react=☕;+reply={msgid} TAGMSG {room}")
            reaction = bot.until("TAGMSG")
            assert (reaction.tags["+draft/react"], reaction.tags["+reply"]) == ("☕", msgid)
            bob.send(f"REDACT {room} {msgid} :said too much")
            assert bot.until("REDACT").params == [room, msgid, "said too much"]
        finally:
            bot.close()
