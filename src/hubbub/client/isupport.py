"""ISUPPORT (005): what a server says about itself, as a dict of tokens, and what the tokens mean.

Owns the reading of tokens and what holds where a server says nothing. Knows no connection. Called by Session for each
005, also for those inside a batch; whoever wants to know a limit asks Isupport.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from hubbub.irc.modes import Kinds
from hubbub.irc.numerics import RPL_ISUPPORT
from hubbub.irc.text import clip, printable
from hubbub.irc.wire import MAX_LINE, Message

_MOST_TOKENS = 512
_LONGEST_NAME = 64
_LONGEST_VALUE = 512
_LONGEST_LINE = 16_384
"""Bytes: nobody needs a longer line, whatever a server announces."""
_NICK = 32
"""Where the server doesn't say: what the server itself makes of a longer name shows when it is taken."""
_ESCAPE = re.compile(r"\\x([2-7][0-9A-Fa-f])")
_NAME = re.compile(r"[A-Za-z0-9./_-]+")


def read_tokens(tokens: dict[str, str], message: Message) -> bool:
    """Take what a 005 says into the tokens; False: it is something else."""
    if message.command != RPL_ISUPPORT:
        return False
    # In front is our nick, at the end a text for people.
    for token in message.params[1:-1]:
        _read_token(tokens, token)
    return True


def _read_token(tokens: dict[str, str], token: str) -> None:
    if token.startswith("-"):
        tokens.pop(token[1:].upper(), None)
        return
    name, _, value = token.partition("=")
    # draft/CHATHISTORY: the prefix is written in small letters, and known so.
    name = name if "/" in name else name.upper()
    is_name = len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) is not None
    if not is_name or len(value) > _LONGEST_VALUE or (len(tokens) >= _MOST_TOKENS and name not in tokens):
        return
    tokens[name] = _ESCAPE.sub(_unescaped, value)


def _unescaped(escape: re.Match[str]) -> str:
    letter = chr(int(escape[1], 16))
    return letter if letter.isprintable() else escape[0]


class Isupport:
    """What the tokens mean. A view: tokens that come later count."""

    __slots__ = ("tokens",)

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self.tokens = tokens

    def number(self, name: str, default: int) -> int:
        """The number that a token gives; the default where there is none or it is no number."""
        value = self.tokens.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else default

    @property
    def nicklen(self) -> int:
        return self.number("NICKLEN", _NICK) or _NICK

    @property
    def linelen(self) -> int:
        """Bytes of a line with CR LF, without its tags."""
        return min(max(self.number("LINELEN", MAX_LINE), MAX_LINE), _LONGEST_LINE)

    @property
    def network(self) -> str:
        return clip(printable(self.tokens.get("NETWORK", "")), 64)

    @property
    def statusmsg(self) -> str:
        """The signs that may stand in front of a room: @#room is for its operators."""
        return self.tokens.get("STATUSMSG", "")

    @property
    def has_history(self) -> bool:
        return "CHATHISTORY" in self.tokens or "draft/CHATHISTORY" in self.tokens

    @property
    def history_limit(self) -> int:
        """Messages in one page of CHATHISTORY; 0: the server sets no limit."""
        return self.number("CHATHISTORY", self.number("draft/CHATHISTORY", 0))

    @property
    def references(self) -> tuple[str, ...]:
        """How messages may be referred to, best first (MSGREFTYPES)."""
        known = self.tokens.get("MSGREFTYPES", "") or "msgid,timestamp"
        return tuple(kind for kind in known.split(",") if kind)

    @property
    def modes(self) -> Kinds:
        """The letters that MODE of a room knows, by how they take arguments."""
        kinds = [*self.tokens.get("CHANMODES", "b,k,l,imnpst").split(","), "", "", "", ""]
        prefixes, _, _ = self.tokens.get("PREFIX", "(ov)@+").removeprefix("(").partition(")")
        return Kinds(lists=kinds[0], always=kinds[1], on_set=kinds[2], never=kinds[3], prefixes=prefixes)

    @property
    def requires_account(self) -> bool:
        return "draft/ACCOUNTREQUIRED" in self.tokens or "ACCOUNTREQUIRED" in self.tokens
