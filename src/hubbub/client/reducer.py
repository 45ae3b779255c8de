"""What a message from the server changes: the state after it, and the events that tell of it.

Owns the step from one state of Chat to the next. The handlers know their commands: speaking.py, rooms.py, people.py
and replies.py; under them, reading.py makes lines of messages, membership.py knows who is where, revising.py what
becomes of a line, playback.py history. No I/O and no clock: the time comes with each call. Called by Session.
"""

from __future__ import annotations

from collections.abc import Iterable

from hubbub.client import people, replies, rooms, speaking
from hubbub.client.batches import Batch, multiline_text
from hubbub.client.chat import Chat, Conversation
from hubbub.client.events import Event, Loaded
from hubbub.client.lines import Line
from hubbub.client.playback import put_page
from hubbub.client.reading import Heard, conversation_name, said
from hubbub.client.state import Events, Handler, State
from hubbub.client.timeline import Timeline
from hubbub.irc.wire import Message

_PLAYED_BACK = ("chathistory", "znc.in/playback")

HANDLERS: dict[str, Handler] = {
    **speaking.HANDLERS,
    **rooms.HANDLERS,
    **people.HANDLERS,
    **replies.HANDLERS,
}


class Reducer:
    """Of one Chat."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self._state = State(chat)

    def apply(self, message: Message | Batch, now_ms: int) -> list[Event]:
        """What the server says now."""
        return list(self._apply(message, now_ms))

    def page(
        self,
        conversation: Conversation,
        batch_messages: Iterable[Message | Batch],
        now_ms: int,
        *,
        timeline: Timeline | None = None,
        older: bool = False,
    ) -> list[Line]:
        """Put the content of a chathistory batch into a timeline; returns what was not there yet."""
        timeline = conversation.timeline if timeline is None else timeline
        fresh = put_page(timeline, batch_messages, self.chat, now_ms, older=older)
        if timeline is conversation.timeline:
            conversation.recount()
        return fresh

    def found(self, message: Message | Batch, now_ms: int) -> tuple[str, Line] | None:
        """A message that a search has found, and the name of its conversation. Changes nothing."""
        whole = _whole(message)
        if whole is None or whole.command not in ("PRIVMSG", "NOTICE"):
            return None
        line = said(whole, self.chat, now_ms)
        return (conversation_name(whole, self.chat), line) if line is not None else None

    def _apply(self, message: Message | Batch, now_ms: int) -> Events:
        whole = _whole(message)
        if whole is not None:
            handle = HANDLERS.get(whole.command, replies.unknown)
            yield from handle(self._state, Heard(whole, now_ms))
        elif isinstance(message, Batch) and message.type.endswith(_PLAYED_BACK):
            yield from self._played_back(message, now_ms)
        elif isinstance(message, Batch):
            for part in message.messages:
                yield from self._apply(part, now_ms)

    def _played_back(self, batch: Batch, now_ms: int) -> Events:
        """History that nobody asked for."""
        name = batch.params[0] if batch.params else ""
        if not name or (self.chat.is_channel(name) and self.chat.find(name) is None):
            return
        conversation = yield from self._state.opened(name)
        fresh = self.page(conversation, batch.messages, now_ms)
        yield Loaded(conversation, conversation.timeline, len(fresh), older=False)


def _whole(message: Message | Batch) -> Message | None:
    """One message; also for one that came in several lines."""
    if not isinstance(message, Batch):
        return message
    return multiline_text(message)[1] if message.type.endswith("multiline") else None
