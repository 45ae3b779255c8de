"""LOGINTOKEN: what a token is good for, and what ends it.  docs/specs/login-token.md"""

from __future__ import annotations

import logging
from base64 import b64encode
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hubbub.core.account_changes import Change, changing, deleting, suspending
from hubbub.core.accounts import Account, accounts
from hubbub.core.command import Proposal
from hubbub.core.event import decode, encode
from hubbub.core.ledger import Entry
from hubbub.core.login_tokens import (
    DAY_MS,
    LONGEST_DEVICE,
    MOST,
    TOKEN,
    LoginTokens,
    LoginTokensChanged,
    account_by_token,
    digest_of,
    new_token,
    tokens_key,
    tokens_of,
    tokens_put,
)
from hubbub.journal import start_log
from hubbub.ledger.memory import MemoryLedger
from hubworld import Client, World, commands_of

CAP = "hubbub.chat/login-token"
PASSWORD = "open-sesame"
PUBLIC = "203.0.113.9"
DAY = DAY_MS / 1000


def plain(name: str, password: str) -> str:
    return b64encode(f"\0{name}\0{password}".encode()).decode()


def logs_in(world: World, token: str, name: str = "alice", **options: str) -> Client:
    """Somebody who comes with a token."""
    client = world.connection(**options)
    client.send(f"CAP REQ :sasl {CAP}", "NICK phone", "USER phone 0 * :Phone", "AUTHENTICATE PLAIN")
    client.send(f"AUTHENTICATE {plain(name, token)}", "CAP END")
    return client


def is_in(client: Client) -> bool:
    return client.session.account is not None and not client.closed


def made(client: Client, device: str = "Desk") -> str:
    (answer,) = client.asks(f"LOGINTOKEN NEW :{device}")
    _source, _verb, word, _id, _until, token = answer.split(" ")
    assert word == "CREATED"
    return token


def commit(world: World, change: Change) -> None:
    world.hub.append(Proposal(change.event, None, None), change.expect, change.puts)


def account(world: World) -> Account:
    found = accounts(world.hub).named("alice")
    assert found is not None
    return found


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def alice(world: World) -> Client:
    alice = world.client("alice", caps=f"sasl {CAP}", rooms="#tea")
    alice.asks(f"REGISTER * * {PASSWORD}")
    return alice


def test_a_token_is_unguessable_and_known_for_what_it_is() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(TOKEN.fullmatch(token) for token in tokens)
    assert 32 * 5 >= 128
    assert len({letter for token in tokens for letter in token.removeprefix("hubbub_login_")}) == 32


@cache
def one_token() -> tuple[World, str]:
    """A world in which alice has one; made once, for a password takes long to hash."""
    world = World()
    alice = world.client("alice", caps=CAP)
    alice.asks(f"REGISTER * * {PASSWORD}")
    return world, made(alice)


@settings(deadline=None)  # The first example makes the world.
@given(st.text(min_size=1, max_size=70), st.text(max_size=20))
def test_nothing_else_is_a_token(text: str, name: str) -> None:
    world, token = one_token()
    assert account_by_token(world.hub, "alice", token) is not None
    for wrong in (text, token + text, text + token, token[:-1], token.upper(), digest_of(token)):
        assert account_by_token(world.hub, "alice", wrong) is None
    if accounts(world.hub).named(name) is None:
        assert account_by_token(world.hub, name, token) is None


def test_it_logs_in_its_account_and_no_other(world: World, alice: Client) -> None:
    token = made(alice)
    bob = world.client("bob", caps=f"sasl {CAP}")
    bob.asks("REGISTER * * something-else")
    assert is_in(logs_in(world, token))
    assert not is_in(logs_in(world, token, "bob"))
    assert not is_in(logs_in(world, made(bob)))
    assert not is_in(logs_in(world, token, "nobody"))


def test_it_is_no_password_elsewhere(world: World, alice: Client) -> None:
    token = made(alice)
    assert "wrong" in world.client("bob").asks(f"NS IDENTIFY alice {token}")[0]
    assert "wrong" in alice.asks(f"NS DROP {token}")[0]
    assert accounts(world.hub).named("alice") is not None


