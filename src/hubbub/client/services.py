"""The programs that IRC networks keep names and rooms by: NickServ and the like.

Owns their names. What is asked of them and what they answer is no conversation: there may be a password in it, and
nobody waits for an answer to it.
"""

from __future__ import annotations

from hubbub.irc.names import fold

_SERVICES = frozenset({"nickserv", "chanserv", "memoserv", "hostserv", "botserv", "operserv", "saslserv"})


def is_service(name: str) -> bool:
    """Also as NickServ@services.example, which reaches the real one."""
    return fold(name.partition("@")[0]) in _SERVICES
