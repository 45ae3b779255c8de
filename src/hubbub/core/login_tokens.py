"""Login tokens: what a device keeps instead of a password to stay logged in.  docs/specs/login-token.md

Owns the record of a token, the registry of this node, and whom a token logs in. Only a token's hash is kept, so that
neither the data folder nor a backup of it has one that works. All tokens of an account are one key of the state: of two
changes at the same moment the second is refused, and looks again. Called by SASL, LOGINTOKEN and NickServ.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import b32encode
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from hubbub.core.account_changes import end_session
from hubbub.core.accounts import (
    BELONGINGS,
    FORGETTING,
    PASSWORD_CHANGES,
    RELYING,
    Account,
    account_key,
    accounts,
    restores_of_account,
)
from hubbub.core.delivery import NOBODY, Audience
from hubbub.core.event import Event
from hubbub.core.hub import ENDINGS, RESTORED
from hubbub.core.ledger import Put

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.session import Session

PREFIX = "hubbub_login_"
"""By it a token is known for what it is, where it was pasted or committed by mistake."""
TOKEN_BYTES = 20
TOKEN = re.compile(rf"{PREFIX}[a-z2-7]{{32}}")
MOST = 20
"""Tokens of one account; for one more, that which was not used for longest goes."""
LONGEST_DEVICE = 64
"""Characters of the name of a device."""
DAY_MS = 86_400_000
USED_AGAIN_MS = 600_000
"""When a token was used last is known to within ten minutes: not every login of a bad line is worth a commit."""
LOGGED_OUT = "This device was logged out"


class LoginToken(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is kept of a token."""

    digest: str
    """SHA-256 of the token, lower-case hex."""
    made_ms: int
    used_ms: int
    device: str = ""
    """What its owner calls the device that has it."""

    @property
    def id(self) -> str:
        """The name by which it is listed and revoked, which logs nobody in."""
        return self.digest[:8]


class LoginTokens:
    """All tokens, by account id."""

    def __init__(self) -> None:
        self.of: dict[str, tuple[LoginToken, ...]] = {}


class Device:
    """What a connection has shown of itself."""

    digest = ""
    """The token that it has logged in by, or was given; "" for none."""
    must_prove = False
    """It came by a token, or others have changed the password since: it decides over the account only after it has
    given the password."""


def new_token() -> str:
    return PREFIX + b32encode(secrets.token_bytes(TOKEN_BYTES)).decode().lower()


def digest_of(token: str) -> str:
    """As good as one-way for what is random and as long as this, and quick."""
    return hashlib.sha256(token.encode()).hexdigest()


def tokens_key(account_id: str) -> str:
    return f"login-tokens/{account_id}"


# -- what a token is good for --------------------------------------------------------------------------------


def expires_ms(hub: Hub, token: LoginToken) -> int:
    """When it is over if it isn't used before; at once where nobody stays logged in."""
    return token.used_ms + hub.settings.accounts.stay_days * DAY_MS


def tokens_of(hub: Hub, account_id: str) -> tuple[LoginToken, ...]:
    """Those of an account that are not over, the oldest first."""
    now = hub.clock()
    known = hub.part(LoginTokens).of.get(account_id, ())
    return tuple(token for token in known if now < expires_ms(hub, token))


def account_by_token(hub: Hub, name: str, password: str) -> tuple[Account, LoginToken] | None:
    """The account of this name, and the token of it that was given in a password's place."""
    if not TOKEN.fullmatch(password):
        return None
    account, digest = accounts(hub).named(name), digest_of(password)
    found = None
    for token in tokens_of(hub, account.id) if account is not None else ():
        if hmac.compare_digest(token.digest, digest):
            found = token
    return (account, found) if account is not None and found is not None else None


def came_by(session: Session, account: Account, token: LoginToken) -> None:
    """A connection has logged in by a token: it is that device's, and the token is good for longer."""
    session.part(Device).digest = token.digest
    session.part(Device).must_prove = True
    _use(session.hub, account.id, token.digest)


