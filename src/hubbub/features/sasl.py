"""SASL: logging in with AUTHENTICATE.  https://ircv3.net/specs/extensions/sasl-3.2

PLAIN (RFC 4616; a login token may stand in the password's place), SCRAM-SHA-256 (RFC 5802, RFC 7677) and EXTERNAL
(RFC 4422, appendix A: the TLS client certificate).
Also after registration, where a guest becomes an account.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from hubbub.core.accounts import Account, Verifier, accounts
from hubbub.core.attempts import may_send_password, try_password, was_right, was_wrong
from hubbub.core.capability import capability
from hubbub.core.command import Context, command
from hubbub.core.credentials import LONGEST, decoy, is_fingerprint_of, scram_server
from hubbub.core.hub import WELCOMES
from hubbub.core.login import account_of, log_in, tell_logged_in
from hubbub.core.login_tokens import account_by_token, came_by
from hubbub.core.refusal import Refused, need_more_params
from hubbub.irc import numerics

if TYPE_CHECKING:
    from hubbub.core.reply import Reply
    from hubbub.core.session import Session

CHUNK = 400
"""Base64 characters in one AUTHENTICATE; a full chunk is followed by another."""
LONGEST_RESPONSE = 4 * (LONGEST + 400)
"""Base64 characters of a whole response."""


class Exchange:
    """A login under way on one connection."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.mechanism = ""
        self.received = ""
        self.name = ""
        self.scram: Any = None
        self.scram_is_done = False
        self.account: Account | None = None


class Rejected(Exception):
    """The proof was not good; the client is answered with 904."""


def mechanisms(session: Session) -> str:
    """What a client can log in with: EXTERNAL only with a certificate, PLAIN only where passwords may be sent."""
    offered = {
        "PLAIN": may_send_password(session),
        "SCRAM-SHA-256": True,
        "EXTERNAL": bool(session.fingerprint),
    }
    return ",".join(name for name, works in offered.items() if works)


SASL = capability("sasl", "PLAIN,SCRAM-SHA-256,EXTERNAL", shapes=False, offers=mechanisms)


@command("AUTHENTICATE", before_registration=True)
async def authenticate(ctx: Context, data: str) -> None:
    """AUTHENTICATE <mechanism> | <base64> | *: log in (PLAIN, SCRAM-SHA-256 or EXTERNAL)."""
    session = ctx.session
    exchange = session.part(Exchange)
    if not data:
        raise need_more_params("AUTHENTICATE")
    if not session.has(SASL):
        raise Refused(numerics.ERR_SASLFAIL, "Ask for the sasl capability first")
    if session.account is not None:
        raise Refused(numerics.ERR_SASLALREADY, "You have already authenticated")
    if data == "*":
        exchange.reset()
        raise Refused(numerics.ERR_SASLABORTED, "SASL authentication aborted")
    if not exchange.mechanism:
        _begin(ctx, exchange, data.upper())
        return
    await _go_on(ctx, exchange, data)


def _begin(ctx: Context, exchange: Exchange, mechanism: str) -> None:
    if mechanism not in _MECHANISMS:
        ctx.numeric(numerics.RPL_SASLMECHS, mechanisms(ctx.session), "are available SASL mechanisms")
        raise Refused(numerics.ERR_SASLFAIL, "SASL authentication failed")
    if mechanism == "PLAIN" and not may_send_password(ctx.session):
        raise Refused(
            numerics.ERR_SASLFAIL, "Passwords need TLS here; connect with TLS, or use SCRAM-SHA-256"
        )
    exchange.mechanism = mechanism
    ctx.reply.line("AUTHENTICATE +")


async def _go_on(ctx: Context, exchange: Exchange, data: str) -> None:
    if len(data) > CHUNK or len(exchange.received) + len(data) > LONGEST_RESPONSE:
        exchange.reset()
        raise Refused(numerics.ERR_SASLTOOLONG, "SASL message too long")
    exchange.received += "" if data == "+" else data
    if len(data) == CHUNK:
        return
    received, exchange.received = exchange.received, ""
    try:
        response = b64decode(received, validate=True)
        await _MECHANISMS[exchange.mechanism](ctx, exchange, response)
    except (Rejected, BadBase64, UnicodeDecodeError):
        if exchange.name:
            was_wrong(ctx.session, exchange.name)
        exchange.reset()
        raise Refused(numerics.ERR_SASLFAIL, "SASL authentication failed") from None
    except Refused:
        exchange.reset()
        raise


