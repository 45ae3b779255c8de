"""Passwords of accounts, in the system's keyring: never in a file of ours, never in clear.

Owns the way to the keyring, which may be missing, locked, or hang: every question is asked in a thread of its own and
given up after a while, and then there is no password. Called by the clients, which ask people instead.
"""

from __future__ import annotations

import asyncio
import importlib
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, TypeVar

_SECONDS = 2.0
_NO_KEYRINGS = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
"""Those that keep nothing, and those that keep passwords in files."""
_OWN_ERRORS = (
    ("keyring.errors", "KeyringError"),
    ("secretstorage.exceptions", "SecretStorageException"),
    ("jeepney.wrappers", "DBusErrorResponse"),
    ("win32ctypes.pywin32.pywintypes", "error"),
)
"""What keyrings raise of their own, beside the usual."""

T = TypeVar("T")


class Keyring(Protocol):
    """What we need of keyring.backend.KeyringBackend."""

    def get_password(self, service: str, username: str, /) -> str | None: ...
    def set_password(self, service: str, username: str, password: str, /) -> None: ...
    def delete_password(self, service: str, username: str, /) -> None: ...


def system_keyring() -> Keyring | None:
    """The one that the system offers, if it keeps passwords safe. Slow: it looks for all there are."""
    import keyring

    found = keyring.get_keyring()
    # One that chains others would, if the first refuses, fall back on one that keeps them in clear.
    chained = getattr(found, "backends", None)
    candidates = list(chained) if isinstance(chained, list | tuple) else [found]
    return next((one for one in candidates if _is_safe(one)), None)


def _is_safe(keyring: object) -> bool:
    kind = type(keyring)
    return not kind.__module__.startswith(_NO_KEYRINGS) and "Plain" not in kind.__name__


class Passwords:
    """`server` is the key of a server in the settings. `open_keyring` is called once, in a thread."""

    def __init__(
        self, open_keyring: Callable[[], Keyring | None] = system_keyring, *, seconds: float = _SECONDS
    ) -> None:
        self._open = open_keyring
        self._seconds = seconds
        self._keyring: Keyring | None = None
        self._is_open = False
        self._turn = asyncio.Lock()
        self._working = threading.Lock()

    async def available(self) -> bool:
        return await self._ask(lambda keyring: True) or False

    async def get(self, server: str, account: str) -> str | None:
        return await self._ask(lambda keyring: keyring.get_password(_service(server), account))

    async def put(self, server: str, account: str, password: str) -> bool:
        """False: it was not kept."""

        def put(keyring: Keyring) -> bool:
            keyring.set_password(_service(server), account, password)
            return True

        return await self._ask(put) or False

    async def forget(self, server: str, account: str) -> bool:
        """False: there was none, or it could not be removed."""

        def forget(keyring: Keyring) -> bool:
            keyring.delete_password(_service(server), account)
            return True

        return await self._ask(forget) or False

    async def _ask(self, question: Callable[[Keyring], T]) -> T | None:
        """None: no keyring, no answer in time, or a refusal."""
        async with self._turn:
            # Still at work, though it is our turn: the question before hangs, and so would this one.
            return None if self._working.locked() else await self._ask_in_thread(question)

    async def _ask_in_thread(self, question: Callable[[Keyring], T]) -> T | None:
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[T | None] = loop.create_future()

        def work() -> None:
            answer = None
            try:
                with self._working:
                    answer = self._answer(question)
            finally:
                # The loop is closed if the client ended meanwhile.
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(_settle, answered, answer)

        # Not the loop's executor: leaving must not wait for a keyring that hangs.
        threading.Thread(target=work, name="keyring", daemon=True).start()
        try:
            return await asyncio.wait_for(answered, self._seconds)
        except TimeoutError:
            return None

    def _answer(self, question: Callable[[Keyring], T]) -> T | None:
        try:
            if not self._is_open:
                self._keyring = self._open()
                self._is_open = True
            return question(self._keyring) if self._keyring is not None else None
        except _errors():
            return None


def _settle(answered: asyncio.Future[T | None], answer: T | None) -> None:
    if not answered.done():
        answered.set_result(answer)


def _service(server: str) -> str:
    return f"hubbub chat: {server}"


def _errors() -> tuple[type[BaseException], ...]:
    """Whatever a keyring may raise; which of them exist depends on the system."""
    usual = (
        OSError,
        RuntimeError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        ImportError,
        NotImplementedError,
    )
    own = []
    for module, name in _OWN_ERRORS:
        with suppress(ImportError, AttributeError):
            own.append(getattr(importlib.import_module(module), name))
    return (*usual, *own)
