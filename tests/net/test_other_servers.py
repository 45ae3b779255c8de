"""Our client on servers of others: what they have works, and what they lack is said.

ngircd has nearly nothing of IRCv3: no tags, no echo, no labels. InspIRCd has most of it, but no history; it runs here
with all of that, and once without labels. A program that isn't installed is skipped, with the reason.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from textual.app import App
from textual.pilot import Pilot

from hubbub.client.events import NameRefused, Phase, Told
from hubbub.client.lines import Delivery, Kind
from hubbub.client.outbox import DOUBTFUL
from hubbub.client.requests import Request
from hubbub.client.settings import Settings
from hubbub.tui.app import ChatApp, Start
from networked import Person, people, texts
from serving import PATIENCE

PATHS = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin"
"""Where servers are, also for people whose PATH has programs for people only."""

NGIRCD = """
[Global]
    Name = irc.other.test
    Info = another server
    AdminEMail = none@other.test
    Listen = 127.0.0.1
    Ports = {port}
    MotdPhrase = hello
[Limits]
    MaxConnectionsIP = 0
    MaxNickLength = 20
    MaxPenaltyTime = 0
[Options]
    DNS = no
    Ident = no
    PAM = no
"""
INSPIRCD = """
<server name="irc.other.test" description="another server" network="Other">
<admin name="x" nick="x" email="none@other.test">
<bind address="127.0.0.1" port="{port}" type="clients">
<power diepass="none" restartpass="none">
<connect name="all" allow="*" timeout="60" pingfreq="120"
         fakelag="on" threshold="100000" commandrate="1000000" recvq="65536"
         localmax="100" globalmax="100" limit="100" useident="no" resolvehostnames="no">
