"""The line client over real sockets against a scripted IRC server: piped, on a terminal, coming back."""

from __future__ import annotations

import asyncio
import os
import pty
import socket
import sys
import termios
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from msgspec.json import encode

from hubbub.client import line_client
from hubbub.client.connection import Encryption, Lost, Unreachable, connect
from hubbub.client.discovery import PortFile, servers_folder
from hubbub.client.line_client import LineClient
from hubbub.irc.wire import Message, parse
from hubbub.plain.mode import LineMode

TIMEOUT = 20
PROGRAM = ("-m", "hubbub")
PROMPT = b"\x1b[?2004h"
"""Bracketed paste is switched on when the prompt is ready for keys."""


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nobody's own settings play a part."""
    path = tmp_path / "chat.toml"
    monkeypatch.setenv("HUBBUB_CHAT_CONFIG", str(path))
    return path


class ScriptedServer:
    """Enough of an IRC server to chat with one client. `said` holds what was said, `lines` all it got."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.said: list[str] = []
        self.connections = 0
        self.taken: set[str] = set()
        self.taken_because = "taken"
        self.renames_to = ""
        self.capabilities = ""
        self.arrival: list[str] = []
        self.answers: dict[str, list[str]] = {}
        """What is sent when this has been said, with NICK for the client's name."""
        self.refuses = False
        self.drops_after = -1
        self.nick = ""
        self.changed = asyncio.Event()
        self.writer: asyncio.StreamWriter | None = None
        self.port = 0

    async def __aenter__(self) -> ScriptedServer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        self._server.close()
        if self.writer:
            self.writer.close()
        await self._server.wait_closed()

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), TIMEOUT)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writer = writer
        while line := await reader.readline():
            text = line.decode().rstrip("\r\n")
            self.lines.append(text)
            message = parse(text)
            handler = getattr(self, f"_{message.command.lower()}", None)
            if handler:
                handler(message)
            self.changed.set()
            if message.command == "QUIT" or (
                message.command == "PRIVMSG" and len(self.said) == self.drops_after
            ):
                self.drops_after = -1
                break
        writer.close()

    def send(self, *lines: str) -> None:
        assert self.writer
        self.writer.write("".join(f"{line}\r\n" for line in lines).encode())

    def _nick(self, message: Message) -> None:
        self.nick = message.params[0]
        if self.nick in self.taken:
            self.send(f":s 433 * {self.nick} :{self.taken_because}")
        elif any(line.startswith("USER") for line in self.lines[-3:]):
            self._user(message)

    def _user(self, message: Message) -> None:
        if self.nick in self.taken:
            return
        self.nick = nick = self.renames_to or self.nick
        self.send(
            f":s 001 {nick} :hi",
            f":s 004 {nick} s ircd i n",
            f":s 422 {nick} :none",
            f":{nick}!u@h JOIN #lobby",
        )
        self.send(f":s 353 {nick} = #lobby :{nick} bob", f":s 366 {nick} #lobby :End", *self.arrival)

    def _cap(self, message: Message) -> None:
        if message.params[0] == "LS":
            self.send(f":s CAP * LS :{self.capabilities}")
        elif message.params[0] == "REQ":
            self.send(f":s CAP * ACK :{message.params[1]}")

    def _chathistory(self, message: Message) -> None:
        self.send(*batch("asked", "#lobby", "this was asked for"))

    def _ping(self, message: Message) -> None:
        self.send(f":s PONG s :{message.params[0]}")

    def _join(self, message: Message) -> None:
        room = message.params[0]
        if room == "#closed":
            self.send(f":s 473 {self.nick} {room} :invitation only")
            return
        self.send(f":{self.nick}!u@h JOIN {room}", f":s 353 {self.nick} = {room} :{self.nick}")
        self.send(f":s 366 {self.nick} {room} :End")

    def _privmsg(self, message: Message) -> None:
        self.said.append(message.params[1])
        self.send(*(line.replace("NICK", self.nick) for line in self.answers.get(message.params[1], [])))
        if self.refuses:
            self.send(f":s 404 {self.nick} {message.params[0]} :moderated")

    def _quit(self, message: Message) -> None:
        self.send("ERROR :Closing link")


