"""Client batches: what waits, what is given up, and that nothing grows. The look is in tests/scenarios/multiline*."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hubbub.core.client_batch import LONGEST_SILENCE
from hubbub.core.ledger import Entry
from hubbub.features.multiline import Gathering
from hubbub.ledger.memory import MemoryLedger
from hubworld import Client, World, commands_of

CAPS = "batch draft/multiline message-tags labeled-response"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def bob(world: World) -> Client:
    return world.client("bob", rooms="#tea")


@pytest.fixture
def alice(world: World, bob: Client) -> Client:
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    bob.received()
    return alice


def test_a_batch_left_open_for_too_long_is_given_up(world: World, alice: Client, bob: Client) -> None:
    alice.send("@label=7 BATCH +1 draft/multiline #tea", "@batch=1 PRIVMSG #tea :one")
    world.clock.advance(LONGEST_SILENCE / 1000 + 1)
    # client-batch, TIMEOUT: "all past and future messages in this batch will be ignored"
    assert alice.asks("@batch=1 PRIVMSG #tea :two", "BATCH -1", "PONG x") == [
        "@label=7 :test.example FAIL BATCH TIMEOUT 1 :The batch was left open for too long"
    ]
    assert bob.received() == []


def test_a_sign_of_life_is_enough_to_learn_of_it(world: World, alice: Client) -> None:
    alice.send("BATCH +1 draft/multiline #tea")
    world.clock.advance(LONGEST_SILENCE / 1000 + 1)
    assert commands_of(alice.asks("PONG x")) == ["FAIL"]


def test_a_slow_batch_is_waited_for_as_long_as_lines_come(world: World, alice: Client, bob: Client) -> None:
    alice.send("BATCH +1 draft/multiline #tea")
    for text in ("one", "two", "three"):
        world.clock.advance(LONGEST_SILENCE / 1000 - 1)
        alice.send(f"@batch=1 PRIVMSG #tea :{text}")
    assert alice.asks("BATCH -1") == []
    assert len(bob.received()) == 3


def test_what_a_failed_batch_had_is_let_go_of(alice: Client) -> None:
    alice.send("BATCH +1 draft/multiline #tea", "@batch=1 PRIVMSG #tea :x", "JOIN #other")
    batch = alice.session.batch
    assert batch is not None
    assert batch.gatherer is None
    for number in range(200):
        alice.send(f"@batch=1 PRIVMSG #tea :{number}")
    assert batch.gatherer is None


def test_nothing_is_gathered_beyond_the_limits(alice: Client) -> None:
    most = alice.session.hub.settings.limits.multiline_lines
    gathered = []
    alice.send("BATCH +1 draft/multiline #tea")
    for _ in range(2 * most):
        alice.send("@batch=1 PRIVMSG #tea :x")
        batch = alice.session.batch
        assert batch is not None
        if isinstance(batch.gatherer, Gathering):
            gathered.append(len(batch.gatherer.lines))
    assert max(gathered) == most
    assert commands_of(alice.received()) == ["FAIL"]


def test_a_closed_batch_leaves_nothing_behind(alice: Client) -> None:
    alice.send("BATCH +1 draft/multiline #tea", "@batch=1 PRIVMSG #tea :x", "BATCH -1")
    assert alice.session.batch is None


def test_leaving_with_an_open_batch_says_nothing_of_it(alice: Client, bob: Client) -> None:
    alice.send("BATCH +1 draft/multiline #tea", "@batch=1 PRIVMSG #tea :x")
    alice.leave()
    assert commands_of(bob.received()) == ["QUIT"]


@pytest.mark.parametrize("banned", ["MODE #tea +b alice", "KICK #tea alice"])
def test_who_may_speak_is_asked_when_it_is_closed(alice: Client, bob: Client, banned: str) -> None:
    alice.send("BATCH +1 draft/multiline #tea", "@batch=1 PRIVMSG #tea :a", "@batch=1 PRIVMSG #tea :b")
    bob.send(banned)
    bob.received()
    alice.received()
    assert commands_of(alice.asks("BATCH -1")) == ["404"]
    assert bob.received() == []


class Slow(MemoryLedger):
    """Its entries wait until the test lets them through."""

    waiting: list[tuple[Entry, object | None]]

    def __init__(self, clock: Callable[[], int]) -> None:
        super().__init__(clock)
        self.waiting = []
        self.slow = False

    def append(self, entry: Entry, ticket: object | None = None) -> None:
        if self.slow:
            self.waiting.append((entry, ticket))
        else:
            super().append(entry, ticket)

    def go_on(self) -> None:
        self.slow = False
        for entry, ticket in self.waiting:
            super().append(entry, ticket)


def test_a_batch_is_one_fact_and_needs_not_wait_for_the_disk() -> None:
    world = World(ledger=Slow)
    slow = world.ledger
    assert isinstance(slow, Slow)
    alice = world.client("alice", caps=f"{CAPS} echo-message", rooms="#tea")
    slow.slow = True
    for number in ("1", "2"):
        alice.send(f"@label=l{number} BATCH +{number} draft/multiline #tea")
        alice.send(f"@batch={number} PRIVMSG #tea :a", f"@batch={number} PRIVMSG #tea :b", f"BATCH -{number}")
    assert len(slow.waiting) == 2
    assert alice.received() == []
    slow.go_on()
    lines = alice.received()
    assert commands_of(lines) == ["BATCH", "PRIVMSG", "PRIVMSG", "BATCH"] * 2
    assert [line.partition(";")[0] for line in lines if "label" in line] == ["@label=l1", "@label=l2"]
