"""Emoji by their names: :thumbsup: and what it stands for.

Owns the two directions and the search. The names come from the package `emoji`, which is read at the first
question only: its tables take some 20 ms that a start must not wait for. Called by completion.py and by whoever
sends what was typed. Smileys such as :-) and :D are left as they are.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from hubbub.irc.text import plain

_SHORTCODE = re.compile(r":([A-Za-z0-9_+&’'!.-]+):")
# Not inside a word, a path or a time of day: 12:30:45, a:b:c.
_RUN = re.compile(rf"(?<![\w:/])(?:{_SHORTCODE.pattern})+(?![\w:/])")
_LEFT_ALONE = re.compile(r"(?P<fence>`+).*?(?P=fence)|[A-Za-z][A-Za-z0-9+.-]*://\S+|www\.\S+", re.DOTALL)


class Named(NamedTuple):
    """`name` without the colons."""

    name: str
    emoji: str


def emoji_named(name: str) -> str:
    """The emoji of this name, with or without colons; "" if there is none."""
    return _by_name().get(name.strip(":").lower(), "")


def name_of(emoji: str) -> str:
    """What people call it, without colons; "" for what is no emoji."""
    return _names().get(emoji, "")


def is_emoji(text: str) -> bool:
    return text in _names()


def as_emoji(word: str) -> str:
    """The emoji that somebody means by itself or by its name, with or without colons; "" for none."""
    word = word.strip()
    # Many keyboards leave out the sign that says "as a picture".
    whole = next((one for one in (word, f"{word}\ufe0f") if is_emoji(one)), "")
    return whole or emoji_named(word)


def search(prefix: str, limit: int = 20) -> list[Named]:
    """Names that begin so, the shortest first; then those in which a later word begins so. Each emoji once."""
    wanted = prefix.strip(":").lower()
    if not wanted:
        return []
    table = _by_name()
    first = sorted((name for name in table if name.startswith(wanted)), key=_short_first)
    later = sorted((name for name in table if f"_{wanted}" in name), key=_short_first)
    found: dict[str, str] = {}
    for name in [*first, *later]:
        found.setdefault(table[name], name)
        if len(found) >= limit:
            break
    return [Named(name, emoji) for emoji, name in found.items()]


def _short_first(name: str) -> tuple[int, str]:
    return len(name), name


def with_emoji(text: str) -> str:
    """The text with :names: made emoji, except inside `code` and links."""
    if text.count(":") < 2:
        return text
    parts = []
    done = 0
    for kept in _LEFT_ALONE.finditer(text):
        parts += [_RUN.sub(_replaced, text[done : kept.start()]), kept[0]]
        done = kept.end()
    return "".join([*parts, _RUN.sub(_replaced, text[done:])])


def _replaced(found: re.Match[str]) -> str:
    return _SHORTCODE.sub(lambda code: emoji_named(code[1]) or code[0], found[0])


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    # Lazily, see above.
    from emoji import EMOJI_DATA, STATUS

    complete = STATUS["fully_qualified"]
    table: dict[str, str] = {}
    for emoji, about in EMOJI_DATA.items():
        # What the input or a screen would change is nothing to offer: it wouldn't come back as it was.
        if about["status"] == complete and plain(emoji) == emoji:
            for name in [about["en"], *about.get("alias", ())]:
                table.setdefault(name.strip(":").lower(), emoji)
    return table


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """By emoji, the shortest of its names that is a word."""
    names: dict[str, str] = {}
    for name, emoji in _by_name().items():
        known = names.get(emoji, "")
        if not known or (name[0].isalpha() and len(name) < len(known)):
            names[emoji] = name
    return names
