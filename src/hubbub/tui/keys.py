"""Alt with any key, under one name in every terminal: alt+1, alt+slash, alt+shift+b, alt+enter.

Owns what we change in Textual's table of key sequences, and the other names that a key has elsewhere. Knows no
action. Called once by app.py, before a terminal is read; `spellings` by keymap.py.

Textual 8.2 reads ESC and a character in three ways, of which only the last is what people mean:
  - ESC 1 becomes the letter that a Mac types with Option and 1, ESC DEL becomes ctrl+w,
  - ESC / and ESC Enter lose their Alt,
  - ESC a becomes alt+a, but after a pause of 0.1 s, and "^a" if the next key comes sooner.
Its parser (textual._xterm_parser) asks the table ANSI_SEQUENCES_KEYS first, so what stands there is known at once.
Terminals that speak the kitty protocol are read elsewhere in the parser, and right; the names here are the same.
test_keys goes through the parser, so a Textual that reads its keys in another way is noticed there.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_lowercase, digits
from typing import NamedTuple, cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.keys import _character_to_key

_ESC = "\x1b"

# Not ESC [ and ESC O, which begin the sequences of other keys, nor ESC ] ^ P X and \, which begin and end what a
# terminal answers to questions. ESC b and ESC f stay what a Mac's Terminal means by them: a word left, a word right.
_LETTERS = [letter for letter in ascii_lowercase if letter not in "bf"]
_CAPITALS = [letter for letter in ascii_lowercase.upper() if letter not in "OPX"]
_SIGNS = " !\"#$%&'()*+,-./:;<=>?@_`{|}~"
_NAMED = {"\r": "enter", "\n": "enter", "\x7f": "backspace", "\x08": "backspace", " ": "space"}

_MOVES = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end"}
_PAGES = {"2": "insert", "3": "delete", "5": "pageup", "6": "pagedown"}
_MODIFIERS = {"3": "alt", "4": "alt+shift", "7": "alt+ctrl", "8": "alt+ctrl+shift"}
"""As xterm numbers them."""

# The kitty protocol names the key, not the sign on its upper half. Where it is depends on the keyboard; these are
# the places on the American one.
_UPPER_HALF = {
    "underscore": "shift+minus",
    "plus": "shift+equals_sign",
    "question_mark": "shift+slash",
    "less_than_sign": "shift+comma",
    "greater_than_sign": "shift+full_stop",
    "colon": "shift+semicolon",
    "quotation_mark": "shift+apostrophe",
    "tilde": "shift+grave_accent",
    "left_curly_bracket": "shift+left_square_bracket",
    "right_curly_bracket": "shift+right_square_bracket",
    "vertical_line": "shift+backslash",
    "exclamation_mark": "shift+1",
    "at": "shift+2",
    "number_sign": "shift+3",
    "dollar_sign": "shift+4",
    "percent_sign": "shift+5",
    "ampersand": "shift+7",
    "asterisk": "shift+8",
    "left_parenthesis": "shift+9",
    "right_parenthesis": "shift+0",
}


class Named(NamedTuple):
    """What the parser wants of a key: its name as `value`. (Nobody can add to the enum textual.keys.Keys.)"""

    value: str


def install() -> None:
    """Teach Textual's parser; again does no harm."""
    table = cast("dict[str, object]", ANSI_SEQUENCES_KEYS)
    for sequence, name in sequences():
        table[sequence] = (Named(name),)


def sequences() -> Iterator[tuple[str, str]]:
    """What a terminal sends, and the name of the key."""
    for letter in [*_LETTERS, *digits]:
        yield _ESC + letter, f"alt+{letter}"
    for letter in _CAPITALS:
        yield _ESC + letter, f"alt+shift+{letter.lower()}"
    for sign in _SIGNS:
        yield _ESC + sign, f"alt+{_character_to_key(sign)}"
    for sign, name in _NAMED.items():
        yield _ESC + sign, f"alt+{name}"
    yield from _with_numbered_modifiers()


def _with_numbered_modifiers() -> Iterator[tuple[str, str]]:
    # Read by the same code as the kitty protocol, unless TEXTUAL_DISABLE_KITTY_KEY is set.
    for number, modifier in _MODIFIERS.items():
        for end, name in _MOVES.items():
            yield f"{_ESC}[1;{number}{end}", f"{modifier}+{name}"
        for code, name in _PAGES.items():
            yield f"{_ESC}[{code};{number}~", f"{modifier}+{name}"


def spellings(key: str) -> tuple[str, ...]:
    """Every name that terminals give the key; its own comes first."""
    modifiers, plus, name = key.rpartition("+")
    other = _UPPER_HALF.get(name)
    if not plus or other is None:
        return (key,)
    return key, "+".join(sorted({*modifiers.split("+"), "shift"})) + "+" + other.removeprefix("shift+")
