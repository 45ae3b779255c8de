"""The way to the keyring: safe ones only, and none that hangs stops the client."""

from __future__ import annotations

import asyncio
import threading

import keyring
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.errors import KeyringLocked, PasswordDeleteError

from hubbub.client.passwords import Keyring, Passwords, system_keyring


class InMemory:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise PasswordDeleteError
        del self.kept[service, username]


def test_a_password_is_kept_for_one_account_on_one_server() -> None:
    async def run() -> None:
        passwords = Passwords(InMemory)
        assert await passwords.available()
        assert await passwords.get("home", "alice") is None
        assert await passwords.put("home", "alice", "sesame")
        assert await passwords.get("home", "alice") == "sesame"
        assert await passwords.get("work", "alice") is None
        assert await passwords.forget("home", "alice")
        assert not await passwords.forget("home", "alice")

    asyncio.run(run())


def test_questions_at_the_same_time_are_all_answered() -> None:
    async def run() -> None:
        passwords = Passwords(InMemory)
        await passwords.put("home", "alice", "sesame")
        assert await asyncio.gather(*(passwords.get("home", "alice") for _ in range(5))) == ["sesame"] * 5

    asyncio.run(run())


def test_without_a_keyring_there_are_no_passwords() -> None:
    async def run() -> None:
        passwords = Passwords(lambda: None)
        assert not await passwords.available()
        assert not await passwords.put("home", "alice", "sesame")
        assert await passwords.get("home", "alice") is None

    asyncio.run(run())


@pytest.mark.parametrize("error", [KeyringLocked(), OSError("no bus"), RuntimeError("no daemon")])
def test_a_keyring_that_refuses_counts_as_none(error: Exception) -> None:
    def refuse() -> Keyring:
        raise error

    async def run() -> None:
        assert not await Passwords(refuse).available()

    asyncio.run(run())


def test_a_keyring_that_hangs_is_given_up_and_not_asked_again_until_it_answers() -> None:
    released, opened = threading.Event(), threading.Event()
    calls: list[int] = []

    def hang() -> Keyring:
        calls.append(1)
        released.wait(20)
        opened.set()
        return InMemory()

    async def run() -> None:
        passwords = Passwords(hang, seconds=0.05)
        assert await passwords.get("home", "alice") is None
        assert await passwords.get("home", "alice") is None
        assert len(calls) == 1
        released.set()
        await asyncio.to_thread(opened.wait, 20)
        async with asyncio.timeout(20):
            while not await passwords.available():
                pass
        assert len(calls) == 1

    asyncio.run(run())


def test_backends_that_keep_nothing_or_keep_it_in_clear_count_as_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class PlaintextKeyring(InMemory):
        pass

    for backend in (keyring.backends.fail.Keyring(), keyring.backends.null.Keyring(), PlaintextKeyring()):
        monkeypatch.setattr(keyring, "get_keyring", lambda found=backend: found)
        assert system_keyring() is None


def test_of_chained_keyrings_the_first_safe_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    class PlaintextKeyring(InMemory):
        pass

    safe = InMemory()

    class Chain:
        backends = (PlaintextKeyring(), safe)

    monkeypatch.setattr(keyring, "get_keyring", Chain)
    assert system_keyring() is safe
