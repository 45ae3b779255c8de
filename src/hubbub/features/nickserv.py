"""NS: an account in the words of old habits, as a command and as messages to NickServ.

There is no specification; the words are those of Anope and Atheme. What has a command of its own is done by that.
Passwords come this way: nothing that was said is repeated, logged or kept.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from hubbub.core.account_changes import changing, deleting, end_session
from hubbub.core.accounts import Account, accounts
from hubbub.core.attempts import may_send_password, try_password, was_right, was_wrong
from hubbub.core.command import Context, command, perform, run_again
from hubbub.core.credentials import why_unacceptable, with_password
from hubbub.core.login import account_of, log_in, tell_logged_in
from hubbub.core.login_tokens import (
    Device,
    LoginToken,
    LoginTokensChanged,
    tokens_as_they_are,
    tokens_of,
    tokens_put,
)
from hubbub.core.nicks import give_nick_back, is_held
from hubbub.core.refusal import Failed, Refused
from hubbub.core.services import have_done, rest_of, tell, words_of
from hubbub.irc.names import fold, skeleton
from hubbub.irc.times import to_timestamp

if TYPE_CHECKING:
    from hubbub.core.account_changes import Change
    from hubbub.core.session import Session

NICKSERV = "NickServ"
MOST_CERTIFICATES = 20
"""Certificates that log in to one account."""
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_ENDINGS = "_-`^|0123456789"
"""What clients put behind a nick that they couldn't have."""
_MEANWHILE = "Your account was changed at the same moment; try again"


class Wrong(Exception):
    """What was asked can't be done; the text is the answer."""


@command("NS", "NICKSERV")
async def ns(ctx: Context, *words: str) -> None:
    """NS <command> …: your name and your account, as messages to NickServ ask for them; NS HELP lists them all."""
    verb, *rest = words_of(words) or ["HELP"]
    act = _VERBS.get(verb.upper())
    try:
        if act is None:
            raise Wrong("I don't know that command; HELP lists those I know")
        outcome = act(ctx, rest)
        if outcome is not None:
            await outcome
    except Wrong as wrong:
        _tell(ctx, str(wrong))
    except (Refused, Failed) as refusal:
        _tell(ctx, refusal.params[-1])


def _tell(ctx: Context, text: str) -> None:
    tell(ctx, NICKSERV, text)


# -- coming in -----------------------------------------------------------------------------------------------


async def _register(ctx: Context, words: list[str]) -> None:
    """REGISTER <password> [invitation code]: claim the name that you have."""
    if not words:
        raise Wrong("Say REGISTER and a password")
    if len(words) > 2:
        raise Wrong("Take a password without spaces; SET PASSWORD can change it into one with spaces")
    # An invitation code stands where others take an e-mail address.
    password, code = words[0], words[1] if len(words) > 1 else "*"
    await have_done(ctx, NICKSERV, "REGISTER", "*", code, password)


async def _identify(ctx: Context, words: list[str]) -> None:
    """IDENTIFY [name] <password>: log in; who is logged in without the password proves who they are."""
    if not words:
        raise Wrong("Say IDENTIFY, your name and your password")
    before = ctx.session.account
    if before is not None and not ctx.session.part(Device).must_prove:
        raise Wrong(f"You are logged in as {before.name} already")
    name = words[0] if len(words) > 1 else _own_name(ctx)
    account = await _proven(ctx, name, rest_of(ctx.message.params, 2) or words[0])
    if before is not None:
        _has_proven(ctx, account)
        return
    if ctx.session.account is not None:
        return
    log_in(ctx, account)
    tell_logged_in(ctx, account)
    _tell(ctx, f"You are logged in as {account.name}")


def _has_proven(ctx: Context, account: Account) -> None:
    """Somebody who was logged in has given a password as well."""
    if account.id != _own(ctx).id:
        raise Wrong(f"That is the password of {account.name}, as whom you are not logged in")
    ctx.session.part(Device).must_prove = False
    _tell(ctx, f"You are logged in as {account.name}")


