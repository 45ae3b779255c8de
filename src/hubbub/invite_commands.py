"""What `hubbub invite` has done by the running server: links made, listed and revoked, for the operator.

A request comes in, and what there is to tell goes out as JSON, a line each. Knows neither the terminal nor the socket
between them (hubbub.invite_cli, hubbub.control). A token is told once, to who asked for it, and nowhere written down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from hubbub.core.command import Proposal
from hubbub.core.event import Event
from hubbub.core.hub import Hub
from hubbub.core.invite_links import (
    MOST_LINKS,
    MOST_USES,
    InviteLink,
    InviteLinkChanged,
    InviteLinks,
    InviteLinksGone,
    digest_of,
    handle_of,
    lifetime_ms,
    link_put,
    living_links,
    name_of,
    named_by,
    new_token,
    removal_puts,
    room_of,
    sweep,
)
from hubbub.core.ledger import Put
from hubbub.irc.names import fold, is_channel
from hubbub.irc.text import printable
from hubbub.irc.times import to_timestamp
from hubbub.user_commands import Impossible, Lines


class InviteRequest(msgspec.Struct, frozen=True, tag="invite", tag_field="about"):
    """What the operator wants. The link to revoke may be a token, which must not show up anywhere."""

    action: str
    room: str = ""
    uses: int = 0
    expires: str = ""
    link: str = ""

    def __repr__(self) -> str:
        return f"InviteRequest({self.action!r})"


class ShownLink(msgspec.Struct, frozen=True):
    """A link as the operator is told of it."""

    id: str
    room: str
    expires: str | None
    uses: int | None
    used: int | None
    """None where uses aren't counted."""
    by: str | None
    """None for `hubbub invite` itself."""
    made: str


class MadeLink(msgspec.Struct, frozen=True):
    """The answer to the making of one."""

    link: ShownLink
    network: str
    urls: tuple[str, ...]
    """The best one first."""
    token: str
    notes: tuple[str, ...]
    """Sentences on what may surprise whoever follows the link."""

    def __repr__(self) -> str:
        return f"MadeLink({self.link!r})"


def carry_out_invite(hub: Hub, request: InviteRequest) -> Lines:
    """Do it, and give the lines of the answer."""
    action = _ACTIONS.get(request.action)
    if action is None:
        raise Impossible("the running server doesn't know this command; is it another version?")
    return action(hub, request)


async def _make(hub: Hub, request: InviteRequest) -> Lines:
    name = request.room or hub.settings.rooms.default
    if not name:
        raise Impossible("there is no room that everybody lands in; name one with --room")
    if not is_channel(name, hub.settings.limits.room):
        raise Impossible(f"{printable(name)!r} can't be the name of a room")
    if not 0 <= request.uses <= MOST_USES:
        raise Impossible(f"a link is for 1 to {MOST_USES} people, or without --uses for any number")
    lifetime = lifetime_ms(request.expires)
    if lifetime is None:
        raise Impossible(f"{printable(request.expires)!r} is no time such as 30m, 2h, 7d, 4w or never")
    sweep(hub)
    if len(hub.part(InviteLinks).by_digest) >= MOST_LINKS:
        raise Impossible("there are too many links; revoke some first")
    token = new_token()
    digest = digest_of(token)
    link = _new_link(hub, name, request.uses, lifetime)
    await _commit(hub, InviteLinkChanged(digest=digest, link=link), (link_put(digest, link),))
    made = MadeLink(
        link=_shown(hub, digest, link),
        network=hub.settings.server.network,
        urls=tuple(f"{page}i/{token}" for page in hub.page_urls()),
        token=token,
        notes=tuple(_notes(hub, link)),
    )
    yield msgspec.json.encode(made).decode()


def _new_link(hub: Hub, name: str, uses: int, lifetime: int) -> InviteLink:
    now, channel = hub.clock(), hub.channels.get(fold(name))
    return InviteLink(
        name=channel.name if channel else name,
        made_ms=now,
        room=channel.id if channel else "",
        expires_ms=now + lifetime if lifetime else 0,
        uses=uses,
        opens=True,
        admits=True,
    )


def _notes(hub: Hub, link: InviteLink) -> Iterator[str]:
    accounts, channel = hub.settings.accounts, room_of(hub, link)
    may_guest = accounts.guests == "everywhere" or (
        accounts.guests == "rooms" and fold(link.name) in map(fold, accounts.guest_rooms)
    )
    if not may_guest or (channel is not None and "R" in channel.modes):
        yield "Guests are kept out there: whoever comes needs an account, which a link doesn't replace."
    if channel is not None and "l" in channel.modes:
        yield f"The room takes {channel.modes['l']} people at a time, with a link or without."


async def _list(hub: Hub, request: InviteRequest) -> Lines:
    found = sorted(living_links(hub), key=lambda pair: pair[1].made_ms)
    for digest, link in found:
        if not request.room or fold(name_of(hub, link)) == fold(request.room):
            yield msgspec.json.encode(_shown(hub, digest, link)).decode()


async def _revoke(hub: Hub, request: InviteRequest) -> Lines:
    start = named_by(request.link)
    links = hub.part(InviteLinks).by_digest
    found = {digest: link for digest, link in links.items() if start and digest.startswith(start)}
    if len(found) != 1:
        raise Impossible("there is no such link; `hubbub invite list` shows them all")
    ((digest, link),) = found.items()
    await _commit(hub, InviteLinksGone(digests=(digest,)), removal_puts((digest,)))
    yield msgspec.json.encode(_shown(hub, digest, link)).decode()


def _shown(hub: Hub, digest: str, link: InviteLink) -> ShownLink:
    return ShownLink(
        id=handle_of(digest),
        room=name_of(hub, link),
        expires=to_timestamp(link.expires_ms) if link.expires_ms else None,
        uses=link.uses or None,
        used=len(link.used_by) if link.uses else None,
        by=link.by_name or None,
        made=to_timestamp(link.made_ms),
    )


async def _commit(hub: Hub, event: Event, puts: tuple[Put, ...]) -> None:
    """Wait until it is on the disk and in force."""
    done: list[bool] = []
    hub.append(Proposal(event, None, None, lambda: done.append(True)), (), puts)
    await hub.ledger.flush()
    if not done:
        raise Impossible("nothing can be stored now; the server's log says why")


_ACTIONS: dict[str, Callable[[Hub, InviteRequest], Lines]] = {
    "make": _make,
    "list": _list,
    "revoke": _revoke,
}
