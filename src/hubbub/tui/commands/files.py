"""Commands for files: giving one to everybody here, listing those that were given, and taking one.

Owns what stands behind the commands, and the numbers that files have. The server is asked for its list (FILES); of
others the links to their place for files count, as far as what was said is loaded. Called through the registry.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Callable
from weakref import WeakKeyDictionary

from hubbub.client.chat import Conversation
from hubbub.client.requests import Request
from hubbub.client.session import Session
from hubbub.client.uploading import file_host, problem_with
from hubbub.irc.text import clip, printable
from hubbub.plain.commands import Unclear
from hubbub.tui import answers
from hubbub.tui.answers import Shared
from hubbub.tui.commands.arguments import here, number_first, online, said, words
from hubbub.tui.commands.desk import Desk
from hubbub.tui.commands.messages import links
from hubbub.tui.commands.registry import command
from hubbub.tui.commands.talking import is_service
from hubbub.tui.completion import Argument, split_quoted, unquote

_LISTED = 50
_PREVIEW = 60


_shown: WeakKeyDictionary[Session, tuple[Conversation, list[Shared]]] = WeakKeyDictionary()
"""The files that /files has shown last, the newest first, so that a number means what one saw."""


@command(argument=Argument.PATH)
def upload(desk: Desk, rest: str) -> None:
    """/upload [path] [words]: give everybody here a file, or a picture that you have copied; /upload cancel"""
    if rest.lower() in ("cancel", "stop"):
        if not desk.cancel_transfers():
            raise Unclear("No file is on its way here.")
        return
    online(desk)
    conversation = here(desk)
    if is_service(conversation.name):
        raise Unclear("A service takes no files.")
    problem = problem_with(desk.session, 0)
    if problem:
        raise Unclear(problem)
    desk.upload(*path_and_words(rest))


def path_and_words(rest: str, is_file: Callable[[str], bool] = os.path.isfile) -> tuple[str, str]:
    """Where the path ends: behind its quotes, or else where most of the text is the name of a file."""
    quoted = split_quoted(rest)
    if quoted is not None:
        return quoted
    ends = [found.start() for found in re.finditer(r" |$", rest)]
    for end in reversed(ends):
        path = rest[:end]
        for meant in (path, path.replace("\\ ", " ")):
            if meant and is_file(os.path.expanduser(meant)):
                return meant, rest[end:].strip()
    return unquote(rest), ""


@command()
def files(desk: Desk, rest: str) -> None:
    """/files: the files that people gave here, the newest last"""

    def show(found: list[Shared]) -> None:
        lines = [*answers.files(found, desk.now), "/get number takes one."]
        desk.tell("\n".join(lines) if found else "Nobody gave a file here yet.")

    _with_files(desk, show)


@command()
def get(desk: Desk, rest: str) -> None:
    """/get number [folder]: take a file of /files into your folder for downloads, or into another"""
    if rest.lower() in ("cancel", "stop"):
        upload(desk, rest)
        return
    number, folder = number_first(words(rest, 1, get)[0])

    def take(found: list[Shared]) -> None:
        if not 1 <= number <= len(found):
            desk.refuse(f"There is no file {printable(clip(rest, _PREVIEW))} here. /files lists them.")
            return
        file = found[number - 1]
        desk.download(file.url, file.name, unquote(folder))

    shown_in, found = _shown.get(desk.session, (None, []))
    if shown_in is here(desk):
        take(found)
    else:
        _with_files(desk, take)


def _with_files(desk: Desk, act: Callable[[list[Shared]], None]) -> None:
    conversation = here(desk)

    def found(files: list[Shared]) -> None:
        _shown[desk.session] = conversation, files
        act(files)

    def answered(request: Request) -> None:
        if request.failed:
            desk.refuse(answers.failure(request))
        else:
            found(answers.shared(request.messages())[::-1])

    if desk.session.can("upload"):
        online(desk)
        desk.session.ask("FILES", conversation.name, str(_LISTED)).then(answered)
    else:
        found(_said_here(desk))


def _said_here(desk: Desk) -> list[Shared]:
    """The newest first, as far as what was said is loaded."""
    host = file_host(desk.session)
    if not host:
        raise Unclear(problem_with(desk.session, 0))
    return [
        Shared("", url, line.nick, time_ms=line.time_ms)
        for line in said(desk)
        for url in links(line)
        if url.startswith(host)
    ]
