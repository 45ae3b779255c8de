"""INVITELINK: links that lead into a room, for whoever has them.  docs/specs/invite-link.md

Who may INVITE may make them. What a token opens, and that JOIN takes it as a key, is core.invite_links.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from hubbub.core.capability import capability
from hubbub.core.command import Context, Proposal, command, unknown_command
from hubbub.core.invite_links import (
    DEFAULT_LIFETIME,
    MOST_LINKS,
    MOST_OWN,
    MOST_USES,
    CameBy,
    InviteLink,
    InviteLinkChanged,
    InviteLinks,
    InviteLinksGone,
    as_it_is,
    digest_of,
    handle_of,
    key_digest,
    lets_in,
    lifetime_ms,
    link_key,
    link_put,
    links_to,
    named_by,
    new_token,
    removal_puts,
    sweep,
    with_use,
)
from hubbub.core.login import LOGINS
from hubbub.core.policy import is_channel_operator, may_invite
from hubbub.core.refusal import Failed
from hubbub.core.registration import GATES, WELCOMES
from hubbub.core.reply import middle
from hubbub.core.rooms import as_named
from hubbub.core.vendor import VENDOR
from hubbub.irc.times import to_timestamp

if TYPE_CHECKING:
    from hubbub.core.hub import Hub
    from hubbub.core.model import Channel, User
    from hubbub.core.reply import Reply
    from hubbub.core.session import Session

INVITE_LINK = capability(f"{VENDOR}invite-link", shapes=False)
ANY = "*"
"""Stands for any number of uses, no end, no address."""


@command("INVITELINK", cost=3)
def invitelink(ctx: Context, channel: Channel, what: str = ANY, which: str = "") -> None:
    """INVITELINK <room> [<uses> [<expires>]]: make a link into a room (needs invite-link).

    <uses> is a number of people, or * for any; <expires> is a time such as 2h or 7d, or never.
    INVITELINK <room> LIST shows the links, INVITELINK <room> REVOKE <link> ends one.
    """
    if not ctx.session.has(INVITE_LINK):
        raise unknown_command(ctx.session, "INVITELINK")
    may_invite(channel, ctx.user, ctx.message.params[0])
    if what.upper() == "LIST":
        _list(ctx, channel)
    elif what.upper() == "REVOKE":
        _revoke(ctx, channel, which)
    else:
        _make(ctx, channel, _uses(channel, what), _end(ctx, channel, which or DEFAULT_LIFETIME))


def _uses(channel: Channel, text: str) -> int:
    if text == ANY:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 0 < int(text) <= MOST_USES):
        why = f"Uses are a number from 1 to {MOST_USES}, or * for any"
        raise Failed("INVALID_PARAMS", channel.name, middle(text), why)
    return int(text)


def _end(ctx: Context, channel: Channel, text: str) -> int:
    """When a link is over, in Unix milliseconds; 0 for never."""
    lifetime = lifetime_ms(text)
    if lifetime is None:
        raise Failed("INVALID_PARAMS", channel.name, middle(text), "Say 30m, 2h, 7d, 4w or never")
    return ctx.hub.clock() + lifetime if lifetime else 0


def _make(ctx: Context, channel: Channel, uses: int, expires_ms: int) -> None:
    hub, user = ctx.hub, ctx.user
    rules = is_channel_operator(channel, user)
    sweep(hub)
    _check_number(hub, channel, "" if rules else user.id)
    token = new_token()
    digest = digest_of(token)
    link = InviteLink(
        name=channel.name,
        made_ms=hub.clock(),
        room=channel.id,
        by=user.id,
        by_name=user.nick,
        expires_ms=expires_ms,
        uses=uses,
        opens=rules,
        key="" if rules else key_digest(channel),
        admits=user.acts_as_operator,
    )
    ctx.propose(
        InviteLinkChanged(digest=digest, link=link),
        expect=(as_named(hub, channel), (link_key(digest), 0)),
        puts=(link_put(digest, link),),
        applied=lambda: _tell_made(ctx, channel, digest, link, token),
        refused=lambda _reason: _try_again(ctx, channel),
    )


def _check_number(hub: Hub, channel: Channel, own: str) -> None:
    """`own`: the id of somebody who may have few only."""
    there = [link for _digest, link in links_to(hub, channel)]
    full = len(there) >= hub.settings.limits.list_entries
    if own and sum(link.by == own for link in there) >= MOST_OWN:
        full = True
    if full or len(hub.part(InviteLinks).by_digest) >= MOST_LINKS:
        raise Failed("TOO_MANY_LINKS", channel.name, "There are too many links; revoke one first")


def _tell_made(ctx: Context, channel: Channel, digest: str, link: InviteLink, token: str) -> None:
    pages = ctx.hub.page_urls()
    url = f"{pages[0]}i/{token}" if pages else ANY
    _say(ctx, channel, "CREATED", handle_of(digest), _number(link), _until(link), token, url)


def _try_again(ctx: Context, channel: Channel) -> None:
    """The room was renamed or forgotten, or the link used or revoked, at the same moment."""
    ctx.reply.fail(
        "INVITELINK", "TEMPORARILY_UNAVAILABLE", channel.name, "Something changed just now; try again"
    )


def _list(ctx: Context, channel: Channel) -> None:
    shown = _shown(ctx, channel)
    for digest, link in shown:
        used = str(len(link.used_by)) if link.uses else ANY
        made = to_timestamp(link.made_ms)
        words = (handle_of(digest), used, _number(link), _until(link), made, link.by_name or ANY)
        _say(ctx, channel, "LINK", *words)
    _say(ctx, channel, "END", str(len(shown)))


def _shown(ctx: Context, channel: Channel) -> list[tuple[str, InviteLink]]:
    """All for operators, for others those that they have made."""
    rules = is_channel_operator(channel, ctx.user)
    return [found for found in links_to(ctx.hub, channel) if rules or found[1].by == ctx.user.id]


def _revoke(ctx: Context, channel: Channel, which: str) -> None:
    start = named_by(which)
    found = [digest for digest, _link in _shown(ctx, channel) if start and digest.startswith(start)]
    if len(found) != 1:
        # What was given may be a token, and isn't repeated.
        raise Failed("NO_SUCH_LINK", channel.name, "There is no such link of yours to this room")
    (digest,) = found
    ctx.propose(
        InviteLinksGone(digests=(digest,)),
        puts=removal_puts((digest,)),
        applied=lambda: _say(ctx, channel, "REVOKED", handle_of(digest)),
    )


def _number(link: InviteLink) -> str:
    return str(link.uses) if link.uses else ANY


def _until(link: InviteLink) -> str:
    return to_timestamp(link.expires_ms) if link.expires_ms else ANY


def _say(ctx: Context, channel: Channel, word: str, *params: str) -> None:
    ctx.reply.line(f":{ctx.hub.name} INVITELINK {channel.name} {word} {' '.join(params)}")


# -- who came by a link --------------------------------------------------------------------------------------


@GATES.append
def _still_lets_in(ctx: Context) -> bool:
    """A link that was given as the password may have been revoked or used up since; then none was given."""
    session = ctx.session
    digest = session.part(CameBy).digest
    if digest:
        link = ctx.hub.part(InviteLinks).by_digest.get(digest)
        session.password_given = link is not None and lets_in(ctx.hub, link)
    return True


@WELCOMES.append
def _count_arrival(reply: Reply) -> None:
    """A guest whom a link let in at the server's door is counted, be it that they enter no room by it."""
    session = reply.session
    if session.part(CameBy).digest and session.account is None:
        _count(session)


