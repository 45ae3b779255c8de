"""The person's own editor ($EDITOR) for a long text: the terminal is lent to it, and taken back.

Owns the file that the text lies in meanwhile, readable by nobody else and gone afterwards. Called by app.py.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from hubbub.tui.line_editing import clean

_LONGEST_FILE = 1_000_000


class EditorFailed(Exception):
    """The text says why, for people."""


async def edit_in_editor(app: App[Any], text: str) -> str | None:
    """The text after the person's own editor was at it; None: nothing came of it, and the app has said why.

    The connection lives on meanwhile; nothing is drawn.
    """
    try:
        return await _edit_outside(app, text)
    except EditorFailed as failed:
        app.notify(str(failed), severity="warning", markup=False)
        return None


async def _edit_outside(app: App[Any], text: str) -> str:
    command = _editor_command(os.environ)
    with tempfile.TemporaryDirectory(prefix="hubbub-") as directory:
        path = Path(directory) / "message.txt"
        _write_private(path, text)
        try:
            with app.batch_update(), app.suspend():
                status = await _run([*command, str(path)])
        except SuspendNotSupported as error:
            raise EditorFailed("This terminal can't be lent to an editor.") from error
        except OSError as error:
            raise EditorFailed(f"{command[0]} could not be started: {error.strerror}.") from error
        if status != 0:
            raise EditorFailed(f"{command[0]} ended with an error ({status}); your text is as it was.")
        return _read(path)


def _editor_command(environment: Mapping[str, str]) -> list[str]:
    for name in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(environment.get(name, ""))
        except ValueError:  # an open quote
            words = environment[name].split()
        if words:
            return words
    found = next((name for name in ("editor", "vi") if shutil.which(name)), None)
    if found is None:
        raise EditorFailed("There is no editor here: set EDITOR to the one you like, such as EDITOR=nano.")
    return [found]


def _write_private(path: Path, text: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(file, "w", encoding="utf-8", newline="\n") as out:
        out.write(text + "\n")


async def _run(command: list[str]) -> int:
    process = await asyncio.create_subprocess_exec(*command)
    try:
        return await process.wait()
    finally:
        if process.returncode is None:  # the app ends
            process.terminate()


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            written = file.read(_LONGEST_FILE + 1)
    except OSError as error:
        raise EditorFailed(f"What you wrote could not be read: {error.strerror}.") from error
    if len(written) > _LONGEST_FILE:
        raise EditorFailed("That file is far too long for a message; your text is as it was.")
    return clean(written.decode("utf-8", "replace")).rstrip("\n")
