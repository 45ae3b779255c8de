"""Masks with * and ?: whom a ban, an exception or a WHO means.

Owns matching and the full form of a mask. Knows no channels and no users: whoever keeps masks brings text.
Matching folds ASCII letters, as names do, and its cost is bounded by mask length times text length.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from hubbub.irc.names import fold

# Modern IRC, "Wildcard Expressions": a backslash takes the meaning from * and ?. Else it stands for itself.
_LETTER = re.compile(r"\\[*?]|.", re.DOTALL)


def matches(mask: str, text: str) -> bool:
    return compile_mask(mask)(text)


@lru_cache(maxsize=1024)
def compile_mask(mask: str) -> Callable[[str], bool]:
    """A matcher; whoever keeps a mask keeps it too, as only the most recently used ones are kept here."""
    fullmatch = re.compile(_to_pattern(fold(mask)), re.DOTALL).fullmatch
    return lambda text: fullmatch(fold(text)) is not None


def _to_pattern(mask: str) -> str:
    """Each piece between two stars is taken at its leftmost place and never moved again (an atomic group).

    That finds a match whenever there is one, because later pieces only gain from room left over; and as
    nothing is tried twice, a piece costs at most its length times the text's, never a power of it.
    """
    pieces = _pieces(mask)
    if len(pieces) == 1:
        return pieces[0]
    first, *middle, last = pieces
    return first + "".join([f"(?>.*?{piece})" for piece in middle if piece]) + f".*{last}"


def _pieces(mask: str) -> list[str]:
    """The regular expressions of what stands between the stars."""
    pieces = [""]
    for letter in _LETTER.findall(mask):
        if letter == "*":
            pieces.append("")
        else:
            pieces[-1] += "." if letter == "?" else re.escape(letter[-1])
    return pieces


def to_mask(text: str) -> str:
    """nick!user@host with * for what is missing: alice!*@*, *!*@host; *!*@10.0.0.* for an address alone."""
    nick, user, host = _parts(text)
    return re.sub(r"\*{2,}", "*", f"{nick or '*'}!{user or '*'}@{host or '*'}")


def _parts(text: str) -> tuple[str, str, str]:
    front, at, host = text.rpartition("@") if "@" in text else (text, "", "")
    nick, bang, user = front.partition("!")
    if bang:
        return nick, user, host
    if at:
        return "", front, host
    # No nick holds a dot or a colon, every address does.
    return ("", "", text) if "." in text or ":" in text else (text, "", "")
