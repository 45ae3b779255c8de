"""Delivery: who is sent what, grouped so that a line is rendered once per kind of client.

The inner loop of the whole server is `Outbox.send`: an append per member and nothing else. Sessions that got
something are flushed once per turn of the loop by net, which is told by `wake`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from hubbub.core.capability import Profile
from hubbub.fanout import append_to_all

if TYPE_CHECKING:
    from hubbub.core.session import Session

Group = dict["Session", list[bytes]]
"""Sessions of one profile, each with its output queue."""
Audience = dict[Profile, Group]

NOBODY: Audience = {}


def audience_of(sessions: Iterable[Session]) -> Audience:
    """An audience made for one occasion; a session is in it once however often it is named."""
    found: Audience = {}
    for session in sessions:
        found.setdefault(session.profile, {})[session] = session.out
    return found


def copy_of(audience: Audience) -> Audience:
    """A standing audience as it is now, for an event that changes it."""
    return {profile: dict(group) for profile, group in audience.items()}


def enter(audience: Audience, session: Session) -> None:
    """Add a session to a standing audience (a channel's)."""
    audience.setdefault(session.profile, {})[session] = session.out


def leave(audience: Audience, session: Session) -> None:
    """Remove a session from a standing audience."""
    group = audience.get(session.profile)
    if group is None:
        return
    group.pop(session, None)
    if not group:
        del audience[session.profile]


class Outbox:
    """Remembers who has output pending, and wakes the network once per turn."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._awake = False
        self._sessions: set[Session] = set()
        # Groups are remembered whole: one entry per message instead of one per member.
        self._groups: dict[int, Group] = {}

    def send(self, group: Group, data: bytes) -> None:
        """Queue the same bytes for every session of a group."""
        append_to_all(group, data)
        self._groups[id(group)] = group
        if not self._awake:
            self._awake = True
            self._wake()

    def mark(self, session: Session) -> None:
        """This session has output pending."""
        self._sessions.add(session)
        if not self._awake:
            self._awake = True
            self._wake()

    def take(self) -> Collection[Session]:
        """The sessions with output since the last call, each once (some may have none after all)."""
        sessions, groups = self._sessions, self._groups
        self._sessions = set()
        self._groups = {}
        self._awake = False
        if not sessions and len(groups) == 1:
            # One message to one room: as it stands, in the order of its members.
            (group,) = groups.values()
            return list(group)
        return sessions.union(*groups.values())
