"""LIST against Modern IRC, LIST, and the ELIST conditions of RPL_ISUPPORT."""

from __future__ import annotations

import pytest

from hubworld import SERVER, Client, World, commands_of


def rooms(client: Client, command: str) -> list[str]:
    lines = client.asks(command)
    assert commands_of(lines)[0] == "321"
    assert commands_of(lines)[-1] == "323"
    return [line.split(" ")[3] for line in lines[1:-1]]


@pytest.fixture
def alice(world: World) -> Client:
    """Alice in #old (made 100 minutes ago, topic set 50 minutes ago) and #new, where bob is too."""
    alice = world.client("alice", rooms="#old")
    world.clock.advance(50 * 60)
    alice.send("TOPIC #old :what was")
    world.clock.advance(50 * 60)
    alice.send("JOIN #new")
    world.client("bob", rooms="#new")
    return alice


def test_the_whole_answer(alice: Client) -> None:
    assert alice.asks("LIST") == [
        f":{SERVER} 321 alice Channel :Users  Name",
        f":{SERVER} 322 alice #new 2 :",
        f":{SERVER} 322 alice #old 1 :what was",
        f":{SERVER} 323 alice :End of /LIST",
    ]


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("LIST #old", ["#old"]),
        ("LIST #OLD,#nowhere", ["#old"]),
        ("LIST #old,#new,#old", ["#new", "#old"]),
        ("LIST >1", ["#new"]),
        ("LIST >2", []),
        ("LIST <2", ["#old"]),
        ("LIST >0,<2", ["#old"]),
        ("LIST C>60", ["#old"]),
        ("LIST C<60", ["#new"]),
        ("LIST c<60", ["#new"]),
        ("LIST T<60", ["#old"]),
        ("LIST T>60", []),
        ("LIST T<40", []),
        ("LIST T>40", ["#old"]),
        ("LIST *", ["#new", "#old"]),
        ("LIST #o*", ["#old"]),
        ("LIST *EW", ["#new"]),
        ("LIST !#o*", ["#new"]),
        ("LIST !*old,!*new", []),
        ("LIST #o*,#new", ["#new", "#old"]),
        ("LIST #old,#new >1", ["#new"]),
        ("LIST #o* >1", []),
        ("LIST >many", ["#new", "#old"]),
    ],
)
def test_names_and_conditions(alice: Client, command: str, found: list[str]) -> None:
    assert rooms(alice, command) == found


@pytest.mark.parametrize("mode", ["s", "p"])
def test_hidden_rooms_are_for_members(world: World, alice: Client, mode: str) -> None:
    alice.send(f"MODE #old +{mode}")
    assert rooms(alice, "LIST") == ["#new", "#old"]
    carol = world.client("carol")
    for command in ("LIST", "LIST #old", "LIST #o*"):
        assert "#old" not in rooms(carol, command)


def test_a_room_that_everybody_left_is_listed_no_more(alice: Client) -> None:
    alice.send("PART #old")
    assert rooms(alice, "LIST") == ["#new"]
    assert rooms(alice, "LIST #old") == []


def test_the_answer_never_fills_the_queue() -> None:
    world = World({"limits.send_queue": 16_384, "limits.rooms": 500})
    alice = world.client("alice")
    for number in range(300):
        alice.send(f"JOIN #room-with-a-rather-long-name-{number}")
    lines = alice.asks("LIST")
    assert sum(len(line) + 2 for line in lines) < 16_384 // 2 + 512
    assert commands_of(lines)[-2:] == ["NOTE", "323"]
    assert lines[-2].startswith(f":{SERVER} NOTE LIST TRUNCATED :")


def test_tokens(world: World) -> None:
    tokens = " ".join(world.client("alice").asks("VERSION")).split(" ")
    assert {"ELIST=CMNTU", "SAFELIST"} <= set(tokens)
