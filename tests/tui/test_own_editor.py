"""A draft in the editor of whoever writes it, and back."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hubbub.tui.editor import edit_in_editor
from tui.writing import Desk


class Lent(Desk):
    """An app that can lend its terminal (there is none in a test)."""

    @contextmanager
    def suspend(self) -> Iterator[None]:
        yield

    def notify(self, message: str, **_: Any) -> None:
        self.keys.append(message)


def _edit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str | None, app: type[Desk] = Lent
) -> tuple[str | None, list[str]]:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    if script is not None:
        program = tmp_path / "my editor"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o700)
        monkeypatch.setenv("EDITOR", f"'{program}' --wait")

    async def run() -> tuple[str | None, list[str]]:
        desk = app()
        async with desk.run_test():
            return await edit_in_editor(desk, "hello\nyou"), desk.keys

    result = asyncio.run(run())
    assert not list(tmp_path.glob("hubbub-*"))
    return result


def test_the_editor_gets_a_private_file_and_gives_back_the_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = 'stat -c %a "$2" "${2%/*}" >> "$2"; printf "\\033[31m\\tx\\r\\n\\n" >> "$2"'
    text, told = _edit(monkeypatch, tmp_path, script)
    assert text == "hello\nyou\n600\n700\n    x"
    assert told == []


def test_an_editor_that_fails_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text, told = _edit(monkeypatch, tmp_path, "exit 3")
    assert text is None
    assert told == [f"{tmp_path}/my editor ended with an error (3); your text is as it was."]


def test_a_missing_editor_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDITOR", "/no/such/editor")
    text, told = _edit(monkeypatch, tmp_path, None)
    assert text is None
    assert told == ["/no/such/editor could not be started: No such file or directory."]


def test_without_any_editor_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    text, told = _edit(monkeypatch, tmp_path, None)
    assert text is None
    assert told[0].startswith("There is no editor here: set EDITOR")


def test_a_file_that_is_gone_or_too_long_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text, told = _edit(monkeypatch, tmp_path, 'rm "$2"')
    assert text is None
    assert told == ["What you wrote could not be read: No such file or directory."]
    text, told = _edit(monkeypatch, tmp_path, 'head -c 1100000 /dev/zero > "$2"')
    assert text is None
    assert "far too long" in told[0]


def test_a_screen_that_can_t_be_lent_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Fixed(Desk):
        def notify(self, message: str, **_: Any) -> None:
            self.keys.append(message)

    text, told = _edit(monkeypatch, tmp_path, f"touch {tmp_path}/ran", Fixed)
    assert text is None
    assert told == ["This terminal can't be lent to an editor."]
    assert not os.path.exists(tmp_path / "ran")
