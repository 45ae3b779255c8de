"""A client's session against a whole server, without sockets."""

from __future__ import annotations

import pytest
from clientworld import Chatting, all_run
from hubworld import World
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.client.chat import Place
from hubbub.client.events import Added, Closed, Loaded, LoginRefused, NameRefused, Opened, Phase, Told
from hubbub.client.lines import Delivery, Kind
from hubbub.client.session import Hit

LOBBY = {"rooms.default": "#lobby"}


@pytest.fixture
def world() -> World:
    return World(LOBBY)


# -- coming in ------------------------------------------------------------------------------------------------


def test_one_arrives_in_the_lobby(world: World) -> None:
    alice = Chatting(world, "alice")
    assert alice.session.phase is Phase.ONLINE
    assert alice.chat.nick == "alice"
    lobby = alice.conversation("#lobby")
    assert lobby.joined
    assert [member.nick for member in lobby.members.values()] == ["alice"]
    assert [event.conversation.name for event in alice.told(Opened)] == ["#lobby"]


def test_a_taken_name_is_asked_for_again_and_another_one_gets_in(world: World) -> None:
    Chatting(world, "alice")
    other = Chatting(world, "alice")
    [refused] = other.told(NameRefused)
    assert refused.name == "alice"
    assert refused.suggestion not in ("", "alice")
    assert other.session.phase is Phase.REGISTERING
    other.session.take_name(refused.suggestion)
    other.run()
    assert other.session.phase is Phase.ONLINE
    assert other.chat.nick == refused.suggestion


def test_rooms_of_the_settings_are_joined(world: World) -> None:
    alice = Chatting(world, "alice", rooms={"#tea": "", "#cake": ""})
    assert {name for name, room in alice.chat.conversations.items() if room.is_room} == {
        "#lobby",
        "#tea",
        "#cake",
    }


def test_a_room_that_was_asked_for_is_to_be_shown(world: World) -> None:
    alice = Chatting(world, "alice")
    alice.told(Opened)
    alice.session.join("#Tea")
    alice.run()
    [opened] = alice.told(Opened)
    assert opened.asked
    assert opened.conversation.name == "#Tea"


def test_one_may_leave_a_room_and_close_it(world: World) -> None:
    alice = Chatting(world, "alice", rooms={"#tea": ""})
    alice.session.part(alice.conversation("#tea"), "enough")
    alice.run()
    assert [event.conversation.name for event in alice.told(Closed)] == ["#tea"]


# -- accounts -------------------------------------------------------------------------------------------------


def test_claiming_a_name_and_logging_in_from_elsewhere(world: World) -> None:
    alice = Chatting(world, "alice")
    request = alice.session.register("correct horse")
    alice.run()
    assert request.done
    assert not request.failed, request.failure
    assert alice.chat.account == "alice"
    phone = Chatting(world, "alice", password="correct horse")
    assert phone.session.phase is Phase.ONLINE
    assert phone.chat.account == "alice"


def test_a_wrong_password_is_told(world: World) -> None:
    alice = Chatting(world, "alice")
    alice.session.register("correct horse")
    alice.run()
    phone = Chatting(world, "alice", password="wrong horse")
    [refused] = phone.told(LoginRefused)
    assert refused.account == "alice"


def test_two_clients_of_an_account_agree_on_what_is_read(world: World) -> None:
    alice = Chatting(world, "alice")
    alice.session.register("correct horse")
    alice.run()
    phone = Chatting(world, "alice", password="correct horse")
    bob = Chatting(world, "bob")
    bob.say("#lobby", "hello alice")
    all_run(alice, phone, bob)
    rooms = [person.conversation("#lobby") for person in (alice, phone)]
    assert [(room.unread, room.mentions) for room in rooms] == [(1, 1), (1, 1)]
    alice.session.mark_read(rooms[0])
    all_run(alice, phone)
    assert [(room.unread, room.mentions) for room in rooms] == [(0, 0), (0, 0)]


# -- saying ---------------------------------------------------------------------------------------------------


def test_a_message_is_pending_until_the_server_has_it(world: World) -> None:
    alice = Chatting(world, "alice")
    room = alice.conversation("#lobby")
    [line] = alice.session.say(room, "hello")
    assert line.delivery is Delivery.PENDING
    alice.run()
    assert line.delivery is Delivery.ARRIVED
    assert line.msgid
    assert alice.texts("#lobby") == ["hello"]


def test_the_others_see_it_once(world: World) -> None:
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    alice.say("#lobby", "hello bob")
    all_run(alice, bob)
    [added] = [event for event in bob.told(Added) if event.line.kind is Kind.MESSAGE]
    assert added.live
    assert added.line.mentions_me
    assert bob.texts("#lobby") == ["hello bob"]


def test_several_lines_are_one_message(world: World) -> None:
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    text = "one\n\n  two\nthree"
    alice.say("#lobby", text)
    all_run(alice, bob)
    assert alice.texts("#lobby") == bob.texts("#lobby") == [text]


