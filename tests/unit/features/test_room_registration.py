"""ROOM: what tests/scenarios/room-*.chat don't show: restarts, limits, deleted accounts."""

from __future__ import annotations

import base64

import pytest

from hubbub.core.accounts import AccountDeleted, account_key, accounts
from hubbub.core.ledger import Put
from hubbub.core.rooms import Registration
from hubworld import Client, World, commands_of

PASSWORD = "a-good-password"


def owner(world: World, nick: str, rooms: str = "") -> Client:
    """Somebody with an account."""
    client = world.client(nick)
    assert any(" 900 " in line for line in client.asks(f"REGISTER * * {PASSWORD}"))
    if rooms:
        client.send(f"JOIN {rooms}")
    client.received()
    return client


def returning(world: World, nick: str) -> Client:
    """Somebody who logs in before anything else."""
    client = world.connection()
    proof = base64.b64encode(f"\0{nick}\0{PASSWORD}".encode()).decode()
    client.send("CAP REQ sasl", f"NICK {nick}", f"USER {nick} 0 * :{nick}", "AUTHENTICATE PLAIN")
    client.send(f"AUTHENTICATE {proof}", "CAP END")
    client.received()
    return client


def delete_account(world: World, name: str) -> None:
    account = accounts(world.hub).named(name)
    assert account is not None
    world.hub.propose(AccountDeleted(id=account.id), puts=(Put(account_key(name), None),))


def registration(world: World, room: str) -> Registration | None:
    return world.hub.channels[room].registration


def test_ranks_and_settings_outlive_a_restart(world: World) -> None:
    alice, _bob = owner(world, "alice", "#tea"), owner(world, "bob")
    alice.send("ROOM REGISTER #tea", "ROOM VOICE #tea bob", "TOPIC #tea :Assam", "MODE #tea +sk milk")
    before = registration(world, "#tea")
    world.restart()
    assert registration(world, "#tea") == before
    carol = world.client("carol")
    assert commands_of(carol.asks("JOIN #tea milk")) == ["JOIN", "332", "333", "353", "366"]
    assert commands_of(carol.asks("MODE #tea -k milk")) == ["482"]
    lines = returning(world, "alice").asks("JOIN #tea")
    assert lines[1] == ":test.example MODE #tea +o alice"
    assert returning(world, "bob").asks("JOIN #tea")[1] == ":test.example MODE #tea +v bob"


def test_a_room_that_everybody_left_is_given_up_for_good(world: World) -> None:
    alice = owner(world, "alice", "#tea")
    alice.send("ROOM REGISTER #tea", "TOPIC #tea :Assam", "MODE #tea +i", "PART #tea")
    assert "#tea" in world.hub.channels
    assert commands_of(alice.asks("ROOM DROP #tea")) == ["NOTE"]
    assert "#tea" not in world.hub.channels, "restricted, empty, and nobody's"
    world.restart()
    assert "#tea" not in world.hub.channels


def test_one_account_may_have_only_so_many() -> None:
    world = World({"limits.registered_rooms": 1})
    alice, bob = owner(world, "alice", "#a,#b"), owner(world, "bob", "#c")
    assert " REGISTERED " in alice.asks("ROOM REGISTER #a")[0]
    assert " FAIL ROOM TOO_MANY_ROOMS #b " in alice.asks("ROOM REGISTER #b")[0]
    bob.send("ROOM REGISTER #c")
    assert " FAIL ROOM TOO_MANY_ROOMS #c " in bob.asks("ROOM TRANSFER #c alice")[0]


def test_a_room_has_only_so_many_ranks() -> None:
    world = World({"limits.list_entries": 1})
    alice = owner(world, "alice", "#tea")
    owner(world, "bob")
    owner(world, "carol")
    alice.send("ROOM REGISTER #tea", "ROOM VOICE #tea bob")
    assert " FAIL ROOM TOO_MANY_RANKS #tea carol " in alice.asks("ROOM VOICE #tea carol")[0]


