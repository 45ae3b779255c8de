"""What every ledger promises, for every adapter: examples first, then a machine that compares with dicts."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hubbub.core.ledger import EVENT, EXPECTED, MESSAGE, Entry, Fact, Ledger, Put
from hubbub.ledger.memory import MemoryLedger
from hubbub.ledger.sqlite import SqliteLedger

from .recorder import NODE, Clock, Recorder

T = TypeVar("T")


class World:
    """A ledger that can be opened again and again, each time by a new handler."""

    def __init__(self, make: Callable[[Clock], Ledger]) -> None:
        self._make = make
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda _, context: self._failures.append(context))
        self._failures: list[dict[str, Any]] = []
        self.clock = Clock()
        self.open()

    def open(self) -> None:
        self.ledger = self._make(self.clock)
        self.handler = Recorder()
        self.epoch = self.run(self.ledger.open(NODE, self.handler))

    def reopen(self) -> None:
        self.run(self.ledger.close())
        self.open()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        result = self._loop.run_until_complete(work)
        assert self._failures == []
        return result

    def append(self, *entries: Entry) -> list[tuple[object, Fact | str]]:
        """Append all, the first with ticket 0, and wait: what became of them."""
        start = len(self.handler.told)
        for ticket, entry in enumerate(entries):
            self._loop.call_soon(self.ledger.append, entry, ticket)
        self.run(asyncio.sleep(0))
        self.run(self.ledger.flush())
        return self.handler.told[start:]

    def say(self, topic: str, *bodies: bytes) -> list[Fact]:
        return [what for _, what in self.append(*(Entry(topic, body) for body in bodies))]

    def end(self) -> None:
        self.run(self.ledger.close())
        self._loop.close()


def memory_world(_: Path) -> World:
    kept: list[MemoryLedger] = []

    def make(clock: Clock) -> Ledger:
        if not kept:
            kept.append(MemoryLedger(clock))
        return kept[0]

    return World(make)


def sqlite_world(folder: Path) -> World:
    return World(lambda clock: SqliteLedger(folder / "ledger.db", clock, pace=0))


WORLDS = {"memory": memory_world, "sqlite": sqlite_world}


@pytest.fixture(params=list(WORLDS))
def world(request: pytest.FixtureRequest, tmp_path: Path):
    made = WORLDS[request.param](tmp_path)
    yield made
    made.end()


def bodies(facts: list[Fact]) -> list[bytes]:
    return [fact.body for fact in facts]


def test_a_fact_carries_its_place_time_and_origin(world: World) -> None:
    assert world.append(Entry("#a", b"hi", kind=EVENT)) == [(0, Fact(1, 1_000_000, NODE, "#a", b"hi", EVENT))]


def test_positions_count_kept_entries_only(world: World) -> None:
    told = world.append(Entry("#a", b"1"), Entry("#a", b"2", keep=False), Entry("#a", b"3"))
    assert [fact.pos for _, fact in told] == [1, 0, 2]
    assert bodies(world.run(world.ledger.history("#a"))) == [b"1", b"3"]


def test_time_never_goes_back_even_over_a_restart(world: World) -> None:
    world.say("#a", b"1")
    world.clock.now -= 5_000
    (second,) = world.say("#a", b"2")
    world.reopen()
    (third,) = world.say("#a", b"3")
    world.clock.now += 6_000
    (fourth,) = world.say("#a", b"4")
    assert [second.time_ms, third.time_ms, fourth.time_ms] == [1_000_000, 1_000_000, 1_001_000]


def test_an_epoch_is_never_used_twice(world: World) -> None:
    assert world.epoch == 1
    world.reopen()
    world.reopen()
    assert world.epoch == 3


def test_of_two_who_want_a_free_key_the_first_gets_it(world: World) -> None:
    take = Entry("#a", b"", expect=(("nick", 0),), puts=(Put("nick", b"me", owned=True),))
    (_, won), lost = world.append(take, take)
    assert isinstance(won, Fact)
    assert lost == (1, EXPECTED)


def test_a_refused_entry_leaves_nothing(world: World) -> None:
    world.append(Entry("#a", b"no", expect=(("k", 7),), puts=(Put("k", b"v"),)), Entry("#a", b"yes"))
    assert world.ledger.version("k") == 0
    assert bodies(world.run(world.ledger.history("#a"))) == [b"yes"]
    assert world.handler.facts[0].pos == 1


def test_a_put_can_carry_the_position_of_its_own_fact(world: World) -> None:
    put = Put("k", b"after ", numbered=True)
    world.append(Entry("#a", b"1"), Entry("#a", b"2", puts=(put,)))
    world.append(Entry("#a", b"3"), Entry("#a", b"4", puts=(put._replace(key="m"), Put("n", b""))))
    world.reopen()
    assert world.handler.restored == {"k": b"after 2", "m": b"after 4", "n": b""}


def test_expectations_see_what_queued_entries_will_have_done(world: World) -> None:
    world.append(Entry("#a", b"", puts=(Put("k", b"1"),)))
    seen = world.ledger.version("k")
    told = world.append(
        Entry("#a", b"removes", expect=(("k", seen),), puts=(Put("k", None),)),
        Entry("#a", b"too late", expect=(("k", seen),)),
        Entry("#a", b"free", expect=(("k", 0),), puts=(Put("k", b"2"),)),
        Entry("#a", b"not free", expect=(("k", 0),)),
    )
    assert [what if what == EXPECTED else what.body for _, what in told] == [
        b"removes",
        EXPECTED,
        b"free",
        EXPECTED,
    ]


def test_a_version_changes_with_every_put_and_is_that_of_the_last_fact_applied(world: World) -> None:
    versions = []
    world.handler.on_apply = lambda fact: versions.append(world.ledger.version("k"))
    put = Entry("#a", b"", puts=(Put("k", b"same"),))
    world.append(put, put, Entry("#a", b"", puts=(Put("k", None),)), put)
    assert len(set(versions)) == 4
    assert versions[2] == 0


def test_what_is_owned_is_gone_after_a_restart(world: World) -> None:
    world.append(
        Entry("#a", b"", puts=(Put("room", b"r"), Put("nick", b"n", owned=True), Put("was mine", b"m"))),
        Entry("#a", b"", keep=False, puts=(Put("was mine", b"m", owned=True),)),
        Entry("#a", b"", keep=False, puts=(Put("unkept", b"u"), Put("room2", b"r"))),
        Entry("#a", b"", keep=False, puts=(Put("room2", None, owned=True),)),
    )
    world.reopen()
    assert world.handler.restored == {"room": b"r", "unkept": b"u"}
    assert world.ledger.version("room") > 0
    assert world.ledger.version("nick") == world.ledger.version("was mine") == 0


def test_what_is_appended_while_applying_waits_for_its_turn(world: World) -> None:
    def answer(fact: Fact) -> None:
        depth.append(fact.body)
        if fact.body == b"1":
            world.ledger.append(Entry("#a", b"answer"), "answer")
            world.ledger.append(Entry("#a", b"unkept answer", keep=False), "unkept")
            assert depth == [b"1"]

    depth: list[bytes] = []
    world.handler.on_apply = answer
    world.append(Entry("#a", b"1", keep=False))
    assert world.handler.tickets == [0, "answer", "unkept"]


def test_an_entry_that_needs_no_disk_is_applied_at_once_when_nothing_is_queued(world: World) -> None:
    world.ledger.append(Entry("#a", b"join", keep=False, puts=(Put("n", b"", owned=True),)), "ticket")
    assert world.handler.tickets == ["ticket"]
    world.ledger.append(Entry("#a", b"part", keep=False, puts=(Put("n", None, owned=True),)), "ticket")
    assert world.handler.tickets == ["ticket", "ticket"]
    assert world.ledger.version("n") == 0


def test_history_is_bounded_on_both_sides(world: World) -> None:
    world.say("#a", b"1", b"2")
    world.say("#b", b"3")
    world.say("#a", b"4", b"5")

    def history(**bounds: int) -> list[bytes]:
        return bodies(world.run(world.ledger.history("#a", **bounds)))

    assert history() == [b"1", b"2", b"4", b"5"]
    assert history(after=1, before=5) == [b"2", b"4"]
    assert history(limit=2) == [b"4", b"5"]
    assert history(limit=2, oldest_first=True) == [b"1", b"2"]
    assert history(after=2, limit=1, oldest_first=True) == [b"4"]
    assert history(limit=0) == history(limit=-1) == history(after=5) == history(before=1) == []
    assert history(after=-(10**30), before=10**30, limit=10**30) == history()
    assert history(after=10**30) == history(before=-(10**30)) == []
    assert world.run(world.ledger.history("#never")) == []


def test_history_has_the_kinds_asked_for_in_one_order(world: World) -> None:
    world.append(*(Entry("#a", body, kind=int(body) % 2) for body in (b"0", b"1", b"2", b"3", b"4")))
    both = (MESSAGE, EVENT)
    assert bodies(world.run(world.ledger.history("#a"))) == [b"0", b"2", b"4"]
    assert bodies(world.run(world.ledger.history("#a", kinds=(EVENT,)))) == [b"1", b"3"]
    assert bodies(world.run(world.ledger.history("#a", kinds=both, limit=3))) == [b"2", b"3", b"4"]
    assert world.run(world.ledger.history("#a", kinds=())) == []


def test_erased_facts_are_gone_and_their_positions_are_not_reused(world: World) -> None:
    world.say("#a", b"1", b"2", b"3")
    (_, fourth), (_, fifth) = world.append(Entry("#a", b"4", erases=(2, 5, -1)), Entry("#a", b"5"))
    assert (fourth.pos, fifth.pos) == (4, 5)
    assert bodies(world.run(world.ledger.history("#a"))) == [b"1", b"3", b"4", b"5"]
    assert world.run(world.ledger.read(2)) is None
    world.append(Entry("#a", b"", keep=False, erases=(5,)))
    world.reopen()
    assert world.say("#a", b"6")[0].pos == 6


def test_read_finds_one_fact(world: World) -> None:
    _, second = world.say("#a", b"1", b"2")
    assert world.run(world.ledger.read(2)) == second
    assert [world.run(world.ledger.read(pos)) for pos in (0, -1, 3, 10**30)] == [None] * 4


def test_latest_is_the_newest_message_of_each_topic(world: World) -> None:
    world.say("#a", b"1")
    world.say("#b", b"2", b"3")
    world.append(Entry("#a", b"event", kind=EVENT))
    topics = ["#b", "#a", "#never", "#a"]
    assert bodies(world.run(world.ledger.latest(topics, after=0, before=9))) == [b"1", b"3"]
    assert bodies(world.run(world.ledger.latest(topics, after=1, before=3))) == [b"2"]
    assert bodies(world.run(world.ledger.latest(topics, after=3, before=10**30))) == []


def test_locate_finds_a_time(world: World) -> None:
    for body in (b"1", b"2", b"3"):
        world.say("#a", body, body)
        world.clock.now += 10
    at = [world.run(world.ledger.locate(1_000_000 + offset)) for offset in (-1, 0, 1, 10, 11, 20, 21)]
    assert at == [1, 1, 3, 3, 5, 5, 7]


def test_expire_removes_what_is_older_than_a_time(world: World) -> None:
    for body in (b"1", b"2", b"3"):
        world.append(Entry("#a", body), Entry("#b", body), Entry("#b", body, kind=EVENT))
        world.clock.now += 10
    assert world.run(world.ledger.expire(1_000_010, "#b")) == 2
    assert world.run(world.ledger.expire(1_000_010, "#never")) == 0
    assert bodies(world.run(world.ledger.history("#a"))) == [b"1", b"2", b"3"]
    assert bodies(world.run(world.ledger.history("#b", kinds=(EVENT,)))) == [b"2", b"3"]
    assert world.run(world.ledger.expire(1_000_020)) == 4
    assert bodies(world.run(world.ledger.history("#a"))) == [b"3"]


def test_positions_and_time_survive_the_expiry_of_everything(world: World) -> None:
    world.say("#a", b"1", b"2")
    assert world.run(world.ledger.expire(2_000_000)) == 2
    assert world.run(world.ledger.expire(2_000_000)) == 0
    assert world.run(world.ledger.history("#a")) == []
    world.clock.now = 0
    world.reopen()
    assert world.say("#a", b"3")[0][:2] == (3, 1_000_000)


def test_a_cast_goes_to_the_handler_and_nowhere_else(world: World) -> None:
    world.ledger.cast("#a", b"typing")
    assert world.handler.casts == [("#a", b"typing")]
    assert world.run(world.ledger.history("#a")) == []


def test_a_closed_ledger_refuses(world: World) -> None:
    world.run(world.ledger.close())
    world.ledger.append(Entry("#a", b"late"), "ticket")
    ((ticket, reason),) = world.handler.told
    assert ticket == "ticket"
    assert isinstance(reason, str)
    world.run(world.ledger.close())
    world.open()
    assert world.run(world.ledger.history("#a")) == []


def test_close_flushes(world: World) -> None:
    world.ledger.append(Entry("#a", b"1"), "ticket")
    world.handler.on_apply = lambda fact: world.ledger.append(Entry("#a", b"2")) if fact.pos == 1 else None
    world.run(world.ledger.close())
    assert "ticket" in world.handler.tickets
    kept = len(world.handler.facts)
    world.open()
    assert len(world.run(world.ledger.history("#a"))) == kept


TOPICS = st.sampled_from(["#a", "#b", "é\u202e", ""])
KEYS = st.sampled_from(["k1", "k2", "k3"])
KINDS = st.sampled_from([MESSAGE, EVENT])
BOUNDS = st.none() | st.integers(-2, 40)
PUTS = st.builds(Put, KEYS, st.none() | st.binary(max_size=3), st.booleans())
EXPECTS = st.tuples(KEYS, st.sampled_from(["now", "free", "earlier"]))
ENTRIES = st.builds(
    Entry,
    TOPICS,
    st.binary(max_size=5),
    keep=st.booleans(),
    kind=KINDS,
    expect=st.lists(EXPECTS, max_size=2).map(tuple),
    puts=st.lists(PUTS, max_size=3).map(tuple),
    erases=st.lists(st.integers(-1, 20), max_size=2).map(tuple),
    text=st.sampled_from(["", "a", "needle", "HAYSTACK needle", "straw"]),
    author=st.sampled_from(["", "alice"]),
)
UNSEEN = -1


class Machine(RuleBasedStateMachine):
    """Does the same to a ledger and to a few dicts."""

    make_world: Callable[[Path], World]

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.world = type(self).make_world(self.folder)
        self.last = 0
        self.runs = 1
        self.facts: dict[int, Fact] = {}
        self.texts: dict[int, tuple[str, str]] = {}
        self.state: dict[str, Put] = {}
        self.versions: dict[str, int] = {}
        self.seen: dict[str, set[int]] = {}

    @rule(step=st.integers(-50, 100))
    def time_passes(self, step: int) -> None:
        self.world.clock.now += step

    @rule(entries=st.lists(ENTRIES, max_size=8))
    def append(self, entries: list[Entry]) -> None:
        entries = [
            each._replace(expect=tuple(self._versioned(*pair) for pair in each.expect)) for each in entries
        ]
        outcomes = [self._take(entry) for entry in entries]
        told = self.world.append(*entries)
        assert [ticket for ticket, _ in told] == list(range(len(entries)))
        for (_, what), expected in zip(told, outcomes, strict=True):
            if isinstance(expected, Fact):
                assert what == expected._replace(time_ms=what.time_ms)
                self.facts |= {what.pos: what} if what.pos in self.facts else {}
            else:
                assert what == expected
        self._look_at_versions()

    @rule()
    def restart(self) -> None:
        self.world.reopen()
        self.runs += 1
        assert self.world.epoch == self.runs
        self.state = {key: put for key, put in self.state.items() if not put.owned}
        assert self.world.handler.restored == {key: put.value for key, put in self.state.items()}
        self.seen = {}
        self.versions = dict.fromkeys(self.state, UNSEEN)
        self._look_at_versions()

    @rule(
        topic=TOPICS,
        before=BOUNDS,
        after=BOUNDS,
        limit=st.integers(-1, 12),
        oldest_first=st.booleans(),
        kinds=st.lists(KINDS, max_size=2),
    )
    def history(
        self,
        topic: str,
        before: int | None,
        after: int | None,
        limit: int,
        oldest_first: bool,
        kinds: list[int],
    ) -> None:
        low, high = after if after is not None else 0, before if before is not None else 10**6
        found = [f for f in self._kept() if f.topic == topic and low < f.pos < high and f.kind in kinds]
        count = max(0, limit)
        wanted = found[:count] if oldest_first else found[::-1][:count][::-1]
        asked = self.world.ledger.history(
            topic, before=before, after=after, limit=limit, oldest_first=oldest_first, kinds=kinds
        )
        assert self.world.run(asked) == wanted

    @rule(topics=st.lists(TOPICS, max_size=4), after=st.integers(-1, 30), before=st.integers(-1, 30))
    def latest(self, topics: list[str], after: int, before: int) -> None:
        newest = {f.topic: f for f in self._kept() if after < f.pos < before and f.kind == MESSAGE}
        wanted = sorted(fact for topic, fact in newest.items() if topic in topics)
        assert self.world.run(self.world.ledger.latest(topics, after=after, before=before)) == wanted

    @rule(
        topics=st.lists(TOPICS, max_size=3),
        terms=st.lists(st.sampled_from(["", "A", "needle", "stack n"]), max_size=2),
        author=st.sampled_from(["", "alice"]),
        before=BOUNDS,
        limit=st.integers(-1, 9),
    )
    def search(
        self, topics: list[str], terms: list[str], author: str, before: int | None, limit: int
    ) -> None:
        wanted = [
            fact
            for fact in self._kept()
            if fact.topic in topics and fact.pos < (99 if before is None else before)
            if self._is_found(*self.texts[fact.pos], terms, author)
        ][-limit if limit > 0 else 99 :]
        asked = self.world.ledger.search(topics, terms, author=author, before=before, limit=limit)
        assert self.world.run(asked) == (wanted, True)

    @staticmethod
    def _is_found(text: str, writer: str, terms: list[str], author: str) -> bool:
        return bool(text) and author in ("", writer) and all(term.lower() in text for term in terms)

    @rule(pos=st.integers(-1, 40))
    def read(self, pos: int) -> None:
        assert self.world.run(self.world.ledger.read(pos)) == self.facts.get(pos)

    @rule(offset=st.integers(-300, 300))
    def locate(self, offset: int) -> None:
        time_ms = 1_000_000 + offset
        found = self.world.run(self.world.ledger.locate(time_ms))
        assert 1 <= found <= self.last + 1
        assert all((fact.pos >= found) == (fact.time_ms >= time_ms) for fact in self._kept())

    @rule(offset=st.integers(-300, 300), topic=st.none() | TOPICS)
    def expire(self, offset: int, topic: str | None) -> None:
        before = 1_000_000 + offset
        old = [f.pos for f in self._kept() if f.time_ms < before and topic in (None, f.topic)]
        assert self.world.run(self.world.ledger.expire(before, topic)) == len(old)
        for pos in old:
            del self.facts[pos]

    @invariant()
    def times_never_decrease(self) -> None:
        times = [fact.time_ms for fact in self.world.handler.facts] if hasattr(self, "world") else []
        assert times == sorted(times)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.end()
            shutil.rmtree(self.folder)

    def _kept(self) -> list[Fact]:
        return [self.facts[pos] for pos in sorted(self.facts)]

    def _versioned(self, key: str, which: str) -> tuple[str, int]:
        current = self.versions.get(key, 0)
        earlier = self.seen.get(key, set()) - {current}
        return key, {"now": current, "free": 0, "earlier": min(earlier, default=0)}[which]

    def _take(self, entry: Entry) -> Fact | str:
        if any(self.versions.get(key, 0) != version for key, version in entry.expect):
            return EXPECTED
        for pos in entry.erases:
            self.facts.pop(pos, None)
        self.last += entry.keep
        fact = Fact(self.last if entry.keep else 0, 0, NODE, entry.topic, entry.body, entry.kind)
        for put in entry.puts:
            self._put(put, fact.pos)
        if entry.keep:
            self.facts[fact.pos] = fact
            self.texts[fact.pos] = entry.text.lower(), entry.author
        return fact

    def _put(self, put: Put, pos: int) -> None:
        if put.value is None:
            self.state.pop(put.key, None)
            self.versions.pop(put.key, None)
        else:
            value = put.value + str(pos).encode() if put.numbered else put.value
            self.state[put.key] = put._replace(value=value)
            self.versions[put.key] = UNSEEN

    def _look_at_versions(self) -> None:
        for key in ("k1", "k2", "k3"):
            actual, known = self.world.ledger.version(key), self.versions.get(key, 0)
            assert (actual == 0) == (known == 0)
            assert known in (UNSEEN, actual)
            assert known != UNSEEN or actual not in self.seen.get(key, set())
            if actual:
                self.versions[key] = actual
                self.seen.setdefault(key, set()).add(actual)


class MemoryMachine(Machine):
    make_world = staticmethod(memory_world)


class SqliteMachine(Machine):
    make_world = staticmethod(sqlite_world)


TestMemoryMachine = MemoryMachine.TestCase
TestMemoryMachine.settings = settings(max_examples=100, stateful_step_count=20, deadline=None)
TestSqliteMachine = SqliteMachine.TestCase
TestSqliteMachine.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
