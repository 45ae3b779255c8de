"""Client batches: several lines from a client that are one command.

Owns the one batch that a connection may have open, and decides which lines go into it. What a batch means is known
to the feature that declares its type. Session gives every command to `hear`.
https://ircv3.net/specs/extensions/client-batch
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from hubbub.core.command import Context, run, submit
from hubbub.core.refusal import Failed, Refused
from hubbub.core.reply import Reply, label_of

if TYPE_CHECKING:
    from hubbub.core.capability import Capability
    from hubbub.core.session import Session
    from hubbub.irc.wire import Message

LONGEST_SILENCE = 60_000
"""Milliseconds between two lines of a batch after which the rest is no longer waited for."""
INVALID = "MULTILINE_INVALID"
"""multiline, "Errors": "any other error"; client-batch has no code for it."""
_REFERENCE = re.compile(r"[A-Za-z0-9-]+")
_MEANWHILE = frozenset({"BATCH", "PING", "PONG", "QUIT"})
"""Commands outside of the batch that leave it as it is: signs of life, and BATCH, which sees for itself."""


class Gatherer(Protocol):
    """A batch as its type sees it. Both raise Failed or Refused if it can't be right any more."""

    def add(self, message: Message) -> None:
        """The next line. What is kept of it has to be bounded."""

    def finish(self, ctx: Context) -> None:
        """All lines are there: propose what they mean."""


class BatchType(NamedTuple):
    """A type of batch that clients may send, and the capabilities that they need for it."""

    needs: tuple[Capability, ...]
    begin: Callable[[Context, list[str]], Gatherer]


BATCH_TYPES: dict[str, BatchType] = {}


class ClientBatch:
    """A batch that was opened and not closed. Without a gatherer it has failed, and its lines are ignored."""

    __slots__ = ("context", "gatherer", "heard_ms", "reference")

    def __init__(self, context: Context, reference: str) -> None:
        self.context = context
        """Of the command that opened it: its label and its tags are those of the whole."""
        self.reference = reference
        self.heard_ms = context.hub.clock()
        self.gatherer: Gatherer | None = None

    def begin(self, gatherer: Gatherer) -> None:
        self.gatherer = gatherer
        self.context.reply.open += 1

    def fail(self, code: str, *params: str) -> None:
        """Say what is wrong and forget what has come."""
        self.gatherer = None
        self.context.reply.fail("BATCH", code, *params)
        self.context.reply.done()

    def add(self, message: Message) -> None:
        if self.gatherer is None:
            return
        if message.tags["batch"] != self.reference:
            self.fail(INVALID, "That is not the batch that is open")
            return
        self.heard_ms = self.context.hub.clock()
        try:
            self.gatherer.add(message)
        except Failed as failure:
            self.fail(failure.code, *failure.params)

    def finish(self) -> None:
        gatherer, self.gatherer = self.gatherer, None
        if gatherer is None:
            return
        reply = self.context.reply
        try:
            gatherer.finish(self.context)
            submit(self.context)
        except Failed as failure:
            reply.fail("BATCH", failure.code, *failure.params)
        except Refused as refusal:
            reply.numeric(refusal.numeric, *refusal.params)
        finally:
            reply.done()

    def lose_line(self) -> None:
        """A line that may have been of this batch could not be read."""
        if self.gatherer is not None:
            self.fail(INVALID, "A line was dropped before the batch was closed")

    def check_time(self) -> None:
        if self.gatherer is not None and self.context.hub.clock() - self.heard_ms > LONGEST_SILENCE:
            self.fail("TIMEOUT", self.reference, "The batch was left open for too long")


def hear(session: Session, message: Message) -> None:
    """Take a client's line into its batch, or run it as a command of its own."""
    batch = session.batch
    if batch is not None:
        batch.check_time()
    if "batch" in message.tags and _may_send_batches(session):
        _add(session, message)
        return
    if batch is not None and batch.gatherer is not None and message.command not in _MEANWHILE:
        # "MUST NOT send any messages that are not part of the batch, until it is closed"
        batch.fail(INVALID, "Something else was said before the batch was closed")
    run(session, message)


def _may_send_batches(session: Session) -> bool:
    """To others, `batch` is a tag like any that the server doesn't know."""
    return session.batch is not None or any(_is_for(kind, session) for kind in BATCH_TYPES.values())


def _is_for(kind: BatchType, session: Session) -> bool:
    return session.user is not None and all(session.has(needed) for needed in kind.needs)


def _add(session: Session, message: Message) -> None:
    if session.batch is not None:
        session.batch.add(message)
        return
    # Part of something that was never opened must not be said by itself. One complaint is enough for all of it.
    reply = Reply(session, label_of(session, message))
    session.batch = ClientBatch(Context(session, message, reply), message.tags["batch"])
    reply.fail("BATCH", INVALID, "That batch is not open")
    reply.done()


def open_batch(ctx: Context, reference: str, name: str, params: list[str]) -> None:
    """BATCH +reference: one that is still open is given up."""
    session = ctx.session
    if session.batch is not None and session.batch.gatherer is not None:
        session.batch.fail(INVALID, "Another batch was opened before this one was closed")
    batch = session.batch = ClientBatch(ctx, reference)
    if not _REFERENCE.fullmatch(reference):
        raise Failed("INVALID_REFTAG", reference, "A reference tag is letters, digits and hyphens")
    kind = BATCH_TYPES.get(name)
    if kind is None or not _is_for(kind, session):
        raise Failed("UNKNOWN_TYPE", reference, name, "Unknown type of batch")
    batch.begin(kind.begin(ctx, params))


def close_batch(ctx: Context, reference: str) -> None:
    """BATCH -reference"""
    batch = ctx.session.batch
    if batch is None:
        raise Failed(INVALID, "No batch is open")
    if batch.reference == reference:
        ctx.session.batch = None
        batch.finish()
    elif batch.gatherer is not None:
        batch.fail(INVALID, "That is not the batch that is open")