def batch(ref: str, room: str, text: str) -> list[str]:
    """A page of history with one message of bob's."""
    return [
        f":s BATCH +{ref} chathistory {room}",
        f"@batch={ref} :bob!b@h PRIVMSG {room} :{text}",
        f":s BATCH -{ref}",
    ]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def hubbub_chat(
    *arguments: str, typed: bytes = b"", program: Sequence[str] = PROGRAM, **environ: str
) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *program, "chat", "--plain", *arguments),
        env={**os.environ, **environ},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(typed), TIMEOUT)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def with_server(test: Callable[[ScriptedServer], Awaitable[None]]) -> None:
    async def run() -> None:
        async with ScriptedServer() as server:
            await test(server)

    asyncio.run(run())


# -- through pipes ------------------------------------------------------------------------------------------


def test_echo_hi_piped_into_it_says_hi_and_leaves() -> None:
    async def run(server: ScriptedServer) -> None:
        code, out, err = await hubbub_chat(f"127.0.0.1:{server.port}", "--name", "bot", typed=b"hi\n")
        assert (code, out) == (0, "")
        assert server.said == ["hi"]
        assert server.lines[-1] == "QUIT"
        # The end comes only after the server has answered what stood behind the last line.
        assert any(
            line.startswith("PING") for line in server.lines[server.lines.index("PRIVMSG #lobby :hi") :]
        )
        assert "You are in #lobby with bob." in err

    with_server(run)


def test_a_pipe_gets_what_is_said_while_it_is_there_and_nothing_else() -> None:
    async def run(server: ScriptedServer) -> None:
        server.arrival = [":bob!b@h PRIVMSG #lobby :long ago", ":bob!b@h PRIVMSG #lobby :yesterday"]
        server.answers["hi"] = [
            ":bob!b@h PRIVMSG #lobby :hi yourself",
            ":carol!c@h JOIN #lobby",
            ":bob!b@h PRIVMSG NICK :psst",
            ":s NOTICE NICK :dinner",
        ]
        code, out, err = await hubbub_chat(f"127.0.0.1:{server.port}", "--name", "bot", typed=b"hi\n")
        assert code == 0
        assert out.splitlines() == ["bob: hi yourself", "[private] bob: psst", "[server] dinner"]
        aside = err.splitlines()
        assert aside[0] == "You are in #lobby with bob."
        assert "carol joined" in aside
        assert "Goodbye, bot." in aside

    with_server(run)


def test_history_goes_through_a_pipe_only_if_it_was_asked_for() -> None:
    async def run(server: ScriptedServer) -> None:
        server.capabilities = "batch message-tags server-time draft/chathistory"
        server.arrival = batch("pushed", "#lobby", "nobody asked for this")
        code, out, err = await hubbub_chat(
            f"127.0.0.1:{server.port}", "--name", "bot", typed=b"/history 1\nwho\n"
        )
        assert (code, out) == (0, "bob: this was asked for\n"), err
        assert "bob: nobody asked for this" in err
        assert sum(line.startswith("CHATHISTORY") for line in server.lines) == 1

    with_server(run)


def test_many_lines_without_a_last_line_end_all_arrive() -> None:
    lines = [f"line {number}" for number in range(300)]

    async def run(server: ScriptedServer) -> None:
        code, _, _ = await hubbub_chat(
            f"127.0.0.1:{server.port}", "--name", "bot", typed="\n".join(lines).encode()
        )
        assert code == 0
        assert server.said == lines

    with_server(run)


def test_nobody_there_is_one_sentence() -> None:
    code, out, err = asyncio.run(hubbub_chat(f"127.0.0.1:{free_port()}", "--name", "bot", typed=b"hi\n"))
    assert code == 69
    assert out == ""
    assert err.count("\n") == 1
    assert "No chat server is running" in err


def test_a_refused_line_makes_it_fail() -> None:
    async def run(server: ScriptedServer) -> None:
        server.refuses = True
        code, out, err = await hubbub_chat(f"127.0.0.1:{server.port}", "--name", "bot", typed=b"hi\n")
        assert (code, out) == (1, "")
        assert "You may not speak in #lobby: moderated" in err

    with_server(run)


def test_a_taken_name_that_nobody_chose_is_replaced_and_nothing_typed_is_taken_for_one() -> None:
    async def run(server: ScriptedServer) -> None:
        server.taken = {"bot"}
        code, _, err = await hubbub_chat(f"127.0.0.1:{server.port}", typed=b"hi\n", LOGNAME="bot")
        assert code == 0
        assert server.nick == "bot2"
        assert server.said == ["hi"]
        assert "You are bot2 for now." in err

    with_server(run)


