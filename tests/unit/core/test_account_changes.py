"""What follows when an account is changed, suspended or deleted, also for those who are just coming in."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hubbub.core.account_changes import Change, changing, deleting, making, suspending
from hubbub.core.accounts import Account, AccountDeleted, accounts
from hubbub.core.command import Proposal
from hubbub.core.ledger import Entry, Put
from hubbub.features.read_marker import Markers
from hubbub.ledger.memory import MemoryLedger
from hubworld import Client, World

PASSWORD = "open-sesame"
CERTIFICATE = "ab" * 32


def commit(world: World, change: Change) -> bool:
    """Whether it took effect."""
    done: list[bool] = []
    proposal = Proposal(change.event, None, None, lambda: done.append(True))
    world.hub.append(proposal, change.expect, change.puts)
    return bool(done)


def account_of(world: World, name: str) -> Account:
    account = accounts(world.hub).named(name)
    assert account is not None
    return account


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def alice(world: World) -> Client:
    alice = world.client("alice", rooms="#tea")
    alice.asks(f"REGISTER * * {PASSWORD}")
    return alice


def test_a_suspended_account_is_put_out_on_all_its_connections(world: World, alice: Client) -> None:
    phone = world.client("phone")
    phone.asks(f"NS IDENTIFY alice {PASSWORD}")
    entering = world.connection()
    entering.asks(f"PASS alice:{PASSWORD}")
    bob = world.client("bob", rooms="#tea")
    assert commit(world, suspending(world.hub, account_of(world, "alice"), suspended=True))
    for client in (alice, phone, entering):
        assert client.closed
        assert client.received()[-1].startswith("ERROR :")
    assert bob.received() == [":alice!~alice@127.0.0.1 QUIT :Your account has been suspended"]
    again = world.client("again")
    assert again.asks(f"NS IDENTIFY alice {PASSWORD}")[-1].endswith("suspended; ask whoever runs the server")
    world.restart()
    assert account_of(world, "alice").suspended
    assert commit(world, suspending(world.hub, account_of(world, "alice"), suspended=False))
    later = world.client("later")
    later.asks(f"NS IDENTIFY alice {PASSWORD}")
    assert later.session.account is not None


class SlowLedger(MemoryLedger):
    """While it is held, what is appended waits."""

    held: list[tuple[Entry, object | None]] | None = None

    def append(self, entry: Entry, ticket: object | None = None) -> None:
        if self.held is None:
            super().append(entry, ticket)
        else:
            self.held.append((entry, ticket))

    def release(self) -> None:
        held, self.held = self.held, None
        for entry, ticket in held or ():
            self.append(entry, ticket)


@pytest.mark.parametrize("is_here", [True, False], ids=["a further device", "the first device"])
@pytest.mark.parametrize("gone", [False, True], ids=["suspended", "deleted"])
@pytest.mark.parametrize("login", ["NS IDENTIFY alice open-sesame", "PASS alice:open-sesame"])
def test_a_login_under_way_comes_too_late(gone: bool, is_here: bool, login: str) -> None:
    world = World(ledger=SlowLedger)
    assert isinstance(world.ledger, SlowLedger)
    hub = world.hub
    alice = world.client("alice")
    alice.asks(f"REGISTER * * {PASSWORD}")
    account = account_of(world, "alice")
    if not is_here:
        alice.leave()
    coming = world.connection() if login.startswith("PASS") else world.client("guest")
    if login.startswith("PASS"):
        coming.send(login, "NICK alice")
    world.ledger.held = []
    change = deleting(hub, account) if gone else suspending(hub, account, suspended=True)
    hub.append(Proposal(change.event, None, None), change.expect, change.puts)
    coming.send("USER a 0 * :a" if login.startswith("PASS") else login)
    world.ledger.release()
    assert not any(user.account for user in hub.users.values())
    assert coming.closed or coming.session.account is None
    assert coming.closed or coming.session.user is None or coming.session.user.id != account.id


def test_who_is_second_is_refused(world: World, alice: Client) -> None:
    account = account_of(world, "alice")
    first = changing(world.hub, account, replace(account, argon2="one"))
    second = changing(world.hub, account, replace(account, argon2="two"))
    assert commit(world, first)
    assert not commit(world, second)
    assert account_of(world, "alice").argon2 == "one"
    assert not commit(world, making(Account("x", "ALICE", 0)))


def test_a_certificate_is_one_accounts_also_for_two_at_the_same_moment(world: World, alice: Client) -> None:
    bob = world.client("bob")
    bob.asks(f"REGISTER * * {PASSWORD}")
    changes = [
        changing(world.hub, account, replace(account, fingerprints=(CERTIFICATE,)))
        for account in (account_of(world, "alice"), account_of(world, "bob"))
    ]
    assert [commit(world, change) for change in changes] == [True, False]
    assert accounts(world.hub).by_fingerprint[CERTIFICATE].name == "alice"
    assert commit(world, deleting(world.hub, account_of(world, "alice")))
    bobs = account_of(world, "bob")
    assert commit(world, changing(world.hub, bobs, replace(bobs, fingerprints=(CERTIFICATE,))))


def test_nothing_of_a_deleted_account_comes_back(world: World, alice: Client) -> None:
    bob = world.client("bob")
    bob.send("PRIVMSG alice :hi")
    account = account_of(world, "alice")
    assert commit(world, deleting(world.hub, account))
    world.restart()
    assert accounts(world.hub).named("alice") is None
    assert account.id not in accounts(world.hub).correspondents
    assert world.client("alice").session.account is None


def test_what_was_kept_at_the_moment_of_the_deletion_goes_at_the_next_start(
    world: World, alice: Client
) -> None:
    account, version = account_of(world, "alice"), world.ledger.version
    kept = [f"{kind}/{account.id}/x" for kind in ("read", "user-metadata", "talk")] + [f"seen/{account.id}"]
    commit(world, deleting(world.hub, account))
    bob = world.client("bob")
    bob.asks(f"REGISTER * * {PASSWORD}", "MARKREAD carol timestamp=2020-01-01T00:00:00.000Z")
    marker = f"read/{account_of(world, 'bob').id}/name/carol"
    # As if they had been under way meanwhile.
    commit(world, Change(AccountDeleted(id="nobody"), (), tuple(Put(key, b"1") for key in kept)))
    assert all(map(version, (*kept, marker)))
    world.restart()
    assert not any(map(version, kept))
    assert version(marker)
    assert account.id not in world.hub.part(Markers).of
    assert account.id not in accounts(world.hub).correspondents