def _own_name(ctx: Context) -> str:
    """The account that somebody means who says no name: the nick, without what a client has put behind it."""
    if ctx.session.account is not None:
        return ctx.session.account.name
    nick = ctx.user.nick
    return nick if accounts(ctx.hub).named(nick) is not None else nick.rstrip(_ENDINGS) or nick


async def _proven(ctx: Context, name: str, password: str) -> Account:
    """The account whose password was given."""
    _check_encrypted(ctx)
    if not try_password(ctx.session, name):
        raise Wrong("Too many wrong passwords; try again later")
    account = await account_of(ctx.hub, name, password)
    if account is None:
        was_wrong(ctx.session, name)
        raise Wrong("The name or the password is wrong")
    was_right(ctx.session, name)
    return account


def _check_encrypted(ctx: Context) -> None:
    if not may_send_password(ctx.session):
        raise Wrong("Passwords need TLS here; connect with TLS, and take another password than this one")


def _logout(ctx: Context, _words: list[str]) -> None:
    """LOGOUT: how to leave your account."""
    _own(ctx)
    _tell(ctx, "A connection belongs to your account until it ends: QUIT, and come back without logging in")
    _tell(ctx, "SESSIONS lists where you are logged in, and SESSIONS LOGOUT ends that")


# -- the nick ------------------------------------------------------------------------------------------------


async def _regain(ctx: Context, words: list[str]) -> None:
    """REGAIN [name] [password]: be called by your name again."""
    account = await _owner(ctx, words)
    if account is None:
        return
    if ctx.user.nick == account.name:
        raise Wrong(f"You are called {account.name} already")
    perform(ctx.reply, "NICK", account.name)


async def _ghost(ctx: Context, words: list[str]) -> None:
    """GHOST [name] [password]: free your name from whoever has it (also RELEASE)."""
    account = await _owner(ctx, words)
    if account is None:
        return
    if skeleton(ctx.user.nick) == skeleton(account.name) or not is_held(ctx.hub, account.name):
        _tell(ctx, f"Nobody else has your name; NICK {account.name} takes it")
        return
    give_nick_back(ctx, account.name)
    _tell(ctx, f"Your name is free: NICK {account.name} takes it")


async def _owner(ctx: Context, words: list[str]) -> Account | None:
    """Whose name is asked for; None if they have been logged in only now."""
    if ctx.session.account is None and len(words) > 1:
        await _identify(ctx, words)
        _tell(ctx, f"NICK {words[0]} takes your name, whoever has it")
        return None
    account = _own(ctx)
    if words and skeleton(words[0]) != skeleton(account.name):
        raise Wrong("That name isn't yours")
    return account


# -- the account ---------------------------------------------------------------------------------------------


def _own(ctx: Context) -> Account:
    """The account of who asks, as it is now."""
    known = ctx.session.account
    account = accounts(ctx.hub).by_id.get(known.id) if known is not None else None
    if account is None:
        raise Wrong("You are not logged in; say IDENTIFY, your name and your password")
    return account


def _check_proven(ctx: Context) -> None:
    """Whoever has got hold of a device that stays logged in must not get the account by it."""
    if ctx.session.part(Device).must_prove:
        raise Wrong(
            "You are logged in without the password that you have now; say IDENTIFY, your name and your password, "
            "and then this again"
        )


def _info(ctx: Context, words: list[str]) -> None:
    """INFO [name]: what is known of a name."""
    account = accounts(ctx.hub).named(words[0]) if words else _own(ctx)
    if account is None:
        raise Wrong("That name isn't registered")
    _tell(ctx, f"{account.name} is registered since {to_timestamp(account.created_ms)}")
    known = ctx.session.account
    if known is None or known.id != account.id:
        return
    _tell(ctx, f"Certificates that log in to it: {len(account.fingerprints)} (CERT LIST)")
    _tell(ctx, f"Connections that are you: {len(ctx.user.sessions)} (SESSIONS)")


