"""The table of commands: how one is declared, found and done.

Owns the table; knows no command. The subjects (talking.py and so on) declare theirs when they are imported. Called by
typed.py (which word is a command), by the app (run, completions) and by the help sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from hubbub.client.outbox import Full
from hubbub.client.sending import NothingToSend
from hubbub.plain.commands import Unclear
from hubbub.tui.commands.desk import Desk
from hubbub.tui.completion import Argument

Act = Callable[[Desk, str], None]


class Command(NamedTuple):
    """One command.

    usage, summary  from the docstring, "usage: summary"
    subject   the heading in the help sheet
    argument  what Tab offers behind it
    lines     what stands behind it may hold line breaks
    secret    what stands behind it may be a password, so that no history keeps it
    """

    name: str
    aliases: tuple[str, ...]
    usage: str
    summary: str
    subject: str
    act: Act
    argument: Argument
    lines: bool
    secret: bool


COMMANDS: dict[str, Command] = {}
"""By every name, aliases included."""


def command(
    *aliases: str, argument: Argument = Argument.TEXT, lines: bool = False, secret: bool = False
) -> Callable[[Act], Act]:
    """Declare a command, named as its function. The docstring is "usage: summary"."""

    def declare(act: Act) -> Act:
        usage, _, summary = (act.__doc__ or "").partition(": ")
        subject = act.__module__.rpartition(".")[2].capitalize()
        name = act.__name__.removesuffix("_")
        declared = Command(name, aliases, usage, summary.strip(), subject, act, argument, lines, secret)
        for spelling in (name, *aliases):
            if spelling in COMMANDS:
                raise ValueError(f"/{spelling} is declared twice")
            COMMANDS[spelling] = declared
        return act

    return declare


def all_commands() -> list[Command]:
    """Each once, in the order of the subjects."""
    return list(dict.fromkeys(COMMANDS.values()))


def find(name: str) -> Command | None:
    return COMMANDS.get(name.lower())


def nearest(name: str) -> str:
    """The name that was probably meant, or ""."""
    return next(iter(get_close_matches(name.lower(), COMMANDS, 1, 0.7)), "")


def completions() -> Mapping[str, Argument]:
    """By every name without its slash, what stands behind it: completion.Sources.commands."""
    return {name: declared.argument for name, declared in COMMANDS.items()}


def run(desk: Desk, name: str, rest: str) -> bool:
    """Do it, or say why not; returns whether it was done. `rest` as typed.read gives it."""
    try:
        COMMANDS[name].act(desk, rest)
    except Unclear as unclear:
        desk.refuse(str(unclear))
        return False
    except NothingToSend:
        desk.refuse("There is nothing to send.")
        return False
    except Full:
        desk.refuse("Too much waits for the connection already.")
        return False
    return True
