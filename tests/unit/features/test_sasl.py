"""AUTHENTICATE: what conversations can't show.  https://ircv3.net/specs/extensions/sasl-3.2"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Coroutine, Generator
from typing import Any

import pytest
from msgspec.structs import replace
from scramp import ScramClient

from hubbub.core import credentials, login
from hubbub.core.accounts import Account, AccountChanged, account_put, accounts
from hubbub.core.attempts import OWN_UNDER_WAY, Attempts
from hubbub.core.credentials import with_password
from hubworld import Client, World, commands_of

PASSWORD = "open-sesame"
PUBLIC = "203.0.113.9"
NUL = "\0"


def make(world: World, name: str, password: str = PASSWORD, **changes: object) -> Account:
    """An account as the operator makes it."""
    bare = Account(world.hub.next_id(), name, world.clock())
    account = replace(with_password(bare, password), **changes)
    world.hub.propose(AccountChanged(account=account), puts=(account_put(account),))
    return account


def connection(world: World, *, ip: str = "127.0.0.1", secure: bool = False) -> Client:
    client = world.connection(ip=ip, secure=secure)
    client.asks("CAP REQ :sasl")
    return client


def plain(client: Client, name: str, password: str) -> list[str]:
    """The answer to a login with PLAIN."""
    text = b64encode(f"\0{name}\0{password}".encode()).decode()
    chunks = [text[start : start + 400] for start in range(0, len(text), 400)]
    client.asks("AUTHENTICATE PLAIN")
    return client.asks(
        *[f"AUTHENTICATE {chunk}" for chunk in (chunks if len(text) % 400 else [*chunks, "+"])]
    )


def scram(client: Client, name: str, password: str) -> list[str]:
    """The answer to a login with SCRAM-SHA-256: the last one, or the refusal."""
    proof = ScramClient(["SCRAM-SHA-256"], name, password)
    client.asks("AUTHENTICATE SCRAM-SHA-256")

    def exchange(text: str) -> list[str]:
        return client.asks(f"AUTHENTICATE {b64encode(text.encode()).decode() or '+'}")

    (first,) = exchange(proof.get_client_first())
    proof.set_server_first(b64decode(first.split(" ")[1]).decode())
    answer = exchange(proof.get_client_final())
    if not answer[0].startswith("AUTHENTICATE "):
        return answer
    proof.set_server_final(b64decode(answer[0].split(" ")[1]).decode())
    return exchange("")


def test_scram(world: World) -> None:
    """sasl-3.1: "If the mechanism finishes with the server sending a non-empty challenge, clients MUST still
    send an empty response"; the library has checked the server's own proof by then."""
    make(world, "alice")
    client = connection(world)
    assert commands_of(scram(client, "alice", PASSWORD)) == ["900", "903"]
    assert client.session.account is not None
    assert client.session.account.name == "alice"


@pytest.mark.parametrize(("name", "password"), [("alice", "shut-sesame"), ("nobody", PASSWORD)])
def test_scram_fails_at_the_end_for_a_wrong_password_and_for_nobody(
    world: World, name: str, password: str
) -> None:
    make(world, "alice")
    client = connection(world)
    assert commands_of(scram(client, name, password)) == ["904"]
    assert client.session.account is None
    assert commands_of(scram(client, "alice", PASSWORD)) == ["900", "903"]


def test_nobodys_salt_stays_the_same(world: World) -> None:
    """Otherwise asking twice tells that there is no such account."""
    assert credentials.decoy("nobody") == credentials.decoy("nobody")
    assert credentials.decoy("nobody").salt != credentials.decoy("somebody").salt
    assert credentials.decoy("nobody") == credentials.decoy("NOBODY")


