"""The help fits on a screen and knows every command."""

from __future__ import annotations

from hubbub.plain.commands import COMMANDS
from hubbub.plain.help import help_lines


def test_it_fits_on_a_small_screen() -> None:
    lines = help_lines()
    assert len(lines) <= 20
    assert max(map(len, lines)) <= 80


def test_every_command_is_in_it() -> None:
    text = "\n".join(help_lines())
    for command in COMMANDS.values():
        assert command.usage in text or f"/{command.name}" in text


def test_one_command_with_its_other_names() -> None:
    lines = help_lines("/send")
    assert " ".join(lines[0].split()) == "/msg name text only name reads it; also name: text"
    assert "/send" in lines[1]


def test_an_unknown_one_is_explained() -> None:
    assert help_lines("dance") == ["There is no command dance. /help lists those there are."]
