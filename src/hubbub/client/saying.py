"""What we say: from a text to a line that is pending, sent, and at last arrived or failed.

Owns how a line of ours is followed: by label and echo, by its nonce, or, on servers with neither, by a PING behind it.
The order in which lines go out is outbox.py's, their form sending.py's. Knows no sockets and no clock of its own.
Used by Session.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from hubbub.client.batches import Batch
from hubbub.client.chat import Conversation, Place
from hubbub.client.events import Added, Changed, Phase, Updated
from hubbub.client.isupport import Isupport
from hubbub.client.lines import NONCE_TAG, Delivery, Kind, Line
from hubbub.client.outbox import MOST, Full, Outbox, Sending
from hubbub.client.playback import confirm
from hubbub.client.requests import Request, Requests, words
from hubbub.client.sending import Limits, split
from hubbub.irc.wire import BadLine, Message, split_source

if TYPE_CHECKING:
    from hubbub.client.session import Session

_FENCE = "hubbub-sent-"
_FOR_EVER = 1 << 62
_NOT_HERE = "you are not in this room"
_NOT_PASSED_ON = "the server did not pass it on"
_NO_NAME = "nothing can be sent to such a name"


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
        self._labelled: dict[str, Sending] = {}
        self._echoes: dict[Conversation, list[tuple[str, str]]] = {}
        """What we said, by msgid and nonce, that looks like nothing we have sent: the server may have changed it."""
        self._unheard: deque[Sending] = deque(maxlen=16)
        """What has arrived, as the server answered a PING behind it, though its echo hasn't."""

    def labelled(self, label: str) -> Sending | None:
        """The line of ours that went out with this label; None: it was a question."""
        return self._labelled.get(label)

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

    def say(
        self,
        conversation: Conversation,
        text: str,
        kind: Kind,
        reply_to: Line | None,
        *,
        typed: Callable[[], str] = str,
    ) -> list[Line]:
        """See Session.say. `typed` ends the live line and gives the nonce that the first line has from it, or ""."""
        pieces = split(conversation.name, text, kind, self.limits)
        if len(self.outbox.waiting(conversation)) + len(pieces) > MOST:
            raise Full
        lines = [self._written(piece, kind, reply_to) for piece in pieces]
        lines[0].nonce = typed() or lines[0].nonce
        for line in lines:
            conversation.timeline.append(line)
            self.outbox.add(conversation, line)
            self._session.tell(Added(conversation, line, live=False))
        if conversation.is_room and not conversation.joined and not self._session.will_rejoin(conversation):
            for line in lines:
                self.fail(conversation, line, _NOT_HERE)
            return lines
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
        """For Outbox. The answer comes as an echo, as a refusal, or, on servers without labels, as a PONG."""
        if not all(map(is_sendable, messages)):
            self.fail(sending.conversation, sending.line, _NO_NAME)
            return
        if self._has_labels:
            # It never runs out of time: either an answer comes, or the connection is lost.
            messages, request = self._requests.ask(*messages, labels=True, now_ms=_FOR_EVER)
            self._labelled[request.label] = sending
            request.then(lambda request: self._answered(sending, request))
            self._session.put(messages)
            return
        self._session.put(messages)
        fence = Message("PING", [f"{_FENCE}{sending.line.nonce}"])
        messages, request = self._requests.ask(fence, labels=False, now_ms=_FOR_EVER)
        request.then(lambda request: self._fenced(sending, request))
        self._session.put(messages)

    @property
    def _has_labels(self) -> bool:
        return self._chat.has("labeled-response", "echo-message")

    def _answered(self, sending: Sending, request: Request) -> None:
        self._labelled.pop(request.label, None)
        if request.failed and sending.sent and sending.line.delivery is Delivery.PENDING:
            self.fail(sending.conversation, sending.line, request.failure)

    def conclude(self, sending: Sending) -> None:
        """The whole answer has been read. Where there was no echo in it, the server has dropped the line silently."""
        if sending.sent and sending.line.delivery is Delivery.PENDING:
            self.fail(sending.conversation, sending.line, _NOT_PASSED_ON)

    def _fenced(self, sending: Sending, request: Request) -> None:
        """Whatever the server had to say about the line, it has said."""
        line, conversation = sending.line, sending.conversation
        echoes = self._echoes.pop(conversation, [])
        if request.failed or line.delivery is not Delivery.PENDING:
            return
        echo = next(filter(None, (self._echo(conversation, *one) for one in echoes)), None)
        line.delivery = Delivery.ARRIVED
        if echo is not None:
            conversation.timeline.remove(echo)
            confirm(line, echo)
            conversation.timeline.settle(line, time_ms=echo.time_ms, msgid=echo.msgid)
            conversation.timeline.reactions.show(line)
        else:
            conversation.timeline.settle(line, time_ms=self._now_ms())
            self._unheard.append(sending)
        self.outbox.done(line)
        self._session.tell(Updated(conversation, line))

    def _echo(self, conversation: Conversation, msgid: str, nonce: str) -> Line | None:
        timeline = conversation.timeline
        return timeline.find(msgid) or timeline.unconfirmed(nonce)

    def lost(self) -> None:
        """The connection is gone."""
        self.outbox.lost()
        self._echoes.clear()
        self._unheard.clear()

    def drop(self, conversation: Conversation) -> None:
        """Nobody looks at it any more."""
        self.outbox.drop(conversation)
        self._echoes.pop(conversation, None)

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
        sending = self._labelled.get(whole.tags.get("label", ""))
        if sending is None and conversation is not None:
            sending = self._sent(conversation, _spoken(said))
        if sending is not None:
            whole.tags[NONCE_TAG] = sending.line.nonce
        elif conversation is not None:
            self._note_echo(conversation, whole)

    def _sent(self, conversation: Conversation, text: str) -> Sending | None:
        """What was said with this text and has not come back."""
        sending = self.outbox.first(conversation, text)
        for one in [] if sending else list(self._unheard):
            if one.conversation is conversation and one.line.text == text:
                self._unheard.remove(one)
                return one
        return sending

    def _note_echo(self, conversation: Conversation, whole: Message | Batch) -> None:
        """Perhaps it is what we sent, and the server has changed it: a PONG will tell."""
        oldest = self.outbox.oldest(conversation)
        if oldest is None or self._has_labels:
            return
        echoes = self._echoes.setdefault(conversation, [])
        whole.tags[NONCE_TAG] = f"{oldest.line.nonce}/{len(echoes)}"
        echoes.append((whole.tags.get("msgid", ""), whole.tags[NONCE_TAG]))


def is_sendable(message: Message) -> bool:
    """Whether it can be written as a line; people and servers make up names."""
    return not problem_with(message)


def problem_with(message: Message) -> str:
    """Why it can't be written as a line, in words for people; "" where it can."""
    try:
        message.to_line()
    except BadLine as bad:
        return bad.reason
    return ""


def _first_message(batch: Batch) -> Message | None:
    return next(iter(batch.flat()), None) if batch.type == "draft/multiline" else None


def _spoken(message: Message) -> str:
    text = message.params[1]
    return text.removeprefix("\x01ACTION ").removesuffix("\x01") if text.startswith("\x01ACTION") else text