@pytest.mark.parametrize(
    ("because", "sentence"),
    [
        ("taken", "hubbub: bot is taken, so nothing was said. "),
        (
            "Nickname is registered to somebody else",
            "hubbub: bot is the name of an account (--account bot logs in",
        ),
    ],
)
def test_nothing_is_said_under_another_name_than_the_one_given(because: str, sentence: str) -> None:
    async def run(server: ScriptedServer) -> None:
        server.taken, server.taken_because = {"bot"}, because
        code, out, err = await hubbub_chat(f"127.0.0.1:{server.port}", "--name", "bot", typed=b"hi\n")
        assert (code, out, server.said) == (77, "", [])
        assert err.startswith(sentence)
        assert err.count("\n") == 1

    with_server(run)


def test_nothing_is_said_under_a_name_that_the_server_chose() -> None:
    async def run(server: ScriptedServer) -> None:
        server.renames_to = "bo"
        code, _, err = await hubbub_chat(f"127.0.0.1:{server.port}", "--name", "bot", typed=b"hi\n")
        assert (code, server.said) == (77, [])
        assert err.startswith("hubbub: the server says bo for bot, so nothing was said. ")

    with_server(run)


def test_a_word_that_the_chat_understands_is_no_name() -> None:
    code, _, err = asyncio.run(hubbub_chat("127.0.0.1:1", "--name", "who", typed=b"hi\n"))
    assert code == 2
    assert err == "hubbub: 'who' is a word that the chat itself understands; choose another --name\n"


def test_an_impossible_name_is_one_sentence() -> None:
    code, _, err = asyncio.run(hubbub_chat("127.0.0.1:1", "--name", "two words"))
    assert code == 2
    assert err.count("\n") == 1


def test_it_speaks_in_the_room_that_was_asked_for() -> None:
    async def run(server: ScriptedServer) -> None:
        address = f"irc://127.0.0.1:{server.port}/#first,#tea"
        code, out, _ = await hubbub_chat(address, "--name", "bot", "--room", "last", typed=b"hi\n")
        assert code == 0, out
        assert [line for line in server.lines if line.startswith("JOIN")] == [
            "JOIN #first",
            "JOIN #tea",
            "JOIN #last",
        ]
        assert "PRIVMSG #last :hi" in server.lines

    with_server(run)


def test_it_says_nothing_elsewhere_if_there_is_no_way_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_client, "_JOIN_SECONDS", 0.1)

    async def run(server: ScriptedServer) -> None:
        screen = FakeScreen(asks=False)
        screen.typed.put_nowait("a secret")
        chat = asyncio.ensure_future(client_of(server, screen, rooms=["#closed"]).chat())
        assert await asyncio.wait_for(chat, TIMEOUT) == 1
        assert server.said == []
        assert "There was no way into #closed, so nothing was said." in screen.shown

    with_server(run)


def test_a_server_of_the_settings_with_its_name_and_rooms(settings: Path) -> None:
    def write(port: int) -> None:
        settings.write_text(
            f'[servers.home]\nhost = "127.0.0.1"\nport = {port}\nname = "erin"\nrooms = ["#tea sesame"]\n'
        )

    async def run(server: ScriptedServer) -> None:
        write(server.port)
        code, out, _ = await hubbub_chat("home", typed=b"hi\n")
        assert code == 0, out
        assert server.nick == "erin"
        assert "JOIN #tea sesame" in server.lines

    with_server(run)


def test_a_mistake_in_the_settings_is_one_sentence(settings: Path) -> None:
    settings.write_text("mouse = 3\n")
    code, _, err = asyncio.run(hubbub_chat("127.0.0.1:1", "--name", "bot"))
    assert (code, err) == (78, f"hubbub: {settings}: mouse: must be true or false, not 3\n")


def test_an_account_without_a_password_is_no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    code, _, err = asyncio.run(hubbub_chat("127.0.0.1:1", "--name", "bot", "--account", "bot"))
    assert (code, err) == (77, "hubbub: there is no password for bot at 127.0.0.1 in the keyring\n")


def test_a_password_does_not_go_over_the_network_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_client, "is_loopback", lambda host: False)

    async def run(server: ScriptedServer) -> None:
        with pytest.raises(Unreachable, match="a password must not be read on the way"):
            await client_of(server, FakeScreen(asks=True), secret=True).chat()
        assert server.lines == []

    with_server(run)


# -- without an address -------------------------------------------------------------------------------------


