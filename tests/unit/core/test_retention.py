"""Retention by room: +H days."""

from __future__ import annotations

from typing import Any

from hubbub.core.retention import expire
from hubworld import World, commands_of

DAY = 86_400.0


def expired(world: World) -> int:
    """Let the server's hourly task run once."""
    work: Any = expire(world.hub)
    try:
        work.send(None)
    except StopIteration as done:
        return int(done.value)
    raise AssertionError("it waits for something")


def said(world: World, room: str) -> list[str]:
    reader = world.client("reader", caps="draft/chathistory batch", rooms=room)
    lines = reader.asks(f"CHATHISTORY LATEST {room} * 50")
    reader.leave()
    return [line.rpartition(":")[2] for line in lines if " PRIVMSG " in line]


def test_a_room_forgets_what_is_older_than_its_days() -> None:
    world = World()
    alice = world.client("alice", rooms="#tea,#cake")
    alice.send("MODE #tea +H 2")
    alice.send("PRIVMSG #tea :old", "PRIVMSG #cake :old", "PRIVMSG @#tea :old, to operators")
    world.clock.advance(1.5 * DAY)
    alice.send("PRIVMSG #tea :new")
    assert expired(world) == 0
    world.clock.advance(DAY)
    assert expired(world) >= 2
    assert said(world, "#tea") == ["new"]
    assert said(world, "#cake") == ["old"]


def test_the_servers_own_limit_holds_besides() -> None:
    world = World({"history.retention_days": 1})
    alice = world.client("alice", rooms="#tea,#cake")
    alice.send("MODE #tea +H 30", "PRIVMSG #tea :old")
    world.clock.advance(2 * DAY)
    alice.send("PRIVMSG #tea :new")
    expired(world)
    assert said(world, "#tea") == ["new"]


def test_without_the_mode_everything_stays() -> None:
    world = World()
    alice = world.client("alice", rooms="#tea")
    alice.send("PRIVMSG #tea :old")
    world.clock.advance(5000 * DAY)
    assert expired(world) == 0


def test_it_holds_in_a_room_that_everybody_left_if_that_is_registered() -> None:
    world = World()
    alice = world.client("alice", rooms="#tea")
    alice.send("REGISTER * * a-good-password", "ROOM REGISTER #tea", "MODE #tea +H 1", "PRIVMSG #tea :old")
    alice.send("PART #tea")
    world.restart()
    world.clock.advance(2 * DAY)
    assert expired(world) >= 1
    bob = world.client("bob")
    assert commands_of(bob.asks("JOIN #tea")) == ["JOIN", "NOTICE", "353", "366"]


def test_an_empty_room_of_which_nothing_is_left_is_forgotten() -> None:
    world = World({"history.retention_days": 10})
    alice = world.client("alice", rooms="#tea,#topic,#cake,#here")
    alice.send("PRIVMSG #tea :old", "PRIVMSG #here :old", "TOPIC #topic :old", "PRIVMSG #cake :old")
    alice.send("PART #tea,#topic,#cake")
    world.clock.advance(9 * DAY)
    expired(world)
    assert set(world.hub.channels) == {"#tea", "#topic", "#cake", "#here"}
    bob = world.client("bob", rooms="#cake")
    bob.send("PRIVMSG @#cake :to operators", "PART #cake")
    world.clock.advance(2 * DAY)
    expired(world)
    assert set(world.hub.channels) == {"#cake", "#here"}
    world.restart()
    assert set(world.hub.channels) == {"#cake", "#here"}


def test_a_restart_leaves_people_an_hour_to_come_back() -> None:
    world = World()
    world.client("alice", rooms="#tea").send("MODE #tea +m")
    world.restart()
    expired(world)
    assert set(world.hub.channels) == {"#tea"}
    world.clock.advance(3600)
    expired(world)
    assert world.hub.channels == {}
