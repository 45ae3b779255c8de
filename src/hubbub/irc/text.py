"""What people wrote, made fit for where it goes: a plain terminal, or a place with room for so many bytes.

Owns what is unsafe to print and where text may be cut. Knows no lines and no commands.
Called by the line mode for everything that others wrote, and by whoever must shorten a text.
"""

from __future__ import annotations

import re
import unicodedata

_MARKS_PER_LETTER = 8  # real writing stacks fewer; more is drawn over the neighbouring lines
_LONGEST_CLUSTER = 32  # code points given up rather than cut what is seen as one letter

# ircdocs "IRC Formatting": colour with up to two numbers, hex colour, and the codes that stand alone.
_FORMATTING = re.compile(
    r"\x03(?:[0-9]{1,2}(?:,[0-9]{1,2})?)?"
    r"|\x04(?:[0-9A-Fa-f]{6}(?:,[0-9A-Fa-f]{6})?)?"
    r"|[\x02\x0f\x11\x16\x1d\x1e\x1f]"
)

# Embeddings, overrides and isolates turn round what follows them, beyond the text they stand in.
_TURNS = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
# Zero width and no use in plain text. The joiners U+200C and U+200D stay: Persian and emoji need them.
_INVISIBLE = {
    0x00AD,
    0x180E,
    0x200B,
    *range(0x2060, 0x2066),
    *range(0x206A, 0x2070),
    0xFEFF,
    0xFFF9,
    0xFFFA,
    0xFFFB,
}
_REPLACED = {
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)], "\ufffd"),
    **dict.fromkeys(_TURNS | _INVISIBLE),
    **dict.fromkeys([0x09, 0x2028, 0x2029], " "),
}
_UNSEEN = {**_REPLACED, **{code: None for code, shown in _REPLACED.items() if shown == "\ufffd"}}

_JOINER = "\u200d"
_EXTENDING = frozenset({"Mn", "Me", "Mc", "Cf"})
_SKIN_TONES = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")


def printable(text: str) -> str:
    """The text without anything that a plain terminal would obey or that hides what is said."""
    if text.isascii() and text.isprintable():
        return text
    text = _FORMATTING.sub("", text).translate(_REPLACED)
    return text if text.isascii() else _thin_out(text)


def plain(text: str) -> str:
    """The words alone: without IRC's formatting and without anything that is not seen."""
    if text.isascii() and text.isprintable():
        return text
    return _FORMATTING.sub("", text).translate(_UNSEEN)


def _thin_out(text: str) -> str:
    """At most so many marks and joiners in a row."""
    kept = []
    run = 0
    for letter in text:
        run = run + 1 if _extends(letter) else 0
        if run <= _MARKS_PER_LETTER:
            kept.append(letter)
    return "".join(kept)


def _extends(letter: str) -> bool:
    """Whether it is drawn together with what stands before it."""
    return unicodedata.category(letter) in _EXTENDING or letter in _SKIN_TONES


def clip(text: str, max_bytes: int) -> str:
    """The longest beginning that fits, not cut inside a letter with its marks."""
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= max_bytes:
        return text
    fits = len(encoded[: max(max_bytes, 0)].decode("utf-8", "ignore"))
    return text[: _cluster_start(text, fits)]


def _cluster_start(text: str, cut: int) -> int:
    """The nearest place at or before the cut that parts no cluster; the cut itself where none is near."""
    for place in range(cut, max(cut - _LONGEST_CLUSTER, 0), -1):
        if not _extends(text[place]) and text[place - 1] != _JOINER:
            return place
    return cut
