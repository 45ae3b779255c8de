"""Copying text out of the chat, and taking pictures in.

Owns which programs reach a clipboard, and how. Text goes to the terminal by OSC 52, which works over ssh, and to
the desktop's own program where there is one. Knows no chat. Called by app.py; opening.py copies through it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from hubbub.tui.terminal import LONGEST_COPY, Terminal

_PATIENCE_SECONDS = 3.0
_LARGEST_PICTURE = 32 << 20
_CHUNK = 1 << 16
_PNG = b"\x89PNG\r\n\x1a\n"


class Outcome(NamedTuple):
    """`words`: one sentence for the person who asked."""

    done: bool
    words: str


# -- text, out ----------------------------------------------------------------------------------------------


async def copy(text: str, terminal: Terminal, environ: Mapping[str, str] = os.environ) -> Outcome:
    """To every clipboard within reach. No terminal says whether it took what OSC 52 gave it."""
    by_terminal = terminal.copy(text)
    command = _copy_command(environ)
    by_program = command is not None and await _give(command, text)
    if by_terminal or by_program:
        return Outcome(True, "Copied.")
    if len(text.encode("utf-8", "replace")) > LONGEST_COPY:
        return Outcome(
            False, f"Not copied: a terminal takes {LONGEST_COPY:,} bytes at most. Copy less at once."
        )
    return Outcome(False, f"Not copied: this terminal can't, and {_missing(environ, 'wl-copy', 'xclip')}.")


def _copy_command(environ: Mapping[str, str]) -> list[str] | None:
    """None: no display, or no program for it."""
    if sys.platform == "darwin":
        return _installed(["pbcopy"], environ)
    if sys.platform == "win32":
        return _installed(["clip"], environ)
    if environ.get("WAYLAND_DISPLAY") and (found := _installed(["wl-copy"], environ)):
        return found
    if environ.get("DISPLAY"):
        by_xclip = _installed(["xclip", "-selection", "clipboard", "-in"], environ)
        return by_xclip or _installed(["xsel", "--clipboard", "--input"], environ)
    return None


async def _give(command: Sequence[str], text: str) -> bool:
    """wl-copy and xclip leave a child behind that holds the text; so none of our files may be theirs."""
    # Windows' own program takes UTF-16, with the mark that says so.
    data = text.encode("utf-16" if sys.platform == "win32" else "utf-8", "replace")
    nowhere = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=nowhere, stderr=nowhere, start_new_session=True
        )
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(data), _PATIENCE_SECONDS)
    except TimeoutError:
        await _end(process)
        return False
    return process.returncode == 0


# -- pictures, in -------------------------------------------------------------------------------------------


async def paste_image(environ: Mapping[str, str] = os.environ) -> Path | str:
    """The picture in the clipboard as a PNG file, which the caller deletes; or a sentence why there is none."""
    command = _paste_command(environ)
    if isinstance(command, str):
        return command
    data = await _take(command)
    if data is None:
        return f"The clipboard can't be read: {command[0]} doesn't answer, or the picture is too large."
    if not data.startswith(_PNG):
        return "There is no picture in the clipboard."
    return await asyncio.to_thread(_keep, data)


def _paste_command(environ: Mapping[str, str]) -> list[str] | str:
    """What writes the picture to its output, or a sentence on what is missing."""
    if sys.platform == "darwin":
        found = _installed(["pngpaste", "-"], environ)
        return found or "A picture can be pasted once pngpaste is installed (brew install pngpaste)."
    if sys.platform == "win32":
        return "Pictures can't be pasted on Windows yet; /upload takes the path of a file."
    if environ.get("WAYLAND_DISPLAY") and (
        found := _installed(["wl-paste", "-n", "-t", "image/png"], environ)
    ):
        return found
    if environ.get("DISPLAY"):
        found = _installed(["xclip", "-selection", "clipboard", "-t", "image/png", "-o"], environ)
        if found:
            return found
    return f"A picture can't be pasted: {_missing(environ, 'wl-paste (package wl-clipboard)', 'xclip')}."


async def _take(command: Sequence[str]) -> bytes | None:
    nowhere = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=nowhere, stdout=asyncio.subprocess.PIPE, stderr=nowhere, start_new_session=True
        )
    except OSError:
        return None
    assert process.stdout is not None
    try:
        return await asyncio.wait_for(_read(process.stdout), _PATIENCE_SECONDS)
    except TimeoutError:
        return None
    finally:
        await _end(process)


async def _read(stream: asyncio.StreamReader) -> bytes | None:
    """All of it; None: more than anybody wants to send."""
    data = bytearray()
    while chunk := await stream.read(_CHUNK):
        data += chunk
        if len(data) > _LARGEST_PICTURE:
            return None
    return bytes(data)


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            # With what it has started, which may hold the pipe open.
            os.killpg(process.pid, signal.SIGKILL)
    # asyncio's wait() ends when the pipe has been read to its end, which nobody does once we have had enough.
    if process.stdout is not None:
        while await process.stdout.read(_CHUNK):
            pass
    await process.wait()


def _keep(data: bytes) -> Path:
    """In a file that nobody else may read."""
    number, name = tempfile.mkstemp(prefix="hubbub-", suffix=".png")
    with os.fdopen(number, "wb") as file:
        file.write(data)
    return Path(name)


def _installed(command: list[str], environ: Mapping[str, str]) -> list[str] | None:
    path = shutil.which(command[0], path=environ.get("PATH"))
    return [path, *command[1:]] if path else None


def _missing(environ: Mapping[str, str], for_wayland: str, for_x11: str) -> str:
    if environ.get("WAYLAND_DISPLAY"):
        return f"{for_wayland} is not installed"
    if environ.get("DISPLAY"):
        return f"{for_x11} is not installed"
    return "there is no display whose clipboard could be used"
