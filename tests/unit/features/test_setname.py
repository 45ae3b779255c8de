"""SETNAME.  https://ircv3.net/specs/extensions/setname"""

from __future__ import annotations

import pytest

from hubbub.features.setname import NameSet
from hubworld import World

INVALID = ":test.example FAIL SETNAME INVALID_REALNAME :Realname is not valid"


def test_everybody_around_with_the_capability_is_told(world: World) -> None:
    batman = world.client("batman", caps="setname", rooms="#cave")
    robin = world.client("robin", caps="setname", rooms="#cave")
    joker = world.client("joker", rooms="#cave")
    alfred = world.client("alfred", caps="setname")
    for client in (batman, robin, joker):
        client.received()

    told = [":batman!~batman@127.0.0.1 SETNAME :Bruce Wayne <bruce@wayne.enterprises>"]
    assert batman.asks("SETNAME :Bruce Wayne <bruce@wayne.enterprises>") == told
    assert robin.received() == told
    assert joker.received() == alfred.received() == []
    assert joker.asks("WHO batman")[0].endswith(" :0 Bruce Wayne <bruce@wayne.enterprises>")


def test_it_works_silently_without_the_capability(world: World) -> None:
    """ "the server SHOULD handle it silently (with no response)" """
    batman = world.client("batman")
    assert batman.asks("SETNAME Bruce") == []
    assert batman.asks("WHO batman")[0].endswith(" :0 Bruce")


def test_a_labelled_one_gets_its_label_back(world: World) -> None:
    batman = world.client("batman", caps="setname labeled-response batch")
    assert batman.asks("@label=1 SETNAME Bruce") == ["@label=1 :batman!~batman@127.0.0.1 SETNAME :Bruce"]
    silent = world.client("robin", caps="labeled-response batch")
    assert silent.asks("@label=1 SETNAME Bruce") == ["@label=1 :test.example ACK"]


@pytest.mark.parametrize("realname", ["12345678901", "äöüäöü", "", "   "])
def test_names_too_long_or_empty_are_refused(realname: str) -> None:
    world = World({"limits.realname": 10})
    batman = world.client("batman", caps="setname", realname="before")
    assert batman.asks(f"SETNAME :{realname}") == [INVALID]
    assert batman.asks("WHO batman")[0].endswith(" :0 before")


def test_the_longest_length_is_announced() -> None:
    """ "servers MUST provide a NAMELEN token in RPL_ISUPPORT" """
    world = World({"limits.realname": 10})
    batman = world.client("batman", caps="setname")
    assert any(" NAMELEN=10 " in line for line in batman.asks("VERSION"))
    assert batman.asks("SETNAME :1234567890") == [":batman!~batman@127.0.0.1 SETNAME :1234567890"]


def test_nothing_happens_for_somebody_who_has_left(world: World) -> None:
    batman = world.client("batman", rooms="#cave")
    robin = world.client("robin", caps="setname", rooms="#cave")
    user = batman.session.user
    assert user is not None
    batman.leave()
    robin.received()
    world.hub.propose(NameSet(user=user.id, source=user.source, realname="Bruce"))
    assert robin.received() == []


def test_it_needs_a_name(world: World) -> None:
    assert world.client("batman").asks("SETNAME") == [
        ":test.example 461 batman SETNAME :Not enough parameters"
    ]
