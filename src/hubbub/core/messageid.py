"""Message ids, as clients see them: the id of a message is its position in the log (message-ids)."""

from __future__ import annotations

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, lower case: no i, l, o, u."""
LONGEST = 13
"""Enough digits for any 64-bit position."""


def to_msgid(pos: int) -> str:
    """Position → msgid; ids of later messages are greater as text, too."""
    digits = ""
    while pos:
        pos, rest = divmod(pos, 32)
        digits = _DIGITS[rest] + digits
    return digits.rjust(8, "0")


def from_msgid(msgid: str) -> int | None:
    """msgid → position, or None for what is no id of ours."""
    if not 8 <= len(msgid) <= LONGEST or any(digit not in _DIGITS for digit in msgid):
        return None
    pos = 0
    for digit in msgid:
        pos = pos * 32 + _DIGITS.index(digit)
    return pos if to_msgid(pos) == msgid else None
