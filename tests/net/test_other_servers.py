"""Our client on servers of others: what they have works, and what they lack is said.

ngircd has nearly nothing of IRCv3: no tags, no echo, no labels. InspIRCd has most of it, but no history; it runs here
with all of that, and once without labels. A program that isn't installed is skipped, with the reason.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest

from hubbub.client.chat import Conversation
from hubbub.client.connection import Encryption
from hubbub.client.events import Event, NameRefused, Phase, Told
from hubbub.client.lines import Delivery, Kind, Line
from hubbub.client.network import Network
from hubbub.client.outbox import DOUBTFUL
from hubbub.client.registration import Identity
from hubbub.client.requests import Request
from serving import PATIENCE

E = TypeVar("E")
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
<connect name="all" allow="*" timeout="60" pingfreq="120" fakelag="on" threshold="100000" commandrate="1000000" recvq="65536"
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


class Person:
    """Somebody with our client."""

    def __init__(self, port: int, name: str) -> None:
        self.events: list[Event] = []
        self.network = Network(
            "other",
            "127.0.0.1",
            port,
            Identity(name),
            self._heard,
            encryption=Encryption.PLAIN,
            first_pause=0.05,
        )
        self._news = asyncio.Event()
        self.network.start()

    @property
    def session(self):  # type: ignore[no-untyped-def]
        return self.network.session

    @property
    def chat(self):  # type: ignore[no-untyped-def]
        return self.network.chat

    def _heard(self, _network: Network, events: list[Event]) -> None:
        self.events += events
        self._news.set()

    async def until(self, holds: Callable[[], object], what: str) -> None:
        """Wait until it holds; it is looked at whenever the client has something to tell."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not holds():
            self._news.clear()
            try:
                async with asyncio.timeout_at(deadline):
                    await self._news.wait()
            except TimeoutError:
                raise AssertionError(f"{self.chat.nick}: no {what}; there was\n{self._seen()}") from None

    def _seen(self) -> str:
        lines = [
            f"{room.name} {line.kind} {line.nick}: {line.text} {line.delivery} {line.failure}"
            for room in self.chat.conversations.values()
            for line in room.timeline
        ]
        return "\n".join([*map(str, self.events[-20:]), *lines])

    def told(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def online(self) -> None:
        await self.until(lambda: self.network.phase is Phase.ONLINE, "welcome")

    async def enter(self, name: str) -> Conversation:
        """Join, and wait for the names."""
        self.session.join(name)
        await self.until(lambda: self._is_in(name), f"way into {name}")
        room: Conversation = self.chat.find(name)
        return room

    def _is_in(self, name: str) -> bool:
        room = self.chat.find(name)
        # Whoever came first is its operator.
        return room is not None and room.joined and any(member.ranks for member in room.members.values())

    async def ask(self, command: str, *params: str) -> Request:
        request: Request = self.session.ask(command, *params)
        await self.until_done(request)
        return request

    async def until_done(self, request: Request) -> None:
        request.then(lambda _request: self._news.set())
        await self.until(lambda: request.done, f"answer to {request.command}")

    async def say(self, conversation: Conversation, text: str, kind: Kind = Kind.MESSAGE) -> list[Line]:
        """Say it, and wait until it has arrived."""
        lines: list[Line] = self.session.say(conversation, text, kind=kind)
        await self.until(
            lambda: all(line.delivery is Delivery.ARRIVED for line in lines), f"confirmation of {text[:20]!r}"
        )
        return lines

    async def hears(self, name: str, text: str) -> Line:
        def found() -> list[Line]:
            conversation = self.chat.find(name)
            return [line for line in conversation.timeline if line.text == text] if conversation else []

        await self.until(found, f"{text[:40]!r} in {name}")
        (line,) = found()
        return line


@asynccontextmanager
async def people(server: Server, *names: str) -> AsyncIterator[list[Person]]:
    """Those of these names, all of them online."""
    present = [Person(server.port, name) for name in names]
    try:
        for person in present:
            await person.online()
        yield present
    finally:
        await asyncio.gather(*(person.network.stop() for person in present))


def texts(conversation: Conversation) -> list[str]:
    return [line.text for line in conversation.timeline if line.kind.is_said]


Test = Callable[[Server], Coroutine[Any, Any, None]]


# -- coming in ----------------------------------------------------------------------------------------------


def test_a_name_that_is_taken_is_asked_for_again(server: Server) -> None:
    async def scene() -> None:
        async with people(server, "alice") as [alice]:
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
        async with people(server, "alice", "bob") as [alice, bob]:
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
        async with people(server, "alice", "bob") as [alice, bob]:
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
        async with people(server, "alice", "bob") as [alice, bob]:
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
        async with people(server, "alice", "bob") as [alice, bob]:
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
        async with people(server, "alice", "bob") as [alice, bob]:
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
        async with people(server, "alice", "bob") as [alice, bob]:
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
        async with people(server, "alice") as [alice]:
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
            for request in (
                session.edit(tea, line, "hallo"),
                session.redact(tea, line),
                session.register("open sesame"),
            ):
                await alice.until_done(request)
                assert request.failed, request
                assert "unknown command" in request.failure.lower()
            found: list[tuple[list[Any], str]] = []
            session.search({"text": "tea"}, lambda hits, problem: found.append((hits, problem)))
            await alice.ask("PING", "fence")
            assert found
            assert found[0][0] == []
            assert "unknown command" in found[0][1].lower()
            if not session.can("react"):
                request = session.react(tea, line, "👍")
                await alice.until_done(request)
                assert request.failed

    asyncio.run(scene())


# -- a connection that is lost ------------------------------------------------------------------------------


def test_a_server_that_ends_and_comes_back(server: Server) -> None:
    async def scene() -> None:
        async with people(server, "alice", "bob") as [alice, bob]:
            tea, his = await alice.enter("#tea"), await bob.enter("#tea")
            await alice.say(tea, "before")
            await bob.hears("#tea", "before")
            server.process.send_signal(19)
            try:
                (doubtful,) = alice.session.say(tea, "did that arrive?")
                # It is on the wire, where nobody reads it.
                await asyncio.to_thread(lambda: None)
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
