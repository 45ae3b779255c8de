"""Clients that people really use, against the real server: irssi and WeeChat."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from serving import RunningServer
from terminal import Terminal

IRSSI_CONFIG = """settings = { "irc/core" = { cmd_queue_speed = "1msec"; cmds_max_at_once = "100"; }; };"""
WEECHAT_SETTINGS = {
    "irc.look.temporary_servers": "on",
    "irc.server_default.anti_flood_prio_high": "0",
    "irc.server_default.anti_flood_prio_low": "0",
    "irc.server_default.anti_flood": "0",
    "irc.server_default.ssl_verify": "off",
    "irc.server_default.tls_verify": "off",
}
"""Old and new names of the same options; a name that a version doesn't have does no harm."""


def irssi(folder: Path, port: int, nick: str, tls: bool) -> list[str]:
    (folder / "config").write_text(IRSSI_CONFIG)
    alone = ["irssi", f"--home={folder}", "-n", nick]
    return alone if tls else [*alone, "-c", "127.0.0.1", "-p", str(port)]


def weechat(folder: Path, port: int, nick: str, tls: bool) -> list[str]:
    commands = [f"/set {name} {value}" for name, value in WEECHAT_SETTINGS.items()]
    commands.append(f"/connect {'ircs' if tls else 'irc'}://{nick}@127.0.0.1:{port}")
    return ["weechat", "-d", str(folder), *(word for command in commands for word in ("-r", command))]


Command = Callable[[Path, int, str, bool], list[str]]


@pytest.fixture(params=[irssi, weechat], ids=lambda command: command.__name__)
def command(request: pytest.FixtureRequest) -> Command:
    for program in ("tmux", request.param.__name__):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    return request.param


def test_people_chat_through_a_real_client(server: RunningServer, tmp_path: Path, command: Command) -> None:
    name = command.__name__
    nick, room = f"{name}user", f"#{name}"
    with (
        server.irc("raw", room, caps="message-tags server-time echo-message") as raw,
        server.plain("person", room=room) as person,
        Terminal(tmp_path, command(tmp_path, server.port, nick, False)) as client,
    ):
        client.shows("Welcome to the hubbub chat")
        client.enter(f"/join {room}")
        raw.until(f":{nick}!.* JOIN ")
        person.until(f"^{nick} joined")
        client.shows("raw")

        client.enter("hello from a real client")
        raw.until(f":{nick}!.* PRIVMSG {room} :hello from a real client")
        person.until(f"^{nick}: hello from a real client$")

        raw.send(f"PRIVMSG {room} :hello from the wire")
        client.shows("raw.*hello from the wire")
        person.send("hello from nc, größer als ASCII ✓")
        client.shows("person.*hello from nc, größer als ASCII ✓")

        raw.send(f"TOPIC {room} :what we talk about")
        client.shows("what we talk about")
        raw.send(f"PRIVMSG {nick} :between us")
        client.enter("/msg person and us")
        person.until(rf"^\[private\] {nick}: and us$")
        client.enter("/whois person")
        client.enter("/nick renamed")
        raw.until(f":{nick}!.* NICK :?renamed")
        person.until(f"^{nick} is now called renamed")

        raw.send(f"KICK {room} renamed :enough")
        person.until("renamed")
        client.enter(f"/join {room}")
        raw.until(":renamed!.* JOIN ")
        client.enter("/quit good night")
        raw.until(":renamed!.* QUIT :Quit: good night")
        person.until("^renamed left")


def test_a_real_client_connects_with_tls(server: RunningServer, tmp_path: Path, command: Command) -> None:
    name = command.__name__
    with (
        server.irc(f"watch{name}", f"#tls{name}") as watch,
        Terminal(tmp_path, command(tmp_path, server.port, f"tls{name}", True)) as client,
    ):
        if command is irssi:
            # The command line can only ask for TLS together with a certificate check.
            client.enter(f"/connect -tls -notls_verify 127.0.0.1 {server.port}")
        client.shows("Welcome to the hubbub chat")
        client.enter(f"/join #tls{name}")
        watch.until(f":tls{name}!.* JOIN ")
        watch.send(f"WHOIS tls{name}")
        watch.until(" 671 ")
