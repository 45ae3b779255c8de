"""`hubbub chat` on a terminal: coming in, what the terminal shows, and leaving it whole."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from chatting import ChatTerminal
from hubbub.program import as_typed
from hubbub.tui.cells import width as cell_width
from serving import Connection, RunningServer

pytestmark = pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")

Chat = Callable[..., ChatTerminal]


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Chat]:
    """Starts clients, each in a folder of its own."""
    with ExitStack() as opened:

        def start(*arguments: str, name: str = "client", **options: object) -> ChatTerminal:
            return opened.enter_context(ChatTerminal(tmp_path / name, *arguments, **options))

        yield start


def at(server: RunningServer, name: str, *more: str) -> tuple[str, ...]:
    return (f"127.0.0.1:{server.port}", "--name", name, *more)


# -- coming in ----------------------------------------------------------------------------------------------


def test_without_arguments_one_answers_one_question(
    tmp_path: Path, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    (tmp_path / "run").mkdir()
    settings = {"rooms.default": "#lobby", "server.name": "kitchen.example"}
    with RunningServer(tmp_path / "server", settings) as server, server.irc("early") as early:
        client = chat(environ={"XDG_RUNTIME_DIR": str(tmp_path / "run")})
        client.shows("What shall others call you?")
        client.press("C-u")
        client.keys("alice")
        asked = time.monotonic()
        client.press("Enter")
        client.shows("^> Message #lobby")
        client.enter("hello everybody")
        early.until(":alice!.* PRIVMSG #lobby :hello everybody")
        assert time.monotonic() - asked < 3


def test_a_taken_name_costs_nothing_that_was_typed(server: RunningServer, chat: Chat) -> None:
    with server.irc("amy", "#tick2") as amy:
        client = chat(*at(server, "amy", "--room", "tick2"))
        screen = client.shows("amy: ")
        assert "is free: press Enter" in " ".join(screen.split())
        client.press("Enter")
        client.shows("Message #tick2")
        amy.until(" JOIN ")


# -- what the terminal shows --------------------------------------------------------------------------------


SIZES = [(80, 24), (60, 15), (200, 60)]


def test_every_size_is_usable_and_a_storm_of_sizes_leaves_nothing_behind(
    server: RunningServer, chat: Chat
) -> None:
    with server.irc("bot", "#sizes") as bot:
        client = chat(*at(server, "sizer", "--room", "sizes"))
        client.shows("Message #sizes")
        words = " ".join(f"word{number}" for number in range(30))
        bot.send(*(f"PRIVMSG #sizes :{number} {words}" for number in range(20)))
        client.shows("word29")
        for width, height in SIZES:
            client.resize(width, height)
            client.until(lambda width=width, height=height: is_whole(client, width, height))
            client.until(lambda width=width: ("@bot" in client.screen()) == (width >= 100))
            client.until(lambda width=width: client.rows()[0].startswith(" hubbub ") == (width >= 70))
            screen = client.screen()
            assert "19 word0" in screen
            assert "word29" in screen
        for number in range(20):
            client.resize(60 + 7 * (number * 5 % 20), 15 + 2 * (number * 7 % 20))
        client.resize(100, 30)
        client.until(lambda: is_whole(client, 100, 30))
        stormy = client.until(lambda: settled(client))
        client.press("C-l")
        client.enter("/clear")
        client.until(lambda: "word29" not in client.screen())
        client.keys("fine")
        client.shows("^> fine")
        assert stormy.count("▌ #sizes") == 1
        assert stormy.count("Message #sizes") == 1
        assert stormy.count("online") == 1


def is_whole(client: ChatTerminal, width: int, height: int) -> bool:
    """The input stands at the bottom, the status above it, and nothing is wider than the terminal."""
    rows = client.rows()[:height]
    return (
        len(rows) == height
        and rows[-1].startswith("> Message #sizes")
        and rows[-2].rstrip().endswith("online · no TLS")
        and len(rows[-2].rstrip()) == width - 1
    )


def settled(client: ChatTerminal) -> str:
    """The screen, if it looks the same twice and as it does when drawn anew."""
    seen = client.screen()
    client.press("C-l")
    return seen if client.screen() == seen else ""


def test_wide_letters_keep_the_columns(server: RunningServer, chat: Chat) -> None:
    with server.irc("bot", "#wide") as bot:
        client = chat(*at(server, "wendy", "--room", "wide"))
        client.shows("Message #wide")
        texts = ["日本語 end", "e\u0301te\u0301 end", "العربية end", "한국어 ｆｕｌｌ end", "plain end"]
        bot.send(*(f"PRIVMSG #wide :{text}" for text in texts))
        client.shows("plain end")
        assert len({borders(client, row) for row in client.rows()[1:-3]}) == 1, client.screen()
        for typed, cells in [("日本語", 6), ("e\u0301", 1), ("العربية", 7), ("ab", 2)]:
            client.press("C-u")
            client.keys(typed)
            client.until(lambda typed=typed: typed in client.rows()[29])
            # The cursor is drawn as a reversed cell; the terminal's own is there too.
            client.until(lambda cells=cells: client.cursor() == (2 + cells, 29))


def borders(client: ChatTerminal, row: str) -> tuple[int, ...]:
    """The columns of the lines between the panels."""
    cells = [(sign, cell_width(sign)) for sign in row]
    at, found = 0, []
    for sign, wide in cells:
        if sign in "▏▕":
            found.append(at)
        at += wide
    return tuple(found)


def test_nothing_typed_is_lost_while_a_bot_talks_next_door(server: RunningServer, chat: Chat) -> None:
    text = "the quick brown fox jumps over the lazy dog 0123456789 " * 4
    with server.irc("bot", "#noise", "#quiet") as bot, server.irc("ear", "#quiet") as ear:
        client = chat(*at(server, "typist", "--room", "quiet", "--room", "noise"))
        client.shows("#noise")
        client.press("M-1" if "▌ #noise" in client.screen() else "M-2")
        client.shows("Message #quiet")
        stop = threading.Event()
        noise = threading.Thread(target=make_noise, args=(bot, stop))
        noise.start()
        try:
            client.until(lambda: re.search(r"#noise +\d\d", client.screen()))
            for letter in text.strip():
                client.keys(letter)
            client.press("Enter")
            ear.until(f"PRIVMSG #quiet :{text.strip()}$")
        finally:
            stop.set()
            noise.join()


def make_noise(bot: Connection, stop: threading.Event) -> None:
    """200 messages a second."""
    number = 0
    while not stop.wait(0.05):
        bot.send(*(f"PRIVMSG #noise :noise {number + more}" for more in range(10)))
        number += 10


@pytest.mark.parametrize(
    ("environ", "colours"),
    [
        ({"NO_COLOR": "1"}, False),
        ({"TERM": "vt100"}, None),
        ({"TERM": "linux"}, None),
        ({"TERM": "screen"}, None),
    ],
)
def test_other_terminals(
    server: RunningServer, chat: Chat, environ: dict[str, str], colours: bool | None
) -> None:
    with server.irc("bot", "#terms") as bot:
        client = chat(*at(server, "terry", "--room", "terms"), environ=environ)
        client.shows("Message #terms")
        bot.send("PRIVMSG #terms :terry: come here", "PRIVMSG #terms :see https://example.org")
        client.shows("terry: come here")
        client.enter("readable")
        client.shows("terry: readable")
        if colours is False:
            assert not re.search(r"\x1b\[(?:[0-9]+;)*(?:3[0-8]|4[0-8]|9[0-7])[;m]", client.styled())
        if environ.get("TERM") in ("vt100", "linux"):
            assert b"\x1b]" not in client.said.read_bytes(), "commands that it would print"
        client.enter("/quit")
        client.ended(0)


def test_a_light_theme(server: RunningServer, chat: Chat) -> None:
    client = chat(
        *at(server, "lucy", "--room", "light", "--theme", "light"), environ={"COLORTERM": "truecolor"}
    )
    client.shows("Message #light")
    found = [
        tuple(map(int, one))
        for one in re.findall(r"48;2;(\d+);(\d+);(\d+)", client.said.read_text(errors="replace"))
    ]
    assert found
    assert min(found[-1]) > 180


# -- the desktop --------------------------------------------------------------------------------------------


def test_a_mention_elsewhere_reaches_the_desktop(server: RunningServer, chat: Chat) -> None:
    with server.irc("bot", "#here", "#there") as bot:
        environ = {"TMUX": "", "TERM": "xterm-kitty", "TERM_PROGRAM": "kitty"}
        client = chat(*at(server, "nora", "--room", "here", "--room", "there"), environ=environ)
        client.shows("Message #here")
        client.shows("#there")
        bot.send("PRIVMSG #here :nora: you see this", "PRIVMSG #there :for nobody")
        client.shows("you see this")
        client.shows("#there +1")
        bot.send("PRIVMSG #there :nora: over there; \x07now")
        client.until(lambda: b"\x1b]777;notify;" in client.said.read_bytes())
        told = re.findall(rb"\x1b\]777;notify;([^\x07]*)\x07", client.said.read_bytes())
        assert len(told) == 1
        assert b"over there" in told[0]
        client.enter("/dnd")
        client.shows("(?i)do not disturb")
        bot.send("PRIVMSG nora :psst")
        client.shows("bot +1")
        assert client.said.read_bytes().count(b"\x1b]777;notify;") == 1


@pytest.mark.parametrize(
    ("notify", "expected"), [("osc9", b"\x1b]9;"), ("osc777", b"\x1b]777;notify;"), ("bell", b"\x07")]
)
def test_the_ways_to_tell_the_desktop(
    server: RunningServer, chat: Chat, tmp_path: Path, notify: str, expected: bytes
) -> None:
    (tmp_path / "client").mkdir()
    (tmp_path / "client" / "chat.toml").write_text(f'notify = "{notify}"\n')
    with server.irc("bot") as bot:
        client = chat(*at(server, f"nils{notify}", "--room", "home"), environ={"TMUX": ""})
        client.shows("Message #home")
        before = len(client.said.read_bytes())
        bot.send(f"PRIVMSG nils{notify} :hello")
        client.until(lambda: expected in without_titles(client.said.read_bytes()[before:]))


def without_titles(said: bytes) -> bytes:
    return re.sub(rb"\x1b\]2;[^\x07]*\x07", b"", said)


# -- the mouse ----------------------------------------------------------------------------------------------


def test_the_mouse_and_how_to_be_rid_of_it(server: RunningServer, chat: Chat) -> None:
    with server.irc("bot", "#mice") as bot:
        client = chat(*at(server, "minnie", "--room", "mice", "--room", "cats"))
        client.shows("#cats")
        client.mouse("#mice")
        client.shows("Message #mice")
        bot.send("PRIVMSG #mice :squeak")
        client.shows("squeak")
        client.mouse("bot: squeak")
        client.shows("^> bot,")
        client.press("C-u")
        client.mouse("#cats")
        client.shows("Message #cats")
        client.press("M-m")
        client.shows("The mouse selects text now")
        client.until(lambda: b"\x1b[?1000l" in client.said.read_bytes())


# -- being killed -------------------------------------------------------------------------------------------


def test_after_a_kill_one_is_where_one_was(server: RunningServer, chat: Chat) -> None:
    with server.irc("bot", "#alpha", "#omega") as bot:
        bot.send(*(f"PRIVMSG #omega :number {number}." for number in range(1, 81)))
        bot.so_far()
        first = chat(*at(server, "phil", "--room", "alpha", "--room", "omega"), name="phil")
        first.shows("#omega")
        first.mouse("#omega")
        first.shows("Message #omega")
        first.shows(r"number 80\.")
        first.press("PPage")
        first.hides(r"number 80\.")
        first.keys("half a sentence")
        first.shows("half a sentence")
        top = next(row for row in first.rows() if "number" in row)
        state = first.folder / "state"
        first.until(lambda: any('"position"' in file.read_text() for file in state.glob("chat-*.json")))
        first.until(lambda: any("half a sentence" in file.read_text() for file in state.glob("chat-*.json")))
        os.kill(first.process(), signal.SIGKILL)
        first.shows("ended with 137")
        bot.until(":phil!.* QUIT")
        kept = {"HUBBUB_CHAT_CONFIG": str(first.folder / "chat.toml"), "HUBBUB_CHAT_STATE": str(state)}
        again = chat(*at(server, "phil", "--room", "alpha", "--room", "omega"), name="again", environ=kept)
        again.shows("half a sentence")
        again.shows("▌ #omega")
        number = re.search(r"number (\d+)\.", top)
        assert number
        again.shows(rf"number {number[1]}\.")
        shown = next(row for row in again.rows() if "number" in row)
        assert re.search(rf"number {number[1]}\.", shown), again.screen()


# -- a neighbour who means harm -----------------------------------------------------------------------------


def test_hostile_text_leaves_the_screen_whole(server: RunningServer, chat: Chat) -> None:
    caps = "message-tags batch labeled-response echo-message draft/multiline"
    with server.irc("mallory", "#danger", caps=caps) as mallory:
        client = chat(*at(server, "vera", "--room", "danger"))
        client.shows("Message #danger")
        for text in (
            "\x1b[2J\x1b[31mred\x1b]0;stolen\x07",
            "\u202eevil\u2066 order",
            "\u200b" * 150 + "hidden",
            "\x9b2J\x9d0;stolen\x9c c1",
        ):
            mallory.send(f"PRIVMSG #danger :{text}")
        marks = "\u0301" * 150
        lines = (
            f"@batch=b{';draft/multiline-concat' if more else ''} PRIVMSG #danger :{'z' if not more else ''}{marks}"
            for more in range(33)
        )
        mallory.send("BATCH +b draft/multiline #danger", *lines, "BATCH -b")
        mallory.send("PRIVMSG #danger :still whole")
        client.shows("still whole")
        said = client.said.read_bytes()
        assert not re.search(rb"\x1b\][^\x07\x1b]*stolen", said)
        assert not any(sign.encode() in said for sign in ("\u202e", "\u2066", "\x9b"))
        assert len({borders(client, row) for row in client.rows()[1:-3]}) == 1, client.screen()
        client.enter("fine")
        mallory.until("vera!.* PRIVMSG #danger :fine")


# -- the end ------------------------------------------------------------------------------------------------


def leave_by_command(client: ChatTerminal) -> None:
    client.enter("/quit tea is cold")


def leave_by_word(client: ChatTerminal) -> None:
    client.enter("bye")


def leave_by_another_word(client: ChatTerminal) -> None:
    client.enter("exit")


def leave_by_keys(client: ChatTerminal) -> None:
    client.press("C-c")
    client.shows("Ctrl.C once more leaves")
    client.press("C-c")


def terminate(client: ChatTerminal) -> None:
    os.kill(client.process(), signal.SIGTERM)


def hang_up(client: ChatTerminal) -> None:
    os.kill(client.process(), signal.SIGHUP)


@pytest.mark.parametrize(
    ("leave", "code", "reason"),
    [
        (leave_by_command, 0, "tea is cold"),
        (leave_by_word, 0, ""),
        (leave_by_another_word, 0, ""),
        (leave_by_keys, 0, ""),
        (terminate, 143, ""),
        (hang_up, 129, ""),
    ],
)
def test_whatever_ends_it_gives_the_terminal_back(
    server: RunningServer, chat: Chat, leave: Callable[[ChatTerminal], None], code: int, reason: str
) -> None:
    name = f"a{leave.__name__}"[:16].replace("_", "")
    with server.irc("watch", "#end") as watch:
        client = chat(*at(server, name, "--room", "end"))
        client.shows("Message #end")
        watch.until(f":{name}!.* JOIN")
        leave(client)
        watch.until(f":{name}!.* QUIT .*{reason}")
        screen = client.ended(code)
    # As it was started: nothing called hubbub is in the PATH of every shell.
    program = as_typed(Path("__main__.py"), Path(sys.executable), client.folder, os.environ.get("PATH"))
    assert f"To come back: {program} chat 127.0.0.1:{server.port} --name {name}" in " ".join(
        screen.split("\n")
    )
    assert "Message #end" not in screen, "the screen of the client is still there"
    assert "Traceback" not in screen


CRASH = """
import sys
import hubbub.tui.app
def crash(self):
    raise RuntimeError("made by the test")
hubbub.tui.app.ChatApp.action_open_help = crash
from hubbub.client.session import Session
received = Session.received
def fragile(self, message):
    if message.params[-1:] == ["crash, please"]:
        crash(self)
    received(self, message)
Session.received = fragile
from hubbub.cli import main
sys.exit(main())
"""


@pytest.mark.parametrize("where", ["at a key", "at what comes in"])
def test_a_mistake_in_the_program_gives_the_terminal_back(
    server: RunningServer, chat: Chat, where: str
) -> None:
    client = chat(*at(server, "crasher", "--room", "end"), program=("-c", CRASH))
    client.shows("Message #end")
    client.keys("not yet sent")
    client.shows("not yet sent")
    if where == "at a key":
        client.press("F1")
    else:
        with server.irc("bot") as bot:
            bot.send("PRIVMSG crasher :crash, please")
            bot.so_far()
    screen = client.ended(1)
    assert "RuntimeError: made by the test" in screen
    assert "this is a mistake in the program, not yours" in screen
