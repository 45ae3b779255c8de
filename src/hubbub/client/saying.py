"""What we say: from a text to a line that is pending, sent, and at last arrived or failed.

Owns how a line of ours is followed: by label and echo, by its nonce, or, on servers with neither, by a PING behind it.
The order in which lines go out is outbox.py's, their form sending.py's. Knows no sockets and no clock of its own.
Used by Session.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hubbub.client.batches import Batch
from hubbub.client.chat import Conversation, Place
from hubbub.client.events import Added, Changed, Phase, Updated
from hubbub.client.isupport import Isupport
from hubbub.client.lines import NONCE_TAG, Delivery, Kind, Line
from hubbub.client.outbox import MOST, Full, Outbox, Sending
from hubbub.client.requests import Request, Requests, words
from hubbub.client.sending import Limits, split
from hubbub.irc.wire import Message, split_source

if TYPE_CHECKING:
    from hubbub.client.session import Session

_FENCE = "hubbub-sent-"
_FOR_EVER = 1 << 62


class Saying:
    """Of one session."""

    def __init__(
        self, session: Session, requests: Requests, *, now_ms: Callable[[], int], nonce: Callable[[], str]
    ) -> None:
        self.outbox = Outbox(self._send_line)
        self._session = session
        self._chat = session.chat
        self._requests = requests
        self._now_ms = now_ms
        self._nonce = nonce
        self._labelled: dict[str, Line] = {}

    def is_ours(self, label: str) -> bool:
        """Whether the label is that of a line of ours, and not of a question."""
        return label in self._labelled

    @property
    def limits(self) -> Limits:
        """What the server takes in one message."""
        chat = self._chat
        given = dict(
            part.partition("=")[::2] for part in chat.capabilities.get("draft/multiline", "").split(",")
        )
        batches = Isupport(given)
        takes = chat.has("draft/multiline", "batch")
        return Limits(
            line=Isupport(chat.tokens).linelen,
            batch_bytes=batches.number("max-bytes", 4096) if takes else 0,
            batch_lines=batches.number("max-lines", 0),
            tags=chat.has("message-tags"),
        )

    def say(self, conversation: Conversation, text: str, kind: Kind, reply_to: Line | None) -> list[Line]:
        """See Session.say."""
        pieces = split(conversation.name, text, kind, self.limits)
        if len(self.outbox.waiting(conversation)) + len(pieces) > MOST:
            raise Full
        lines = [self._written(piece, kind, reply_to) for piece in pieces]
        for line in lines:
            conversation.timeline.append(line)
            self.outbox.add(conversation, line)
            self._session.tell(Added(conversation, line, live=False))
        online = self._session.phase is Phase.ONLINE
        if online and conversation.place is Place.DIRECT and not self.outbox.is_doubtful(conversation):
            self.outbox.ready(conversation)
        self.flush()
        return lines

    def flush(self) -> None:
        """Send what may go now."""
        self.outbox.flush(self.limits)

    def _written(self, text: str, kind: Kind, reply_to: Line | None) -> Line:
        return Line(
            kind,
            self._now_ms(),
            nick=self._chat.nick,
            account=self._chat.account,
            text=text,
            nonce=self._nonce(),
            reply_to=reply_to.msgid if reply_to else "",
            mine=True,
            delivery=Delivery.PENDING,
        )

    def _send_line(self, sending: Sending, messages: list[Message]) -> None:
        """For Outbox. The answer comes as an echo, as a refusal, or, on servers without either, as a PONG."""
        if self._chat.has("labeled-response", "echo-message"):
            # It never runs out of time: either an answer comes, or the connection is lost.
            messages, request = self._requests.ask(*messages, labels=True, now_ms=_FOR_EVER)
            self._labelled[request.label] = sending.line
            request.then(lambda request: self._answered(sending, request))
        self._session.put(messages)
        if not self._chat.has("echo-message"):
            fence = Message("PING", [f"{_FENCE}{sending.line.nonce}"])
            messages, request = self._requests.ask(fence, labels=False, now_ms=_FOR_EVER)
            request.then(lambda request: self._fenced(sending, request))
            self._session.put(messages)

    def _answered(self, sending: Sending, request: Request) -> None:
        self._labelled.pop(request.label, None)
        if request.failed and sending.sent and sending.line.delivery is Delivery.PENDING:
            self.fail(sending.conversation, sending.line, request.failure)

    def _fenced(self, sending: Sending, request: Request) -> None:
        line = sending.line
        if request.failed or line.delivery is not Delivery.PENDING:
            return
        line.delivery = Delivery.ARRIVED
        sending.conversation.timeline.settle(line, time_ms=self._now_ms())
        self.outbox.done(line)
        self._session.tell(Updated(sending.conversation, line))

    def refused(self, message: Message) -> None:
        """On servers without labels: the oldest line to that room or person was not taken."""
        named = [self._chat.find(param) for param in message.params[1:-1]]
        for conversation in filter(None, named):
            sending = self.outbox.oldest(conversation)
            if sending is not None and not self._chat.has("labeled-response"):
                self.fail(conversation, sending.line, words(message))

    def fail(self, conversation: Conversation, line: Line, reason: str) -> None:
        self.outbox.done(line)
        line.delivery = Delivery.FAILED
        line.failure = reason
        conversation.timeline.settle(line, time_ms=self._now_ms())
        self._session.tell(Updated(conversation, line))

    def fail_all(self, conversation: Conversation, reason: str) -> None:
        for line in self.outbox.waiting(conversation):
            if line.delivery is Delivery.PENDING:
                self.fail(conversation, line, reason)

    def discard(self, conversation: Conversation, line: Line) -> None:
        """Forget a line of ours that has not been sent."""
        self.outbox.done(line)
        conversation.timeline.remove(line)
        self._session.tell(Changed(conversation))

    def recognise(self, whole: Message | Batch) -> None:
        """Give what comes back of our own words the nonce that it went out with, where the server lost it."""
        if isinstance(whole, Batch) and whole.type == "labeled-response":
            for one in whole.messages:
                one.tags.setdefault("label", whole.tags.get("label", ""))
                self.recognise(one)
            return
        said = whole if isinstance(whole, Message) else _first_message(whole)
        if said is None or said.command not in ("PRIVMSG", "NOTICE") or len(said.params) < 2:
            return
        if NONCE_TAG in whole.tags or not self._chat.is_me(split_source(said.source)[0]):
            return
        conversation = self._chat.find(said.params[0])
        line = self._labelled.get(whole.tags.get("label", ""))
        if line is None and conversation is not None:
            sending = self.outbox.first(conversation, _spoken(said))
            line = sending.line if sending else None
        if line is not None:
            whole.tags[NONCE_TAG] = line.nonce


def _first_message(batch: Batch) -> Message | None:
    return next(iter(batch.flat()), None) if batch.type == "draft/multiline" else None


def _spoken(message: Message) -> str:
    text = message.params[1]
    return text.removeprefix("\x01ACTION ").removesuffix("\x01") if text.startswith("\x01ACTION") else text
