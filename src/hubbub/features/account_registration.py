"""REGISTER and VERIFY: claiming one's name.  https://ircv3.net/specs/extensions/account-registration

The account takes over the id of the guest who registers, so that what they said, their direct messages and their
rooms stay theirs. No e-mail is needed for anything, and so there is nothing to verify.
"""

from __future__ import annotations

from hubbub.core.accounts import Account, AccountChanged, account_key, account_put, accounts
from hubbub.core.capability import Capability, capability
from hubbub.core.command import Context, command
from hubbub.core.credentials import LONGEST, with_password
from hubbub.core.invitations import open_code, spent_put
from hubbub.core.login import log_in, may_send_password, tell_logged_in
from hubbub.core.refusal import Failed
from hubbub.irc.names import fold, is_nick

WEAK = frozenset({"password", "12345678", "123456789", "qwertyui", "qwertyuiop", "11111111", "iloveyou"})
SHORTEST = 1

ACCOUNT_REGISTRATION: Capability = capability("draft/account-registration", "before-connect", shapes=False)


@command("REGISTER", before_registration=True)
async def register(ctx: Context, name: str, email: str, password: str) -> None:
    """REGISTER <name or *> <* or invitation code> <password>: claim the name that you have."""
    wanted = _checked_name(ctx, name)
    _check_password(wanted, password)
    _check_permission(ctx, wanted, email)
    identity = ctx.user.id if ctx.session.user else ctx.hub.next_id()
    bare = Account(identity, wanted, ctx.hub.clock())
    account = await ctx.hub.in_thread(with_password, bare, password)
    # Things may have changed while the hash was made.
    if _checked_name(ctx, name) != wanted:
        raise Failed("TEMPORARILY_UNAVAILABLE", wanted, "Your name has changed meanwhile; try again")
    code = open_code(ctx.hub, email) if ctx.hub.settings.accounts.registration == "invitation" else ""
    ctx.propose(
        AccountChanged(account=account, invitation=code),
        expect=((account_key(wanted), 0),),
        puts=(account_put(account), *((spent_put(code),) if code else ())),
        refused=lambda _reason: ctx.reply.fail("REGISTER", "ACCOUNT_EXISTS", wanted, "That name is registered"),
    )
    _follow_up(ctx, account)


def _follow_up(ctx: Context, account: Account) -> None:
    """Log in; said now, as the two facts and the answer leave together or, in the rarest race, not at all."""
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
    if not is_nick(nick, ctx.hub.settings.limits.nick):
        raise Failed("BAD_ACCOUNT_NAME", nick, "That can't be a name")
    if session.user is None and fold(nick) in ctx.hub.users:
        raise Failed("ACCOUNT_EXISTS", nick, "Somebody is called so at the moment")
    return nick


def _check_password(name: str, password: str) -> None:
    if len(password.encode()) > LONGEST:
        raise Failed("UNACCEPTABLE_PASSWORD", name, f"A password may have {LONGEST} bytes")
    if len(password) < SHORTEST or fold(password) in WEAK or fold(password) == fold(name):
        raise Failed("WEAK_PASSWORD", name, "Everybody would try that password; take another")


def _check_permission(ctx: Context, name: str, email: str) -> None:
    if not may_send_password(ctx.session):
        raise Failed("TEMPORARILY_UNAVAILABLE", name, "Passwords need TLS here; connect with TLS")
    registration = ctx.hub.settings.accounts.registration
    if registration == "closed":
        raise Failed("TEMPORARILY_UNAVAILABLE", name, "Accounts are made by the operator here; ask them")
    if registration == "invitation" and not open_code(ctx.hub, email):
        raise Failed("UNACCEPTABLE_EMAIL", name, "An invitation code is needed in place of the e-mail address")


@command("VERIFY", before_registration=True)
def verify(ctx: Context, name: str, _code: str) -> None:
    """VERIFY <name> <code>: not needed here, as no registration waits for a code."""
    if ctx.session.account is not None:
        raise Failed("ALREADY_AUTHENTICATED", ctx.session.account.name, "You are logged in already")
    raise Failed("INVALID_CODE", name, "No registration waits for a code here")
