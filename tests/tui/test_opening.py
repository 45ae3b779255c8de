"""Links are opened by the browser, never by a shell, and only where that is harmless."""

from __future__ import annotations

import asyncio
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.tui import opening as module
from hubbub.tui.clipboard import Outcome
from hubbub.tui.opening import LONGEST, open_url, problem_with

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the programs of a Linux desktop")

URL = "https://example.com/a?b=c&d=e;f#g$(h)`i`'j'"
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """A program that writes down its arguments, a line each."""
    (tmp_path / "bin").mkdir()

    def install(name: str, more: str = "") -> None:
        path = tmp_path / "bin" / name
        path.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{tmp_path}/{name}"\n{more}\n')
        path.chmod(0o755)

    return install


class Clipboard:
    def __init__(self) -> None:
        self.text = ""

    async def copy(self, text: str) -> Outcome:
        self.text = text
        return Outcome(True, "Copied.")


def opened(url: str, tmp_path: Path, **environ: str) -> tuple[Outcome, str]:
    clipboard = Clipboard()
    outcome = asyncio.run(open_url(url, clipboard.copy, {"PATH": str(tmp_path / "bin"), **environ}))
    return outcome, clipboard.text


@pytest.mark.parametrize("display", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_on_a_desktop(tmp_path: Path, install: Install, display: str) -> None:
    install("xdg-open")
    outcome, copied = opened(URL, tmp_path, **{display: "x"})
    assert outcome == Outcome(True, "Opened in the browser.")
    assert not copied
    assert (tmp_path / "xdg-open").read_text() == f"{URL}\n"


@pytest.mark.parametrize(
    ("browser", "arguments"),
    [
        ("mine", [URL]),
        ("mine --new", ["--new", URL]),
        ("mine '--to=%s' --new", [f"--to={URL}", "--new"]),
        ("not-installed:mine", [URL]),
        ("'broken:mine", [URL]),
        ("w3m:mine", [URL]),
    ],
)
def test_the_browser_variable(tmp_path: Path, install: Install, browser: str, arguments: list[str]) -> None:
    for name in ("mine", "w3m", "xdg-open"):
        install(name)
    assert opened(URL, tmp_path, BROWSER=browser, DISPLAY=":0")[0].done
    assert (tmp_path / "mine").read_text().splitlines() == arguments
    assert not (tmp_path / "xdg-open").exists()
    assert not (tmp_path / "w3m").exists()


def test_a_browser_that_fails_leaves_the_next_one(tmp_path: Path, install: Install) -> None:
    install("mine", "exit 3")
    install("xdg-open")
    assert opened(URL, tmp_path, BROWSER="mine", DISPLAY=":0")[0].done
    assert (tmp_path / "xdg-open").exists()


def test_a_browser_that_stays_is_not_waited_for(
    tmp_path: Path, install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SECONDS_TO_FAIL", 0.1)
    install("mine", "exec /bin/sleep 3")
    assert opened(URL, tmp_path, BROWSER="mine")[0].done


def test_over_ssh_it_is_copied(tmp_path: Path, install: Install) -> None:
    install("xdg-open")
    install("w3m")
    outcome, copied = opened(URL, tmp_path, BROWSER="w3m")
    assert copied == URL
    assert outcome.done
    assert "copied" in outcome.words
    assert not (tmp_path / "xdg-open").exists()


def test_if_that_fails_too_it_is_said(tmp_path: Path) -> None:
    async def copy(text: str) -> Outcome:
        return Outcome(False, "Not copied: why.")

    outcome = asyncio.run(open_url(URL, copy, {"PATH": str(tmp_path)}))
    assert outcome == Outcome(False, "There is no browser here. Not copied: why.")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "ssh://host",
        "irc://host/room",
        "--help",
        "https://",
        "mailto:",
        "example.com",
        "https://exa mple.com",
        "https://example.com/\x1b]0;x",
        "https://example.com/\u202egpj.exe",
        "https://exam\u200bple.com",
        "https://example.com/\n",
        "https://[::1",
        "https://example.com/" + "x" * LONGEST,
        "",
    ],
)
def test_what_is_not_opened(tmp_path: Path, install: Install, url: str) -> None:
    install("xdg-open")
    outcome, copied = opened(url, tmp_path, DISPLAY=":0")
    assert not outcome.done
    assert outcome.words.endswith(".")
    assert not copied
    assert not (tmp_path / "xdg-open").exists()


@pytest.mark.parametrize("url", ["http://localhost:8080", "HTTPS://example.com/é", "mailto:bob@example.com"])
def test_what_is(url: str) -> None:
    assert problem_with(url) == ""


@given(st.text())
def test_every_text_is_judged(text: str) -> None:
    assert isinstance(problem_with(text), str)
    assert isinstance(problem_with(f"https://{text}"), str)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"]), min_size=1), st.text())
def test_a_link_is_one_argument_or_part_of_one(link: str, words: str) -> None:
    url = f"https://example.com/{link}"
    try:
        given_words = shlex.split(words)
    except ValueError:
        given_words = []
    command = module._filled(words, url)
    assert len(command) in (0, len(given_words), len(given_words) + 1)
    assert all(url in word or word in given_words for word in command)
