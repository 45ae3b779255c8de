"""Who monitors whom: of each connection of this node, the nicks whose coming and going it is told of.

Nothing of it is shared with other nodes, and it ends with the connection. MONITOR changes it; other features ask.
https://ircv3.net/specs/extensions/monitor
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hubbub.irc.names import fold

if TYPE_CHECKING:
    from hubbub.core.model import User
    from hubbub.core.reply import Reply
    from hubbub.core.session import Session

SEEN_ONLINE: list[Callable[[Reply, User], None]] = []
"""Called after a connection has been told that somebody whom it monitors is here (730)."""


class Targets:
    """Whom one connection monitors: folded nick → as it was given."""

    def __init__(self) -> None:
        self.nicks: dict[str, str] = {}


class Monitors:
    """Which connections of this node monitor a (folded) nick, in the order in which they began to."""

    def __init__(self) -> None:
        self._sessions: dict[str, dict[Session, None]] = {}

    def of(self, nick: str) -> list[Session]:
        return list(self._sessions.get(fold(nick), ()))

    def add(self, session: Session, nick: str) -> None:
        session.part(Targets).nicks[fold(nick)] = nick
        self._sessions.setdefault(fold(nick), {})[session] = None

    def remove(self, session: Session, nick: str) -> None:
        if session.part(Targets).nicks.pop(fold(nick), None) is None:
            return
        monitoring = self._sessions[fold(nick)]
        del monitoring[session]
        if not monitoring:
            del self._sessions[fold(nick)]

    def clear(self, session: Session) -> None:
        for nick in list(session.part(Targets).nicks.values()):
            self.remove(session, nick)
