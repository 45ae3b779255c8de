"""PRIVMSG, NOTICE and TAGMSG: what people say to rooms and to each other.

Modern IRC, "Sending Messages"; https://ircv3.net/specs/extensions/message-tags, echo-message
What is sent twice: docs/specs/nonce.md
"""

from __future__ import annotations

from hubbub.core.capability import MESSAGE_TAGS, isupport
from hubbub.core.command import Context, command
from hubbub.core.refusal import Refused
from hubbub.core.said import ALL_SIGNS, TAKEN, say_to
from hubbub.irc import numerics

isupport("STATUSMSG", ALL_SIGNS)
isupport("TARGMAX", lambda settings: _targmax(settings.limits.targets))
isupport("MAXTARGETS", lambda settings: settings.limits.targets)


def _targmax(targets: int) -> str:
    each = ",".join(f"{verb}:{targets}" for verb in ("PRIVMSG", "NOTICE", "TAGMSG"))
    return f"JOIN:,KICK:,LIST:,NAMES:{targets},PART:,WHOIS:1,{each}"


@command("PRIVMSG", pipelined=True)
def privmsg(ctx: Context, targets: str = "", text: str = "") -> None:
    """PRIVMSG <target>{,<target>} :<text>: say something to a room or a person."""
    _say(ctx, "PRIVMSG", targets, text)


@command("NOTICE", pipelined=True)
def notice(ctx: Context, targets: str = "", text: str = "") -> None:
    """NOTICE <target>{,<target>} :<text>: say something that no program answers."""
    _say(ctx, "NOTICE", targets, text)


@command("TAGMSG", pipelined=True)
def tagmsg(ctx: Context, targets: str = "") -> None:
    """TAGMSG <target>{,<target>}: send tags without text (needs message-tags)."""
    if not ctx.session.has(MESSAGE_TAGS):
        raise Refused(numerics.ERR_UNKNOWNCOMMAND, "TAGMSG", "Unknown command")
    taken = next((TAKEN[name] for name in ctx.message.tags if name in TAKEN), None)
    if taken is not None:
        taken(ctx, targets)
    elif any(name.startswith("+") for name in ctx.message.tags):
        _say(ctx, "TAGMSG", targets, "")


def _say(ctx: Context, verb: str, targets: str, text: str) -> None:
    if not targets:
        _refuse(ctx, verb, Refused(numerics.ERR_NORECIPIENT, f"No recipient given ({verb})"))
    elif not text and verb != "TAGMSG":
        _refuse(ctx, verb, Refused(numerics.ERR_NOTEXTTOSEND, "No text to send"))
    else:
        _say_to_each(ctx, verb, list(dict.fromkeys(targets.split(","))), text)


def _say_to_each(ctx: Context, verb: str, targets: list[str], text: str) -> None:
    most = ctx.hub.settings.limits.targets
    for target in targets[:most]:
        try:
            say_to(ctx, verb, target, text)
        except Refused as refusal:
            _refuse(ctx, verb, refusal)
    if len(targets) > most:
        too_many = f"No more than {most} targets at a time"
        _refuse(ctx, verb, Refused(numerics.ERR_TOOMANYTARGETS, targets[most], too_many))


def _refuse(ctx: Context, verb: str, refusal: Refused) -> None:
    """Answer an error; never to a NOTICE, so that programs can't fall into a loop (Modern IRC, NOTICE)."""
    if verb != "NOTICE":
        ctx.numeric(refusal.numeric, *refusal.params)
