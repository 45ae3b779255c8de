"""Live text outside the screen clients: two terminals typing to each other, a server's own terminal, and a pipe."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from chatting import ChatTerminal
from hubbub.client.live_lines import LiveLine
from hubbub.irc.live import read
from hubbub.irc.wire import parse
from net.test_clients import irssi
from serving import DEFAULTS, PORT, Connection, RunningServer, to_toml
from terminal import Terminal

LIVE = {"rooms.default": "#lobby", "live.rooms": ["#lobby"]}
CAPS = "message-tags hubbub.chat/live"
needs_tmux = pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
Open = Callable[..., ChatTerminal]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with RunningServer(tmp_path / "server", LIVE) as running, running.irc("first") as first:
        # So that the room is there, and allows it.
        first.until(" MODE #lobby \\+L")
        yield running


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Open]:
    """Starts `hubbub chat --plain --live`, each in a folder of its own."""
    with ExitStack() as opened:

        def start(port: int, name: str, *more: str, live: str = "--live") -> ChatTerminal:
            arguments = ("--plain", *filter(None, [live]), f"127.0.0.1:{port}", "--name", name, *more)
            return opened.enter_context(ChatTerminal(tmp_path / name, *arguments))

        yield start


def kept(folder: Path) -> bytes:
    """All that the server has written."""
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


# -- two terminals -------------------------------------------------------------------------------------------


@needs_tmux
def test_two_terminals_type_to_each_other(server: RunningServer, chat: Open, tmp_path: Path) -> None:
    with server.irc("tagged", "#lobby", caps="message-tags") as tagged:
        alice, bob = chat(server.port, "alice"), chat(server.port, "bob")
        alice.shows(r"^LIVE \(1 sees this\) >")
        bob.shows(r"^LIVE \(1 sees this\) >")
        alice.keys("a kettle sx")
        bob.shows("^… alice: a kettle sx *$")
        alice.press("BSpace")
        bob.shows("^… alice: a kettle s *$")
        alice.keys("ings")
        bob.keys("I hear")
        bob.shows(r"^… alice: a kettle sings *\nLIVE \(1 sees this\) > I hear$")
        alice.shows(r"^… bob: I hear *\nLIVE \(1 sees this\) > a kettle sings$")
        alice.press("Enter")
        bob.shows(r"^alice: a kettle sings\nLIVE \(1 sees this\) > I hear$")
        assert "… alice" not in bob.screen()
        bob.press("Enter")
        alice.shows(r"^> a kettle sings\nbob: I hear\nLIVE \(1 sees this\) >$")
        lines = tagged.until("PRIVMSG #lobby :I hear")
        assert [line for line in lines if "+typing=active :alice" in line]
        assert not [line for line in lines if "hubbub.chat/live" in line]
        for one in (alice, bob):
            one.enter("bye")
            one.ended(0)
    logged = "\n".join(server.log())
    server.stop()
    for trace in ("kettle sx", "hubbub.chat/live"):
        assert trace.encode() not in kept(tmp_path / "server")
        assert trace not in logged
    assert b"a kettle sings" in kept(tmp_path / "server")


@needs_tmux
def test_what_is_typed_and_not_said_is_nowhere_on_the_server(
    server: RunningServer, chat: Open, tmp_path: Path
) -> None:
    alice, bob = chat(server.port, "alice"), chat(server.port, "bob")
    alice.shows(r"^LIVE \(1 sees this\) >")
    alice.keys("xylophone unsaid")
    bob.shows("… alice: xylophone unsaid *$")
    alice.press("C-u")
    bob.hides("… alice")
    alice.enter("said")
    bob.shows("^alice: said$")
    written = kept(tmp_path / "server" / "data")
    assert b"said" in written
    assert b"xylo" not in written
    assert "xylo" not in "\n".join(server.log())


@needs_tmux
def test_irssi_sees_only_the_final_line(server: RunningServer, chat: Open, tmp_path: Path) -> None:
    if not shutil.which("irssi"):
        pytest.skip("irssi is not installed")
    (tmp_path / "irssi").mkdir()
    with Terminal(tmp_path / "irssi", irssi(tmp_path / "irssi", server.port, "oldie", False)) as old:
        old.shows(r"Act: .*2")
        old.enter("/window goto 2")
        old.shows(r"\[#lobby\]")
        alice, bob = chat(server.port, "alice"), chat(server.port, "bob")
        alice.shows(r"^LIVE \(1 sees this\) >")
        alice.keys("tea is rexx")
        bob.shows("… alice: tea is rexx *$")
        alice.press("BSpace")
        alice.press("BSpace")
        alice.enter("ady")
        screen = old.shows("alice.*tea is ready$")
        assert screen.count("tea is") == 1


@needs_tmux
def test_commands_private_words_and_pastes_are_never_shown(server: RunningServer, chat: Open) -> None:
    with server.irc("eye", "#lobby", caps=CAPS) as eye:
        eye.send("LIVE ON #lobby")
        eye.until("LIVE ON #lobby")
        alice = chat(server.port, "alice")
        alice.shows(r"^LIVE \(1 sees this\) >")
        for line in ("/msg first secret1", "first: secret2", "who"):
            alice.keys(line)
            alice.shows(f"^not shown > {line}$")
            alice.press("Enter")
        alice.shows("3 here|first")
        alice.keys("see ")
        alice.paste("pasted3\nsecret3")
        alice.shows("pasted waits for Enter")
        alice.keys(" end")
        lines: list[str] = []
        while shown(lines) != "see  end":
            lines += eye.until("hubbub.chat/live")
        alice.press("Enter")
        lines += eye.until("PRIVMSG #lobby :see ")[:-1]
        assert not [line for line in lines if re.search("secret|pasted", line)]


def shown(lines: Sequence[str]) -> str:
    """What a reader sees after these updates, of the line that was begun last."""
    line = LiveLine("")
    for message in map(parse, lines):
        if "+hubbub.chat/live" not in message.tags:
            continue
        update = read(message.tags["+hubbub.chat/live"])
        if update.id != line.id:
            line = LiveLine(update.id)
        line.take(update, 0)
    return line.text


@needs_tmux
def test_a_completed_name_is_seen_and_an_earlier_line_waits(server: RunningServer, chat: Open) -> None:
    alice, bob = chat(server.port, "alice"), chat(server.port, "bobby")
    alice.shows(r"^LIVE \(1 sees this\) >")
    alice.enter("what I once said")
    bob.shows("^alice: what I once said$")
    alice.keys("hi bob")
    alice.press("Tab")
    bob.shows("^… alice: hi bobby *$")
    alice.press("C-u")
    bob.hides("…")
    alice.press("Up")
    alice.shows("pasted waits for Enter")
    alice.keys("?")
    bob.shows(r"^… alice: \? *$")
    alice.press("Enter")
    bob.shows(r"^alice: what I once said\?$")


@needs_tmux
def test_hostile_letters_leave_the_terminal_whole(server: RunningServer, chat: Open) -> None:
    with server.irc("mallory", "#lobby", caps=CAPS) as mallory:
        mallory.send("LIVE ON #lobby")
        alice = chat(server.port, "alice")
        alice.shows(r"^LIVE \(1 sees this\) >")
        text = "\u202egnp\u2066\u200b red"
        mallory.send(
            f"@+hubbub.chat/live=m/0/n+0,{len(text)},{text.replace(' ', chr(92) + 's')} TAGMSG #lobby"
        )
        alice.shows("^… mallory: gnp red *$")
        long = "wide日" * 60
        mallory.send(f"@+hubbub.chat/live=m/1/r+0,{len(long)},{long} TAGMSG #lobby")
        alice.shows(r"^… mallory: ….*wide日$")
        assert len([row for row in alice.rows() if "wide" in row]) == 1
        said = alice.said.read_bytes()
        assert not any(sign.encode() in said for sign in ("\u202e", "\u2066"))


@needs_tmux
@pytest.mark.parametrize(
    ("how", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 143), ("C-c", 130), ("C-d", 0)]
)
def test_however_it_ends_the_terminal_is_given_back(
    server: RunningServer, chat: Open, how: signal.Signals | str, code: int
) -> None:
    alice, bob = chat(server.port, "alice"), chat(server.port, "bob")
    alice.shows(r"^LIVE \(1 sees this\) >")
    alice.keys("half")
    bob.shows("… alice: half *$")
    if isinstance(how, str):
        alice.press("C-u")
        alice.press(how)
    else:
        os.kill(alice.process(), how)
    alice.ended(code)
    bob.shows("^alice left")
    bob.hides("… alice")


@needs_tmux
def test_a_server_without_it_is_chatted_with(tmp_path: Path, chat: Open) -> None:
    with (
        RunningServer(tmp_path / "server", LIVE | {"live.enabled": False}) as server,
        server.irc("eye", "#lobby") as eye,
    ):
        alice = chat(server.port, "alice")
        alice.shows("^This server has no live text")
        alice.shows("^> *$")
        alice.enter("hello")
        eye.until(":alice!.* PRIVMSG #lobby :hello")


@needs_tmux
def test_without_live_nothing_leaves_before_enter(server: RunningServer, chat: Open) -> None:
    with server.irc("eye", "#lobby", caps=CAPS) as eye:
        eye.send("LIVE ON #lobby")
        alice = chat(server.port, "alice", live="")
        alice.shows("You are in #lobby")
        alice.keys("hush")
        alice.shows("^> hush$")
        alice.press("Enter")
        assert not [line for line in eye.until("PRIVMSG #lobby :hush") if "TAGMSG" in line]


def test_without_a_terminal_it_is_an_error(server: RunningServer) -> None:
    done = hubbub("chat", "--plain", "--live", f"127.0.0.1:{server.port}", stdin=subprocess.DEVNULL)
    assert "needs a terminal" in ends(done, 2)


# -- the server's own terminal -------------------------------------------------------------------------------


SHELL = "stty -g > before; echo $$ > pid; {serve}; echo ended with $?; stty -g > after; exec cat"


class Operator(Terminal):
    """`hubbub serve --live`, started by a person at a terminal."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        config = folder / "config.toml"
        config.write_text(
            to_toml({"data": str(folder / "data")} | DEFAULTS | {"rooms.default": "#lobby"}, [{"port": 0}])
        )
        serve = shlex.join([sys.executable, "-m", "hubbub", "serve", "--live", "--config", str(config)])
        super().__init__(folder, ["sh", "-c", f"cd {shlex.quote(str(folder))}; {SHELL.format(serve=serve)}"])
        self.folder = folder
        self.port = int(PORT.findall(self.shows(r"^LIVE .*>"))[0])

    def ended(self, code: int) -> None:
        screen = self.shows(f"^ended with {code}$")
        self.enter("cat is there")
        self.shows("^cat is there\ncat is there$")
        assert (self.folder / "after").read_text() == (self.folder / "before").read_text()
        assert "Traceback" not in screen


