"""The clipboard by OSC 52 and by the desktop's programs, which are small scripts here."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hubbub.tui import clipboard as module
from hubbub.tui.clipboard import copy, paste_image
from hubbub.tui.terminal import LONGEST_COPY, Terminal

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the programs of Wayland and X11")

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
XTERM, DUMB = {"TERM": "xterm-256color"}, {"TERM": "dumb"}
Install = Callable[[str, str], None]


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """A program in the PATH {tmp_path}/bin, which may do nothing but what the shell itself can."""
    (tmp_path / "bin").mkdir()

    def install(name: str, script: str) -> None:
        path = tmp_path / "bin" / name
        path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
        path.chmod(0o755)

    return install


def terminal(written: list[str], environ: dict[str, str]) -> Terminal:
    return Terminal(written.append, environ)


def copied(text: str, environ: dict[str, str], written: list[str] | None = None) -> tuple[bool, str]:
    done = asyncio.run(copy(text, terminal([] if written is None else written, environ), environ))
    return done.done, done.words


@pytest.fixture
def display(tmp_path: Path) -> dict[str, str]:
    return {"PATH": str(tmp_path / "bin"), "WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}


def test_a_terminal_is_enough(display: dict[str, str]) -> None:
    written: list[str] = []
    assert copied("hello", {**XTERM, "PATH": ""}, written) == (True, "Copied.")
    assert written == ["\x1b]52;c;aGVsbG8=\x07"]


@pytest.mark.parametrize("program", ["wl-copy", "xclip", "xsel"])
def test_the_desktop_gets_it_as_well(
    tmp_path: Path, install: Install, display: dict[str, str], program: str
) -> None:
    install(program, f'cat > "{tmp_path}/clipboard"; echo noise; echo noise >&2')
    written: list[str] = []
    assert copied("two\nlines é", {**XTERM, **display}, written) == (True, "Copied.")
    assert (tmp_path / "clipboard").read_text() == "two\nlines é"
    assert written


def test_a_program_that_stays_to_hold_the_text_is_not_waited_for(
    install: Install, display: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    install("wl-copy", "cat > /dev/null; sleep 5 &")
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 30)
    assert copied("x", {**DUMB, **display}) == (True, "Copied.")


def test_long_text_needs_a_program(install: Install, display: dict[str, str]) -> None:
    long = "x" * (LONGEST_COPY + 1)
    done, words = copied(long, {**XTERM, "PATH": ""})
    assert not done
    assert "74,994 bytes" in words
    install("wl-copy", "cat > /dev/null")
    assert copied(long, {**XTERM, **display}) == (True, "Copied.")


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "there is no display"),
        ({"DISPLAY": ":0"}, "xclip is not installed"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "wl-copy is not installed"),
    ],
)
def test_what_is_missing_is_said(environ: dict[str, str], words: str) -> None:
    done, sentence = copied("x", {**DUMB, "PATH": "", **environ})
    assert not done
    assert words in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("script", ["exit 1", "sleep 60"], ids=["fails", "hangs"])
def test_a_program_that_does_not_work(
    install: Install, display: dict[str, str], monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0.2)
    install("wl-copy", script)
    assert not copied("x", {**DUMB, **display})[0]
    assert copied("x", {**XTERM, **display})[0]


# -- pictures -----------------------------------------------------------------------------------------------


def pasted(environ: dict[str, str]) -> Path | str:
    return asyncio.run(paste_image(environ))


@pytest.mark.parametrize("program", ["wl-paste", "xclip"])
def test_a_picture(tmp_path: Path, install: Install, display: dict[str, str], program: str) -> None:
    (tmp_path / "picture").write_bytes(PNG)
    install(program, f'cat "{tmp_path}/picture"')
    path = pasted(display)
    assert isinstance(path, Path)
    try:
        assert path.suffix == ".png"
        assert path.read_bytes() == PNG
        assert path.stat().st_mode & 0o777 == 0o600
    finally:
        path.unlink()


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "there is no display"),
        ({"DISPLAY": ":0"}, "xclip is not installed"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "wl-paste (package wl-clipboard) is not installed"),
    ],
)
def test_what_is_missing_for_pictures_is_said(environ: dict[str, str], words: str) -> None:
    sentence = pasted({"PATH": "", **environ})
    assert isinstance(sentence, str)
    assert words in sentence


@pytest.mark.parametrize("script", ["exit 1", "echo hello", "cat /dev/zero", "sleep 60"])
def test_what_is_no_picture(
    install: Install, display: dict[str, str], monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(module, "_LARGEST_PICTURE", 100_000)
    if script.startswith("sleep"):
        monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0.2)
    install("wl-paste", f"exec {script}")
    sentence = pasted(display)
    assert isinstance(sentence, str)
    assert sentence.endswith(".")
