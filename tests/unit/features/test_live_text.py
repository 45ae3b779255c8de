"""Live text on the server: who is sent it, how much of it, and that nothing stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.core.live import MOST_CHOICES, Budget, Consent, Viewers
from hubbub.features.live_text import Authors
from hubworld import World
from sharing import LIVE, live, seen, sharing

ROOM = {"live.rooms": ["#tea"]}


@pytest.fixture
def world() -> World:
    return World(ROOM)


def test_rooms_of_the_settings_allow_it_from_the_start(world: World) -> None:
    alice = world.client("alice", caps=LIVE, rooms="#tea,#own")
    world.clock.advance(1)
    assert "MODE #tea +L" in "".join(alice.received())
    assert "+Lnt" in "".join(alice.asks("MODE #tea"))
    assert "L" not in "".join(alice.asks("MODE #own")).partition("#own")[2]


def test_known_rooms_allow_it_after_a_restart() -> None:
    world = World()
    alice = world.client("alice", caps=LIVE, rooms="#tea")
    alice.send("PRIVMSG #tea :so that it is remembered")
    world.settings = World({"live.rooms": ["#TEA"]}).settings
    world.restart()
    assert "L" in world.hub.channels["#tea"].modes


def test_it_can_be_switched_off() -> None:
    world = World(ROOM | {"live.enabled": False})
    client = world.connection()
    client.send("CAP LS 302")
    assert "hubbub.chat/live" not in "".join(client.received())
    assert " NAK " in client.asks("CAP REQ :hubbub.chat/live")[0]
    alice = world.client("alice", caps="message-tags", rooms="#tea")
    bob = world.client("bob", caps="message-tags", rooms="#tea")
    alice.send(live("a/0/n+0,1,h"))
    assert not bob.received()
    assert "L" not in world.hub.channels["#tea"].modes


def test_devices_decide_for_themselves(world: World) -> None:
    """The author's other connection sees nothing, and of the reader's only the one that shares."""
    alice, bob = sharing(world, "alice", "bob")
    for client, name in ((alice, "alice"), (bob, "bob")):
        client.send("REGISTER * * correct-horse-battery")
        assert "SUCCESS" in "".join(client.received()), name
    others = []
    for name in ("alice", "bob"):
        other = world.connection()
        other.send("CAP LS 302", f"CAP REQ :{LIVE}", f"PASS {name}:correct-horse-battery", f"NICK {name}2")
        other.send(f"USER {name} 0 * :x", "CAP END")
        other.received()
        others.append(other)
    alice.received()
    bob.received()
    alice.send(live("a/0/n+0,1,h"))
    assert seen(bob) == ["a/0/n+0,1,h"]
    assert [seen(other) for other in others] == [[], []]
    others[1].send("LIVE ON")
    alice.send(live("a/1/e+1,1,i"))
    assert seen(bob) == seen(others[1]) == ["a/1/e+1,1,i"]


def test_who_gives_up_the_capability_sees_no_more(world: World) -> None:
    alice, bob = sharing(world, "alice", "bob")
    bob.send("CAP REQ :-hubbub.chat/live")
    assert "LIVE AUDIENCE #tea 0 :" not in alice.received(), "nobody has typed yet"
    alice.send(live("a/0/n+0,1,h"))
    assert not seen(bob)
    bob.send("CAP REQ :hubbub.chat/live")
    alice.send(live("a/1/e+1,1,i"))
    assert not seen(bob), "what was shared is shared no more"


def test_another_capability_on_the_way(world: World) -> None:
    alice, bob = sharing(world, "alice", "bob")
    alice.send(live("a/0/n+0,1,h"))
    bob.send("CAP REQ :server-time")
    bob.received()
    alice.send(live("a/1/e+1,1,i"))
    (line,) = bob.received()
    assert line.startswith("@time=")


def test_who_is_kicked_sees_no_more(world: World) -> None:
    alice, bob, carol = sharing(world, "alice", "bob", "carol")
    alice.send(live("a/0/n+0,1,h"))
    assert seen(bob) == seen(carol) == ["a/0/n+0,1,h"]
    alice.send("KICK #tea bob")
    bob.received()
    alice.send(live("a/1/e+1,1,i"))
    assert not bob.received()
    assert seen(carol) == ["a/1/e+1,1,i"]
    assert "LIVE AUDIENCE #tea 1 :carol" in "".join(alice.received())


def test_many_who_come_are_told_once(world: World) -> None:
    alice, *_ = sharing(world, "alice")
    alice.send(live("a/0/n+0,1,h"))
    alice.received()
    for number in range(5):
        other = world.client(f"other{number}", caps=LIVE)
        other.send("LIVE ON", "JOIN #tea")
    assert not [line for line in alice.received() if "AUDIENCE" in line]
    world.clock.advance(1)
    (told,) = [line for line in alice.received() if "AUDIENCE" in line]
    assert told.endswith("LIVE AUDIENCE #tea 5 :other0 other1 other2 other3 other4")


def test_long_after_the_last_letter_nobody_is_told(world: World) -> None:
    alice, bob = sharing(world, "alice", "bob")
    alice.send(live("a/0/n+0,1,h"))
    alice.received()
    world.clock.advance(60)
    bob.send("LIVE OFF")
    assert not alice.received()


def test_the_budget_is_its_own(world: World) -> None:
    alice, bob = sharing(world, "alice", "bob")
    debt = alice.session.debt
    sent = 0
    while not (refused := [line for line in alice.received() if "LIVE_TOO_MUCH" in line]):
        alice.send(live(f"a/{sent}/r+0,200,{'x' * 200}"))
        sent += 1
        assert sent < 1_000
    assert 40 < sent < 100
    assert len(seen(bob)) == sent - 1
    assert alice.session.debt == debt - (sent - 1), "what is within it costs no message"
    assert refused[0].startswith(":test.example FAIL TAGMSG LIVE_TOO_MUCH #tea :")
    world.clock.advance(1)
    alice.send(live(f"a/{sent}/r+0,1,x"))
    assert seen(bob) == [f"a/{sent}/r+0,1,x"]


def test_choices_are_bounded(world: World) -> None:
    alice = world.client("alice", caps=LIVE)
    for number in range(MOST_CHOICES + 1):
        world.client(f"other{number}")
        alice.send(f"LIVE ON other{number}")
    assert alice.received()[-1].startswith(f":test.example FAIL LIVE TOO_MANY other{MOST_CHOICES} :")


def test_nothing_stays_when_people_are_gone(world: World) -> None:
    clients = sharing(world, "alice", "bob", "carol")
    for client in clients:
        client.send(live("a/0/n+0,1,h"))
    for client in clients:
        client.leave()
    world.clock.advance(60)
    viewers, authors = world.hub.part(Viewers), world.hub.part(Authors)
    assert not viewers.sharing
    assert not any(viewers.of.values())
    assert not viewers.drop_all()
    assert not any(authors.of.values())
    assert not authors.unsettled


def test_a_room_that_nobody_shares_in_costs_nothing(world: World) -> None:
    world.client("alice", caps=LIVE, rooms="#tea")
    world.client("bob", caps=LIVE, rooms="#tea")
    world.clock.advance(1)
    assert not world.hub.part(Viewers).of
    assert not world.hub.part(Authors).of


def test_to_oneself_and_to_a_stranger(world: World) -> None:
    alice, bob = sharing(world, "alice", "bob")
    assert " 401 " in alice.asks(live("a/0/n", "alice"))[0]
    assert " 401 " in alice.asks(live("a/0/n", "nobody"))[0]
    assert " 403 " in alice.asks(live("a/0/n", "#nowhere"))[0]
    alice.send(live("a/0/n+0,1,h", "bob"))
    assert seen(bob) == ["a/0/n+0,1,h"]


# -- what holds for all of them ------------------------------------------------------------------------------

decisions = st.lists(
    st.tuples(st.booleans(), st.sampled_from(["", "room", "other room", "person", "somebody"]))
)


@given(decisions)
def test_the_nearest_choice_decides(made: list[tuple[bool, str]]) -> None:
    consent = Consent()
    for wanted, about in made:
        consent.decide(wanted, about)
    last: dict[str, bool] = {}
    for wanted, about in made:
        last = {"": wanted} if not about else last | {about: wanted}
    expected = last.get("person", last.get("room", last.get("", False)))
    assert consent.covers("room", "person") == expected


@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 4_000)), max_size=60))
def test_no_more_than_the_budget(spent: list[tuple[int, int]]) -> None:
    settings = World().settings
    budget, now, passed = Budget(), 1_000_000, 0
    begun = now
    for pause, cost in spent:
        now += pause
        if budget.take(cost, now, settings):
            passed += cost
    assert passed <= settings.live.burst + (now - begun) * settings.live.rate / 1000
