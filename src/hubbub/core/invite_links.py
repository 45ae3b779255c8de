"""Invite links: tokens that lead into a room.  docs/specs/invite-link.md

Owns the record of a link, the registry of this node, and what a token opens: modes +i and +k of its room, and for
links of the server's operators the connection password; never a ban, a full room or what is for accounts only.
Only a token's hash is kept, so that neither the data folder nor a backup of it has a link that works. Called by JOIN,
PASS, INVITELINK, `hubbub invite` and the web pages. (core.invitations are codes for making an account.)
"""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import b32encode
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec.structs import replace

from hubbub.core.delivery import NOBODY, Audience
from hubbub.core.event import Event
from hubbub.core.hub import RESTORED, restores
from hubbub.core.ledger import Put
from hubbub.irc.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import Channel, User
    from hubbub.core.session import Session

TOKEN_BYTES = 16
TOKEN = re.compile(r"[a-z2-7]{26}")
"""Small letters and digits that can't be taken for each other: good in a URL, as a key of JOIN, and read aloud."""
HANDLE = re.compile(r"[0-9a-f]{8}")
"""The first digits of the hash: the name by which a link is listed and revoked, which opens nothing."""
MOST_USES = 1000
MOST_LINKS = 10_000
"""Links of the whole server."""
MOST_OWN = 10
"""Links to one room by somebody who isn't its operator."""
DEFAULT_LIFETIME = "7d"
NEVER = "never"
LIFETIME = re.compile(r"([1-9][0-9]{0,3})([mhdw])")
UNITS_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}


