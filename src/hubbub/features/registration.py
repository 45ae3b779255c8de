"""Coming in and going out: PASS, NICK, USER, PING, PONG, QUIT, ERROR and the welcome.

Modern IRC, "Connection Messages".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hubbub.config import password_matches
from hubbub.core.attempts import may_send_password, try_password, was_right, was_wrong
from hubbub.core.capability import isupport
from hubbub.core.command import Context, command, perform
from hubbub.core.hub import VERSION
from hubbub.core.invite_links import is_admitted
from hubbub.core.login import account_of, log_in, tell_logged_in
from hubbub.core.modes import CHANNEL_MODES, USER_MODES
from hubbub.core.nicks import give_nick_back, may_become_theirs, rename, why_taken
from hubbub.core.refusal import Refused, need_more_params
from hubbub.core.registration import BURSTS, GATES, WELCOMES, is_password_given, try_to_register
from hubbub.core.reply import middle, send_isupport
from hubbub.irc import numerics
from hubbub.irc.names import is_nick
from hubbub.irc.text import clip
from hubbub.irc.times import to_timestamp

if TYPE_CHECKING:
    from hubbub.core.reply import Reply

isupport("NICKLEN", lambda settings: settings.limits.nick)
isupport("MAXNICKLEN", lambda settings: settings.limits.nick)
isupport("USERLEN", lambda settings: settings.limits.user)
isupport("HOSTLEN", 64)
isupport("CASEMAPPING", "ascii")
isupport("UTF8ONLY")
isupport("NETWORK", lambda settings: settings.server.network)
isupport("LINELEN", lambda settings: settings.limits.line if settings.limits.line > 512 else False)


@command("PASS", before_registration=True)
async def pass_(ctx: Context, password: str) -> None:
    """PASS <password or name:password>: the server's connection password, or a login; comes before NICK and USER.

    An invite link of the server's operators is as good as the password.
    """
    if ctx.session.user is not None:
        raise Refused(numerics.ERR_ALREADYREGISTERED, "You may not reregister")
    expected = ctx.hub.settings.server.password
    if expected and is_admitted(ctx.session, password):
        ctx.session.password_given = True
        return
    if expected.startswith("$argon2"):
        # A slow hash, and so beside the loop.
        ctx.session.password_given = await ctx.hub.in_thread(password_matches, expected, password)
    else:
        ctx.session.password_given = password_matches(expected, password)
    if ":" in password and not ctx.session.password_given:
        await _log_in_by_pass(ctx, *password.split(":", 1))


async def _log_in_by_pass(ctx: Context, name: str, password: str) -> None:
    """PASS name:password, for clients that know no SASL; what is wrong with it shows when the name is refused."""
    session = ctx.session
    if not may_send_password(session) or not try_password(session, name):
        return
    account = await account_of(ctx.hub, name, password)
    if account is None:
        was_wrong(session, name)
        if not ctx.hub.settings.server.password:
            why = "That is not the account's password"
            ctx.reply.standard("WARN", "PASS", "INVALID_CREDENTIALS", middle(name), why)
        return
    was_right(session, name)
    log_in(ctx, account)
    tell_logged_in(ctx, account)


@command("NICK", before_registration=True)
def nick(ctx: Context, wanted: str = "") -> None:
    """NICK <nickname>: take a name, or change it."""
    if not wanted:
        raise Refused(numerics.ERR_NONICKNAMEGIVEN, "No nickname given")
    if not is_nick(wanted, ctx.hub.settings.limits.nick):
        # The wanted name can't be shown if it would break the reply itself.
        shown = "*" if not wanted or " " in wanted or wanted.startswith(":") else wanted
        raise Refused(numerics.ERR_ERRONEUSNICKNAME, shown, "Erroneous nickname")
    session = ctx.session
    if session.user is not None and wanted == session.user.nick:
        return
    why = why_taken(session, wanted)
    # While capabilities are negotiated a login may still come, and with it the right to a name.
    may_wait = session.negotiating and session.user is None and may_become_theirs(ctx.hub, wanted)
    if why is not None and not may_wait:
        raise Refused(numerics.ERR_NICKNAMEINUSE, wanted, why)
    if session.user is not None:
        give_nick_back(ctx, wanted)
        rename(ctx, session.user, wanted)
        return
    session.wanted_nick = wanted
    try_to_register(ctx)


@command("USER", before_registration=True)
def user(ctx: Context, name: str, _mode: str, _unused: str, realname: str) -> None:
    """USER <username> 0 * :<realname>: say who you are; comes with NICK at the start."""
    if ctx.session.user is not None or ctx.session.wanted_user is not None:
        raise Refused(numerics.ERR_ALREADYREGISTERED, "You may not reregister")
    if not name or not realname:
        raise need_more_params("USER")
    limits = ctx.hub.settings.limits
    # No ident lookup is made, which the ~ says, as everywhere on IRC.
    ident = "~" + (re.sub(r"[^A-Za-z0-9._\[\]{}|^-]", "", name)[: max(1, limits.user - 1)] or "user")
    ctx.session.wanted_user = (ident, clip(realname, limits.realname))
    try_to_register(ctx)


@GATES.append
def _has_password(ctx: Context) -> bool:
    if is_password_given(ctx.session):
        return True
    ctx.numeric(numerics.ERR_PASSWDMISMATCH, "Password incorrect")
    _say_goodbye(ctx, "Password incorrect; give it with PASS")
    return False


@WELCOMES.append
def _welcome(reply: Reply) -> None:
    """001 to 005, then LUSERS, the MOTD and the modes (Modern IRC, "Connection Registration")."""
    session = reply.session
    hub = session.hub
    user = session.user
    assert user is not None
    server = hub.settings.server
    reply.numeric("001", f"Welcome to the {server.network} chat, {user.nick}")
    reply.numeric("002", f"Your host is {hub.name}, running version {VERSION}")
    reply.numeric("003", f"This server was started {to_timestamp(hub.started_ms)}")
    reply.line(f":{hub.name} 004 {user.nick} {hub.name} {VERSION} {_mode_letters()}")
    send_isupport(reply)
    perform(reply, "LUSERS")
    for burst in BURSTS:
        burst(reply)
    perform(reply, "MOTD")


def _mode_letters() -> str:
    """The last three parameters of 004: user modes, channel modes, channel modes with an argument."""
    with_argument = [letter for letter, kind in CHANNEL_MODES.items() if kind != "never"]
    return " ".join("".join(sorted(letters)) for letters in (USER_MODES, CHANNEL_MODES, with_argument))


@command("PING", before_registration=True)
def ping(ctx: Context, token: str = "", *_rest: str) -> None:
    """PING <token>: ask for a sign of life."""
    if not token:
        raise need_more_params("PING")
    ctx.reply.line(f":{ctx.hub.name} PONG {ctx.hub.name} :{token}")


@command("PONG", before_registration=True, pipelined=True)
def pong(ctx: Context, *_tokens: str) -> None:
    """PONG <token>: answer the server's PING."""


@command("QUIT", before_registration=True)
def quit_(ctx: Context, reason: str = "") -> None:
    """QUIT [:<reason>]: leave."""
    _say_goodbye(ctx, f"Quit: {clip(reason, ctx.hub.settings.limits.kick)}")


def _say_goodbye(ctx: Context, reason: str) -> None:
    ctx.reply.line(f"ERROR :Closing link: {ctx.session.host} ({reason})")
    ctx.hub.disconnect(ctx.session, reason)


@command("ERROR", before_registration=True, pipelined=True)
def error(ctx: Context, *_words: str) -> None:
    """ERROR is sent by servers only; from a client it is ignored."""
