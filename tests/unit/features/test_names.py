"""NAMES: what one line of it may cost."""

from __future__ import annotations

from hubworld import World, commands_of


def test_a_room_is_shown_once_however_often_it_is_named(world: World) -> None:
    alice = world.client("alice", rooms="#tea")
    assert commands_of(alice.asks("NAMES #tea,#Tea,#tea")) == ["353", "366"]


def test_of_many_rooms_the_first_are_shown() -> None:
    world = World({"limits.targets": 2})
    alice = world.client("alice", rooms="#a,#b,#c,#d")
    lines = alice.asks("NAMES #a,#b,#c,#d")
    assert commands_of(lines) == ["353", "366", "353", "366", "407"]
    assert lines[-1] == ":test.example 407 alice #c :No more than 2 rooms at a time"
    assert any("NAMES:2," in line for line in alice.asks("VERSION"))
