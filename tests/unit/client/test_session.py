"""A client's session against a whole server, without sockets."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientworld import Chatting, all_run
from hubbub.client.chat import Conversation, Place
from hubbub.client.events import Added, Closed, LoginRefused, NameRefused, Opened, Phase, Told
from hubbub.client.lines import Delivery, Kind
from hubbub.client.outbox import Full
from hubbub.client.session import Hit
from hubbub.irc.wire import parse
from hubworld import Client, World

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
    assert (refused.account, refused.reason) == (
        "alice",
        "the password is wrong, or there is no such account",
    )


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


# -- what a long absence and a slow server do -------------------------------------------------------------------


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


# -- rooms that we are not in ------------------------------------------------------------------------------------


class Shown:
    """The conversations that a screen shows: it makes a window where one is opened, and closes it when told."""

    def __init__(self, person: Chatting) -> None:
        self._person = person
        self._all: list[Conversation] = []

    def names(self) -> list[str]:
        for event in self._person.told(object):
            if isinstance(event, Opened | Added) and event.conversation not in self._all:
                self._all.append(event.conversation)
            elif isinstance(event, Closed) and not event.reason and event.conversation in self._all:
                self._all.remove(event.conversation)
        return sorted(one.name for one in self._all if one.is_room)


@pytest.mark.parametrize("reason", ["", "enough"])
def test_a_room_that_was_left_is_there_once_when_one_comes_back(world: World, reason: str) -> None:
    bob = Chatting(world, "bob", rooms={"#k": ""})
    alice = Chatting(world, "alice", rooms={"#k": ""})
    shown = Shown(alice)
    alice.session.part(alice.conversation("#k"), reason)
    bob.session.ask("MODE", "#k", "+k", "sesame")
    all_run(alice, bob)
    alice.session.join("#k")
    all_run(alice, bob)
    bob.session.ask("INVITE", "alice", "#k")
    all_run(alice, bob)
    assert shown.names() == ["#lobby"]
    alice.session.join("#k", "sesame")
    all_run(alice, bob)
    assert shown.names() == ["#k", "#lobby"]
    bob.session.ask("KICK", "#k", "alice")
    all_run(alice, bob)
    alice.session.join("#k", "sesame")
    all_run(alice, bob)
    assert shown.names() == ["#k", "#lobby"]


def kicked(world: World) -> tuple[Chatting, Chatting]:
    """bob has put alice out of #k, and nobody comes in any more."""
    bob = Chatting(world, "bob", rooms={"#k": ""})
    alice = Chatting(world, "alice", rooms={"#k": ""})
    bob.session.ask("MODE", "#k", "+i")
    bob.session.ask("KICK", "#k", "alice")
    all_run(alice, bob)
    alice.told(object)
    return alice, bob


def test_what_is_done_by_itself_is_never_told(world: World) -> None:
    alice, bob = kicked(world)
    bob.say("#k", "unheard")
    room = alice.conversation("#k")
    alice.session.mark_read(room, world.clock() + 1)
    alice.session.typing(room, True)
    alice.session.typing(alice.session.converse("nobody"), True)
    alice.run()
    assert not alice.told(Told)


def test_what_is_said_in_a_room_that_one_is_not_in_fails_at_once(world: World) -> None:
    alice, bob = kicked(world)
    room = alice.conversation("#k")
    [line] = alice.session.say(room, "hello?")
    assert (line.delivery, line.failure) == (Delivery.FAILED, "you are not in this room")
    alice.session.retry(room, line)
    bob.session.ask("INVITE", "alice", "#k")
    all_run(alice, bob)
    alice.session.join("#k")
    all_run(alice, bob)
    assert bob.texts("#k") == []
    assert [line.delivery for line in room.timeline if line.text == "hello?"] == [Delivery.FAILED]


