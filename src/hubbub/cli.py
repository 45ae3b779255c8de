"""The commands `hubbub serve`, `chat`, `live`, `invite`, `user` and `config`, and what the shell is told when they end.

Each command imports what it needs when it runs, so that `hubbub --version` and mistakes in the settings are
answered at once. An error that somebody can do something about is one sentence on stderr; the exit codes are
those of sysexits.h.
"""

from __future__ import annotations

import os
import sys
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, BooleanOptionalAction, Namespace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from hubbub.client.address import Address, parse_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from hubbub.config import Loaded, Settings

THEMES = ("dark", "light", "contrast", "ansi")
"""As tui.themes knows them, which is slow to import."""

OK, FAILURE, USAGE, UNAVAILABLE, CANT_CREATE, CONFIG, INTERRUPTED = 0, 1, 2, 69, 73, 78, 130


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(_with_command(sys.argv[1:] if arguments is None else arguments))
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`); Python would complain once more on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return FAILURE
    return code


def _with_command(arguments: list[str]) -> list[str]:
    """`hubbub` and `hubbub --port 1414` mean `hubbub serve …`."""
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help", "--version")):
        return ["serve", *arguments]
    return arguments


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="hubbub", description="Your own chat, at one address. Without a command: hubbub serve."
    )
    parser.add_argument(
        "--version", action="store_const", const=_version, dest="run", help="print the version"
    )
    parser.set_defaults(run=_version)
    commands = parser.add_subparsers(metavar="COMMAND")
    _add_serve(commands.add_parser("serve", help="run the server"))
    _add_chat(commands.add_parser("chat", help="chat from this terminal"))
    _add_live(commands.add_parser("live", help="show people in a room what comes out of a pipe, as it comes"))
    _add_invite(commands.add_parser("invite", help="make a link, with a QR code, that lets people in"))
    _add_user(commands.add_parser("user", help="accounts: add, list, change and delete them"))
    _add_config(commands.add_parser("config", help="check or show the settings"))
    return parser


def _add_serve(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--host", metavar="ADDRESS", help="address to listen on (127.0.0.1); 0.0.0.0 opens it to the network"
    )
    parser.add_argument("--port", type=_port, help="port to listen on (1313); 0 takes a free one")
    parser.add_argument("--data", metavar="DIR", help="folder for everything the server keeps")
    parser.add_argument("--config", metavar="FILE", help="settings (TOML)")
    parser.add_argument(
        "--show-messages", action="store_true", default=None, help="show the text of messages in the log"
    )
    parser.add_argument(
        "--live",
        action="store_true",
        help="live text in the room that everybody joins, and you talk there at this terminal; /quit stops the server",
    )
    parser.set_defaults(run=_serve)


def _add_chat(parser: ArgumentParser) -> None:
    parser.description = (
        "Chat from this terminal. Without SERVER it goes where you were last, or finds the servers of this machine and "
        "of your network. Through pipes each line that comes in is said, and what others say meanwhile goes out."
    )
    parser.add_argument(
        "address",
        metavar="SERVER",
        nargs="?",
        type=_address,
        default=Address(""),
        help="HOST[:PORT], an irc:// or ircs:// link, or the key of a server in your settings",
    )
    parser.add_argument(
        "--name", default="", help="your name in the chat; through pipes no other is taken in its place"
    )
    parser.add_argument(
        "--account",
        default="",
        help="account to log in to; its password is asked for, or your keyring has it",
    )
    parser.add_argument(
        "--plain", action="store_true", help="lines instead of a full screen, as always through pipes"
    )
    parser.add_argument(
        "--live",
        action="store_true",
        help="with --plain: each letter goes out as you type it, to those in the room who show theirs",
    )
    parser.add_argument(
        "--tls", action=BooleanOptionalAction, help="encrypt the connection, or don't; by default if possible"
    )
    parser.add_argument(
        "--room",
        metavar="ROOM",
        action="append",
        default=[],
        help="room to go into, with or without #; may be repeated, and the last is spoken in",
    )
    parser.add_argument(
        "--theme",
        type=_theme,
        help=f"colours: {', '.join(THEMES)}; by default they suit the terminal",
    )
    parser.add_argument(
        "--config", metavar="FILE", default="", help="settings of the client, instead of your chat.toml"
    )
    parser.set_defaults(run=_chat)


def _add_live(parser: ArgumentParser) -> None:
    parser.description = (
        "Show people in a room what comes out of a pipe as it comes, such as captions: a line break makes a message of "
        "the line, \\r begins it anew, and a backspace takes a sign back."
    )
    parser.add_argument(
        "address",
        metavar="SERVER",
        type=_address,
        help="HOST[:PORT], or the key of a server in your settings",
    )
    parser.add_argument("room", metavar="ROOM", help="the room, with or without #")
    parser.add_argument("--stdin", action="store_true", help="take the text from the standard input (needed)")
    parser.add_argument("--name", default="", help="the name in the chat; no other is taken in its place")
    parser.add_argument("--account", default="", help="account to log in to; your keyring has its password")
    parser.add_argument(
        "--tls", action=BooleanOptionalAction, help="encrypt the connection, or don't; by default if possible"
    )
    parser.add_argument(
        "--config", metavar="FILE", default="", help="settings of the client, instead of your chat.toml"
    )
    parser.set_defaults(run=_live)


USER_ACTIONS = {
    "add": "make an account; the password is asked for, or read from a pipe",
    "list": "all accounts",
    "passwd": "give an account a new password",
    "suspend": "disconnect an account, and keep it from logging in",
    "unsuspend": "let it log in again",
    "delete": "delete an account for good; what it has said stays",
    "export": "print an account and its messages, a JSON object a line",
    "invite": "make a code for one new account, where that needs one (links into a room: hubbub invite)",
}


def _add_user(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    for action, help in USER_ACTIONS.items():
        made = actions.add_parser(action, help=help)
        if action == "invite":
            made.add_argument("name", metavar="NAME", nargs="?", default="", help="whom the code is for")
        elif action != "list":
            made.add_argument("name", metavar="NAME")
        made.add_argument("--data", metavar="DIR", help="folder of the server")
        made.add_argument("--config", metavar="FILE", help="settings (TOML)")
        made.set_defaults(run=_user, action=action, name="")


def _add_invite(parser: ArgumentParser) -> None:
    parser.description = "Make a link that leads into a room. It is shown once; only its id is kept."
    parser.add_argument(
        "--room",
        metavar="ROOM",
        type=_named_room,
        help="where it leads; by default the room that everybody joins",
    )
    parser.add_argument(
        "--uses", metavar="N", type=_uses, default=0, help="for how many people; by default any"
    )
    parser.add_argument(
        "--expires", metavar="TIME", type=_lifetime, default="7d", help="30m, 2h, 7d, 4w or never (7d)"
    )
    _add_invite_options(parser, "")
    parser.set_defaults(run=_invite, action="make", link="")
    actions = parser.add_subparsers(metavar="ACTION")
    listing = actions.add_parser("list", help="all links that still work")
    listing.add_argument(
        "--room", metavar="ROOM", type=_named_room, default=SUPPRESS, help="those into one room only"
    )
    revoke = actions.add_parser("revoke", help="end a link; whoever came by it stays")
    revoke.add_argument("link", metavar="LINK", help="its id from the list, or the link itself")
    for action, made in (("list", listing), ("revoke", revoke)):
        _add_invite_options(made, SUPPRESS)
        made.set_defaults(action=action)


def _add_invite_options(parser: ArgumentParser, default: str) -> None:
    """`default`: a subcommand must not take back what was given before it."""
    parser.add_argument("--json", action="store_true", default=default or False, help="answer in JSON")
    parser.add_argument("--data", metavar="DIR", default=default or None, help="folder of the server")
    parser.add_argument("--config", metavar="FILE", default=default or None, help="settings (TOML)")


def _add_config(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    check = actions.add_parser("check", help="report every mistake in the settings")
    show = actions.add_parser("show", help="print the settings in force")
    show.add_argument("--origin", action="store_true", help="also say where each value comes from")
    for parser, run in ((check, _check), (show, _show)):
        parser.add_argument("--config", metavar="FILE", help="settings (TOML)")
        parser.set_defaults(run=run)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
        raise ArgumentTypeError(f"{text!r} is not a port; ports go from 0 to 65535")
    return int(text)


def _uses(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= 1000):
        raise ArgumentTypeError(f"{text!r} is not a number from 1 to 1000")
    return int(text)


def _named_room(text: str) -> str:
    # Without a name it would be the room that everybody joins, which is not what an empty variable means.
    if not text.strip():
        raise ArgumentTypeError("say which room, such as #tea, or leave --room away")
    return text


def _lifetime(text: str) -> str:
    from hubbub.core.invite_links import lifetime_ms

    if lifetime_ms(text) is None:
        raise ArgumentTypeError(f"{text!r} is no time such as 30m, 2h, 7d, 4w or never")
    return text


def _address(text: str) -> Address:
    try:
        return parse_address(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error).rstrip(".")) from None


def _theme(text: str) -> str:
    name = text.strip().lower()
    if name.removeprefix("hubbub-") not in THEMES:
        raise ArgumentTypeError(f"{text!r} is no theme; there are {', '.join(THEMES)}")
    return name


def _version(options: Namespace) -> int:
    from importlib.metadata import version

    print("hubbub", version("hubbub"))
    return OK


def _serve(options: Namespace) -> int:
    flags = {name: getattr(options, name) for name in ("host", "port", "data", "show_messages")}
    loaded = _loaded(options.config, flags)
    if loaded is None:
        return CONFIG
    from hubbub.config import find_file, load

    def reload() -> Settings:
        settings = load(find_file(options.config, os.environ), os.environ, flags)
        return _with_live(settings) if options.live else settings

    if options.live and not loaded.settings.rooms.default:
        return _fail("--live needs a room that everybody joins, and rooms.default is empty", CONFIG)
    settings = _with_live(loaded.settings) if options.live else loaded.settings
    return _run_server(settings, reload=reload, live=options.live)


def _with_live(settings: Settings) -> Settings:
    """The room that everybody joins allows live text from the start."""
    from msgspec.structs import replace

    rooms = tuple(dict.fromkeys((*settings.live.rooms, settings.rooms.default)))
    return replace(settings, live=replace(settings.live, enabled=True, rooms=rooms))


def _run_server(settings: Settings, *, reload: Callable[[], Settings], live: bool) -> int:
    from hubbub.config import data_folder

    folder = data_folder(settings)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        return _fail(f"the data folder {folder} can't be made: {error.strerror}", CANT_CREATE)
    from hubbub.core.ledger import LedgerError
    from hubbub.server import Unavailable, run

    try:
        return run(settings, show_messages=settings.log.show_messages, reload=reload, live=live)
    except LedgerError as error:
        return _fail(str(error), CANT_CREATE)
    except Unavailable as error:
        return _fail(str(error), UNAVAILABLE)


def _chat(options: Namespace) -> int:
    host, port, tls, rooms = options.address
    given: dict[str, Any] = {
        "account": options.account,
        "tls": tls if options.tls is None else options.tls,
        "rooms": [*rooms, *map(_room, options.room)],
        "config": options.config,
    }
    if options.live and not options.plain and _has_screen():
        return _fail("--live goes with --plain; in the full screen say /live on", USAGE)
    if options.plain or not _has_screen():
        from hubbub.client.line_client import run

        if options.live:
            given["live"] = True
        return run(host or None, port, options.name or None, **given)
    # Textual is slow to import, and pipes don't need it.
    app = import_module("hubbub.tui.app")
    code: int = app.run(host, port, name=options.name, theme=options.theme or "", **given)
    return code


def _live(options: Namespace) -> int:
    if not options.stdin:
        return _fail("hubbub live takes its text from a pipe: say --stdin", USAGE)
    from hubbub.client.live_pipe import run

    host, port, tls, _ = options.address
    return run(
        host,
        port,
        _room(options.room),
        options.name,
        tls=tls if options.tls is None else options.tls,
        account=options.account,
        config=options.config,
    )


def _has_screen() -> bool:
    """Whether the whole terminal is ours to draw on."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _room(name: str) -> str:
    """`--room tea` saves people from quoting the # for their shell."""
    return name if name.startswith(("#", "&", "+", "!")) else f"#{name}"


def _user(options: Namespace) -> int:
    loaded = _loaded(options.config, {"data": options.data})
    if loaded is None:
        return CONFIG
    from hubbub.user_cli import run
    from hubbub.user_commands import Impossible

    try:
        run(loaded.settings, options.action, options.name)
    except Impossible as problem:
        return _fail(str(problem), FAILURE)
    return OK


def _invite(options: Namespace) -> int:
    loaded = _loaded(options.config, {"data": options.data})
    if loaded is None:
        return CONFIG
    from hubbub.invite_cli import NoServer, run
    from hubbub.invite_commands import InviteRequest
    from hubbub.user_commands import Impossible

    room = _room(options.room) if options.room else ""
    request = InviteRequest(options.action, room, options.uses, options.expires, options.link)
    try:
        run(loaded.settings, request, as_json=options.json)
    except NoServer as problem:
        return _fail(str(problem), UNAVAILABLE)
    except Impossible as problem:
        return _fail(str(problem), FAILURE)
    return OK


def _check(options: Namespace) -> int:
    loaded = _loaded(options.config, {})
    if loaded is None:
        return CONFIG
    given = len(loaded.origins)
    print(
        "The settings are fine:", f"{given} given, the rest are defaults." if given else "all are defaults."
    )
    return OK


def _show(options: Namespace) -> int:
    loaded = _loaded(options.config, {})
    if loaded is None:
        return CONFIG
    from hubbub.config import as_toml

    print(as_toml(loaded.settings, loaded.origins if options.origin else None), end="")
    return OK


def _loaded(config: str | None, flags: dict[str, object]) -> Loaded | None:
    from hubbub.config import ConfigError, find_file, read

    try:
        return read(find_file(config, os.environ), os.environ, flags)
    except ConfigError as error:
        for problem in error.problems:
            _fail(str(problem), CONFIG)
        return None


def _fail(sentence: str, code: int) -> int:
    print(f"hubbub: {sentence}", file=sys.stderr)
    return code
