"""CHATHISTORY's pages against a plain list, and what may happen while a page is read.

The look of the answers is in tests/scenarios/history*.chat.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.core.ledger import MESSAGE, Entry, Fact, LedgerError
from hubbub.core.messageid import to_msgid
from hubbub.irc.times import to_timestamp
from hubbub.ledger.memory import MemoryLedger
from hubworld import START_MS, Client, World

PAGE = 4


class Said(NamedTuple):
    pos: int
    time_ms: int
    text: str


def texts_of(lines: list[str]) -> list[str]:
    """What was said in a page, without the batch around it."""
    assert lines[0].split()[1:3] == ["BATCH", "+" + lines[-1].rpartition("-")[2]], lines
    return [line.rpartition(" :")[2] for line in lines[1:-1]]


def reference(kind: str, said: Said) -> str:
    return f"msgid={to_msgid(said.pos)}" if kind == "msgid" else f"timestamp={to_timestamp(said.time_ms)}"


def is_before(kind: str, said: Said, edge: Said) -> bool:
    return said.pos < edge.pos if kind == "msgid" else said.time_ms < edge.time_ms


def is_after(kind: str, said: Said, edge: Said) -> bool:
    return said.pos > edge.pos if kind == "msgid" else said.time_ms > edge.time_ms


class Room:
    """A room in which things were said, some of which are there no more or can't be read by this version."""

    def __init__(self, fates: list[str]) -> None:
        self.world = World({"history.page": PAGE})
        self.alice = self.world.client(
            "alice", caps="batch draft/chathistory message-tags echo-message", rooms="#tea"
        )
        self.topic = self.world.hub.channels["#tea"].log_topic
        self.all: list[Said] = []
        """Everything, in order, also what can't be shown."""
        self.shown: list[Said] = []
        erased: list[int] = []
        for number, fate in enumerate(fates):
            said = self._say(number, fate)
            self.all.append(said)
            if fate == "erased":
                erased.append(said.pos)
            elif fate != "unknown":
                self.shown.append(said)
        self.world.ledger.append(Entry("server", b"{}", keep=False, erases=tuple(erased)))
        self.alice.received()

    def _say(self, number: int, fate: str) -> Said:
        pos = len(self.all) + 1
        if fate == "later":
            self.world.clock.advance(0.001)
        if fate == "unknown":
            self.world.ledger.append(Entry(self.topic, b'{"is":"FromTheFuture"}', kind=MESSAGE))
        else:
            self.alice.send(f"PRIVMSG #tea :text {number}")
        return Said(pos, self.world.clock.now_ms, f"text {number}")

    def ask(self, query: str) -> list[str]:
        return texts_of(self.alice.asks(f"CHATHISTORY {query}"))


FATES = st.lists(st.sampled_from(["said", "later", "later", "erased", "unknown"]), min_size=1, max_size=14)
KINDS = st.sampled_from(["msgid", "timestamp"])
LIMITS = st.integers(0, PAGE)


def texts(found: list[Said]) -> list[str]:
    return [said.text for said in found]


@given(FATES, KINDS, LIMITS, st.data())
def test_pages_are_those_of_a_list(fates: list[str], kind: str, limit: int, data: st.DataObject) -> None:
    """BEFORE, AFTER and LATEST: up to limit, excluding the reference, which needs not be there any more."""
    room = Room(fates)
    edge = data.draw(st.sampled_from(room.all))
    earlier = [said for said in room.shown if is_before(kind, said, edge)]
    later = [said for said in room.shown if is_after(kind, said, edge)]
    at = reference(kind, edge)
    assert room.ask(f"BEFORE #tea {at} {limit}") == texts(earlier[max(0, len(earlier) - limit) :])
    assert room.ask(f"AFTER #tea {at} {limit}") == texts(later[:limit])
    assert room.ask(f"LATEST #tea {at} {limit}") == texts(later[max(0, len(later) - limit) :])
    assert room.ask(f"LATEST #tea * {limit}") == texts(room.shown[max(0, len(room.shown) - limit) :])


