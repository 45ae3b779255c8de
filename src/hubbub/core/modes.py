"""Modes: which letters there are. Features declare them; MODE, 004 and 005 read the registries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from hubbub.core.capability import CAPABILITIES
from hubbub.irc.modes import Kinds

if TYPE_CHECKING:
    from hubbub.core.model import User
    from hubbub.core.session import Session

ModeKind = Literal["lists", "always", "on_set", "never", "prefixes"]

CHANNEL_MODES: dict[str, ModeKind] = {}
"""Letter → how it takes its argument (CHANMODES types A, B, C, D; or a prefix)."""

PREFIXES: dict[str, str] = {"o": "@", "v": "+"}
"""Prefix modes, highest first, with the sign shown before a nick."""

USER_MODES: dict[str, bool] = {}
"""Letter → whether users may set it themselves (all may unset)."""


CHANNEL_MODE_HELP: dict[str, str] = {}
"""Letter → what a channel is like with it, in one line."""

USER_MODE_HELP: dict[str, str] = {}
"""Letter → what it means for who has it, in one line."""


NUMBERS: dict[str, tuple[int, int]] = {}
"""Letters of channel modes whose argument is a whole number → the least and the most."""


def channel_mode(
    letter: str, kind: ModeKind, help: str = "", *, number: tuple[int, int] | None = None
) -> str:
    """Declare a channel mode with one line of help; gives the letter back. `number`: bounds of its argument."""
    if number is not None:
        NUMBERS[letter] = number
    CHANNEL_MODES[letter] = kind
    CHANNEL_MODE_HELP[letter] = help
    return letter


def user_mode(letter: str, help: str = "", *, own: bool = True) -> str:
    """Declare a user mode with one line of help. `own` False: only the server grants it."""
    USER_MODES[letter] = own
    USER_MODE_HELP[letter] = help
    return letter


BOT = user_mode("B", "A bot: programs that answer should not answer it")
"""bot-mode: the value of the BOT token."""
SHOWN_BY_TAGS = frozenset({"o", BOT})
"""User modes that what somebody says and does is tagged with."""

channel_mode("o", "prefixes", "Channel operator: may kick, set modes and change the topic")
channel_mode("v", "prefixes", "Voice: may speak even if the room is moderated")


def standing_of(user: User) -> str:
    """The letters of SHOWN_BY_TAGS that somebody holds."""
    return "".join(sorted(SHOWN_BY_TAGS & user.modes))


def channel_kinds() -> Kinds:
    """The registry in the form that the mode-string parser takes."""
    by_kind: dict[str, str] = {}
    for letter, kind in sorted(CHANNEL_MODES.items()):
        by_kind[kind] = by_kind.get(kind, "") + letter
    return Kinds(**by_kind)


def signs(letters: str) -> str:
    """Signs of the prefix modes held, highest first: "ov" → "@+"."""
    return "".join(PREFIXES[letter] for letter in letters)


def signs_for(session: Session, letters: str) -> str:
    """The signs as a client is shown them: all with multi-prefix, else the highest."""
    return signs(letters if session.has(CAPABILITIES["multi-prefix"]) else letters[:1])


def ordered(letters: set[str]) -> str:
    """Prefix letters in their order of rank."""
    return "".join(letter for letter in PREFIXES if letter in letters)
