"""LOGINTOKEN: staying logged in without keeping a password.  docs/specs/login-token.md

A device that has logged in asks for a token, and gives it in the password's place when it comes again (SASL PLAIN).
Whom a token logs in, and when it is over, is core.login_tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.accounts import Account, accounts
from hubbub.core.attempts import may_send_password
from hubbub.core.capability import capability
from hubbub.core.command import Context, command, run_again, unknown_command
from hubbub.core.login_tokens import (
    LONGEST_DEVICE,
    MOST,
    Device,
    LoginToken,
    LoginTokensChanged,
    account_as_it_is,
    digest_of,
    expires_ms,
    new_token,
    tokens_as_they_are,
    tokens_of,
    tokens_put,
)
from hubbub.core.refusal import Failed
from hubbub.core.vendor import VENDOR
from hubbub.irc.text import plain
from hubbub.irc.times import to_timestamp

if TYPE_CHECKING:
    from hubbub.config import Settings

COMMAND = "LOGINTOKEN"
THIS = "*"
"""Stands for the token of this very connection."""


def _days(settings: Settings) -> str:
    days = settings.accounts.stay_days
    return f"days={days}" if days else ""


LOGIN_TOKEN = capability(f"{VENDOR}login-token", _days, shapes=False)


@command("LOGINTOKEN", cost=3)
def logintoken(ctx: Context, what: str, which: str = "") -> None:
    """LOGINTOKEN NEW [<device>]: ask for a token to log in with instead of the password (needs login-token).

    <device> is what you call this device. LOGINTOKEN LIST shows those that have one, LOGINTOKEN REVOKE <id> logs
    one out; * in place of <id> is this one.
    """
    if not ctx.session.has(LOGIN_TOKEN):
        raise unknown_command(ctx.session, COMMAND)
    account = _own(ctx)
    if what.upper() == "NEW":
        _make(ctx, account, plain(which).strip()[:LONGEST_DEVICE].strip())
    elif what.upper() == "LIST":
        _list(ctx, account)
    elif what.upper() == "REVOKE":
        _revoke(ctx, account, which)
    else:
        raise Failed("INVALID_PARAMS", "Say NEW, LIST or REVOKE")


def _own(ctx: Context) -> Account:
    known = ctx.session.account
    account = accounts(ctx.hub).by_id.get(known.id) if known is not None else None
    if account is None:
        raise Failed("ACCOUNT_REQUIRED", "Log in first, or claim your name")
    return account


def _make(ctx: Context, account: Account, device: str) -> None:
    hub, now = ctx.hub, ctx.hub.clock()
    if not hub.settings.accounts.stay_days:
        raise Failed("TOKENS_DISABLED", "This server gives no login tokens; log in with your password")
    if not may_send_password(ctx.session):
        raise Failed("TLS_REQUIRED", "Login tokens are given by TLS only; connect with TLS")
    secret = new_token()
    token = LoginToken(digest=digest_of(secret), made_ms=now, used_ms=now, device=device)
    own, known = ctx.session.part(Device).digest, tokens_of(hub, account.id)
    others = [each for each in known if each.digest != own]
    if ctx.session.leaving is not None or (ctx.session.part(Device).must_prove and len(others) == len(known)):
        # What it came by is no more: it was logged out, or the password is another one.
        raise Failed("PASSWORD_REQUIRED", "Tell NickServ IDENTIFY, your name and your password first")
    while len(others) >= MOST:
        others.remove(min(others, key=lambda each: each.used_ms))
    tokens = (*others, token)

    def made() -> None:
        ctx.session.part(Device).digest = token.digest
        _say(ctx, "CREATED", token.id, to_timestamp(expires_ms(hub, token)), secret)

    ctx.propose(
        LoginTokensChanged(account=account.id, tokens=tokens),
        expect=(account_as_it_is(hub, account), tokens_as_they_are(hub, account.id)),
        puts=(tokens_put(account.id, tokens),),
        applied=made,
        refused=lambda _reason: run_again(ctx, lambda ctx: _make(ctx, _own(ctx), device)),
    )


def _list(ctx: Context, account: Account) -> None:
    own, known = ctx.session.part(Device).digest, tokens_of(ctx.hub, account.id)
    used = {session.part(Device).digest for session in ctx.user.sessions}
    for token in known:
        where = "this" if token.digest == own else "here" if token.digest in used else "away"
        times = (to_timestamp(each) for each in (token.made_ms, token.used_ms, expires_ms(ctx.hub, token)))
        _say(ctx, "DEVICE", token.id, where, *times, f":{token.device}")
    _say(ctx, "END", str(len(known)))


def _revoke(ctx: Context, account: Account, which: str) -> None:
    hub, known = ctx.hub, tokens_of(ctx.hub, account.id)
    wanted = ctx.session.part(Device).digest[:8] if which == THIS else which.lower()
    gone = [token for token in known if token.id == wanted]
    if not gone:
        # What was given may be a token, and isn't repeated.
        raise Failed("NO_SUCH_TOKEN", "There is no such token of yours; LIST shows them")
    tokens = tuple(token for token in known if token not in gone)
    ctx.propose(
        LoginTokensChanged(
            account=account.id, tokens=tokens, logged_out=tuple(token.digest for token in gone)
        ),
        expect=(tokens_as_they_are(hub, account.id),),
        puts=(tokens_put(account.id, tokens),),
        applied=lambda: _say(ctx, "REVOKED", gone[0].id),
        refused=lambda _reason: run_again(ctx, lambda ctx: _revoke(ctx, _own(ctx), which)),
    )


def _say(ctx: Context, word: str, *params: str) -> None:
    ctx.reply.line(f":{ctx.hub.name} {COMMAND} {word} {' '.join(params)}")
