"""Passwords that the settings hold."""

from __future__ import annotations


def password_matches(expected: str, given: str) -> bool:
    """Whether `given` is the password that the settings hold in clear or as an argon2 hash."""
    candidate = given.encode(errors="surrogatepass")
    if not expected.startswith("$argon2"):
        from hmac import compare_digest

        return compare_digest(expected.encode(), candidate)
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(expected, candidate)
    except (VerificationError, InvalidHashError):
        return False
