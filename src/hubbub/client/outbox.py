"""What we said and the server has not confirmed yet: sent once, in order, whatever happens to the connection.

Owns the lines of ours that are PENDING, and when each goes out. Knows no sockets and no clock. Used by Session.

1. Within a conversation nothing overtakes: a line is sent when all before it have been sent on this connection.
2. A line that was sent on a connection that is lost may have arrived. It is sent again only after the history
   since then has been read (`caught_up`), where it would have been found by its nonce. Where there is no
   history to read, it fails, and people decide.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from hubbub.client.chat import Conversation
from hubbub.client.lines import Line
from hubbub.client.sending import Limits, to_messages
from hubbub.irc.wire import Message

_WINDOW = 16
"""How many may be unconfirmed at a time: a burst that servers take without complaint."""
MOST = 1_000
"""Waiting lines of a conversation; whoever types more than that without a connection is told."""

DOUBTFUL = "the connection was lost; it may or may not have arrived"


class Proof(Enum):
    """What the history says of a line that was sent and isn't found there."""

    ABSENT = "it never arrived"
    OPEN = "nobody can tell: what could be read doesn't reach back to it"


class Full(Exception):
    """Too much waits for the connection already."""


@dataclass(slots=True, eq=False)
class Sending:
    """A line on its way. `sent`: on this connection; `doubtful`: on an earlier one."""

    conversation: Conversation
    line: Line
    sent: bool = False
    doubtful: bool = False


class Outbox:
    """`send` puts the messages of one line on the wire; what comes back is settled by Session."""

    def __init__(self, send: Callable[[Sending, list[Message]], None]) -> None:
        self._send = send
        self._queues: dict[Conversation, deque[Sending]] = {}
        self._ready: set[Conversation] = set()

    def __iter__(self) -> Iterator[Sending]:
        return (sending for queue in self._queues.values() for sending in queue)

    def add(self, conversation: Conversation, line: Line) -> None:
        """The line is in its timeline already. Raises Full."""
        queue = self._queues.setdefault(conversation, deque())
        if len(queue) >= MOST:
            raise Full
        queue.append(Sending(conversation, line))

    def first(self, conversation: Conversation, text: str) -> Sending | None:
        """The oldest that was sent with this text, for servers that give nothing else to know it by."""
        for sending in self._queues.get(conversation, ()):
            if sending.sent and sending.line.text == text:
                return sending
        return None

    def oldest(self, conversation: Conversation) -> Sending | None:
        """The oldest that was sent and is neither confirmed nor refused."""
        return next((sending for sending in self._queues.get(conversation, ()) if sending.sent), None)

    def done(self, line: Line) -> None:
        """It has arrived, failed, or isn't wanted any more."""
        for conversation, queue in list(self._queues.items()):
            left = deque(sending for sending in queue if sending.line is not line)
            if len(left) != len(queue):
                self._queues[conversation] = left
            if not left:
                del self._queues[conversation]

    def lost(self) -> None:
        """The connection is gone."""
        self._ready.clear()
        for sending in self:
            sending.doubtful = sending.doubtful or sending.sent
            sending.sent = False

    def waits_for_history(self) -> list[Conversation]:
        """The conversations whose newest history must be read before anything may be sent there."""
        return [one for one in self._queues if self.is_doubtful(one)]

    def is_doubtful(self, conversation: Conversation) -> bool:
        """Whether anything there may have arrived without our knowing."""
        return any(sending.doubtful for sending in self._queues.get(conversation, ()))

    def doubtful_since(self, conversation: Conversation) -> int | None:
        """When the oldest of them was written."""
        queue = self._queues.get(conversation, ())
        return min((sending.line.time_ms for sending in queue if sending.doubtful), default=None)

    def ready(self, conversation: Conversation, proof: Proof = Proof.ABSENT) -> list[Line]:
        """Now lines may go there. `proof`: for what is doubtful and was not found.

        Returns the lines that can't be sent without asking.
        """
        self._ready.add(conversation)
        queue = self._queues.get(conversation, deque())
        unsure = [sending.line for sending in queue if sending.doubtful] if proof is Proof.OPEN else []
        for sending in queue:
            sending.doubtful = False
        return unsure

    def not_ready(self, conversation: Conversation) -> None:
        self._ready.discard(conversation)

    def drop(self, conversation: Conversation) -> None:
        """Nobody looks at it any more: what waits there takes no room from others."""
        self._queues.pop(conversation, None)
        self._ready.discard(conversation)

    def waiting(self, conversation: Conversation) -> list[Line]:
        return [sending.line for sending in self._queues.get(conversation, ())]

    def flush(self, limits: Limits) -> None:
        """Send what may go now."""
        room = _WINDOW - sum(sending.sent for sending in self)
        for conversation in [one for one in self._queues if one in self._ready]:
            for sending in list(self._queues.get(conversation, ())):
                if sending.sent:
                    continue
                if room <= 0:
                    return
                sending.sent = True
                room -= 1
                self._send(sending, to_messages(conversation.name, sending.line, limits))
