"""JOIN and PART: what conversations can't show, most of all what happens at the same moment."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import pytest

from hubbub.core.accounts import AccountDeleted, account_key, accounts
from hubbub.core.ledger import Entry, Put
from hubbub.features.join import Joined
from hubbub.ledger.memory import MemoryLedger
from hubworld import Client, Clock, World, commands_of

PASSWORD = "a-good-password"
OF_ROOMS = "room", "mode", "list", "topic", "room-metadata", "registered"
"""Kinds of keys that the ledger's state has of rooms."""


class SteppingLedger(MemoryLedger):
    """Holds back what is appended, as a disk does, and lets it happen one by one."""

    def __init__(self, clock: Callable[[], int]) -> None:
        super().__init__(clock)
        self.is_slow = False
        self.held: deque[tuple[Entry, object | None]] = deque()

    def append(self, entry: Entry, ticket: object | None = None) -> None:
        if self.is_slow:
            self.held.append((entry, ticket))
        else:
            super().append(entry, ticket)

    def step(self) -> None:
        self._settle(*self.held.popleft())

    def go_on(self) -> None:
        while self.held:
            self.step()
        self.is_slow = False

    def keys(self, start: str) -> list[str]:
        return sorted(key for key in self._state if key.startswith(start))


class Slow:
    """A world whose ledger can be held back."""

    def __init__(self) -> None:
        ledgers: list[SteppingLedger] = []

        def ledger(clock: Clock) -> SteppingLedger:
            ledgers.append(SteppingLedger(clock))
            return ledgers[0]

        self.world = World(ledger=ledger)
        self.ledger = ledgers[0]

    def owner(self, nick: str, rooms: str = "") -> Client:
        client = self.world.client(nick)
        client.send(f"REGISTER * * {PASSWORD}", *([f"JOIN {rooms}"] if rooms else []))
        client.received()
        return client

    def device(self, nick: str) -> Client:
        client = self.world.connection()
        client.send(f"PASS {nick}:{PASSWORD}", f"NICK {nick}", f"USER {nick} 0 * :{nick}")
        assert client.session.user is self.world.hub.users[nick]
        client.received()
        return client

    def of_rooms(self) -> list[str]:
        return [key for kind in OF_ROOMS for key in self.ledger.keys(f"{kind}/")]


@pytest.fixture
def slow() -> Slow:
    return Slow()


def test_who_comes_while_a_room_is_forgotten_makes_a_new_one(slow: Slow) -> None:
    world, ledger = slow.world, slow.ledger
    alice, bob = world.client("alice", rooms="#tea"), world.client("bob")
    old = world.hub.channels["#tea"].id
    ledger.is_slow = True
    alice.send("PART #tea")
    ledger.step()
    bob.send("JOIN #tea")
    ledger.go_on()
    assert commands_of(bob.received()) == ["JOIN", "353", "366"]
    made = world.hub.channels["#tea"]
    assert made.id != old
    assert ledger.keys("room/") == ["room/#tea"]
    world.restart()
    assert world.hub.channels["#tea"].id == made.id


@pytest.mark.parametrize(
    "line", ["MODE #tea +b x!*@*", "METADATA #tea SET colour :red", "TOPIC #tea :gone", "RENAME #tea #cake"]
)
def test_what_is_set_while_a_room_is_forgotten_goes_with_it(slow: Slow, line: str) -> None:
    world, ledger = slow.world, slow.ledger
    alice = slow.owner("alice", "#tea")
    alice.send("MODE #tea +s")
    other = slow.device("alice")
    ledger.is_slow = True
    alice.send("PART #tea")
    other.send(line)
    ledger.go_on()
    assert world.hub.channels == {}
    assert slow.of_rooms() == []


def test_a_topic_set_at_the_last_moment_keeps_the_room(slow: Slow) -> None:
    world, ledger = slow.world, slow.ledger
    alice = slow.owner("alice", "#tea")
    other = slow.device("alice")
    ledger.is_slow = True
    alice.send("PART #tea")
    other.send("TOPIC #tea :Assam")
    ledger.go_on()
    world.restart()
    topic = world.hub.channels["#tea"].topic
    assert topic is not None
    assert topic.text == "Assam"


def test_only_who_made_a_room_brings_it_into_being(world: World) -> None:
    world.client("alice")
    world.hub.propose(Joined.of(world.hub.users["alice"], "1-99", "#tea"))
    assert world.hub.channels == {}


def test_a_room_registered_at_the_last_moment_stays(slow: Slow) -> None:
    world, ledger = slow.world, slow.ledger
    alice = slow.owner("alice", "#tea")
    other = slow.device("alice")
    ledger.is_slow = True
    alice.send("PART #tea")
    other.send("ROOM REGISTER #tea")
    ledger.go_on()
    world.restart()
    assert world.hub.channels["#tea"].registration is not None