def test_a_name_that_only_looks_alike_gets_no_rank(world: World) -> None:
    alice = owner(world, "alice", "#tea")
    owner(world, "bob")
    alice.send("ROOM REGISTER #tea")
    assert " FAIL ROOM ACCOUNT_UNKNOWN #tea bоb " in alice.asks("ROOM OP #tea bоb")[0]


def test_the_founder_is_kept_out_by_nothing(world: World) -> None:
    alice, bob = owner(world, "alice", "#tea"), owner(world, "bob", "#tea")
    alice.send("ROOM REGISTER #tea", "MODE #tea +o bob", "PART #tea")
    bob.send("MODE #tea +ikblR milk *!*@* 1")
    bob.received()
    assert commands_of(alice.asks("JOIN #tea"))[:2] == ["JOIN", "MODE"]


def test_operators_are_not_above_a_ban(world: World) -> None:
    alice, bob = owner(world, "alice", "#tea"), owner(world, "bob")
    alice.send("ROOM REGISTER #tea", "ROOM OP #tea bob", "MODE #tea +ikb milk ~a:bob")
    assert commands_of(bob.asks("JOIN #tea")) == ["474"]


def test_an_operator_inherits_from_a_deleted_account(world: World) -> None:
    alice, bob = owner(world, "alice", "#tea"), owner(world, "bob")
    owner(world, "carol")
    alice.send("TOPIC #tea :Assam", "ROOM REGISTER #tea", "ROOM VOICE #tea carol", "ROOM OP #tea bob")
    delete_account(world, "alice")
    left = registration(world, "#tea")
    assert left is not None
    assert bob.session.user is not None
    assert left.founder == bob.session.user.id
    assert list(left.ranks.values()) == ["v"]
    delete_account(world, "carol")
    delete_account(world, "bob")
    assert registration(world, "#tea") is None
    world.restart()
    assert registration(world, "#tea") is None


def test_who_rules_a_room_is_for_members(world: World) -> None:
    alice = owner(world, "alice", "#tea")
    owner(world, "bob")
    alice.send("ROOM REGISTER #tea", "ROOM OP #tea bob")
    carol = world.client("carol")
    assert [line.split(" ")[3] for line in carol.asks("ROOM INFO #tea")] == ["FOUNDER"]
    carol.send("JOIN #tea")
    assert [line.split(" ")[3] for line in carol.asks("ROOM INFO #tea")] == ["FOUNDER", "OPERATORS"]


@pytest.mark.parametrize("command", ["DROP", "TRANSFER", "OP", "DEOP", "VOICE", "DEVOICE"])
def test_strangers_may_nothing(world: World, command: str) -> None:
    alice = owner(world, "alice", "#tea")
    alice.send("ROOM REGISTER #tea")
    mallory = owner(world, "mallory", "#tea")
    alice.send("MODE #tea +o mallory")
    before = registration(world, "#tea")
    assert " FAIL ROOM PRIVS_NEEDED #tea " in mallory.asks(f"ROOM {command} #tea mallory")[0]
    assert registration(world, "#tea") == before


def test_a_label_covers_the_answer_and_the_mode(world: World) -> None:
    alice, bob = owner(world, "alice", "#tea"), owner(world, "bob", "#tea")
    alice.send("CAP REQ :labeled-response batch", "ROOM REGISTER #tea")
    bob.received()
    lines = alice.asks("@label=1 ROOM OP #tea bob")
    assert commands_of(lines) == ["BATCH", "NOTE", "MODE", "BATCH"]
    assert bob.received() == [":test.example MODE #tea +o bob"]


def test_a_founder_can_always_speak(world: World) -> None:
    alice = owner(world, "alice", "#tea")
    alice.send("ROOM REGISTER #tea")
    bob = world.client("bob", rooms="#tea")
    alice.send("MODE #tea +o bob", "MODE #tea -o alice", "MODE #tea +mb alice!*@*")
    bob.send("MODE #tea +mb alice!*@*")
    alice.received()
    bob.received()
    assert alice.asks("PRIVMSG #tea :here") == []
    assert [line.rpartition(":")[2] for line in bob.received()] == ["here"]
