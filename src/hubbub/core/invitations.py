"""Invitation codes: what lets somebody register where registration is by invitation. Kept hashed, good for once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from hubbub.core.delivery import NOBODY, Audience
from hubbub.core.event import Event
from hubbub.core.hub import restores
from hubbub.core.ledger import Put

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact


class Invitations:
    """The hashes of codes that have not been used."""

    def __init__(self) -> None:
        self.open: set[str] = set()


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def invite(hub: Hub, code: str) -> None:
    """Make a code (long and random, from outside) good for one registration."""
    hub.propose(CodeIssued(digest=_digest(code)), puts=(Put(f"invitation/{_digest(code)}", b"1"),))


def open_code(hub: Hub, code: str) -> str:
    """The digest by which a code that is still good is known, or ""."""
    digest = _digest(code)
    return digest if digest in hub.part(Invitations).open else ""


def spent_put(digest: str) -> Put:
    """The change of state that uses a code up."""
    return Put(f"invitation/{digest}", None)


class CodeIssued(Event, frozen=True):
    """There is one more code."""

    digest: str

    def apply(self, hub: Hub) -> Audience:
        hub.part(Invitations).open.add(self.digest)
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None


@restores("invitation")
def _restore(hub: Hub, digest: str, _value: bytes) -> None:
    hub.part(Invitations).open.add(digest)
