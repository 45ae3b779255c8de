"""Nonces: what a client sends a second time, as it can't know whether the first has arrived, is said once.

Owns what was said with the tag +hubbub.chat/nonce (docs/specs/nonce.md), by author and conversation: the latest that
was accepted, from all nodes, and what is on its way from this one. Called by core.said; messages without the tag cost
a look into their tags.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from hubbub.core.ledger import Fact
from hubbub.core.vendor import VENDOR

if TYPE_CHECKING:
    from hubbub.core.command import Context
    from hubbub.core.hub import Hub
    from hubbub.core.reply import Reply
    from hubbub.core.said import Said

NONCE = f"+{VENDOR}nonce"
LONGEST = 64
"""Characters of a nonce; longer ones are tags like any other."""
REMEMBERED = 256
"""Messages of one author, and …"""
IN_ALL = 50_000
"""… of all together: about 20 MB. Whoever has said nothing for longest is forgotten first."""

Key = tuple[str, str]
"""Topic and nonce: one command may say the same to several."""


class Accepted(NamedTuple):
    """A message that is in the log. `words`: a fingerprint of what it says."""

    pos: int
    time_ms: int
    words: int


class UnderWay:
    """A message that is not on the disk yet, and who has sent it again meanwhile."""

    __slots__ = ("again", "words")

    def __init__(self, words: int) -> None:
        self.words = words
        self.again: deque[tuple[Said, Reply]] = deque()


class Nonces:
    """What is known of the whole node."""

    def __init__(self) -> None:
        self.accepted: dict[str, dict[Key, Accepted]] = {}
        """By author; who has said something last comes last."""
        self.number = 0
        """How many these are."""
        self.under_way: dict[tuple[str, Key], UnderWay] = {}

    def accept(self, author: str, key: Key, accepted: Accepted) -> None:
        known = self.accepted.pop(author, None)
        if known is None:
            known = {}
        self.accepted[author] = known
        self.number += key not in known
        known[key] = accepted
        if len(known) > REMEMBERED:
            del known[next(iter(known))]
            self.number -= 1
        while self.number > IN_ALL:
            self.number -= len(self.accepted.pop(next(iter(self.accepted))))


def was_said_before(ctx: Context, said: Said) -> bool:
    """Whether it is a message sent again; if so it is answered here as the first one, now or when that is stored."""
    key = _key(said)
    if key is None:
        return False
    known = ctx.hub.part(Nonces)
    accepted = known.accepted.get(said.user, {}).get(key)
    under_way = known.under_way.get((said.user, key))
    if accepted is not None:
        _answer(said, ctx.reply, accepted)
    elif under_way is not None:
        ctx.reply.open += 1
        ctx.session.pending += 1
        under_way.again.append((said, ctx.reply))
    return accepted is not None or under_way is not None


def sent(hub: Hub, said: Said) -> None:
    """A message is on its way to the ledger."""
    key = _key(said)
    if key is not None:
        hub.part(Nonces).under_way.setdefault((said.user, key), UnderWay(_words(said)))


def accept(hub: Hub, said: Said) -> None:
    """A message is applied."""
    key = _key(said)
    if key is not None and hub.fact is not None:
        accepted = Accepted(hub.fact.pos, hub.fact.time_ms, _words(said))
        hub.part(Nonces).accept(said.user, key, accepted)


def arrive(hub: Hub, said: Said) -> None:
    """A message of this node has been applied, or could not be stored: whoever sent it again is answered, too."""
    key = _key(said)
    if key is None:
        return
    known = hub.part(Nonces)
    under_way = known.under_way.pop((said.user, key), None)
    if under_way is None:
        return
    accepted = known.accepted.get(said.user, {}).get(key)
    for again, reply in under_way.again:
        if accepted is not None:
            _answer(again, reply, accepted)
        else:
            reply.not_stored()
        hub.settle(reply)


def _key(said: Said) -> Key | None:
    nonce = said.tags.get(NONCE)
    return (said.topic(), nonce) if nonce and len(nonce) <= LONGEST else None


def _words(said: Said) -> int:
    return hash((said.verb, said.whole_text))


def _answer(said: Said, reply: Reply, accepted: Accepted) -> None:
    """What the author is sent of the first one: its echo with its id and time, or nothing (with a label: ACK)."""
    if _words(said) != accepted.words:
        # Two messages with one nonce: a mistake in the client, which must not believe that both were said.
        if said.verb != "NOTICE":
            reply.fail(said.verb, "NONCE_REUSED", said.target, "You have said something else with this nonce")
        return
    if not said.is_shown_to(reply.session):
        return
    lines = said.render(reply.session.profile, Fact(accepted.pos, accepted.time_ms, "", said.topic(), b""))
    for line in [lines] if isinstance(lines, str) else lines or []:
        reply.line(line)