async def _set(ctx: Context, words: list[str]) -> None:
    """SET PASSWORD <new password>: change your password."""
    if len(words) < 2 or words[0].upper() != "PASSWORD":
        raise Wrong("Say SET PASSWORD and the new one; there is nothing else to set")
    account, password = _own(ctx), rest_of(ctx.message.params, 2)
    _check_encrypted(ctx)
    _check_proven(ctx)
    why = why_unacceptable(account.name, password)
    if why:
        raise Wrong(why)
    fresh = await ctx.hub.in_thread(with_password, account, password)
    # It may have been changed while the hash was made.
    today = _own(ctx)
    _check_proven(ctx)
    after = replace(today, argon2=fresh.argon2, scram=fresh.scram)
    _propose(ctx, changing(ctx.hub, today, after), "Your password has been changed")


def _propose(ctx: Context, change: Change, done: str) -> None:
    ctx.propose(
        change.event,
        expect=change.expect,
        puts=change.puts,
        refused=lambda _reason: _tell(ctx, _MEANWHILE),
        applied=lambda: _tell(ctx, done),
    )


async def _drop(ctx: Context, words: list[str]) -> None:
    """DROP <password>: delete your account, for good."""
    if not words:
        raise Wrong("DROP and your password deletes your account, for good; what you have said stays")
    account = await _proven(ctx, _own(ctx).name, rest_of(ctx.message.params, 1))
    _tell(ctx, f"The account {account.name} is deleted, and you are disconnected; what you have said stays")
    change = deleting(ctx.hub, account)
    ctx.propose(
        change.event,
        expect=change.expect,
        puts=change.puts,
        refused=lambda _reason: _tell(ctx, _MEANWHILE),
    )


# -- certificates --------------------------------------------------------------------------------------------


def _cert(ctx: Context, words: list[str]) -> None:
    """CERT ADD [fingerprint] | DEL <fingerprint> | LIST: TLS certificates that log in to your account (EXTERNAL)."""
    account = _own(ctx)
    verb, *rest = words or ["LIST"]
    act = {"ADD": _add_certificate, "DEL": _remove_certificate, "LIST": _list_certificates}.get(verb.upper())
    if act is None:
        raise Wrong("Say CERT ADD, CERT DEL or CERT LIST")
    act(ctx, account, rest)


def _add_certificate(ctx: Context, account: Account, words: list[str]) -> None:
    _check_proven(ctx)
    fingerprint = _fingerprint(words[0]) if words else ctx.session.fingerprint
    if not fingerprint:
        raise Wrong("This connection has shown no certificate; say CERT ADD and a SHA-256 fingerprint")
    if fingerprint in account.fingerprints:
        raise Wrong("That certificate logs in to your account already")
    if fingerprint in accounts(ctx.hub).by_fingerprint:
        raise Wrong("That certificate logs in to another account")
    if len(account.fingerprints) >= MOST_CERTIFICATES:
        raise Wrong(f"An account may have {MOST_CERTIFICATES} certificates")
    after = replace(account, fingerprints=(*account.fingerprints, fingerprint))
    _propose(ctx, changing(ctx.hub, account, after), f"From now on {fingerprint} logs in to your account")


def _remove_certificate(ctx: Context, account: Account, words: list[str]) -> None:
    fingerprint = _fingerprint(words[0]) if words else ""
    if fingerprint not in account.fingerprints:
        raise Wrong("Your account has no such certificate; CERT LIST shows them")
    after = replace(account, fingerprints=tuple(each for each in account.fingerprints if each != fingerprint))
    _propose(ctx, changing(ctx.hub, account, after), f"{fingerprint} logs in no more")


def _list_certificates(ctx: Context, account: Account, _words: list[str]) -> None:
    for fingerprint in account.fingerprints:
        this = " (this connection's)" if fingerprint == ctx.session.fingerprint else ""
        _tell(ctx, f"{fingerprint}{this}")
    _tell(ctx, f"Certificates that log in to your account: {len(account.fingerprints)}")


def _fingerprint(text: str) -> str:
    """As OpenSSL and clients write it, with colons or without."""
    found = fold(text).replace(":", "")
    if not _FINGERPRINT.fullmatch(found):
        raise Wrong("A fingerprint is the SHA-256 of a certificate: 64 digits and letters from a to f")
    return found


