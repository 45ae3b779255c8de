"""`hubbub chat` on a terminal: coming in, what the terminal shows, and leaving it whole."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from chatting import ChatTerminal
from serving import RunningServer, Serve

pytestmark = pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")

Chat = Callable[..., ChatTerminal]


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Chat]:
    """Starts clients, each in a folder of its own."""
    with ExitStack() as opened:

        def start(*arguments: str, name: str = "client", **options: object) -> ChatTerminal:
            return opened.enter_context(ChatTerminal(tmp_path / name, *arguments, **options))  # type: ignore[arg-type]

        yield start


def at(server: RunningServer, name: str, *more: str) -> tuple[str, ...]:
    return (f"127.0.0.1:{server.port}", "--name", name, *more)


# -- the end ------------------------------------------------------------------------------------------------


def leave_by_command(client: ChatTerminal) -> None:
    client.enter("/quit tea is cold")


def leave_by_word(client: ChatTerminal) -> None:
    client.enter("bye")


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
    assert f"To come back: hubbub chat 127.0.0.1:{server.port} --name {name}" in screen
    assert "Message #end" not in screen, "the screen of the client is still there"
    assert "Traceback" not in screen


CRASH = """
import sys
import hubbub.tui.app
def crash(self):
    raise RuntimeError("made by the test")
hubbub.tui.app.ChatApp.action_open_help = crash
from hubbub.cli import main
sys.exit(main())
"""


def test_a_mistake_in_the_program_gives_the_terminal_back(server: RunningServer, chat: Chat) -> None:
    client = chat(*at(server, "crasher", "--room", "end"), program=("-c", CRASH))
    client.shows("Message #end")
    client.keys("not yet sent")
    client.shows("not yet sent")
    client.press("F1")
    screen = client.ended(1)
    assert "RuntimeError: made by the test" in screen
    assert "this is a mistake in the program, not yours" in screen
