"""A session whose connection is lost, whose machine slept, or whose server is slow: nothing is lost or said twice."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientworld import Chatting, all_run
from hubbub.client.events import Told
from hubbub.client.lines import Delivery
from hubbub.irc.wire import parse
from hubworld import Client, World

LOBBY = {"rooms.default": "#lobby"}


@pytest.fixture
def world() -> World:
    return World(LOBBY)


# -- lost connections ----------------------------------------------------------------------------------------


def test_after_a_lost_connection_the_gap_is_filled_once(world: World) -> None:
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    bob.say("#lobby", "before")
    all_run(alice, bob)
    alice.lose()
    for number in range(230):
        bob.say("#lobby", str(number))
    alice.connect()
    all_run(alice, bob)
    assert alice.texts("#lobby") == ["before", *map(str, range(230))]
    bob.say("#lobby", "after")
    all_run(alice, bob)
    assert alice.texts("#lobby")[-1] == "after"


def test_a_gap_too_wide_is_forgotten_and_loads_by_scrolling(world: World) -> None:
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    bob.say("#lobby", "before")
    all_run(alice, bob)
    alice.lose()
    for number in range(1_200):
        bob.say("#lobby", str(number))
    alice.connect()
    room = alice.conversation("#lobby")
    texts = alice.texts("#lobby")
    assert texts == [str(number) for number in range(1_200 - len(texts), 1_200)]
    while not room.timeline.at_start:
        alice.session.load_older(room)
        alice.run()
    assert alice.texts("#lobby") == ["before", *map(str, range(1_200))]


def test_what_is_typed_without_a_connection_is_sent_later(world: World) -> None:
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    alice.lose()
    for number in range(30):
        alice.say("#lobby", str(number))
    assert {line.delivery for line in alice.conversation("#lobby").timeline.pending()} == {Delivery.PENDING}
    alice.connect()
    all_run(alice, bob)
    assert bob.texts("#lobby") == alice.texts("#lobby") == [str(number) for number in range(30)]


@pytest.mark.parametrize("arrived", [True, False])
def test_a_message_on_the_wire_when_it_breaks_is_there_once(world: World, arrived: bool) -> None:
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    alice.session.say(alice.conversation("#lobby"), "hello")
    if arrived:
        alice.deliver()
    alice.lose()
    alice.connect()
    all_run(alice, bob)
    assert bob.texts("#lobby") == alice.texts("#lobby") == ["hello"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["say", "deliver", "collect", "lose", "connect", "bob"]), max_size=40))
def test_whatever_happens_to_the_wire_everything_is_there_once_and_in_order(steps: list[str]) -> None:
    world = World(LOBBY)
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    said: list[str] = []
    for number, step in enumerate(steps):
        if step == "say":
            said.append(str(number))
            alice.session.say(alice.conversation("#lobby"), str(number))
        elif step == "deliver":
            alice.deliver()
        elif step == "collect":
            alice.collect()
        elif step == "lose" and alice.wire:
            alice.lose()
        elif step == "connect" and not alice.wire:
            alice.wire = world.connection()
            alice.session.connected(safe=True)
        elif step == "bob":
            bob.say("#lobby", f"bob {number}")
    if not alice.wire:
        alice.connect()
    all_run(alice, bob)
    assert [text for text in bob.texts("#lobby") if not text.startswith("bob")] == said
    assert alice.texts("#lobby") == bob.texts("#lobby")


def test_what_is_asked_of_a_service_is_in_no_conversation(world: World) -> None:
    alice = Chatting(world, "alice")
    request = alice.session.ask("PRIVMSG", "NickServ", "REGISTER correct horse battery")
    alice.run()
    assert request.done
    assert "NickServ".lower() not in alice.chat.conversations
    assert not alice.told(Told)


def test_a_claimed_name_is_told_once_by_whoever_asked(world: World) -> None:
    alice = Chatting(world, "alice")
    alice.session.register("correct horse battery")
    alice.run()
    assert not alice.told(Told)


def broken_while_saying(world: World, password: str = "") -> tuple[Chatting, Chatting]:
    """alice has said "one" to bob, it has arrived, and she doesn't know; she is connecting again."""
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    if password:
        alice.session.register(password)
        alice.run()
    alice.say("bob", "hello")
    all_run(alice, bob)
    alice.session.say(alice.conversation("bob"), "one")
    alice.deliver()
    alice.lose()
    alice.wire = world.connection()
    alice.session.connected(safe=True)
    return alice, bob