@needs_tmux
def test_a_server_and_one_client_are_two_terminals(tmp_path: Path, chat: Open) -> None:
    with Operator(tmp_path / "server") as operator:
        alice = chat(operator.port, "alice")
        alice.shows(r"^LIVE \(1 sees this\) >")
        operator.shows(r"^LIVE \(1 sees this\) >")
        operator.shows("alice is here from 127.0.0.1")
        operator.keys("hello therr")
        alice.shows("… .+: hello therr *$")
        operator.press("BSpace")
        operator.keys("e")
        alice.shows("… .+: hello there *$")
        alice.keys("hi")
        operator.shows("^… alice: hi *$")
        operator.press("Enter")
        alice.shows("^[^…]+: hello there$")
        alice.press("Enter")
        operator.shows("^alice: hi$")
        with Connection(operator.port) as late:
            late.send("NICK late", "USER late 0 * :late")
            late.until(" 00[1] ")
            operator.shows("late is here from")
            operator.enter("/quit")
            alice.shows("The server is stopping")
            operator.ended(0)
        assert b"therr" not in kept(tmp_path / "server" / "data")


@needs_tmux
def test_control_c_stops_the_server(tmp_path: Path) -> None:
    with Operator(tmp_path / "server") as operator:
        with Connection(operator.port) as eye:
            eye.send("NICK eye", "USER eye 0 * :eye")
            eye.until(" 001 ")
            operator.press("C-c")
            assert "The server is stopping" in eye.to_end()[-1]
        operator.ended(0)


