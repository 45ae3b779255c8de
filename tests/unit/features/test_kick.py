"""KICK: what conversations can't show.  Modern IRC, KICK"""

from __future__ import annotations

from hubworld import World, commands_of


def test_a_nick_that_is_said_twice_is_put_out_once(world: World) -> None:
    caps = "batch draft/chathistory draft/event-playback"
    alice, _bob = world.client("alice", caps=caps, rooms="#tea"), world.client("bob", rooms="#tea")
    alice.received()
    assert commands_of(alice.asks("KICK #tea bob,BOB,nobody,bob")) == ["401", "KICK"]
    assert commands_of(alice.asks("CHATHISTORY LATEST #tea * 10")).count("KICK") == 1
