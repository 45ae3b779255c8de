"""INVITE.  Modern IRC, INVITE; https://ircv3.net/specs/extensions/invite-notify"""

from __future__ import annotations

import pytest

from hubbub.core.event import decode, encode
from hubbub.features import invite
from hubbub.features.invite import Invitations, Invited
from hubbub.irc.names import fold
from hubworld import Client, World, commands_of

INVITED = ":alice!~alice@127.0.0.1 INVITE bob #tea"
INVITING = ":test.example 341 alice bob #tea"
NO_INVITATIONS = ":test.example 337 bob :End of /INVITE list"


@pytest.fixture
def alice(world: World) -> Client:
    """The operator of #tea."""
    return world.client("alice", rooms="#tea")


@pytest.fixture
def bob(world: World) -> Client:
    return world.client("bob")


def test_both_are_told_and_nobody_else(world: World, alice: Client, bob: Client) -> None:
    """ "the server MUST send a RPL_INVITING to the command issuer, and an INVITE message to the target" """
    carol = world.client("carol", rooms="#tea")
    alice.received()
    assert alice.asks("INVITE BOB #TEA") == [INVITING]
    assert bob.received() == [INVITED]
    assert carol.received() == []


def test_an_invitation_opens_an_invite_only_room_once(alice: Client, bob: Client) -> None:
    alice.send("MODE #tea +i")
    assert commands_of(bob.asks("JOIN #tea")) == ["473"]
    alice.send("INVITE bob #tea")
    bob.received()
    assert commands_of(bob.asks("JOIN #tea")) == ["JOIN", "353", "366"]
    assert commands_of(bob.asks("PART #tea", "JOIN #tea")) == ["PART", "473"]


def test_invitations_can_be_listed(world: World, alice: Client, bob: Client) -> None:
    assert bob.asks("INVITE") == [NO_INVITATIONS]
    alice.send("JOIN #cake", "INVITE bob #tea", "INVITE bob #cake")
    bob.received()
    assert bob.asks("INVITE") == [
        ":test.example 336 bob #tea",
        ":test.example 336 bob #cake",
        NO_INVITATIONS,
    ]
    bob.send("JOIN #tea")
    bob.received()
    assert bob.asks("INVITE") == [":test.example 336 bob #cake", NO_INVITATIONS]


def test_refusals(world: World, alice: Client, bob: Client) -> None:
    world.client("carol", rooms="#tea")
    alice.received()
    assert alice.asks("INVITE bob") == [":test.example 461 alice INVITE :Not enough parameters"]
    assert alice.asks("INVITE nobody #tea") == [":test.example 401 alice nobody :No such nick/channel"]
    assert alice.asks("INVITE bob #none") == [":test.example 403 alice #none :No such channel"]
    assert alice.asks("INVITE carol #tea") == [":test.example 443 alice carol #tea :is already on channel"]
    assert bob.asks("INVITE carol #tea") == [":test.example 442 bob #tea :You're not on that channel"]


def test_a_room_that_everybody_left_does_not_exist(alice: Client, bob: Client) -> None:
    """ "The target channel SHOULD exist (at least one user is on it)" """
    alice.send("PART #tea")
    assert alice.asks("INVITE bob #tea") == [":test.example 403 alice #tea :No such channel"]


def test_only_operators_invite_to_an_invite_only_room(world: World, alice: Client, bob: Client) -> None:
    carol = world.client("carol", rooms="#tea")
    alice.send("MODE #tea +i")
    carol.received()
    assert carol.asks("INVITE bob #tea") == [":test.example 482 carol #tea :You're not channel operator"]
    assert bob.received() == []


def test_an_ordinary_members_invitation_opens_no_door(world: World, alice: Client, bob: Client) -> None:
    carol = world.client("carol", rooms="#tea")
    alice.send("MODE #tea +b bob")
    carol.received()
    assert carol.asks("INVITE bob #tea") == [":test.example 341 carol bob #tea"]
    assert bob.received() == [":carol!~carol@127.0.0.1 INVITE bob #tea"]
    assert commands_of(bob.asks("JOIN #tea")) == ["474"]
    assert bob.asks("INVITE") == [NO_INVITATIONS]
    alice.send("INVITE bob #tea")
    bob.received()
    assert commands_of(bob.asks("JOIN #tea")) == ["JOIN", "353", "366"]


