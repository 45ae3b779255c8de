"""LUSERS against Modern IRC, LUSERS and the numerics 251 to 266."""

from __future__ import annotations

from hubworld import SERVER, World, commands_of


def figures(lines: list[str]) -> dict[str, str]:
    return {line.split(" ")[1]: line.split(" ", 3)[3] for line in lines}


def test_the_whole_answer(world: World) -> None:
    alice = world.client("alice", rooms="#tea")
    world.client("bob").send("MODE bob +i")
    world.connection()
    assert alice.asks("LUSERS") == [
        f":{SERVER} 251 alice :There are 1 users and 1 invisible on 1 servers",
        f":{SERVER} 252 alice 0 :operator(s) online",
        f":{SERVER} 253 alice 1 :unknown connection(s)",
        f":{SERVER} 254 alice 1 :channels formed",
        f":{SERVER} 255 alice :I have 2 clients and 0 servers",
        f":{SERVER} 265 alice 2 2 :Current local users 2, max 2",
        f":{SERVER} 266 alice 2 2 :Current global users 2, max 2",
    ]


def test_it_is_part_of_the_welcome(world: World) -> None:
    client = world.connection()
    client.send("NICK alice", "USER alice 0 * :Alice")
    found = commands_of(client.received())
    assert found[found.index("251") :][:8] == ["251", "252", "253", "254", "255", "265", "266", "422"]


def test_who_has_left_is_counted_only_in_the_maximum(world: World) -> None:
    alice, bob = world.client("alice"), world.client("bob", rooms="#tea")
    bob.send("MODE bob +i", "QUIT")
    assert figures(alice.asks("LUSERS")) == {
        "251": ":There are 1 users and 0 invisible on 1 servers",
        "252": "0 :operator(s) online",
        "253": "0 :unknown connection(s)",
        "254": "0 :channels formed",
        "255": ":I have 1 clients and 0 servers",
        "265": "1 2 :Current local users 1, max 2",
        "266": "1 2 :Current global users 1, max 2",
    }


def test_a_new_nick_changes_no_figure(world: World) -> None:
    alice = world.client("alice")
    alice.send("MODE alice +i")
    before = figures(alice.asks("LUSERS"))
    alice.send("NICK alicia")
    assert figures(alice.asks("LUSERS")) == before


def test_a_connection_that_goes_before_it_has_a_nick_is_counted_no_more(world: World) -> None:
    alice = world.client("alice")
    world.connection().leave()
    assert figures(alice.asks("LUSERS"))["253"] == "0 :unknown connection(s)"
