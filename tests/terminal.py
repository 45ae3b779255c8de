"""A terminal of its own for a program with a screen: tmux, driven from outside.

A screen announces nothing, so it is looked at again and again until it shows what is awaited or a deadline has passed.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

PATIENCE = 15.0
"""Seconds after which what is awaited counts as not coming."""
BETWEEN_LOOKS = 0.03


class Terminal:
    """One program in a tmux session that nobody else uses."""

    def __init__(self, folder: Path, command: Sequence[str], width: int = 130, height: int = 40) -> None:
        self._socket = str(folder / "tmux")
        home = f"HOME={shlex.quote(str(folder))} TERM=screen-256color LC_ALL=C.UTF-8"
        self._tmux(
            "-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height),
            f"{home} exec {shlex.join(command)}",
        )  # fmt: skip

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", self._socket, "-u", *arguments], capture_output=True, timeout=PATIENCE
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8", "replace")

    def enter(self, line: str) -> None:
        """A line, and Enter."""
        self.keys(line)
        self.press("Enter")

    def keys(self, text: str) -> None:
        self._tmux("send-keys", "-l", "--", text)

    def paste(self, text: str) -> None:
        """As a terminal gives it to a program that wants to know what is typed and what is pasted."""
        self._tmux("set-buffer", "--", text)
        self._tmux("paste-buffer", "-p", "-r")

    def press(self, key: str) -> None:
        self._tmux("send-keys", key)

    def screen(self) -> str:
        """What stands there, without the blanks at the ends of rows, where other text may have stood before."""
        return re.sub(r" +$", "", self._tmux("capture-pane", "-p", "-J"), flags=re.MULTILINE)

    def shows(self, pattern: str) -> str:
        """The screen, once the pattern is found on it."""
        deadline = time.monotonic() + PATIENCE
        while not re.search(pattern, screen := self.screen(), re.MULTILINE):
            assert time.monotonic() < deadline, f"no {pattern!r} on the screen:\n{screen}"
            # A screen sends no event when it changes.
            time.sleep(BETWEEN_LOOKS)
        return screen

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The session is gone already if its program has ended.
        subprocess.run(["tmux", "-S", self._socket, "kill-server"], capture_output=True, timeout=PATIENCE)
