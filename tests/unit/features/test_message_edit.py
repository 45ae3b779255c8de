"""EDITMSG over time: the line that other clients see, windows, limits, restarts, and what happens meanwhile.

What is said and answered at once is in tests/scenarios/message-edit.chat.
"""

from __future__ import annotations

import pytest

from hubbub.core.messageid import from_msgid
from hubbub.core.revisions import Revisions, revision_key
from hubbub.features.message_edit import MOST_REVISIONS, Unshown
from hubbub.ledger.memory import MemoryLedger
from hubworld import Client, World, run_to_end

EDITS = "message-tags echo-message draft/message-redaction hubbub.chat/message-edit batch draft/chathistory"


def say(client: Client, target: str, text: str) -> str:
    """Say something; its msgid."""
    line = client.asks(f"PRIVMSG {target} :{text}")[-1]
    return line.partition(" ")[0].removeprefix("@msgid=")


def code_of(lines: list[str]) -> str:
    (line,) = lines
    words = line.split(" ")
    assert words[1] == "FAIL", line
    return words[3]


class Room:
    """Somebody who edits, and somebody whose client doesn't know how."""

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        self.alice = self.world.client("alice", caps=EDITS, rooms="#tea")
        self.tagged = self.world.client("tagged", caps="message-tags", rooms="#tea")
        self.plain = self.world.client("plain", rooms="#tea")
        self.alice.received()

    def say(self, text: str) -> str:
        msgid = say(self.alice, "#tea", text)
        self.tagged.received()
        self.plain.received()
        return msgid

    def edit(self, msgid: str, text: str) -> list[str]:
        return self.alice.asks(f"EDITMSG #tea {msgid} :{text}")

    def history(self) -> list[str]:
        return [line.rpartition(" :")[2] for line in self.alice.asks("CHATHISTORY LATEST #tea * 50")[1:-1]]


SOURCE = "alice!~alice@127.0.0.1"


def test_other_clients_see_one_line_when_five_seconds_are_quiet() -> None:
    room = Room()
    msgid = room.say("helo")
    room.edit(msgid, "hell")
    room.world.clock.advance(4.9)
    room.edit(msgid, "hello")
    room.world.clock.advance(4.9)
    assert room.plain.received() == []
    room.world.clock.advance(0.2)
    assert room.plain.received() == [f":{SOURCE} PRIVMSG #tea :✎ hello"]
    assert room.tagged.received() == [f"@+reply={msgid} :{SOURCE} PRIVMSG #tea :✎ hello"]
    assert room.alice.received() == []
    room.world.clock.advance(60)
    assert room.plain.received() == []
    # It is a way to tell them, not something that was said.
    assert room.history() == ["hello"]


@pytest.mark.parametrize("texts", [["he llo "], ["something else", "hello"]])
def test_nothing_is_shown_where_only_spaces_changed_in_the_end(texts: list[str]) -> None:
    room = Room()
    msgid = room.say("hello")
    for text in texts:
        room.edit(msgid, text)
    room.world.clock.advance(6)
    assert room.plain.received() == []
    assert not room.world.hub.part(Unshown).texts


def test_a_second_change_is_compared_with_what_was_shown() -> None:
    room = Room()
    msgid = room.say("one")
    for text in ("two", "one"):
        room.edit(msgid, text)
        room.world.clock.advance(6)
    assert [line.rpartition(":")[2] for line in room.plain.received()] == ["✎ two", "✎ one"]


def test_what_was_taken_back_meanwhile_is_not_shown() -> None:
    room = Room()
    msgid = room.say("one")
    room.edit(msgid, "two")
    room.alice.send(f"REDACT #tea {msgid}")
    room.world.clock.advance(6)
    assert room.plain.received() == room.tagged.received() == []
    assert not room.world.hub.part(Unshown).texts


