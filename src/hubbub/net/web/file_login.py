"""Who somebody is that sends a file: a token from UPLOAD, or the name and password of an account.

Passwords are tried as in IRC: only where they may be sent, and not without end. Raises Answer for who isn't let in.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hubbub.core.attempts import may_send_password, try_password, was_right, was_wrong
from hubbub.core.credentials import LONGEST
from hubbub.core.login import account_of
from hubbub.core.login_tokens import account_by_token
from hubbub.core.uploading import Uploader, granted

if TYPE_CHECKING:
    from hubbub.core.hub import Hub

PIECE_MS = 60_000
"""Times closer than this are counted as one."""
REMEMBERED = 10_000
"""Addresses and people whose uploads are counted."""


class Answer(Exception):
    """The request is answered with this instead."""

    def __init__(self, status: int, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, sentence)
        self.status = status
        self.sentence = sentence
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class Caller:
    """From where a request comes (core.attempts.Caller)."""

    hub: Hub
    ip: str
    secure: bool


class Pace:
    """How often something may be done: `most` times in so many seconds, by whatever it is counted by."""

    def __init__(self, clock_ms: Callable[[], int], most: int, seconds: int) -> None:
        self._clock_ms = clock_ms
        self._most = most
        self._ms = seconds * 1000
        self._times: dict[str, deque[int]] = {}

    def allows(self, key: str) -> bool:
        now = self._clock_ms()
        times = self._times.setdefault(key, deque())
        while times and times[0] <= now - self._ms:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(now)
        if len(self._times) > REMEMBERED:
            del self._times[next(iter(self._times))]
        return True


class Allowance:
    """How much may be taken within a time, by whatever it is counted by."""

    def __init__(self, clock_ms: Callable[[], int], within_ms: int) -> None:
        self._clock_ms = clock_ms
        self._within_ms = within_ms
        self._taken: dict[str, deque[tuple[int, int]]] = {}

    def take(self, key: str, size: int, most: int) -> bool:
        """Take some; False if it is too much."""
        now = self._clock_ms()
        taken = self._taken.setdefault(key, deque())
        while taken and taken[0][0] <= now - self._within_ms:
            taken.popleft()
        if sum(each for _, each in taken) + size > most:
            return False
        if taken and taken[-1][0] > now - PIECE_MS:
            since, before = taken.pop()
            taken.append((since, before + size))
        else:
            taken.append((now, size))
        if len(self._taken) > REMEMBERED:
            del self._taken[next(iter(self._taken))]
        return True


async def uploader_of(caller: Caller, authorization: str) -> Uploader:
    """RFC 6750 for tokens, RFC 7617 for passwords; a token may stand in a password's place."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return _by_token(caller, given.strip(), 'Bearer realm="hubbub"')
    if scheme.lower() != "basic":
        raise _who_are_you(
            "Say who you are: with your account's name and password, or with a token from UPLOAD."
        )
    name, password = _taken_apart(given.strip())
    by_token = granted(caller.hub, password)
    return by_token or await _by_password(caller, name, password)


def _by_token(caller: Caller, token: str, challenge: str) -> Uploader:
    found = granted(caller.hub, token)
    if found is None:
        raise _who_are_you("That token is good no longer; ask for another with UPLOAD.", challenge)
    return found


def _taken_apart(given: str) -> tuple[str, str]:
    try:
        name, colon, password = b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        colon = ""
    if not colon:
        raise _who_are_you("Name and password can't be read.")
    return name, password


async def _by_password(caller: Caller, name: str, password: str) -> Uploader:
    if not may_send_password(caller):
        raise Answer(403, "Passwords are taken by TLS only: use https, or a token from UPLOAD.")
    if len(password.encode()) > LONGEST or not try_password(caller, name):
        raise Answer(429, "Too many tries; wait some minutes.", {"Retry-After": "300"})
    by_token = account_by_token(caller.hub, name, password)
    account = by_token[0] if by_token else await account_of(caller.hub, name, password)
    if account is None:
        was_wrong(caller, name)
        raise _who_are_you("There is no account with that name and password.")
    was_right(caller, name)
    if account.suspended:
        raise Answer(403, "This account is suspended; ask whoever runs the server.")
    here = caller.hub.users_by_id.get(account.id)
    return Uploader(account.id, here.nick if here is not None else account.name)


def _who_are_you(why: str, challenge: str = 'Basic realm="hubbub", charset="UTF-8"') -> Answer:
    return Answer(401, why, {"WWW-Authenticate": challenge})
