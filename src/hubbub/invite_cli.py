"""`hubbub invite` at the terminal: has the running server make a link, and shows it with a QR code.

Links and lists go to stdout, talk to stderr, so that `hubbub invite | head -1` is a link. Called by cli.
"""

from __future__ import annotations

import sys
from datetime import datetime
from io import StringIO
from typing import TypeVar

import msgspec

from hubbub.config import Settings, data_folder
from hubbub.control import Broken, ask, reach
from hubbub.invite_commands import InviteRequest, MadeLink, ShownLink
from hubbub.net.addresses import is_loopback
from hubbub.user_commands import Impossible

Told = TypeVar("Told", MadeLink, ShownLink)


class NoServer(Exception):
    """No server runs there; the text is one sentence for the operator."""


def run(settings: Settings, request: InviteRequest, *, as_json: bool = False) -> None:
    """Do it; raises Impossible or NoServer with the reason why it can't be done."""
    lines = _answer(settings, request)
    if as_json:
        print("\n".join(lines), end="\n" if lines else "")
    elif request.action == "make":
        _show_made(_decoded(lines, MadeLink)[0])
    elif request.action == "list":
        _show_list(_decoded(lines, ShownLink))
    else:
        (link,) = _decoded(lines, ShownLink)
        print(f"The link {link.id} into {link.room} is revoked. Whoever came by it stays.")


def _answer(settings: Settings, request: InviteRequest) -> list[str]:
    folder = data_folder(settings)
    connection = reach(folder)
    if connection is None:
        why = f"no server runs on {folder}; start one with `hubbub serve`, or name its folder with --data"
        if sys.platform == "win32":
            why = "on Windows the server can't be reached like this; use the Invite button of a client"
        raise NoServer(why)
    lines: list[str] = []
    try:
        for answer in ask(connection, msgspec.json.encode(request)):
            if answer.error is not None:
                raise Impossible(answer.error)
            if answer.line is not None:
                lines.append(answer.line)
    except Broken as problem:
        raise Impossible(str(problem)) from None
    return lines


def _decoded(lines: list[str], kind: type[Told]) -> list[Told]:
    try:
        return [msgspec.json.decode(line, type=kind) for line in lines]
    except msgspec.DecodeError as error:
        raise Impossible(f"the server can't be understood: {error}") from None


def _show_made(made: MadeLink) -> None:
    link = made.link
    for url in made.urls:
        print(url)
    if not made.urls:
        # No listener serves the page: the token still works as a key.
        print(made.token)
        _say(f"No listener serves the page. In an IRC client: /join {link.room} {made.token}")
    elif sys.stdout.isatty():
        print(f"\n{_qr_code(made.urls[0])}\n")
    sys.stdout.flush()
    _say(f"It leads {_whom(link)} into {link.room} of {made.network}, {_until(link)}.")
    for note in (*_reach(made.urls), *made.notes):
        _say(note)
    _say(f"To revoke it: hubbub invite revoke {link.id}")


def _reach(urls: tuple[str, ...]) -> list[str]:
    hosts = (url.partition("://")[2].partition("/")[0] for url in urls)
    if urls and all(is_loopback(_without_port(host)) for host in hosts):
        return [
            "It works on this machine only: the server listens for no other (--host 0.0.0.0 changes that)."
        ]
    return []


def _without_port(authority: str) -> str:
    if authority.startswith("["):
        return authority[1:].partition("]")[0]
    return authority.partition(":")[0]


def _show_list(links: list[ShownLink]) -> None:
    if not links:
        _say("There are no links; `hubbub invite` makes one.")
    for link in links:
        by = f"by {link.by}" if link.by else "by hubbub invite"
        print("  ".join([link.id, link.room, _until(link), _used(link), by]))


def _whom(link: ShownLink) -> str:
    if link.uses is None:
        return "whoever has it"
    return "one person" if link.uses == 1 else f"{link.uses} people"


def _used(link: ShownLink) -> str:
    return "for any number" if link.uses is None else f"used {link.used} of {link.uses} times"


def _until(link: ShownLink) -> str:
    """In the time of the machine that this terminal is on."""
    if link.expires is None:
        return "without end"
    return f"until {datetime.fromisoformat(link.expires).astimezone():%Y-%m-%d %H:%M}"


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _qr_code(url: str) -> str:
    import segno

    drawn = StringIO()
    segno.make(url, micro=False).terminal(drawn, compact=True, border=2)
    return drawn.getvalue().rstrip("\n")