def said_too_late(slow: Slow, line: bytes) -> Client:
    """The device that says it while its #tea is left elsewhere; the leaving is applied first, then this."""
    ledger = slow.ledger
    alice = slow.owner("alice", "#tea")
    other = slow.device("alice")
    ledger.is_slow = True
    alice.send("PART #tea")
    other.session.receive(line)
    parted, said = ledger.held.popleft(), ledger.held.pop()
    ledger.held.append(parted)
    ledger.step()
    ledger.held.append(said)
    ledger.go_on()
    return other


def test_a_room_registered_too_late_is_no_more(slow: Slow) -> None:
    other = said_too_late(slow, b"ROOM REGISTER #tea")
    assert slow.of_rooms() == []
    assert any("TEMPORARILY_UNAVAILABLE" in line for line in other.received())


def test_what_was_left_of_a_forgotten_room_is_gone_after_a_restart(slow: Slow) -> None:
    said_too_late(slow, b"MODE #tea +b x!*@*")
    assert slow.of_rooms() != []
    slow.world.restart()
    assert slow.of_rooms() == []


def test_no_more_come_in_at_once_than_a_room_holds(slow: Slow) -> None:
    world, ledger = slow.world, slow.ledger
    world.client("alice", rooms="#tea").send("MODE #tea +l 2")
    bob, carol = world.client("bob"), world.client("carol")
    ledger.is_slow = True
    bob.send("JOIN #tea")
    carol.send("JOIN #tea")
    ledger.go_on()
    assert commands_of(bob.received()) == ["JOIN", "353", "366"]
    assert carol.received() == [":test.example 471 carol #tea :Cannot join channel (+l)"]
    assert len(world.hub.channels["#tea"].members) == 2


def test_a_room_is_not_left_to_a_deleted_account(slow: Slow) -> None:
    world, ledger = slow.world, slow.ledger
    carol, dave = slow.owner("carol"), slow.owner("dave")
    alice = slow.owner("alice", "#tea")
    alice.send("ROOM REGISTER #tea", "ROOM OP #tea dave")
    account = accounts(world.hub).named("alice")
    assert account is not None
    ledger.is_slow = True
    world.hub.propose(AccountDeleted(id=account.id), puts=(Put(account_key("alice"), None),))
    dave.send("ROOM VOICE #tea carol")
    ledger.go_on()
    registration = world.hub.channels["#tea"].registration
    assert registration is not None
    owner, voiced = dave.session.user, carol.session.user
    assert owner is not None
    assert voiced is not None
    assert registration.founder == owner.id
    assert registration.ranks == {voiced.id: "v"}


@pytest.mark.parametrize("subcommand", ["TRANSFER", "OP", "VOICE"])
def test_nothing_is_given_to_an_account_that_is_being_deleted(slow: Slow, subcommand: str) -> None:
    world, ledger = slow.world, slow.ledger
    slow.owner("bob").leave()
    alice = slow.owner("alice", "#tea")
    alice.send("ROOM REGISTER #tea")
    before = world.hub.channels["#tea"].registration
    account = accounts(world.hub).named("bob")
    assert account is not None
    alice.received()
    ledger.is_slow = True
    world.hub.propose(AccountDeleted(id=account.id), puts=(Put(account_key("bob"), None),))
    alice.send(f"ROOM {subcommand} #tea bob")
    ledger.go_on()
    assert any("TEMPORARILY_UNAVAILABLE" in line for line in alice.received())
    assert world.hub.channels["#tea"].registration == before


def test_a_room_for_the_invited_ends_with_the_server(world: World) -> None:
    alice = world.client("alice", rooms="#closed,#open,#some")
    alice.send(
        "PRIVMSG #closed :for friends", "MODE #closed +i", "MODE #open +k x", "MODE #some +iI alice!*@*"
    )
    world.restart()
    assert set(world.hub.channels) == {"#open", "#some"}
    bob = world.client("bob")
    assert commands_of(bob.asks("JOIN #closed")) == ["JOIN", "353", "366"]
    world.restart()
    assert "i" not in world.hub.channels["#closed"].modes


def test_a_connection_makes_only_so_many_rooms_a_day() -> None:
    world = World({"limits.rooms": 2})
    alice = world.client("alice")
    for number in range(4):
        assert commands_of(alice.asks(f"JOIN #{number}", f"PRIVMSG #{number} :hi", "JOIN 0"))[0] == "JOIN"
    assert commands_of(alice.asks("JOIN #more")) == ["405"]
    assert commands_of(alice.asks("JOIN #0"))[0] == "JOIN"
    world.clock.advance(86_400)
    assert commands_of(alice.asks("JOIN #more"))[0] == "JOIN"