@pytest.fixture
def runs_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Says of a server that it runs on this machine, as its announcement does; those that really do are not found."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    folder = servers_folder({"XDG_RUNTIME_DIR": str(tmp_path)})
    folder.mkdir(parents=True)
    # Two processes that live as long as the test does.
    pids = iter((os.getpid(), os.getppid()))

    def announce(name: str, port: int) -> None:
        (folder / f"{next(pids)}.json").write_bytes(encode(PortFile(name=name, host="127.0.0.1", port=port)))

    return announce


def with_usual_port(port: int) -> tuple[str, ...]:
    """The program with another usual port: whoever runs the tests may have a server of their own at 1313."""
    script = f"""
import sys
from functools import partial
from hubbub.cli import main
from hubbub.client import discovery, line_client
line_client.find = partial(discovery.find, port={port})
line_client.DEFAULT_PORT = {port}
sys.exit(main())
"""
    return ("-c", script)


def test_without_an_address_the_server_of_this_machine_is_found(
    runs_here: Callable[[str, int], None],
) -> None:
    async def run(server: ScriptedServer) -> None:
        runs_here("Home", server.port)
        code, _, err = await hubbub_chat(typed=b"hi\n", program=with_usual_port(free_port()))
        assert code == 0, err
        assert server.said == ["hi"]

    with_server(run)


def test_without_an_address_several_servers_are_listed(runs_here: Callable[[str, int], None]) -> None:
    async def run(server: ScriptedServer) -> None:
        async with ScriptedServer() as other:
            runs_here("Home", server.port)
            runs_here("School", other.port)
            code, _, err = await hubbub_chat(typed=b"hi\n", program=with_usual_port(free_port()))
            assert (code, err) == (
                2,
                "hubbub: several servers run on this machine; say which one: "
                f"127.0.0.1:{server.port} (Home), 127.0.0.1:{other.port} (School)\n",
            )
            assert server.lines + other.lines == []

    with_server(run)


def test_without_an_address_the_last_server_comes_first(
    settings: Path, runs_here: Callable[[str, int], None]
) -> None:
    def write(port: int) -> None:
        settings.write_text(f'last = "work"\n[servers.work]\nhost = "127.0.0.1"\nport = {port}\n')

    async def run(server: ScriptedServer) -> None:
        async with ScriptedServer() as found:
            runs_here("Home", found.port)
            write(server.port)
            code, _, err = await hubbub_chat(typed=b"hi\n")
            assert code == 0, err
            assert (server.said, found.said) == (["hi"], [])

    with_server(run)


@pytest.mark.usefixtures("runs_here")
def test_without_an_address_and_without_a_server_the_usual_one_is_missed() -> None:
    port = free_port()
    code, _, err = asyncio.run(hubbub_chat(typed=b"hi\n", program=with_usual_port(port)))
    assert code == 69
    assert f"No chat server is running at 127.0.0.1:{port}" in err


def test_on_a_terminal_the_server_that_was_found_is_offered(runs_here: Callable[[str, int], None]) -> None:
    async def run(server: ScriptedServer) -> None:
        runs_here("Home", server.port)
        async with OnTerminal("--name", "carol", program=with_usual_port(free_port())) as terminal:
            await terminal.until(b"Server [127.0.0.1:%d]: " % server.port)
            terminal.types(b"\n")
            await terminal.until(b"You are in #lobby with bob.")

    with_server(run)


# -- coming back --------------------------------------------------------------------------------------------


class FakeScreen:
    """Somebody who types what the test puts into the queue; None ends it."""

    def __init__(self, asks: bool) -> None:
        self.asks = asks
        self.typed: asyncio.Queue[str | None] = asyncio.Queue()
        self.shown: list[str] = []
        self.changed = asyncio.Event()

    def open(self) -> AbstractContextManager[object]:
        return nullcontext()

    async def lines(self) -> AsyncIterator[str]:
        while (line := await self.typed.get()) is not None:
            yield line

    def show(self, lines: Iterable[str]) -> None:
        self.shown += lines
        self.changed.set()

    async def until(self, text: str) -> None:
        while not any(text in line for line in self.shown):
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), TIMEOUT)


def client_of(
    server: ScriptedServer, screen: FakeScreen, *, patience: float = TIMEOUT, **options: Any
) -> LineClient:
    mode = LineMode(name="alice", asks=screen.asks, confirms=True, remembers_people=True)
    where = ("127.0.0.1", server.port)
    return LineClient(*where, mode, screen, pause=0.05, patience=patience, jitter=lambda: 0.0, **options)


