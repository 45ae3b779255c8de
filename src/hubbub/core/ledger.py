"""The seam to storage: one ordered log of facts, and a key–value state that changes only with a fact.

Owns the types that cross the seam and the contract in their comments; knows no file, no SQL, no event loop.
The hub appends entries and applies facts; adapters in hubbub.ledger keep them.

1. Facts are applied in one order, that of the log; an entry is applied only when it is durable.
2. An entry's expectations are judged at its place in the log, against the state that all before it left behind.
3. Nothing is lost and nothing is applied twice: every append ends in exactly one `apply` or one `refuse`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

MESSAGE = 0
"""Kind of a fact that is history for everybody."""
EVENT = 1
"""Kind of a fact that is history for those who ask for events too (draft/event-playback)."""


class Put(NamedTuple):
    """A change of the key–value state: `value` None removes the key."""

    key: str
    value: bytes | None
    owned: bool = False
    """True: the key belongs to this run of the server and is gone after a restart (a guest's nick, say)."""
    numbered: bool = False
    """True: the position of the entry's own fact is written behind the value, in decimal digits."""


class Entry(NamedTuple):
    """What is proposed to the log."""

    topic: str
    """The conversation that the fact belongs to; history is read by topic."""
    body: bytes
    keep: bool = True
    """False: ordered and applied, but not history. With only owned puts it needs no disk at all."""
    kind: int = MESSAGE
    expect: tuple[tuple[str, int], ...] = ()
    """Pairs (key, version): the entry takes effect only if every key is still at that version (0: absent)."""
    puts: tuple[Put, ...] = ()
    erases: tuple[int, ...] = ()
    """Positions whose bodies vanish from log and search in the same transaction."""
    text: str = ""
    """What search finds the fact by, if it is kept; "" for what is never found."""
    author: str = ""
    """Who the text is from, as `search` names them."""


class Fact(NamedTuple):
    """An entry at its place in the log."""

    pos: int
    """Dense, 1, 2, 3 … over all kept entries of this ledger, for ever; 0 for an entry that is not kept."""
    time_ms: int
    """Unix time in milliseconds; never smaller than that of an earlier fact."""
    origin: str
    """Name of the node that appended it."""
    topic: str
    body: bytes
    """Empty in history after `erases`."""
    kind: int = MESSAGE


class Found(NamedTuple):
    """What a search has found, ascending."""

    facts: list[Fact]
    is_complete: bool
    """False: it took too long, and some of what lies farther off was not looked at."""


class Handler(Protocol):
    """The hub, as a ledger sees it. All calls come from the loop's thread."""

    def restore(self, key: str, value: bytes) -> None:
        """One key of the snapshot; all come before `open` returns."""

    def apply(self, fact: Fact, ticket: object | None) -> None:
        """The next fact. `ticket` is what came with `append` if the entry was this node's, else None."""

    def refuse(self, ticket: object | None, reason: str) -> None:
        """An own entry without effect: `reason` is EXPECTED, or a sentence when it could not be stored."""

    def cast(self, topic: str, body: bytes) -> None:
        """Something passing by that is kept nowhere (typing, live text)."""


EXPECTED = "expected"
"""The reason given to `refuse` when an expectation did not hold."""


class LedgerError(Exception):
    """The ledger can't be opened or used; the text is one sentence for the operator."""


class Ledger(Protocol):
    """One node's access to the log."""

    async def open(self, node: str, handler: Handler) -> int:
        """Restore the snapshot into `handler`; the result is this run's epoch (1, 2, …), never used before."""

    def append(self, entry: Entry, ticket: object | None = None) -> None:
        """Queue an entry. An entry that needs no disk may be applied before this returns if nothing is queued."""

    def cast(self, topic: str, body: bytes) -> None:
        """Hand `body` to every node's handler, at most once, in no particular order to facts."""

    def version(self, key: str) -> int:
        """The version of `key` as of the last fact applied here; 0 if absent. Changes with every put."""

    async def history(
        self,
        topic: str,
        *,
        before: int | None = None,
        after: int | None = None,
        limit: int = 100,
        oldest_first: bool = False,
        kinds: Sequence[int] = (MESSAGE,),
    ) -> list[Fact]:
        """Facts of a topic with after < pos < before, ascending.

        At most `limit`: the newest of them, or the oldest with `oldest_first`. Erased facts are left out.
        """

    async def search(
        self,
        topics: Sequence[str],
        terms: Sequence[str],
        *,
        author: str = "",
        before: int | None = None,
        after: int | None = None,
        limit: int = 100,
        oldest_first: bool = False,
    ) -> Found:
        """Facts of these topics whose text has every term somewhere within it, with after < pos < before.

        Texts are compared by their compatible, case-folded form (Unicode NFKC, full case folding), in any script.
        `author` "" stands for anybody; another must be the entry's letter by letter. `limit` and `oldest_first`
        are as in `history`; erased facts are not found.
        """

    async def locate(self, time_ms: int) -> int:
        """Position of the first fact at or after a time; one past the last position if there is none."""

    async def latest(self, topics: Sequence[str], *, after: int, before: int) -> list[Fact]:
        """For each topic that has one, its newest fact of kind MESSAGE with after < pos < before; ascending."""

    async def read(self, pos: int) -> Fact | None:
        """One fact by position, or None (never there, erased or expired)."""

    async def expire(self, before_ms: int, topic: str | None = None) -> int:
        """Remove history older than a time (of one topic, or all); the number of facts removed."""

    async def flush(self) -> None:
        """Return when everything appended so far has been applied or refused."""

    async def close(self) -> None:
        """Flush, then release everything."""