def test_the_line_of_an_action_is_one() -> None:
    room = Room()
    msgid = room.say("\x01ACTION waves\x01")
    room.edit(msgid, "\x01ACTION smiles\x01")
    room.world.clock.advance(6)
    assert room.plain.received() == [f":{SOURCE} PRIVMSG #tea :\x01ACTION ✎ smiles\x01"]


def test_direct_messages_are_edited_for_both() -> None:
    world = World()
    alice, bob = world.client("alice", caps=EDITS), world.client("bob", caps=EDITS)
    carol = world.client("carol")
    to_bob, to_carol = say(alice, "bob", "helo"), say(alice, "carol", "helo")
    bob.received()
    carol.received()
    alice.send(f"EDITMSG bob {to_bob} :hello", f"EDITMSG carol {to_carol} :hello")
    assert bob.received()[0].endswith(f" :{SOURCE} EDITMSG bob {to_bob} :hello")
    assert code_of(bob.asks(f"EDITMSG alice {to_bob} :mine")) == "EDIT_FORBIDDEN"
    assert code_of(bob.asks(f"EDITMSG alice {to_carol} :mine")) == "UNKNOWN_MSGID"
    world.clock.advance(6)
    assert carol.received() == [f":{SOURCE} PRIVMSG carol :✎ hello"]
    assert bob.received() == []


def test_the_window() -> None:
    room = Room()
    msgid = room.say("one")
    room.world.clock.advance(900)
    assert "EDITMSG" in room.edit(msgid, "two")[0]
    room.world.clock.advance(0.001)
    (line,) = room.edit(msgid, "three")
    assert line.startswith(f":test.example FAIL EDITMSG EDIT_WINDOW_EXPIRED #tea {msgid} 900 :")


def test_editing_can_be_switched_off() -> None:
    room = Room(World({"history.edit_window": 0}))
    assert code_of(room.edit(room.say("one"), "two")) == "EDIT_FORBIDDEN"
    assert "hubbub.chat/message-edit=0" in " ".join(room.alice.asks("CAP LS 302"))


def test_a_message_has_so_many_revisions_and_all_go_with_it() -> None:
    room = Room()
    msgid = room.say("text 0")
    for number in range(1, MOST_REVISIONS + 1):
        room.edit(msgid, f"text {number}")
    assert code_of(room.edit(msgid, "one more")) == "TOO_MANY_EDITS"
    room.world.restart()
    alice = room.world.client("alice", caps=EDITS, rooms="#tea")
    assert alice.asks("CHATHISTORY LATEST #tea * 5")[1].endswith(f" :text {MOST_REVISIONS}")
    user = alice.session.user
    assert user is not None
    user.modes.add("o")
    alice.send(f"REDACT #tea {msgid}")
    assert alice.asks("CHATHISTORY LATEST #tea * 5")[1:-1] == []
    assert isinstance(room.world.ledger, MemoryLedger)
    assert not any(b"text " in fact.body for fact in room.world.ledger._facts.values())
    pos = from_msgid(msgid)
    assert pos is not None
    room.world.restart()
    assert not room.world.hub.part(Revisions).of
    assert room.world.ledger.version(revision_key(pos)) == 0


class Waiting(MemoryLedger):
    """Entries wait, as they do for a disk, until they are released."""

    def hold(self) -> None:
        self._draining = True

    def release(self) -> None:
        self._drain()

    def holds(self, text: bytes) -> bool:
        return any(text in fact.body for fact in self._facts.values())


class Moment:
    """Somebody says something, and an operator and they are about to do something with it at the same time."""

    def __init__(self) -> None:
        self.room = Room(World(ledger=Waiting))
        ledger = self.room.world.ledger
        assert isinstance(ledger, Waiting)
        self.ledger = ledger
        self.oper = self.room.world.client("oper", caps=EDITS)
        assert self.oper.session.user is not None
        self.oper.session.user.modes.add("o")
        self.oper.session.is_operator = True
        self.msgid = self.room.say("one")
        ledger.hold()


