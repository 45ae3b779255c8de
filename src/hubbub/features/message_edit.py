"""EDITMSG: say again what was said, differently.  docs/specs/message-edit.md

Clients with the capability are told of each edit. All others see one line, `✎ new text`, when the author has left the
message alone for a few seconds; whoever reads history finds the newest text in the message's place.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hubbub.core.capability import MESSAGE_TAGS, capability, tags
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
from hubbub.core.event import Event
from hubbub.core.files import delete_unlinked
from hubbub.core.ledger import Fact
from hubbub.core.messageid import to_msgid
from hubbub.core.policy import may_speak
from hubbub.core.refusal import Failed
from hubbub.core.revisions import Revision, find_stale, revised, revising, revisions_of
from hubbub.core.vendor import VENDOR
from hubbub.irc.names import fold
from hubbub.irc.text import plain
from hubbub.irc.times import to_timestamp

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.delivery import Audience
    from hubbub.core.hub import Hub

MESSAGE_EDIT = capability(f"{VENDOR}message-edit", lambda settings: str(settings.history.edit_window))
QUIET = 5.0
"""Seconds without a further edit after which other clients are shown the outcome."""
MOST_REVISIONS = 50
PENCIL = "✎ "
ACTION = "\x01ACTION "


@command("EDITMSG")
async def editmsg(ctx: Context, target: str, msgid: str, text: str) -> None:
    """EDITMSG <room or nick> <msgid> :<text>: change what you said a short while ago (needs message-edit).

    It stays in its place in the history, with the new text.
    """
    if not ctx.session.has(MESSAGE_EDIT):
        raise unknown_command(ctx.session, "EDITMSG")
    earlier = await said_earlier(ctx.hub, msgid)
    stale = await find_stale(ctx.hub)
    _propose(ctx, target, msgid, text, earlier, stale)


def _propose(
    ctx: Context, target: str, msgid: str, text: str, earlier: Earlier | None, stale: tuple[int, ...]
) -> None:
    conversation, found = check_seen(ctx, target, msgid, earlier)
    _check_right(ctx, target, msgid, found)
    _check_text(target, msgid, text)
    if text == found.said.whole_text:
        return
    expect, puts, _ = revising(ctx.hub, found.fact.pos, stale)
    event = Edited(
        verb=found.said.verb,
        user=ctx.user.id,
        source=ctx.user.source,
        account=ctx.user.account,
        target=shown_target(conversation, found),
        where=found.fact.topic,
        of=found.fact.pos,
        text=text,
        was=found.said.whole_text,
        stale=stale,
    )
    # Refused if it was edited or taken back at the same moment: look again.
    ctx.propose(
        event,
        expect=expect,
        puts=puts,
        refused=lambda _: run_again(ctx, lambda again: _propose(again, target, msgid, text, found, stale)),
    )
    delete_unlinked(ctx, found.said, text)


def _check_right(ctx: Context, target: str, msgid: str, found: Earlier) -> None:
    window = ctx.hub.settings.history.edit_window
    if not window:
        raise Failed("EDIT_FORBIDDEN", target, msgid, "Messages can't be edited on this server")
    if not is_author(ctx.user, found.said) or found.said.verb == "TAGMSG":
        raise Failed("EDIT_FORBIDDEN", target, msgid, "You can only edit what you said yourself")
    if ctx.hub.clock() - found.fact.time_ms > window * 1000:
        raise Failed("EDIT_WINDOW_EXPIRED", target, msgid, str(window), "You can no longer edit this message")
    if len(revisions_of(ctx.hub, found.fact.pos)) >= MOST_REVISIONS:
        raise Failed("TOO_MANY_EDITS", target, msgid, f"A message can be edited {MOST_REVISIONS} times")
    channel = room_of(ctx.hub, found.fact.topic)
    if channel is not None:
        # Who may not speak any more can't do so by way of old messages.
        may_speak(channel, ctx.user)


def _check_text(target: str, msgid: str, text: str) -> None:
    if not text.strip():
        raise Failed("INVALID_TEXT", target, msgid, "There is no text; REDACT takes a message back")
    if text.startswith("\x01") and not text.startswith(ACTION):
        # History shows it as a message, and a client might answer.
        raise Failed("INVALID_TEXT", target, msgid, "A message can't become a CTCP request")


class Edited(Revision, frozen=True, kw_only=True):
    """A message reads differently. `where` is its topic in the log; `was` is what it said until now."""

    keep = True
    verb: str
    user: str
    source: str
    target: str
    where: str
    was: str
    account: str = ""
    stale: tuple[int, ...] = ()
    """Messages that have expired, to be forgotten by the index."""

    def topic(self) -> str:
        return self.where

    def author(self) -> str:
        return self.user

    def searchable(self) -> tuple[str, str]:
        return plain(self.text.removeprefix(ACTION).removesuffix("\x01")), fold(self.source.partition("!")[0])

    def apply(self, hub: Hub) -> Audience:
        assert hub.fact is not None
        revised(hub, self.of, hub.fact.pos, self.stale)
        hub.part(Unshown).texts.setdefault(self.of, self.was)
        hub.later(QUIET, partial(_show_others, hub, self, hub.fact.pos))
        return audience_in(hub, self.where, self.user)

    def render(self, to: Profile, fact: Fact) -> str | None:
        if MESSAGE_EDIT not in to:
            return None
        front = f"{to.tag_prefix(self, fact)}:{self.source} EDITMSG"
        return f"{front} {self.target} {to_msgid(self.of)} :{self.text}"


# -- everybody else ------------------------------------------------------------------------------------------


class Unshown:
    """Messages being edited: the text that clients without the capability know, by the message's position."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = {}


def _show_others(hub: Hub, edit: Edited, pos: int) -> None:
    """Some seconds after an edit. If there was another, that one's time comes; what is taken back isn't shown."""
    newest = revisions_of(hub, edit.of)[-1:]
    if newest and newest != (pos,):
        return
    known = hub.part(Unshown).texts.pop(edit.of, edit.text)
    if not newest or _without_spaces(known) == _without_spaces(edit.text):
        return
    shown = EditShown(
        verb=edit.verb,
        source=edit.source,
        account=edit.account,
        standing=edit.standing,
        target=edit.target,
        of=edit.of,
        text=_marked(edit.text),
    )
    fact = Fact(0, hub.clock(), hub.name, edit.where, b"")
    hub.deliver(shown, fact, audience_in(hub, edit.where, edit.user), None)


def _without_spaces(text: str) -> str:
    return "".join(text.split())


def _marked(text: str) -> str:
    """With the pencil in front; of what somebody does, in front of that."""
    return f"{ACTION}{PENCIL}{text.removeprefix(ACTION)}" if text.startswith(ACTION) else f"{PENCIL}{text}"


class EditShown(Event, frozen=True):
    """The line that clients without the capability see. It is never in the log."""

    verb: str
    source: str
    target: str
    of: int
    text: str
    account: str = ""

    def render(self, to: Profile, fact: Fact) -> str | None:
        if MESSAGE_EDIT in to:
            return None
        reply = f"+reply={to_msgid(self.of)}" if MESSAGE_TAGS in to else ""
        return f"{to.tag_prefix(self, fact, reply)}:{self.source} {self.verb} {self.target} :{self.text}"


@tags(MESSAGE_EDIT)
def edited(event: Event, fact: Fact) -> str:
    at_ms: int = getattr(event, "edited_ms", 0)
    return f"{VENDOR}edited={to_timestamp(at_ms)}" if at_ms else ""
