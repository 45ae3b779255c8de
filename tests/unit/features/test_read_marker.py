"""MARKREAD: whose markers outlive what.  https://ircv3.net/specs/extensions/read-marker"""

from __future__ import annotations

from typing import Any

import pytest

from hubbub.features.read_marker import Markers
from hubworld import Client, World

CAPS = "draft/read-marker"
JAN, FEB, MAR = (f"timestamp=2020-0{month}-01T00:00:00.000Z" for month in (1, 2, 3))


def device(world: World, nick: str = "alice") -> Client:
    client = world.connection()
    client.send(f"PASS {nick}:open-sesame-7", f"CAP REQ :{CAPS}", f"NICK {nick}", f"USER {nick} 0 * :{nick}")
    client.send("CAP END")
    assert client.session.user is not None, client.received()
    client.received()
    return client


def test_all_devices_are_told(world: World) -> None:
    """ "the server SHOULD send a MARKREAD command for that target to all the clients of the user" """
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    alice.send("REGISTER * * open-sesame-7")
    phone, old = device(world), device(world)
    old.send("CAP REQ -draft/read-marker")
    for client in (alice, phone, old):
        client.received()
    phone.send(f"MARKREAD #tea {FEB}")
    assert phone.received() == alice.received() == [f":test.example MARKREAD #tea {FEB}"]
    assert old.received() == []
    # Moving it back changes nothing, and only the one who tried is told so.
    alice.send(f"MARKREAD #tea {JAN}")
    assert alice.received() == [f":test.example MARKREAD #tea {FEB}"]
    assert phone.received() == []
    # Whoever asks is answered, also without the capability.
    assert old.asks(f"MARKREAD #tea {MAR}") == [f":test.example MARKREAD #tea {MAR}"]


def test_a_further_device_is_shown_the_markers_of_its_rooms(world: World) -> None:
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    alice.send("REGISTER * * open-sesame-7", f"MARKREAD #tea {FEB}")
    phone = world.connection()
    phone.send(
        "PASS alice:open-sesame-7", f"CAP REQ :{CAPS}", "NICK alice", "USER alice 0 * :alice", "CAP END"
    )
    lines = [line.removeprefix(":test.example ") for line in phone.received()]
    assert lines.index(f"MARKREAD #tea {FEB}") < lines.index("366 alice #tea :End of /NAMES list")


def test_an_accounts_outlive_a_restart_and_a_guests_do_not_outlive_them(world: World) -> None:
    alice, bob = world.client("alice", caps=CAPS, rooms="#tea"), world.client("bob", caps=CAPS, rooms="#tea")
    for client in (alice, bob):
        client.send(f"MARKREAD #tea {JAN}")
    alice.send("REGISTER * * open-sesame-7", f"MARKREAD #tea {FEB}")
    bob.leave()
    assert len(world.hub.part(Markers).of) == 1
    world.restart()
    again = device(world)
    again.send("JOIN #tea")
    assert f":test.example MARKREAD #tea {FEB}" in again.received()


def test_a_time_to_come_is_now(world: World) -> None:
    """ "it can clamp it between the last read timestamp and the current time" """
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    assert alice.asks("MARKREAD #tea timestamp=2999-01-01T00:00:00.000Z") == [
        ":test.example MARKREAD #tea timestamp=2023-11-14T22:13:20.000Z"
    ]


def test_there_are_only_so_many() -> None:
    world = World({"limits.read_markers": 2})
    alice = world.client("alice", caps=CAPS)
    alice.send("REGISTER * * open-sesame-7")
    alice.send(f"MARKREAD one {FEB}", f"MARKREAD two {JAN}", f"MARKREAD three {MAR}")
    alice.received()
    assert alice.asks("MARKREAD one", "MARKREAD two", "MARKREAD three") == [
        f":test.example MARKREAD one {FEB}",
        ":test.example MARKREAD two *",
        f":test.example MARKREAD three {MAR}",
    ]
    before = dict(world.hub.part(Markers).of)
    world.restart()
    assert world.hub.part(Markers).of == before


def test_a_marker_moved_by_two_devices_at_once_keeps_the_later_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is on disk only grows as well: the second one finds that the first has been there."""
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    alice.send("REGISTER * * open-sesame-7")
    phone = device(world)
    held: list[tuple[Any, ...]] = []
    monkeypatch.setattr(world.hub, "append", lambda *proposal: held.append(proposal))
    alice.send(f"MARKREAD #tea {FEB}")
    phone.send(f"MARKREAD #tea {JAN}")
    monkeypatch.undo()
    for proposal in held:
        world.hub.append(*proposal)
    assert phone.received()[-1] == f":test.example MARKREAD #tea {FEB}"
    before = dict(world.hub.part(Markers).of)
    world.restart()
    assert world.hub.part(Markers).of == before


def test_a_guest_takes_their_markers_into_the_account(world: World) -> None:
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    alice.send("REGISTER * * open-sesame-7", f"MARKREAD #tea {FEB}", "TOPIC #tea :black")
    alice.leave()
    guest = world.client("guest", caps=f"{CAPS} sasl", rooms="#tea")
    guest.send(f"MARKREAD #tea {MAR}")
    guest.send("AUTHENTICATE PLAIN", "AUTHENTICATE AGFsaWNlAG9wZW4tc2VzYW1lLTc=")
    assert guest.asks("MARKREAD #tea") == [f":test.example MARKREAD #tea {MAR}"]
    assert list(world.hub.part(Markers).of.values()) == [
        {world.hub.channels["#tea"].log_topic: 1583020800000}
    ]