def test_a_lost_connection_comes_back_and_loses_nothing_that_is_typed() -> None:
    async def run(server: ScriptedServer) -> None:
        screen = FakeScreen(asks=True)
        chat = asyncio.ensure_future(client_of(server, screen).chat())
        await screen.until("You are in #lobby")
        await server.stop()
        await screen.until("is lost")
        screen.typed.put_nowait("typed while it was away")
        await server.__aenter__()
        await server.until(lambda: bool(server.said))
        await screen.until("Connected to")
        await screen.until("You are back in #lobby")
        screen.typed.put_nowait("bye")
        assert await asyncio.wait_for(chat, TIMEOUT) == 0
        assert server.said == ["typed while it was away"]
        assert server.connections == 2

    with_server(run)


def test_what_may_not_have_arrived_is_reported() -> None:
    async def run(server: ScriptedServer) -> None:
        server.drops_after = 1
        screen = FakeScreen(asks=True)
        chat = asyncio.ensure_future(client_of(server, screen).chat())
        await screen.until("You are in #lobby")
        screen.typed.put_nowait("first")
        await screen.until("This may not have arrived (to #lobby): first")
        screen.typed.put_nowait(None)
        assert await asyncio.wait_for(chat, TIMEOUT) == 0
        assert server.said == ["first"]

    with_server(run)


def test_pipes_give_up_after_a_while() -> None:
    async def run(server: ScriptedServer) -> None:
        screen = FakeScreen(asks=False)
        chat = asyncio.ensure_future(client_of(server, screen, patience=0.0).chat())
        await screen.until("You are in #lobby")
        await server.stop()
        assert await asyncio.wait_for(chat, TIMEOUT) == 69
        assert "No chat server is running" in screen.shown[-1]

    with_server(run)


def test_bye_works_without_a_connection() -> None:
    async def run(server: ScriptedServer) -> None:
        screen = FakeScreen(asks=True)
        chat = asyncio.ensure_future(client_of(server, screen).chat())
        await screen.until("You are in #lobby")
        await server.stop()
        await screen.until("is lost")
        screen.typed.put_nowait("bye")
        assert await asyncio.wait_for(chat, TIMEOUT) == 0

    with_server(run)


# -- on a terminal ------------------------------------------------------------------------------------------


class OnTerminal:
    """The program on a pseudo-terminal."""

    def __init__(self, *arguments: str, program: Sequence[str] = PROGRAM) -> None:
        self.arguments = (*program, "chat", "--plain", *arguments)
        self.output = b""
        self.changed = asyncio.Event()

    async def __aenter__(self) -> OnTerminal:
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self.arguments,
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            env={**os.environ, "TERM": "xterm"},
        )
        asyncio.get_running_loop().add_reader(self.master, self._read)
        return self

    async def __aexit__(self, *_: object) -> None:
        asyncio.get_running_loop().remove_reader(self.master)
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        os.close(self.master)
        os.close(self.slave)

    def _read(self) -> None:
        data = os.read(self.master, 65536)
        # prompt_toolkit asks where the cursor is.
        if b"\x1b[6n" in data:
            os.write(self.master, b"\x1b[1;1R")
        self.output += data
        self.changed.set()

    def types(self, keys: bytes) -> None:
        self.output = b""
        os.write(self.master, keys)

    async def until(self, text: bytes) -> None:
        while text not in self.output:
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), TIMEOUT)

    async def presses_until_the_end(self, key: bytes) -> int:
        """Like somebody who presses again if nothing happens: a key that comes while a line is being printed above
        the prompt meets a terminal that is not in the prompt's mode, and may be swallowed."""
        ended = asyncio.ensure_future(self.process.wait())
        for _ in range(10):
            self.types(key)
            await asyncio.wait([ended], timeout=TIMEOUT / 10)
            if ended.done():
                break
        return await self.end()

    async def end(self) -> int:
        code = await asyncio.wait_for(self.process.wait(), TIMEOUT)
        assert termios.tcgetattr(self.slave) == self.before
        return code