def _count(session: Session) -> None:
    """Count them; they must go if others have used the link up at the same moment."""
    hub, user, digest = session.hub, session.user, session.part(CameBy).digest
    if user is None or session.leaving is not None:
        return
    link = hub.part(InviteLinks).by_digest.get(digest)
    if link is None or not lets_in(hub, link, user.id):
        session.send(f"ERROR :Closing link: {session.host} (The invite link is used up)")
        hub.disconnect(session, "The invite link is used up")
        return
    counted = with_use(link, user.id)
    if counted is not link:
        hub.append(
            Proposal(InviteLinkChanged(digest=digest, link=counted), None, lambda _reason: _count(session)),
            (as_it_is(hub, digest),),
            (link_put(digest, counted),),
        )


@LOGINS.append
def _take_along(hub: Hub, user: User, guest: str) -> None:
    """Whom a link has let in as a guest it lets in as the account, too; only their own node proposes it."""
    if guest == user.id or hub.origin is None or hub.origin.user is not user:
        return
    for digest, link in list(hub.part(InviteLinks).by_digest.items()):
        if guest in link.used_by:
            _rename_use(hub, digest, guest, user.id)


def _rename_use(hub: Hub, digest: str, guest: str, account: str) -> None:
    link = hub.part(InviteLinks).by_digest.get(digest)
    if link is None:
        return
    # Should the account have used it before, it gets nothing back for that.
    moved = replace(link, used_by=tuple(account if each == guest else each for each in link.used_by))
    hub.append(
        Proposal(
            InviteLinkChanged(digest=digest, link=moved),
            None,
            lambda _reason: _rename_use(hub, digest, guest, account),
        ),
        (as_it_is(hub, digest),),
        (link_put(digest, moved),),
    )
