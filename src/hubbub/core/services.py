"""Services: the names that old habits write to, NickServ and ChanServ.

Nobody is behind them: what is written to one is a command to the server, and is neither delivered nor kept.
Owns their names, which nobody can have, and the form of their answers. The commands are features.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hubbub.core.command import carry_out, hand_on
from hubbub.core.reply import Reply
from hubbub.irc.names import fold, skeleton
from hubbub.irc.numerics import RPL_LOGGEDIN

if TYPE_CHECKING:
    from hubbub.core.command import Context
    from hubbub.core.hub import Hub

VERBS = {"nickserv": "NS", "chanserv": "CS"}
_DIGITS = str.maketrans("0135!|l", "oiesiii")
"""What else is taken for a letter at a glance; a capital I is an l to the eye."""
_AROUND = "_-`^|[]{}\\"


def resembles_service(nick: str) -> bool:
    """Whether somebody of that name could be told a password by mistake."""
    # Only the letters of these two names matter, and neither has an l.
    return skeleton(nick).strip(_AROUND).translate(_DIGITS) in VERBS


def verb_of(hub: Hub, target: str) -> str:
    """The command that a message to a target is; "" if it is for anybody else."""
    name, at, host = fold(target).partition("@")
    if at and host not in {fold(hub.name), fold(f"services.{hub.name}")}:
        return ""
    return VERBS.get(name, "")


def talk_to_service(ctx: Context, said_by: str, verb: str, text: str) -> None:
    """A PRIVMSG is the command that it says. NOTICE and TAGMSG, by programs, are never answered."""
    if said_by == "PRIVMSG" and not text.startswith("\x01"):
        hand_on(ctx, verb, [text])


def tell(ctx: Context, service: str, text: str) -> None:
    """One line of an answer."""
    server, nick = ctx.hub.name, ctx.session.display_nick
    ctx.reply.line(f":{service}!{service}@services.{server} NOTICE {nick} :{text}")


class Spoken(Reply):
    """Another command's answer in a service's voice: sentences for people instead of codes for programs."""

    __slots__ = ("_ctx", "_service")

    def __init__(self, ctx: Context, service: str) -> None:
        super().__init__(ctx.session, ctx.reply.label)
        self._ctx = ctx
        self._service = service
        ctx.reply.open += 1

    def line(self, text: str) -> None:
        front, _, sentence = text.partition(" :")
        if front.startswith(f":{self.session.hub.name} REGISTER "):
            # Good news that clients of old habits wouldn't understand.
            tell(self._ctx, self._service, sentence)
        else:
            self._ctx.reply.line(text)

    @contextmanager
    def batch(self, opening: str) -> Iterator[None]:
        with self._ctx.reply.batch(opening):
            yield

    def numeric(self, code: str, *params: str) -> None:
        # What is no error is data that clients understand.
        if code < "400" or code == RPL_LOGGEDIN:
            super().numeric(code, *params)
        else:
            tell(self._ctx, self._service, params[-1])

    def standard(self, kind: str, command: str, code: str, *params: str) -> None:
        tell(self._ctx, self._service, params[-1])

    def done(self) -> None:
        self.open -= 1
        if not self.open:
            self._ctx.reply.done()


async def have_done(ctx: Context, service: str, verb: str, *params: str) -> None:
    """Have a command of the server do what a service was asked for."""
    spoken = Spoken(ctx, service)
    try:
        await carry_out(spoken, verb, list(params))
    finally:
        spoken.done()


def words_of(params: tuple[str, ...]) -> list[str]:
    """What was typed after the name of a service, which clients send as one parameter or as several."""
    return params[0].split() if len(params) == 1 else [param for param in params if param]


def rest_of(params: tuple[str, ...] | list[str], words: int) -> str:
    """What was typed after so many words, such as a password, with the spaces that it has."""
    if len(params) != 1:
        return " ".join([param for param in params if param][words:])
    return "".join(params[0].rstrip().split(None, words)[words:])
