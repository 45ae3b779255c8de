"""For terminals without line signs and other letters than ASCII's: what is drawn in place of them.

Owns which sign stands for which. Cell by cell, so that everything stays where it is; what can't be said is a question
mark. A filter of Textual's: it sees every row before the terminal does. Called by shell.py.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from hubbub.tui.themes import encoding

_SIGNS = {
    sign: plain
    for plain, signs in {
        "-": "─━═╌╍┄┅–—‐‑−·▔▁▂🬂🬭",
        "|": "│┃║▏▎▍▌▐▕▊▋▉",
        "+": "╭╮╰╯┌┐└┘├┤┬┴┼┏┓┗┛╔╗╚╝",
        "#": "█▀▄▅▆▇░▒▓",
        ".": "…",
        ">": "→▶›",
        "<": "←◀‹",
        "^": "↑▲",
        "v": "↓▼✓✔",
        "*": "•●★",
        "o": "○",
        "x": "×✗✕",
        '"': "“”„«»",
        "'": "‘’‚",
        " ": "\u00a0\u2002\u2003\u2009",
    }.items()
    for sign in signs
}


class AsciiSigns(LineFilter):
    """Letters stay where the locale has them: a German one without UTF-8 has its umlauts."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__()
        self._encoding = encoding(environ)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.text.isascii() or segment.control else _in_ascii(segment, self._encoding)
            for segment in segments
        ]


def _in_ascii(segment: Segment, encoding: str) -> Segment:
    return Segment("".join([_sign(letter, encoding) for letter in segment.text]), segment.style)


@lru_cache(4096)
def _sign(letter: str, encoding: str) -> str:
    """As many cells as the letter has."""
    if letter.isascii():
        return letter
    if letter in _SIGNS:
        return _SIGNS[letter]
    cells = cell_len(letter)
    if _is_encoded(letter, encoding) or not cells:
        return letter if _is_encoded(letter, encoding) else ""
    bare = unicodedata.normalize("NFKD", letter)[0]
    return bare if bare.isascii() and bare.isprintable() and cells == 1 else "?" * cells


def _is_encoded(letter: str, encoding: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
