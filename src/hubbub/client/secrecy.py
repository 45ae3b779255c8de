"""Which commands carry a password, so that it isn't sent where others could read it.

Owns the list of them. Pure functions; knows no connection. Used by Session.
"""

from __future__ import annotations

from hubbub.irc.names import fold
from hubbub.irc.wire import Message

_ALWAYS = frozenset({"OPER", "PASS", "REGISTER", "VERIFY"})
_SERVICES = frozenset({"nickserv", "ns", "chanserv", "cs", "authserv", "userserv", "q", "x"})
_WORDS = frozenset(
    {
        *("identify", "id", "sidentify", "login", "auth", "register", "verify", "confirm", "group", "link"),
        *("ghost", "recover", "regain", "release", "set", "setpass", "newpass", "pass", "drop"),
    }
)
"""What services are told together with a password."""


def carries_secret(message: Message) -> bool:
    """Whether there may be a password in it."""
    if message.command in _ALWAYS:
        return bool(message.params)
    if message.command in ("PRIVMSG", "NOTICE", "SQUERY"):
        return len(message.params) > 1 and _is_service(message.params[0]) and _is_secret(message.params[1:])
    return _is_service(message.command) and _is_secret(message.params)


def _is_service(name: str) -> bool:
    return fold(name.partition("@")[0]) in _SERVICES


def _is_secret(params: list[str]) -> bool:
    words = " ".join(params).split()
    return len(words) > 1 and words[0].lower() in _WORDS
