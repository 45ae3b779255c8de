"""Opening a link in the browser, wherever that is.

Owns which links may be opened, and by which program. A link was written by somebody else: it is checked, it is one
argument of a program and never seen by a shell. Knows no chat. Called by app.py.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from pathlib import PurePath
from urllib.parse import urlsplit

from hubbub.irc.text import plain
from hubbub.tui.clipboard import Outcome

SCHEMES = ("http", "https", "mailto")
LONGEST = 4096
_SECONDS_TO_FAIL = 1.0
"""A program that runs longer than this is taken to have found a browser."""
_IN_TERMINAL = frozenset({"w3m", "lynx", "links", "links2", "elinks", "browsh", "www-browser"})
"""They would draw over the chat."""

Copy = Callable[[str], Awaitable[Outcome]]


def problem_with(url: str) -> str:
    """Why it isn't opened; "": nothing."""
    if len(url) > LONGEST:
        return "That link is too long to be opened."
    if plain(url) != url or any(letter.isspace() for letter in url):
        return "That link has invisible letters in it, so it isn't opened."
    try:
        parts = urlsplit(url)
    except ValueError:
        return "That is no link."
    if parts.scheme not in SCHEMES or not (parts.path if parts.scheme == "mailto" else parts.hostname):
        return "Only links to web pages (http, https) and mail addresses are opened."
    return ""


async def open_url(url: str, copy: Copy, environ: Mapping[str, str] = os.environ) -> Outcome:
    """Opened, or else copied, so that it can be opened where the screen is."""
    if problem := problem_with(url):
        return Outcome(False, problem)
    if sys.platform == "win32":
        return await asyncio.to_thread(_start, url)
    for command in _commands(url, environ):
        if await asyncio.to_thread(_run, command):
            return Outcome(True, "Opened in the browser.")
    copied = await copy(url)
    if not copied.done:
        return Outcome(False, f"There is no browser here. {copied.words}")
    return Outcome(True, "There is no browser here, so the link was copied: paste it where you have one.")


def _commands(url: str, environ: Mapping[str, str]) -> list[list[str]]:
    """What may open it, best first; only what is installed."""
    # As Debian's sensible-browser and Python's webbrowser read it: several with colons between, %s for the link.
    wanted = [_filled(words, url) for words in environ.get("BROWSER", "").split(os.pathsep)]
    wanted = [command for command in wanted if command and PurePath(command[0]).name not in _IN_TERMINAL]
    if sys.platform == "darwin":
        wanted.append(["open", url])
    elif environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"):
        wanted.append(["xdg-open", url])
    elif environ.get("WSL_DISTRO_NAME"):
        wanted.append(["wslview", url])
    found = [(shutil.which(command[0], path=environ.get("PATH")), command) for command in wanted]
    return [[path, *command[1:]] for path, command in found if path]


def _filled(words: str, url: str) -> list[str]:
    try:
        command = shlex.split(words)
    except ValueError:
        return []
    if not command or not any("%s" in word for word in command[1:]):
        return [*command, url] if command else []
    return [command[0], *(word.replace("%s", url) for word in command[1:])]


def _run(command: list[str]) -> bool:
    """Detached, so that it outlives the chat and never writes on its screen."""
    try:
        process = subprocess.Popen(  # noqa: S603 - a list of arguments, and the link has been checked
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        return process.wait(_SECONDS_TO_FAIL) == 0
    except subprocess.TimeoutExpired:
        # Somebody must take note of its end, however late.
        threading.Thread(target=process.wait, daemon=True).start()
        return True


def _start(url: str) -> Outcome:
    if sys.platform == "win32":
        try:
            os.startfile(url)  # noqa: S606 - the link has been checked
        except OSError as error:
            return Outcome(False, f"The link can't be opened: {error.strerror}.")
    return Outcome(True, "Opened in the browser.")