@pytest.mark.parametrize(
    "text", ["", "n", "n,,", "n,,n=alice", "y,,r=x", "p=tls-unique,,n=alice,r=abc", "\0"]
)
def test_a_scram_message_that_is_none_is_refused(world: World, text: str) -> None:
    make(world, "alice")
    client = connection(world)
    client.asks("AUTHENTICATE SCRAM-SHA-256")
    answer = client.asks(f"AUTHENTICATE {b64encode(text.encode()).decode() or '+'}")
    assert commands_of(answer) == ["904"]


def test_a_proof_counts_for_the_account_as_it_is_when_it_ends(world: World) -> None:
    account = make(world, "alice")
    client = connection(world)
    proof = ScramClient(["SCRAM-SHA-256"], "alice", PASSWORD)
    client.asks("AUTHENTICATE SCRAM-SHA-256")
    (first,) = client.asks(f"AUTHENTICATE {b64encode(proof.get_client_first().encode()).decode()}")
    proof.set_server_first(b64decode(first.split(" ")[1]).decode())
    client.asks(f"AUTHENTICATE {b64encode(proof.get_client_final().encode()).decode()}")
    changed = with_password(account, "another-sesame")
    world.hub.propose(AccountChanged(account=changed), puts=(account_put(changed),))
    assert commands_of(client.asks("AUTHENTICATE +")) == ["904"]


@pytest.mark.parametrize("length", [283, 291, 292, 293, 600])
def test_long_passwords_come_in_chunks(world: World, length: int) -> None:
    """sasl-3.1: "split to 400-byte chunks"; with 292 the response ends with a full one."""
    password = ("pässwörd" * 100).encode()[:length].decode(errors="replace")[: length // 2] + "x" * length
    password = password.encode()[:length].decode(errors="ignore")
    make(world, "alice", password)
    assert commands_of(plain(connection(world), "alice", password)) == ["900", "903"]
    assert commands_of(plain(connection(world), "alice", password[:-1])) == ["904"]


def test_a_password_that_is_too_long_is_not_even_hashed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login, "is_password_of", None)
    assert commands_of(plain(connection(world), "alice", "x" * 601)) == ["904"]


def test_bytes_that_are_no_text_are_refused(world: World) -> None:
    client = connection(world)
    client.asks("AUTHENTICATE PLAIN")
    text = b64encode(b"\0alice\0\xff\xfe").decode()
    assert commands_of(client.asks(f"AUTHENTICATE {text}")) == ["904"]


