"""Text as search compares it: one form for all the ways to write the same, and the pieces that an index is asked for.

Both adapters compare with it, so that they can't differ. Knows no SQL.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from unicodedata import normalize

GRAM = 3
"""Characters that the index knows texts by; a shorter term can't be looked up."""
GRAMS = 8
"""Pieces of one term that are looked up: what has these is nearly always right, and is compared in full anyway."""


def folded(text: str) -> str:
    """Equal for texts that differ in case, width or composition only. A term is within a text if its form is."""
    text = text.lower() if text.isascii() else normalize("NFKC", normalize("NFKC", text).casefold())
    # The index reads no further than to a NUL.
    return text.replace("\0", "")


def grams(term: str) -> set[str]:
    """Some of the pieces of a folded term, the first and the last among them; none of a short one."""
    last = len(term) - GRAM
    if last < 0:
        return set()
    step = max(1, -(-last // (GRAMS - 1)))
    return {term[start : start + GRAM] for start in (*range(0, last, step), last)}


@lru_cache(maxsize=10_000)
def number_of(author: str) -> int:
    """A name as 36 bits, which fit into one gram."""
    return int.from_bytes(blake2b(author.encode(), digest_size=8).digest()) >> 28


def quoted(gram: str) -> str:
    """A gram as FTS5 wants it in a question."""
    return '"' + gram.replace('"', '""') + '"'


TOPIC, AUTHOR = 0xF0000, 0x100000
"""Planes for private use, where nobody writes. What has a mark in its text is no more than a candidate."""


def mark(plane: int, number: int) -> str:
    """The gram that the facts of a topic or an author are indexed by."""
    return "".join(chr(plane + (number >> shift & 0xFFF)) for shift in (24, 12, 0))


def mark_sql(plane: int, column: str) -> str:
    """The same in SQL."""
    return f"char({', '.join(f'{plane} + ({column} >> {shift} & 4095)' for shift in (24, 12, 0))})"