def _check_tries(ctx: Context, exchange: Exchange, name: str) -> None:
    if not try_password(ctx.session, name):
        raise Refused(numerics.ERR_SASLFAIL, "Too many wrong passwords; try again later")
    exchange.name = name


async def _plain(ctx: Context, exchange: Exchange, response: bytes) -> None:
    """RFC 4616: authorization identity NUL authentication identity NUL password."""
    parts = response.split(b"\0")
    if len(parts) != 3 or len(parts[2]) > LONGEST:
        raise Rejected
    authorization, name, password = (part.decode() for part in parts)
    _check_tries(ctx, exchange, name)
    by_token = account_by_token(ctx.hub, name, password)
    account = by_token[0] if by_token else await account_of(ctx.hub, name, password)
    if account is None or authorization not in {"", name}:
        raise Rejected
    _succeed(ctx, exchange, account)
    if by_token:
        came_by(ctx.session, *by_token)


async def _external(ctx: Context, exchange: Exchange, response: bytes) -> None:
    """RFC 4422, appendix A: the certificate is the proof; the response may name the account."""
    fingerprint = ctx.session.fingerprint
    account = accounts(ctx.hub).by_fingerprint.get(fingerprint) if fingerprint else None
    name = response.decode()
    if account is None or not is_fingerprint_of(account, fingerprint):
        raise Rejected
    if name and accounts(ctx.hub).named(name) is not account:
        raise Rejected
    _succeed(ctx, exchange, account)


async def _scram(ctx: Context, exchange: Exchange, response: bytes) -> None:
    """RFC 5802, section 3: client-first, server-first, client-final, server-final, an empty response."""
    if exchange.scram_is_done:
        proven = exchange.account
        account = accounts(ctx.hub).by_id.get(proven.id) if proven else None
        if response or proven is None or account is None or account.scram != proven.scram:
            raise Rejected
        _succeed(ctx, exchange, account)
        return
    try:
        answer = _scram_step(ctx, exchange, response.decode())
    except Exception as error:
        # The library tells every kind of wrong message by an exception of some kind, and wraps ours in its own.
        if isinstance(error.__cause__, Refused):
            raise error.__cause__ from error
        raise Rejected from error
    _send(ctx.reply, answer.encode())


def _scram_step(ctx: Context, exchange: Exchange, text: str) -> str:
    if exchange.scram is None:

        def find(name: str) -> Verifier:
            _check_tries(ctx, exchange, name)
            account = accounts(ctx.hub).named(name)
            if account is None or account.scram is None:
                return decoy(name)
            exchange.account = account
            return account.scram

        exchange.scram = scram_server(find)
        exchange.scram.set_client_first(text)
        return str(exchange.scram.get_server_first())
    exchange.scram.set_client_final(text)
    exchange.scram_is_done = True
    return str(exchange.scram.get_server_final())


def _send(reply: Reply, data: bytes) -> None:
    encoded = b64encode(data).decode()
    for start in range(0, len(encoded), CHUNK):
        reply.line(f"AUTHENTICATE {encoded[start : start + CHUNK]}")
    if len(encoded) % CHUNK == 0:
        reply.line("AUTHENTICATE +")


def _succeed(ctx: Context, exchange: Exchange, account: Account) -> None:
    if exchange.name:
        was_right(ctx.session, exchange.name)
    exchange.reset()
    log_in(ctx, account)
    tell_logged_in(ctx, account)
    ctx.numeric(numerics.RPL_SASLSUCCESS, "SASL authentication successful")


@WELCOMES.append
def _abandon(reply: Reply) -> None:
    """sasl-3.1: registration ends an exchange under way."""
    exchange = reply.session.part(Exchange)
    if exchange.mechanism:
        exchange.reset()
        reply.numeric(numerics.ERR_SASLABORTED, "SASL authentication aborted")


_MECHANISMS: dict[str, Callable[[Context, Exchange, bytes], Awaitable[None]]] = {
    "PLAIN": _plain,
    "SCRAM-SHA-256": _scram,
    "EXTERNAL": _external,
}
