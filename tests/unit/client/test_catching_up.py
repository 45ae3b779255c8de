"""Which conversations are read after coming back, from where on, and how many at a time."""

from __future__ import annotations

from hubbub.client.catching_up import AT_ONCE, CatchingUp
from hubbub.client.chat import Chat, Conversation
from hubbub.client.lines import Kind, Line


class Reader:
    """`at_once`: whatever is to be read has been read when it is asked for."""

    def __init__(self, number: int, *, at_once: bool = False) -> None:
        self.chat = Chat()
        self.all = [self.chat.open(f"p{one}") for one in range(number)]
        self.read: list[Conversation] = []
        self.urgent: set[Conversation] = set()
        self.at_once = at_once
        self.catching_up = CatchingUp(self._read, self.urgent.__contains__)

    def _read(self, conversation: Conversation, newest: Line | None) -> None:
        self.read.append(conversation)
        if self.at_once:
            self.catching_up.over(conversation)

    def start(self) -> None:
        for conversation in self.all:
            self.catching_up.add(conversation)
        self.catching_up.start()


def test_a_few_are_read_at_a_time() -> None:
    reader = Reader(20)
    reader.start()
    for number in range(20):
        assert len(reader.read) == min(AT_ONCE + number, 20)
        reader.catching_up.over(reader.read[number])
    assert set(reader.read) == set(reader.all)
    assert not reader.catching_up.behind()


def test_the_urgent_come_first_then_the_latest() -> None:
    reader = Reader(20)
    for number, conversation in enumerate(reader.all):
        conversation.timeline.append(Line(Kind.MESSAGE, number, "bob", "hi", msgid=f"m{number}"))
    reader.urgent.add(reader.all[3])
    reader.start()
    assert reader.read == [reader.all[3], *reversed(reader.all[-AT_ONCE + 1 :])]


def test_very_many_that_need_no_answer_are_read_at_once() -> None:
    reader = Reader(2_000, at_once=True)
    reader.start()
    assert len(reader.read) == 2_000


def test_what_was_not_read_to_its_end_is_read_from_the_same_place_next_time() -> None:
    reader = Reader(1)
    (bob,) = reader.all
    first = Line(Kind.MESSAGE, 1, "bob", "one", msgid="m1")
    bob.timeline.append(first)
    asked: list[Line | None] = []
    catching_up = CatchingUp(lambda _, newest: asked.append(newest), lambda _: False)
    for msgid in ("m2", "m3"):
        catching_up.add(bob)
        catching_up.start()
        bob.timeline.append(Line(Kind.MESSAGE, 2, "bob", "live", msgid=msgid))
        catching_up.lost()
    assert asked == [first, first]
    assert catching_up.behind() == {bob}
