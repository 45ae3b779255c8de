"""MONITOR.  https://ircv3.net/specs/extensions/monitor, extended-monitor"""

from __future__ import annotations

import pytest

from hubbub.features.chghost import HostChanged
from hubbub.features.monitor import Monitors
from hubworld import World

BOB = ":test.example 730 alice :bob!~bob@127.0.0.1"
NO_BOB = ":test.example 731 alice :bob"
END = ":test.example 733 alice :End of MONITOR list"


def test_adding_tells_who_is_online_and_who_is_not(world: World) -> None:
    alice = world.client("alice")
    world.client("bob")
    assert alice.asks("MONITOR + Bob,carol,dave") == [BOB, ":test.example 731 alice :carol,dave"]


def test_comings_and_goings_are_told(world: World) -> None:
    alice = world.client("alice")
    alice.send("MONITOR + bob")
    alice.received()
    bob = world.client("bob")
    assert alice.received() == [BOB]
    bob.send("NICK rob")
    assert alice.received() == [NO_BOB]
    bob.send("NICK bob")
    assert alice.received() == [BOB]
    bob.leave()
    assert alice.received() == [NO_BOB]


def test_other_letters_of_the_same_nick_are_neither(world: World) -> None:
    alice, bob = world.client("alice"), world.client("bob")
    alice.send("MONITOR + bob")
    alice.received()
    bob.send("NICK Bob")
    assert alice.received() == []
    bob.leave()
    assert alice.received() == [":test.example 731 alice :Bob"]


def test_a_target_is_added_once(world: World) -> None:
    """ "Targets already in the list MUST NOT be added again." """
    alice = world.client("alice")
    assert alice.asks("MONITOR + bob,Bob") == [NO_BOB]
    assert alice.asks("MONITOR + BOB") == []
    assert alice.asks("MONITOR L") == [":test.example 732 alice :bob", END]
    world.client("bob")
    assert alice.received() == [BOB]


def test_removing_ends_it_silently(world: World) -> None:
    alice = world.client("alice")
    alice.send("MONITOR + bob,carol")
    assert alice.asks("MONITOR - BOB,nobody") == []
    world.client("bob")
    assert alice.received() == []
    assert alice.asks("MONITOR L") == [":test.example 732 alice :carol", END]


def test_clearing_ends_it_for_all_silently(world: World) -> None:
    alice = world.client("alice")
    alice.send("MONITOR + bob,carol")
    assert alice.asks("MONITOR C") == []
    assert alice.asks("MONITOR L") == [END]
    world.client("bob")
    assert alice.received() == []


def test_the_status_of_all(world: World) -> None:
    alice = world.client("alice")
    world.client("bob")
    alice.send("MONITOR + carol,bob")
    assert alice.asks("MONITOR S") == [BOB, ":test.example 731 alice :carol"]
    assert alice.asks("MONITOR c", "MONITOR s") == []


def test_a_full_list_names_what_was_not_added() -> None:
    world = World({"limits.monitor": 2})
    alice = world.client("alice")
    assert alice.asks("MONITOR + bob,carol,Dave,eve") == [
        ":test.example 731 alice :bob,carol",
        ":test.example 734 alice 2 Dave,eve :Monitor list is full.",
    ]
    assert any(" MONITOR=2 " in line for line in alice.asks("VERSION"))


def test_long_lists_take_several_lines(world: World) -> None:
    alice = world.client("alice")
    nicks = [f"{'n' * 28}{number:02}" for number in range(30)]
    for start in range(0, 30, 10):
        alice.send(f"MONITOR + {','.join(nicks[start : start + 10])}")
    *lines, end = alice.asks("MONITOR L")
    assert end == END
    assert len(lines) > 1
    assert all(len(line) <= 510 for line in lines)
    assert ",".join(line.partition(" :")[2] for line in lines).split(",") == nicks


@pytest.mark.parametrize("nick", ["a!b@c", "*", "#tea", "9lives", "a b", ""])
def test_only_nicks_can_be_monitored(world: World, nick: str) -> None:
    """ "'target' MUST be a valid nick", "disallowing subscription to hostmasks" """
    alice = world.client("alice")
    alice.send(f"MONITOR + :,{nick},")
    assert alice.asks("MONITOR L") == [END]


@pytest.mark.parametrize("question", ["MONITOR", "MONITOR +", "MONITOR -", "MONITOR + :"])
def test_what_is_missing(world: World, question: str) -> None:
    assert world.client("alice").asks(question) == [":test.example 461 alice MONITOR :Not enough parameters"]


def test_unknown_actions_do_nothing(world: World) -> None:
    assert world.client("alice").asks("MONITOR ! bob", "MONITOR L") == [END]


def test_each_connection_has_its_own_list_and_order(world: World) -> None:
    alice, carol = world.client("alice"), world.client("carol")
    alice.send("MONITOR + bob")
    carol.send("MONITOR + bob", "MONITOR - bob")
    carol.received()
    world.client("bob")
    assert carol.received() == []
    assert BOB in alice.received()


def test_nothing_is_left_of_a_connection_that_ended(world: World) -> None:
    alice = world.client("alice")
    alice.send("MONITOR + bob,carol")
    alice.leave()
    assert world.hub.part(Monitors).of("bob") == []
    assert world.hub.part(Monitors).of("carol") == []


def test_extended_monitor_tells_what_the_other_capabilities_would_in_a_room(world: World) -> None:
    every = "away-notify setname chghost"
    alice = world.client("alice", caps=f"extended-monitor {every}")
    partly = world.client("carol", caps="extended-monitor setname")
    without = world.client("dave", caps=every)
    bob = world.client("bob")
    for client in (alice, partly, without):
        client.send("MONITOR + bob")
        client.received()

    bob.send("AWAY :gone", "SETNAME :Bob B.")
    assert bob.session.user is not None
    world.hub.propose(
        HostChanged(user=bob.session.user.id, source=bob.session.user.source, ident="~b", host="h.example")
    )

    source = ":bob!~bob@127.0.0.1"
    assert alice.received() == [
        f"{source} AWAY :gone",
        f"{source} SETNAME :Bob B.",
        f"{source} CHGHOST ~b h.example",
    ]
    assert partly.received() == [f"{source} SETNAME :Bob B."]
    assert without.received() == []


def test_who_monitors_and_shares_a_room_is_told_once(world: World) -> None:
    alice = world.client("alice", caps="extended-monitor away-notify", rooms="#tea")
    bob = world.client("bob", rooms="#tea")
    alice.send("MONITOR + bob")
    alice.received()
    bob.send("AWAY :gone")
    assert alice.received() == [":bob!~bob@127.0.0.1 AWAY :gone"]