def test_a_very_long_line_arrives_whole(world: World) -> None:
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    text = "word " * 500 + "end"
    alice.say("#lobby", text)
    all_run(alice, bob)
    assert bob.texts("#lobby") == [text]


def test_a_refused_message_fails_with_the_reason(world: World) -> None:
    alice = Chatting(world, "alice")
    [line] = alice.say("nobody", "hello?")
    assert line.delivery is Delivery.FAILED
    assert line.failure
    assert not alice.told(Told)


def test_a_failed_message_can_be_sent_again(world: World) -> None:
    alice = Chatting(world, "alice")
    [line] = alice.say("bob", "hello?")
    bob = Chatting(world, "bob")
    alice.session.retry(alice.conversation("bob"), line)
    all_run(alice, bob)
    assert alice.texts("bob") == ["hello?"]
    assert bob.texts("alice") == ["hello?"]


def test_direct_messages_open_a_conversation(world: World) -> None:
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    bob.told(Opened)
    alice.say("bob", "psst")
    all_run(alice, bob)
    [opened] = bob.told(Opened)
    assert opened.conversation.place is Place.DIRECT
    assert bob.texts("alice") == ["psst"]
    bob.say("alice", "yes?")
    all_run(alice, bob)
    assert alice.texts("bob") == ["psst", "yes?"]


def test_reply_react_edit_redact(world: World) -> None:
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    [line] = alice.say("#lobby", "tea?")
    all_run(alice, bob)
    room = bob.conversation("#lobby")
    seen = room.timeline.find(line.msgid)
    assert seen is not None
    bob.session.say(room, "yes", reply_to=seen)
    bob.session.react(room, seen, "👍")
    all_run(alice, bob)
    assert line.reactions == {"👍": ["bob"]}
    answer = alice.conversation("#lobby").timeline.lines[-1]
    assert answer.reply_to == line.msgid
    alice.session.edit(alice.conversation("#lobby"), line, "green tea?")
    bob.session.react(room, seen, "👍", wanted=False)
    all_run(alice, bob)
    assert (seen.text, seen.replaced, bool(seen.edited_ms)) == ("green tea?", ["tea?"], True)
    assert not seen.reactions
    alice.session.redact(alice.conversation("#lobby"), line)
    all_run(alice, bob)
    assert seen.redacted
    assert seen.text == ""


def test_parameters_that_fit_into_no_line_are_refused_and_break_nothing(world: World) -> None:
    alice = Chatting(world, "alice")
    request = alice.session.ask("INVITE", "a name with spaces", "#lobby")
    assert request.failed
    alice.say("#lobby", "still here")
    assert alice.texts("#lobby") == ["still here"]


# -- history --------------------------------------------------------------------------------------------------


def test_what_was_said_before_is_there(world: World) -> None:
    bob = Chatting(world, "bob")
    for number in range(3):
        bob.say("#lobby", f"message {number}")
    alice = Chatting(world, "alice")
    assert alice.texts("#lobby") == ["message 0", "message 1", "message 2"]
    assert not [event for event in alice.told(Added) if event.live and event.line.kind.is_said]


def test_older_pages_load_until_the_beginning(world: World) -> None:
    bob = Chatting(world, "bob")
    for number in range(250):
        bob.say("#lobby", str(number))
    alice = Chatting(world, "alice")
    room = alice.conversation("#lobby")
    while not room.timeline.at_start:
        alice.session.load_older(room)
        alice.run()
    assert alice.texts("#lobby") == [str(number) for number in range(250)]


def test_a_piece_of_the_past_grows_both_ways(world: World) -> None:
    bob = Chatting(world, "bob")
    lines = [bob.say("#lobby", str(number))[0] for number in range(400)]
    alice = Chatting(world, "alice")
    room = alice.conversation("#lobby")
    past = alice.session.past(room, lines[100].msgid, lines[100].time_ms)
    alice.run()
    assert lines[100].msgid in [line.msgid for line in past]
    for _ in range(5):
        alice.session.load_older(room, past)
        alice.run()
        alice.session.load_newer(room, past)
        alice.run()
    assert [line.text for line in past if line.kind.is_said] == [str(number) for number in range(400)]


def test_search_finds_and_says_what_is_wrong(world: World) -> None:
    alice = Chatting(world, "alice")
    [line] = alice.say("#lobby", "the kettle is on")
    alice.say("#lobby", "nothing")
    found: list[tuple[list[Hit], str]] = []
    alice.session.search({"text": "kettle"}, lambda hits, failure: found.append((hits, failure)))
    alice.session.search({"after": "yesterday"}, lambda hits, failure: found.append((hits, failure)))
    alice.run()
    (hits, failure), (none, why) = found
    assert [(hit.conversation, hit.line.msgid) for hit in hits] == [("#lobby", line.msgid)]
    assert failure == ""
    assert none == []
    assert why


# -- lost connections -----------------------------------------------------------------------------------------


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
