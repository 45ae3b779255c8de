"""Live text where people change: bots, names that become accounts, devices that become somebody else."""

from __future__ import annotations

import pytest

from hubbub.core.live import MOST_CHOICES, Viewers
from hubbub.features.live_text import Authors
from hubworld import World
from sharing import LIVE, live, seen, sharing, typings

PASSWORD = "correct-horse-battery"


@pytest.fixture
def world() -> World:
    return World({"live.rooms": ["#tea"]})


def test_who_becomes_a_bot_takes_part_no_more(world: World) -> None:
    alice, bob = sharing(world, "alice", "bob")
    alice.send(live("a/0/n+0,1,h"))
    assert seen(bob) == ["a/0/n+0,1,h"]
    alice.received()
    bob.send("MODE bob +B")
    bob.received()
    assert "LIVE AUDIENCE #tea 0 :" in "".join(alice.received())
    alice.send(live("a/1/e+1,1,i"))
    assert not seen(bob)
    refused = "".join(bob.asks(live("b/0/n+0,1,h")))
    assert "FAIL TAGMSG LIVE_NOT_ALLOWED #tea :" in refused
    assert not seen(alice)
    bob.send("MODE bob -B")
    alice.send(live("a/2/r+0,2,hi"))
    assert seen(bob) == ["a/2/r+0,2,hi"]


def test_who_was_left_out_stays_so_whatever_was_said_first(world: World) -> None:
    alice, bob = sharing(world, "alice", "bob")
    alice.send("LIVE OFF", "LIVE OFF bob", "LIVE ON #tea", live("a/0/n+0,1,h"))
    assert not seen(bob)
    alice.send("LIVE OFF #tea", "LIVE ON #tea", live("a/1/r+0,1,h"))
    assert not seen(bob)
    alice.send("LIVE OFF", "LIVE ON #tea", live("a/2/r+0,1,h"))
    assert seen(bob) == ["a/2/r+0,1,h"], "LIVE OFF forgets all choices"


def test_who_was_left_out_stays_so_when_they_log_in(world: World) -> None:
    founder = world.client("bert", caps=LIVE)
    founder.send(f"REGISTER * * {PASSWORD}")
    founder.leave()
    alice, bob = sharing(world, "alice", "bob")
    alice.send("LIVE OFF bob", live("a/0/n+0,1,h"))
    assert not seen(bob)
    bob.send(f"PRIVMSG NickServ :IDENTIFY bert {PASSWORD}")
    assert bob.session.user is not None
    assert bob.session.user.account == "bert", bob.received()
    bob.received()
    sharing(world, "carol")
    alice.send(live("a/1/r+0,1,h"))
    assert not seen(bob)
    alice.received()
    alice.send("LIVE")
    assert [line.partition(" LIVE ")[2] for line in alice.received()] == [
        "ON *",
        f"OFF {bob.session.user.nick}",
    ]


def test_who_was_let_in_stays_so_when_they_log_in(world: World) -> None:
    founder = world.client("bert", caps=LIVE)
    founder.send(f"REGISTER * * {PASSWORD}")
    founder.leave()
    alice, bob = (world.client(nick, caps=LIVE) for nick in ("alice", "bob"))
    alice.send("LIVE ON bob")
    bob.send("LIVE ON alice", f"PRIVMSG NickServ :IDENTIFY bert {PASSWORD}")
    assert bob.session.user is not None
    nick = bob.session.user.nick
    bob.received()
    alice.send(live("a/0/n+0,1,h", nick))
    assert seen(bob) == ["a/0/n+0,1,h"]
    alice.received()
    bob.send(live("b/0/n+0,1,h", "alice"))
    assert seen(alice) == ["b/0/n+0,1,h"]


def test_a_device_that_is_somebody_else_now_sees_only_their_rooms(world: World) -> None:
    """A guest in #tea logs in to an account that is here already, and isn't in #tea."""
    other = world.client("bert", caps=LIVE, rooms="#own")
    other.send(f"REGISTER * * {PASSWORD}")
    alice, bob = sharing(world, "alice", "bob")
    alice.send(live("a/0/n+0,1,h"))
    assert seen(bob) == ["a/0/n+0,1,h"]
    alice.received()
    bob.send(f"PRIVMSG NickServ :IDENTIFY bert {PASSWORD}")
    assert bob.session.user is other.session.user, bob.received()
    bob.received()
    alice.send(live("a/1/e+1,1,i"))
    assert not seen(bob)
    assert "LIVE AUDIENCE #tea 0 :" in "".join(alice.received())


def test_a_choice_can_be_taken_back_when_there_are_no_more(world: World) -> None:
    alice = world.client("alice", caps=LIVE)
    for number in range(MOST_CHOICES):
        world.client(f"other{number}")
        alice.send(f"LIVE ON other{number}")
    alice.received()
    assert alice.asks("LIVE OFF other3") == [":test.example LIVE OFF other3"]


def test_typing_is_told_every_three_seconds_however_lines_begin_and_end(world: World) -> None:
    alice, _ = sharing(world, "alice", "bob")
    carol = world.client("carol", caps="message-tags", rooms="#tea")
    alice.received()
    for number in range(10):
        alice.send(live(f"a{number}/0/n+0,1,h"), live(f"a{number}/1/c"))
    assert typings(carol) == ["active", "done"]
    for number in range(10):
        alice.send(live(f"b{number}/0/n+0,1,h"))
    assert not typings(carol)
    world.clock.advance(3)
    alice.send(live("b9/1/r+0,1,h"), live("b9/2/c"), live("b9/3/c"))
    assert typings(carol) == ["active", "done"]


def test_those_who_have_typed_are_forgotten(world: World) -> None:
    """Also where nobody is told of any viewers any more, and of people who have gone."""
    authors = world.hub.part(Authors)
    (alice,) = sharing(world, "alice")
    for number in range(20):
        (guest,) = sharing(world, f"guest{number}", rooms="#tea")
        guest.send(live("g/0/n+0,1,h", "alice"))
        alice.send(live("a/0/n+0,1,h", f"guest{number}"))
        guest.leave()
        world.clock.advance(31)
    alice.send(live("a/1/n+0,1,h"))
    assert len(authors.of) <= 2
    alice.leave()
    assert not authors.of


def test_many_who_decide_at_once_cost_little(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them is told of those who see it, but not of everybody's coming, and not at once."""
    from hubbub.features import live_text

    looks = 0
    ask = live_text.viewing

    def counted(*args: object) -> object:
        nonlocal looks
        looks += 1
        return ask(*args)

    monkeypatch.setattr(live_text, "viewing", counted)
    count = 100
    clients = [world.client(f"n{number}", caps=LIVE, rooms="#tea") for number in range(count)]
    world.clock.advance(1)
    for client in clients:
        client.send("LIVE ON #tea")
    world.clock.advance(60)
    assert looks < 6 * count**2
    viewers = world.hub.part(Viewers)
    assert viewers.sharing == {client.session for client in clients}
    assert not any(viewers.of.values()), "nobody has typed: who sees it is kept for nobody"
    told = [line for line in clients[0].received() if "AUDIENCE" in line]
    assert f"LIVE AUDIENCE #tea {count - 1} :" in told[-1]