def test_members_who_could_invite_are_notified_if_they_want(world: World, alice: Client, bob: Client) -> None:
    """invite-notify: "that allows clients to learn when another client does an /INVITE" """
    carol = world.client("carol", caps="invite-notify", rooms="#tea")
    dave = world.client("dave", rooms="#tea")
    eve = world.client("eve", caps="invite-notify")
    alice.send("CAP REQ :invite-notify")
    for client in (alice, carol):
        client.received()

    assert alice.asks("INVITE bob #tea") == [INVITING]
    assert carol.received() == [INVITED]
    assert dave.received() == eve.received() == []

    alice.send("MODE #tea +i")
    carol.received()
    alice.send("INVITE bob #tea")
    assert carol.received() == []
    alice.send("MODE #tea +o carol")
    carol.received()
    alice.send("INVITE bob #tea")
    assert carol.received() == [INVITED]


def test_a_labelled_invitation(world: World, bob: Client) -> None:
    alice = world.client("alice", caps="labeled-response batch", rooms="#tea")
    assert alice.asks("@label=1 INVITE bob #tea") == [f"@label=1 {INVITING}"]


def test_who_leaves_takes_the_invitations_along(world: World, alice: Client, bob: Client) -> None:
    alice.send("INVITE bob #tea")
    bob.send("NICK rob")
    bob.received()
    assert bob.asks("INVITE")[0] == ":test.example 336 rob #tea"
    bob.leave()
    assert world.hub.channels[fold("#tea")].invited == set()
    assert world.hub.part(Invitations).rooms == {}


def test_the_oldest_of_too_many_is_withdrawn(
    world: World, alice: Client, bob: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invite, "MOST", 2)
    for room in ("#one", "#two", "#three"):
        alice.send(f"JOIN {room}", f"MODE {room} +i", f"INVITE bob {room}")
    bob.received()
    assert [line.rpartition(" ")[2] for line in bob.asks("INVITE")[:-1]] == ["#two", "#three"]
    assert commands_of(bob.asks("JOIN #one")) == ["473"]


def test_an_invitation_to_a_room_that_is_forgotten_is_forgotten(
    world: World, alice: Client, bob: Client
) -> None:
    alice.send("MODE #tea +i", "INVITE bob #tea", "PART #tea")
    bob.received()
    assert bob.asks("INVITE") == [NO_INVITATIONS]
    bob.leave()
    assert world.hub.part(Invitations).rooms == {}


def test_nothing_happens_when_the_invited_one_has_left(world: World, alice: Client, bob: Client) -> None:
    invited, room = bob.session.user, world.hub.channels[fold("#tea")]
    assert invited is not None
    bob.leave()
    world.hub.propose(
        Invited(by="1", source="a!a@a", user=invited.id, nick="bob", room=room.id, name="#tea", opens=True)
    )
    assert room.invited == set()
    assert alice.received() == []


def test_the_fact_survives_the_log() -> None:
    event = Invited(by="1", source="a!a@a", user="2", nick="b", room="3", name="#tea", opens=False)
    assert decode(encode(event)) == event


def test_an_invitation_ends_when_a_guest_who_has_logged_in_leaves(world: World) -> None:
    alice, owner = world.client("alice", rooms="#tea"), world.client("bob")
    alice.send("MODE #tea +i")
    owner.send("REGISTER * * a-good-password", "QUIT")
    guest = world.client("guest")
    alice.send("INVITE guest #tea")
    guest.send("NS IDENTIFY bob a-good-password")
    assert any(" 336 " in line and line.endswith("#tea") for line in guest.asks("INVITE"))
    guest.leave()
    assert world.hub.part(Invitations).rooms == {}
    assert world.hub.channels["#tea"].invited == set()
