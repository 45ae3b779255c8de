"""What the program says to the terminal besides what Textual draws, and that the terminal is whole again afterwards.

Owns escape sequences: the window's title, notifications, the bell, the clipboard; and what undoes all of it at
every kind of end. Knows no chat: others' words come in as text and are made harmless here. Called by app.py;
notifications.py and clipboard.py write through Terminal. background.py asks before Textual starts.

1. Nothing that others wrote reaches the terminal with a control character or a separator in it.
2. While Textual draws, only its driver writes; before and after, the file descriptor is written to.
"""

from __future__ import annotations

import os
import shlex
import signal
import sys
import threading
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from types import FrameType
from typing import TYPE_CHECKING, Any, Literal, TextIO

from hubbub.irc.text import clip, plain, printable

if TYPE_CHECKING:
    import asyncio

    from textual.app import App

# Windows has no termios; there Textual alone sets the console's mode, and sets it back.
if sys.platform != "win32":
    import termios

INPUT, OUTPUT = 0, 2
"""What Textual reads from and writes to: stdin and stderr."""
EXIT_CODES = {"SIGHUP": 129, "SIGINT": 130, "SIGTERM": 143}
LONGEST_COPY = 74_994
"""Bytes that OSC 52 may carry: with base64 it is just below 100,000, where terminals cut it off."""

_ESC, _BEL = "\x1b", "\x07"
_LONGEST_TITLE, _LONGEST_NOTICE = 160, 240
_GRACE_SECONDS = 3.0
_DRAIN_SECONDS = 0.5
_SCREEN_PIECE = 256  # screen drops device control strings that are longer than its buffer

_KEEP_TITLE, _GIVE_TITLE_BACK = "\x1b[22;2t", "\x1b]2;\x07\x1b[23;2t"

_MOUSE = (1000, 1003, 1015, 1006)  # those that Textual switches on
# Modes that may be switched off whether or not they are on: mouse, paste, focus, resize; then line wrap,
# cursor and plain colours.
_MODES_OFF = "".join(f"\x1b[?{mode}l" for mode in (1000, 1002, 1003, 1015, 1006, 1016, 2004, 1004, 2048))
_USUAL = f"{_MODES_OFF}\x1b[?7h\x1b[0m\x1b[?25h"
# Only right while Textual's screen is up: leaving it twice puts the cursor where it was long ago, and the
# keyboard's modes are a stack. They belong to the alternate screen, so they are taken back before leaving it.
_LEAVE_SCREEN = "\x1b[?2026l\x1b[<u\x1b[?1049l"

Write = Callable[[str], None]


class Mode(StrEnum):
    """How the desktop is told of something (the setting `notify`)."""

    AUTO = "auto"
    BELL = "bell"
    OSC9 = "osc9"
    OSC777 = "osc777"
    OFF = "off"


# -- what kind of terminal it is ----------------------------------------------------------------------------


def speaks_osc(environ: Mapping[str, str]) -> bool:
    """Whether it takes operating system commands, or may print them instead."""
    term = environ.get("TERM", "")
    if not term:
        return sys.platform == "win32"
    return term not in ("dumb", "linux", "unknown", "cons25") and not term.startswith("vt")


def _multiplexer(environ: Mapping[str, str]) -> Literal["tmux", "screen", ""]:
    if environ.get("TMUX"):
        return "tmux"
    return "screen" if environ.get("STY") else ""


def pass_through(sequence: str, environ: Mapping[str, str]) -> str:
    """The sequence as tmux or screen hands it on to the terminal that they run in."""
    match _multiplexer(environ):
        case "tmux":
            return f"\x1bPtmux;{sequence.replace(_ESC, _ESC * 2)}\x1b\\"
        case "screen":
            pieces = [sequence[at : at + _SCREEN_PIECE] for at in range(0, len(sequence), _SCREEN_PIECE)]
            return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
        case _:
            return sequence


def best_mode(environ: Mapping[str, str]) -> Mode:
    """What `auto` means here. Over ssh only TERM tells, and LC_TERMINAL where iTerm sends it along."""
    if not speaks_osc(environ):
        return Mode.BELL
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if program in ("iTerm.app", "WezTerm") or environ.get("LC_TERMINAL") == "iTerm2":
        return Mode.OSC9
    if term.startswith("wezterm") or environ.get("WT_SESSION"):
        return Mode.OSC9
    known = ("foot", "xterm-kitty", "xterm-ghostty", "rxvt-unicode", "contour")
    if term.startswith(known) or program in ("ghostty", "kitty", "foot"):
        return Mode.OSC777
    if any(environ.get(name) for name in ("VTE_VERSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION")):
        return Mode.OSC777
    return Mode.OSC9 if _multiplexer(environ) == "tmux" else Mode.BELL


