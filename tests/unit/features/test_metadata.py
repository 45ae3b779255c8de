"""METADATA: what outlives what, whose it is, and how much of it there may be.

https://ircv3.net/specs/extensions/metadata; the conversations are tests/scenarios/metadata*.chat
"""

from __future__ import annotations

import pytest

from hubbub.core.accounts import AccountDeleted, belongings_puts
from hubbub.core.metadata import PeopleMetadata
from hubbub.features.metadata import commands, synchronizing, telling
from hubworld import Client, World, commands_of

CAPS = "batch draft/metadata-2"
OWN_URL = [
    ":test.example BATCH +b2 metadata alice",
    "@batch=b2 :test.example 761 alice alice url * :http://alice.example",
    ":test.example BATCH -b2",
]


def registered(world: World, nick: str = "alice") -> Client:
    """Somebody who has set something as a guest, and then claimed their name."""
    client = world.client(nick, caps=CAPS)
    client.send(f"METADATA * SET url :http://{nick}.example", "REGISTER * * open-sesame-7")
    assert client.session.user is not None
    assert client.session.user.account == nick
    client.received()
    return client


def logged_in(world: World, nick: str = "alice", caps: str = CAPS) -> Client:
    client = world.connection()
    client.send(
        f"PASS {nick}:open-sesame-7",
        f"CAP REQ :{caps}",
        f"NICK {nick}",
        f"USER {nick} 0 * :{nick}",
    )
    client.send("CAP END")
    assert client.session.user is not None, client.received()
    return client


def test_an_accounts_metadata_outlives_its_leaving_and_a_restart(world: World) -> None:
    alice = registered(world)
    alice.send("METADATA * SET color :#ff0000", "METADATA * SET status :busy", "METADATA * SET status")
    alice.leave()
    world.restart()
    again = logged_in(world)
    assert "@batch=b1 :test.example METADATA alice url * :http://alice.example" in again.received()
    assert [line.split(" ")[5:7] for line in again.asks("METADATA * LIST")[1:-1]] == [
        ["color", "*"],
        ["url", "*"],
    ]


def test_a_guests_ends_with_them(world: World) -> None:
    alice = world.client("alice", caps=CAPS)
    alice.send("METADATA * SET url :http://alice.example")
    alice.leave()
    assert world.hub.part(PeopleMetadata).of == {}


def test_a_rooms_outlives_a_restart_and_its_emptiness(world: World) -> None:
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    alice.send("METADATA #tea SET url :http://tea.example", "TOPIC #tea :black")
    alice.send("PART #tea")
    world.restart()
    bob = world.client("bob", caps=CAPS, rooms="#tea")
    assert bob.asks("METADATA #tea LIST")[1].endswith(" 761 bob #tea url * :http://tea.example")


def test_a_forgotten_rooms_is_gone_from_the_state_too(world: World) -> None:
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    alice.send("METADATA #tea SET url :http://tea.example")
    alice.send("MODE #tea +s", "PART #tea")
    world.restart()
    bob = world.client("bob", caps=CAPS, rooms="#tea")
    assert commands_of(bob.asks("METADATA #tea LIST")) == ["BATCH", "BATCH"]


def test_a_deleted_accounts_is_gone(world: World) -> None:
    alice = registered(world)
    assert alice.session.user is not None
    id = alice.session.user.id
    alice.leave()
    world.hub.propose(AccountDeleted(id=id), puts=belongings_puts(world.hub, id))
    assert world.hub.part(PeopleMetadata).of == {}
    world.restart()
    assert world.hub.part(PeopleMetadata).of == {}


def test_another_device_is_told_what_this_one_changes(world: World) -> None:
    """ "themselves (excluding changes they make themselves)" """
    alice = registered(world)
    phone = logged_in(world)
    for device in (alice, phone):
        device.send("METADATA * SUB color")
        device.received()
    alice.send("METADATA * SET color :#00ff00")
    assert alice.received() == [":test.example 761 alice * color * :#00ff00"]
    assert phone.received() == [":alice!~alice@127.0.0.1 METADATA alice color * :#00ff00"]


