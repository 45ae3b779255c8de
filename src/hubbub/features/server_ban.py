"""Server bans: who may not come in at all, and putting somebody out.  Modern IRC, ERR_YOUREBANNEDCREEP"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from hubbub.core.command import Context
from hubbub.core.delivery import NOBODY, Audience
from hubbub.core.event import Event
from hubbub.core.hub import restores
from hubbub.core.ledger import Put
from hubbub.core.registration import GATES
from hubbub.irc.masks import matches, to_mask
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


def bans(hub: Hub) -> list[ServerBan]:
    return list(hub.part(ServerBans).by_mask.values())


def ban(hub: Hub, who: str, reason: str) -> str:
    """Ban a mask, or the address of somebody who is here (and put them out); gives the mask."""
    user = hub.users.get(fold(who))
    mask = f"*!*@{user.ip or user.host}" if user is not None else to_mask(who)
    entry = ServerBan(mask, reason or "You are banned from this server", hub.clock())
    hub.propose(Banned(entry=entry), puts=(Put(f"ban/{fold(mask)}", msgspec.json.encode(entry)),))
    return mask


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
        hub.part(ServerBans).by_mask[fold(self.entry.mask)] = self.entry
        for user in list(hub.users.values()):
            if _means(self.entry, f"{user.nick}!{user.user}@{user.ip}", user.source):
                expel(hub, user, self.entry.reason)
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None


class Unbanned(Event, frozen=True):
    """A ban is lifted."""

    mask: str

    def apply(self, hub: Hub) -> Audience:
        hub.part(ServerBans).by_mask.pop(fold(self.mask), None)
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None


@restores("ban")
def _restore(hub: Hub, mask: str, value: bytes) -> None:
    hub.part(ServerBans).by_mask[mask] = msgspec.json.decode(value, type=ServerBan)


def _means(entry: ServerBan, *faces: str) -> bool:
    return any(matches(entry.mask, face) for face in faces)


@GATES.append
def _is_welcome(ctx: Context) -> bool:
    session = ctx.session
    ident = session.wanted_user[0] if session.wanted_user else "*"
    faces = [f"{session.wanted_nick}!{ident}@{host}" for host in (session.ip, session.host)]
    for entry in ctx.hub.part(ServerBans).by_mask.values():
        if _means(entry, *faces):
            ctx.numeric(ERR_YOUREBANNEDCREEP, entry.reason)
            session.send(f"ERROR :Closing link: {session.host} ({entry.reason})")
            ctx.hub.disconnect(session, entry.reason)
            return False
    return True
