"""What is said to the terminal, and that it is whole again after every kind of end: with real ptys and processes."""

from __future__ import annotations

import io
import os
import pty
import re
import select
import signal
import sys
import termios
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.tui import terminal as module
from hubbub.tui.terminal import (
    LONGEST_COPY,
    Mode,
    Terminal,
    best_mode,
    how_to_come_back,
    pass_through,
    print_crash,
    speaks_osc,
)

PATIENCE = 15.0
XTERM = {"TERM": "xterm-256color"}
FOOT = {"TERM": "foot"}
TMUX = {"TERM": "tmux-256color", "TMUX": "/tmp/tmux-0/default,1,0"}
SCREEN = {"TERM": "screen", "STY": "1.pts-0"}


def said(environ: dict[str, str], act: Callable[[Terminal], object]) -> str:
    written: list[str] = []
    act(Terminal(written.append, environ))
    return "".join(written)


# -- title, bell, notifications -----------------------------------------------------------------------------


def test_the_title_is_the_room_and_what_waits_elsewhere() -> None:
    assert said(XTERM, lambda terminal: terminal.title("#tea", 3)) == "\x1b]2;(3) #tea\x07"
    assert said(XTERM, lambda terminal: terminal.title("#tea")) == "\x1b]2;#tea\x07"
    assert said(XTERM, lambda terminal: terminal.title("")) == "\x1b]2;hubbub\x07"


def test_the_same_title_is_not_said_twice() -> None:
    written: list[str] = []
    terminal = Terminal(written.append, XTERM)
    terminal.title("#tea")
    terminal.title("#tea")
    assert len(written) == 1


def test_the_mouse_is_switched_off_and_on_whatever_the_terminal() -> None:
    for environ in (XTERM, {"TERM": "linux"}):
        assert said(environ, lambda terminal: terminal.mouse(False)).count("l") == 4
        assert said(environ, lambda terminal: terminal.mouse(True)).startswith("\x1b[?1000h\x1b[?1003h")


@pytest.mark.parametrize("term", ["dumb", "linux", "vt100", "vt220", "", "unknown"])
def test_terminals_that_may_print_commands_get_none(term: str) -> None:
    def everything(terminal: Terminal) -> None:
        terminal.title("#tea")
        for mode in Mode:
            terminal.notify("Hub", "hello", mode)
        assert not terminal.copy("x")

    environ = {"TERM": term}
    assert not speaks_osc(environ)
    assert set(said(environ, everything)) <= {"\x07"}


@pytest.mark.parametrize(
    ("environ", "mode"),
    [
        ({"TERM": "xterm-256color", "VTE_VERSION": "7200"}, Mode.OSC777),
        ({"TERM": "foot-extra"}, Mode.OSC777),
        ({"TERM": "xterm-kitty"}, Mode.OSC777),
        ({"TERM": "xterm-ghostty"}, Mode.OSC777),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, Mode.OSC9),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, Mode.OSC9),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, Mode.OSC9),
        ({"TERM": "xterm-256color", "WT_SESSION": "1"}, Mode.OSC9),
        (TMUX, Mode.OSC9),
        ({**TMUX, "VTE_VERSION": "7200"}, Mode.OSC777),
        (XTERM, Mode.BELL),
        ({"TERM": "linux", "VTE_VERSION": "7200"}, Mode.BELL),
    ],
)
def test_the_best_way_to_notify(environ: dict[str, str], mode: Mode) -> None:
    assert best_mode(environ) is mode


@pytest.mark.parametrize(
    ("environ", "mode", "sequence"),
    [
        (XTERM, Mode.AUTO, "\x07"),
        (XTERM, Mode.OFF, ""),
        (XTERM, Mode.OSC9, "\x1b]9;Hub: bob: hi\x07"),
        (FOOT, Mode.AUTO, "\x1b]777;notify;Hub;bob: hi\x07"),
        (FOOT, Mode.BELL, "\x07"),
        (TMUX, Mode.AUTO, "\x1bPtmux;\x1b\x1b]9;Hub: bob: hi\x07\x1b\\\x07"),
        ({**TMUX, "VTE_VERSION": "1"}, Mode.OSC777, "\x1bPtmux;\x1b\x1b]777;notify;Hub;bob: hi\x07\x1b\\"),
        (SCREEN, Mode.OSC9, "\x1bP\x1b]9;Hub: bob: hi\x07\x1b\\"),
    ],
)
def test_notifications(environ: dict[str, str], mode: Mode, sequence: str) -> None:
    assert said(environ, lambda terminal: terminal.notify("Hub", "bob: hi", mode)) == sequence


