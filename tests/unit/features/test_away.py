"""AWAY.  Modern IRC, AWAY; away-notify"""

from __future__ import annotations

import pytest

from hubbub.core.event import decode, encode
from hubbub.features.away import AwayChanged, AwayShown
from hubworld import Client, World


def test_going_away_and_coming_back_are_acknowledged(world: World) -> None:
    alice = world.client("alice")
    assert alice.asks("AWAY :at lunch") == [":test.example 306 alice :You have been marked as being away"]
    assert alice.asks("AWAY") == [":test.example 305 alice :You are no longer marked as being away"]


def test_an_empty_message_means_back(world: World) -> None:
    """ "with no parameters, or with the empty string as the parameter, the user is no longer away" """
    alice = world.client("alice")
    alice.send("AWAY :at lunch")
    assert alice.asks("AWAY :") == [":test.example 305 alice :You are no longer marked as being away"]
    assert alice.session.user is not None
    assert alice.session.user.away == ""


def test_whoever_writes_to_somebody_away_is_told(world: World) -> None:
    alice, bob = world.client("alice"), world.client("bob")
    alice.send("AWAY :at lunch")
    assert bob.asks("PRIVMSG alice :hi") == [":test.example 301 bob alice :at lunch"]


def test_the_message_is_clipped_to_the_announced_length() -> None:
    world = World({"limits.away": 10})
    alice, bob = world.client("alice"), world.client("bob")
    alice.send("AWAY :0123456789abc")
    assert bob.asks("PRIVMSG alice :hi") == [":test.example 301 bob alice :0123456789"]
    assert any(" AWAYLEN=10 " in line for line in bob.asks("VERSION"))


def test_a_labelled_away_is_answered_with_the_label(world: World) -> None:
    alice = world.client("alice", caps="labeled-response batch")
    assert alice.asks("@label=x AWAY :gone") == [
        "@label=x :test.example 306 alice :You have been marked as being away"
    ]


def test_people_in_the_same_room_are_notified_if_they_want(world: World) -> None:
    alice = world.client("alice", caps="away-notify", rooms="#tea")
    bob = world.client("bob", caps="away-notify", rooms="#tea")
    carol = world.client("carol", rooms="#tea")
    dave = world.client("dave", caps="away-notify", rooms="#coffee")
    for client in (alice, bob, carol):
        client.received()

    # "Clients SHOULD NOT be sent AWAY messages to notify them of their own away status"
    assert alice.asks("AWAY :at lunch") == [":test.example 306 alice :You have been marked as being away"]
    assert bob.received() == [":alice!~alice@127.0.0.1 AWAY :at lunch"]
    assert carol.received() == dave.received() == []

    alice.send("AWAY")
    assert bob.received() == [":alice!~alice@127.0.0.1 AWAY"]


def test_saying_the_same_again_tells_nobody(world: World) -> None:
    alice = world.client("alice", rooms="#tea")
    bob = world.client("bob", caps="away-notify", rooms="#tea")
    alice.send("AWAY")
    assert bob.received() == []
    alice.send("AWAY :lunch", "AWAY :lunch", "AWAY :longer lunch")
    assert bob.received() == [
        ":alice!~alice@127.0.0.1 AWAY :lunch",
        ":alice!~alice@127.0.0.1 AWAY :longer lunch",
    ]


def test_who_joins_while_away_is_shown_to_be_away(world: World) -> None:
    """ "as well as when a user joins and has an away message set" """
    bob = world.client("bob", caps="away-notify", rooms="#tea")
    carol = world.client("carol", rooms="#tea")
    alice = world.client("alice", caps="away-notify")
    dave = world.client("dave")
    bob.received()

    alice.send("AWAY :at lunch", "JOIN #tea")
    assert bob.received() == [":alice!~alice@127.0.0.1 JOIN #tea", ":alice!~alice@127.0.0.1 AWAY :at lunch"]
    assert carol.received() == [":alice!~alice@127.0.0.1 JOIN #tea"]
    assert not any(" AWAY" in line for line in alice.received())

    dave.send("JOIN #tea")
    assert bob.received() == [":dave!~dave@127.0.0.1 JOIN #tea"]


@pytest.mark.parametrize(
    "event",
    [AwayChanged(user="1", source="a!a@a", message="x"), AwayShown(user="1", source="a!a@a", room="2")],
)
def test_the_facts_survive_the_log(event: AwayChanged | AwayShown) -> None:
    assert decode(encode(event)) == event


def test_somebody_who_has_left_again_is_shown_to_nobody(world: World) -> None:
    alice = world.client("alice", rooms="#tea")
    bob = world.client("bob", caps="away-notify", rooms="#tea")
    user = alice.session.user
    assert user is not None
    [room] = user.channels.values()
    shown = AwayShown(user=user.id, source=user.source, message="gone", room=room.id)
    alice.send("PART #tea")
    bob.received()
    world.hub.propose(shown)
    alice.leave()
    world.hub.propose(AwayChanged(user=user.id, source=user.source, message="gone"))
    assert bob.received() == []


def test_the_server_asks_for_registration_first(world: World) -> None:
    assert world.connection().asks("AWAY :x") == [":test.example 451 * :You have not registered"]


# -- several devices, and those that nobody sits at ------------------------------------------------------------


def another(world: World, caps: str = "", *lines: str) -> Client:
    client = world.connection()
    client.send("PASS alice:open-sesame", f"CAP REQ :draft/pre-away {caps}", *lines)
    client.send("NICK alice", "USER alice 0 * :alice", "CAP END")
    assert client.session.user is not None
    client.received()
    return client


def test_a_device_that_comes_while_the_others_are_going_away_counts(world: World) -> None:
    alice = world.client("alice")
    alice.send("REGISTER * * open-sesame", "AWAY :at lunch")
    user = alice.session.user
    assert user is not None
    assert user.away == "at lunch"
    second = another(world)
    assert user.away == ""
    # It is told of its own state alone.
    assert second.asks("AWAY :out")[0].startswith(":test.example 306 ")
    assert alice.received()[-1].startswith(":test.example 306 ")
    assert user.away == "out"


def test_what_was_said_last_is_what_others_are_told(world: World) -> None:
    alice = world.client("alice")
    alice.send("REGISTER * * open-sesame")
    second = another(world)
    second.send("AWAY :first")
    world.clock.advance(1)
    alice.send("AWAY :second")
    user = alice.session.user
    assert user is not None
    assert user.away == "second"
    # pre-away: * "should not supersede a human-readable AWAY message, even if it is more recent"
    world.clock.advance(1)
    another(world, "", "AWAY *").send("AWAY *")
    assert user.away == "second"
    alice.leave()
    assert user.away == "first"
    second.leave()
    assert user.away == "*"


def test_a_device_set_away_before_registration_says_so_after_it(world: World) -> None:
    """ "AWAY pre-registration sets the away message but does not inhibit reporting of the nickname" """
    bob = world.client("bob", caps="away-notify extended-monitor")
    bob.asks("MONITOR + alice")
    alice = world.connection()
    alice.send("CAP REQ :draft/pre-away", "AWAY :not looking", "NICK alice", "USER a 0 * :a", "CAP END")
    assert bob.received() == [
        ":test.example 730 bob :alice!~a@127.0.0.1",
        ":alice!~a@127.0.0.1 AWAY :not looking",
    ]
