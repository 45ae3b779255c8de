"""Commands for the program and its connections: help, settings, servers, leaving.

Owns what they mean. Called through the registry.
"""

from __future__ import annotations

from functools import partial
from time import monotonic

from hubbub.client.address import parse_address
from hubbub.client.requests import Request
from hubbub.irc.text import printable
from hubbub.irc.wire import BadLine, parse
from hubbub.plain.commands import Unclear
from hubbub.tui import answers
from hubbub.tui.commands.arguments import online, text
from hubbub.tui.commands.asking import answered, ask
from hubbub.tui.commands.desk import Desk, Setting
from hubbub.tui.commands.registry import COMMANDS, command, nearest

_SIGNS = "/\\"
_AUTO = "auto"
"""The theme that follows the terminal."""


@command("h", "?", "cmds", "commands")
def help_(desk: Desk, rest: str) -> None:
    """/help [command]: all keys and commands, or how one command works"""
    name = rest.lstrip(_SIGNS).lower()
    if not name:
        desk.open_help()
        return
    found = COMMANDS.get(name)
    if found is None:
        near = nearest(name)
        raise Unclear(f"There is no command /{printable(name)}{f'; is /{near} meant?' if near else '.'}")
    also = f"\nAlso: {' '.join('/' + alias for alias in found.aliases)}" if found.aliases else ""
    desk.tell(f"{found.usage}: {found.summary}{also}")


@command()
def editor(desk: Desk, rest: str) -> None:
    """/editor: write in your own editor ($EDITOR)"""
    desk.open_editor()


@command()
def theme(desk: Desk, rest: str) -> None:
    """/theme [name]: other colours, or auto: as the terminal's are; alone: which there are"""
    there = list(dict.fromkeys([*desk.themes(), _AUTO]))
    if not rest:
        desk.tell(f"Themes: {', '.join(there)}.")
    elif rest.lower() in there:
        desk.take_theme(rest.lower())
    else:
        raise Unclear(f'There is no theme "{printable(rest)}". There are {", ".join(there)}.')


@command()
def set_(desk: Desk, rest: str) -> None:
    """/set [key] [value]: show or change a setting"""
    key, _, value = rest.partition(" ")
    if value.strip():
        problem = desk.set(key, value.strip())
        if problem:
            raise Unclear(problem)
        now = next((one.value for one in desk.settings() if one.key == key), value.strip())
        desk.tell(f"{key} = {_as_written(now)}")
        return
    found = [one for one in desk.settings() if key in one.key]
    if not found:
        raise Unclear(f'There is no setting "{printable(key)}". /set lists them.')
    desk.tell("\n".join(_setting(one, alone=len(found) == 1) for one in found))


def _setting(one: Setting, *, alone: bool) -> str:
    return f"{one.key} = {_as_written(one.value)}{f'   {one.help}' if alone else ''}"


def _as_written(value: str) -> str:
    """As one would write it behind /set, and in the file."""
    return value.lower() if value in ("True", "False") else value


# -- connections ----------------------------------------------------------------------------------------------


@command("connect")
def server(desk: Desk, rest: str) -> None:
    """/server address: go to another server, too, such as chat.example.org or localhost:1313"""
    try:
        parse_address(text(rest, server))
    except ValueError as wrong:
        raise Unclear(str(wrong)) from None
    desk.connect(rest)


@command()
def disconnect(desk: Desk, rest: str) -> None:
    """/disconnect [reason]: leave this server"""
    desk.disconnect(rest)


@command()
def reconnect(desk: Desk, rest: str) -> None:
    """/reconnect: connect anew, now"""
    desk.reconnect()


@command()
def trust(desk: Desk, rest: str) -> None:
    """/trust: accept the certificate that this server shows now instead of the one it had"""
    problem = desk.trust()
    if problem:
        raise Unclear(problem)


@command("exit", "bye", "q")
def quit_(desk: Desk, rest: str) -> None:
    """/quit [reason]: leave; bye and exit work too, and the reason is shown to the others"""
    desk.quit(rest)


# -- the server -----------------------------------------------------------------------------------------------


@command("raw", secret=True)
def quote(desk: Desk, rest: str) -> None:
    """/quote line: send a line of IRC as it is"""
    online(desk)
    try:
        message = parse(text(rest, quote))
    except BadLine as bad:
        raise Unclear(f"That is no line of IRC: {bad.reason}.") from None
    if not message.command:
        raise Unclear("That is no line of IRC: it has no command.")
    answered(desk, desk.session.ask(message.command, *message.params, tags=message.tags), show=answers.raw)


@command()
def ping(desk: Desk, rest: str) -> None:
    """/ping: how long the server takes to answer"""
    desk.session.ask("PING", "hubbub").then(partial(_pinged, desk, monotonic()))


def _pinged(desk: Desk, since: float, request: Request) -> None:
    if request.failed:
        desk.refuse(answers.failure(request))
    else:
        desk.tell(f"The server answered in {1000 * (monotonic() - since):.0f} ms.")


@command()
def version(desk: Desk, rest: str) -> None:
    """/version: what program the server is"""
    ask(desk, "VERSION", show=answers.version)


@command()
def motd(desk: Desk, rest: str) -> None:
    """/motd: the message of the day"""
    ask(desk, "MOTD")


@command()
def uptime(desk: Desk, rest: str) -> None:
    """/uptime: how long the server has been running"""
    ask(desk, "STATS", "u")
