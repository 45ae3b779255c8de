"""A Network over real sockets: what becomes of it when the server is gone, or the cable is out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import pairwise

import pytest

from hubbub.client import network as network_module
from hubbub.client.chat import Conversation
from hubbub.client.connection import CertificateChanged, Connection, Encryption, Lost, connect
from hubbub.client.events import Event, Phase, PhaseChanged
from hubbub.client.lines import Delivery
from hubbub.client.network import Network
from hubbub.client.registration import Identity
from hubbub.irc.wire import Message
from networked import Person, people, texts
from serving import PATIENCE, RunningServer, Serve


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is silent for that long counts as dead."""
    monkeypatch.setattr(network_module, "_QUIET_SECONDS", 0.4)


class Cable:
    """Between clients and a server. While it is out nothing comes through, and nobody is told.

    `ghosts`: the server never hears of the connections that were lost.
    """

    def __init__(self, port: int, *, ghosts: bool = False) -> None:
        self._to = port
        self._ghosts = ghosts
        self._in = asyncio.Event()
        self._in.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._kept: list[asyncio.StreamWriter] = []
        self.port = 0

    def pull(self) -> None:
        self._in.clear()

    def plug_in(self) -> None:
        self._in.set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._in.wait()
        theirs, ours = await asyncio.open_connection("127.0.0.1", self._to)
        self._kept += [writer, ours]
        self._tasks |= {
            asyncio.create_task(self._carry(reader, ours)),
            asyncio.create_task(self._carry(theirs, writer)),
        }

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                if not self._in.is_set():
                    # On its way when the cable was pulled: it is lost, and so is this connection.
                    await self._in.wait()
                    break
                writer.write(data)
                await writer.drain()
        if not self._ghosts:
            writer.close()

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._kept:
            writer.close()


@asynccontextmanager
async def cable(server: RunningServer, *, ghosts: bool = False) -> AsyncIterator[Cable]:
    line = Cable(server.port, ghosts=ghosts)
    listening = await asyncio.start_server(line.accept, "127.0.0.1", 0)
    line.port = listening.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        listening.close()
        await line.end()


def lost(person: Person) -> bool:
    return person.network.phase in (Phase.WAITING, Phase.CONNECTING, Phase.REGISTERING)


def all_arrived(conversation: Conversation) -> bool:
    return all(line.delivery is Delivery.ARRIVED for line in conversation.timeline if line.kind.is_said)


@pytest.mark.parametrize("ghosts", [False, True])
def test_what_is_said_while_the_cable_is_out_is_sent_once_and_in_order(
    server: RunningServer, ghosts: bool
) -> None:
    name, room = ("gina", "#ghosts") if ghosts else ("cora", "#cable")

    async def story() -> None:
        async with cable(server, ghosts=ghosts) as line, people(line.port, name) as [alice]:
            tea = await alice.enter(room)
            async with people(server.port, f"{name}bob") as [bob]:
                bobs = await bob.enter(room)
                await alice.say(tea, "before")
                await bob.hears(room, "before")
                line.pull()
                said = ["one", "two", "three"]
                for text in said:
                    alice.session.say(tea, text)
                await bob.say(bobs, "meanwhile 1")
                await alice.until(lambda: lost(alice), "loss noticed")
                await bob.say(bobs, "meanwhile 2")
                alice.session.say(tea, "four")
                assert [one.text for one in tea.timeline if one.delivery is Delivery.PENDING] == [
                    *said,
                    "four",
                ]
                line.plug_in()
                await alice.online()
                await alice.until(lambda: all_arrived(tea), "confirmation of all")
                await bob.hears(room, "four")
                assert texts(bobs) == ["before", "meanwhile 1", "meanwhile 2", *said, "four"]
                assert texts(tea) == texts(bobs)
                assert tea.joined

    asyncio.run(story())


def test_a_name_that_the_lost_connection_still_holds_is_taken_back(server: RunningServer) -> None:
    async def story() -> None:
        async with cable(server, ghosts=True) as line, people(line.port, "casper") as [alice]:
            room = await alice.enter("#haunted")
            line.pull()
            await alice.until(lambda: lost(alice), "loss noticed")
            line.plug_in()
            await alice.online()
            await alice.until(lambda: room.joined and "casper" in room.members, "the ghost in the room")
            assert alice.chat.nick != "casper"
            assert alice.session.name == "casper"
            # The server gives the old connection up.
            line._kept[1].close()
            await alice.until(lambda: alice.chat.nick == "casper", "old name")

    asyncio.run(story())