def test_a_number_in_front_is_no_command() -> None:
    assert said(XTERM, lambda terminal: terminal.notify("", "4;3;50", Mode.OSC9)) == "\x1b]9; 4,3,50\x07"


HOSTILE = st.text(
    st.one_of(st.characters(), st.sampled_from("\x00\x07\x1b\x9c\x9d\\;\n\r\u202e\u2066\u200b\ud800\u0301"))
)
OSC = re.compile(r"\x1b\](?:2|9|777;notify);([^\x07]*)\x07")


@given(HOSTILE, HOSTILE)
def test_no_words_break_out_of_their_sequence(title: str, text: str) -> None:
    written: list[str] = []
    terminal = Terminal(written.append, FOOT)
    terminal.title(title, 1)
    terminal.notify(title, text, Mode.OSC9)
    terminal.notify(title, text, Mode.OSC777)
    for sequence, separators in zip(written, (0, 0, 1), strict=True):
        found = OSC.fullmatch(sequence)
        assert found
        assert found[1].count(";") == separators
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", found[1])
        assert len(sequence.encode()) < 500


def test_long_words_are_cut() -> None:
    flood = "x" * 10**6 + "\u0301" * 10**5
    for act in (lambda t: t.title(flood), lambda t: t.notify(flood, flood, Mode.OSC777)):
        assert len(said(XTERM, act).encode()) < 500


# -- the clipboard ------------------------------------------------------------------------------------------


def test_copying() -> None:
    text = "two\nlines é"
    sequence = said(XTERM, lambda terminal: terminal.copy(text))
    found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", sequence)
    assert found
    assert b64decode(found[1]).decode() == text


def test_too_much_is_not_copied() -> None:
    terminal = Terminal([].append, XTERM)
    assert terminal.copy("x" * LONGEST_COPY)
    assert not terminal.copy("x" * (LONGEST_COPY + 1))
    assert not terminal.copy("é" * LONGEST_COPY)


def test_tmux_gets_it_both_ways() -> None:
    sequence = said(TMUX, lambda terminal: terminal.copy("x"))
    assert sequence == "\x1b]52;c;eA==\x07\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\"


def test_screen_gets_it_in_pieces() -> None:
    sequence = said(SCREEN, lambda terminal: terminal.copy("x" * 1000))
    pieces = re.findall(r"\x1bP([^\\]*)\x1b\\", sequence)
    assert "".join(f"\x1bP{piece}\x1b\\" for piece in pieces) == sequence
    assert "".join(pieces) == said(XTERM, lambda terminal: terminal.copy("x" * 1000))
    assert max(map(len, pieces)) <= 256


@given(st.text())
def test_tmux_undoes_its_wrapping(text: str) -> None:
    wrapped = pass_through(text, TMUX)
    assert wrapped.removeprefix("\x1bPtmux;").removesuffix("\x1b\\").replace(
        "\x1b\x1b", "\x1b"
    ) == text.replace("\x1b\x1b", "\x1b")


def test_nothing_is_written_while_another_program_has_the_terminal() -> None:
    written: list[str] = []
    terminal = Terminal(written.append, XTERM)
    terminal.title("#tea")
    terminal.suspended()
    terminal.bell()
    terminal.title("#milk")
    terminal.notify("Hub", "hello", Mode.OSC9)
    assert written == ["\x1b]2;#tea\x07", "\x1b]2;\x07\x1b[23;2t"]
    terminal.resumed()
    assert written[2:] == ["\x1b[22;2t", "\x1b]2;#milk\x07"]


# -- the end ------------------------------------------------------------------------------------------------

