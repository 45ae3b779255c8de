"""Live text of a client where people change: who they are, what they are called, and whether one wants to see them."""

from __future__ import annotations

import pytest

from clientworld import Chatting, all_run
from hubbub.irc.wire import parse
from hubworld import World


@pytest.fixture
def world() -> World:
    return World({"rooms.default": "#tea", "live.rooms": ["#tea"]})


@pytest.fixture
def people(world: World) -> tuple[Chatting, Chatting]:
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    all_run(alice, bob)
    world.clock.advance(1)
    all_run(alice, bob)
    return alice, bob


def on(person: Chatting, name: str = "") -> None:
    person.session.live.want(True, name)
    person.run()


def types(person: Chatting, name: str, text: str) -> None:
    person.session.live.typed(person.conversation(name), text)
    person.run()


def sees(person: Chatting, name: str) -> list[tuple[str, str]]:
    person.run()
    return [(typed.nick, typed.text) for typed in person.session.live.lines(person.conversation(name))]


def test_who_was_left_out_stays_so_on_a_new_connection(people: tuple[Chatting, Chatting]) -> None:
    """What was chosen about people is said before what was chosen about rooms."""
    alice, bob = people
    on(alice, "#tea")
    on(bob)
    alice.session.live.want(False, "bob")
    all_run(alice, bob)
    alice.lose()
    alice.connect()
    all_run(alice, bob)
    assert alice.session.live.is_on(alice.conversation("#tea"))
    types(alice, "#tea", "about bob")
    assert sees(bob, "#tea") == []


@pytest.mark.parametrize("who", ["alice", "bob"], ids=["we come", "they come"])
def test_who_was_left_out_stays_so_though_we_saw_nothing_of_them(
    world: World, people: tuple[Chatting, Chatting], who: str
) -> None:
    """Whoever goes and comes back as a guest is somebody else to the server."""
    alice, bob = people
    on(alice)
    alice.session.live.want(False, "bob")
    all_run(alice, bob)
    alice.session.part(alice.conversation("#tea"))
    all_run(alice, bob)
    bob.lose()
    world.clock.advance(120)
    all_run(alice)
    for person in (alice, bob) if who == "bob" else (bob, alice):
        if person is bob:
            bob.connect()
        else:
            alice.session.join("#tea")
        all_run(alice, bob)
    on(bob)
    all_run(alice, bob)
    types(alice, "#tea", "about bob")
    assert sees(bob, "#tea") == []


def test_who_is_ignored_is_seen_no_more_and_opens_nothing(people: tuple[Chatting, Chatting]) -> None:
    alice, bob = people
    on(alice)
    on(bob)
    types(alice, "#tea", "h")
    assert sees(bob, "#tea") == [("alice", "h")]
    bob.session.ignore("alice", True)
    assert sees(bob, "#tea") == []
    alice.session.converse("bob")
    types(alice, "bob", "psst")
    bob.run()
    assert bob.chat.find("alice") is None


@pytest.mark.parametrize("value", ["x/0/n", "x/1/e+0,1,h", "x/2/c", "what", "x/3/r~5+0,9,h"])
def test_nothing_to_see_opens_no_conversation(people: tuple[Chatting, Chatting], value: str) -> None:
    alice, _ = people
    on(alice)
    alice.session.received(parse(f"@+hubbub.chat/live={value} :zoe!z@host TAGMSG alice"))
    assert alice.chat.find("zoe") is None
    alice.session.received(parse("@+hubbub.chat/live=y/0/n+0,1,h :zoe!z@host TAGMSG alice"))
    assert sees(alice, "zoe") == [("zoe", "h")]


def test_another_nick_takes_its_audience_along(people: tuple[Chatting, Chatting]) -> None:
    alice, bob = people
    alice.session.converse("bob")
    on(alice, "bob")
    on(bob, "alice")
    types(alice, "bob", "h")
    conversation = alice.conversation("bob")
    all_run(alice, bob)
    bob.session.take_name("robert")
    all_run(alice, bob)
    assert conversation.name == "robert"
    found = alice.session.live.audience(conversation)
    assert found is not None
    assert found.number == 1
    alice.session.converse("bob")
    assert alice.session.live.audience(alice.conversation("bob")) is None


def test_a_conversation_that_is_closed_leaves_no_letters(people: tuple[Chatting, Chatting]) -> None:
    alice, bob = people
    bob.session.converse("alice")
    alice.session.converse("bob")
    on(alice, "bob")
    on(bob, "alice")
    types(alice, "bob", "psst")
    assert sees(bob, "alice") == [("alice", "psst")]
    alice.session.close(alice.conversation("bob"))
    alice.run()
    assert sees(bob, "alice") == []


@pytest.mark.parametrize("number", ["9" * 5_000, "-1", "\u00b2", "", "1e3"], ids=range(5))
def test_no_number_of_viewers_does_harm(people: tuple[Chatting, Chatting], number: str) -> None:
    alice, _ = people
    alice.session.received(parse(f":server LIVE AUDIENCE #tea {number} :bob"))
    assert alice.session.live.audience(alice.conversation("#tea")) is None
