"""REDACT where a conversation can't show it: the log, windows, several ids of one person, and what happens meanwhile.

Who may take back what, and what others are told, is in tests/scenarios/message-redaction.chat and
redaction-strangers.chat.
"""

from __future__ import annotations

from hubbub.core.capability import ISUPPORT
from hubbub.core.event import decode
from hubbub.core.ledger import EVENT, Fact
from hubbub.core.messageid import from_msgid
from hubbub.core.revisions import REMEMBERED, Revisions, revision_key
from hubbub.ledger.memory import MemoryLedger
from hubworld import Client, Clock, World, run_to_end

CAPS = "message-tags echo-message draft/message-redaction"


def msgid_of(line: str) -> str:
    tags = dict(tag.partition("=")[::2] for tag in line.partition(" ")[0].removeprefix("@").split(";"))
    return tags["msgid"]


def say(client: Client, target: str, text: str) -> str:
    """Say something; its msgid."""
    return msgid_of(client.asks(f"PRIVMSG {target} :{text}")[-1])


def code_of(lines: list[str]) -> str:
    """The code of the one FAIL that came."""
    (line,) = lines
    words = line.split(" ")
    assert words[1] == "FAIL", line
    return words[3]


def read(world: World, msgid: str) -> Fact | None:
    found: list[Fact | None] = []

    async def ask() -> None:
        pos = from_msgid(msgid)
        assert pos is not None
        found.append(await world.ledger.read(pos))

    run_to_end(ask())
    return found[0]


def test_the_text_is_gone_from_the_log_and_the_redaction_is_an_event() -> None:
    world = World()
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    msgid = say(alice, "#tea", "regrets")
    redaction = msgid_of(alice.asks(f"REDACT #tea {msgid} :why")[0])
    assert read(world, msgid) is None
    fact = read(world, redaction)
    assert fact is not None
    assert fact.kind == EVENT
    assert b"regrets" not in fact.body
    world.restart()
    assert read(world, msgid) is None


def test_own_messages_within_the_window_and_operators_always() -> None:
    world = World({"history.redact_window": 60})
    operator = world.client("op", caps=CAPS, rooms="#tea")
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    early, late = say(alice, "#tea", "early"), say(alice, "#tea", "late")
    world.clock.advance(60)
    assert "REDACT" in alice.asks(f"REDACT #tea {early}")[0]
    world.clock.advance(0.001)
    (line,) = alice.asks(f"REDACT #tea {late}")
    assert line.startswith(f":test.example FAIL REDACT REDACT_WINDOW_EXPIRED #tea {late} 60 :")
    assert f"REDACT #tea {late}" in operator.asks(f"REDACT #tea {late}")[0]


def test_a_server_operator_reaches_rooms_from_outside_but_no_conversation_of_others() -> None:
    world = World()
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    bob = world.client("bob", caps=CAPS)
    oper = world.client("oper", caps=CAPS)
    assert oper.session.user is not None
    oper.session.user.modes.add("o")
    oper.session.is_operator = True
    msgid, private = say(alice, "#tea", "spam"), say(alice, "bob", "psst")
    assert "REDACT #tea" in oper.asks(f"REDACT #tea {msgid}")[0]
    assert "REDACT #tea" in alice.received()[-1]
    assert code_of(oper.asks(f"REDACT alice {private}")) == "UNKNOWN_MSGID"
    assert bob.asks(f"REDACT alice {private}")[-1].split(" ")[3] == "REDACT_FORBIDDEN"


def test_who_logs_in_keeps_what_they_said_as_a_guest() -> None:
    world = World()
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    bob = world.client("bob", caps=CAPS)
    user = alice.session.user
    assert user is not None
    in_room, to_bob = say(alice, "#tea", "one"), say(alice, "bob", "two")
    # What LoggedIn does to a guest.
    user.former_id, user.id = user.id, "account-1"
    world.hub.users_by_id[user.id] = user
    assert "REDACT #tea" in alice.asks(f"REDACT #tea {in_room}")[0]
    assert "REDACT bob" in alice.asks(f"REDACT bob {to_bob}")[0]
    assert "REDACT bob" in bob.received()[-1]


def test_a_later_guest_of_the_same_nick_is_somebody_else() -> None:
    world = World()
    world.client("op", rooms="#tea")
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    msgid = say(alice, "#tea", "mine")
    alice.leave()
    again = world.client("alice", caps=CAPS, rooms="#tea")
    assert code_of(again.asks(f"REDACT #tea {msgid}")) == "REDACT_FORBIDDEN"


def test_one_who_has_left_the_room_finds_nothing_there() -> None:
    world = World()
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    world.client("bob", rooms="#tea")
    msgid = say(alice, "#tea", "mine")
    alice.send("PART #tea")
    assert code_of(alice.asks(f"REDACT #tea {msgid}")) == "INVALID_TARGET"
    assert code_of(alice.asks(f"REDACT #other {msgid}")) == "INVALID_TARGET"


def test_a_line_in_the_reason_or_the_id_can_not_break_out() -> None:
    world = World()
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    (line,) = alice.asks("REDACT #tea ::x")
    assert line.startswith(":test.example FAIL REDACT UNKNOWN_MSGID #tea 0:x :")
    msgid = say(alice, "#tea", "long")
    (line,) = alice.asks(f"REDACT #tea {msgid} :{'x' * 450}")
    assert line.endswith(" :" + "x" * 390)


class Meanwhile(MemoryLedger):
    """While a message is read for a command, something else happens."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.act = lambda: None

    async def read(self, pos: int) -> Fact | None:
        fact = await super().read(pos)
        act, self.act = self.act, lambda: None
        act()
        return fact


def test_of_two_who_take_it_back_at_once_one_does() -> None:
    world = World(ledger=Meanwhile)
    operator = world.client("op", caps=CAPS, rooms="#tea")
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    msgid = say(alice, "#tea", "mine")
    operator.received()
    assert isinstance(world.ledger, Meanwhile)
    world.ledger.act = lambda: alice.send(f"REDACT #tea {msgid}")
    first, second = operator.asks(f"REDACT #tea {msgid}")
    assert "alice!" in first
    assert code_of([second]) == "UNKNOWN_MSGID"


def test_what_is_remembered_of_redactions_is_bounded() -> None:
    world = World()
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    for number in range(REMEMBERED + 5):
        msgid = say(alice, "#tea", str(number))
        alice.send(f"REDACT #tea {msgid}")
    known = world.hub.part(Revisions)
    assert len(known.retracted) == REMEMBERED
    keys = [pos for pos in range(1, 2 * REMEMBERED + 20) if world.ledger.version(revision_key(pos))]
    assert keys == list(known.retracted)
    world.restart()
    assert not world.hub.part(Revisions).of


def test_no_client_tag_is_denied() -> None:
    # message-tags: "omitting the token entirely is recommended instead"
    assert "CLIENTTAGDENY" not in ISUPPORT


def test_a_redaction_outlives_the_room_it_was_in() -> None:
    world = World()
    alice = world.client("alice", caps=CAPS, rooms="#tea")
    msgid = say(alice, "#tea", "mine")
    redaction = msgid_of(alice.asks(f"REDACT #tea {msgid}")[0])
    fact = read(world, redaction)
    assert fact is not None
    event = decode(fact.body)
    assert event is not None
    world.hub.channels_by_id.clear()
    assert event.apply(world.hub) == {}
