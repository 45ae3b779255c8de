"""Server bans: who may not come in at all, and putting somebody out.  Modern IRC, ERR_YOUREBANNEDCREEP"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from hubbub.core.command import Context
from hubbub.core.delivery import NOBODY, Audience
from hubbub.core.event import Event
from hubbub.core.hub import restores
from hubbub.core.ledger import Put
from hubbub.core.registration import GATES
from hubbub.irc.masks import compile_mask, matches, to_mask
from hubbub.irc.names import fold
from hubbub.irc.numerics import ERR_YOUREBANNEDCREEP

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import User


class ServerBan(msgspec.Struct, frozen=True):
    """Who is kept out, and what they are told."""

    mask: str
    reason: str
    at_ms: int


class ServerBans:
    """All bans of this server, by folded mask."""

    def __init__(self) -> None:
        self.by_mask: dict[str, ServerBan] = {}
        self._matchers: dict[str, Callable[[str], bool]] = {}

    def keep(self, entry: ServerBan) -> None:
        self.by_mask[fold(entry.mask)] = entry
        self._matchers[fold(entry.mask)] = compile_mask(entry.mask)

    def lift(self, mask: str) -> None:
        self.by_mask.pop(fold(mask), None)
        self._matchers.pop(fold(mask), None)

    def against(self, faces: Sequence[str]) -> ServerBan | None:
        """The ban that means one of these, each nick!user@host."""
        for mask, means in self._matchers.items():
            if any(map(means, faces)):
                return self.by_mask[mask]
        return None


def bans(hub: Hub) -> list[ServerBan]:
    return list(hub.part(ServerBans).by_mask.values())


def ban(hub: Hub, who: str, reason: str) -> str:
    """Ban a mask, or the address of somebody who is here (and put them out); gives the mask."""
    user = hub.users.get(fold(who))
    mask = f"*!*@{_addresses(user)[0] or user.host}" if user is not None else to_mask(who)
    entry = ServerBan(mask, reason or "You are banned from this server", hub.clock())
    hub.propose(Banned(entry=entry), puts=(Put(f"ban/{fold(mask)}", msgspec.json.encode(entry)),))
    return mask


def neighbours_of(hub: Hub, user: User) -> list[User]:
    """The others who come from an address of a user: a ban of it would mean them, too."""
    own = set(_addresses(user))
    return [other for other in hub.users.values() if other is not user and own & set(_addresses(other))]


def _addresses(user: User) -> list[str]:
    """From where somebody is connected; of those on another node what is known here."""
    return [session.ip for session in user.sessions] or [user.ip]


def unban(hub: Hub, who: str) -> str | None:
    """Lift a ban by its mask; gives it, or None if there was none."""
    known = hub.part(ServerBans).by_mask
    entry = known.get(fold(who)) or known.get(fold(to_mask(who)))
    if entry is None:
        return None
    hub.propose(Unbanned(mask=entry.mask), puts=(Put(f"ban/{fold(entry.mask)}", None),))
    return entry.mask


def expel(hub: Hub, user: User, reason: str) -> None:
    """Disconnect all connections of a user."""
    for session in list(user.sessions):
        session.send(f"ERROR :Closing link: {session.host} ({reason})")
        hub.disconnect(session, reason)


class Banned(Event, frozen=True):
    """Somebody may not come in any more; those who match and are here are put out."""

    entry: ServerBan

    def apply(self, hub: Hub) -> Audience:
        hub.part(ServerBans).keep(self.entry)
        for user in list(hub.users.values()):
            if any(matches(self.entry.mask, face) for face in _faces(user)):
                expel(hub, user, self.entry.reason)
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None


class Unbanned(Event, frozen=True):
    """A ban is lifted."""

    mask: str

    def apply(self, hub: Hub) -> Audience:
        hub.part(ServerBans).lift(self.mask)
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None


@restores("ban")
def _restore(hub: Hub, _mask: str, value: bytes) -> None:
    hub.part(ServerBans).keep(msgspec.json.decode(value, type=ServerBan))


def _faces(user: User) -> list[str]:
    """What a mask may mean of somebody who is here: any of their connections."""
    return [user.source, *(f"{user.nick}!{user.user}@{address}" for address in _addresses(user))]


@GATES.append
def _is_welcome(ctx: Context) -> bool:
    session = ctx.session
    ident = session.wanted_user[0] if session.wanted_user else "*"
    faces = [f"{session.wanted_nick}!{ident}@{host}" for host in (session.ip, session.host)]
    entry = ctx.hub.part(ServerBans).against(faces)
    if entry is None:
        return True
    ctx.numeric(ERR_YOUREBANNEDCREEP, entry.reason)
    session.send(f"ERROR :Closing link: {session.host} ({entry.reason})")
    ctx.hub.disconnect(session, entry.reason)
    return False
