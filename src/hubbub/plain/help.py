"""The help of the line mode, made from the commands' own declarations; owns the words around them."""

from __future__ import annotations

from collections.abc import Iterable

from hubbub.plain.commands import COMMANDS, Command

_COLUMN = 22
_OPENING = ("Type a line and everybody in the room reads it.",)


def help_lines(topic: str = "") -> list[str]:
    """Everything on one screen, or one command in detail."""
    name = topic.strip().lstrip("/\\").lower()
    if not name:
        return [*_OPENING, *_common(), *_rare()]
    found = COMMANDS.get(name)
    if found is None:
        return [f"There is no command {name}. /help lists those there are."]
    return [_line(found), *_also(found)]


def _declared() -> list[Command]:
    return list(dict.fromkeys(COMMANDS.values()))


def _common() -> list[str]:
    return [_line(command) for command in _declared() if command.common]


def _line(command: Command) -> str:
    return f"  {command.usage:<{_COLUMN}} {command.summary.strip()}"


def _rare() -> Iterable[str]:
    names = " ".join(f"/{command.name}" for command in _declared() if not command.common)
    yield f"Also: {names}"
    yield "Commands may begin with \\ too. //line says a line that begins with /."


def _also(command: Command) -> Iterable[str]:
    if command.aliases:
        yield f"  Also: {' '.join('/' + alias for alias in command.aliases)}"