@needs_tmux
def test_a_signal_stops_the_server_and_gives_the_terminal_back(tmp_path: Path) -> None:
    with Operator(tmp_path / "server") as operator:
        operator.keys("half a line")
        operator.shows("> half a line$")
        shell = (operator.folder / "pid").read_text().strip()
        os.kill(int(Path(f"/proc/{shell}/task/{shell}/children").read_text()), signal.SIGTERM)
        operator.ended(0)


# -- a pipe --------------------------------------------------------------------------------------------------


def hubbub(
    *arguments: str, stdin: int = subprocess.PIPE, folder: Path | None = None
) -> subprocess.Popen[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HUBBUB_")}
    return subprocess.Popen(
        [sys.executable, "-m", "hubbub", *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ | {"HUBBUB_CHAT_CONFIG": str(folder / "chat.toml") if folder else os.devnull},
        # Whoever runs the tests in the background has them ignore it, and what they start as well.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def live(port: int, room: str, *more: str, folder: Path) -> subprocess.Popen[str]:
    return hubbub("live", f"127.0.0.1:{port}", room, *more, folder=folder)


def says(process: subprocess.Popen[str], data: bytes) -> None:
    assert process.stdin is not None
    os.write(process.stdin.fileno(), data)


def said_in(lines: Sequence[str]) -> list[str]:
    return [message.params[-1] for message in map(parse, lines) if message.command == "PRIVMSG"]


def ends(process: subprocess.Popen[str], code: int) -> str:
    """After the end of its input: what it had to say."""
    _, told = process.communicate(timeout=30)
    assert process.returncode == code, told
    return told


def test_a_pipe_becomes_live_text(server: RunningServer, tmp_path: Path) -> None:
    with server.irc("eye", "#lobby", caps=CAPS) as eye, server.irc("late", "#lobby") as late:
        eye.send("LIVE ON #lobby")
        eye.until("LIVE ON #lobby")
        process = live(server.port, "lobby", "--stdin", "--name", "captions", folder=tmp_path)
        eye.until(":captions!.* JOIN")
        updates: list[str] = []
        for piece, expected in (
            (b"the ket", "the ket"),
            (b"tle six", "the kettle six"),
            (b"\b\bngs \xc3", "the kettle sngs"),
            (b"\xbc\rthe kettle sings", "the kettle sings"),
        ):
            says(process, piece)
            while shown(updates) != expected:
                updates += eye.until(":captions!.* TAGMSG")
        says(process, b" again\nnext")
        said = parse(eye.until(":captions!.* PRIVMSG #lobby :the kettle sings again$")[-1])
        assert said.tags["+hubbub.chat/nonce"] == read(parse(updates[-1]).tags["+hubbub.chat/live"]).id
        eye.until("/n.*next.* :captions!.* TAGMSG")
        assert ends(process, 0) == ""
        eye.until(":captions!.* PRIVMSG #lobby :next$")
        eye.until(":captions!.* QUIT")
        lines = late.until(":captions!.* QUIT")
        assert said_in(lines) == [
            "the kettle sings again",
            "next",
        ]
    written = kept(tmp_path / "server" / "data")
    assert b"the kettle sings again" in written
    assert b"kettle six" not in written
    assert b"sngs" not in written
    assert "kettle" not in "\n".join(server.log())


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_it_and_what_stood_there_is_gone(
    server: RunningServer, tmp_path: Path, how: signal.Signals, code: int
) -> None:
    with server.irc("eye", "#lobby", caps=CAPS) as eye:
        eye.send("LIVE ON #lobby")
        eye.until("LIVE ON #lobby")
        process = live(server.port, "#lobby", "--stdin", "--name", "captions", folder=tmp_path)
        says(process, b"half a line")
        eye.until("half.* TAGMSG #lobby")
        process.send_signal(how)
        assert ends(process, code) == ""
        assert said_in(eye.until(":captions!.* QUIT")) == []


def test_many_lines_are_all_said_once_and_in_order(server: RunningServer, tmp_path: Path) -> None:
    with server.irc("eye", "#lobby") as eye:
        process = live(server.port, "#lobby", "--stdin", folder=tmp_path)
        lines = [f"line {number}" for number in range(120)]
        says(process, "".join(f"{line}\n" for line in lines).encode())
        assert ends(process, 0) == ""
        heard = said_in(eye.until(" QUIT "))
        assert heard == lines


def test_where_the_room_has_no_live_text_the_lines_are_said(server: RunningServer, tmp_path: Path) -> None:
    with server.irc("eye", "#quiet", caps=CAPS) as eye:
        process = live(server.port, "#quiet", "--stdin", "--name", "captions", folder=tmp_path)
        eye.until(":captions!.* JOIN")
        says(process, b"half")
        says(process, b" a line\nanother\n")
        told = ends(process, 0)
        assert told.count("\n") == 1
        assert "This room has no live text" in told
        lines = eye.until(":captions!.* QUIT")
        assert said_in(lines) == ["half a line", "another"]
        assert not [line for line in lines if "/live=" in line]


def test_a_server_without_it_is_spoken_to_all_the_same(tmp_path: Path) -> None:
    with (
        RunningServer(tmp_path / "server", LIVE | {"live.enabled": False}) as server,
        server.irc("eye", "#lobby") as eye,
    ):
        process = live(server.port, "#lobby", "--stdin", folder=tmp_path)
        says(process, b"hello\n")
        assert "has no live text" in ends(process, 0)
        eye.until("PRIVMSG #lobby :hello")


def test_a_restart_in_the_middle_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    listen = [{"port": 0}]
    with RunningServer(tmp_path / "server", LIVE, listen) as first:
        port = first.port
        with first.irc("eye", "#lobby") as eye:
            process = live(port, "#lobby", "--stdin", "--name", "captions", folder=tmp_path)
            says(process, b"one\n")
            eye.until("PRIVMSG #lobby :one")
        first.stop()
    says(process, b"two\nthree")
    with (
        RunningServer(tmp_path / "server", LIVE, [{"port": port}]) as second,
        second.irc("eye", "#lobby") as eye,
    ):
        told = ends(process, 0)
        assert "is lost" in told
        lines = eye.until(":captions!.* QUIT")
        assert said_in(lines) == ["two", "three"]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("127.0.0.1:{port}", "#lobby"), 2, "say --stdin"),
        (("127.0.0.1:1", "#lobby", "--stdin"), 69, "No chat server is running at 127.0.0.1:1."),
        (("127.0.0.1:{port}", "#lobby", "--stdin", "--name", "first"), 77, "nothing was said"),
        (("127.0.0.1:{port}", "#lobby", "--stdin", "--name", "a b"), 2, "can't be a name"),
        (("127.0.0.1:{port}", "#locked", "--stdin"), 1, "There was no way into #locked, so nothing was said"),
    ],
)
def test_mistakes(
    server: RunningServer, tmp_path: Path, arguments: Sequence[str], code: int, sentence: str
) -> None:
    with server.irc("owner", "#locked") as owner:
        owner.send("MODE #locked +k sesame")
        owner.until("MODE #locked")
        process = hubbub("live", *(word.format(port=server.port) for word in arguments), folder=tmp_path)
        told = ends(process, code)
        assert sentence in told
        assert told.count("\n") == 1
