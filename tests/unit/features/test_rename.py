"""RENAME: what tests/scenarios/channel-rename*.chat don't show.

https://ircv3.net/specs/extensions/channel-rename
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hubbub.core.command import Context, Proposal
from hubbub.core.event import encode
from hubbub.core.ledger import Fact
from hubbub.core.model import Channel
from hubbub.core.said import RoomMessage
from hubbub.features import names, rename
from hubworld import World, commands_of

DAY = 86_400.0


def test_the_name_the_settings_and_the_redirection_outlive_a_restart(world: World) -> None:
    alice = world.client("alice", rooms="#foo")
    alice.send("MODE #foo +m", "TOPIC #foo :What foo is", "RENAME #foo #bar")
    world.restart()
    assert list(world.hub.channels) == ["#bar"]
    bob = world.client("bob")
    assert commands_of(bob.asks("JOIN #foo")) == ["470", "JOIN", "332", "333", "353", "366"]
    assert "+m" in bob.asks("MODE #bar")[0]


def test_the_redirection_ends(world: World) -> None:
    world.client("alice", rooms="#foo").send("RENAME #foo #bar")
    bob = world.client("bob")
    world.clock.advance(DAY + 1)
    assert commands_of(bob.asks("JOIN #foo")) == ["JOIN", "353", "366"]
    assert len(world.hub.channels) == 2


def test_the_redirection_asks_for_the_key_too(world: World) -> None:
    world.client("alice", rooms="#foo").send("MODE #foo +k oolong", "RENAME #foo #bar")
    bob = world.client("bob")
    assert commands_of(bob.asks("JOIN #foo")) == ["470", "475"]
    assert commands_of(bob.asks("JOIN #foo oolong")) == ["470", "JOIN", "353", "366"]


def test_old_names_are_not_collected_without_end(world: World) -> None:
    alice = world.client("alice", rooms="#0")
    for number in range(20):
        alice.send(f"RENAME #{number} #{number + 1}")
    assert len(world.hub.channels["#20"].former) == rename.MOST_FORMER
    alice.send("RENAME #20 #19")
    assert "#19" not in world.hub.channels["#19"].former


def test_a_forgotten_room_leaves_no_redirection(world: World) -> None:
    alice = world.client("alice", rooms="#foo")
    alice.send("MODE #foo +i", "RENAME #foo #bar", "PART #bar")
    assert world.hub.channels == {}
    assert commands_of(world.client("bob").asks("JOIN #foo")) == ["JOIN", "353", "366"]


def test_a_large_room_is_not_renamed_again_at_once(world: World) -> None:
    alice = world.client("alice", rooms="#foo")
    for number in range(rename.LARGE):
        world.client(f"member{number}", rooms="#foo")
    alice.asks("RENAME #foo #bar")
    assert " FAIL RENAME CANNOT_RENAME #bar #baz " in alice.asks("RENAME #bar #baz")[0]
    world.clock.advance(60)
    assert commands_of(alice.asks("RENAME #bar #baz"))[:2] == ["PART", "JOIN"]


def test_a_registered_room_is_renamed_by_those_it_belongs_to(world: World) -> None:
    alice, bob = world.client("alice", rooms="#foo"), world.client("bob", rooms="#foo")
    alice.send("REGISTER * * a-good-password", "ROOM REGISTER #foo", "MODE #foo +o bob")
    assert commands_of(bob.asks("RENAME #foo #bar")) == ["482"]
    alice.send("RENAME #foo #bar")
    registration = world.hub.channels["#bar"].registration
    assert registration is not None
    world.restart()
    assert world.hub.channels["#bar"].registration == registration


def test_what_was_said_just_before_is_shown_under_the_new_name(world: World) -> None:
    """A message on its way to the disk while RENAME is applied: clients don't know the old name any more."""
    alice = world.client("alice", rooms="#foo")
    bob = world.client("bob", caps="draft/channel-rename", rooms="#foo")
    user, room = alice.session.user, world.hub.channels["#foo"].id
    assert user is not None
    message = RoomMessage(
        verb="PRIVMSG", user=user.id, source=user.source, room=room, target="#foo", text="hi"
    )
    alice.send("RENAME #foo #bar")
    bob.received()
    fact = Fact(9, world.clock(), "", message.topic(), encode(message))
    world.hub.apply(fact, Proposal(message, None, None))
    assert bob.received() == [":alice!~alice@127.0.0.1 PRIVMSG #bar :hi"]


def test_the_fallback_is_labelled(world: World) -> None:
    alice = world.client("alice", caps="labeled-response batch", rooms="#foo")
    lines = alice.asks("@label=1 RENAME #foo #bar")
    assert commands_of(lines) == ["BATCH", "PART", "JOIN", "353", "366", "BATCH"]


def test_invitations_and_bans_stay(world: World) -> None:
    alice, bob = world.client("alice", rooms="#foo"), world.client("bob")
    alice.send("MODE #foo +ib *!*@*", "INVITE bob #foo", "RENAME #foo #bar")
    bob.received()
    assert bob.asks("INVITE")[0] == ":test.example 336 bob #bar"
    assert commands_of(bob.asks("JOIN #bar")) == ["JOIN", "353", "366"]


def test_an_old_name_is_no_way_in_for_guests() -> None:
    world = World({"accounts.guests": "rooms", "accounts.guest_rooms": ["#foo"]})
    alice = world.client("alice", rooms="#foo")
    alice.send("REGISTER * * a-good-password", "RENAME #foo #bar")
    bob = world.client("bob")
    assert commands_of(bob.asks("JOIN #foo")) == ["470", "477"]


def test_the_names_of_a_large_room_are_made_once_for_each_kind_of_client(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Channel] = []
    shown = names._shown

    def seen(ctx: Context, channel: Channel) -> Iterator[str]:
        made.append(channel)
        return shown(ctx, channel)

    monkeypatch.setattr(names, "_shown", seen)
    alice = world.client("alice", rooms="#foo")
    plain = [world.client(f"plain{number}", rooms="#foo") for number in range(5)]
    knowing = [world.client(f"knowing{number}", caps="multi-prefix", rooms="#foo") for number in range(5)]
    hosts = world.client("hosts", caps="userhost-in-names", rooms="#foo")
    for client in (*plain, *knowing, hosts):
        client.received()
    alice.send("MODE #foo +v alice")
    made.clear()
    alice.asks("RENAME #foo #bar")
    assert len(made) == 4, "one for each kind, and one for who asked"
    assert all(any(" = #bar :@alice plain0 " in line for line in client.received()) for client in plain)
    assert all(any(" = #bar :@+alice plain0 " in line for line in client.received()) for client in knowing)
    assert any(" = #bar :@alice!~alice@127.0.0.1 plain0!" in line for line in hosts.received())
    alice.send("JOIN #tea", "PART #bar")
    assert not any("alice" in line for line in plain[0].asks("NAMES #bar")), "later they are made anew"
