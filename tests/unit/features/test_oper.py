"""OPER, KILL, WALLOPS and REHASH against Modern IRC."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from argon2 import PasswordHasher

import hubbub.features.oper as feature
from hubbub.config import Operator
from hubworld import SERVER, Client, World

HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("open sesame")
ANN = Operator(name="ann", password="sesame")
HAL = Operator(name="hal", password=HASH)
FAR = Operator(name="far", password="away", host="10.*")

WRONG = [f":{SERVER} 464 alice :Password incorrect"]
GRANTED = [f":{SERVER} 381 alice :You are now an IRC operator", f":{SERVER} MODE alice +o"]
NO_HOST = [f":{SERVER} 491 alice :No O-lines for your host"]
NOT_ALLOWED = [f":{SERVER} 481 alice :Permission Denied- You're not an IRC operator"]


def with_operators(*operators: Operator) -> World:
    world = World()
    world.hub.settings = msgspec.structs.replace(world.settings, operators=operators)
    return world


@pytest.fixture
def world() -> World:
    return with_operators(ANN, HAL, FAR)


@pytest.fixture
def oper(world: World) -> Client:
    oper = world.client("oper", rooms="#tea")
    oper.asks("OPER ann sesame")
    return oper


# -- OPER


@pytest.mark.parametrize("command", ["OPER ann sesame", "OPER hal :open sesame"])
def test_the_right_password(world: World, command: str) -> None:
    alice = world.client("alice")
    assert alice.asks(command) == GRANTED
    assert alice.asks("MODE alice") == [f":{SERVER} 221 alice +o"]
    assert alice.asks(command) == GRANTED[:1]


@pytest.mark.parametrize(
    "command",
    [
        "OPER ann wrong",
        "OPER hal wrong",
        f"OPER hal {HASH}",
        "OPER nobody sesame",
        "OPER nobody :",
        "OPER ANN sesame",
        "OPER far wrong",
    ],
)
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(world: World, command: str) -> None:
    alice = world.client("alice")
    assert alice.asks(command) == WRONG
    assert "o" not in alice.session.user.modes


def test_without_any_operator_nobody_becomes_one() -> None:
    alice = with_operators().client("alice")
    assert alice.asks("OPER x :") == WRONG


def test_it_needs_both_parameters(world: World) -> None:
    assert world.client("alice").asks("OPER ann") == [f":{SERVER} 461 alice OPER :Not enough parameters"]


def test_the_wrong_host(world: World) -> None:
    assert world.client("alice").asks("OPER far away") == NO_HOST
    inside = world.client("bob", ip="10.1.2.3")
    assert inside.asks("OPER far away") == [line.replace("alice", "bob") for line in GRANTED]


def test_where_no_operator_may_come_from_no_password_is_checked() -> None:
    checked: list[object] = []
    world = with_operators(FAR)

    async def in_thread(*arguments: Any) -> None:
        checked.append(arguments)

    world.hub.in_thread = in_thread
    assert world.client("alice").asks("OPER far away", "OPER nobody x") == NO_HOST * 2
    assert checked == []


def test_passwords_are_checked_in_a_thread(world: World) -> None:
    called: list[Callable[..., Any]] = []

    async def in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
        called.append(function)
        return function(*arguments)

    world.hub.in_thread = in_thread
    assert world.client("alice").asks("OPER ann sesame") == GRANTED
    assert called == [feature.find_operator]


@pytest.mark.parametrize(
    ("name", "password"), [("ann", "sesame"), ("ann", "wrong"), ("hal", "wrong"), ("nobody", "wrong")]
)
def test_one_hash_is_computed_whatever_the_name(
    monkeypatch: pytest.MonkeyPatch, name: str, password: str
) -> None:
    computed: list[str] = []
    real = feature.password_matches

    def counted(expected: str, given: str) -> bool:
        computed.append(expected)
        return real(expected, given)

    monkeypatch.setattr(feature, "password_matches", counted)
    feature.find_operator([ANN, HAL, FAR], name, password)
    assert computed.count(HASH) == 1


def test_after_five_wrong_tries_the_connection_is_closed(world: World) -> None:
    alice = world.client("alice")
    for _ in range(4):
        assert alice.asks("OPER ann wrong") == WRONG
    assert alice.asks("OPER ann wrong") == [
        *WRONG,
        "ERROR :Closing link: 127.0.0.1 (Too many wrong passwords)",
    ]
    assert alice.closed


def test_nothing_that_was_given_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    alice = world.client("alice")
    alice.send("OPER sesame ann", "OPER ann hunter2", "OPER ann sesame")
    assert "granted" in caplog.text
    assert "refused" in caplog.text
    assert "sesame" not in caplog.text
    assert "hunter2" not in caplog.text


def test_a_labelled_oper_is_one_batch(world: World) -> None:
    alice = world.client("alice", caps="batch labeled-response message-tags")
    assert alice.asks("@label=x OPER ann sesame") == [
        f"@label=x :{SERVER} BATCH +b1 labeled-response",
        *(f"@batch=b1 {line}" for line in GRANTED),
        f":{SERVER} BATCH -b1",
    ]


# -- KILL


def test_kill(world: World, oper: Client) -> None:
    bob, carol = world.client("bob", rooms="#tea"), world.client("carol", rooms="#tea")
    for client in (bob, carol):
        client.received()
    why = "Killed (oper (Enough now))"
    assert oper.asks("KILL BOB :Enough now") == [f":bob!~bob@127.0.0.1 QUIT :{why}"]
    assert bob.received() == [
        ":oper!~oper@127.0.0.1 KILL bob :Enough now",
        f":bob!~bob@127.0.0.1 QUIT :{why}",
        f"ERROR :Closing Link: {SERVER} ({why})",
    ]
    assert bob.closed
    assert carol.received() == [f":bob!~bob@127.0.0.1 QUIT :{why}"]
    world.client("bob")


def test_a_killed_user_who_shares_no_room_is_gone_too(world: World, oper: Client) -> None:
    bob = world.client("bob")
    assert oper.asks("KILL bob :") == []
    assert "Killed (oper (No reason))" in bob.received()[-1]
    assert "bob" not in world.hub.users


def test_operators_may_kill_themselves(oper: Client) -> None:
    oper.send("KILL oper :enough")
    assert oper.closed


def test_only_operators_may(world: World) -> None:
    alice = world.client("alice")
    world.client("bob")
    for command in ("KILL bob :x", "KILL nobody :x", "KILL", "WALLOPS :x", "REHASH"):
        assert alice.asks(command) == NOT_ALLOWED
    assert "bob" in world.hub.users


def test_kill_refusals(oper: Client) -> None:
    assert oper.asks("KILL nobody :x") == [f":{SERVER} 401 oper nobody :No such nick/channel"]
    assert oper.asks(f"KILL {SERVER} :x") == [f":{SERVER} 483 oper :You cant kill a server!"]
    assert oper.asks("KILL bob") == [f":{SERVER} 461 oper KILL :Not enough parameters"]


def test_an_operator_who_gives_it_up_is_none_any_more(world: World, oper: Client) -> None:
    oper.send("MODE oper -o")
    world.client("bob")
    assert [line.split(" ")[1] for line in oper.asks("KILL bob :x")] == ["481"]


def test_nobody_becomes_operator_by_mode(world: World) -> None:
    alice = world.client("alice")
    alice.send("MODE alice +o")
    assert alice.asks("KILL alice :x") == NOT_ALLOWED


# -- WALLOPS and REHASH


def test_wallops_goes_to_all_with_w(world: World, oper: Client) -> None:
    listening, other = world.client("listening"), world.client("other")
    listening.asks("MODE listening +w")
    assert oper.asks("WALLOPS :Down at ten") == []
    assert listening.received() == [":oper!~oper@127.0.0.1 WALLOPS :Down at ten"]
    assert other.received() == []
    assert oper.asks("MODE oper +w", "WALLOPS :Now")[1:] == [":oper!~oper@127.0.0.1 WALLOPS :Now"]


def test_wallops_without_a_text(oper: Client) -> None:
    for command in ("WALLOPS", "WALLOPS :"):
        assert oper.asks(command) == [f":{SERVER} 461 oper WALLOPS :Not enough parameters"]


def test_rehash_tells_what_is_wrong(world: World, oper: Client) -> None:
    assert oper.asks("REHASH") == [f":{SERVER} 382 oper config.toml :Rehashing"]
    world.hub.rehash = lambda: ["limits.nick: too small\r\nQUIT"]
    assert oper.asks("REHASH") == [
        f":{SERVER} 382 oper config.toml :Rehashing",
        f":{SERVER} NOTICE oper :limits.nick: too small QUIT",
    ]


# -- several devices


def account_of_two(world: World) -> tuple[Client, Client]:
    """Somebody who has given OPER, and another device with their password from elsewhere."""
    alice = world.client("alice")
    alice.send("REGISTER * * open-sesame-7", "OPER ann sesame")
    other = world.connection(ip="198.51.100.9")
    other.send("PASS alice:open-sesame-7", "NICK alice", "USER a 0 * :a")
    assert other.session.user is alice.session.user
    alice.received()
    other.received()
    return alice, other


def test_other_devices_are_no_operators(world: World) -> None:
    alice, other = account_of_two(world)
    world.client("bob", rooms="#tea")
    for command in ("KILL bob :x", "WALLOPS :x", "REHASH", "STATS o"):
        assert other.asks(command)[0] == NOT_ALLOWED[0], command
    assert " 442 " in other.asks("TOPIC #tea :mine")[0]
    assert " 442 " not in (alice.asks("TOPIC #tea :mine") or [""])[0]
    assert alice.asks("KILL bob :x") == []
    assert "bob" not in world.hub.users


def test_the_mode_goes_with_the_last_connection_that_has_given_oper(world: World) -> None:
    alice, other = account_of_two(world)
    other.leave()
    assert alice.received() == []
    other = world.connection()
    other.send("PASS alice:open-sesame-7", "NICK alice", "USER a 0 * :a")
    for client in (alice, other):
        client.received()
    alice.leave()
    assert other.received() == [f":{SERVER} MODE alice -o"]
    assert other.session.user is not None
    assert not other.session.user.is_operator
    assert other.asks("OPER ann sesame") == GRANTED


def test_giving_it_up_is_for_all_devices(world: World) -> None:
    alice, other = account_of_two(world)
    other.send("MODE alice -o")
    assert alice.asks("REHASH") == NOT_ALLOWED
    assert other.asks("OPER ann sesame") == GRANTED
    assert alice.asks("REHASH") == NOT_ALLOWED
    # As long as one is one, another only joins it.
    assert alice.asks("OPER ann sesame") == GRANTED[:1]
    assert " 382 " in alice.asks("REHASH")[0]


def test_a_guest_who_becomes_a_device_leaves_it_behind(world: World) -> None:
    account_of_two(world)
    guest = world.client("guest")
    guest.send("OPER ann sesame", "NS IDENTIFY alice open-sesame-7")
    guest.received()
    assert guest.asks("REHASH") == NOT_ALLOWED
