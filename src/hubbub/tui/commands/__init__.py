"""The commands of the terminal client: one function each, found by every name that people know it by.

What is common to all is in registry.py, desk.py (what they need of the app), arguments.py and asking.py; the others
are subjects. Importing this declares them all, in the order in which the help sheet shows them.
"""

from hubbub.tui.commands import talking, live, rooms, people, messages, files, reading, accounts, program  # noqa: I001  # the order
from hubbub.tui.commands.desk import Desk, Setting
from hubbub.tui.commands.registry import COMMANDS, Command, all_commands, completions, find, nearest, run
from hubbub.tui.commands.talking import tell

__all__ = [
    "COMMANDS",
    "Command",
    "Desk",
    "Setting",
    "accounts",
    "all_commands",
    "completions",
    "files",
    "find",
    "live",
    "messages",
    "nearest",
    "people",
    "program",
    "reading",
    "rooms",
    "run",
    "talking",
    "tell",
]