def _use(hub: Hub, account_id: str, digest: str) -> None:
    """Note that a token is in use. Who is second at that moment need not: it is noted then."""
    now, known = hub.clock(), tokens_of(hub, account_id)
    if not any(token.digest == digest and now - token.used_ms >= USED_AGAIN_MS for token in known):
        return
    used = tuple(replace(token, used_ms=now) if token.digest == digest else token for token in known)
    hub.propose(
        LoginTokensChanged(account=account_id, tokens=used),
        expect=(tokens_as_they_are(hub, account_id),),
        puts=(tokens_put(account_id, used),),
    )


@ENDINGS.append
def _was_in_use(hub: Hub, session: Session) -> None:
    """Somebody who was connected for months has used the token all the time."""
    digest = session.part(Device).digest
    if digest and session.account is not None:
        _use(hub, session.account.id, digest)


# -- changing them -------------------------------------------------------------------------------------------


def tokens_as_they_are(hub: Hub, account_id: str) -> tuple[str, int]:
    """The expectation that no token of an account has come, gone or been used meanwhile."""
    key = tokens_key(account_id)
    return key, hub.ledger.version(key)


def account_as_it_is(hub: Hub, account: Account) -> tuple[str, int]:
    """The expectation that neither its password nor its standing has changed."""
    key = account_key(account.name)
    return key, hub.ledger.version(key)


def tokens_put(account_id: str, tokens: tuple[LoginToken, ...]) -> Put:
    return Put(tokens_key(account_id), msgspec.json.encode(tokens) if tokens else None)


class LoginTokensChanged(Event, frozen=True):
    """The tokens of an account are these now."""

    account: str
    tokens: tuple[LoginToken, ...] = ()
    logged_out: tuple[str, ...] = ()
    """Digests of tokens that are no more, and whose connections end with them, but for the one that asked."""

    def apply(self, hub: Hub) -> Audience:
        _keep(hub, self.account, self.tokens)
        for session in list(hub.sessions) if self.logged_out else ():
            if session is not hub.origin and session.part(Device).digest in self.logged_out:
                end_session(session, LOGGED_OUT)
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None


def _keep(hub: Hub, account_id: str, tokens: tuple[LoginToken, ...]) -> None:
    known = hub.part(LoginTokens).of
    if tokens:
        known[account_id] = tokens
    else:
        known.pop(account_id, None)


# -- with the account ----------------------------------------------------------------------------------------


def _key_of(_hub: Hub, account_id: str) -> Iterable[str]:
    # Also where there is none yet: one may be on its way.
    return (tokens_key(account_id),)


def _forget(hub: Hub, account_id: str) -> None:
    _keep(hub, account_id, ())


def _doubt(hub: Hub, account_id: str) -> None:
    """Who has another password sends away those who know the old one, and they must not get a token meanwhile."""
    for session in hub.sessions:
        if session is not hub.origin and session.account is not None and session.account.id == account_id:
            session.part(Device).must_prove = True


RELYING.append(_key_of)
BELONGINGS.append(_key_of)
PASSWORD_CHANGES.extend((_forget, _doubt))
FORGETTING.append(_forget)


@restores_of_account("login-tokens")
def _restore(hub: Hub, account_id: str, value: bytes) -> None:
    _keep(hub, account_id, msgspec.json.decode(value, type=tuple[LoginToken, ...]))


@RESTORED.append
def _sweep(hub: Hub) -> None:
    """Forget what is over."""
    for account_id, known in list(hub.part(LoginTokens).of.items()):
        alive = tokens_of(hub, account_id)
        if len(alive) < len(known) and hub.settings.accounts.stay_days:
            hub.propose(
                LoginTokensChanged(account=account_id, tokens=alive),
                expect=(tokens_as_they_are(hub, account_id),),
                puts=(tokens_put(account_id, alive),),
            )
