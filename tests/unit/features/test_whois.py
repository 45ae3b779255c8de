"""WHOIS and WHOWAS.  Modern IRC, WHOIS and WHOWAS"""

from __future__ import annotations

import pytest

from hubworld import Client, World, commands_of


def answers(lines: list[str]) -> dict[str, str]:
    """Numeric → all behind the asker's nick; each numeric but 319 comes once."""
    return {line.split(" ")[1]: line.split(" ", 3)[3] for line in lines}


def make_operator(client: Client) -> None:
    assert client.session.user is not None
    client.session.user.modes.add("o")
    client.session.is_operator = True


def test_who_somebody_is(world: World) -> None:
    alice = world.client("alice")
    world.client("bob", realname="Bob B.", rooms="#tea")
    world.clock.advance(657)
    found = answers(alice.asks("WHOIS BOB"))
    assert found["311"] == "bob ~bob 127.0.0.1 * :Bob B."
    assert found["319"] == "bob :@#tea"
    assert found["312"] == "bob test.example :a hubbub server"
    assert found["317"] == "bob 657 1700000000 :seconds idle, signon time"
    # "<nick> MUST be exactly the <nick> parameter sent by the client"
    assert found["318"] == "BOB :End of /WHOIS list"
    assert not found.keys() & {"301", "313", "330", "379", "671", "401"}


def test_the_first_is_who_and_the_last_the_end(world: World) -> None:
    numbers = commands_of(world.client("alice").asks("WHOIS alice"))
    assert numbers[0] == "311"
    assert numbers[-1] == "318"


def test_speaking_ends_idleness(world: World) -> None:
    alice, bob = world.client("alice"), world.client("bob")
    world.clock.advance(60)
    bob.send("PRIVMSG alice :hi")
    world.clock.advance(5)
    assert answers(alice.asks("WHOIS bob"))["317"].startswith("bob 5 1700000000 ")


def test_what_else_may_be_said_of_somebody(world: World) -> None:
    alice, bob = world.client("alice"), world.client("bob", secure=True)
    bob.send("AWAY :at lunch")
    make_operator(bob)
    assert bob.session.user is not None
    bob.session.user.account = "robert"
    found = answers(alice.asks("WHOIS bob"))
    assert found["301"] == "bob :at lunch"
    assert found["313"] == "bob :is an IRC operator"
    assert found["330"] == "bob robert :is logged in as"
    assert found["671"] == "bob :is using a secure connection"


def test_modes_are_shown_to_oneself_and_to_operators(world: World) -> None:
    alice, bob = world.client("alice"), world.client("bob")
    bob.send("MODE bob +iw")
    assert answers(bob.asks("WHOIS bob"))["379"] == "bob :is using modes +iw"
    assert "379" not in answers(alice.asks("WHOIS bob"))
    make_operator(alice)
    assert answers(alice.asks("WHOIS bob"))["379"] == "bob :is using modes +iw"


def test_addresses_are_shown_to_those_who_may_see_them() -> None:
    world = World({"server.show_addresses": "operators"}, cloak=lambda ip: "cloaked.host")
    alice, bob = world.client("alice"), world.client("bob", ip="192.0.2.7")
    address = bob.session.peer_address
    assert "192.0.2.7" not in " ".join(alice.asks("WHOIS bob"))
    found = answers(bob.asks("WHOIS bob"))
    assert found["378"] == f"bob :is connecting from ~bob@{address} 192.0.2.7"
    assert found["338"] == "bob ~bob@192.0.2.7 192.0.2.7 :Is actually using host"
    assert found["311"] == "bob ~bob cloaked.host * :bob"
    make_operator(alice)
    assert answers(alice.asks("WHOIS bob"))["338"] == found["338"]


def test_somebody_can_be_named_by_their_address(world: World) -> None:
    alice, bob = world.client("alice"), world.client("bob")
    address = bob.session.peer_address
    found = answers(alice.asks(f"WHOIS {address}"))
    assert found["311"].startswith("bob ")
    assert found["318"] == f"{address} :End of /WHOIS list"


def test_ipv6_hosts_never_begin_a_trailing_parameter(world: World) -> None:
    """ "<host> CANNOT start with a colon" """
    found = answers(world.client("alice", ip="::1").asks("WHOIS alice"))
    assert found["311"] == "alice ~alice 0::1 * :alice"
    assert found["338"] == "alice ~alice@0::1 0::1 :Is actually using host"


def test_rooms_that_may_not_be_known_are_left_out(world: World) -> None:
    """ "affected by the secret channel mode and the invisible user mode" """
    alice = world.client("alice", rooms="#shared")
    bob = world.client("bob", rooms="#tea,#den,#shared")
    bob.send("MODE #den +s")
    assert answers(alice.asks("WHOIS bob"))["319"] == "bob :@#tea #shared"
    bob.send("MODE bob +i")
    assert answers(alice.asks("WHOIS bob"))["319"] == "bob :#shared"
    assert answers(bob.asks("WHOIS bob"))["319"] == "bob :@#tea @#den #shared"
    alice.send("PART #shared")
    assert "319" not in answers(alice.asks("WHOIS bob"))


def test_multi_prefix_shows_all_prefixes(world: World) -> None:
    alice, bob = world.client("alice", caps="multi-prefix"), world.client("bob", rooms="#tea")
    bob.send("MODE #tea +v bob")
    assert answers(alice.asks("WHOIS bob"))["319"] == "bob :@+#tea"
    assert answers(bob.asks("WHOIS bob"))["319"] == "bob :@#tea"