@given(FATES, KINDS, KINDS, LIMITS, st.data())
def test_between_counts_from_its_first_reference(
    fates: list[str], kind: str, other_kind: str, limit: int, data: st.DataObject
) -> None:
    """BETWEEN: "counted starting from and excluding the first message selector", in either direction."""
    room = Room(fates)
    first, second = data.draw(st.sampled_from(room.all)), data.draw(st.sampled_from(room.all))
    forwards = [
        said for said in room.shown if is_after(kind, said, first) and is_before(other_kind, said, second)
    ]
    backwards = [
        said for said in room.shown if is_before(kind, said, first) and is_after(other_kind, said, second)
    ]
    wanted = forwards[:limit] or backwards[max(0, len(backwards) - limit) :]
    query = f"BETWEEN #tea {reference(kind, first)} {reference(other_kind, second)} {limit}"
    assert room.ask(query) == texts(wanted)


@given(FATES, KINDS, LIMITS, st.data())
def test_around_is_a_piece_around_its_reference(
    fates: list[str], kind: str, limit: int, data: st.DataObject
) -> None:
    """AROUND: a piece of the history without gaps, as long as it can be, with the message itself in it."""
    room = Room(fates)
    edge = data.draw(st.sampled_from(room.all))
    found = room.ask(f"AROUND #tea {reference(kind, edge)} {limit}")
    everything = texts(room.shown)
    assert len(found) == min(limit, len(everything))
    if not found:
        return
    start = everything.index(found[0])
    assert found == everything[start : start + len(found)]
    if kind == "msgid" and edge in room.shown:
        assert edge.text in found
        assert abs(2 * found.index(edge.text) - len(found)) <= 2 or found in (
            everything[:limit],
            everything[-limit:],
        )


@given(FATES)
def test_paging_back_finds_everything_once(fates: list[str]) -> None:
    """ "this will allow BEFORE … queries that use msgids for pagination to function as expected" """
    room = Room(fates)
    found: list[str] = []
    edge = "*"
    while True:
        verb = "LATEST" if edge == "*" else "BEFORE"
        lines = room.alice.asks(f"CHATHISTORY {verb} #tea {edge} 2")
        page = texts_of(lines)
        if not page:
            break
        found = page + found
        edge = lines[1].partition(" ")[0].rpartition(";")[2]
    assert found == texts(room.shown)


def test_a_reference_keeps_its_place_when_its_message_is_gone() -> None:
    room = Room(["said", "said", "erased", "said", "said"])
    gone = reference("msgid", room.all[2])
    assert room.ask(f"BEFORE #tea {gone} 1") == ["text 1"]
    assert room.ask(f"AFTER #tea {gone} 1") == ["text 3"]
    assert room.ask(f"AROUND #tea {gone} 2") == ["text 1", "text 3"]


# -- while a page is read ------------------------------------------------------------------------------------


class BusyLedger(MemoryLedger):
    """Something happens while it reads."""

    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    async def history(self, topic: str, **query: Any) -> list[Fact]:
        found = await super().history(topic, **query)
        self.meanwhile()
        return found


@pytest.fixture
def busy() -> World:
    return World(ledger=BusyLedger)


def two_in_a_room(world: World) -> tuple[Client, Client]:
    alice = world.client("alice", rooms="#tea")
    bob = world.client("bob", caps="batch draft/chathistory labeled-response", rooms="#tea")
    alice.send("PRIVMSG #tea :secret")
    bob.received()
    return alice, bob


def test_whoever_is_put_out_meanwhile_reads_nothing(busy: World) -> None:
    alice, bob = two_in_a_room(busy)
    busy.ledger.meanwhile = lambda: alice.send("KICK #tea bob")
    lines = bob.asks("CHATHISTORY LATEST #tea * 10")
    assert lines == [
        ":alice!~alice@127.0.0.1 KICK #tea bob :alice",
        ":test.example FAIL CHATHISTORY INVALID_TARGET LATEST #tea :Messages could not be retrieved",
    ]


def test_a_page_for_one_who_has_left_meanwhile_does_no_harm(busy: World) -> None:
    alice, bob = two_in_a_room(busy)
    busy.ledger.meanwhile = bob.leave
    bob.send("CHATHISTORY LATEST #tea * 10")
    assert bob.closed
    assert alice.received()[-1] == ":bob!~bob@127.0.0.1 QUIT :Connection lost"


def test_whoever_has_the_nick_by_now_is_somebody_else(busy: World) -> None:
    bob = busy.client("bob", caps="batch draft/chathistory")
    carol, dave = busy.client("carol"), busy.client("dave")
    bob.send("PRIVMSG carol :for you", "PRIVMSG dave :and you")

    def swap() -> None:
        carol.send("NICK caroline")
        dave.send("NICK carol")

    busy.ledger.meanwhile = swap
    assert "INVALID_TARGET" in bob.asks("CHATHISTORY LATEST carol * 10")[-1]


