"""docs/terminal.md: what the terminal client does, with its keys, commands and settings from the code."""

from __future__ import annotations

from itertools import groupby

from hubbub.client.settings import Described, describe
from hubbub.tui.commands import Command, all_commands
from hubbub.tui.keymap import KEYS, labels

INTRODUCTION = """\
# The terminal client

`hubbub chat` finds a server on this computer or on the local network, asks for a name, and you are in. `hubbub chat
HOST`, `hubbub chat irc://host/#room` and `hubbub chat KEY` (a server of your settings) go straight to one;
`--name`, `--account`, `--room`, `--theme`, `--tls` and `--no-tls` say the rest. It is an ordinary IRCv3 client, so
other IRC servers work too; what one of them lacks is said when you ask for it. `--plain`, a pipe or `TERM=dumb`
give the line mode.

![A room, with the list of rooms at the left and the people at the right](screenshots/chat-dark.svg)

- **Private or not.** `name: text` goes to that person alone, as in the line mode. `private to name` stands before
  the text as soon as that is so, before you press Enter.
- **Encryption.** On another machine TLS is used wherever the server speaks it. A certificate that your computer
  can't verify is remembered when you first meet it; if it changes, nothing is sent until you say so (`/trust`, or
  F4 on the first screen). The status line says `TLS` or `no TLS`.
- **Accounts.** `/register PASSWORD` claims the name that you have, `/login` logs in. Passwords are kept by your
  system's keyring where there is one, else they are asked for; never in a file of ours.
- **No connection?** What you type is kept, shown as pending, and sent once and in order when the server is back.
- **Drafts**, the room that you were in and where you were reading survive everything, `kill -9` included.
- **Several servers.** `/connect ADDRESS` adds one. All of them stand in one settings file.
- **Notifications** reach your desktop through ssh and tmux (OSC 9, OSC 777 or the bell; setting `notify`), never
  for what you are looking at. `/dnd 2h` and `/dnd 22:00-07:00` silence them. In tmux: `set -g allow-passthrough
  on`.
- **Copying** works over ssh (OSC 52). `Alt+M` gives the mouse to the terminal, to select text.

Exit codes: 0 left, 1 crashed, 78 a mistake in the settings, 129 and 143 hung up and terminated."""


def terminal_page() -> str:
    parts = [
        INTRODUCTION,
        "## Keys",
        *_keys(),
        "## Commands",
        COMMANDS_NOTE,
        *_commands(),
        SETTINGS_NOTE,
        *_settings(),
    ]
    return "\n\n".join(parts) + "\n"


COMMANDS_NOTE = """\
Upper and lower case are the same, and `\\\\` does what `/` does. What isn't a command is never sent as text; `//x`
says `/x`. Messages are counted from the bottom: 1 is the last one."""

SETTINGS_NOTE = """\
## Settings

One file, `chat.toml` in your platform's folder for settings (`~/.config/hubbub/` on Linux), or the one that
`--config` or `HUBBUB_CHAT_CONFIG` names. The client changes it, you may too; `/set` shows and changes it from
inside. What is remembered (drafts and the like) is in the folder that `HUBBUB_CHAT_STATE` names,
`~/.local/state/hubbub` on Linux.

Keys are changed in `[keys]`: `next_activity = "ctrl+g, alt+a"`; the names are those of the table above."""


def _keys() -> list[str]:
    tables = []
    for context, keys in groupby(KEYS, lambda key: key.context):
        rows = [
            f"| {labels(key)} | {_cell(key.help)} | {f'`{key.name}`' if key.name else ''} |" for key in keys
        ]
        tables.append(
            "\n".join([f"**{context}**", "", "| Keys | What they do | Name |", "|---|---|---|", *rows])
        )
    return tables


def _commands() -> list[str]:
    tables = []
    for subject, commands in groupby(all_commands(), lambda command: command.subject):
        rows = [_command(command) for command in commands]
        tables.append(
            "\n".join([f"**{subject}**", "", "| Command | Also | What it does |", "|---|---|---|", *rows])
        )
    return tables


def _command(command: Command) -> str:
    aliases = " ".join(f"`/{alias}`" for alias in command.aliases)
    return f"| `{_cell(command.usage)}` | {aliases} | {_cell(command.summary)} |"


def _settings() -> list[str]:
    tables = []
    for section, keys in groupby(describe(), lambda described: described.section):
        heading = f"`[{section}]`" if section else "Top of the file"
        rows = [_setting(key) for key in keys]
        tables.append(
            "\n".join(
                [f"**{heading}**", "", "| Key | Default | Values | Meaning |", "|---|---|---|---|", *rows]
            )
        )
    return tables


def _setting(key: Described) -> str:
    return f"| `{key.key}` | {_cell(repr(key.default))} | {_cell(key.allowed)} | {_cell(key.help)} |"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