def test_many_rooms_take_several_lines(world: World) -> None:
    alice, bob = world.client("alice"), world.client("bob")
    rooms = [f"#room-with-a-rather-long-name-{number}" for number in range(40)]
    for room in rooms:
        bob.send(f"JOIN {room}")
    lines = [line for line in alice.asks("WHOIS bob") if " 319 " in line]
    assert len(lines) > 1
    assert all(len(line.encode()) <= 510 for line in lines)
    shown = " ".join(line.partition(" :")[2] for line in lines).split(" ")
    assert shown == [f"@{room}" for room in rooms]


def test_nobody_of_that_name(world: World) -> None:
    assert world.client("alice").asks("WHOIS Nobody") == [
        ":test.example 401 alice Nobody :No such nick/channel",
        ":test.example 318 alice Nobody :End of /WHOIS list",
    ]


@pytest.mark.parametrize("question", ["WHOIS", "WHOIS :"])
def test_a_nick_must_be_given(world: World, question: str) -> None:
    assert world.client("alice").asks(question) == [":test.example 431 alice :No nickname given"]


@pytest.mark.parametrize("server", ["test.example", "*.example", "bob", "alice"])
def test_the_server_may_be_named_or_somebody_on_it(world: World, server: str) -> None:
    alice = world.client("alice")
    world.client("bob")
    found = answers(alice.asks(f"WHOIS {server} bob"))
    assert found["311"].startswith("bob ")
    assert found["318"].startswith("bob ")


def test_another_server_is_not_known(world: World) -> None:
    assert world.client("alice").asks("WHOIS other.example alice") == [
        ":test.example 402 alice other.example :No such server",
        ":test.example 318 alice alice :End of /WHOIS list",
    ]
    assert commands_of(world.client("bob").asks("WHOIS nobody nobody")) == ["401", "318"]


def test_of_several_nicks_the_first_is_looked_up_and_all_are_named_at_the_end(world: World) -> None:
    alice = world.client("alice")
    world.client("bob")
    found = answers(alice.asks("WHOIS bob,alice"))
    assert found["311"].startswith("bob ")
    assert found["318"] == "bob,alice :End of /WHOIS list"


def test_an_unwritable_nick_does_not_break_the_reply(world: World) -> None:
    assert world.client("alice").asks("WHOIS :a b") == [
        ":test.example 401 alice * :No such nick/channel",
        ":test.example 318 alice * :End of /WHOIS list",
    ]


# -- WHOWAS -------------------------------------------------------------------------------------------------


def test_who_was_here_the_most_recent_first(world: World) -> None:
    alice = world.client("alice")
    world.client("bob", realname="First").leave()
    world.clock.advance(10)
    world.client("bob", realname="Second", ip="192.0.2.7").send("QUIT")
    assert alice.asks("WHOWAS BOB") == [
        ":test.example 314 alice bob ~bob 192.0.2.7 * :Second",
        ":test.example 312 alice bob test.example :2023-11-14T22:13:30.000Z",
        ":test.example 314 alice bob ~bob 127.0.0.1 * :First",
        ":test.example 312 alice bob test.example :2023-11-14T22:13:20.000Z",
        ":test.example 369 alice BOB :End of WHOWAS",
    ]


@pytest.mark.parametrize(("count", "entries"), [("1", 1), ("2", 2), ("9", 3), ("0", 3), ("-1", 3), ("x", 3)])
def test_up_to_a_count(world: World, count: str, entries: int) -> None:
    """ "If given, <count> SHOULD be a positive number. Otherwise, a full search is done." """
    alice = world.client("alice")
    for _ in range(3):
        world.client("bob").leave()
    assert commands_of(alice.asks(f"WHOWAS bob {count}")).count("314") == entries


def test_a_change_of_nick_is_remembered_but_not_one_of_case(world: World) -> None:
    alice, bob = world.client("alice"), world.client("bob")
    bob.send("NICK Bob")
    assert commands_of(alice.asks("WHOWAS bob")) == ["406", "369"]
    bob.send("NICK rob")
    assert alice.asks("WHOWAS bob")[0] == ":test.example 314 alice Bob ~bob 127.0.0.1 * :bob"


def test_nobody_had_that_name(world: World) -> None:
    assert world.client("alice").asks("WHOWAS nobody") == [
        ":test.example 406 alice nobody :There was no such nickname",
        ":test.example 369 alice nobody :End of WHOWAS",
    ]


def test_whowas_needs_a_nick(world: World) -> None:
    assert world.client("alice").asks("WHOWAS") == [":test.example 431 alice :No nickname given"]


def test_only_so_many_are_remembered() -> None:
    world = World({"limits.whowas": 2})
    alice = world.client("alice")
    for nick in ("bob", "carol", "dave"):
        world.client(nick).leave()
    assert commands_of(alice.asks("WHOWAS bob")) == ["406", "369"]
    assert commands_of(alice.asks("WHOWAS carol")) == ["314", "312", "369"]
    world.client("dave").leave()
    assert commands_of(alice.asks("WHOWAS carol")) == ["406", "369"]
    world.client("erin").leave()
    assert commands_of(alice.asks("WHOWAS dave")) == ["314", "312", "369"]


def test_remembering_nobody() -> None:
    world = World({"limits.whowas": 0})
    alice = world.client("alice")
    world.client("bob").leave()
    assert commands_of(alice.asks("WHOWAS bob")) == ["406", "369"]
