"""What is sent twice is said once: also while the first is still on its way, and within bounds."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.core import nonces
from hubbub.core.ledger import Entry
from hubbub.core.nonces import LONGEST, REMEMBERED, Accepted, Nonces
from hubbub.ledger.memory import MemoryLedger
from hubworld import Client, Clock, World

CAPS = "message-tags echo-message labeled-response batch draft/multiline"
NONCE = "+hubbub.chat/nonce"


class Disk(MemoryLedger):
    """Entries wait until they are released; some can't be written."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.is_full = False

    def hold(self) -> None:
        self._draining = True

    def release(self) -> None:
        self._drain()

    def _settle(self, entry: Entry, ticket: object | None) -> None:
        if self.is_full:
            self._handler.refuse(ticket, "no space left on device")
        else:
            super()._settle(entry, ticket)


class Room:
    def __init__(self) -> None:
        self.world = World(ledger=Disk)
        assert isinstance(self.world.ledger, Disk)
        self.disk = self.world.ledger
        self.alice = self.world.client("alice", caps=CAPS, rooms="#tea")
        self.bob = self.world.client("bob", caps="message-tags", rooms="#tea")
        self.alice.received()

    def device(self) -> Client:
        """Another connection of alice's. (What it takes to get there is devices.chat's.)"""
        device = self.world.client("phone", caps=CAPS)
        device.session.user = self.alice.session.user
        return device

    def known(self) -> Nonces:
        return self.world.hub.part(Nonces)


def said(label: int, nonce: str = "n", text: str = "hello") -> str:
    return f"@label={label};{NONCE}={nonce} PRIVMSG #tea :{text}"


@pytest.fixture
def room() -> Room:
    return Room()


def test_two_on_their_way_at_once(room: Room) -> None:
    room.disk.hold()
    room.alice.send(said(1), said(2), said(3, "other"))
    assert room.alice.received() == []
    room.disk.release()
    first, second, third = sorted(room.alice.received())
    assert second == first.replace("@label=1;", "@label=2;")
    assert f"{NONCE}=other" in third
    assert len(room.bob.received()) == 2
    assert room.alice.session.idle
    assert not room.known().under_way


def test_from_two_devices_at_once(room: Room) -> None:
    phone = room.device()
    room.disk.hold()
    room.alice.send(said(1))
    phone.send(said(2))
    room.disk.release()
    assert len(room.bob.received()) == 1
    assert [line.partition(";")[0] for line in phone.received()] == ["@label=2"]
    assert phone.session.idle


def test_a_device_that_is_gone_when_the_answer_comes(room: Room) -> None:
    phone = room.device()
    assert room.alice.session.user is not None
    room.alice.session.user.sessions.append(phone.session)
    room.disk.hold()
    room.alice.send(said(1))
    phone.send(said(2))
    phone.leave()
    assert not phone.closed
    room.disk.release()
    assert phone.closed
    assert len(room.bob.received()) == 1


def test_what_could_not_be_stored_may_be_sent_again(room: Room) -> None:
    room.disk.hold()
    room.alice.send(said(1), said(2))
    room.disk.is_full = True
    room.disk.release()
    room.disk.is_full = False
    assert [line.split()[:4] for line in room.alice.received()] == [
        [f"@label={label}", ":test.example", "FAIL", "*"] for label in (1, 2)
    ]
    assert not room.known().under_way
    room.alice.send(said(3))
    assert room.alice.received()[0].startswith("@label=3;msgid=")
    assert len(room.bob.received()) == 1
    assert room.alice.session.idle


def test_several_lines_are_one_message(room: Room) -> None:
    def send(label: int) -> None:
        room.alice.send(
            f"@label={label};{NONCE}=n BATCH +{label} draft/multiline #tea",
            f"@batch={label} PRIVMSG #tea :one",
            f"@batch={label} PRIVMSG #tea :two",
            f"BATCH -{label}",
        )

    send(1)
    first = room.alice.received()
    assert len(room.bob.received()) == 2
    send(2)
    assert [line.replace("label=1", "label=2") for line in first] == room.alice.received()
    assert room.bob.received() == []


def test_another_room_is_another_message(room: Room) -> None:
    room.alice.send("JOIN #milk", said(1), said(2).replace("#tea", "#milk"))
    assert sum(" PRIVMSG #" in line for line in room.alice.received()) == 2


def test_a_room_by_its_new_name_is_the_same(room: Room) -> None:
    room.alice.send(said(1), "RENAME #tea #coffee")
    room.alice.received()
    room.bob.received()
    room.alice.send(said(2).replace("#tea", "#coffee"))
    assert room.alice.received()[0].startswith("@label=2;msgid=")
    assert room.bob.received() == []


def test_a_long_nonce_is_a_tag_like_any_other(room: Room) -> None:
    nonce = "n" * (LONGEST + 1)
    room.alice.send(said(1, nonce), said(2, nonce))
    assert len(room.bob.received()) == 2
    assert not room.known().number


def test_slow_mode_does_not_count_what_is_sent_again() -> None:
    room = Room()
    room.alice.send("MODE #tea +S 60")
    room.bob.received()
    room.bob.send(f"@{NONCE}=b PRIVMSG #tea :once", f"@{NONCE}=b PRIVMSG #tea :once")
    assert room.bob.received() == []
    assert sum("once" in line for line in room.alice.received()) == 1


def test_a_room_out_of_sight_stays_so(room: Room) -> None:
    room.bob.send(f"@{NONCE}=b PRIVMSG #tea :hello")
    room.alice.send("MODE #tea +sn", "KICK #tea bob")
    room.bob.received()
    room.bob.send(f"@{NONCE}=b PRIVMSG #tea :hello")
    assert " 403 bob #tea " in room.bob.received()[0]


def test_so_many_of_one_author(room: Room) -> None:
    for number in range(REMEMBERED + 10):
        room.alice.send(said(1, f"n{number}"))
    assert room.known().number == REMEMBERED
    room.bob.received()
    room.alice.send(said(2, "n10"))
    assert room.bob.received() == []
    room.alice.send(said(2, "n9"))
    assert len(room.bob.received()) == 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=60))
def test_memory_is_bounded_and_counted(messages: list[tuple[str, int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nonces, "REMEMBERED", 4)
        patch.setattr(nonces, "IN_ALL", 6)
        known = Nonces()
        for pos, (author, nonce) in enumerate(messages):
            known.accept(author, ("room/1", str(nonce)), Accepted(pos, 0, 0))
            assert known.number == sum(map(len, known.accepted.values())) <= 6
            assert known.accepted[author]["room/1", str(nonce)].pos == pos
            assert max(Counter({one: len(own) for one, own in known.accepted.items()}).values()) <= 4
