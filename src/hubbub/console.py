"""The server console: the log scrolls above, commands are typed below.

Built on prompt_toolkit, which is imported only when the server runs on a terminal. Commands go through the same
events as everything else.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.patch_stdout import StdoutProxy

from hubbub.core.model import User
from hubbub.core.room_modes import grant_operator
from hubbub.features.announce import announce
from hubbub.features.server_ban import ban, bans, expel, neighbours_of, unban
from hubbub.irc.names import fold
from hubbub.irc.text import printable
from hubbub.journal import start_log
from hubbub.plain.typed import split_text

if sys.platform != "win32":
    import termios

if TYPE_CHECKING:
    from hubbub.core.hub import Hub
    from hubbub.server import Server


AROUND = 100
"""Bytes of a line that the name of the server and the command may need."""


class ConsoleCommand(NamedTuple):
    """What a word on the console does: its syntax and its sentence for help, and the action."""

    syntax: str
    help: str
    run: Callable[[Console, str], None]


class _ProxyHandler(logging.Handler):
    """Writes log lines above the line that is being typed."""

    def __init__(self, proxy: StdoutProxy) -> None:
        super().__init__()
        self._proxy = proxy

    def emit(self, record: logging.LogRecord) -> None:
        self._proxy.write(self.format(record) + "\n")


class _Terminal:
    """How the terminal was before: its settings, and that reading from it waits (the loop changes that for all
    programs on it)."""

    def __init__(self) -> None:
        if sys.platform != "win32":
            self._fds = [fd for fd in range(3) if os.isatty(fd)]
            self._blocking = [os.get_blocking(fd) for fd in self._fds]
            self._settings = termios.tcgetattr(self._fds[0])

    def restore(self) -> None:
        if sys.platform != "win32":
            for fd, blocking in zip(self._fds, self._blocking, strict=True):
                os.set_blocking(fd, blocking)
            termios.tcsetattr(self._fds[0], termios.TCSANOW, self._settings)


class Console:
    """The operator's line on the server's terminal."""

    def __init__(self) -> None:
        self.hub: Hub
        self.server: Server
        self._terminal = _Terminal()
        self._proxy = StdoutProxy(raw=True)
        self._prompt: PromptSession[str] = PromptSession(
            "hubbub> ", completer=WordCompleter(sorted(COMMANDS)), complete_while_typing=False
        )

    def start_log(self, hub: Hub, *, show_messages: bool) -> None:
        start_log(hub, show_messages=show_messages, messages=True, to=_ProxyHandler(self._proxy))

    def show(self, text: str) -> None:
        self._proxy.write(text + "\n")

    async def run(self, server: Server) -> None:
        """Take commands until the server stops."""
        self.server, self.hub = server, server.hub
        self.show("Type help for the commands.")
        while True:
            try:
                line = await self._prompt.prompt_async(handle_sigint=False)
            except KeyboardInterrupt:
                server.interrupt()
            except EOFError:
                server.stop("The server is stopping")
                return
            else:
                self.take(line)

    def restore_terminal(self) -> None:
        """Give the terminal back as it was, also before an end without ceremony."""
        output = self._prompt.app.output
        output.reset_attributes()
        output.disable_bracketed_paste()
        output.show_cursor()
        output.flush()
        self._terminal.restore()

    def close(self) -> None:
        """Show what is still to be shown, and give the terminal back."""
        self._proxy.close()
        self.restore_terminal()

    def take(self, typed: str) -> None:
        """What was typed, or pasted: then it may have several lines."""
        for line in typed.splitlines():
            self._take_line(line)

    def _take_line(self, line: str) -> None:
        word, _, rest = line.strip().partition(" ")
        if not word:
            return
        command = COMMANDS.get(word.lower().lstrip("/\\"))
        if command is None:
            self.show("Nobody was told: begin with a command, such as `say hello`. `help` lists them.")
            return
        if command is _LEAVE and rest.strip():
            self.show(f"{word} alone stops the server; nothing was done.")
            return
        command.run(self, rest.strip())

    def find(self, nick: str) -> User | None:
        user = self.hub.users.get(fold(nick))
        if user is None:
            self.show(f"Nobody is called {nick!r}." if nick else "Whom?")
        return user


def _help(console: Console, _rest: str) -> None:
    for command in dict.fromkeys(COMMANDS.values()):
        console.show(f"  {command.syntax:<24} {command.help}")


def _list(console: Console, _rest: str) -> None:
    for user in sorted(console.hub.users.values(), key=lambda user: fold(user.nick)):
        rooms = " ".join(sorted(channel.name for channel in user.channels.values()))
        console.show(f"  {user.nick:<20} {user.peer_address:<28} {rooms}")
    console.show(f"{len(console.hub.users)} here.")


def _rooms(console: Console, _rest: str) -> None:
    if not console.hub.channels:
        console.show("There are no rooms.")
    for channel in sorted(console.hub.channels.values(), key=lambda channel: channel.name):
        topic = printable(channel.topic.text) if channel.topic else ""
        console.show(f"  {channel.name:<24} {len(channel.members):>5}  {topic}")


def _say(console: Console, text: str) -> None:
    if not text:
        console.show("Say what?")
        return
    for piece in split_text(text, console.hub.settings.limits.line - AROUND):
        announce(console.hub, piece)
    console.show(f"Said to everyone: {text}")


def _kick(console: Console, rest: str) -> None:
    nick, _, reason = rest.partition(" ")
    user = console.find(nick)
    if user is not None:
        expel(console.hub, user, reason.strip() or "Kicked by the server's operator")


def _ban(console: Console, rest: str) -> None:
    mask, _, reason = rest.partition(" ")
    if not mask:
        for entry in bans(console.hub):
            console.show(f"  {entry.mask}  {entry.reason}")
        if not bans(console.hub):
            console.show("Nobody is banned.")
        return
    user = console.hub.users.get(fold(mask))
    others = sorted(other.nick for other in neighbours_of(console.hub, user)) if user is not None else []
    if user is not None and others:
        shown = ", ".join(others[:5]) + (" …" if len(others) > 5 else "")
        console.show(
            f"Only the name, as {user.ip} is also the address of {shown}; `ban *@{user.ip}` bans all."
        )
        mask = f"{user.nick}!*@*"
    console.show(f"Banned {ban(console.hub, mask, reason.strip())}.")


def _op(console: Console, rest: str) -> None:
    nick, _, name = rest.partition(" ")
    user = console.find(nick)
    if user is None:
        return
    room = name.strip() or console.hub.settings.rooms.default
    channel = console.hub.channels.get(fold(room))
    if channel is None or user not in channel.members:
        console.show(f"{user.nick} is not in {room or 'that room'}.")
    elif not channel.holds(user, "o"):
        grant_operator(console.hub, channel, user)


def _unban(console: Console, mask: str) -> None:
    if not mask:
        console.show("Whom? `ban` lists who is banned.")
        return
    found = unban(console.hub, mask)
    console.show(f"No longer banned: {found}." if found else f"{mask!r} was not banned; `ban` lists who is.")


def _exit(console: Console, _rest: str) -> None:
    console.server.stop("The server is stopping")


_LEAVE = ConsoleCommand("exit, /quit", "tell everybody, and stop the server", _exit)
COMMANDS: dict[str, ConsoleCommand] = {
    "help": ConsoleCommand("help", "this list", _help),
    "list": ConsoleCommand("list", "who is connected, from where, and in which rooms", _list),
    "rooms": ConsoleCommand("rooms", "the rooms, how many are in them, and their topics", _rooms),
    "say": ConsoleCommand("say TEXT", "everyone sees it as from the server", _say),
    "kick": ConsoleCommand("kick NAME [REASON]", "disconnect somebody", _kick),
    "ban": ConsoleCommand(
        "ban [NAME|MASK] [REASON]", "keep somebody's address (or a mask) out; alone: the list", _ban
    ),
    "op": ConsoleCommand("op NAME [ROOM]", "make somebody operator of a room (of the default one)", _op),
    "unban": ConsoleCommand("unban MASK", "let them in again", _unban),
    "exit": _LEAVE,
    "quit": _LEAVE,
}