@pytest.mark.parametrize("query", ["LATEST #tea * 10", "BETWEEN #tea msgid=00000001 msgid=00000009 10"])
def test_a_ledger_that_fails_is_a_message_error(busy: World, query: str) -> None:
    _, bob = two_in_a_room(busy)

    def fails() -> None:
        raise LedgerError("the disk is gone")

    busy.ledger.meanwhile = fails
    verb = query.split()[0]
    assert bob.asks(f"@label=x CHATHISTORY {query}") == [
        f"@label=x :test.example FAIL CHATHISTORY MESSAGE_ERROR {verb} #tea :Messages could not be retrieved"
    ]


def test_times_far_from_now_are_references_too(world: World) -> None:
    alice = world.client("alice", caps="batch draft/chathistory", rooms="#tea")
    alice.send("PRIVMSG #tea :hello")
    for year, expected in (("0001", ["hello"]), ("9999", [])):
        lines = alice.asks(f"CHATHISTORY AFTER #tea timestamp={year}-01-01T00:00:00.000Z 10")
        assert texts_of(lines) == expected
    assert world.clock.now_ms == START_MS


CAPS = "batch draft/multiline draft/chathistory message-tags echo-message"


def test_a_page_of_long_messages_leaves_room_in_the_send_queue() -> None:
    """As much as fits, from the end that was asked for; always one, so that a client comes on from there."""
    world = World({"limits.send_queue": 65_536, "limits.multiline_bytes": 40_000})
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    for number in range(100):
        alice.send(f"BATCH +{number} draft/multiline #tea")
        alice.send(*(f"@batch={number} PRIVMSG #tea :{number} {'x' * 400}" for _ in range(10)))
        alice.send(f"BATCH -{number}")
    pages = {}
    for query in ("LATEST #tea *", "AFTER #tea timestamp=2000-01-01T00:00:00.000Z"):
        lines = alice.asks(f"CHATHISTORY {query} 100")
        size = sum(len(line) + 2 for line in lines)
        assert 20_000 < size < 33_000
        pages[query[:5]] = [line.rpartition(" :")[2].split(" ")[0] for line in lines if " PRIVMSG " in line]
    assert (pages["LATES"][-1], pages["AFTER"][0]) == ("99", "0")
    assert list(map(int, pages["LATES"])) == sorted(map(int, pages["LATES"]))
    first = alice.asks("CHATHISTORY LATEST #tea * 1")
    msgid = next(line for line in first if " BATCH +" in line and "multiline" in line)
    around = alice.asks(
        f"CHATHISTORY AROUND #tea msgid={msgid.partition('msgid=')[2].split(' ')[0].split(';')[0]} 50"
    )
    assert sum(len(line) + 2 for line in around) < 33_000
    assert any(" PRIVMSG #tea :99 " in line for line in around)


def test_a_single_message_larger_than_the_room_is_shown() -> None:
    world = World({"limits.send_queue": 16_384, "limits.multiline_bytes": 40_000})
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    for number in range(2):
        alice.send(f"BATCH +{number} draft/multiline #tea")
        alice.send(*(f"@batch={number} PRIVMSG #tea :{number} {'x' * 400}" for _ in range(30)))
        alice.send(f"BATCH -{number}")
    lines = alice.asks("CHATHISTORY LATEST #tea * 10")
    assert [line.rpartition(" :")[2][0] for line in lines if " PRIVMSG " in line] == ["1"] * 30


class CountingLedger(MemoryLedger):
    """Counts what it is asked for."""

    asked = 0

    async def history(self, topic: str, **bounds: Any) -> list[Fact]:
        self.asked += 1
        return await super().history(topic, **bounds)


def test_what_is_shown_to_nobody_is_not_searched_through_without_end() -> None:
    world = World({"history.page": 2}, ledger=CountingLedger)
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    topic = world.hub.channels["#tea"].log_topic
    for _ in range(100):
        world.ledger.append(Entry(topic, b'{"is":"FromTheFuture"}', kind=MESSAGE))
    assert isinstance(world.ledger, CountingLedger)
    assert texts_of(alice.asks("CHATHISTORY LATEST #tea * 2")) == []
    assert world.ledger.asked < 20