# -- while Textual draws ------------------------------------------------------------------------------------


def driver_write(app: App[Any]) -> Write:
    """Writes between two of Textual's own writes, never into one. Textual has no public way to do so."""

    def write(sequence: str) -> None:
        driver = app._driver
        if driver is not None and not driver.is_headless:
            driver.write(sequence)

    return write


class Terminal:
    """The terminal beside its screen. `write` takes finished sequences; see driver_write."""

    def __init__(self, write: Write, environ: Mapping[str, str] = os.environ) -> None:
        self._write = write
        self._environ = environ
        self._speaks_osc = speaks_osc(environ)
        self._title = ""
        self._away = False

    def title(self, room: str, unread: int = 0) -> None:
        """The window's title: the room, and how much there is to read elsewhere."""
        count = f"({unread}) " if unread > 0 else ""
        title = _field(f"{count}{room or 'hubbub'}", _LONGEST_TITLE)
        if title != self._title:
            self._title = title
            self._say_title()

    def _say_title(self) -> None:
        # tmux takes the title of its pane itself, and sets the terminal's where it is told to.
        sequence = f"\x1b]2;{self._title}{_BEL}"
        is_screen = _multiplexer(self._environ) == "screen"
        self._command(pass_through(sequence, self._environ) if is_screen else sequence)

    def bell(self) -> None:
        if not self._away:
            self._write(_BEL)

    def mouse(self, wanted: bool) -> None:
        """Whether clicks and the wheel come to us; without, the terminal itself selects text."""
        if not self._away:
            self._write("".join(f"\x1b[?{mode}{'h' if wanted else 'l'}" for mode in _MOUSE))

    def notify(self, title: str, text: str, mode: Mode = Mode.AUTO) -> None:
        """Tell the desktop. In tmux, which hides what it doesn't know, the bell is rung as well."""
        is_auto = mode is Mode.AUTO
        if is_auto:
            mode = best_mode(self._environ)
        if mode is Mode.OSC9:
            self._command(pass_through(f"\x1b]9;{_notice(title, text)}{_BEL}", self._environ))
        elif mode is Mode.OSC777:
            fields = f"{_field(title, _LONGEST_TITLE)};{_field(text, _LONGEST_NOTICE)}"
            self._command(pass_through(f"\x1b]777;notify;{fields}{_BEL}", self._environ))
        if mode is Mode.BELL or (is_auto and (self._environ.get("TMUX") or self._environ.get("WT_SESSION"))):
            self.bell()

    def copy(self, text: str) -> bool:
        """Into the clipboard of the terminal, over ssh too; False: it is too long, or the terminal can't."""
        data = text.encode("utf-8", "replace")
        if len(data) > LONGEST_COPY or not self._speaks_osc:
            return False
        sequence = f"\x1b]52;c;{b64encode(data).decode('ascii')}{_BEL}"
        # tmux takes it where set-clipboard is on, else hands it on where allow-passthrough is.
        own = sequence if _multiplexer(self._environ) == "tmux" else ""
        self._command(own + pass_through(sequence, self._environ))
        return True

    def suspended(self) -> None:
        """Another program has the terminal now ($EDITOR, the shell after Ctrl+Z): Textual's driver is off."""
        self._command(_GIVE_TITLE_BACK)
        self._away = True

    def resumed(self) -> None:
        self._away = False
        self._command(_KEEP_TITLE)
        if self._title:
            self._say_title()

    def _command(self, sequence: str) -> None:
        if self._speaks_osc and not self._away:
            self._write(sequence)


def _field(text: str, max_bytes: int) -> str:
    """Others' words as part of a sequence: one line, bounded, without control characters and separators."""
    words = " ".join(text[: 4 * max_bytes].split())
    return clip(plain(words).replace(";", ","), max_bytes)


def _notice(title: str, text: str) -> str:
    """For OSC 9, where a number at the beginning would be a command of ConEmu and Windows Terminal."""
    whole = _field(f"{title}: {text}" if title else text, _LONGEST_NOTICE)
    return f" {whole}" if whole[:1].isdigit() else whole


# -- the terminal as it was found ---------------------------------------------------------------------------


