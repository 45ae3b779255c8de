"""Modes: which letters there are. Features declare them; MODE, 004 and 005 read the registries."""

from __future__ import annotations

from typing import Literal

from hubbub.irc.modes import Kinds

ModeKind = Literal["lists", "always", "on_set", "never", "prefixes"]

CHANNEL_MODES: dict[str, ModeKind] = {}
"""Letter → how it takes its argument (CHANMODES types A, B, C, D; or a prefix)."""

PREFIXES: dict[str, str] = {"o": "@", "v": "+"}
"""Prefix modes, highest first, with the sign shown before a nick."""

USER_MODES: dict[str, bool] = {}
"""Letter → whether users may set it themselves (all may unset)."""


def channel_mode(letter: str, kind: ModeKind) -> str:
    """Declare a channel mode; gives the letter back."""
    CHANNEL_MODES[letter] = kind
    return letter


def user_mode(letter: str, *, own: bool = True) -> str:
    """Declare a user mode. `own` False: only the server grants it."""
    USER_MODES[letter] = own
    return letter


for _letter in PREFIXES:
    channel_mode(_letter, "prefixes")


def channel_kinds() -> Kinds:
    """The registry in the form that the mode-string parser takes."""
    by_kind: dict[str, str] = {}
    for letter, kind in sorted(CHANNEL_MODES.items()):
        by_kind[kind] = by_kind.get(kind, "") + letter
    return Kinds(**by_kind)


def signs(letters: str) -> str:
    """Signs of the prefix modes held, highest first: "ov" → "@+"."""
    return "".join(PREFIXES[letter] for letter in letters)


def ordered(letters: set[str]) -> str:
    """Prefix letters in their order of rank."""
    return "".join(letter for letter in PREFIXES if letter in letters)