def test_a_room_waits_for_the_server_until_it_is_refused(world: World) -> None:
    bob = Chatting(world, "bob", rooms={"#k": ""})
    alice = Chatting(world, "alice", rooms={"#k": ""})
    room = alice.conversation("#k")
    bob.session.ask("TOPIC", "#k", "keys")
    bob.session.ask("MODE", "#k", "+i")
    all_run(alice, bob)
    assert not alice.session.will_rejoin(room)
    alice.lose()
    assert (room.joined, room.topic, alice.session.will_rejoin(room)) == (False, "keys", True)
    [line] = alice.session.say(room, "later")
    assert line.delivery is Delivery.PENDING
    alice.connect()
    assert not alice.session.will_rejoin(room)
    assert line.delivery is Delivery.FAILED
    assert "not let into" in line.failure


def test_a_retry_that_finds_no_place_loses_nothing(world: World) -> None:
    alice = Chatting(world, "alice")
    room = alice.conversation("#lobby")
    [line] = alice.session.say(room, "kept")
    alice.session._saying.fail(room, line, "refused")
    alice.lose()
    for number in range(1_000):
        alice.session.say(room, str(number))
    with pytest.raises(Full):
        alice.session.retry(room, line)
    assert alice.texts("#lobby")[0] == "kept"


# -- accounts and names ------------------------------------------------------------------------------------------


def test_a_login_that_is_refused_spoils_nothing(world: World) -> None:
    alice = Chatting(world, "alice")
    alice.session.register("correct horse battery")
    alice.run()
    alice.session.login("alice", "wrong")
    alice.run()
    assert alice.told(LoginRefused)
    assert alice.session.identity.password == "correct horse battery"
    alice.lose()
    alice.connect()
    assert alice.chat.account == "alice"


def test_a_login_that_succeeds_is_kept_for_the_next_connection(world: World) -> None:
    alice = Chatting(world, "alice")
    alice.session.register("correct horse battery")
    alice.run()
    phone = Chatting(world, "bob")
    phone.session.login("alice", "correct horse battery")
    phone.run()
    identity = phone.session.identity
    assert (identity.account, identity.password) == ("alice", "correct horse battery")


def test_why_a_name_is_refused_is_said_in_plain_words(world: World) -> None:
    alice = Chatting(world, "alice")
    [refused] = Chatting(world, "alice").told(NameRefused)
    assert refused.reason == "somebody here has this name"
    alice.session.register("correct horse battery")
    alice.run()
    alice.lose()
    [refused] = Chatting(world, "alice").told(NameRefused)
    assert refused.reason == "this name belongs to an account"


# -- times -------------------------------------------------------------------------------------------------------

_STEPS = [
    "say",
    "dm",
    "nick",
    "part",
    "join",
    "bob lost",
    "lost",
    "older",
    "a minute",
    "ten minutes",
    "offline",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(_STEPS), max_size=40), st.booleans())
def test_times_never_run_backwards(steps: list[str], account: bool) -> None:
    world = World(LOBBY)
    alice, bob = Chatting(world, "alice"), Chatting(world, "bob")
    if account:
        alice.session.register("correct horse battery")
        alice.run()
    for number, step in enumerate(steps):
        world.clock.advance(1)
        room = alice.chat.find("#lobby")
        if step == "say":
            bob.say("#lobby", str(number))
        elif step == "dm":
            bob.say(alice.chat.nick, str(number))
        elif step == "nick":
            bob.session.take_name(f"bob{number}")
        elif step == "part" and room and alice.wire:
            alice.session.part(room, "bye")
        elif step == "join":
            alice.session.join("#lobby")
        elif step == "bob lost":
            bob.lose()
            bob.connect()
        elif step == "lost" and alice.wire:
            alice.lose()
        elif step == "lost":
            alice.connect()
        elif step == "older" and room:
            alice.session.load_older(room)
        elif step == "offline" and room:
            alice.session.say(room, str(number))
        elif "minute" in step:
            world.clock.advance(60 if step == "a minute" else 600)
        all_run(alice, bob)
    if not alice.wire:
        alice.connect()
    all_run(alice, bob)
    for conversation in alice.chat.conversations.values():
        times = [line.time_ms for line in conversation.timeline]
        assert times == sorted(times)