def test_it_waits_longer_each_time_and_comes_back(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        first = serve()
        port = first.port
        async with people(port, "alice") as [alice]:
            tea = await alice.enter("#tea")
            await alice.say(tea, "kept")
            pauses: list[float] = []

            def note(network: Network, events: list[Event]) -> None:
                now = asyncio.get_running_loop().time()
                waiting = [
                    one for one in events if isinstance(one, PhaseChanged) and one.phase is Phase.WAITING
                ]
                pauses.extend(one.retry_at - now for one in waiting)
                alice._heard(network, events)

            monkeypatch.setattr(alice.network, "_on_events", note)
            await asyncio.to_thread(first.stop)
            await alice.until(lambda: len(pauses) >= 4, "four attempts")
            alice.session.say(tea, "later")
            second = serve(listen=[{"port": port}])
            await alice.online()
            await alice.until(lambda: all_arrived(tea), "confirmation")
            assert texts(tea) == ["kept", "later"]
            with second.irc("reader", "#tea", caps="batch draft/chathistory server-time") as reader:
                reader.send("CHATHISTORY LATEST #tea * 10")
                lines = [one for one in reader.until("BATCH -") if "PRIVMSG" in one]
                assert [one.partition("PRIVMSG #tea :")[2] for one in lines] == ["kept", "later"]
        # Doubled each time, and spread by a quarter.
        assert all(1.1 < after / before < 3.5 for before, after in pairwise(pauses)), pauses

    asyncio.run(story())


# -- ends ----------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def deaf() -> AsyncIterator[int]:
    """A server that welcomes everybody, and reads nothing after that."""
    writers: list[asyncio.StreamWriter] = []

    async def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(b":s 001 alice :Welcome\r\n:s 422 alice :No message\r\n")
        writer.transport.pause_reading()

    listening = await asyncio.start_server(welcome, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        for writer in writers:
            writer.transport.abort()
        listening.close()


MUCH = [Message("PRIVMSG", ["#tea", "x" * 8_000])] * 2_000


class Lone:
    """A network that nobody looks at but the test."""

    def __init__(self, port: int) -> None:
        self._news = asyncio.Event()
        self.network = Network(
            "other",
            "127.0.0.1",
            port,
            Identity("alice"),
            self._heard,
            encryption=Encryption.PLAIN,
            first_pause=0.05,
        )
        self.network.start()

    def _heard(self, _network: Network, _events: list[Event]) -> None:
        self._news.set()

    async def until(self, phase: Phase) -> None:
        async with asyncio.timeout(PATIENCE):
            while self.network.phase is not phase:
                self._news.clear()
                await self._news.wait()


def test_leaving_a_server_that_reads_nothing_takes_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    # It would be found out sooner by the silence.
    monkeypatch.setattr(network_module, "_QUIET_SECONDS", 600)
    monkeypatch.setattr(network_module, "_FAREWELL_SECONDS", 0.1)

    async def story() -> None:
        async with deaf() as port:
            alice = Lone(port)
            network = alice.network
            await alice.until(Phase.ONLINE)
            network.session.put(MUCH)
            async with asyncio.timeout(PATIENCE):
                await network.stop("bye")
            assert network.phase is Phase.ENDED

    asyncio.run(story())


def test_whoever_takes_nothing_for_long_is_lost() -> None:
    async def story() -> None:
        async with deaf() as port:
            connection: Connection = await connect("127.0.0.1", port, encryption=Encryption.PLAIN, quiet=0.1)
            with pytest.raises(Lost, match="takes nothing"):
                await connection.send(MUCH)
            await connection.close()

    asyncio.run(story())


def test_a_line_that_can_not_be_written_is_left_out(server: RunningServer) -> None:
    async def story() -> None:
        connection = await connect("127.0.0.1", server.port, encryption=Encryption.PLAIN)
        connection.put([Message("MARKREAD", ["b ob", "*"]), Message("PING", ["still here"])])
        connection.put([Message("CAP", ["LS"])])
        assert await connection.receive()
        await connection.close()

    asyncio.run(story())


def test_leaving_while_there_is_no_connection_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_module, "_FAREWELL_SECONDS", PATIENCE * 10)

    async def never(*_args: object, **_options: object) -> Connection:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(network_module, "connect", never)

    async def story() -> None:
        alice = Lone(1)
        await alice.until(Phase.CONNECTING)
        async with asyncio.timeout(PATIENCE):
            await alice.network.stop()

    asyncio.run(story())


def test_after_a_certificate_that_was_another_for_once_it_comes_back_by_itself(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async def portal(*_args: object, **_options: object) -> Connection:
            raise CertificateChanged("chat.example.org", 6697, "AA", "BB")

        monkeypatch.setattr(network_module, "connect", portal)
        alice = Lone(server.port)
        network = alice.network
        await alice.until(Phase.ENDED)
        assert network.certificate_changed
        monkeypatch.setattr(network_module, "connect", connect)
        network.reconnect_now()
        await alice.until(Phase.ONLINE)
        assert network.connection is not None
        network.connection.abort()
        await alice.until(Phase.WAITING)
        await alice.until(Phase.ONLINE)
        await network.stop()

    asyncio.run(story())
