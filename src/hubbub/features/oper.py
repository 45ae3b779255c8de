"""Operators of the server: OPER, KILL, WALLOPS and REHASH.  Modern IRC, OPER and "Operator Messages"

A wrong name and a wrong password take the same time and have the same answer. It makes an operator of the connection
that it was given on: other devices of the same account may be anywhere. What was given to OPER is never
logged, not even the name: people mistake one field for the other.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hubbub.config import Operator, password_matches
from hubbub.core.command import Context, command
from hubbub.core.delivery import Audience, audience_of
from hubbub.core.event import Event
from hubbub.core.hub import ENDINGS
from hubbub.core.login import DEVICES
from hubbub.core.refusal import Refused, need_more_params, no_such_nick
from hubbub.core.targets import find_person
from hubbub.core.usermodes import ModeChange, UserModesChanged
from hubbub.irc import numerics
from hubbub.irc.masks import matches
from hubbub.irc.text import clip

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import User
    from hubbub.core.session import Session

log = logging.getLogger("hubbub.oper")

ATTEMPTS = 5
"""Wrong tries of one connection, after which it is closed; how often one may connect is limited elsewhere."""


class Attempts:
    """How often a connection has failed at OPER."""

    wrong = 0


@command("OPER")
async def oper(ctx: Context, name: str, password: str) -> None:
    """OPER <name> <password>: become an operator of the server."""
    operators = ctx.hub.settings.operators
    if operators and not any(_is_from(ctx.session, operator) for operator in operators):
        raise _no_host()
    operator = await ctx.hub.in_thread(find_operator, operators, name, password)
    if operator is None:
        _wrong(ctx)
        return
    if not _is_from(ctx.session, operator):
        raise _no_host()
    _grant(ctx, operator)


def find_operator(operators: Sequence[Operator], name: str, password: str) -> Operator | None:
    """The operator of this name if the password is right; as slow for one that there isn't."""
    known = next((operator for operator in operators if operator.name == name), None)
    hashed = next((operator.password for operator in operators if _is_hashed(operator)), "")
    right = password_matches(known.password if known else "", password)
    if hashed and not (known and _is_hashed(known)):
        password_matches(hashed, password)
    return known if right else None


def _is_hashed(operator: Operator) -> bool:
    return operator.password.startswith("$argon2")


def _is_from(session: Session, operator: Operator) -> bool:
    return matches(operator.host, session.ip)


def _no_host() -> Refused:
    return Refused(numerics.ERR_NOOPERHOST, "No O-lines for your host")


def _wrong(ctx: Context) -> None:
    attempts = ctx.session.part(Attempts)
    attempts.wrong += 1
    log.warning("refused connection=%d address=%s attempt=%d", ctx.session.id, ctx.session.ip, attempts.wrong)
    ctx.numeric(numerics.ERR_PASSWDMISMATCH, "Password incorrect")
    if attempts.wrong >= ATTEMPTS:
        ctx.reply.line(f"ERROR :Closing link: {ctx.session.host} (Too many wrong passwords)")
        ctx.hub.disconnect(ctx.session, "Too many wrong passwords")


def _grant(ctx: Context, operator: Operator) -> None:
    user = ctx.user
    log.info("granted connection=%d nick=%s name=%s", ctx.session.id, user.nick, operator.name)
    ctx.numeric(numerics.RPL_YOUREOPER, "You are now an IRC operator")
    if any(session.is_operator for session in user.sessions):
        ctx.session.is_operator = True
        return

    def granted() -> None:
        ctx.session.is_operator = ctx.session.user is user

    ctx.propose(_change(ctx.hub, user, True), applied=granted)


def _change(hub: Hub, user: User, adding: bool) -> UserModesChanged:
    return UserModesChanged(user=user.id, nick=user.nick, source=hub.name, changes=[ModeChange(adding, "o")])


@DEVICES.append
def _starts_anew(_hub: Hub, session: Session) -> None:
    """What a guest was granted isn't the account's whose device the connection is now."""
    session.is_operator = False


@ENDINGS.append
def _is_over(hub: Hub, session: Session) -> None:
    """The last connection that has given OPER is gone, and others are still there."""
    user = session.user
    if not session.is_operator or user is None or hub.closing or not user.sessions:
        return
    if user.is_operator and not any(each.is_operator for each in user.sessions):
        hub.propose(_change(hub, user, False))


@command("KILL", operator=True)
def kill(ctx: Context, nick: str, reason: str) -> None:
    """KILL <nick> :<reason>: disconnect somebody from the server."""
    hub, user = ctx.hub, ctx.user
    if matches(nick, hub.name):
        raise Refused(numerics.ERR_CANTKILLSERVER, "You cant kill a server!")
    killed = find_person(hub, ctx.session, nick)
    if killed is None:
        raise no_such_nick(nick)
    given = clip(reason, hub.settings.limits.kick) or "No reason"
    log.info("killed nick=%s by=%s", killed.nick, user.nick)
    ctx.propose(Killed(by=user.id, by_nick=user.nick, source=user.source, user=killed.id, reason=given))


class Killed(Event, frozen=True):
    """An operator puts somebody out: the victim's node tells and disconnects it, and the QUIT follows."""

    by: str
    by_nick: str
    source: str
    user: str
    reason: str

    def apply(self, hub: Hub) -> Audience:
        user = hub.users_by_id.get(self.user)
        if user is None:
            return {}
        why = f"Killed ({self.by_nick} ({self.reason}))"
        for session in list(user.sessions):
            session.send(f":{self.source} KILL {user.nick} :{self.reason}")
            session.send(f":{user.source} QUIT :{why}")
            session.send(f"ERROR :Closing Link: {hub.name} ({why})")
            hub.disconnect(session, why)
        return {}

    def render(self, to: Profile, fact: Fact) -> None:
        return None


@command("WALLOPS", operator=True)
def wallops(ctx: Context, text: str) -> None:
    """WALLOPS :<text>: tell all who have the user mode +w something."""
    if not text:
        raise need_more_params("WALLOPS")
    ctx.propose(Wallops(user=ctx.user.id, source=ctx.user.source, text=text, account=ctx.user.account))


class Wallops(Event, frozen=True):
    """An operator has said something to all who want to hear it."""

    user: str
    source: str
    text: str
    account: str = ""

    def apply(self, hub: Hub) -> Audience:
        return audience_of(
            session for user in hub.users_by_id.values() if "w" in user.modes for session in user.sessions
        )

    def render(self, to: Profile, fact: Fact) -> str:
        return f"{to.tag_prefix(self, fact)}:{self.source} WALLOPS :{self.text}"


@command("REHASH", operator=True)
def rehash(ctx: Context, *_server: str) -> None:
    """REHASH: read the settings again."""
    ctx.numeric(numerics.RPL_REHASHING, "config.toml", "Rehashing")
    for problem in ctx.hub.rehash():
        told = clip(" ".join(problem.split()), ctx.reply.room("NOTICE"))
        ctx.reply.line(f":{ctx.hub.name} NOTICE {ctx.user.nick} :{told}")
