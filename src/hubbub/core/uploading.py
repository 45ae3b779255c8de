"""Uploading: who may, how much, and the tokens by which HTTP knows who somebody on IRC is.

A token stands for one person and one conversation for some minutes, in which it may be used several times. It is kept
in memory only, as its digest. Asked by features.filehost, which gives tokens out, and by net, which takes them.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from hubbub.core.accounts import account_key, accounts
from hubbub.core.command import Proposal
from hubbub.core.files import MIB, File, FileUploaded, file_put, files
from hubbub.core.policy import is_guest_kept_out, may_speak
from hubbub.core.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from hubbub.core.hub import Hub
    from hubbub.core.model import User

GOOD_FOR_MS = 600_000
TOKENS = 20
"""Tokens that one person has at a time; a further one ends the oldest."""


class Uploader(NamedTuple):
    """Who uploads, and where it belongs: a topic of the log, or "" for nowhere yet."""

    id: str
    nick: str
    topic: str = ""


class Grant(NamedTuple):
    """What a token stands for."""

    user: str
    topic: str
    expires_ms: int


class Grants:
    """Tokens that are good, by digest, and who has how much under way."""

    def __init__(self) -> None:
        self.by_digest: dict[bytes, Grant] = {}
        self.of_user: dict[str, list[bytes]] = {}
        self.under_way: Counter[str] = Counter()
        """Bytes announced and not yet there, by person; injected by whoever takes them."""


class TooMuch(Exception):
    """There is no room for a file; the text is a sentence for whoever uploads. `is_ours`: nobody could."""

    def __init__(self, why: str, *, is_ours: bool = False) -> None:
        super().__init__(why)
        self.is_ours = is_ours


def grant(hub: Hub, user: User, topic: str) -> tuple[str, int]:
    """A new token, and until when it is good."""
    known, token, expires_ms = hub.part(Grants), secrets.token_urlsafe(24), hub.clock() + GOOD_FOR_MS
    digest = _digest(token)
    known.by_digest[digest] = Grant(user.id, topic, expires_ms)
    own = known.of_user.setdefault(user.id, [])
    own.append(digest)
    while own and (len(own) > TOKENS or known.by_digest[own[0]].expires_ms < hub.clock()):
        del known.by_digest[own.pop(0)]
    hub.later(GOOD_FOR_MS / 1000 + 1, lambda: _forget_old(hub, user.id))
    return token, expires_ms


def _forget_old(hub: Hub, user_id: str) -> None:
    known = hub.part(Grants)
    own = known.of_user.get(user_id, [])
    while own and known.by_digest[own[0]].expires_ms < hub.clock():
        del known.by_digest[own.pop(0)]
    if not own:
        known.of_user.pop(user_id, None)


def granted(hub: Hub, token: str) -> Uploader | None:
    """Whom a token stands for, if they are here still and may say something there."""
    found = hub.part(Grants).by_digest.get(_digest(token))
    user = hub.users_by_id.get(found.user) if found is not None else None
    if (
        found is None
        or user is None
        or found.expires_ms < hub.clock()
        or not may_share(hub, user, found.topic)
    ):
        return None
    return Uploader(user.id, user.nick, found.topic)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def may_share(hub: Hub, user: User, topic: str) -> bool:
    """Whether somebody may say something in a conversation."""
    if not topic.startswith("room/"):
        return True
    channel = hub.channels_by_id.get(topic.removeprefix("room/"))
    if channel is None or is_guest_kept_out(hub.settings, user, channel.name):
        return False
    try:
        may_speak(channel, user)
    except Refused:
        return False
    return True


def check_room_for(hub: Hub, uploader: str, size: int, more: int = 0) -> None:
    """Raise TooMuch if a file of `size` bytes is too large, or `more` further bytes are too many for its owner."""
    limits, known = hub.settings.files, files(hub)
    if size > limits.max_size * MIB:
        raise TooMuch(f"A file may have {_in_mib(limits.max_size * MIB)}; this one has {_in_mib(size)}.")
    under_way = hub.part(Grants).under_way
    has = known.size_of.get(uploader, 0) + under_way[uploader]
    if has + more > limits.quota * MIB:
        left = max(limits.quota * MIB - has, 0)
        raise TooMuch(
            f"Your files may come to {_in_mib(limits.quota * MIB)}, of which {_in_mib(left)} are left; "
            "take some messages with files back."
        )
    if limits.total and known.size + under_way.total() + more > limits.total * MIB:
        raise TooMuch("The server has no room for more files; ask whoever runs it.", is_ours=True)


def _in_mib(size: int) -> str:
    return f"{size / MIB:,.0f} MiB" if size >= 10 * MIB else f"{size / MIB:.1f} MiB"


def is_known(hub: Hub, id: str) -> bool:
    """Whether somebody of this id has an account or is here: a guest's id ends with their connection."""
    return id in accounts(hub).by_id or id in hub.users_by_id


def store(hub: Hub, file: File, done: Callable[[bool], None]) -> None:
    """Propose a file whose content is there. `done` is told whether it has become a fact."""
    if not is_known(hub, file.owner):
        # They have gone meanwhile, and nobody could ever delete it.
        done(False)
        return
    account = accounts(hub).by_id.get(file.owner)
    keys = (account_key(account.name),) if account is not None else ()
    proposal = Proposal(
        FileUploaded(file=file),
        None,
        # The account was changed, or deleted, at the same moment: look again.
        refused=lambda _reason: store(hub, file, done),
        applied=lambda: done(True),
    )
    hub.append(proposal, tuple((key, hub.ledger.version(key)) for key in keys), (file_put(file),))
