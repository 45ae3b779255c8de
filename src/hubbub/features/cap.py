"""CAP: negotiation of capabilities.  https://ircv3.net/specs/extensions/capability-negotiation"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.capability import CAPABILITIES, capability
from hubbub.core.command import Context, command
from hubbub.core.refusal import Refused
from hubbub.core.registration import try_to_register
from hubbub.core.reply import filled
from hubbub.irc.numerics import ERR_INVALIDCAPCMD

if TYPE_CHECKING:
    from hubbub.core.session import Session

CAP_NOTIFY = capability("cap-notify", shapes=False)
STANDARD_REPLIES = capability("standard-replies", shapes=False)
ROOM_FOR_NAMES = 400
"""Bytes of capability names in one line."""


@command("CAP", before_registration=True)
def cap(ctx: Context, subcommand: str = "", argument: str = "") -> None:
    """CAP LS [302] | LIST | REQ :<capabilities> | END: what your client and the server both can do."""
    action = _ACTIONS.get(subcommand.upper())
    if action is None:
        raise Refused(ERR_INVALIDCAPCMD, subcommand or "*", "Invalid CAP command")
    action(ctx, argument)


def _ls(ctx: Context, argument: str) -> None:
    session = ctx.session
    if session.user is None:
        session.negotiating = True
    version = int(argument) if argument.isascii() and argument.isdigit() and len(argument) < 6 else 301
    session.version = max(session.version, version)
    if version >= 302:
        # cap-notify is implied by version 302 and can't be switched off again.
        session.set_caps(session.caps | CAP_NOTIFY.bit)
    _send_list(ctx, "LS", [shown for cap in CAPABILITIES.values() if (shown := cap.listed(session))])


def _list(ctx: Context, _argument: str) -> None:
    _send_list(ctx, "LIST", [name for name, cap in CAPABILITIES.items() if ctx.session.has(cap)])


def _send_list(ctx: Context, verb: str, names: list[str]) -> None:
    lines = _lines(ctx, verb, names)
    for number, line in enumerate(lines, 1):
        more = "* " if number < len(lines) else ""
        ctx.reply.line(f":{ctx.hub.name} CAP {ctx.session.display_nick} {verb} {more}:{line}")


def _lines(ctx: Context, verb: str, names: list[str]) -> list[str]:
    """All names; for those below version 302, who know of one line only, as many as it holds.

    They are the ones to whom drafts and vendors' names mean least, so those come last. ("Multiline replies to CAP LS
    and CAP LIST")
    """
    if ctx.session.version >= 302:
        return list(filled(sorted(names), ROOM_FOR_NAMES)) or [""]
    ordered = sorted(names, key=lambda name: ("/" in name, name))
    return [next(filled(ordered, ctx.reply.room("CAP", verb)), "")]


def _req(ctx: Context, argument: str) -> None:
    session = ctx.session
    if session.user is None:
        session.negotiating = True
    wanted = _wanted(session, argument.split())
    if wanted is not None:
        session.set_caps(wanted)
    verdict = "NAK" if wanted is None else "ACK"
    ctx.reply.line(f":{ctx.hub.name} CAP {session.display_nick} {verdict} :{argument}")


def _wanted(session: Session, words: list[str]) -> int | None:
    """What is in force after a REQ, or None: it is accepted as a whole or not at all."""
    wanted = session.caps
    for word in words:
        declared = CAPABILITIES.get(word.removeprefix("-"))
        if declared is None or declared.advertises is not None or not declared.exists(session.hub.settings):
            return None
        wanted = wanted & ~declared.bit if word.startswith("-") else wanted | declared.bit
    for declared in CAPABILITIES.values():
        if declared.excludes and wanted & declared.bit and wanted & CAPABILITIES[declared.excludes].bit:
            return None
    return wanted | CAP_NOTIFY.bit if session.version >= 302 else wanted


def _end(ctx: Context, _argument: str) -> None:
    if ctx.session.user is None:
        ctx.session.negotiating = False
        try_to_register(ctx)


_ACTIONS = {"LS": _ls, "LIST": _list, "REQ": _req, "END": _end}