def test_a_redaction_that_comes_first_lets_no_edit_through() -> None:
    moment = Moment()
    moment.oper.send(f"REDACT #tea {moment.msgid}")
    moment.room.alice.send(f"EDITMSG #tea {moment.msgid} :secret")
    moment.ledger.release()
    redaction, answer = moment.room.alice.received()
    assert " REDACT " in redaction
    assert code_of([answer]) == "UNKNOWN_MSGID"
    assert not moment.ledger.holds(b"secret")


def test_a_redaction_that_comes_second_takes_the_edit_with_it() -> None:
    moment = Moment()
    moment.room.alice.send(f"EDITMSG #tea {moment.msgid} :secret")
    moment.oper.send(f"REDACT #tea {moment.msgid}")
    moment.ledger.release()
    edit, redaction = moment.room.alice.received()
    assert " EDITMSG " in edit
    assert " REDACT " in redaction
    assert not moment.ledger.holds(b"secret")
    assert moment.room.history() == []


def test_of_two_edits_at_once_the_later_one_stands() -> None:
    room = Room(World(ledger=Waiting))
    assert isinstance(room.world.ledger, Waiting)
    msgid = room.say("one")
    user = room.alice.session.user
    assert user is not None
    second = room.world.client("second", caps=EDITS)
    # Another device of the same person.
    second.session.user = user
    room.world.ledger.hold()
    room.alice.send(f"EDITMSG #tea {msgid} :two")
    second.send(f"EDITMSG #tea {msgid} :three")
    room.world.ledger.release()
    assert [line.rpartition(":")[2] for line in room.alice.received()] == ["two", "three"]
    assert room.history() == ["three"]


def test_the_index_forgets_what_has_expired() -> None:
    world = World({"history.retention_days": 1})
    room = Room(world)
    old = [room.say(f"old {number}") for number in range(6)]
    for msgid in old:
        room.edit(msgid, "edited")
    world.clock.advance(3600)
    assert isinstance(world.ledger, MemoryLedger)

    async def expire() -> None:
        await world.ledger.expire(world.clock.now_ms)

    run_to_end(expire())
    new = [room.say(f"new {number}") for number in range(4)]
    for msgid in new:
        room.edit(msgid, "edited")
    index = world.hub.part(Revisions).of
    assert sorted(index) == [from_msgid(msgid) for msgid in new]
    world.restart()
    assert sorted(world.hub.part(Revisions).of) == sorted(index)


def test_several_lines_become_one() -> None:
    room = Room()
    alice = room.world.client("writer", caps=f"{EDITS} draft/multiline", rooms="#tea")
    alice.send("BATCH +a draft/multiline #tea", "@batch=a PRIVMSG #tea :one", "@batch=a PRIVMSG #tea :two")
    alice.send("BATCH -a")
    msgid = alice.received()[0].partition(" ")[0].removeprefix("@msgid=")
    room.plain.received()
    alice.send(f"EDITMSG #tea {msgid} :one, two")
    assert room.history() == ["one, two"]
    room.world.clock.advance(6)
    assert room.plain.received()[-1].endswith(" PRIVMSG #tea :✎ one, two")


def test_a_search_finds_a_message_by_its_newest_text_in_its_place() -> None:
    room = Room()
    searcher = room.world.client("searcher", caps=f"{EDITS} soju.im/search", rooms="#tea")
    msgid = room.say("kettle one")
    room.say("kettle two")
    for text in ("kettle three", "teapot"):
        room.edit(msgid, text)

    def search(term: str) -> list[str]:
        return searcher.asks(f"SEARCH in=#tea;text={term}")[1:-1]

    (line,) = search("teapot")
    assert f"msgid={msgid} " in line
    assert "PRIVMSG #tea :teapot" in line
    assert [line.rpartition(":")[2] for line in search("kettle")] == ["kettle two"]
    room.alice.send(f"REDACT #tea {msgid}")
    assert search("teapot") == []