PROGRAM = """
import asyncio, os, signal, sys, threading, time
from textual.app import App
from textual.widgets import Input
from hubbub.tui.terminal import Terminal, driver_write, ended_by_signals, how_to_come_back
from hubbub.tui.terminal import print_crash, restored, say_last

class Chat(App):
    code = 0
    def compose(self):
        yield Input()
    def on_mount(self):
        terminal = Terminal(driver_write(self))
        terminal.title("#tea", 1)
        self.call_after_refresh(lambda: terminal.bell())
    def end(self, code):
        self.code = code
        self.exit()
    def on_input_changed(self, event):
        act(self, event.value)
    def _fatal_error(self):
        self._close_messages_no_wait()

def act(app, key):
    if key == "q":
        app.exit()
    elif key == "c":
        raise ValueError("secret \\x1b]0;gotcha\\x07")
    elif key == "k":
        raise KeyboardInterrupt
    elif key == "s":
        raise SystemExit(7)
    elif key in "hd":
        app.end = lambda code: None
        driver_write(app)("\x1b]2;from now on\x07")
        while key == "h":
            pass

async def main(found):
    app = Chat()
    with ended_by_signals(found, asyncio.get_running_loop(), lambda code: app.end(code)):
        await app.run_async()
    return app

with restored() as found:
    app = asyncio.run(main(found))
if app._exception:
    print_crash(app._exception)
    sys.exit(1)
say_last(how_to_come_back("localhost", "bob"))
sys.exit(app.code)
"""


class Process:
    """A program with a terminal of its own, which we are."""

    def __init__(self, program: str, *arguments: str) -> None:
        self.before: list[object] = []
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            environ = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
            for name in ("TMUX", "STY", "NO_COLOR"):
                environ.pop(name, None)
            os.execve(sys.executable, [sys.executable, "-c", program, *arguments, "-"], environ)
        self.before = termios.tcgetattr(self.terminal)
        self.output = b""
        self.is_over = False

    def until(self, wanted: bytes) -> None:
        deadline = time.monotonic() + PATIENCE
        while wanted not in self.output:
            assert time.monotonic() < deadline, self.output
            assert not self.is_over, self.output
            self.read()

    def read(self) -> None:
        if not select.select([self.terminal], [], [], 0.2)[0]:
            return
        try:
            data = os.read(self.terminal, 65536)
        except OSError:  # Linux says so when nobody has it open any more
            data = b""
        self.output += data
        self.is_over = not data

    def type(self, keys: bytes) -> None:
        os.write(self.terminal, keys)

    def ended(self) -> int:
        """Its exit code, once it has ended; with all that it wrote."""
        ending = os.pidfd_open(self.pid)
        deadline = time.monotonic() + PATIENCE
        try:
            while ending not in select.select([ending, *self.readable()], [], [], PATIENCE)[0]:
                assert time.monotonic() < deadline, self.output
                self.read()
        finally:
            os.close(ending)
        while not self.is_over and select.select([self.terminal], [], [], 0)[0]:
            self.read()
        status = os.waitpid(self.pid, 0)[1]
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def readable(self) -> list[int]:
        return [] if self.is_over else [self.terminal]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self.terminal >= 0:
            os.close(self.terminal)


MODES = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")


def check_whole(process: Process) -> None:
    """As a terminal sees it: no mode left on, the main screen, a cursor, and the line discipline as before."""
    modes = {b"25": True, b"7": True}
    for numbers, switch in MODES.findall(process.output):
        modes.update(dict.fromkeys(numbers.split(b";"), switch == b"h"))
    left_on = {mode for mode, is_on in modes.items() if is_on}
    assert left_on == {b"25", b"7"}
    keyboard = re.findall(rb"\x1b\[([<>])[0-9]*u", process.output)
    assert keyboard.count(b">") == keyboard.count(b"<")
    assert process.output.count(b"\x1b[?1049h") == process.output.count(b"\x1b[?1049l") == 1
    assert process.output.count(b"\x1b[22;2t") == process.output.count(b"\x1b[23;2t") == 1
    after = process.output.rpartition(b"\x1b[?1049l")[2]
    # Nothing is drawn on the main screen.
    assert not re.search(rb"\x1b\[\d+;\d+H", after)
    assert termios.tcgetattr(process.terminal) == process.before


