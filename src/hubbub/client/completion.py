"""What Tab offers: commands at the start of a line, rooms, and the names of people. Knows no terminal."""

from __future__ import annotations

from collections.abc import Iterable

from hubbub.plain.commands import COMMANDS


def completions(before: str, people: Iterable[str], rooms: Iterable[str]) -> tuple[str, list[str]]:
    """The word that is being typed, and what it may become."""
    word = before.rpartition(" ")[2]
    at_start = word == before
    if at_start and word[:1] in ("/", "\\"):
        names = dict.fromkeys(command.name for command in COMMANDS.values())
        return word, [f"{word[0]}{name} " for name in names if name.startswith(word[1:].lower())]
    if word.startswith("#"):
        return word, _beginning(rooms, word, "")
    # Behind a name at the start of a line stands a colon: name: text.
    return word, _beginning(people, word, ": " if at_start else "") if word else []


def _beginning(names: Iterable[str], word: str, after: str) -> list[str]:
    return [
        f"{name}{after}" for name in sorted(names, key=str.lower) if name.lower().startswith(word.lower())
    ]
