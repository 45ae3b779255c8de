"""A page of history put into a timeline.

Owns what history may change: lines, and what became of them; never who is in a room, what it is about, or who we
are. What is there already is not repeated, but learns what happened to it meanwhile. Called by reducer.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hubbub.client.batches import Batch, multiline_text
from hubbub.client.chat import Chat
from hubbub.client.lines import Delivery, Line
from hubbub.client.reading import Heard, read
from hubbub.client.revising import REVISIONS, edit, revise
from hubbub.client.timeline import Timeline
from hubbub.irc.wire import Message


def messages_of(content: Iterable[Message | Batch]) -> Iterator[Message]:
    """All messages; one for what was said in several lines."""
    for message in content:
        if not isinstance(message, Batch):
            yield message
        elif message.type.endswith("multiline"):
            yield multiline_text(message)[1]
        else:
            yield from messages_of(message.messages)


def put_page(
    timeline: Timeline, content: Iterable[Message | Batch], chat: Chat, now_ms: int, *, older: bool = False
) -> list[Line]:
    """What was not there yet, in order."""
    messages = list(messages_of(content))
    found = [line for message in messages if (line := read(message, chat, now_ms)) is not None]
    confirmed: set[Line] = set()
    page = [_confirmed(timeline, line, confirmed) for line in found]
    fresh = [line for line in timeline.merge(page, older=older) if line not in confirmed]
    for line in page:
        _refresh(timeline, line, chat)
    for message in messages:
        if message.command in REVISIONS:
            revise(timeline, Heard(message, now_ms), chat)
    return fresh


def _confirmed(timeline: Timeline, line: Line, confirmed: set[Line]) -> Line:
    """The line of ours that waits for its confirmation, where this is it."""
    waiting = waiting_for(timeline, line)
    if waiting is None or timeline.find(line.msgid) is not None:
        return line
    timeline.remove(waiting)
    confirm(waiting, line)
    waiting.msgid, waiting.time_ms = line.msgid, line.time_ms
    waiting.version += 1
    confirmed.add(waiting)
    return waiting


def waiting_for(timeline: Timeline, line: Line) -> Line | None:
    """The line of ours that this is, come back from the server.

    It need not be ours by its name: who comes back under another one, as the lost connection still has it, has said it
    under the old one. Then it must be the same text, as whoever reads a message can see its nonce.
    """
    waiting = timeline.unconfirmed(line.nonce)
    return waiting if waiting is not None and (line.mine or line.text == waiting.text) else None


def confirm(waiting: Line, arrived: Line) -> None:
    """Take over what the server made of it."""
    waiting.delivery = Delivery.ARRIVED
    waiting.failure = ""
    waiting.kind, waiting.text, waiting.target = arrived.kind, arrived.text, arrived.target
    waiting.nick, waiting.account = arrived.nick, arrived.account
    waiting.reply_to, waiting.private = arrived.reply_to, arrived.private
    waiting.edited_ms, waiting.bot = arrived.edited_ms, arrived.bot


def _refresh(timeline: Timeline, line: Line, chat: Chat) -> None:
    """What was loaded before may have been edited since, and what is new may have been reacted to."""
    known = timeline.find(line.msgid)
    if known is None:
        return
    if known is not line and line.edited_ms:
        edit(timeline, known, line.text, line.edited_ms, chat)
    if timeline.reactions.show(known):
        timeline.touch(known)
