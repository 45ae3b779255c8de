"""What Tab makes of a half-written word: a nick, a room, a command, an emoji, a path.

Owns which word is meant, what it could become, and the going round among the candidates. Pure: who is there and
which files exist come in through Sources (files_in, which looks at the disk, is for the app's). Called by composer.py.

1. What stands behind the cursor is never touched.
2. Going once round all candidates ends at the first; undone, the text is what it was.
3. Names and file names come from others: one that a terminal would not show as it is, is not offered.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol, runtime_checkable

from hubbub.irc.names import fold
from hubbub.irc.text import plain
from hubbub.tui import emoji

MOST = 200
"""Candidates offered at once."""

_NO_SPACE_BEFORE = " \n,.;:!?)"
_NEEDS_QUOTES = re.compile(r"[\s\"'\\]")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)', re.DOTALL)


class Argument(StrEnum):
    """What stands behind a command."""

    TEXT = "text"
    NICK = "nick"
    ROOM = "room"
    EMOJI = "emoji"
    PATH = "path"
    TOPIC = "topic"


class Sources(Protocol):
    """What there is to complete, as the app sees it at this moment."""

    @property
    def channel_types(self) -> str: ...
    def speakers(self) -> Iterable[tuple[str, int]]:
        """The people of this conversation without ourselves, and when each last spoke here (0: never)."""
        ...

    def nicks(self) -> Iterable[str]:
        """Everybody known."""
        ...

    def rooms(self) -> Iterable[str]: ...
    def commands(self) -> Mapping[str, Argument]:
        """By every name without its slash, what stands behind it."""
        ...

    def files(self, directory: str) -> Iterable[tuple[str, bool]]:
        """Names in a directory ("" for the current one, may begin with ~), and whether each is a directory itself."""
        ...


@runtime_checkable
class KnowsTopic(Protocol):
    """Sources that know what the room is about, so that it can be changed rather than written anew."""

    def topic(self) -> str:
        """In one line; "" for none."""
        ...


class Candidate(NamedTuple):
    """`text`: what the word becomes. `label`: how it is offered. `suffix`: what is to follow it."""

    text: str
    label: str
    suffix: str = " "


@dataclass(slots=True)
class Completion:
    """Going round: what stands from `start` to `end` was put there for candidate `index`."""

    word: str
    start: int
    end: int
    candidates: list[Candidate]
    index: int = -1

    @property
    def labels(self) -> list[str]:
        return [candidate.label for candidate in self.candidates]

    @property
    def is_settled(self) -> bool:
        """There was nothing to choose."""
        return len(self.candidates) == 1

    def step(self, text: str, by: int) -> tuple[int, int, str]:
        """The next candidate (or, by -1, the one before): what to replace in the text, from, to, and by what."""
        self.index = (max(self.index, 0) + by if self.index >= 0 or by < 0 else 0) % len(self.candidates)
        start, end = self.start, self.end
        new = _with_suffix(self.candidates[self.index], text[end:])
        self.end = start + len(new)
        return start, end, new

    def undo(self) -> tuple[int, int, str]:
        """As it was typed."""
        return self.start, self.end, self.word


def _with_suffix(candidate: Candidate, behind: str) -> str:
    suffix = candidate.suffix
    if suffix.endswith(" ") and behind and behind[0] in _NO_SPACE_BEFORE:
        suffix = suffix[:-1]
    return candidate.text + suffix


def begin(text: str, cursor: int, sources: Sources, *, suffix: str = ", ") -> Completion | None:
    """What the word left of the cursor could become; None: nothing.

    `suffix`: what follows a nick at the start of the text. Not a colon: name: speaks to that person alone here.
    """
    left = text[:cursor]
    start, candidates = _candidates(left, sources, suffix)
    fit = [one for one in candidates if plain(one.text) == one.text][:MOST]
    return Completion(left[start:], start, cursor, fit) if fit else None


def _candidates(left: str, sources: Sources, suffix: str) -> tuple[int, list[Candidate]]:
    """Where the word begins, and what it could become."""
    start = max(left.rfind(" "), left.rfind("\n")) + 1
    word = left[start:]
    if _is_command(left):
        if start == 0:
            return 0, _commands(word, sources.commands())
        behind = len(left.split(" ", 1)[0]) + 1
        kind = sources.commands().get(left[1 : behind - 1].lower(), Argument.TEXT)
        if kind is Argument.PATH:
            return behind, _paths(left[behind:], sources.files)
        if kind is Argument.TOPIC and start == behind and not word:
            return behind, _topic(sources)
        return start, _arguments(kind, word, sources, is_first=start == behind)
    return start, _words(word, sources, suffix if start == 0 else " ")


def _is_command(left: str) -> bool:
    return left[:1] in ("/", "\\") and left[1:2] != left[:1] and "\n" not in left


def _arguments(kind: Argument, word: str, sources: Sources, *, is_first: bool) -> list[Candidate]:
    if kind is Argument.EMOJI and word and not word.isdigit():
        return _emoji(word)
    if kind is Argument.ROOM and is_first:
        return _rooms(word, sources)
    return _words(word, sources, " ")


def _words(word: str, sources: Sources, suffix: str) -> list[Candidate]:
    if word[:1] == ":":
        return _emoji(word)
    if word and word[0] in sources.channel_types:
        return _rooms(word, sources)
    return _nicks(word, sources, suffix)


# -- the kinds -----------------------------------------------------------------------------------------------


def _commands(word: str, commands: Iterable[str]) -> list[Candidate]:
    wanted = word[1:].lower()
    names = sorted(word[0] + name for name in commands if name.startswith(wanted))
    return [Candidate(name, name) for name in names]


def _nicks(word: str, sources: Sources, suffix: str) -> list[Candidate]:
    at = "@" if word[:1] == "@" else ""
    wanted = fold(word.removeprefix("@"))
    here = sorted(sources.speakers(), key=lambda one: (-one[1], fold(one[0])))
    others = sorted(sources.nicks(), key=fold) if wanted else []
    nicks: dict[str, str] = {}
    for nick in [*(nick for nick, _ in here), *others]:
        if fold(nick).startswith(wanted):
            nicks.setdefault(fold(nick), nick)
    return [Candidate(at + nick, nick, suffix) for nick in nicks.values()]


def _rooms(word: str, sources: Sources) -> list[Candidate]:
    wanted = fold(word)
    rooms = sorted(sources.rooms(), key=fold)
    fit = [name for name in rooms if fold(name).startswith(wanted)]
    if not fit:  # /join ge: the sign may be left out
        fit = [name for name in rooms if fold(name).lstrip(sources.channel_types).startswith(wanted)]
    return [Candidate(name, name) for name in fit]


def _emoji(word: str) -> list[Candidate]:
    return [Candidate(found.emoji, f"{found.emoji} {found.name}") for found in emoji.search(word)]


def _topic(sources: Sources) -> list[Candidate]:
    topic = plain(sources.topic()).replace("\n", " ") if isinstance(sources, KnowsTopic) else ""
    return [Candidate(topic, topic, "")] if topic else []


# -- paths ---------------------------------------------------------------------------------------------------


def _paths(typed: str, files: Callable[[str], Iterable[tuple[str, bool]]]) -> list[Candidate]:
    path = unquote(typed)
    directory, beginning = path[: path.rfind("/") + 1], path[path.rfind("/") + 1 :]
    if path == "~":
        return [Candidate("~/", "~/", "")]
    fit = [
        (name, is_directory)
        for name, is_directory in files(directory)
        if name.lower().startswith(beginning.lower()) and (beginning[:1] == "." or name[:1] != ".")
    ]
    return [_path(directory, name, is_directory) for name, is_directory in sorted(fit)]


def _path(directory: str, name: str, is_directory: bool) -> Candidate:
    path = directory + name
    if is_directory:
        return Candidate(_quoted(path + "/", closed=False), name + "/", "")
    return Candidate(_quoted(path, closed=True), name, " ")


def _quoted(path: str, *, closed: bool) -> str:
    """As it was, where that is clear; otherwise in double quotes. An open quote is waiting for more."""
    if not _NEEDS_QUOTES.search(path):
        return path
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if closed else f'"{escaped}'


def unquote(typed: str) -> str:
    """The path that was meant. Spaces count also without quotes; ~ is left for os.path.expanduser."""
    if typed[:1] == "'":
        return typed[1:].partition("'")[0]
    quoted = _QUOTED.match(typed)
    return re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL) if quoted else typed


def split_quoted(typed: str) -> tuple[str, str] | None:
    """A path in quotes, and what stands behind it; None: it begins with no quotes, or they have no end."""
    if typed[:1] == "'":
        path, end, rest = typed[1:].partition("'")
        return (path, rest.strip()) if end else None
    quoted = _QUOTED.match(typed)
    if quoted is None or typed[quoted.end() : quoted.end() + 1] != '"':
        return None
    return unquote(typed), typed[quoted.end() + 1 :].strip()


def files_in(directory: str) -> list[tuple[str, bool]]:
    """What Sources.files is, for the disk of this machine. Nothing where nothing can be read."""
    try:
        with os.scandir(os.path.expanduser(directory) or ".") as entries:
            return [(entry.name, entry.is_dir()) for entry, _ in zip(entries, range(5_000), strict=False)]
    except (OSError, ValueError):  # ValueError: no name of a file at all
        return []
