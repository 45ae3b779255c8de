"""Slow mode: +S seconds."""

from __future__ import annotations

import pytest

from hubbub.core import pace
from hubworld import World, commands_of


def refusal(seconds: str) -> list[str]:
    return [f":test.example 404 bob #tea :Cannot send to channel (Slow mode: wait {seconds})"]


@pytest.fixture
def world() -> World:
    return World()


def test_the_seconds_that_are_left_are_told(world: World) -> None:
    alice, bob = world.client("alice", rooms="#tea"), world.client("bob", rooms="#tea")
    alice.send("MODE #tea +S 10")
    assert bob.asks("PRIVMSG #tea :one") == []
    assert bob.asks("PRIVMSG #tea :two") == refusal("10 more seconds")
    world.clock.advance(8.5)
    assert bob.asks("PRIVMSG #tea :two") == refusal("2 more seconds")
    world.clock.advance(0.5)
    assert bob.asks("PRIVMSG #tea :two") == refusal("1 more second")
    world.clock.advance(1)
    assert bob.asks("PRIVMSG #tea :two") == []
    assert bob.asks("PRIVMSG #tea :three") == refusal("10 more seconds")


def test_each_room_and_each_person_has_its_own_pace(world: World) -> None:
    alice = world.client("alice", rooms="#tea,#cake")
    bob, carol = (world.client(nick, rooms="#tea,#cake") for nick in ("bob", "carol"))
    alice.send("MODE #tea +S 10")
    assert bob.asks("PRIVMSG #tea :a", "PRIVMSG #cake :a", "PRIVMSG #cake :b") == []
    assert carol.asks("PRIVMSG #tea :a") == []
    alice.send("MODE #tea +v carol")
    assert carol.asks("PRIVMSG #tea :b") == []


def test_what_is_refused_starts_no_new_wait(world: World) -> None:
    alice, bob = world.client("alice", rooms="#tea"), world.client("bob", rooms="#tea")
    alice.send("MODE #tea +S 10", "MODE #tea +m")
    bob.received()
    assert commands_of(bob.asks("PRIVMSG #tea :one")) == ["404"]
    alice.send("MODE #tea -m")
    assert bob.asks("PRIVMSG #tea :one")[1:] == []


def test_it_remembers_only_so_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "REMEMBERED", 2)
    alice = world.client("alice", rooms="#tea")
    alice.send("MODE #tea +S 10")
    for nick in ("bob", "carol", "dave"):
        world.client(nick, rooms="#tea").send("PRIVMSG #tea :hello")
    assert len(world.hub.part(pace.LastSaid).at_ms) == 2