def test_a_password_that_looks_like_one_is_still_a_password(world: World) -> None:
    password = new_token()
    alice = world.client("alice", caps=CAP)
    alice.asks(f"REGISTER * * {password}")
    assert is_in(logs_in(world, password))


def test_only_where_passwords_may_be_sent() -> None:
    world = World(is_local=lambda ip: ip != PUBLIC)
    alice = world.client("alice", caps=CAP)
    alice.asks(f"REGISTER * * {PASSWORD}")
    token = made(alice)
    assert not is_in(logs_in(world, token, ip=PUBLIC))
    alice.session.ip = PUBLIC
    assert " TLS_REQUIRED " in alice.asks("LOGINTOKEN NEW")[0]


def test_wrong_ones_count_as_wrong_passwords(world: World, alice: Client) -> None:
    token = made(alice)
    for _ in range(world.settings.accounts.tries):
        assert not is_in(logs_in(world, new_token()))
    late = logs_in(world, token)
    assert not is_in(late)
    assert any("Too many wrong passwords" in line for line in late.received())
    world.clock.advance(world.settings.accounts.tries_seconds + 1)
    assert is_in(logs_in(world, token))


# -- how long it lasts ---------------------------------------------------------------------------------------


def test_it_ends_when_it_is_not_used_and_use_renews_it(world: World, alice: Client) -> None:
    used, idle = made(alice), made(logs_in(world, PASSWORD))
    alice.leave()
    for _ in range(4):
        world.clock.advance(60 * DAY)
        assert is_in(logs_in(world, used))
    assert not is_in(logs_in(world, idle))
    world.clock.advance(91 * DAY)
    assert not is_in(logs_in(world, used))


def test_a_long_connection_is_use(world: World, alice: Client) -> None:
    token = made(alice)
    world.clock.advance(89 * DAY)
    alice.leave()
    world.clock.advance(89 * DAY)
    world.restart()
    assert is_in(logs_in(world, token))


def test_what_is_over_is_forgotten(world: World, alice: Client) -> None:
    made(alice)
    alice.leave()
    world.clock.advance(91 * DAY)
    world.restart()
    assert not world.hub.part(LoginTokens).of
    assert not world.ledger.version(tokens_key(account(world).id))


def test_nobody_stays_logged_in_where_it_is_switched_off() -> None:
    world = World({"accounts.stay_days": 0})
    alice = world.client("alice", caps=CAP)
    alice.asks(f"REGISTER * * {PASSWORD}")
    assert " TOKENS_DISABLED " in alice.asks("LOGINTOKEN NEW")[0]
    assert any(f"{CAP} " in f"{line} " for line in world.connection().asks("CAP LS 302"))


def test_there_are_not_too_many_and_the_least_used_goes(world: World, alice: Client) -> None:
    tokens = [made(alice)]
    for number in range(MOST):
        world.clock.advance(DAY)
        if number == 1:
            assert is_in(logs_in(world, tokens[0]))
        tokens.append(made(logs_in(world, PASSWORD)))
    assert len(tokens_of(world.hub, account(world).id)) == MOST
    assert is_in(logs_in(world, tokens[0]))
    assert not is_in(logs_in(world, tokens[1]))


def test_names_of_devices_are_limited_and_harmless(world: World, alice: Client) -> None:
    made(alice, "\x02" + "x" * 300)
    (token,) = tokens_of(world.hub, account(world).id)
    assert token.device == "x" * LONGEST_DEVICE


# -- what ends it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["password", "operator", "suspended", "deleted"])
def test_it_ends_with_the_password_and_the_account(world: World, alice: Client, how: str) -> None:
    token, before = made(alice), account(world)
    assert is_in(logs_in(world, token))
    if how == "password":
        alice.asks("NS SET PASSWORD :another one")
    elif how == "operator":
        commit(world, changing(world.hub, before, replace(before, argon2="other")))
    elif how == "suspended":
        commit(world, suspending(world.hub, before, suspended=True))
        commit(world, suspending(world.hub, account(world), suspended=False))
    else:
        commit(world, deleting(world.hub, before))
    assert not world.hub.part(LoginTokens).of
    assert not world.ledger.version(tokens_key(before.id))
    assert not is_in(logs_in(world, token))
    world.restart()
    assert not is_in(logs_in(world, token))