class InviteLink(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is kept of a link under `invite-link/<hash of the token>`."""

    name: str
    """What the room was called when the link was made."""
    made_ms: int
    room: str = ""
    """The room's id; "" for the room that has the name when somebody comes."""
    by: str = ""
    """Id of who has made it; "" for `hubbub invite`."""
    by_name: str = ""
    expires_ms: int = 0
    """0: never."""
    uses: int = 0
    """How many people it lets in; 0 for any number, who aren't counted."""
    used_by: tuple[str, ...] = ()
    """Ids of those whom it has let in, where they are counted."""
    opens: bool = False
    """Made by an operator of the room or the server: it opens +i and +k."""
    key: str = ""
    """Of a member's link: the hash of the key that they knew. It opens +k for as long as the key stays that."""
    admits: bool = False
    """Made by an operator of the server: it stands in for the connection password."""


class InviteLinks:
    """All links, by the hashes of their tokens."""

    def __init__(self) -> None:
        self.by_digest: dict[str, InviteLink] = {}


class CameBy:
    """The link by which a connection has been let in at the server's door; "" for none."""

    digest = ""


class Use(NamedTuple):
    """A link that somebody is about to enter a room by."""

    digest: str
    opened: frozenset[str]
    """The letters of the room's modes that keep them out no longer."""
    counted: str
    """The digest, if they count as one more; else ""."""
    expect: tuple[tuple[str, int], ...]
    puts: tuple[Put, ...]


def new_token() -> str:
    return b32encode(secrets.token_bytes(TOKEN_BYTES)).decode().rstrip("=").lower()


def digest_of(token: str) -> str:
    """As good as one-way for what is random and as long as this, and quick."""
    return hashlib.sha256(token.encode()).hexdigest()


def handle_of(digest: str) -> str:
    return digest[:8]


def lifetime_ms(text: str) -> int | None:
    """What `2h`, `7d` or `never` (0) means in milliseconds; None for what can't be understood."""
    if text == NEVER:
        return 0
    found = LIFETIME.fullmatch(text)
    return int(found[1]) * UNITS_MS[found[2]] if found else None


def link_key(digest: str) -> str:
    return f"invite-link/{digest}"


def link_put(digest: str, link: InviteLink | None) -> Put:
    return Put(link_key(digest), msgspec.json.encode(link) if link else None)


def as_it_is(hub: Hub, digest: str) -> tuple[str, int]:
    """The expectation that a link is neither revoked nor used meanwhile."""
    return link_key(digest), hub.ledger.version(link_key(digest))


# -- what a token is good for --------------------------------------------------------------------------------


def room_of(hub: Hub, link: InviteLink) -> Channel | None:
    """The room that a link leads to; None also for one that nobody has entered yet."""
    return hub.channels_by_id.get(link.room) if link.room else hub.channels.get(fold(link.name))


def name_of(hub: Hub, link: InviteLink) -> str:
    """What its room is called now."""
    channel = room_of(hub, link)
    return channel.name if channel is not None else link.name


def is_alive(hub: Hub, link: InviteLink) -> bool:
    """Whether its time is not over, and its room not forgotten."""
    in_time = not link.expires_ms or hub.clock() < link.expires_ms
    return in_time and (not link.room or link.room in hub.channels_by_id)


def lets_in(hub: Hub, link: InviteLink, person: str = "") -> bool:
    """Whether it is good for somebody: whom it has let in before it lets in again. "": for somebody new."""
    left = not link.uses or len(link.used_by) < link.uses or person in link.used_by
    return left and is_alive(hub, link)


def find_link(hub: Hub, token: str, person: str = "") -> tuple[str, InviteLink] | None:
    """The digest and the link of a token, if it is good for somebody."""
    if not TOKEN.fullmatch(token):
        return None
    digest = digest_of(token)
    link = hub.part(InviteLinks).by_digest.get(digest)
    return (digest, link) if link is not None and lets_in(hub, link, person) else None


def use_of(hub: Hub, user: User, name: str, channel: Channel | None, token: str) -> Use | None:
    """What the key of somebody's JOIN is as a link to this very room; `channel` None: it is about to be made."""
    found = find_link(hub, token, user.id)
    if found is None:
        return None
    digest, link = found
    if room_of(hub, link) is not channel or (channel is None and fold(link.name) != fold(name)):
        return None
    opened = _opened(link, channel) if channel is not None else frozenset[str]()
    counted = with_use(link, user.id)
    expect = (as_it_is(hub, digest),)
    if counted is link:
        return Use(digest, opened, "", expect, ())
    return Use(digest, opened, digest, expect, (link_put(digest, counted),))


def _opened(link: InviteLink, channel: Channel) -> frozenset[str]:
    if link.opens:
        return frozenset("ik")
    return frozenset("k") if link.key and link.key == key_digest(channel) else frozenset()


def key_digest(channel: Channel) -> str:
    """The hash of a room's key; "" where it has none."""
    key = channel.modes.get("k")
    return hashlib.sha256(f"{channel.id} {key}".encode()).hexdigest() if key is not None else ""


def with_use(link: InviteLink, person: str) -> InviteLink:
    """The link once it has let somebody in: another one only where they count."""
    if not link.uses or person in link.used_by:
        return link
    return replace(link, used_by=(*link.used_by, person))


def count_use(hub: Hub, digest: str, person: str) -> None:
    """Somebody has come by a link that counts (called where an event is applied)."""
    links = hub.part(InviteLinks).by_digest
    if digest in links:
        links[digest] = with_use(links[digest], person)


def has_open_link(hub: Hub, channel: Channel) -> bool:
    """Whether somebody may still come into a room for the invited by a link."""
    return any(link.opens and lets_in(hub, link) for _digest, link in links_to(hub, channel))


def is_admitted(session: Session, password: str) -> bool:
    """Whether what was given as the connection password is a link that stands in for it."""
    found = find_link(session.hub, password)
    if found is None or not found[1].admits:
        return False
    session.part(CameBy).digest = found[0]
    return True


# -- which links there are -----------------------------------------------------------------------------------


def links_to(hub: Hub, channel: Channel) -> Iterator[tuple[str, InviteLink]]:
    """The links that lead to a room and are not over; used ones too."""
    for digest, link in hub.part(InviteLinks).by_digest.items():
        if is_alive(hub, link) and room_of(hub, link) is channel:
            yield digest, link


def living_links(hub: Hub) -> list[tuple[str, InviteLink]]:
    links = hub.part(InviteLinks).by_digest.items()
    return [(digest, link) for digest, link in links if is_alive(hub, link)]


def named_by(text: str) -> str:
    """The first digits of the hash of the link that somebody means: by its handle, token or address; "" for none."""
    last = text.rstrip("/").rpartition("/")[2].lower()
    if HANDLE.fullmatch(last):
        return last
    return digest_of(last) if TOKEN.fullmatch(last) else ""


# -- facts ---------------------------------------------------------------------------------------------------


class InviteLinkChanged(Event, frozen=True):
    """There is one more link, or it has let somebody in."""

    digest: str
    link: InviteLink

    def apply(self, hub: Hub) -> Audience:
        hub.part(InviteLinks).by_digest[self.digest] = self.link
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None


class InviteLinksGone(Event, frozen=True):
    """Links were revoked, or are over."""

    digests: tuple[str, ...]

    def apply(self, hub: Hub) -> Audience:
        for digest in self.digests:
            hub.part(InviteLinks).by_digest.pop(digest, None)
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None


def removal_puts(digests: tuple[str, ...]) -> tuple[Put, ...]:
    return tuple(link_put(digest, None) for digest in digests)


@restores("invite-link")
def _restore(hub: Hub, digest: str, value: bytes) -> None:
    hub.part(InviteLinks).by_digest[digest] = msgspec.json.decode(value, type=InviteLink)


def sweep(hub: Hub) -> None:
    """Forget what is over: at start, and whenever a link is made."""
    links = hub.part(InviteLinks).by_digest
    over = tuple(digest for digest, link in links.items() if not is_alive(hub, link))
    if over:
        hub.propose(InviteLinksGone(digests=over), puts=removal_puts(over))


RESTORED.append(sweep)