def test_an_unknown_account_is_as_much_work(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    make(world, "alice")
    asked = []

    def verify(account: Account | None, password: str) -> bool:
        asked.append(account and account.name)
        return credentials.is_password_of(account, password)

    monkeypatch.setattr(login, "is_password_of", verify)
    assert plain(connection(world), "alice", "wrong")[0] == plain(connection(world), "nobody", "wrong")[0]
    assert asked == ["alice", None]


def test_a_suspended_account_is_told_so_with_the_right_password_only(world: World) -> None:
    """902 "is sent when the SASL authentication fails because the account is currently locked out, held" """
    make(world, "alice", suspended=True)
    client = connection(world)
    assert commands_of(plain(client, "alice", PASSWORD)) == ["902"]
    assert commands_of(scram(client, "alice", PASSWORD)) == ["902"]
    assert commands_of(plain(client, "alice", "wrong")) == ["904"]
    assert client.session.account is None


def test_an_account_that_goes_before_registration_lets_nobody_in(world: World) -> None:
    account = make(world, "alice")
    client = connection(world)
    plain(client, "alice", PASSWORD)
    suspended = replace(account, suspended=True)
    world.hub.propose(AccountChanged(account=suspended), puts=(account_put(suspended),))
    assert client.closed


def test_passwords_dont_travel_in_the_clear_from_outside() -> None:
    world = World(is_local=lambda ip: ip != PUBLIC)
    make(world, "alice")
    outside = connection(world, ip=PUBLIC)
    assert commands_of(outside.asks("AUTHENTICATE PLAIN")) == ["904"]
    assert "TLS" in connection(world, ip=PUBLIC).asks("AUTHENTICATE PLAIN")[0]
    assert commands_of(scram(outside, "alice", PASSWORD)) == ["900", "903"]
    assert commands_of(plain(connection(world, ip=PUBLIC, secure=True), "alice", PASSWORD)) == ["900", "903"]
    by_pass = world.connection(ip=PUBLIC)
    assert commands_of(by_pass.asks(f"PASS alice:{PASSWORD}", "NICK alice", "USER a 0 * :a")) == ["433"]
    guest = world.client("bob", ip=PUBLIC)
    assert "REGISTER TEMPORARILY_UNAVAILABLE" in guest.asks(f"REGISTER * * {PASSWORD}")[0]


def test_the_operator_may_allow_it() -> None:
    world = World({"accounts.plaintext_passwords": True}, is_local=lambda _ip: False)
    make(world, "alice")
    assert commands_of(plain(connection(world, ip=PUBLIC), "alice", PASSWORD)) == ["900", "903"]


def test_an_account_can_be_tried_only_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """From everywhere together more often than from one address, so that nobody keeps the owner out so easily."""
    monkeypatch.setattr("hubbub.core.attempts.EVERYWHERE", 2)
    world = World({"accounts.tries": 3})
    make(world, "alice")
    for number in range(6):
        elsewhere = connection(world, ip=f"192.0.2.{number}")
        assert commands_of(plain(elsewhere, "alice", "wrong")) == ["904"]
    elsewhere = connection(world, ip="192.0.2.9")
    assert "Too many" in plain(elsewhere, "ALICE", PASSWORD)[0]
    assert "Too many" in scram_begun(elsewhere, "alice")[0]
    by_pass = world.connection(ip="192.0.2.10")
    by_pass.send(f"PASS alice:{PASSWORD}")
    assert by_pass.session.account is None
    world.clock.advance(301)
    assert commands_of(plain(elsewhere, "alice", PASSWORD)) == ["900", "903"]


def scram_begun(client: Client, name: str) -> list[str]:
    client.asks("AUTHENTICATE SCRAM-SHA-256")
    text = ScramClient(["SCRAM-SHA-256"], name, PASSWORD).get_client_first()
    return client.asks(f"AUTHENTICATE {b64encode(text.encode()).decode()}")


@pytest.mark.parametrize(("one", "other"), [("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::ffff:2")])
def test_an_address_can_try_only_so_often(one: str, other: str) -> None:
    world = World({"accounts.tries": 3})
    make(world, "alice")
    for number in range(3):
        assert commands_of(plain(connection(world, ip=one), f"somebody{number}", "wrong")) == ["904"]
    assert "Too many" in plain(connection(world, ip=other), "alice", PASSWORD)[0]
    assert commands_of(plain(connection(world, ip="2001:db8:1::1"), "alice", PASSWORD)) == ["900", "903"]


def test_right_passwords_dont_count() -> None:
    world = World({"accounts.tries": 2})
    make(world, "alice")
    for _ in range(4):
        assert commands_of(plain(connection(world), "alice", PASSWORD)) == ["900", "903"]
        assert commands_of(scram(connection(world), "alice", PASSWORD)) == ["900", "903"]


def test_tries_are_counted_before_the_password_is_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one is being hashed others must not get in."""
    counted = []

    def verify(_account: Account | None, _password: str) -> bool:
        counted.append(sum(map(len, world.hub.part(Attempts).under_way.values())))
        return False

    monkeypatch.setattr(login, "is_password_of", verify)
    plain(connection(world), "alice", "wrong")
    assert counted == [3]
    assert world.hub.part(Attempts).under_way == {}


def test_what_is_remembered_of_tries_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hubbub.core.attempts.REMEMBERED", 5)
    world = World({"accounts.tries": 100})
    monkeypatch.setattr(login, "is_password_of", lambda _account, _password: False)
    for number in range(10):
        plain(connection(world), f"{'x' * 300}{number}", "wrong")
        plain(connection(world), f"somebody{number}", "wrong")
    times = world.hub.part(Attempts).times
    assert len(times) == 5
    assert max(map(len, times)) < 100


def test_a_certificate_is_a_proof(world: World) -> None:
    """RFC 4422, appendix A; an authorization identity must be the account's name."""
    make(world, "alice", fingerprints=("ab" * 32,))
    make(world, "bob")
    for response, answer in (("+", ["900", "903"]), ("YWxpY2U=", ["900", "903"]), ("Ym9i", ["904"])):
        client = connection(world)
        client.session.fingerprint = "ab" * 32
        client.asks("AUTHENTICATE EXTERNAL")
        assert commands_of(client.asks(f"AUTHENTICATE {response}")) == answer
    stranger = connection(world)
    stranger.session.fingerprint = "cd" * 32
    stranger.asks("AUTHENTICATE EXTERNAL")
    assert commands_of(stranger.asks("AUTHENTICATE +")) == ["904"]


def test_no_secret_is_ever_in_the_log(world: World) -> None:
    make(world, "alice")
    plain(connection(world), "alice", PASSWORD)
    account = accounts(world.hub).named("alice")
    assert account is not None
    assert PASSWORD not in repr(account)


def test_whoever_fails_elsewhere_keeps_nobody_out() -> None:
    world = World({"accounts.tries": 3})
    make(world, "alice")
    for _ in range(4):
        plain(connection(world, ip="192.0.2.1"), "alice", "wrong")
    assert "Too many" in plain(connection(world, ip="192.0.2.1"), "alice", PASSWORD)[0]
    assert commands_of(plain(connection(world, ip="192.0.2.2"), "alice", PASSWORD)) == ["900", "903"]


class Thread:
    """Passwords are looked at when the test says so."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.begun: list[Coroutine[Any, Any, None]] = []
        world.hub.in_thread = self.later
        world.hub.spawn = self.begin

    def begin(self, coroutine: Coroutine[Any, Any, None]) -> None:
        try:
            coroutine.send(None)
        except StopIteration:
            return
        self.begun.append(coroutine)

    async def later(self, work: Callable[..., Any], *args: Any) -> Any:
        await _Turn()
        return work(*args)

    def go_on(self) -> None:
        for coroutine in self.begun:
            with pytest.raises(StopIteration):
                coroutine.send(None)


class _Turn:
    def __await__(self) -> Generator[None]:
        yield


def begin(client: Client, password: str) -> None:
    client.asks("AUTHENTICATE PLAIN")
    client.send(f"AUTHENTICATE {b64encode(f'{NUL}alice{NUL}{password}'.encode()).decode()}")


def test_right_logins_that_come_at_once_all_get_in() -> None:
    world = World({"accounts.tries": 10})
    make(world, "alice")
    thread = Thread(world)
    clients = [connection(world) for _ in range(30)]
    for client in clients:
        begin(client, PASSWORD)
    thread.go_on()
    assert {commands_of(client.received())[-1] for client in clients} == {"903"}


def test_tries_that_come_at_once_have_a_bound_and_count_when_they_were_wrong() -> None:
    world = World({"accounts.tries": 2})
    account = make(world, "alice")
    thread = Thread(world)
    clients = [connection(world) for _ in range(12)]
    for client in clients:
        begin(client, "wrong")
    assert len(thread.begun) == 2 * OWN_UNDER_WAY
    thread.go_on()
    assert "Too many" in plain(connection(world), account.name, PASSWORD)[0]


def test_nobodys_verifier_looks_like_an_accounts(world: World) -> None:
    """Its salt is as long, and one for all names that are one account's."""
    salts = []
    make(world, "alice")
    for name in ("alice", "nobody", "NOBODY"):
        (line,) = scram_begun(connection(world), name)
        first = b64decode(line.split(" ")[1]).decode()
        salts.append(b64decode(first.split(",s=")[1].split(",")[0]))
    assert len(salts[0]) == len(salts[1])
    assert salts[1] == salts[2]
