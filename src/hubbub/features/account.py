"""Accounts in ISUPPORT and for those who only watch.

The account of somebody is part of their JOIN (extended-join), of a tag (account-tag) and of ACCOUNT lines
(account-notify, in core.login); this file adds what a client is told beforehand.
https://ircv3.net/specs/extensions/account-registration, "ISUPPORT token"
"""

from __future__ import annotations

from hubbub.core.capability import isupport
from hubbub.core.command import Context
from hubbub.core.registration import GATES

isupport("draft/ACCOUNTREQUIRED", lambda settings: settings.accounts.guests == "none")


@GATES.append
def _has_account(ctx: Context) -> bool:
    if ctx.hub.settings.accounts.guests != "none" or ctx.session.account is not None:
        return True
    ctx.reply.fail("*", "ACCOUNT_REQUIRED", "You need an account here: log in with SASL, or REGISTER first")
    ctx.session.send(f"ERROR :Closing link: {ctx.session.host} (An account is required)")
    ctx.hub.disconnect(ctx.session, "An account is required")
    return False
