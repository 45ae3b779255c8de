"""A client's session against a whole server, without sockets."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientworld import Chatting, all_run
from hubbub.client.chat import Place
from hubbub.client.events import Added, Closed, LoginRefused, NameRefused, Opened, Phase, Told
from hubbub.client.lines import Delivery, Kind
from hubbub.client.session import Hit
from hubworld import World

"""A client's session against a whole server, without sockets."""

LOBBY = {"rooms.default": "#lobby"}


@pytest.fixture
def world() -> World:
    return World(LOBBY)


# -- coming in -----------------------------------------------------------------------------------------------


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


# -- accounts ------------------------------------------------------------------------------------------------


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


# -- saying --------------------------------------------------------------------------------------------------


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


# -- history -------------------------------------------------------------------------------------------------


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


def test_what_is_searched_for_may_hold_any_sign(world: World) -> None:
    alice = Chatting(world, "alice", rooms={"#tea": ""})
    alice.say("#tea", r"C:\secret; limit=1 and more")
    alice.say("#tea", "a limit of one")
    found: list[tuple[list[Hit], str]] = []
    alice.session.search({"text": r"c:\secret; limit"}, lambda hits, failure: found.append((hits, failure)))
    (asked,) = alice.session.take_messages()
    attributes = asked.params[0].split(";")
    assert attributes == [r"text=c:\\secret\:\slimit", "limit=50"]


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


# -- accounts and names --------------------------------------------------------------------------------------


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


# -- times ---------------------------------------------------------------------------------------------------


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