@pytest.mark.parametrize("steps", range(1, 12))
def test_what_is_said_while_catching_up_overtakes_and_repeats_nothing(world: World, steps: int) -> None:
    alice, bob = broken_while_saying(world, "correct horse battery")
    for _ in range(steps):
        alice.step()
    alice.session.say(alice.conversation("bob"), "two")
    all_run(alice, bob)
    assert bob.texts("alice") == alice.texts("bob") == ["hello", "one", "two"]


def test_a_guest_who_comes_back_is_not_shown_what_they_said_so_people_decide(world: World) -> None:
    alice, bob = broken_while_saying(world)
    alice.session.say(alice.conversation("bob"), "two")
    all_run(alice, bob)
    assert bob.texts("alice") == ["hello", "one", "two"]
    [line] = [line for line in alice.conversation("bob").timeline if line.text == "one"]
    assert line.delivery is Delivery.FAILED
    assert "may or may not" in line.failure


@pytest.mark.parametrize("steps", range(1, 10))
def test_a_connection_lost_while_catching_up_loses_nothing(world: World, steps: int) -> None:
    alice, bob = Chatting(world, "alice", rooms={"#tea": "", "#cake": ""}), Chatting(world, "bob")
    bob.say("#lobby", "before")
    all_run(alice, bob)
    alice.lose()
    alice.say("#lobby", "waiting")
    alice.wire = world.connection()
    alice.session.connected(safe=True)
    for _ in range(steps):
        alice.step()
    alice.lose()
    assert alice.texts("#lobby")[0] == "before"
    alice.connect()
    all_run(alice, bob)
    assert alice.texts("#lobby") == bob.texts("#lobby") == ["before", "waiting"]
    assert {room.name for room in alice.chat.conversations.values() if room.joined and room.is_room} == {
        "#lobby",
        "#tea",
        "#cake",
    }


def test_a_connection_lost_while_scrolling_back_ends_nothing(world: World) -> None:
    bob = Chatting(world, "bob")
    for number in range(250):
        bob.say("#lobby", str(number))
    alice = Chatting(world, "alice")
    room = alice.conversation("#lobby")
    alice.session.load_older(room)
    alice.deliver()
    alice.lose()
    assert not room.timeline.at_start
    alice.connect()
    while not room.timeline.at_start:
        alice.session.load_older(room)
        alice.run()
    assert alice.texts("#lobby") == [str(number) for number in range(250)]


def test_a_room_behind_a_key_is_joined_again(world: World) -> None:
    bob = Chatting(world, "bob", rooms={"#vault": ""})
    bob.session.ask("MODE", "#vault", "+k", "sesame")
    bob.run()
    alice = Chatting(world, "alice")
    alice.session.join("#Vault", "sesame")
    alice.run()
    alice.lose()
    alice.connect()
    assert alice.conversation("#vault").joined


def test_a_renamed_room_is_joined_again_under_its_new_name(world: World) -> None:
    bob = Chatting(world, "bob", rooms={"#old": ""})
    alice = Chatting(world, "alice", rooms={"#old": ""})
    bob.session.ask("RENAME", "#old", "#new")
    all_run(alice, bob)
    alice.lose()
    alice.connect()
    assert alice.conversation("#new").joined
    assert alice.chat.find("#old") is None


# -- what a long absence and a slow server do ----------------------------------------------------------------


def ghost(person: Chatting) -> Client:
    """The wire is gone, and the server doesn't know it yet."""
    assert person.wire is not None
    wire, person.wire = person.wire, None
    person.session.take_messages()
    wire.received()
    person.session.disconnected("lost")
    return wire


def swallow(person: Chatting, world: World, verb: str) -> None:
    """Come in on a server that never answers to this one CHATHISTORY."""
    wire = person.wire = world.connection()
    person.session.connected(safe=True)
    while True:
        for message in person.session.take_messages():
            if message.params[:1] == [verb]:
                return
            wire.send(message.to_line())
        for line in wire.received():
            person.session.received(parse(line))


def test_what_was_said_while_the_machine_slept_is_found(world: World) -> None:
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    alice.session.register("correct horse battery")
    alice.run()
    assert alice.wire is not None
    wire, alice.wire = alice.wire, None
    wire.leave()
    world.clock.advance(600)
    bob.say("alice", "are you there?")
    world.clock.advance(3_600)
    alice.session.disconnected("noticed on waking up")
    alice.connect()
    assert alice.texts("bob") == ["are you there?"]


