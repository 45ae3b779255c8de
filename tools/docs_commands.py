"""Commands, capabilities, tokens and modes, as features declare them. Called by make_docs.py."""

from __future__ import annotations

from collections.abc import Iterable

import hubbub.features  # noqa: F401  # loading them fills the registries
from hubbub.config import Settings
from hubbub.core.capability import CAPABILITIES, isupport_tokens
from hubbub.core.command import COMMANDS, Command
from hubbub.core.modes import CHANNEL_MODE_HELP, CHANNEL_MODES, PREFIXES, USER_MODE_HELP, USER_MODES
from hubbub.features.help import syntax_and_explanation

INTRODUCTION = """\
# Commands

What the server understands from IRC clients. `HELP` shows the same in the chat;
[Modern IRC](https://modern.ircdocs.horse/) and [IRCv3](https://ircv3.net/irc/) define it.
Values are those of the default [settings](settings.md). A command with a cost counts as so many
for [`flood.burst`](settings.md), the others as one; each list that MODE shows counts as one more."""

ARGUMENTS = {
    "lists": "a mask; without one, the list is shown",
    "always": "always",
    "on_set": "to set it",
    "never": "none",
    "prefixes": "a nickname",
}


def commands_page() -> str:
    """Markdown without the note that it is generated."""
    settings = Settings()
    capabilities = ((f"`{name}`", _code(cap.value(settings))) for name, cap in sorted(CAPABILITIES.items()))
    tokens = (token.partition("=") for token in isupport_tokens(settings))
    parts = [
        INTRODUCTION,
        _table(("Command", "For whom", "Cost", "What it does"), map(_command, sorted(COMMANDS))),
        "## Capabilities\n\nWhat a client may ask for with `CAP REQ`.",
        _table(("Capability", "Value"), capabilities),
        "## Tokens\n\nWhat a client is told in `RPL_ISUPPORT` (005).",
        _table(("Token", "Value"), ((f"`{name}`", _code(value)) for name, _, value in tokens)),
        "## Modes of rooms",
        _table(("Mode", "Argument", "Meaning"), map(_channel_mode, _letters(CHANNEL_MODES))),
        "## Modes of people",
        _table(("Mode", "Set by", "Meaning"), map(_user_mode, _letters(USER_MODES))),
    ]
    return "\n\n".join(parts) + "\n"


def _command(verb: str) -> tuple[str, str, str, str]:
    found = COMMANDS[verb]
    syntax, explanation = syntax_and_explanation(found)
    if syntax.partition(" ")[0] != verb:
        return f"`{verb}`", _for_whom(found), _cost(found), f"Another name of `{syntax.partition(' ')[0]}`."
    return f"`{syntax}`", _for_whom(found), _cost(found), _as_text(explanation)


def _cost(found: Command) -> str:
    return str(found.cost) if found.cost > 1 else ""


def _as_text(lines: list[str]) -> str:
    """Help as Markdown: what looks like HTML there is none."""
    return " ".join(lines).replace("<", "&lt;").replace("*", "\\*").replace("#", "\\#")


def _for_whom(found: Command) -> str:
    if found.operator:
        return "operators"
    return "everybody, even before registration" if found.before_registration else "everybody"


def _channel_mode(letter: str) -> tuple[str, str, str]:
    sign = f" (`{PREFIXES[letter]}` before the nickname)" if letter in PREFIXES else ""
    return f"`{letter}`", ARGUMENTS[CHANNEL_MODES[letter]], f"{CHANNEL_MODE_HELP[letter]}{sign}"


def _user_mode(letter: str) -> tuple[str, str, str]:
    return f"`{letter}`", "yourself" if USER_MODES[letter] else "the server", USER_MODE_HELP[letter]


def _letters(modes: Iterable[str]) -> list[str]:
    return sorted(modes, key=lambda letter: (letter.lower(), letter.isupper()))


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