# -- connections ---------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """Where somebody is logged in: a connection, a device that stays logged in without one, or both."""

    session: Session | None
    token: LoginToken | None


def _sessions(ctx: Context, words: list[str]) -> None:
    """SESSIONS [LOGOUT <number> | LOGOUT OTHERS]: where you are logged in, and ending that."""
    account = _own(ctx)
    if not words:
        _list_places(ctx, account)
        return
    if words[0].upper() != "LOGOUT" or len(words) < 2:
        raise Wrong("Say SESSIONS LOGOUT and a number, or OTHERS")
    _log_out(ctx, account, _meant(ctx, account, words[1]))


def _places(ctx: Context, account: Account) -> list[Place]:
    """The connections in the order in which they came, then the devices that have none now."""
    known = {token.digest: token for token in tokens_of(ctx.hub, account.id)}
    here = [Place(session, known.get(session.part(Device).digest)) for session in ctx.user.sessions]
    seen = {place.token for place in here}
    return [*here, *(Place(None, token) for token in known.values() if token not in seen)]


def _list_places(ctx: Context, account: Account) -> None:
    for number, place in enumerate(_places(ctx, account), 1):
        this = " (this one)" if place.session is ctx.session else ""
        _tell(ctx, f"{number}. {_described(place)}{this}")


def _described(place: Place) -> str:
    session, token = place
    device = (token.device or "A device") if token is not None else ""
    if session is not None:
        at = f"{device} at {session.peer_address}" if device else session.peer_address
        return f"{at} since {to_timestamp(session.since_ms)}"
    assert token is not None
    return f"{device}, stays logged in, last used {to_timestamp(token.used_ms)}"


def _meant(ctx: Context, account: Account, which: str) -> list[Place]:
    places, own = _places(ctx, account), ctx.session.part(Device).digest
    if which.upper() == "OTHERS":
        # Another window of this very device is none of the others.
        return [
            place
            for place in places
            if place.session is not ctx.session and not (place.token and place.token.digest == own)
        ]
    if not (which.isascii() and which.isdigit() and 0 < int(which[:6]) <= len(places)):
        raise Wrong("SESSIONS lists where you are logged in, with numbers")
    return [places[int(which[:6]) - 1]]


def _log_out(ctx: Context, account: Account, places: list[Place]) -> None:
    sessions = [place.session for place in places if place.session is not None]
    for session in sessions:
        end_session(session, "Logged out from another connection")
    gone = {place.token.digest for place in places if place.token is not None}
    if gone:
        _forget_devices(ctx, account, gone, len(sessions))
    else:
        _tell(ctx, f"Connections ended: {len(sessions)}")


def _forget_devices(ctx: Context, account: Account, gone: set[str], ended: int) -> None:
    tokens = tuple(token for token in tokens_of(ctx.hub, account.id) if token.digest not in gone)
    ctx.propose(
        LoginTokensChanged(account=account.id, tokens=tokens, logged_out=tuple(sorted(gone))),
        expect=(tokens_as_they_are(ctx.hub, account.id),),
        puts=(tokens_put(account.id, tokens),),
        # One was used at the same moment, say.
        refused=lambda _reason: run_again(ctx, lambda ctx: _forget_devices(ctx, account, gone, ended)),
        applied=lambda: _tell(ctx, f"Connections ended: {ended}; devices logged out: {len(gone)}"),
    )


def _help(ctx: Context, _words: list[str]) -> None:
    """HELP: this list."""
    for act in dict.fromkeys(_VERBS.values()):
        _tell(ctx, (act.__doc__ or "").rstrip("."))


_VERBS: dict[str, Callable[[Context, list[str]], Awaitable[None] | None]] = {
    "REGISTER": _register,
    "IDENTIFY": _identify,
    "LOGIN": _identify,
    "ID": _identify,
    "LOGOUT": _logout,
    "GHOST": _ghost,
    "RELEASE": _ghost,
    "REGAIN": _regain,
    "RECOVER": _regain,
    "INFO": _info,
    "SET": _set,
    "CERT": _cert,
    "SESSIONS": _sessions,
    "DROP": _drop,
    "HELP": _help,
}
