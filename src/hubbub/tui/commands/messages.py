"""Commands about messages that were said: changing, answering and copying them.

Owns which message is meant: a number counts from the bottom, 1 is the last. Without one it is the focused message,
else the last one, or the last of one's own. Called through the registry.
"""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

from hubbub.client.lines import Line
from hubbub.client.session import Session
from hubbub.irc.text import clip, plain, printable
from hubbub.plain.commands import Unclear
from hubbub.tui.commands.arguments import (
    here,
    known_to_server,
    message,
    needs,
    number_first,
    said,
    text,
    usage,
)
from hubbub.tui.commands.asking import answered
from hubbub.tui.commands.desk import Desk
from hubbub.tui.commands.registry import command
from hubbub.tui.completion import Argument
from hubbub.tui.emoji import as_emoji, search

_LINK = re.compile(r"https?://[^\s<>\"`]{1,2000}")
_SUBSTITUTION = re.compile(r"((?:[^/\\]|\\.)+)/((?:[^/\\]|\\.)*)(?:/(g?)(?:\s+([0-9]{1,5}))?)?", re.DOTALL)
_SUGGESTED = 5
_PREVIEW = 60


@command(lines=True)
def edit(desk: Desk, rest: str) -> None:
    """/edit [number] [text]: change what you said; without text it opens in the input line"""
    number, new = number_first(rest)
    line = _my_own(desk, number)
    if new:
        answered(desk, desk.session.edit(here(desk), line, new))
    else:
        desk.begin_edit(here(desk), line)


@command()
def s(desk: Desk, rest: str) -> None:
    """/s/old/new/ [number]: replace a piece of what you said; /s/old/new/g everywhere in it"""
    found = _SUBSTITUTION.fullmatch(rest)
    if found is None:
        raise Unclear(f"Write it like this: {usage(s)}")
    old, new = (re.sub(r"\\([/\\])", r"\1", part) for part in found.group(1, 2))
    line = _my_own(desk, int(found[4] or 0))
    if old not in line.text:
        raise Unclear(f'"{printable(old)}" is not in that message.')
    changed = line.text.replace(old, new, -1 if found[3] else 1)
    if not changed.strip():
        raise Unclear("Nothing would be left of it. /delete takes it back.")
    answered(desk, desk.session.edit(here(desk), line, changed))


def _my_own(desk: Desk, number: int) -> Line:
    needs(desk, "edit", "change what was said")
    line = known_to_server(message(desk, number, mine=True))
    if not line.mine:
        raise Unclear("Only what you said yourself can be changed.")
    return line


@command("del", "redact", "unsend")
def delete(desk: Desk, rest: str) -> None:
    """/delete [number] [reason]: take a message back: your last, or the one that you name"""
    needs(desk, "redact", "take messages back")
    number, reason = number_first(rest)
    line = known_to_server(message(desk, number, mine=True))
    if not line.mine:
        reason = _confirmed(desk, line, number, reason)
    answered(desk, desk.session.redact(here(desk), line, reason))


_asked_about: WeakKeyDictionary[Session, str] = WeakKeyDictionary()
"""The id of the message of somebody else that /delete has asked about: numbers move while people speak."""


def _confirmed(desk: Desk, line: Line, number: int, rest: str) -> str:
    """The reason behind the "yes" that is needed for what somebody else said."""
    yes, _, reason = rest.partition(" ")
    asked = _asked_about.pop(desk.session, "")
    if yes.lower() == "yes" and asked == line.msgid:
        return reason.strip()
    _asked_about[desk.session] = line.msgid
    said = printable(clip(" ".join(line.text.split()), _PREVIEW))
    again = f"/delete {number} yes" if number else "/delete yes"
    raise Unclear(f'{printable(line.nick)} said that: "{said}". {again} takes it back; a reason may follow.')


@command(lines=True)
def re_(desk: Desk, rest: str) -> None:
    """/re [number] [text]: reply to a message; without text: with what you write next"""
    number, what = number_first(rest)
    line = known_to_server(message(desk, number))
    if what:
        desk.session.say(here(desk), what, reply_to=line)
    else:
        desk.begin_reply(here(desk), line)


@command("+", argument=Argument.EMOJI)
def react(desk: Desk, rest: str) -> None:
    """/react [number] :emoji:: shows everybody what you think of a message; again: takes it back"""
    needs(desk, "react", "carry reactions")
    number, wanted = number_first(rest)
    word = text(wanted, react)
    line = known_to_server(message(desk, number))
    # What others have reacted with may be any word; one can join them.
    emoji = word if word in line.reactions else _emoji(word)
    mine = any(desk.session.chat.is_me(nick) for nick in line.reactions.get(emoji, ()))
    answered(desk, desk.session.react(here(desk), line, emoji, wanted=not mine))


def _emoji(word: str) -> str:
    """An emoji by itself or by its name; any other word would look like an emoji's name to everybody else."""
    found = as_emoji(word)
    if found:
        return found
    near = ", ".join(f"{one.emoji} :{one.name}:" for one in search(word, _SUGGESTED))
    what = f"{near} would fit" if near else "Tab behind the first letters shows which there are"
    raise Unclear(f"There is no emoji {printable(clip(word, _PREVIEW))}. {what}.")


# -- copying and opening --------------------------------------------------------------------------------------


@command("yank")
def copy(desk: Desk, rest: str) -> None:
    """/copy [number]: copy a message"""
    line = message(desk, _only_number(rest))
    if line.redacted:
        raise Unclear("That message was taken back.")
    desk.copy(plain(line.text) if "\n" not in line.text else "\n".join(map(plain, line.text.split("\n"))))


@command("link", "url")
def open_(desk: Desk, rest: str) -> None:
    """/open [number]: open the link in a message, or the last link there was"""
    number = _only_number(rest)
    lines = [message(desk, number)] if number or desk.focused is not None else list(said(desk))
    for line in lines:
        found = links(line)
        if found:
            desk.open_link(found[0])
            return
    raise Unclear("There is no link in it." if number else "Nobody has said a link here.")


def links(line: Line) -> list[str]:
    """The links to web pages in a message, without the punctuation around them."""
    return [] if line.redacted else [_trimmed(url) for url in _LINK.findall(plain(line.text))]


def _trimmed(url: str) -> str:
    url = url.rstrip(".,;:!?'*_~")
    while url.endswith(")") and url.count(")") > url.count("("):
        url = url[:-1].rstrip(".,;:!?'*_~")
    return url


def _only_number(rest: str) -> int:
    number, more = number_first(rest)
    if more:
        raise Unclear("A number is enough: 1 is the last message, 2 the one before.")
    return number
