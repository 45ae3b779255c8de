"""Entries of a room's lists (bans, exceptions, invite exceptions): what they mean, and whom.

Owns extended bans: `~a:account` means whoever is logged in as that (a mask; `~a:*` is everybody with an account), and
`~m:…` before either kind of entry only takes the voice. https://ircv3.net/specs/extensions/account-extban; Modern IRC,
"EXTBAN Parameter". Knows no command. Called by core.policy and by MODE; a room without bans costs nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from hubbub.irc.masks import compile_mask, to_mask

if TYPE_CHECKING:
    from hubbub.core.model import Channel, ListEntry, User

ACCOUNT = "a"
MUTE = "m"
INVITE_EXCEPTIONS = "I"
REMEMBERED = 10_000
"""People whose verdicts one room remembers."""

_EXTENDED = re.compile(r"~([A-Za-z]+):(.*)", re.DOTALL)


class NoMask(ValueError):
    """A text that is no entry of a list; the sentence says why."""


class Meaning(NamedTuple):
    """What an entry says of those whom it fits."""

    mutes: bool
    fits: Callable[[User], bool]


class Verdict(NamedTuple):
    """What a room's bans come to for somebody, with the exceptions."""

    banned: bool
    muted: bool


def to_entry(given: str, letter: str) -> str:
    """An entry as it is kept: extended ones as given, masks in full (nick!user@host)."""
    extended = _EXTENDED.fullmatch(given)
    if extended is None:
        return to_mask(given)
    kind, rest = extended.groups()
    if kind == ACCOUNT:
        return given if _is_account_mask(rest) else _refuse("An account is needed, such as ~a:alice")
    if kind != MUTE or letter == INVITE_EXCEPTIONS:
        return _refuse("There is no such extended ban here")
    if not rest or rest.startswith(f"~{MUTE}:"):
        return _refuse("Who is muted must be said, such as ~m:alice or ~m:~a:alice")
    return f"~{MUTE}:{to_entry(rest, letter)}"


def _is_account_mask(text: str) -> bool:
    return bool(text) and not set(text) & set("!@:~ ")


def _refuse(why: str) -> str:
    raise NoMask(why)


@lru_cache(maxsize=4096)
def meaning(entry: str) -> Meaning:
    """What an entry of a list means."""
    mutes = entry.startswith(f"~{MUTE}:")
    rest = entry[3:] if mutes else entry
    return Meaning(mutes, _of_account(rest[3:]) if rest.startswith(f"~{ACCOUNT}:") else _of_face(rest))


def _of_account(mask: str) -> Callable[[User], bool]:
    fits = compile_mask(mask)
    return lambda user: bool(user.account) and fits(user.account)


def _of_face(mask: str) -> Callable[[User], bool]:
    fits = compile_mask(mask)
    return lambda user: any(map(fits, faces(user)))


def faces(user: User) -> tuple[str, ...]:
    """What a mask is held against: the user as others see it, and with its real address."""
    shown = user.source
    real = f"{user.nick}!{user.user}@{user.ip}"
    return (shown,) if not user.ip or user.ip == user.host else (shown, real)


def is_listed(user: User, entries: Iterable[ListEntry]) -> bool:
    """Whether one of the entries of a list means this user."""
    return any(meaning(entry.mask).fits(user) for entry in entries)


def verdict(channel: Channel, user: User) -> Verdict:
    """What the bans of a room come to for somebody; worked out once until the lists or the somebody change."""
    face = (user.nick, user.user, user.host, user.ip, user.account)
    known = channel.verdicts.get(face)
    if known is None:
        if len(channel.verdicts) >= REMEMBERED:
            channel.verdicts.clear()
        known = channel.verdicts[face] = _judged(channel, user)
    return known


def _judged(channel: Channel, user: User) -> Verdict:
    bans, exceptions = _kinds(channel, "b", user), _kinds(channel, "e", user)
    banned = False in bans and False not in exceptions
    # An exception from a ban lets somebody speak, too; one from a mute opens no door.
    return Verdict(banned, True in bans and not exceptions)


def _kinds(channel: Channel, letter: str, user: User) -> set[bool]:
    """Of the entries that mean a user: whether they mute only."""
    found = (meaning(mask) for mask in channel.lists[letter])
    return {each.mutes for each in found if each.fits(user)}
