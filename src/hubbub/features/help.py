"""HELP: what can be done here, from the handlers' own descriptions.  Modern IRC, HELP"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hubbub.core.command import COMMANDS, Command, Context, command
from hubbub.core.modes import CHANNEL_MODE_HELP, USER_MODE_HELP
from hubbub.core.refusal import Refused
from hubbub.core.reply import filled, middle
from hubbub.irc import numerics

WIDTH = 70
"""Bytes in a line of the index."""


@command("HELP", "HELPOP")
def help_(ctx: Context, subject: str = "") -> None:
    """HELP [<subject>]: explain a command; without a subject, list what there is.

    Other subjects are CMODES and UMODES, the modes of rooms and of people.
    """
    wanted = subject.upper()
    found = COMMANDS.get(wanted)
    # What can't be a middle parameter MUST be * here (Modern IRC, RPL_HELPSTART).
    shown = subject if middle(subject) == subject else "*"
    if found is not None:
        _send(ctx, shown, f"The {wanted} command", described(found))
    elif wanted in _SUBJECTS:
        title, lines = _SUBJECTS[wanted]
        _send(ctx, shown, title, lines(ctx))
    else:
        raise Refused(numerics.ERR_HELPNOTFOUND, shown, "No help available on this topic")


def _send(ctx: Context, subject: str, title: str, lines: Iterable[str]) -> None:
    """704, an empty line, and the last line as 706 (Modern IRC, HELP)."""
    *most, last = lines
    ctx.numeric(numerics.RPL_HELPSTART, subject, f"** {title} **")
    for line in ("", *most):
        ctx.numeric(numerics.RPL_HELPTXT, subject, line)
    ctx.numeric(numerics.RPL_ENDOFHELP, subject, last)


def described(found: Command) -> list[str]:
    """A command's help, with its syntax on a line of its own."""
    syntax, explanation = syntax_and_explanation(found)
    lines = [syntax, *explanation]
    return [*lines, "Only for operators of the server."] if found.operator else lines


def syntax_and_explanation(found: Command) -> tuple[str, list[str]]:
    """A handler's description taken apart: "PART <room>: leave it." → its syntax and the lines after it."""
    first, *rest = found.help
    syntax, colon, explanation = first.partition(": ")
    if not colon:
        syntax, explanation = found.verb, first
    return syntax, [explanation[:1].upper() + explanation[1:], *(line for line in rest if line)]


def _index(ctx: Context) -> Iterator[str]:
    """The commands that the asker may give, several on a line, and where to read on."""
    allowed = [verb for verb, found in COMMANDS.items() if ctx.user.acts_as_operator or not found.operator]
    yield from filled(sorted(allowed), WIDTH)
    yield ""
    yield "HELP <command> explains one; HELP CMODES and HELP UMODES explain the modes."


def _channel_modes(_ctx: Context) -> list[str]:
    return [f"{letter}  {text}" for letter, text in sorted(CHANNEL_MODE_HELP.items())]


def _user_modes(_ctx: Context) -> list[str]:
    return [f"{letter}  {text}" for letter, text in sorted(USER_MODE_HELP.items())]


_SUBJECTS = {
    "": ("What you can do here", _index),
    "INDEX": ("What you can do here", _index),
    "CMODES": ("Modes of rooms", _channel_modes),
    "UMODES": ("Modes of people", _user_modes),
}
