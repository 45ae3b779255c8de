"""Live text between people: who lets whom see it, how much of it may come, and who sees it now.

Owns the consent of each connection, which ends with the connection, per room the connections that see what somebody
types, and who types. Nothing here is ever stored. Knows no command and no line; used by features.live_text.
docs/specs/live-text.md
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from hubbub.core.capability import MESSAGE_TAGS, capability
from hubbub.core.modes import BOT, channel_mode
from hubbub.core.pace import SLOW
from hubbub.core.vendor import VENDOR
from hubbub.irc.live import LONGEST_TEXT

if TYPE_CHECKING:
    from hubbub.config import Settings
    from hubbub.core.delivery import Audience
    from hubbub.core.model import Channel, User
    from hubbub.core.session import Session

LIVE_TAG = f"+{VENDOR}live"
LIVE = capability(f"{VENDOR}live", f"max-bytes={LONGEST_TEXT}", exists=lambda settings: settings.live.enabled)
ALLOWED = channel_mode(
    "L", "never", "Live text is allowed: who wants to may show what they type as they type it"
)
MOST_CHOICES = 100
"""Rooms and people that a connection may have made a choice about."""
PER_UPDATE = 100
"""Bytes that an update counts beside its own."""
LATELY_MS = 30_000
"""For so long after an update its author is told when others come to see it, or none do any more."""


class Consent:
    """With whom a connection shares what is typed. A choice about a person counts before one about a room."""

    __slots__ = ("choices", "everywhere", "version")

    def __init__(self) -> None:
        self.everywhere = False
        self.choices: dict[str, bool] = {}
        """By id of a room or of a person."""
        self.version = 0
        """One more with each decision."""

    def __bool__(self) -> bool:
        return self.everywhere or any(self.choices.values())

    def decide(self, wanted: bool, about: str = "") -> None:
        """`about`: id of a room or a person; "" for everything, which takes back all choices."""
        self.version += 1
        if about:
            self.choices[about] = wanted
        else:
            self.everywhere = wanted
            self.choices.clear()

    def moved(self, before: str, id: str) -> None:
        """Somebody has another id now; who was left out under either stays so."""
        wanted = self.choices.pop(before, None)
        if wanted is not None:
            self.version += 1
            self.choices[id] = wanted and self.choices.get(id, True)

    def covers(self, room: str, person: str) -> bool:
        """Whether it is shared with a person in a room; `room` "" in a direct conversation."""
        return covers(self.everywhere, self.choices, room, person)


def covers(everywhere: bool, choices: Mapping[str, bool], room: str, person: str) -> bool:
    """As Consent.covers."""
    return choices.get(person, choices.get(room, everywhere) if room else everywhere)


class Budget:
    """How much a connection may still send: bytes, filled up as time passes."""

    __slots__ = ("_at_ms", "_left")

    def __init__(self) -> None:
        self._left = -1.0
        self._at_ms = 0

    def take(self, cost: int, now_ms: int, settings: Settings) -> bool:
        """Whether there was enough of it."""
        live = settings.live
        if self._left < 0:
            self._left = float(live.burst)
        self._left = min(live.burst, self._left + max(now_ms - self._at_ms, 0) * live.rate / 1000)
        self._at_ms = now_ms
        if cost > self._left:
            return False
        self._left -= cost
        return True


class Viewers:
    """Per room, who sees what an author types: made when asked for, dropped when somebody comes, goes or decides."""

    def __init__(self) -> None:
        self.of: dict[str, dict[object, Audience]] = {}
        """By room and by author, with the version of the author's decisions."""
        self.sharing: set[Session] = set()
        """Connections that share with anybody."""
        self._marks: dict[str, object] = {}

    def mark(self, room: str) -> object:
        """Stands for who wants what there: another one as soon as that may be otherwise."""
        return self._marks.setdefault(room, object())

    def drop(self, room: str) -> None:
        """Somebody in the room may see more or less than before."""
        self.of.pop(room, None)
        self._marks.pop(room, None)

    def drop_all(self) -> list[str]:
        """As drop, for all rooms; their ids."""
        rooms = list(self.of | self._marks)
        self.of.clear()
        self._marks.clear()
        return rooms

    def drop_around(self, user: User) -> None:
        """Somebody in these rooms has decided otherwise."""
        for channel in user.channels.values():
            self.drop(channel.id)


class Author:
    """A connection that types: when it last did, when others were told so, and what it was told of its viewers."""

    __slots__ = ("at_ms", "is_typing", "mark", "told", "typing_ms")

    def __init__(self) -> None:
        self.at_ms = self.typing_ms = 0
        self.is_typing = False
        """As far as those know who don't see the letters."""
        self.mark: object = None
        """Viewers.mark and its own decision, as of when its viewers were last counted."""
        self.told = -1


class Authors:
    """Who types, by conversation."""

    def __init__(self) -> None:
        self.of: dict[str, dict[Session, Author]] = {}
        self.unsettled: set[str] = set()
        """Conversations whose authors are told soon."""
        self._swept_ms = 0

    def author(self, where: str, session: Session) -> Author:
        """A connection that types in a conversation, now."""
        now = session.hub.clock()
        if now - self._swept_ms > LATELY_MS:
            self._swept_ms = now
            self._forget(lambda _session, author: now - author.at_ms > LATELY_MS)
        author = self.of.setdefault(where, {}).setdefault(session, Author())
        author.at_ms = now
        return author

    def gone(self, session: Session) -> None:
        self._forget(lambda other, _author: other is session)

    def _forget(self, is_over: Callable[[Session, Author], bool]) -> None:
        for where, types in list(self.of.items()):
            for session in [session for session, author in types.items() if is_over(session, author)]:
                del types[session]
            if not types:
                del self.of[where]


def viewing(user: User, room: str, author: str) -> Iterator[Session]:
    """Those of somebody's connections that want to see what an author types; never a program's."""
    if BOT in user.modes:
        return
    for session in user.sessions:
        if session.has(LIVE) and session.has(MESSAGE_TAGS) and session.part(Consent).covers(room, author):
            yield session


def is_allowed(channel: Channel) -> bool:
    """Whether a room has live text; a slow one hasn't, as it would be a way around."""
    return ALLOWED in channel.modes and SLOW not in channel.modes
