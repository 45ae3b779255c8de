"""Our own lines: sent once, in order, whatever happens to the connection."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hubbub.client.chat import Chat, Conversation
from hubbub.client.lines import Delivery, Kind, Line
from hubbub.client.outbox import Outbox, Proof, Sending
from hubbub.client.sending import Limits
from hubbub.irc.wire import Message


class Wire:
    """Takes what the outbox sends."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.chat = Chat(nick="me")
        self.outbox = Outbox(self._take)
        self.tea = self.chat.open("#tea")

    def _take(self, sending: Sending, messages: list[Message]) -> None:
        self.sent.append(sending.line.text)

    def say(self, text: str, conversation: Conversation | None = None) -> Line:
        line = Line(Kind.MESSAGE, 0, text=text, nonce=text, mine=True, delivery=Delivery.PENDING)
        conversation = conversation or self.tea
        conversation.timeline.append(line)
        self.outbox.add(conversation, line)
        return line

    def flush(self) -> None:
        self.outbox.flush(Limits())


def test_nothing_goes_out_before_the_room_is_ready() -> None:
    wire = Wire()
    wire.say("one")
    wire.flush()
    assert wire.sent == []
    wire.outbox.ready(wire.tea)
    wire.flush()
    assert wire.sent == ["one"]


def test_a_line_goes_out_once() -> None:
    wire = Wire()
    wire.outbox.ready(wire.tea)
    wire.say("one")
    wire.flush()
    wire.flush()
    assert wire.sent == ["one"]


def test_what_was_not_sent_goes_out_on_the_next_connection_in_order() -> None:
    wire = Wire()
    for text in ("one", "two", "three"):
        wire.say(text)
    wire.outbox.lost()
    assert wire.outbox.ready(wire.tea) == []
    wire.flush()
    assert wire.sent == ["one", "two", "three"]


def test_what_was_sent_waits_for_the_history() -> None:
    wire = Wire()
    wire.outbox.ready(wire.tea)
    wire.say("one")
    wire.flush()
    wire.outbox.lost()
    assert wire.outbox.waits_for_history() == [wire.tea]
    wire.flush()
    assert wire.sent == ["one"]
    wire.outbox.ready(wire.tea)
    wire.flush()
    assert wire.sent == ["one", "one"]


def test_what_was_found_in_the_history_is_not_sent_again() -> None:
    wire = Wire()
    wire.outbox.ready(wire.tea)
    arrived, lost = wire.say("one"), wire.say("two")
    wire.flush()
    wire.outbox.lost()
    wire.outbox.done(arrived)
    wire.outbox.ready(wire.tea)
    wire.flush()
    assert wire.sent == ["one", "two", lost.text]


def test_without_history_people_decide() -> None:
    wire = Wire()
    wire.outbox.ready(wire.tea)
    doubtful = wire.say("one")
    wire.flush()
    fresh = wire.say("two")
    wire.outbox.lost()
    assert wire.outbox.ready(wire.tea, Proof.OPEN) == [doubtful]
    assert fresh in wire.outbox.waiting(wire.tea)


def test_only_so_many_are_unconfirmed_at_a_time() -> None:
    wire = Wire()
    wire.outbox.ready(wire.tea)
    lines = [wire.say(str(number)) for number in range(40)]
    wire.flush()
    assert len(wire.sent) == 16
    for line in lines:
        wire.outbox.done(line)
        wire.flush()
    assert wire.sent == [str(number) for number in range(40)]


steps = st.lists(st.sampled_from(["say", "flush", "ready", "confirm", "lose"]), max_size=60)


@given(steps)
def test_every_line_arrives_once_and_in_order(steps: list[str]) -> None:
    wire = Wire()
    arrived: list[str] = []
    said: list[Line] = []
    for number, step in enumerate([*steps, "ready", "flush"]):
        if step == "say":
            said.append(wire.say(str(number)))
        elif step == "ready":
            wire.outbox.ready(wire.tea)
        elif step == "flush":
            wire.flush()
        elif step == "lose":
            wire.sent.clear()
            wire.outbox.lost()
        elif wire.sent:
            # The server has taken the oldest that was sent.
            text = wire.sent.pop(0)
            arrived.append(text)
            wire.outbox.done(next(line for line in said if line.text == text))
    while wire.sent:
        text = wire.sent.pop(0)
        arrived.append(text)
        wire.outbox.done(next(line for line in said if line.text == text))
        wire.flush()
    assert arrived == [line.text for line in said]
