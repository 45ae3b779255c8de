"""REGISTER: what conversations can't show.  https://ircv3.net/specs/extensions/account-registration"""

from __future__ import annotations

import pytest

from hubbub.core.accounts import accounts
from hubbub.core.invitations import Invitations, invite
from hubworld import World, commands_of

CODE = "correct-horse-battery-staple"


def test_an_account_outlives_a_restart(world: World) -> None:
    world.client("alice").send("REGISTER * * open-sesame")
    world.restart()
    guest = world.connection()
    assert commands_of(guest.asks("NICK alice")) == ["433"]
    owner = world.connection()
    owner.send("PASS alice:open-sesame", "NICK alice", "USER a 0 * :a")
    assert owner.session.user is not None
    assert owner.session.user.account == "alice"


def test_an_invitation_is_good_for_one(world: World) -> None:
    world = World({"accounts.registration": "invitation"})
    invite(world.hub, CODE)
    world.restart()
    alice, bob = world.client("alice"), world.client("bob")
    assert commands_of(alice.asks(f"REGISTER * {CODE} open-sesame")) == ["REGISTER", "900"]
    assert "UNACCEPTABLE_EMAIL" in bob.asks(f"REGISTER * {CODE} open-sesame")[0]
    world.restart()
    assert world.hub.part(Invitations).open == set()


def test_an_invitation_used_up_while_the_hash_was_made_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World({"accounts.registration": "invitation"})
    invite(world.hub, CODE)
    alice = world.client("alice")

    async def in_thread(work: object, *_args: object) -> None:
        world.hub.part(Invitations).open.clear()

    monkeypatch.setattr(world.hub, "in_thread", in_thread)
    assert "UNACCEPTABLE_EMAIL" in alice.asks(f"REGISTER * {CODE} open-sesame")[0]
    assert accounts(world.hub).by_id == {}


@pytest.mark.parametrize(
    ("password", "code"),
    [("x" * 601, "UNACCEPTABLE_PASSWORD"), ("PASSWORD", "WEAK_PASSWORD"), (":", "WEAK_PASSWORD")],
)
def test_passwords_that_are_refused(password: str, code: str) -> None:
    world = World({"limits.line": 1024})
    assert f"FAIL REGISTER {code} alice :" in world.client("alice").asks(f"REGISTER * * {password}")[0]


@pytest.mark.parametrize("password", ["🐎🔋", "a\x07b", "pass:word", "x" * 400])
def test_any_other_password_will_do(world: World, password: str) -> None:
    """ "Passwords are opaque byte strings" """
    world.client("alice").send(f"REGISTER * * :{password}", "QUIT")
    owner = world.connection()
    owner.send(f"PASS :alice:{password}", "NICK alice", "USER a 0 * :a")
    assert owner.session.account is not None


def test_a_name_that_somebody_has_at_the_moment_is_not_registered_beside_them(world: World) -> None:
    world.client("alice")
    other = world.connection()
    other.send("CAP LS 302", "NICK аlice")
    other.received()
    assert commands_of(other.asks("REGISTER * * open-sesame")) == ["FAIL"]
    assert accounts(world.hub).by_id == {}


def test_accounts_from_one_address_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hubbub.core.attempts.REGISTRATIONS", 2)
    world = World()
    for number in range(2):
        world.client(f"a{number}", ip="192.0.2.1").send("REGISTER * * open-sesame")
    refused = world.client("a2", ip="192.0.2.1").asks("REGISTER * * open-sesame")
    assert "FAIL REGISTER TEMPORARILY_UNAVAILABLE a2" in refused[0]
    assert commands_of(world.client("b", ip="192.0.2.2").asks("REGISTER * * open-sesame"))[0] == "REGISTER"
    world.clock.advance(301)
    assert commands_of(world.client("c", ip="192.0.2.1").asks("REGISTER * * open-sesame"))[0] == "REGISTER"


def test_the_account_is_the_guest_who_has_made_it(world: World) -> None:
    """What they said, their rooms and their rights stay theirs."""
    alice = world.client("alice", rooms="#tea")
    user = alice.session.user
    assert user is not None
    before = user.id
    alice.send("REGISTER * * open-sesame")
    assert (user.id, user.account, world.hub.users_by_id[before]) == (before, "alice", user)
    assert world.hub.channels["#tea"].holds(user, "o")


def test_account_required_is_announced() -> None:
    """draft/ACCOUNTREQUIRED: "the connection to the server cannot be completed unless the clients authenticates" """
    world = World({"accounts.guests": "none"})
    client = world.connection()
    lines = client.asks("NICK alice", "REGISTER * * open-sesame", "USER alice 0 * :alice")
    assert any(" draft/ACCOUNTREQUIRED " in line for line in lines if " 005 " in line)
    assert not any("ACCOUNTREQUIRED" in line for line in World().client("bob").asks("VERSION"))