def test_it_is_not_enough_to_take_the_account(world: World, alice: Client) -> None:
    token, certificate = made(alice), "ab" * 32
    thief = logs_in(world, token)
    before = account(world)
    for line in ("SET PASSWORD mine-from-now-on", f"CERT ADD {certificate}"):
        assert "say IDENTIFY, your name and your password" in thief.asks(f"NS {line}")[0]
    assert account(world) == before
    assert "wrong" in thief.asks(f"NS IDENTIFY alice {token}")[0]
    assert "wrong" in thief.asks("NS IDENTIFY alice guessed")[0]
    assert "IDENTIFY" in thief.asks("NS SET PASSWORD mine-from-now-on")[0]
    # Who also knows the password is the owner, and goes on as before.
    assert "You are logged in as alice" in thief.asks(f"NS IDENTIFY alice {PASSWORD}")[0]
    assert "has been changed" in thief.asks("NS SET PASSWORD :another one")[0]
    assert " CREATED " in thief.asks("LOGINTOKEN NEW")[0]
    assert "From now on" in thief.asks(f"NS CERT ADD {certificate}")[0]


def test_the_password_of_another_account_proves_nothing(world: World, alice: Client) -> None:
    bob = world.client("bob", caps=f"sasl {CAP}")
    bob.asks("REGISTER * * something-else")
    thief = logs_in(world, made(alice))
    assert "as whom you are not logged in" in thief.asks("NS IDENTIFY bob something-else")[0]
    assert "IDENTIFY" in thief.asks("NS SET PASSWORD another")[0]


def test_who_came_by_what_is_no_more_gets_no_other(world: World, alice: Client) -> None:
    """Logged out, or with another password: a connection that is still there doesn't make itself a way back."""
    thief, knowing = logs_in(world, made(alice)), logs_in(world, PASSWORD)
    assert " CREATED " in thief.asks("LOGINTOKEN NEW")[0]
    thief.asks("LOGINTOKEN REVOKE *")
    assert " PASSWORD_REQUIRED " in thief.asks("LOGINTOKEN NEW")[0]
    alice.asks("NS SET PASSWORD :another one")
    for client in (thief, knowing):
        assert " PASSWORD_REQUIRED " in client.asks("LOGINTOKEN NEW")[0]
        assert "IDENTIFY" in client.asks("NS SET PASSWORD back-again")[0]
    assert not world.hub.part(LoginTokens).of
    assert " CREATED " in alice.asks("LOGINTOKEN NEW")[0]
    knowing.asks("NS IDENTIFY :another one")
    assert " CREATED " in knowing.asks("LOGINTOKEN NEW")[0]


def test_other_changes_of_the_account_leave_it(world: World, alice: Client) -> None:
    token = made(alice)
    alice.asks(f"NS CERT ADD {'ab' * 32}")
    assert is_in(logs_in(world, token))


def test_who_is_logged_out_is_disconnected_and_stays_out(world: World, alice: Client) -> None:
    token = made(logs_in(world, PASSWORD), "Phone")
    phone, window = logs_in(world, token), logs_in(world, token)
    (listed, _end) = alice.asks("LOGINTOKEN LIST")
    answers = alice.asks(f"LOGINTOKEN REVOKE {listed.split(' ')[3]}")
    assert " REVOKED " in answers[0]
    assert phone.closed
    assert window.closed
    assert phone.received()[-1].endswith("(This device was logged out)")
    assert not alice.closed
    assert not is_in(logs_in(world, token))


def test_a_login_under_way_is_logged_out_as_well(world: World, alice: Client) -> None:
    token = made(logs_in(world, PASSWORD))
    entering = world.connection()
    entering.send("CAP REQ sasl", "AUTHENTICATE PLAIN", f"AUTHENTICATE {plain('alice', token)}")
    assert is_in(entering)
    alice.send("NS SESSIONS LOGOUT OTHERS")
    assert entering.closed