class Found:
    """How the terminal was before us. restore() may be called more than once, and from any thread."""

    def __init__(self, environ: Mapping[str, str], input_fd: int, output_fd: int) -> None:
        self._input = input_fd
        self._output = output_fd
        self._is_terminal = os.isatty(output_fd)
        self._has_title = self._is_terminal and speaks_osc(environ)
        self._environ = environ
        self._attributes = attributes(input_fd)
        self._lock = threading.Lock()
        if self._has_title:
            write_all(output_fd, self._for_title(_KEEP_TITLE))

    def restore(self) -> None:
        with self._lock:
            was_drawing = _stop_drawing()
            if not _in_foreground(self._input):
                return
            if self._attributes is not None:
                set_attributes(self._input, self._attributes)
            if self._is_terminal:
                write_all(self._output, (_LEAVE_SCREEN if was_drawing else "") + _USUAL)
            if self._has_title:
                write_all(self._output, self._for_title(_GIVE_TITLE_BACK))
                self._has_title = False

    def _for_title(self, sequence: str) -> str:
        is_screen = _multiplexer(self._environ) == "screen"
        return pass_through(sequence, self._environ) if is_screen else sequence


@contextmanager
def restored(
    environ: Mapping[str, str] = os.environ, input_fd: int = INPUT, output_fd: int = OUTPUT
) -> Iterator[Found]:
    """After the block the terminal is as it was, however the block ends."""
    found = Found(environ, input_fd, output_fd)
    try:
        yield found
    finally:
        found.restore()


@contextmanager
def ended_by_signals(
    found: Found, loop: asyncio.AbstractEventLoop, end: Callable[[int], object]
) -> Iterator[None]:
    """SIGTERM, SIGHUP and SIGINT call `end` in the loop, with the exit code.

    Not by loop.add_signal_handler: when the terminal's window is closed, Textual's writer dies and the loop can
    stand still in the middle of drawing. A handler of Python's own runs there too; and what doesn't end
    in time is ended.
    """

    def handle(number: int, _frame: FrameType | None) -> None:
        code = EXIT_CODES[signal.Signals(number).name]
        guard = threading.Timer(_GRACE_SECONDS, _give_up, (found, code))
        guard.daemon = True
        guard.start()
        loop.call_soon_threadsafe(end, code)

    numbers = [getattr(signal, name) for name in EXIT_CODES if hasattr(signal, name)]
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _give_up(found: Found, code: int) -> None:
    """The program doesn't come to its end by itself."""
    restoring = threading.Thread(target=found.restore, daemon=True)
    restoring.start()
    restoring.join(_GRACE_SECONDS)
    os._exit(code)


def _stop_drawing() -> bool:
    """Whether Textual had not ended in order. What it is about to write is written first, else it came later."""
    writers = [thread for thread in threading.enumerate() if thread.name == "textual-output"]
    for writer in writers:
        # stop() waits for ever where the terminal takes nothing any more.
        stopping = threading.Thread(target=getattr(writer, "stop", writer.join), daemon=True)
        stopping.start()
        stopping.join(_DRAIN_SECONDS)
    return bool(writers)


def _in_foreground(fd: int) -> bool:
    """Whether the terminal is ours; a job in the background that touches it is stopped."""
    if sys.platform == "win32":
        return True
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:
        return True


def attributes(fd: int) -> list[Any] | None:
    if sys.platform == "win32":
        return None
    try:
        return termios.tcgetattr(fd)
    except termios.error:
        return None


def set_attributes(fd: int, attributes: list[Any]) -> None:
    if sys.platform != "win32":
        with suppress(termios.error):
            termios.tcsetattr(fd, termios.TCSANOW, attributes)


def write_all(fd: int, sequence: str) -> None:
    data = sequence.encode()
    # A terminal that has gone needs nothing.
    with suppress(OSError):
        while data:
            data = data[os.write(fd, data) :]


# -- the last words -----------------------------------------------------------------------------------------


def how_to_come_back(address: str, name: str = "", program: str = "hubbub") -> str:
    """`program`: as it is typed, quotes and all."""
    words = ["chat", *([address] if address else []), *(["--name", name] if name else [])]
    return f"To come back: {plain(program)} {shlex.join(plain(word) for word in words)}"


def print_crash(error: BaseException, where: TextIO | None = None) -> None:
    """For the normal screen, after restoring. Without the values of variables: passwords may be among them."""
    trace = "".join(traceback.format_exception(error))
    lines = [printable(line) for line in trace.splitlines()]
    sentence = "hubbub: this is a mistake in the program, not yours. What you had not sent yet is remembered."
    say_last("\n".join([*lines, sentence]), where)


def say_last(words: str, where: TextIO | None = None) -> None:
    """Below the prompt, once the terminal is restored; after a SIGHUP there may be none any more."""
    with suppress(OSError):
        print(words, file=where or sys.__stderr__, flush=True)