def test_an_attempt_that_fails_hides_nothing(world: World) -> None:
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    alice.session.register("correct horse battery")
    alice.run()
    alice.lose()
    world.clock.advance(600)
    bob.say("alice", "are you there?")
    world.clock.advance(3_600)
    for steps in (1, 3, 6, 8):
        alice.wire = world.connection()
        alice.session.connected(safe=True)
        for _ in range(steps):
            alice.step()
        alice.lose()
        world.clock.advance(3_600)
    alice.connect()
    assert alice.texts("bob") == ["are you there?"]


def test_a_guest_who_returns_under_another_name_says_nothing_twice(world: World) -> None:
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    alice.session.say(alice.conversation("#lobby"), "once?")
    alice.deliver()
    ghost(alice)
    world.clock.advance(20)
    alice.connect()
    all_run(alice, bob)
    assert alice.chat.nick != "alice"
    assert alice.texts("#lobby") == bob.texts("#lobby") == ["once?"]
    [line] = [line for line in alice.conversation("#lobby").timeline if line.text == "once?"]
    assert (line.delivery, line.mine) == (Delivery.ARRIVED, True)


def test_a_line_is_not_said_twice_because_the_history_was_slow(world: World) -> None:
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    bob.say("#lobby", "before")
    all_run(alice, bob)
    alice.session.say(alice.conversation("#lobby"), "once?")
    alice.deliver()
    alice.lose()
    for number in range(150):
        world.clock.advance(2)
        bob.say("#lobby", str(number))
    swallow(alice, world, "AFTER")
    world.clock.advance(31)
    alice.session.tick()
    all_run(alice, bob)
    assert bob.texts("#lobby").count("once?") == alice.texts("#lobby").count("once?") == 1
    assert alice.texts("#lobby")[-150:] == [str(number) for number in range(150)]


def test_what_the_pages_do_not_reach_back_to_is_left_to_people(world: World) -> None:
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    bob.say("#lobby", "before")
    all_run(alice, bob)
    [line] = alice.session.say(alice.conversation("#lobby"), "once?")
    alice.deliver()
    alice.lose()
    world.clock.advance(120)
    for number in range(1_200):
        bob.say("#lobby", str(number))
    swallow(alice, world, "AFTER")
    world.clock.advance(31)
    alice.session.tick()
    all_run(alice, bob)
    assert bob.texts("#lobby").count("once?") == 1
    assert line.delivery is Delivery.FAILED
    assert "may or may not" in line.failure


def test_what_came_live_before_a_conversation_is_read_hides_no_gap(world: World) -> None:
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    alice.session.register("correct horse battery")
    alice.run()
    bob.say("alice", "one")
    all_run(alice, bob)
    alice.lose()
    bob.say("alice", "two")
    # The first page never comes, something live does, and the connection is lost again.
    swallow(alice, world, "AFTER")
    bob.say("alice", "three")
    alice.collect()
    alice.lose()
    alice.connect()
    assert alice.texts("bob") == ["one", "two", "three"]


def test_many_conversations_are_read_a_few_at_a_time_and_only_those_with_news(world: World) -> None:
    alice = Chatting(world, "alice")
    alice.session.register("correct horse battery")
    alice.run()
    others = [Chatting(world, f"p{number}") for number in range(40)]
    for other in others:
        other.say("alice", "hello")
    all_run(alice, *others)
    world.clock.advance(600)
    alice.say("#lobby", "still here")
    alice.lose()
    world.clock.advance(600)
    for other in others[:20]:
        other.say("alice", "again")
    wire = alice.wire = world.connection()
    alice.session.connected(safe=True)
    asked: list[str] = []
    while True:
        messages = alice.session.take_messages()
        pages = [message for message in messages if message.params[:1] in (["AFTER"], ["LATEST"])]
        assert len(pages) <= 5
        asked += [message.params[1] for message in pages]
        for message in messages:
            wire.send(message.to_line())
        lines = wire.received()
        for line in lines:
            alice.session.received(parse(line))
        if not messages and not lines:
            break
    assert set(asked) == {"#lobby", *(f"p{number}" for number in range(20))}
    assert [alice.texts(f"p{number}") for number in (0, 30)] == [["hello", "again"], ["hello"]]