def test_logging_out_others_spares_this_device(world: World, alice: Client) -> None:
    own, other = made(alice), made(logs_in(world, PASSWORD), "Phone")
    window, phone, guest = logs_in(world, own), logs_in(world, other), logs_in(world, PASSWORD)
    alice.send("NS SESSIONS LOGOUT OTHERS")
    assert not window.closed
    assert phone.closed
    assert guest.closed
    assert is_in(logs_in(world, own))
    assert not is_in(logs_in(world, other))


def test_logging_out_one_connection_logs_out_its_device(world: World, alice: Client) -> None:
    token = made(logs_in(world, PASSWORD), "Phone")
    answers = alice.asks("NS SESSIONS")
    assert "2. Phone at 127.0.0.1:" in answers[1]
    alice.send("NS SESSIONS LOGOUT 2")
    assert not is_in(logs_in(world, token))


# -- at the same moment --------------------------------------------------------------------------------------


class Interrupted(MemoryLedger):
    """Something else comes first, once."""

    meanwhile: Entry | None = None

    def append(self, entry: Entry, ticket: object | None = None) -> None:
        first, self.meanwhile = self.meanwhile, None
        if first is not None:
            super().append(first)
        super().append(entry, ticket)


def test_two_devices_ask_at_the_same_moment() -> None:
    world = World(ledger=Interrupted)
    alice = world.client("alice", caps=f"sasl {CAP}")
    alice.asks(f"REGISTER * * {PASSWORD}")
    first = made(alice)
    known = tokens_of(world.hub, account(world).id)
    other = replace(known[0], digest=digest_of("other"))
    event = LoginTokensChanged(account=account(world).id, tokens=(*known, other))
    phone = logs_in(world, PASSWORD)
    assert isinstance(world.ledger, Interrupted)
    puts = (tokens_put(event.account, event.tokens),)
    world.ledger.meanwhile = Entry("server", encode(event), keep=False, puts=puts)
    second = made(phone)
    assert {token.digest for token in tokens_of(world.hub, account(world).id)} == {
        digest_of(first),
        digest_of("other"),
        digest_of(second),
    }


def test_no_token_is_made_for_a_password_that_changes_meanwhile() -> None:
    world = World(ledger=Interrupted)
    alice = world.client("alice", caps=CAP)
    alice.asks(f"REGISTER * * {PASSWORD}")
    change = deleting(world.hub, account(world))
    assert isinstance(world.ledger, Interrupted)
    world.ledger.meanwhile = Entry("server", encode(change.event), keep=False, puts=change.puts)
    alice.send("LOGINTOKEN NEW")
    assert not any("CREATED" in line for line in alice.received())
    assert not world.hub.part(LoginTokens).of


def test_a_fact_is_read_back(world: World, alice: Client) -> None:
    made(alice)
    event = LoginTokensChanged(
        account="1-1", tokens=tokens_of(world.hub, account(world).id), logged_out=("x",)
    )
    assert decode(encode(event)) == event


# -- secrecy -------------------------------------------------------------------------------------------------


def test_no_token_is_kept_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    appended: list[bytes] = []

    class Watched(MemoryLedger):
        def append(self, entry: Entry, ticket: object | None = None) -> None:
            appended.extend([entry.body, entry.text.encode(), *(put.value or b"" for put in entry.puts)])
            super().append(entry, ticket)

    world = World(ledger=Watched)
    start_log(world.hub, show_messages=True, to=caplog.handler)
    caplog.set_level(logging.DEBUG)
    alice = world.client("alice", caps=f"sasl {CAP}")
    alice.asks(f"REGISTER * * {PASSWORD}")
    token = made(alice)
    assert is_in(logs_in(world, token))
    wrong = logs_in(world, token, "bob")
    answers = alice.asks(
        f"LOGINTOKEN REVOKE {token}", f"LOGINTOKEN {token}", f"NS IDENTIFY bob {token}", "LOGINTOKEN LIST"
    )
    assert commands_of(answers)[:2] == ["FAIL", "FAIL"]
    everything = b"\n".join(appended).decode() + caplog.text + "\n".join([*answers, *wrong.received()])
    assert digest_of(token) in everything
    assert token not in everything
    assert token.removeprefix("hubbub_login_") not in everything
