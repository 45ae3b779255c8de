"""STATS against Modern IRC, STATS."""

from __future__ import annotations

import msgspec

from hubbub.config import Operator
from hubworld import SERVER, World


def test_u_is_the_uptime(world: World) -> None:
    alice = world.client("alice")
    world.clock.advance(2 * 86_400 + 3 * 3600 + 4 * 60 + 5)
    assert alice.asks("STATS u") == [
        f":{SERVER} 242 alice :Server Up 2 days 3:04:05",
        f":{SERVER} 219 alice u :End of /STATS report",
    ]


def test_m_counts_commands_that_exist_and_were_given(world: World) -> None:
    lines = world.client("alice").asks("TIME", "TIME", "NONSENSE", "STATS m")
    counts = [line.split(" ")[3:] for line in lines if " 212 " in line]
    assert counts == [["NICK", ":1"], ["STATS", ":1"], ["TIME", ":2"], ["USER", ":1"]]


def test_o_is_for_operators_and_shows_no_password(world: World) -> None:
    ann = Operator(name="ann", password="sesame", host="127.*")
    world.hub.settings = msgspec.structs.replace(world.settings, operators=(ann,))
    alice = world.client("alice")
    assert alice.asks("STATS o") == [f":{SERVER} 481 alice :Permission Denied- You're not an IRC operator"]
    alice.send("OPER ann sesame")
    assert alice.asks("STATS o") == [
        f":{SERVER} 243 alice O 127.* * :ann",
        f":{SERVER} 219 alice o :End of /STATS report",
    ]


def test_other_letters_are_answered_by_the_end_alone(world: World) -> None:
    alice = world.client("alice")
    assert alice.asks("STATS x") == [f":{SERVER} 219 alice x :End of /STATS report"]
    assert alice.asks("STATS :x y") == [f":{SERVER} 219 alice * :End of /STATS report"]
    assert alice.asks("STATS") == [f":{SERVER} 461 alice STATS :Not enough parameters"]
