"""Passwords: making and checking what is kept of them. Slow on purpose: call it beside the loop (Hub.in_thread)."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from hubbub.core.accounts import Account, Verifier
from hubbub.irc.names import fold, skeleton

if TYPE_CHECKING:
    from argon2 import PasswordHasher
    from scramp import ScramMechanism
    from scramp.core import ScramServer

LONGEST = 600
"""Bytes of a password."""
WEAK = frozenset({"password", "12345678", "123456789", "qwertyui", "qwertyuiop", "11111111", "iloveyou"})
ITERATIONS = 4096
"""RFC 7677, section 4, asks for at least as many; argon2id is what protects a stolen file."""
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$ICAkf6M6xsk7CAwiafslzw$rOgRAoeO5m2exNDMxsZCQlvNGIDlPZiPvV0QL5tPAqo"
"""A hash of nobody's password, so that an unknown account takes as long as a known one."""


# Both libraries take a while to import, and most runs of the server begin without anybody logging in.
@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    # OWASP's parameters for argon2id: 19 MiB, two passes.
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _scram() -> ScramMechanism:
    from scramp import ScramMechanism

    return ScramMechanism("SCRAM-SHA-256")


def why_unacceptable(name: str, password: str) -> str:
    """Why something can't be the password of an account; "" if it can."""
    if len(password.encode()) > LONGEST:
        return f"A password may have {LONGEST} bytes"
    if not password or fold(password) in WEAK or fold(password) == fold(name):
        return "Everybody would try that password; take another"
    return ""


def with_password(account: Account, password: str) -> Account:
    """The account with a new password."""
    return replace(account, argon2=_hasher().hash(password), scram=_verifier(password))


def _verifier(password: str) -> Verifier | None:
    """None for a password that SCRAM's form of text has no place for, such as an emoji; PLAIN takes any."""
    from scramp import ScramException

    try:
        return Verifier(*_scram().make_auth_info(password, iteration_count=ITERATIONS))
    except ScramException:
        return None


def is_password_of(account: Account | None, password: str) -> bool:
    """Whether it is; for no account (or one without password) it takes as long and says no."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        right = _hasher().verify(account.argon2 if account and account.argon2 else NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return right and account is not None and bool(account.argon2)


def is_fingerprint_of(account: Account, fingerprint: str) -> bool:
    """Whether a certificate logs in to an account."""
    return any(hmac.compare_digest(known, fingerprint) for known in account.fingerprints)


@cache
def _decoys() -> bytes:
    return secrets.token_bytes(32)


def decoy(name: str) -> Verifier:
    """The verifier of nobody's password: an exchange with it goes on as with an account's, and fails at the end."""
    salt, stored_key, server_key = (
        hmac.digest(_decoys(), f"{kind} {skeleton(name)}".encode(), "sha256")
        for kind in ("salt", "stored", "server")
    )
    return Verifier(salt, stored_key, server_key, ITERATIONS)


def scram_server(find: Callable[[str], Verifier]) -> ScramServer:
    """The server's side of one SCRAM-SHA-256 exchange; `find` gives the verifier of a name, or raises."""

    def secret(name: str) -> tuple[bytes, bytes, bytes, int]:
        verifier = find(name)
        return verifier.salt, verifier.stored_key, verifier.server_key, verifier.iterations

    return _scram().make_server(secret)
