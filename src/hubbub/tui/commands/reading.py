"""Commands for reading: searching, going back, going elsewhere, the screen.

Owns what they mean. Called through the registry.
"""

from __future__ import annotations

from hubbub.irc.text import plain, printable
from hubbub.plain.commands import Unclear
from hubbub.tui import answers
from hubbub.tui.commands.arguments import conversation_called, duration, here, needs, said, text, usage
from hubbub.tui.commands.desk import Desk
from hubbub.tui.commands.registry import command
from hubbub.tui.completion import Argument, unquote

_FOUND = 50
_LONGEST_PAGE = 10_000


@command("grep", "find")
def search(desk: Desk, rest: str) -> None:
    """/search [words]: who said that and when; also in:#room from:name after:2026-01-31 before: has:link"""
    needs(desk, "search", "search; /lastlog words looks through what is loaded here")
    desk.open_search(rest)


@command()
def lastlog(desk: Desk, rest: str) -> None:
    """/lastlog words: which of the messages loaded here have these words"""
    wanted = text(rest, lastlog).casefold()
    found = [line for line in said(desk) if not line.redacted and wanted in plain(line.text).casefold()]
    if not found:
        raise Unclear(f'Nobody said "{printable(rest)}" in what is loaded here.')
    desk.tell("\n".join(answers.said(list(reversed(found[:_FOUND])), desk.now)))


@command()
def history(desk: Desk, rest: str) -> None:
    """/history [50]: load so many older messages, or those of so long: /history 1h, /history 2d"""
    needs(desk, "history", "show what was said before")
    conversation = here(desk)
    length = duration(rest)
    if length is not None:
        desk.go_back(conversation, since=desk.now - length)
        return
    count = rest or "50"
    if not (count.isascii() and count.isdigit() and 0 < int(count[:9]) <= _LONGEST_PAGE):
        raise Unclear(f"Write it like this: {usage(history)}")
    desk.go_back(conversation, count=int(count))


@command("cls")
def clear(desk: Desk, rest: str) -> None:
    """/clear: an empty screen; scrolling up brings back what was said"""
    desk.clear(desk.conversation)


@command("win", "window", "go", argument=Argument.ROOM)
def buffer(desk: Desk, rest: str) -> None:
    """/buffer number or name: go to a conversation of the list"""
    name = text(rest, buffer)
    if name.isascii() and name.isdigit() and len(name) < 5:
        if not desk.show_number(int(name)):
            raise Unclear(f"There is no conversation {name} in the list.")
        return
    desk.show(conversation_called(desk, name))


@command(argument=Argument.PATH)
def screenshot(desk: Desk, rest: str) -> None:
    """/screenshot [path]: save the screen as a picture (SVG)"""
    desk.save_screenshot(unquote(rest))