def test_on_a_terminal_with_completion_and_a_clean_end() -> None:
    async def run(server: ScriptedServer) -> None:
        async with OnTerminal(f"127.0.0.1:{server.port}", "--name", "alice") as terminal:
            await terminal.until(b"You are in #lobby with bob.")
            server.send(":bob!b@h PRIVMSG #lobby :hello alice")
            await terminal.until(b"bob: hello alice")
            terminal.types(b"bo\t")
            await terminal.until(b"bob:")
            terminal.types(b"psst\r")
            await server.until(lambda: "PRIVMSG bob :psst" in server.lines)
            terminal.types(b"bye\r")
            assert await terminal.end() == 0
            assert server.lines[-1] == "QUIT"

    with_server(run)


def test_pasted_lines_are_lines() -> None:
    async def run(server: ScriptedServer) -> None:
        async with OnTerminal(f"127.0.0.1:{server.port}", "--name", "alice") as terminal:
            await terminal.until(b"You are in #lobby with bob.")
            await terminal.until(PROMPT)
            terminal.types(b"\x1b[200~one\ntwo\x1b[201~\r")
            await server.until(lambda: "PRIVMSG #lobby :two" in server.lines)
            assert "PRIVMSG #lobby :one" in server.lines
            terminal.types(b"bye\r")
            assert await terminal.end() == 0

    with_server(run)


@pytest.mark.parametrize(("key", "code"), [(b"\x03", 130), (b"\x04", 0)])
def test_control_c_and_control_d(key: bytes, code: int) -> None:
    async def run(server: ScriptedServer) -> None:
        async with OnTerminal(f"127.0.0.1:{server.port}", "--name", "alice") as terminal:
            await terminal.until(b"bye leaves")
            await terminal.until(PROMPT)
            assert await terminal.presses_until_the_end(key) == code
            await server.until(lambda: "QUIT" in server.lines)

    with_server(run)


def test_a_terminated_client_restores_the_terminal() -> None:
    async def run(server: ScriptedServer) -> None:
        async with OnTerminal(f"127.0.0.1:{server.port}", "--name", "alice") as terminal:
            await terminal.until(PROMPT)
            terminal.process.terminate()
            assert await terminal.end() == 143

    with_server(run)


def test_it_asks_for_address_and_name() -> None:
    async def run(server: ScriptedServer) -> None:
        async with OnTerminal() as terminal:
            await terminal.until(b"Server [127.0.0.1]: ")
            terminal.types(b"127.0.0.1:%d\n" % server.port)
            await terminal.until(b"Your name [")
            terminal.types(b"carol\n")
            await terminal.until(b"You are in #lobby with bob.")
            assert server.nick == "carol"

    with_server(run)


# -- the connection -----------------------------------------------------------------------------------------


def test_messages_are_cut_from_any_pieces() -> None:
    async def run(server: ScriptedServer) -> None:
        connection = await connect("127.0.0.1", server.port)
        await connection.send([Message("PING", ["one"])])
        assert await connection.receive() == [Message("PONG", ["s", "one"], "s")]
        assert server.writer
        got: list[Message] = []
        for piece in (b"PI", b"NG :caf\xc3", b"\xa9\r\n\r\n:bad line\n", b"PING \xff\n"):
            server.writer.write(piece)
            await server.writer.drain()
        while len(got) < 2:
            got += [message for message in await connection.receive() if message.command == "PING"]
        assert [message.params for message in got] == [["café"], ["\ufffd"]]
        await connection.close()

    with_server(run)


def test_a_line_without_end_ends_the_connection() -> None:
    async def run(server: ScriptedServer) -> None:
        connection = await connect("127.0.0.1", server.port)
        await server.until(lambda: True)
        await connection.send([Message("PING", ["one"])])
        await connection.receive()
        server.send("x" * 200_000)
        with pytest.raises(Lost, match="without end"):
            await connection.receive()
        await connection.close()

    with_server(run)


def test_a_silent_server_is_asked_and_then_given_up() -> None:
    async def run() -> None:
        got: asyncio.Queue[bytes] = asyncio.Queue()

        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            got.put_nowait(await reader.readline())
            await reader.read()
            writer.close()

        async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            connection = await connect("127.0.0.1", port, quiet=0.05)
            with pytest.raises(Lost, match="silent"):
                await connection.receive()
            assert (await got.get()).startswith(b"PING")
            await connection.close()

    asyncio.run(run())


def test_tls_with_a_server_that_speaks_none() -> None:
    async def run() -> None:
        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)
            writer.write(b"What is your name?\r\n")
            writer.close()

        async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(Unreachable, match="does not speak TLS"):
                await connect("127.0.0.1", port, encryption=Encryption.TLS)

    asyncio.run(run())
