"""One account, several devices: what conversations can't show, most of all what happens at the same moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from hubbub.core.accounts import Account, AccountChanged, account_put, accounts
from hubbub.core.credentials import with_password
from hubbub.core.ledger import Entry
from hubbub.core.model import User
from hubbub.ledger.memory import MemoryLedger
from hubworld import Client, Clock, World, commands_of

PASSWORD = "open-sesame"
SASL = "AUTHENTICATE AGFsaWNlAG9wZW4tc2VzYW1l"


class SlowLedger(MemoryLedger):
    """Holds back what is appended for as long as a test wants, as a disk does."""

    def __init__(self, clock: Callable[[], int]) -> None:
        super().__init__(clock)
        self.is_slow = False
        self.held: list[tuple[Entry, object | None]] = []

    def append(self, entry: Entry, ticket: object | None = None) -> None:
        if self.is_slow:
            self.held.append((entry, ticket))
        else:
            super().append(entry, ticket)

    def go_on(self) -> None:
        self.is_slow = False
        held, self.held = self.held, []
        for entry, ticket in held:
            super().append(entry, ticket)


def make(world: World, name: str) -> Account:
    account = with_password(Account(world.hub.next_id(), name, world.clock()), PASSWORD)
    world.hub.propose(AccountChanged(account=account), puts=(account_put(account),))
    return account


def device(world: World, nick: str = "alice", name: str = "alice", caps: str = "") -> Client:
    client = world.connection()
    client.send(f"PASS {name}:{PASSWORD}")
    client.send(*([f"CAP REQ :{caps}"] if caps else []), f"NICK {nick}", f"USER {nick} 0 * :{nick}")
    client.send(*(["CAP END"] if caps else []))
    return client


def here(world: World, nick: str) -> User:
    return world.hub.users[nick]


@pytest.fixture
def slow() -> tuple[World, SlowLedger]:
    made: list[SlowLedger] = []

    def ledger(clock: Clock) -> SlowLedger:
        made.append(SlowLedger(clock))
        return made[0]

    world = World(ledger=ledger)
    make(world, "alice")
    return world, made[0]


def test_two_devices_that_come_at_the_same_moment_are_one_person(slow: tuple[World, SlowLedger]) -> None:
    world, ledger = slow
    ledger.is_slow = True
    one, two = device(world), device(world)
    ledger.go_on()
    assert one.session.user is two.session.user is here(world, "alice")
    assert here(world, "alice").sessions == [one.session, two.session]


def test_two_guests_who_log_in_at_the_same_moment_are_one_person(slow: tuple[World, SlowLedger]) -> None:
    world, ledger = slow
    one, two = world.client("one", caps="sasl"), world.client("two", caps="sasl")
    for client in (one, two):
        client.send("AUTHENTICATE PLAIN")
    ledger.is_slow = True
    for client in (one, two):
        client.send(SASL)
    ledger.go_on()
    assert one.session.user is two.session.user is here(world, "one")
    assert "two" not in world.hub.users
    assert world.client("two").session.user is not None


def test_a_device_that_comes_while_the_farewell_is_under_way_comes_anew(
    slow: tuple[World, SlowLedger],
) -> None:
    world, ledger = slow
    bob = world.client("bob", rooms="#tea")
    first = device(world)
    first.send("JOIN #tea")
    bob.received()
    ledger.is_slow = True
    first.leave("gone")
    second = device(world)
    ledger.go_on()
    assert bob.received() == [":alice!~alice@127.0.0.1 QUIT :gone"]
    assert here(world, "alice").sessions == [second.session]
    assert commands_of(second.received())[:2] == ["900", "001"]
    assert list(here(world, "alice").channels) == []


def test_a_farewell_that_comes_while_a_device_is_under_way_is_none(slow: tuple[World, SlowLedger]) -> None:
    world, ledger = slow
    bob = world.client("bob", rooms="#tea")
    first = device(world)
    first.send("JOIN #tea")
    bob.received()
    ledger.is_slow = True
    second = device(world)
    first.leave("gone")
    ledger.go_on()
    assert bob.received() == []
    assert here(world, "alice").sessions == [second.session]
    assert list(here(world, "alice").channels) == ["#tea"]


def test_when_neither_stays_nobody_does(slow: tuple[World, SlowLedger]) -> None:
    world, ledger = slow
    first = device(world)
    ledger.is_slow = True
    second = device(world)
    first.leave()
    second.leave()
    ledger.go_on()
    assert "alice" not in world.hub.users
    assert device(world).session.user is here(world, "alice")


def test_a_guest_who_logs_in_while_the_farewell_is_under_way_becomes_the_account(
    slow: tuple[World, SlowLedger],
) -> None:
    world, ledger = slow
    first, guest = device(world), world.client("guest", caps="sasl")
    guest.send("AUTHENTICATE PLAIN")
    ledger.is_slow = True
    first.leave()
    guest.send(SASL)
    ledger.go_on()
    user = here(world, "guest")
    assert user.account == "alice"
    assert user.sessions == [guest.session]
    assert "FAIL" not in commands_of(guest.received())


def test_only_one_of_two_who_claim_a_name_at_the_same_moment_has_it(slow: tuple[World, SlowLedger]) -> None:
    """Nobody may be logged in to an account that somebody else has made."""
    world, ledger = slow
    one, two = world.connection(), world.connection()
    ledger.is_slow = True
    for client in (one, two):
        client.send("NICK carol", "REGISTER * * shut-sesame")
    ledger.go_on()
    assert commands_of(one.received()) == ["REGISTER", "900"]
    assert two.received() == [
        ":test.example FAIL REGISTER ACCOUNT_EXISTS carol :That name is registered already"
    ]
    assert two.session.account is None


def test_a_guest_who_leaves_while_being_renamed_holds_no_name(slow: tuple[World, SlowLedger]) -> None:
    world, ledger = slow
    guest = world.client("bob")
    make(world, "bob")
    ledger.is_slow = True
    guest.leave()
    owner = device(world, "bob", "bob")
    ledger.go_on()
    assert owner.session.user is not None or owner.asks("NICK bob")
    assert owner.session.user is here(world, "bob")
    assert list(world.hub.users) == ["bob"]
    for name in ("bob2", "bob_", "bob1"):
        assert world.client(name).session.user is not None


@pytest.mark.parametrize("called", ["bob", "BOB", "bоb"])
def test_a_guest_called_like_an_account_is_renamed_when_its_owner_comes(world: World, called: str) -> None:
    guest = world.client(called)
    make(world, "bob")
    owner = device(world, "bob", "bob")
    assert owner.session.user is here(world, "bob")
    (line,) = guest.received()
    assert line.startswith(f":{called}!~")
    assert " NICK :" in line
    assert guest.session.user is not None
    assert guest.session.user.nick != called
    # Also for an owner who comes under another name first.
    owner.send("QUIT")
    world.client("carol")
    carol = make(world, "carol")
    late = device(world, "late", "carol")
    assert late.asks("NICK carol")[-1] == ":late!~late@127.0.0.1 NICK :carol"
    assert here(world, "carol").id == carol.id


def test_a_login_gives_no_right_to_somebody_elses_name(world: World) -> None:
    make(world, "alice")
    make(world, "bob")
    thief = device(world, "bob", "alice", caps="sasl")
    assert thief.session.user is None
    assert commands_of(thief.received())[-1] == "433"
    assert thief.asks("NICK mallory")
    assert commands_of(thief.asks("NICK bob")) == ["433"]


def test_a_look_alike_of_a_held_name_is_refused(world: World) -> None:
    make(world, "alice")
    client = world.client("bob")
    assert commands_of(client.asks("NICK аlice")) == ["433"]
    assert commands_of(client.asks("NICK ALICE")) == ["433"]


def test_a_device_that_asks_for_any_nick_gets_the_one_they_have(world: World) -> None:
    make(world, "alice")
    device(world, "alix")
    second = device(world, "whatever")
    lines = second.received()
    assert commands_of(lines)[:2] == ["900", "001"]
    assert lines[1].startswith(":test.example 001 alix :")
    assert here(world, "alix").sessions[1] is second.session


def test_extended_join_shows_the_account_on_a_further_device(world: World) -> None:
    make(world, "alice")
    first = device(world)
    first.send("JOIN #tea")
    second = device(world, caps="extended-join")
    assert ":alice!~alice@127.0.0.1 JOIN #tea alice :alice" in second.received()


def test_a_further_device_does_not_enter_rooms_again() -> None:
    world = World({"rooms.default": "#lobby"})
    make(world, "alice")
    first = device(world)
    first.send("PART #lobby")
    assert "JOIN" not in commands_of(device(world).received())


def test_somebody_is_secure_with_all_devices_or_not(world: World) -> None:
    account = make(world, "alice")
    secure = world.connection(secure=True)
    secure.send(f"PASS alice:{PASSWORD}", "NICK alice", "USER a 0 * :a")
    assert world.hub.users_by_id[account.id].secure
    device(world)
    assert not world.hub.users_by_id[account.id].secure


def test_an_invitation_is_the_accounts_after_the_login(world: World) -> None:
    make(world, "alice")
    bob = world.client("bob", rooms="#den")
    guest = world.client("guest", caps="sasl")
    bob.send("MODE #den +i", "INVITE guest #den")
    guest.asks("AUTHENTICATE PLAIN", SASL)
    assert "JOIN" in commands_of(guest.asks("JOIN #den"))


def test_a_guest_who_logs_in_leaves_their_conversations_behind(world: World) -> None:
    """A topic in the log names two ids for good, and the account has another than the guest."""
    make(world, "alice")
    bob = world.client("bob", caps="batch draft/chathistory")
    guest = world.client("guest", caps="sasl batch draft/chathistory")
    bob.send("PRIVMSG guest :to the guest")
    guest.asks("AUTHENTICATE PLAIN", SASL)
    bob.send("PRIVMSG guest :to alice")
    texts = [line.rpartition(":")[2] for line in guest.asks("CHATHISTORY LATEST bob * 10")]
    assert texts[1:-1] == ["to alice"]


def test_whoever_claims_their_name_keeps_their_conversations(world: World) -> None:
    """Also after a restart, and also what was said before they had an account."""
    alice, bob = world.client("alice"), world.client("bob")
    bob.send("PRIVMSG alice :before")
    alice.send(f"REGISTER * * {PASSWORD}")
    bob.send(f"REGISTER * * {PASSWORD}", "NICK robert", "PRIVMSG alice :after")
    world.restart()
    alice = device(world, caps="batch draft/chathistory")
    alice.received()
    # Bob isn't here; his account's name reaches him.
    lines = alice.asks("CHATHISTORY LATEST bob * 10")
    assert [line.rpartition(":")[2] for line in lines[1:-1]] == ["before", "after"]


def test_what_is_said_to_an_account_that_is_away_waits_for_it(world: World) -> None:
    make(world, "alice")
    bob = world.client("bob")
    assert commands_of(bob.asks("PRIVMSG alice :are you there?")) == ["301"]
    assert bob.asks("NOTICE alice :nothing") == []
    assert commands_of(bob.asks("PRIVMSG аlice :a look-alike")) == ["401"]
    for _ in range(2):
        alice = device(world, caps="batch draft/chathistory")
        alice.received()
        targets = alice.asks(
            "CHATHISTORY TARGETS timestamp=2020-01-01T00:00:00.000Z timestamp=2030-01-01T00:00:00.000Z 10"
        )
        assert [line.split(" ")[3:5] for line in targets[1:-1]] == [["TARGETS", "bob"]]
        lines = alice.asks("CHATHISTORY LATEST bob * 10")
        assert [line.rpartition(":")[2] for line in lines[1:-1]] == ["are you there?", "nothing"]
        world.restart()


def test_the_list_of_conversations_is_bounded_on_disk_as_in_memory(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hubbub.core.conversations.REMEMBERED", 3)
    account = make(world, "alice")
    for number in range(6):
        world.client(f"guest{number}").send("PRIVMSG alice :hi")
    world.restart()
    kept = accounts(world.hub).correspondents[account.id]
    assert sorted(kept.values()) == ["guest3", "guest4", "guest5"]


def test_a_suspended_account_is_nobodys(world: World) -> None:
    account = replace(make(world, "alice"), suspended=True)
    world.hub.propose(AccountChanged(account=account), puts=(account_put(account),))
    client = world.connection()
    assert commands_of(client.asks(f"PASS alice:{PASSWORD}")) == ["902"]
    assert commands_of(client.asks("NICK alice")) == ["433"]