@pytest.fixture
def chat() -> Iterator[Process]:
    with Process(PROGRAM) as process:
        process.until(b"\x1b[?2004h")
        process.until(b"\x1b]2;(1) #tea\x07")
        yield process


def test_an_ordinary_end(chat: Process) -> None:
    chat.type(b"q")
    assert chat.ended() == 0
    check_whole(chat)
    assert chat.output.rstrip().endswith(b"To come back: hubbub chat localhost --name bob")
    assert chat.output.count(b"To come back") == 1


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_signals(chat: Process, number: signal.Signals, code: int) -> None:
    os.kill(chat.pid, number)
    assert chat.ended() == code
    check_whole(chat)
    assert b"To come back" in chat.output


def test_a_crash_is_shown_on_the_normal_screen(chat: Process) -> None:
    chat.type(b"c")
    assert chat.ended() == 1
    check_whole(chat)
    after = chat.output.rpartition(b"\x1b[?1049l")[2].decode()
    assert "Traceback (most recent call last):" in after
    assert "ValueError: secret" in after
    assert "a mistake in the program" in after
    assert "\x1b]0;gotcha" not in after


@pytest.mark.parametrize(("key", "code"), [(b"k", (1, 130, -2)), (b"s", (7,))])
def test_ends_that_nobody_foresaw(chat: Process, key: bytes, code: tuple[int, ...]) -> None:
    chat.type(key)
    assert chat.ended() in code
    check_whole(chat)


@pytest.mark.parametrize("key", [b"h", b"d"], ids=["in a loop", "deaf"])
def test_who_does_not_end_is_ended(chat: Process, key: bytes) -> None:
    chat.type(key)
    chat.until(b"from now on")
    os.kill(chat.pid, signal.SIGTERM)
    assert chat.ended() == 143
    check_whole(chat)


def test_a_closed_window_leaves_no_process_behind(chat: Process) -> None:
    os.close(chat.terminal)
    chat.terminal, chat.is_over = -1, True
    assert chat.ended() in (129, -signal.SIGHUP)


def test_it_can_come_before_textual_has_started() -> None:
    program = "from hubbub.tui.terminal import restored\nwith restored():\n    raise SystemExit(3)\n"
    with Process(program) as process:
        assert process.ended() == 3
        assert b"\x1b[?1049l" not in process.output
        assert termios.tcgetattr(process.terminal) == process.before


def test_without_a_terminal_nothing_is_written(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as file, module.restored(XTERM, file.fileno(), file.fileno()):
        pass
    assert (tmp_path / "out").read_bytes() == b""


def test_restoring_twice_gives_the_title_back_once() -> None:
    outside, inside = pty.openpty()
    with module.restored(XTERM, inside, inside) as found:
        threads = [threading.Thread(target=found.restore) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    output = os.read(outside, 10_000)
    os.close(outside)
    os.close(inside)
    assert output.count(b"\x1b[22;2t") == output.count(b"\x1b[23;2t") == 1


# -- the last words -----------------------------------------------------------------------------------------


def test_how_to_come_back() -> None:
    assert how_to_come_back("hub:1313", "bob") == "To come back: hubbub chat hub:1313 --name bob"
    assert how_to_come_back("", "") == "To come back: hubbub chat"
    assert how_to_come_back("hub", "[bob]") == "To come back: hubbub chat hub --name '[bob]'"
    assert "\x1b" not in how_to_come_back("a\x1b]0;x", "b\u202e")


def test_a_crash_shows_no_variables_and_obeys_nothing() -> None:
    where = io.StringIO()
    password = "hunter2"
    try:
        raise ValueError("\x1b[2J\u202e" + "x" * len(password))
    except ValueError as error:
        print_crash(error, where)
    assert "hunter2" not in where.getvalue().replace('password = "hunter2"', "")
    assert "\x1b" not in where.getvalue()
    assert where.getvalue().splitlines()[-1].startswith("hubbub: ")
