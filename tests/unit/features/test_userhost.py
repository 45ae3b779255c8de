"""USERHOST and ISON.  Modern IRC, USERHOST; RFC 2812, 4.9"""

from __future__ import annotations

from hubworld import World


def test_userhost_shows_user_and_host(world: World) -> None:
    alice = world.client("alice")
    world.client("bob")
    assert alice.asks("USERHOST BOB nobody alice") == [
        ":test.example 302 alice :bob=+~bob@127.0.0.1 alice=+~alice@127.0.0.1"
    ]


def test_userhost_shows_who_is_away_and_who_operates(world: World) -> None:
    """ "+" represents that the user is not away, and "-" that the user is away; * an operator" """
    alice, bob = world.client("alice"), world.client("bob")
    bob.send("AWAY :gone")
    assert bob.session.user is not None
    bob.session.user.modes.add("o")
    assert alice.asks("USERHOST bob") == [":test.example 302 alice :bob*=-~bob@127.0.0.1"]


def test_userhost_takes_up_to_five(world: World) -> None:
    alice = world.client("alice")
    for number in range(6):
        world.client(f"bob{number}")
    [line] = alice.asks("USERHOST bob0 bob1 bob2 bob3 bob4 bob5")
    assert line.count("=+") == 5
    assert "bob5" not in line


def test_userhost_of_nobody_is_an_empty_list(world: World) -> None:
    assert world.client("alice").asks("USERHOST nobody") == [":test.example 302 alice :"]


def test_both_need_a_nick(world: World) -> None:
    alice = world.client("alice")
    assert alice.asks("USERHOST", "ISON") == [
        ":test.example 461 alice USERHOST :Not enough parameters",
        ":test.example 461 alice ISON :Not enough parameters",
    ]


def test_ison_lists_those_who_are_here(world: World) -> None:
    alice = world.client("alice")
    world.client("bob")
    expected = [":test.example 303 alice :bob alice"]
    assert alice.asks("ISON Bob nobody alice") == expected
    assert alice.asks("ISON :Bob nobody alice") == expected
    assert alice.asks("ISON nobody") == [":test.example 303 alice :"]


def test_long_answers_take_several_lines(world: World) -> None:
    alice = world.client("alice")
    nick = "n" * 30
    world.client(nick)
    lines = alice.asks("ISON " + " ".join([nick] * 16))
    assert len(lines) == 2
    assert sum(line.count(nick) for line in lines) == 16
    assert all(len(line) <= 510 for line in lines)
