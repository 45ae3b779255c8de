"""Catching up: which conversations have to be read because we were away, from where on, and a few at a time.

Owns the queue of them, over lost connections too. Knows no pages (history.py) and no connection. Used by Session.

1. From where on is noted when we come in: what comes live afterwards is newer than what must be read.
2. What was not read to its end because the connection was lost again is read from the same place next time.
"""

from __future__ import annotations

from collections.abc import Callable

from hubbub.client.chat import Conversation
from hubbub.client.lines import Line

AT_ONCE = 4
"""However many there are, a server is not flooded, and what people look at is there soon."""


class CatchingUp:
    """`read`: begin with this one, from that line on; whoever does calls over() at the end.

    `urgent`: whether people wait for it.
    """

    def __init__(
        self,
        read: Callable[[Conversation, Line | None], None],
        urgent: Callable[[Conversation], bool],
    ) -> None:
        self._read = read
        self._urgent = urgent
        self._from: dict[Conversation, Line | None] = {}
        self._waiting: list[Conversation] = []
        self._running: set[Conversation] = set()
        self._is_starting = False

    def behind(self) -> set[Conversation]:
        """Those that are not read to their end."""
        return set(self._from)

    def note(self, conversation: Conversation) -> None:
        """From here on, should it be read. An earlier note that nothing has come of yet holds."""
        self._from.setdefault(conversation, conversation.timeline.newest())

    def add(self, conversation: Conversation) -> None:
        """It has to be read."""
        self.note(conversation)
        conversation.loading = True
        if conversation not in self._waiting and conversation not in self._running:
            self._waiting.append(conversation)

    def skip(self, conversation: Conversation) -> None:
        """Nothing has happened there, or nobody wants it any more."""
        self._from.pop(conversation, None)
        self._running.discard(conversation)
        if conversation in self._waiting:
            self._waiting.remove(conversation)

    def start(self) -> None:
        """With as many as may be read at a time: the urgent ones first, then those where something happened last."""
        if self._is_starting:
            return
        # What can be read at once calls over(), and that would call this again, as deep as there are conversations.
        self._is_starting = True
        try:
            while self._waiting and len(self._running) < AT_ONCE:
                conversation = max(self._waiting, key=self._rank)
                self._waiting.remove(conversation)
                self._running.add(conversation)
                self._read(conversation, self._from[conversation])
        finally:
            self._is_starting = False

    def _rank(self, conversation: Conversation) -> tuple[bool, int]:
        newest = self._from[conversation]
        return self._urgent(conversation), newest.time_ms if newest else 0

    def over(self, conversation: Conversation) -> None:
        """It has been read, or can't be."""
        self.skip(conversation)
        self.start()

    def lost(self) -> None:
        """The connection is gone: from the same places next time."""
        self._waiting.clear()
        self._running.clear()