def test_logging_in_keeps_what_the_account_has(world: World) -> None:
    registered(world).leave()
    guest = world.client("guest", caps=f"{CAPS} sasl")
    guest.send("METADATA * SET url :http://guest.example", "METADATA * SET color :#0000ff")
    guest.send("AUTHENTICATE PLAIN", "AUTHENTICATE AGFsaWNlAG9wZW4tc2VzYW1lLTc=")
    lines = guest.asks("METADATA * LIST")
    assert [line.rpartition(" :")[2] for line in lines[1:-1]] == ["#0000ff", "http://alice.example"]
    world.restart()
    again = logged_in(world)
    assert len([line for line in again.received() if " METADATA alice " in line]) == 2


def test_an_operator_of_the_server_may_clean_up(world: World) -> None:
    alice, oper = world.client("alice", caps=CAPS), world.client("oper", caps=CAPS)
    assert oper.session.user is not None
    alice.send("METADATA * SET url :http://rude.example")
    oper.session.user.modes.add("o")
    oper.session.is_operator = True
    assert commands_of(oper.asks("METADATA alice CLEAR")) == ["BATCH", "766", "BATCH"]
    assert commands_of(alice.asks("METADATA * LIST"))[1:-1] == []


def test_whoever_enters_a_large_room_is_told_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """ "the server MUST respond with a RPL_METADATASYNCLATER numeric instead" """
    monkeypatch.setattr(synchronizing, "LARGE", 1)
    world.client("alice", rooms="#tea")
    bob, carol = world.client("bob", caps=CAPS), world.client("carol", caps="batch draft/metadata-3")
    assert bob.asks("JOIN #tea")[-1] == ":test.example 774 bob #tea :1"
    assert carol.asks("JOIN #tea")[-1] == ":test.example 774 carol #tea 1 :Try again later"


def test_a_large_synchronization_must_wait_for_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synchronizing, "LARGE", 0)
    monkeypatch.setattr(telling, "MOST", 2)
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    alice.send("METADATA * SUB a b c", *(f"METADATA * SET {key} :1" for key in "abc"))
    assert commands_of(alice.asks("METADATA #tea SYNC")) == ["BATCH", "METADATA", "METADATA", "BATCH"]
    assert alice.asks("METADATA #tea SYNC") == [":test.example 774 alice #tea :1"]
    world.clock.advance(1)
    assert commands_of(alice.asks("METADATA #tea SYNC"))[0] == "BATCH"


def test_what_was_set_before_registration_never_exceeds_the_limit() -> None:
    world = World({"limits.metadata_keys": 2})
    registered(world).leave()
    again = world.connection()
    again.send("PASS alice:open-sesame-7", f"CAP REQ :{CAPS}", "METADATA * SET a :1", "METADATA * SET b :2")
    again.send("METADATA * SET c :3")
    assert again.received()[-1].startswith(":test.example FAIL METADATA LIMIT_REACHED * ")
    again.send("NICK alice", "USER alice 0 * :alice", "CAP END")
    again.received()
    assert [line.split(" ")[5] for line in again.asks("METADATA * LIST")[1:-1]] == ["a", "url"]


def test_lines_stay_lines(world: World) -> None:
    """A value is the last parameter wherever it goes, and a long one doesn't make a line too long."""
    alice, bob = world.client("a" * 32, caps=CAPS, rooms="#tea"), world.client("bob", caps=CAPS, rooms="#tea")
    bob.send("METADATA * SUB " + "k" * 64)
    bob.received()
    alice.send(f"METADATA * SET {'k' * 64} ::{'ä' * 149}")
    (line,) = bob.received()
    assert line.partition(" * ")[2] == "::" + "ä" * 149
    assert len(line.encode()) <= 510


def test_what_must_wait_is_not_put_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synchronizing, "LARGE", 0)
    alice = world.client("alice", caps="batch draft/metadata-3", rooms="#tea")
    alice.send("METADATA * SUB a", "METADATA * SET a :1", "METADATA *ALL SYNC")
    alice.received()
    monkeypatch.delattr(commands, "visible")
    assert alice.asks("METADATA *ALL SYNC") == [":test.example 774 alice *ALL 1 :Try again later"]
