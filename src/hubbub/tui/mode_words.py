"""The modes of a room in words: what somebody changed, and how things stand.

Owns the words. Knows the letters that are the same everywhere; others stay as they are. Where it isn't clear which
argument belongs to which letter, nothing is put into words. Pure functions. Texts are as they came; whoever draws
them cleans them. Called by condensed.py (what happened) and answers.py (/mode).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

_RANKS = {"q": "an owner", "a": "an admin", "o": "an operator", "h": "a half-operator"}
_SWITCHES = {
    "i": ("by invitation only", "open without an invitation"),
    "m": ("only operators and people with a voice may speak", "everybody may speak"),
    "n": ("only people in the room may write to it", "people outside may write to it"),
    "s": ("secret", "no longer secret"),
    "t": ("topic only by operators", "topic by everybody"),
    "p": ("private", "no longer private"),
    "L": ("live text allowed", "without live text"),
    "k": ("a key is needed", "no key is needed"),
    "M": ("only people who are logged in may speak", "people who aren't logged in may speak"),
    "R": ("only people who are logged in may come in", "people who aren't logged in may come in"),
}
_NUMBERS = {
    "l": "for at most {} people",
    "S": "slow: a message in {} seconds from each",
    "H": "messages are kept for {} days",
}
"""S and H are letters of our server; elsewhere they may have no number."""
_LISTS = {
    "b": ("banned ", "lifted the ban of "),
    "e": ("let in in spite of bans ", "no longer lets in in spite of bans "),
    "I": ("let in without an invitation ", "no longer lets in without an invitation "),
}
_QUIET = ("silenced ", "let speak again ")
_MASK_SIGNS = frozenset("!@*$~:")


class Clause(NamedTuple):
    """`name`: the nick in it, if there is one."""

    before: str
    name: str = ""
    after: str = ""

    @property
    def text(self) -> str:
        return self.before + self.name + self.after


class _Change(NamedTuple):
    adding: bool
    letter: str
    argument: str


def deeds(text: str) -> list[Clause]:
    """What somebody did who set these modes of a room ("+ov bob carol"), as it follows the name of who did it."""
    letters, *arguments = text.split() or [""]
    changes = _understood(letters, arguments)
    if changes is None or not changes:
        return [Clause(f"set {text}")]
    clauses = [_deed(one) for one in changes if not _is_switch(one)]
    switches = ", ".join(_switch(one) for one in changes if _is_switch(one))
    return [*clauses, *([Clause(f"made the room: {switches}")] if switches else [])]


def standing(letters: str, arguments: Sequence[str]) -> str:
    """How a room is with these modes ("+ntl 5"); "" where nothing is set."""
    if not letters.strip("+-"):
        return ""
    changes = _understood(letters, arguments)
    # A server needn't tell everybody the key.
    changes = changes if changes is not None else _understood(letters.replace("k", ""), arguments)
    if changes is None:
        return " ".join([letters, *arguments])
    key = ["a key is needed"] if "k" in letters and all(one.letter != "k" for one in changes) else []
    return ", ".join([*(_switch(one) for one in changes), *key])


def _understood(letters: str, arguments: Sequence[str]) -> list[_Change] | None:
    tries = (_read(letters, arguments, numbers) for numbers in ("lSH", "l"))
    return next((changes for changes in tries if changes is not None), None)


def _read(letters: str, arguments: Sequence[str], numbers: str) -> list[_Change] | None:
    """None: there are more or fewer arguments than letters that we know to have one."""
    left = list(arguments)
    changes = []
    adding = True
    for letter in letters:
        if letter in "+-":
            adding = letter == "+"
            continue
        takes_one = letter in _RANKS or letter in _LISTS or letter in "vk" or (letter in numbers and adding)
        if takes_one and not left:
            return None
        changes.append(_Change(adding, letter, left.pop(0) if takes_one else ""))
    return changes if not left else None


def _is_switch(change: _Change) -> bool:
    return not change.argument or change.letter in "klSH"


def _switch(change: _Change) -> str:
    adding, letter, argument = change
    if letter in _SWITCHES:
        return _SWITCHES[letter][not adding]
    if argument and letter in _NUMBERS:
        return _NUMBERS[letter].format(argument)
    if letter == "l":
        return "for any number of people"
    return f"{'+' if adding else '-'}{letter} {argument}".rstrip()


def _deed(change: _Change) -> Clause:
    adding, letter, argument = change
    if letter == "q" and _MASK_SIGNS & set(argument):
        return Clause(_QUIET[not adding] + _meant(argument))
    if letter in _RANKS:
        rank = _RANKS[letter]
        return (
            Clause("made ", argument, f" {rank}")
            if adding
            else Clause("made ", argument, f" no longer {rank}")
        )
    if letter == "v":
        return Clause("gave ", argument, " a voice") if adding else Clause("took the voice of ", argument)
    return Clause(_LISTS[letter][not adding] + _meant(argument))


def _meant(mask: str) -> str:
    """Whom a mask means, where that is one name, one address or one account."""
    name = mask.removesuffix("!*@*")
    if name != mask and not _MASK_SIGNS & set(name):
        return name
    address = mask.removeprefix("*!*@")
    if address != mask and "*" not in address:
        return f"everybody at {address}"
    account = mask.removeprefix("~a:")
    return f"{account} (the account)" if account != mask else mask
