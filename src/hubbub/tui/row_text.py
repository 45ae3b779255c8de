"""Text for one row of a panel or a list: made safe, and put into as many cells as there are.

Owns what gives way in a row that is too narrow. Pure functions; measuring is the business of cells.py. Called by
whatever draws single rows; the conversation itself is laid out by layout.py.
"""

from __future__ import annotations

from collections.abc import Iterable

from hubbub.irc.text import plain, printable
from hubbub.tui.cells import clip, tame, width

Piece = tuple[str, str]
"""Text, and the name of the style that it is painted in (see paint.py); "" for the usual one."""

_LONGEST = 1000
"""Letters of a text that are looked at: more than any row has cells."""


def one_line(text: str, longest: int = _LONGEST) -> str:
    """What others wrote, safe to be drawn in one row; at most so many letters of it."""
    words = plain(text[:longest].replace("\n", " "))
    # printable thins out floods of marks, which plain leaves.
    return tame(printable(words), tones=False)[0]


def measure(pieces: Iterable[Piece]) -> int:
    return sum(width(text) for text, _ in pieces)


def trim(pieces: Iterable[Piece], cells: int) -> list[Piece]:
    """As much of them as fits."""
    kept: list[Piece] = []
    for text, style in pieces:
        needed = width(text)
        if needed > cells:
            return [*kept, (clip(text, cells), style)] if cells > 0 else kept
        kept.append((text, style))
        cells -= needed
    return kept


def spread(left: Iterable[Piece], right: Iterable[Piece], cells: int) -> list[Piece]:
    """Both ends of a row. What stands at the right has its place first; one cell parts them."""
    right = trim(right, cells)
    taken = measure(right)
    left = trim(left, cells - taken - 1 if taken else cells)
    return [*left, (" " * (cells - taken - measure(left)), ""), *right]
