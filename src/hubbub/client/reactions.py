"""Who reacted to which message, and with what, as far as a timeline has heard of it.

Owns that the newest word counts, in whatever order pages of history bring it, and that it is kept for messages that
are loaded later. Knows no wire format and no clock. Kept by Timeline, fed by reducer.py.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from hubbub.client.lines import Line
from hubbub.irc.names import fold
from hubbub.irc.text import plain

_MOST_MESSAGES = 1_000
_MOST_PER_MESSAGE = 300
_MOST_EMOJI = 50
"""Different ones of one message."""
_LONGEST = 32
"""Code points: the longest emoji, and a short word."""


class Reaction(NamedTuple):
    """`wanted`: False, where somebody takes it back."""

    msgid: str
    emoji: str
    nick: str
    time_ms: int
    wanted: bool


class Reactions:
    """By msgid, then by emoji and folded nick: the newest word."""

    __slots__ = ("_of",)

    def __init__(self) -> None:
        self._of: dict[str, dict[tuple[str, str], Reaction]] = {}

    def add(self, reaction: Reaction) -> bool:
        """False: something newer is known, or it is none, or there are too many."""
        if not reaction.msgid or not is_emoji(reaction.emoji):
            return False
        heard = self._of.setdefault(reaction.msgid, {})
        key = reaction.emoji, fold(reaction.nick)
        known = heard.get(key)
        if known is not None and known.time_ms > reaction.time_ms:
            return False
        if known is None and len(heard) >= _MOST_PER_MESSAGE:
            return False
        heard[key] = reaction
        if len(self._of) > _MOST_MESSAGES:
            del self._of[next(iter(self._of))]
        return True

    def forget(self, msgid: str) -> None:
        self._of.pop(msgid, None)

    def show(self, line: Line) -> bool:
        """Write on the line what is known; whether that changed it."""
        if line.redacted or line.msgid not in self._of:
            return False
        shown: dict[str, list[str]] = {}
        for reaction in sorted(self._of[line.msgid].values(), key=lambda one: one.time_ms):
            if reaction.wanted and (reaction.emoji in shown or len(shown) < _MOST_EMOJI):
                shown.setdefault(reaction.emoji, []).append(reaction.nick)
        if shown == line.reactions:
            return False
        line.reactions = shown
        return True


def is_emoji(text: str) -> bool:
    """Whether it is short enough, and can be seen without harm."""
    if not 0 < len(text) <= _LONGEST or text != plain(text).strip():
        return False
    return any(unicodedata.category(letter)[0] in "LNPS" for letter in text)
