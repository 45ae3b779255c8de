"""Server bans: whom they mean among those who are here."""

from __future__ import annotations

import pytest

from hubbub.features.server_ban import ban, bans, unban
from hubworld import Client, World

HOME, ROAD = "192.0.2.1", "198.51.100.1"


@pytest.fixture
def alice(world: World) -> Client:
    """Somebody who came from home first and is on the road as well."""
    alice = world.client("alice", ip=HOME)
    alice.send("REGISTER * * open-sesame-7")
    return alice


def device(world: World, ip: str) -> Client:
    client = world.connection(ip=ip)
    client.send("PASS alice:open-sesame-7", "NICK alice", "USER a 0 * :a")
    return client


def test_an_address_means_whoever_has_a_connection_from_there(world: World, alice: Client) -> None:
    road = device(world, ROAD)
    ban(world.hub, f"*!*@{ROAD}", "")
    assert alice.closed
    assert road.closed


def test_a_ban_by_nick_is_one_of_an_address_that_they_have(world: World, alice: Client) -> None:
    road = device(world, ROAD)
    alice.leave()
    assert ban(world.hub, "alice", "") == f"*!*@{ROAD}"
    assert road.closed


def test_bans_outlive_a_restart_and_are_lifted(world: World) -> None:
    ban(world.hub, "Bo*!*@*", "no robots")
    world.restart()
    assert [entry.reason for entry in bans(world.hub)] == ["no robots"]
    robot = world.connection()
    assert " 465 " in robot.asks("NICK bobo", "USER b 0 * :b")[0]
    assert robot.closed
    assert unban(world.hub, "bo*") == "Bo*!*@*"
    assert world.client("bobo").session.user is not None
