"""The question whether the terminal's background is light or dark, asked before Textual starts.

Owns OSC 11 and the reading of its answer; what was typed meanwhile is not lost. Knows no theme: themes.py chooses.
Called by app.py: ask() first of all, then what takes long to import, then answer().
"""

from __future__ import annotations

import os
import re
import select
import sys
import time
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from hubbub.tui.terminal import INPUT, OUTPUT, attributes, set_attributes, speaks_osc, write_all

if sys.platform != "win32":
    import termios

_QUERY_SECONDS = 0.1
_ASK_BACKGROUND = "\x1b]11;?\x07"
_BACKGROUND = re.compile(
    rb"\x1b\]11;rgba?:([0-9A-Fa-f]{1,4})/([0-9A-Fa-f]{1,4})/([0-9A-Fa-f]{1,4})[^\x07\x1b]*"
)

Background = Literal["light", "dark"]


class Answer(NamedTuple):
    """`typed`: what was typed meanwhile and read with it; it belongs into the input."""

    background: Background | None
    typed: str = ""


class BackgroundQuery:
    """OSC 11, asked before Textual starts: ask() early, then import what takes long, then answer().

    So that a slow line has that time too, and a terminal that never answers costs nothing.
    """

    def __init__(
        self, environ: Mapping[str, str] = os.environ, input_fd: int = INPUT, output_fd: int = OUTPUT
    ) -> None:
        self._environ = environ
        self._input = input_fd
        self._output = output_fd
        self._attributes: list[Any] | None = None
        self._deadline = 0.0

    def ask(self) -> None:
        usable = speaks_osc(self._environ) and os.isatty(self._input) and os.isatty(self._output)
        if not usable or sys.platform == "win32":
            return
        self._attributes = attributes(self._input)
        if self._attributes is None:
            return
        set_attributes(self._input, _without_echo(self._attributes))
        self._deadline = time.monotonic() + _QUERY_SECONDS
        write_all(self._output, _ASK_BACKGROUND)

    def answer(self) -> Answer:
        """Waits until 100 ms have passed since the question, no longer."""
        if self._attributes is None:
            return Answer(_from_colorfgbg(self._environ))
        try:
            return self._read()
        finally:
            set_attributes(self._input, self._attributes)
            self._attributes = None

    def _read(self) -> Answer:
        read = b""
        while self._is_readable():
            # Letter by letter, so that what was typed after the answer stays for Textual.
            letter = os.read(self._input, 1)
            read += letter
            found = _BACKGROUND.search(read)
            if not letter or (found and _is_ended(read)):
                break
        return _to_answer(read, self._environ)

    def _is_readable(self) -> bool:
        wait = max(self._deadline - time.monotonic(), 0)
        return bool(select.select([self._input], [], [], wait)[0])


def _is_ended(read: bytes) -> bool:
    return read.endswith((b"\x07", b"\x1b\\"))


def _to_answer(read: bytes, environ: Mapping[str, str]) -> Answer:
    found = _BACKGROUND.search(read)
    if not found:
        return Answer(_from_colorfgbg(environ), _typed(read))
    after = read[found.end() :].removeprefix(b"\x07").removeprefix(b"\x1b\\")
    return Answer(_brightness(*found.groups()), _typed(read[: found.start()] + after))


def _brightness(*channels: bytes) -> Background:
    """By the luma of ITU-R BT.601, which is good enough to tell paper from night."""
    red, green, blue = (int(channel, 16) / (16 ** len(channel) - 1) for channel in channels)
    return "light" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "dark"


def _typed(read: bytes) -> str:
    """Keys that are text; arrows and the like are not worth keeping."""
    text = re.sub(r"\x1b(?:\[[0-9;?<]*[ -/]*[@-~]|O.|.)?", "", read.decode("utf-8", "ignore"))
    return "".join(letter for letter in text if letter.isprintable())


def _from_colorfgbg(environ: Mapping[str, str]) -> Background | None:
    """rxvt and Konsole say "foreground;background" in the numbers of the 16 colours."""
    last = environ.get("COLORFGBG", "").rpartition(";")[2]
    if not (last.isascii() and last.isdigit()):
        return None
    return "dark" if int(last) in (*range(7), 8) else "light"


def _without_echo(attributes: list[Any]) -> list[Any]:
    """Letters come one by one and aren't shown; Ctrl+C still interrupts."""
    changed = [*attributes[:6], list(attributes[6])]
    if sys.platform != "win32":
        changed[3] &= ~(termios.ECHO | termios.ICANON)
        changed[6][termios.VMIN], changed[6][termios.VTIME] = 1, 0
    return changed
