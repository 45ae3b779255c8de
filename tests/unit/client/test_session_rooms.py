"""A session and the rooms that it is not in: left, refused, forgotten."""

from __future__ import annotations

import pytest

from clientworld import Chatting, all_run
from hubbub.client.chat import Conversation
from hubbub.client.events import Added, Closed, Opened, Told
from hubbub.client.lines import Delivery
from hubbub.client.outbox import Full
from hubworld import World

LOBBY = {"rooms.default": "#lobby"}


@pytest.fixture
def world() -> World:
    return World(LOBBY)


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


def test_a_retry_answers_what_it_answered_also_where_that_is_not_loaded(world: World) -> None:
    bob, alice = Chatting(world, "bob"), Chatting(world, "alice")
    bob.say("#lobby", "first")
    all_run(alice, bob)
    room = alice.conversation("#lobby")
    [first] = [line for line in room.timeline if line.text == "first"]
    [line] = alice.session.say(room, "again", reply_to=first)
    alice.session._saying.fail(room, line, "refused")
    room.timeline.remove(first)
    alice.session.retry(room, line)
    all_run(alice, bob)
    assert bob.conversation("#lobby").timeline.newest().reply_to == first.msgid


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
