"""MODE: what one line of it may cost."""

from __future__ import annotations

import pytest

from hubworld import World, commands_of


@pytest.mark.parametrize("asker", ["alice", "bob"])
def test_each_list_is_shown_once(world: World, asker: str) -> None:
    clients = {"alice": world.client("alice", rooms="#tea"), "bob": world.client("bob")}
    clients["alice"].send("MODE #tea +b troll")
    clients["alice"].received()
    assert commands_of(clients[asker].asks("MODE #tea bbb+b-b")) == ["367", "368"]


def test_several_lists_are_shown_each(world: World) -> None:
    alice = world.client("alice", rooms="#tea")
    assert commands_of(alice.asks("MODE #tea beIbeI")) == ["368", "349", "347"]
