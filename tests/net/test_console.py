"""`hubbub serve` on a terminal: the log above, commands below, and the terminal given back at the end."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from serving import DEFAULTS, PORT, Connection, to_toml
from terminal import Terminal

pytestmark = pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
SHELL = "stty -g > before; echo $$ > pid; {serve}; echo ended with $?; stty -g > after; exec cat"


class Console(Terminal):
    """A server started by a person at a terminal, from a shell that is still there afterwards."""

    def __init__(self, folder: Path, *flags: str) -> None:
        config = folder / "config.toml"
        config.write_text(to_toml({"data": str(folder / "data")} | DEFAULTS, [{"port": 0}]))
        serve = shlex.join([sys.executable, "-m", "hubbub", "serve", "--config", str(config), *flags])
        shell = f"cd {shlex.quote(str(folder))}; {SHELL.format(serve=serve)}"
        super().__init__(folder, ["sh", "-c", shell])
        self.folder = folder
        self.port = int(PORT.findall(self.shows("^hubbub>"))[0])

    def irc(self, nick: str, *rooms: str) -> Connection:
        client = Connection(self.port)
        client.send(
            f"NICK {nick}", f"USER {nick} 0 * :{nick}", *(f"JOIN {room}" for room in rooms), "PING in"
        )
        client.until(" PONG .*in$")
        return client

    def ended(self, code: int) -> str:
        """The screen after the end; the terminal is as it was before."""
        screen = self.shows(f"^ended with {code}$")
        self.enter("cat is there")
        # Once as the terminal shows what is typed, and once from cat: it is no longer raw.
        self.shows("^cat is there\ncat is there$")
        assert (self.folder / "after").read_text() == (self.folder / "before").read_text()
        assert "Traceback" not in screen
        return screen


Open = Callable[..., Console]


@pytest.fixture
def open_console(tmp_path: Path) -> Iterator[Open]:
    with ExitStack() as opened:
        yield lambda *flags: opened.enter_context(Console(tmp_path, *flags))


@pytest.fixture
def console(open_console: Open) -> Console:
    return open_console()


def test_it_shows_what_happens_but_not_what_is_said(console: Console) -> None:
    with console.irc("alice", "#tea") as alice:
        console.shows("alice is here from 127.0.0.1")
        console.shows("alice joined #tea")
        alice.send("PRIVMSG #tea :a secret", "PRIVMSG alice :another secret", "QUIT :\x1b[2Jgone")
        screen = console.shows("closed connection=1 reason=Quit: .*gone")
    assert "alice → #tea" in screen
    assert "alice joined #tea" in screen, "what a client sends has cleared the screen"
    assert "secret" not in screen


def test_messages_are_shown_if_that_was_asked_for(open_console: Open) -> None:
    console = open_console("--show-messages")
    with console.irc("alice", "#tea") as alice:
        alice.send("PRIVMSG #tea :no secret")
        console.shows("alice → #tea: no secret")


def test_help_names_the_commands(console: Console) -> None:
    console.enter("help")
    shown = console.shows("exit, /quit")
    assert all(word in shown for word in ("help", "list", "rooms", "say TEXT", "kick", "ban", "unban"))


def test_who_and_which_rooms_are_there(console: Console) -> None:
    with console.irc("alice", "#tea", "#cake") as alice:
        alice.send("TOPIC #tea :green or black", "PING done")
        alice.until("PONG .*done")
        console.enter("list")
        console.shows(rf"alice +{alice.address} +#cake #tea")
        console.shows("1 here")
        console.enter("/rooms")
        console.shows("#cake +1")
        console.shows("#tea +1 +green or black")


def test_say_reaches_everybody(console: Console) -> None:
    with console.irc("alice") as alice, console.irc("bob", "#tea") as bob, Connection(console.port) as person:
        person.send("carl")
        person.until("/help")
        console.enter("say tea is ready")
        for client in (alice, bob):
            client.until(r"^:test\.example NOTICE \S+ :tea is ready$")
        person.until("tea is ready")


def test_a_long_text_is_said_in_pieces(console: Console) -> None:
    words = " ".join(str(number) for number in range(300))
    with console.irc("alice") as alice:
        console.enter(f"say {words} end")
        said = [line.partition(" :")[2] for line in alice.until("end$")]
        assert " ".join(said) == f"{words} end"
        assert len(said) > 1


def test_pasted_lines_are_lines(console: Console) -> None:
    with console.irc("alice") as alice:
        console.paste("say first\nKILL alice\nsay second")
        console.press("Enter")
        assert alice.waits_for("NOTICE").endswith(":first")
        assert alice.line() == ":test.example NOTICE * :second"


def test_plain_text_is_refused_with_a_hint(console: Console) -> None:
    with console.irc("alice") as alice:
        console.enter("good evening everybody")
        console.shows("say hello")
        assert not any("evening" in line for line in alice.so_far())


def test_kick(console: Console) -> None:
    with console.irc("alice", "#tea") as alice, console.irc("bob", "#tea") as bob:
        console.enter("kick Bob that is enough")
        assert "that is enough" in bob.to_end()[-1]
        alice.until(":bob!.* QUIT :.*that is enough")
        console.enter("kick nobody")
        console.shows("Nobody is called 'nobody'")


def test_ban_and_unban(console: Console) -> None:
    with console.irc("bob", "#tea") as bob:
        console.enter("ban bo*!*@* no robots")
        assert "no robots" in bob.to_end()[-1]
    with Connection(console.port) as bob:
        bob.send("NICK bobby", "USER b 0 * :b")
        told = bob.to_end()
        assert any(" 465 " in line and "no robots" in line for line in told)
    console.irc("alice").close()
    console.enter("ban")
    console.shows(r"bo\*!\*@\* +no robots")
    console.enter("unban bo*!*@*")
    console.shows(r"No longer banned: bo\*!\*@\*")
    console.irc("bob").close()
    console.enter("unban bo*!*@*")
    console.shows("was not banned")


def test_ban_by_name_means_the_address(console: Console) -> None:
    with console.irc("bob", "#tea") as bob:
        console.enter("ban bob")
        console.shows(r"Banned \*!\*@127\.0\.0\.1")
        bob.to_end()


def test_ban_by_name_spares_the_others_of_an_address(console: Console) -> None:
    with console.irc("bob", "#tea") as bob, console.irc("alice", "#tea") as alice:
        console.enter("ban bob")
        console.shows(r"Only the name, as 127\.0\.0\.1 is also the address of alice")
        bob.to_end()
        alice.send("PING still-here")
        alice.until("still-here")


@pytest.mark.parametrize("word", ["exit", "/quit", "quit"])
def test_exit_tells_everybody(console: Console, word: str) -> None:
    with console.irc("alice") as alice:
        console.enter(word)
        assert "The server is stopping" in alice.to_end()[-1]
        console.ended(0)


def test_control_d_stops(console: Console) -> None:
    console.press("C-d")
    console.ended(0)


def test_control_c_stops(console: Console) -> None:
    with console.irc("alice") as alice:
        console.press("C-c")
        assert "The server is stopping" in alice.to_end()[-1]
        console.ended(0)


def test_a_second_control_c_ends_at_once_and_gives_the_terminal_back(console: Console) -> None:
    with Connection(console.port, receive_buffer=4096) as deaf, console.irc("talker", "#tea") as talker:
        deaf.send("NICK deaf", "USER deaf 0 * :deaf", "JOIN #tea")
        talker.until(":deaf!.* JOIN")
        for _ in range(20):
            talker.send(*(f"PRIVMSG #tea :{'x' * 400}" for _ in range(500)))
            talker.so_far()
        console.press("C-c")
        talker.to_end()
        console.press("C-c")
        console.ended(130)


def test_a_signal_gives_the_terminal_back(console: Console) -> None:
    with console.irc("alice") as alice:
        os.kill(server_of(console), signal.SIGTERM)
        assert "The server is stopping" in alice.to_end()[-1]
        console.ended(0)


def server_of(console: Console) -> int:
    """The process number of the server, which is the shell's only child."""
    shell = (console.folder / "pid").read_text().strip()
    return int(Path(f"/proc/{shell}/task/{shell}/children").read_text())


def test_a_line_being_typed_survives_what_scrolls_by(console: Console) -> None:
    console.keys("say half a ")
    console.shows("^hubbub> say half a")
    with console.irc("alice") as alice, console.irc("bob", "#tea"):
        console.shows("bob joined #tea(.|\n)*^hubbub> say half a")
        console.enter("sentence")
        alice.until(":half a sentence$")
