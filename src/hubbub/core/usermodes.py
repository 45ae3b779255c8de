"""User modes in force: the event that changes them, and how many people hold each.

Knows no command: MODE lets users change their own, OPER grants what only the server grants.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from hubbub.core.event import Event
from hubbub.core.hub import ARRIVALS, DEPARTURES
from hubbub.irc.modes import Change, format_changes

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.delivery import Audience
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import User


CHANGED: list[Callable[[Hub, User], None]] = []
"""Called with (hub, user) when somebody's own settings are different."""


class ModeChange(msgspec.Struct, frozen=True, array_like=True):
    """One change: for a prefix mode the argument is the nick and `user` the id behind it."""

    adding: bool
    letter: str
    argument: str | None = None
    user: str = ""


class Census:
    """How many users hold each user mode; kept up to date, because every welcome tells it."""

    def __init__(self) -> None:
        self._held: dict[str, int] = {}

    def holding(self, letter: str) -> int:
        return self._held.get(letter, 0)

    def count(self, letters: set[str], step: int) -> None:
        for letter in letters:
            self._held[letter] = self._held.get(letter, 0) + step


@ARRIVALS.append
def _count_in(hub: Hub, user: User, _nick: str) -> None:
    hub.part(Census).count(user.modes, 1)


@DEPARTURES.append
def _count_out(hub: Hub, user: User, _nick: str) -> None:
    hub.part(Census).count(user.modes, -1)


class UserModesChanged(Event, frozen=True):
    """Somebody's own settings are different now; only they are told."""

    user: str
    nick: str
    source: str
    changes: list[ModeChange]

    def apply(self, hub: Hub) -> Audience:
        user = hub.users_by_id.get(self.user)
        if user is None:
            return {}
        before = set(user.modes)
        for change in self.changes:
            if change.adding:
                user.modes.add(change.letter)
            else:
                user.modes.discard(change.letter)
        if "o" in before - user.modes:
            for session in user.sessions:
                session.is_operator = False
        census = hub.part(Census)
        census.count(before, -1)
        census.count(user.modes, 1)
        for watcher in CHANGED:
            watcher(hub, user)
        return hub.audience_of_user(user)

    def render(self, to: Profile, fact: Fact) -> str:
        changes = format_changes(Change(change.adding, change.letter) for change in self.changes)
        return f"{to.tag_prefix(self, fact)}:{self.source} MODE {self.nick} {changes[0]}"