<dns server="127.0.0.1" timeout="1">
<log method="file" type="* -USERINPUT -USEROUTPUT" level="default" target="{folder}/inspircd.log">
{modules}
"""
_WITHOUT_LABELS = [
    "cap", "ircv3", "ircv3_accounttag", "ircv3_batch", "ircv3_capnotify", "ircv3_chghost", "ircv3_ctctags",
    "ircv3_echomessage", "ircv3_invitenotify", "ircv3_msgid", "ircv3_servertime", "monitor", "namesx", "setname",
    "uhnames", "services_account", "botmode",
]  # fmt: skip
MODULES = [*_WITHOUT_LABELS, "ircv3_labeledresponse"]


class Program(NamedTuple):
    """`command` and `config` are filled with {folder} and {port}."""

    name: str
    command: list[str]
    config: str
    modules: list[str]


PROGRAMS = {
    "ngircd": Program("ngircd", ["-n", "-f", "{folder}/ircd.conf"], NGIRCD, []),
    "inspircd": Program(
        "inspircd", ["--nofork", "--nopid", "--config", "{folder}/ircd.conf"], INSPIRCD, MODULES
    ),
    "inspircd-unlabelled": Program(
        "inspircd",
        ["--nofork", "--nopid", "--config", "{folder}/ircd.conf"],
        INSPIRCD,
        _WITHOUT_LABELS,
    ),
}


class Server:
    """A server of others on a port of ours; it may be killed, and started again."""

    def __init__(self, program: Program, path: str, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        modules = "\n".join(f'<module name="{module}">' for module in program.modules)
        filled = {"port": self.port, "folder": folder, "modules": modules}
        (folder / "ircd.conf").write_text(program.config.format(**filled))
        self._command = [path, *(word.format(**filled) for word in program.command)]
        if program.name == "inspircd" and os.getuid() == 0:
            self._command.append("--runasroot")
        self._folder = folder
        self._output = (folder / "output").open("wb")
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            cwd=self._folder,
        )
        deadline = time.monotonic() + PATIENCE
        while not self._listens():
            ended = self.process.poll() is not None or time.monotonic() > deadline
            assert not ended, (self._folder / "output").read_text()
            # Neither of them says when it is ready.
            time.sleep(0.02)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        self.kill()
        self._output.close()


@pytest.fixture(params=PROGRAMS)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    program = PROGRAMS[request.param]
    path = shutil.which(program.name, path=PATHS)
    if path is None:
        pytest.skip(f"{program.name} is not installed")
    running = Server(program, path, tmp_path)
    yield running
    running.close()


# -- coming in ----------------------------------------------------------------------------------------------


def test_a_name_that_is_taken_is_asked_for_again(server: Server) -> None:
    async def scene() -> None:
        async with people(server.port, "alice") as [alice]:
            other = Person(server.port, "alice")
            try:
                await other.until(lambda: other.told(NameRefused), "refusal")
                refused = other.told(NameRefused)[0]
                assert refused.name == "alice"
                assert refused.reason
                assert other.session.asks_name
                other.session.take_name(refused.suggestion)
                await other.online()
                assert other.chat.nick == refused.suggestion
                # So does a change of the name.
                request = await other.ask("NICK", "alice")
                assert request.failed
                assert other.chat.nick == refused.suggestion != alice.chat.nick
            finally:
                await other.network.stop()

    asyncio.run(scene())


def test_a_name_that_is_too_long_gets_a_suggestion_that_works(server: Server) -> None:
    async def scene() -> None:
        person = Person(server.port, "Ünmöglich!" * 5)
        try:
            await person.until(lambda: person.told(NameRefused), "refusal")
            person.session.take_name(person.told(NameRefused)[0].suggestion)
            await person.online()
            assert person.chat.nick == "Unmoglich"
        finally:
            await person.network.stop()

    asyncio.run(scene())


# -- talking ------------------------------------------------------------------------------------------------


def test_talking(server: Server) -> None:
    async def scene() -> None:
        async with people(server.port, "alice", "bob") as [alice, bob]:
            tea, his = await alice.enter("#tea"), await bob.enter("#tea")
            await alice.until(lambda: tea.member("bob"), "bob in the list")
            assert {member.nick: member.ranks for member in tea.members.values()} == {"alice": "o", "bob": ""}
            assert {member.nick: member.ranks for member in his.members.values()} == {"alice": "o", "bob": ""}

            (line,) = await alice.say(tea, "hello bob")
            heard = await bob.hears("#tea", "hello bob")
            assert (heard.nick, heard.mentions_me, heard.kind) == ("alice", True, Kind.MESSAGE)
            assert line.msgid == heard.msgid

            await alice.say(tea, "waves", kind=Kind.ACTION)
            assert (await bob.hears("#tea", "waves")).kind is Kind.ACTION

            await alice.say(tea, "one\n\n  three\n")
            assert texts(tea)[2:] == ["one", "  three"]
            await bob.hears("#tea", "  three")

            long = " ".join(f"word{number}" for number in range(300))
            pieces = await alice.say(tea, long)
            assert len(pieces) > 4
            await bob.hears("#tea", pieces[-1].text)
            assert " ".join(line.text for line in pieces) == long
            await alice.say(tea, "é" * 600)
            await alice.say(tea, "the end")
            await bob.hears("#tea", "the end")
            assert texts(his) == texts(tea)
            assert [line.nick for line in his.timeline if line.kind.is_said] == ["alice"] * len(texts(tea))

    asyncio.run(scene())


def test_many_lines_at_once_arrive_once_and_in_order(server: Server) -> None:
    async def scene() -> None:
        async with people(server.port, "alice", "bob") as [alice, bob]:
            tea, his = await alice.enter("#tea"), await bob.enter("#tea")
            said = [f"line {number}" for number in range(100)]
            await alice.say(tea, "\n".join(said))
            await alice.say(tea, "same")
            await alice.say(tea, "same")
            await alice.say(tea, "end")
            await bob.hears("#tea", "end")
            assert texts(his) == texts(tea) == [*said, "same", "same", "end"]

    asyncio.run(scene())


def test_talking_to_one_person(server: Server) -> None:
    async def scene() -> None:
        async with people(server.port, "alice", "bob") as [alice, bob]:
            to_bob = alice.session.converse("bob")
            await alice.say(to_bob, "psst")
            heard = await bob.hears("alice", "psst")
            assert heard.private
            await bob.say(bob.chat.find("alice"), "yes?")
            await alice.hears("bob", "yes?")
            await alice.say(to_bob, "nods", kind=Kind.ACTION)
            await bob.hears("alice", "nods")
            assert texts(to_bob) == texts(bob.chat.find("alice")) == ["psst", "yes?", "nods"]

            to_myself = alice.session.converse("alice")
            await alice.say(to_myself, "remember the milk")
            assert texts(to_myself) in (["remember the milk"], ["remember the milk"] * 2)

            (line,) = alice.session.say(alice.session.converse("nobody"), "are you there?")
            await alice.until(lambda: line.delivery is Delivery.FAILED, "refusal")
            assert "no such nick" in line.failure.lower()

    asyncio.run(scene())


def test_what_a_room_refuses_is_marked(server: Server) -> None:
    async def scene() -> None:
        async with people(server.port, "alice", "bob") as [alice, bob]:
            tea, his = await alice.enter("#tea"), await bob.enter("#tea")
            await bob.say(his, "before")
            await alice.ask("MODE", "#tea", "+m")
            await bob.until(lambda: "m" in his.modes, "mode")
            (line,) = bob.session.say(his, "may I speak?")
            await bob.until(lambda: line.delivery is Delivery.FAILED, "refusal")
            assert line.failure
            await alice.ask("MODE", "#tea", "+v", "bob")
            await bob.until(lambda: his.member("bob").ranks == "v", "voice")
            bob.session.retry(his, line)
            await alice.hears("#tea", "may I speak?")
            assert texts(tea) == ["before", "may I speak?"]

    asyncio.run(scene())


# -- rooms and people ---------------------------------------------------------------------------------------


def test_rooms_and_people(server: Server) -> None:
    async def scene() -> None:
        async with people(server.port, "alice", "bob") as [alice, bob]:
            tea, his = await alice.enter("#tea"), await bob.enter("#tea")
            request = await alice.ask("TOPIC", "#tea", "all about tea")
            assert not request.failed
            await bob.until(lambda: (his.topic, his.topic_by) == ("all about tea", "alice"), "topic")
            assert tea.topic == "all about tea"

            bob.session.take_name("robert")
            await alice.until(lambda: tea.member("robert") and not tea.member("bob"), "new name")
            await bob.until(lambda: bob.chat.nick == "robert", "name of his own")

            late = await alice.ask("KICK", "#tea", "robert", "too late")
            assert not late.failed
            await bob.until(lambda: not his.joined, "kick")
            assert not tea.member("robert")
            assert not his.members
            bob.session.join("#tea")
            await bob.until(lambda: his.joined and his.member("alice"), "way back")
            assert (his.topic, his.topic_by) == ("all about tea", "alice")

            await alice.ask("MODE", "#tea", "+k", "secret")
            bob.session.part(his, "tired")
            await alice.until(lambda: not tea.member("robert"), "leaving")
            bob.session.join("#tea")
            await bob.until(lambda: any(told.error for told in bob.told(Told)), "refusal")
            assert "/join #tea key" in bob.told(Told)[-1].text
            bob.session.join("#tea", "secret")
            await alice.until(lambda: tea.member("robert"), "return")

            await bob.network.stop("bye")
            await alice.until(lambda: not tea.member("robert"), "end")

    asyncio.run(scene())


def test_questions_are_answered(server: Server) -> None:
    async def scene() -> None:
        async with people(server.port, "alice", "bob") as [alice, bob]:
            await bob.enter("#tea")
            whois, who, names, rooms, nobody, unknown, few = await asyncio.gather(
                alice.ask("WHOIS", "bob"),
                alice.ask("WHO", "#tea"),
                alice.ask("NAMES", "#tea"),
                alice.ask("LIST"),
                alice.ask("WHOIS", "nobody"),
                alice.ask("FROBNICATE", "it"),
                alice.ask("KICK", "#tea"),
            )
            assert "311" in commands(whois)
            assert [one.params[5] for one in who.messages() if one.command == "352"] == ["bob"]
            assert [one.params[1] for one in rooms.messages() if one.command == "322"][:1] == ["#tea"]
            assert not any(request.failed for request in (whois, who, names, rooms))
            assert nobody.failed
            assert "no such nick" in nobody.failure.lower()
            assert unknown.failed
            assert "unknown command" in unknown.failure.lower()
            assert few.failed
            away = await bob.ask("AWAY", "at lunch")
            assert not away.failed
            assert bob.chat.away
            motd = await alice.ask("VERSION")
            assert not motd.failed

    asyncio.run(scene())


def commands(request: Request) -> list[str]:
    return [message.command for message in request.messages()]


def test_what_is_missing_is_known_and_refused_in_words(server: Server) -> None:
    async def scene() -> None:
        async with people(server.port, "alice") as [alice]:
            session = alice.session
            tea = await alice.enter("#tea")
            (line,) = await alice.say(tea, "hello")
            for feature in ("edit", "redact", "history", "search", "read-marker", "register", "multiline"):
                assert not session.can(feature), feature
            assert session.can("react") == session.can("typing") == alice.chat.has("message-tags")
            assert tea.timeline.at_start
            session.load_older(tea)
            session.mark_read(tea)
            session.typing(tea, active=True)
            for request, lack in (
                (session.edit(tea, line, "hallo"), "this server can't change what was said"),
                (session.redact(tea, line), "this server can't take messages back"),
                (session.register("open sesame"), "many have NickServ"),
            ):
                assert request.failed, request
                assert lack in request.failure
            found: list[tuple[list[Any], str]] = []
            session.search({"text": "tea"}, lambda hits, problem: found.append((hits, problem)))
            assert found == [([], "this server has no search")]
            # Nothing of this was sent: the server has nothing to complain of.
            await alice.ask("PING", "fence")
            assert not [told for told in alice.told(Told) if told.error]

    asyncio.run(scene())


def test_reactions_and_replies_where_there_are_tags(server: Server) -> None:
    async def scene() -> None:
        async with people(server.port, "alice", "bob") as [alice, bob]:
            tea, his = await alice.enter("#tea"), await bob.enter("#tea")
            (line,) = await alice.say(tea, "tea?")
            heard = await bob.hears("#tea", "tea?")
            request = bob.session.react(his, heard, "👍")
            await bob.until_done(request)
            if not bob.session.can("react"):
                assert request.failure == "this server carries no reactions"
                assert not line.reactions
                return
            await alice.until(lambda: line.reactions == {"👍": ["bob"]}, "reaction")
            assert heard.reactions == {"👍": ["bob"]}
            (answer,) = bob.session.say(his, "yes", reply_to=heard)
            assert (await alice.hears("#tea", "yes")).reply_to == line.msgid == answer.reply_to
            bob.session.typing(his, active=True)
            await alice.until(lambda: "bob" in tea.typing, "sign of typing")

    asyncio.run(scene())


# -- a connection that is lost ------------------------------------------------------------------------------


def test_a_server_that_ends_and_comes_back(server: Server) -> None:
    async def scene() -> None:
        async with people(server.port, "alice", "bob") as [alice, bob]:
            tea, his = await alice.enter("#tea"), await bob.enter("#tea")
            await alice.say(tea, "before")
            await bob.hears("#tea", "before")
            server.process.send_signal(signal.SIGSTOP)
            try:
                (doubtful,) = alice.session.say(tea, "did that arrive?")
                # From here on it is on the wire, where nobody reads it.
                await asyncio.sleep(0)
            finally:
                server.kill()
            for person in (alice, bob):
                await person.until(lambda person=person: person.network.phase is not Phase.ONLINE, "end")
            # Bob comes back first: here nobody can read what was said before.
            alice.network.give_up()
            assert not tea.joined
            waiting = [
                *alice.session.say(tea, "typed meanwhile"),
                *alice.session.say(tea, "and this"),
                *alice.session.say(alice.session.converse("bob"), "and to you"),
            ]
            assert all(line.delivery is Delivery.PENDING for line in waiting)
            server.start()
            await bob.until(lambda: his.joined and bob.network.phase is Phase.ONLINE, "way back")
            alice.network.start()
            await alice.until(
                lambda: all(line.delivery is Delivery.ARRIVED for line in waiting), "confirmation"
            )
            await bob.hears("#tea", "and this")
            await bob.hears("alice", "and to you")
            assert texts(his) == ["before", "typed meanwhile", "and this"]
            assert (doubtful.delivery, doubtful.failure) == (Delivery.FAILED, DOUBTFUL)
            assert {member.nick for member in tea.members.values()} == {"alice", "bob"}
            alice.session.retry(tea, doubtful)
            await bob.hears("#tea", "did that arrive?")

    asyncio.run(scene())


# -- on the screen ------------------------------------------------------------------------------------------


def test_the_terminal_client(server: Server, tmp_path: Path) -> None:
    async def scene() -> None:
        start = Start("127.0.0.1", server.port, "alice", tls=False, rooms=("#tea",))
        app = ChatApp(Settings.load(tmp_path / "chat.toml"), start=start, environ={}, state=tmp_path)
        async with app.run_test() as pilot:
            await shows(pilot, lambda: app.window is not None and app.window.conversation.name == "#tea")
            async with people(server.port, "bob") as [bob]:
                his = await bob.enter("#tea")
                await pilot.press(*"hello bob", "enter")
                await bob.hears("#tea", "hello bob")
                await bob.say(his, "hi alice")
                await shows(pilot, lambda: on_screen(app, "hi alice"))
                assert on_screen(app, "hello bob")
                for command in ("/search x", "/edit 1 hallo", "/history 5"):
                    app.composer.replace_text(command)
                    await pilot.press("enter")
                for missing in ("search", "change what was said", "show what was said before"):
                    await shows(pilot, lambda missing=missing: on_screen(app, f"This server can't {missing}"))
                await bob.say(his, "still here?")
                await shows(pilot, lambda: on_screen(app, "still here?"))
            app.leave("")

    asyncio.run(scene())


async def shows(pilot: Pilot[Any], holds: Callable[[], object]) -> None:
    """Wait until it holds; a screen announces nothing."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, screen(pilot.app)
        await pilot.pause(0.02)


def screen(app: App[Any]) -> str:
    return "\n".join(
        "".join(segment.text for segment in line) for line in app.screen._compositor.render_strips()
    )


def on_screen(app: App[Any], text: str) -> bool:
    return text in screen(app)
