"""REDACT: take a message back.  https://ircv3.net/specs/extensions/message-redaction

The text goes from the log in the same transaction that tells of it, with all its revisions; history then leaves the
message out. Clients without the capability are told nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hubbub.core.capability import capability
from hubbub.core.command import Context, command, run_again, unknown_command
from hubbub.core.earlier import (
    Earlier,
    audience_in,
    check_seen,
    is_author,
    room_of,
    said_earlier,
    shown_target,
)
from hubbub.core.event import Event, decode
from hubbub.core.files import delete_with
from hubbub.core.messageid import to_msgid
from hubbub.core.policy import is_channel_operator
from hubbub.core.refusal import Failed
from hubbub.core.revisions import retracted, retracting
from hubbub.core.said import Said
from hubbub.irc.text import clip

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.delivery import Audience
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact

MESSAGE_REDACTION = capability("draft/message-redaction")


@command("REDACT")
async def redact(ctx: Context, target: str, msgid: str, reason: str = "") -> None:
    """REDACT <room or nick> <msgid> [:<reason>]: take a message back (needs draft/message-redaction).

    Everybody may take back what they said themselves; operators of a room what anybody said there.
    """
    if not ctx.session.has(MESSAGE_REDACTION):
        raise unknown_command(ctx.session, "REDACT")
    earlier = await said_earlier(ctx.hub, msgid)
    _propose(ctx, target, msgid, reason, earlier)


def _propose(ctx: Context, target: str, msgid: str, reason: str, earlier: Earlier | None) -> None:
    conversation, found = check_seen(ctx, target, msgid, earlier)
    _check_right(ctx, target, msgid, found)
    expect, puts, erases = retracting(ctx.hub, found.fact.pos)
    event = Redacted(
        user=ctx.user.id,
        source=ctx.user.source,
        account=ctx.user.account,
        target=shown_target(conversation, found),
        where=found.fact.topic,
        of=found.fact.pos,
        reason=clip(reason, ctx.hub.settings.limits.kick),
    )
    # Refused if it was edited or taken back at the same moment: look again.
    ctx.propose(
        event,
        expect=expect,
        puts=puts,
        erases=erases,
        refused=lambda _: run_again(ctx, lambda again: _propose(again, target, msgid, reason, found)),
    )
    delete_with(ctx, found.said, *_as_first_said(found))


def _as_first_said(found: Earlier) -> Iterator[Said]:
    """Before it was edited, if it was."""
    first = decode(found.fact.body)
    if isinstance(first, Said):
        yield first


def _check_right(ctx: Context, target: str, msgid: str, found: Earlier) -> None:
    channel = room_of(ctx.hub, found.fact.topic)
    if channel is not None and is_channel_operator(channel, ctx.user):
        return
    if not is_author(ctx.user, found.said):
        raise Failed("REDACT_FORBIDDEN", target, msgid, "You are not authorised to delete this message")
    window = ctx.hub.settings.history.redact_window
    if window and ctx.hub.clock() - found.fact.time_ms > window * 1000:
        raise Failed(
            "REDACT_WINDOW_EXPIRED", target, msgid, str(window), "You can no longer delete this message"
        )


class Redacted(Event, frozen=True):
    """A message was taken back. `where` is its topic and `of` its position in the log."""

    keep = True
    user: str
    source: str
    target: str
    where: str
    of: int
    reason: str = ""
    account: str = ""

    def topic(self) -> str:
        return self.where

    def author(self) -> str:
        return self.user

    def apply(self, hub: Hub) -> Audience:
        retracted(hub, self.of)
        return audience_in(hub, self.where, self.user)

    def render(self, to: Profile, fact: Fact) -> str | None:
        if MESSAGE_REDACTION not in to:
            return None
        reason = f" :{self.reason}" if self.reason else ""
        return f"{to.tag_prefix(self, fact)}:{self.source} REDACT {self.target} {to_msgid(self.of)}{reason}"
