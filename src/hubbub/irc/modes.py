"""Mode strings such as "+o-v alice bob": taken apart and put together.

Owns the grammar: which letters take an argument. What a letter does, and who may change it, is the caller's.
Called by the MODE command of channels and of users, and by clients for what servers announce.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """The letters by how they take arguments: the types A, B, C and D of CHANMODES, and those of PREFIX."""

    lists: str = ""  # A: an entry to add or remove; without one the list is asked for
    always: str = ""  # B: an argument to set and to unset
    on_set: str = ""  # C: an argument to set only
    never: str = ""  # D
    prefixes: str = ""  # a member's rank: the argument is a nick

    def chanmodes(self) -> str:
        """The value of CHANMODES in ISUPPORT."""
        return f"{self.lists},{self.always},{self.on_set},{self.never}"

    def is_known(self, letter: str) -> bool:
        return letter in self.never or self.may_take(letter, adding=True)

    def may_take(self, letter: str, *, adding: bool) -> bool:
        return letter in self.lists or self.must_take(letter, adding=adding)

    def must_take(self, letter: str, *, adding: bool) -> bool:
        return letter in self.always or letter in self.prefixes or (adding and letter in self.on_set)


class Change(NamedTuple):
    adding: bool
    letter: str
    argument: str | None = None  # None for a letter of type A: show the list


class UnknownMode(NamedTuple):
    letter: str


class MissingArgument(NamedTuple):
    letter: str
    adding: bool = True


Parsed: TypeAlias = Change | UnknownMode | MissingArgument


def parse_changes(text: str, arguments: Sequence[str], kinds: Kinds) -> list[Parsed]:
    """Every letter of the text in its order; letters before any sign are added, an empty argument is none."""
    parsed: list[Parsed] = []
    left = iter(arguments)
    adding = True
    for letter in text:
        if letter in "+-":
            adding = letter == "+"
        elif not kinds.is_known(letter):
            parsed.append(UnknownMode(letter))
        else:
            taken = next(left, None) if kinds.may_take(letter, adding=adding) else None
            parsed.append(_change(adding, letter, taken or None, kinds))
    return parsed


def _change(adding: bool, letter: str, argument: str | None, kinds: Kinds) -> Parsed:
    if argument is None and kinds.must_take(letter, adding=adding):
        return MissingArgument(letter, adding)
    return Change(adding, letter, argument)


def format_changes(changes: Iterable[Change]) -> list[str]:
    """The mode string, then the arguments: ["+o-v", "alice", "bob"]. Nothing for no changes."""
    letters = ""
    arguments = []
    sign = None
    for adding, letter, argument in changes:
        if adding is not sign:
            letters += "+" if adding else "-"
            sign = adding
        letters += letter
        if argument is not None:
            arguments.append(argument)
    return [letters, *arguments] if letters else []
