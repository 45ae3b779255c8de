"""REGISTER and VERIFY: claiming one's name.  https://ircv3.net/specs/extensions/account-registration

The account takes over the id of the guest who registers, so that what they said, their direct messages and their
rooms stay theirs. No e-mail is needed for anything, and so there is nothing to verify.
"""

from __future__ import annotations

from hubbub.core.accounts import Account, AccountChanged, account_key, account_put, accounts, talk_put
from hubbub.core.attempts import may_send_password, try_to_make_account
from hubbub.core.capability import Capability, capability
from hubbub.core.command import Context, command, run_again
from hubbub.core.credentials import LONGEST, why_unacceptable, with_password
from hubbub.core.invitations import open_code, spent_put
from hubbub.core.ledger import Put
from hubbub.core.login import log_in, tell_logged_in
from hubbub.core.nicks import is_held
from hubbub.core.refusal import Failed
from hubbub.core.registration import is_password_given
from hubbub.core.services import resembles_service
from hubbub.irc.names import fold, is_nick

ACCOUNT_REGISTRATION: Capability = capability("draft/account-registration", "before-connect", shapes=False)


@command("REGISTER", before_registration=True)
async def register(ctx: Context, name: str, email: str, password: str) -> None:
    """REGISTER <name or *> <* or invitation code> <password>: claim the name that you have."""
    wanted = _checked_name(ctx, name)
    _check_password(wanted, password)
    _check_permission(ctx, wanted, email)
    if not try_to_make_account(ctx.session):
        raise Failed(
            "TEMPORARILY_UNAVAILABLE", wanted, "Too many accounts were made from there; try again later"
        )
    identity = ctx.user.id if ctx.session.user else ctx.hub.next_id()
    bare = Account(identity, wanted, ctx.hub.clock())
    account = await ctx.hub.in_thread(with_password, bare, password)
    # Things may have changed while the hash was made.
    if _checked_name(ctx, name) != wanted:
        raise Failed("TEMPORARILY_UNAVAILABLE", wanted, "Your name has changed meanwhile; try again")
    _check_permission(ctx, wanted, email)
    _propose(ctx, account, email)


def _propose(ctx: Context, account: Account, email: str) -> None:
    by_invitation = ctx.hub.settings.accounts.registration == "invitation"
    code = open_code(ctx.hub, email) if by_invitation else ""
    keys = [(account_key(account.name), 0)]
    puts = [account_put(account), *_talk_puts(ctx, account)]
    if code:
        spent = spent_put(code)
        keys.append((spent.key, ctx.hub.ledger.version(spent.key)))
        puts.append(spent)
    ctx.propose(
        AccountChanged(account=account, invitation=code),
        expect=tuple(keys),
        puts=tuple(puts),
        # Only one of those who try at the same moment can have the name, or the code.
        refused=lambda _reason: run_again(ctx, lambda ctx: _refuse(ctx, account, email)),
        applied=lambda: run_again(ctx, lambda ctx: _follow_up(ctx, account)),
    )


def _talk_puts(ctx: Context, account: Account) -> list[Put]:
    """The direct conversations that a guest has had are an account's now, also after a restart."""
    talks = ctx.session.user.correspondents if ctx.session.user else {}
    return [talk_put(account.id, topic, nick) for topic, nick in talks.items()]


def _refuse(ctx: Context, account: Account, email: str) -> None:
    _check_permission(ctx, account.name, email)
    raise Failed("ACCOUNT_EXISTS", account.name, "That name is registered already")


def _follow_up(ctx: Context, account: Account) -> None:
    log_in(ctx, account)
    ctx.reply.line(
        f":{ctx.hub.name} REGISTER SUCCESS {account.name} :The name is yours; log in with your password from now on"
    )
    tell_logged_in(ctx, account)


def _checked_name(ctx: Context, name: str) -> str:
    """The name that can be registered: the nick the client has."""
    session = ctx.session
    nick = session.user.nick if session.user else session.wanted_nick
    if session.account is not None:
        raise Failed("ALREADY_AUTHENTICATED", session.account.name, "You are logged in already")
    if not nick:
        raise Failed("NEED_NICK", "*", "Choose a nick first")
    if name != "*" and fold(name) != fold(nick):
        raise Failed("ACCOUNT_NAME_MUST_BE_NICK", name, "Take the name as your nick first")
    if accounts(ctx.hub).named(nick) is not None:
        raise Failed("ACCOUNT_EXISTS", nick, "That name is registered already")
    if not is_nick(nick, ctx.hub.settings.limits.nick) or resembles_service(nick):
        raise Failed("BAD_ACCOUNT_NAME", nick, "That can't be a name")
    if session.user is None and is_held(ctx.hub, nick):
        raise Failed("ACCOUNT_EXISTS", nick, "Somebody is called so at the moment")
    return nick


def _check_password(name: str, password: str) -> None:
    why = why_unacceptable(name, password)
    if why:
        code = "UNACCEPTABLE_PASSWORD" if len(password.encode()) > LONGEST else "WEAK_PASSWORD"
        raise Failed(code, name, why)


def _check_permission(ctx: Context, name: str, email: str) -> None:
    if ctx.session.user is None and not is_password_given(ctx.session):
        # account-registration, "Server considerations": not a way around the server's password.
        raise Failed("TEMPORARILY_UNAVAILABLE", name, "Give the server's password first, with PASS")
    if not may_send_password(ctx.session):
        raise Failed("TEMPORARILY_UNAVAILABLE", name, "Passwords need TLS here; connect with TLS")
    registration = ctx.hub.settings.accounts.registration
    if registration == "closed":
        raise Failed("TEMPORARILY_UNAVAILABLE", name, "Accounts are made by the operator here; ask them")
    if registration == "invitation" and not open_code(ctx.hub, email):
        raise Failed(
            "UNACCEPTABLE_EMAIL", name, "An invitation code is needed in place of the e-mail address"
        )


@command("VERIFY", before_registration=True)
def verify(ctx: Context, name: str, _code: str) -> None:
    """VERIFY <name> <code>: not needed here, as no registration waits for a code."""
    if ctx.session.account is not None:
        raise Failed("ALREADY_AUTHENTICATED", ctx.session.account.name, "You are logged in already")
    raise Failed("INVALID_CODE", name, "No registration waits for a code here")
