"""The commands of the line mode: one function each, found by every name that people know it by.

Owns what a command means in IRC and how it is spelled; its docstring is its help. Knows no state: whatever it
needs to know or to do goes through Place, which is the LineMode. Called by mode.py with what stood behind the
command.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, Protocol

from hubbub.irc.names import is_channel, is_nick


class Unclear(Exception):
    """They asked for something that can't be done as written; the text says how to write it."""


class Place(Protocol):
    """Where a command is given: who asks, in which room, and what can be done about it."""

    room: str

    @property
    def nick(self) -> str: ...
    def say(self, text: str) -> None: ...
    def tell(self, target: str, text: str) -> None: ...
    def act(self, text: str) -> None: ...
    def refuse(self, reason: str) -> None: ...
    def ask(self, command: str, *params: str) -> None: ...
    def join(self, room: str, key: str) -> None: ...
    def part(self, room: str, reason: str) -> None: ...
    def rename(self, nick: str) -> None: ...
    def who(self, mask: str) -> None: ...
    def list_rooms(self, pattern: str) -> None: ...
    def recall(self, count: int) -> None: ...
    def search(self, wanted: dict[str, str]) -> None: ...
    def ignore(self, nick: str, wanted: bool) -> None: ...
    def explain(self, topic: str) -> None: ...
    def leave(self, reason: str) -> None: ...


Act = Callable[[Place, str], None]


class Command(NamedTuple):
    name: str
    aliases: tuple[str, ...]
    usage: str
    summary: str
    act: Act
    common: bool


COMMANDS: dict[str, Command] = {}
"""By every name, aliases included."""

LONGEST_NICK = 64
LONGEST_ROOM = 200
"""Generous: the server has the last word on lengths."""

_ADDRESS = re.compile(r"(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9A-Fa-f:.]{2,45}\]):[0-9]{1,5}")


def command(*aliases: str, common: bool = True) -> Callable[[Act], Act]:
    """Declare a command. Its docstring is "usage: summary"; `common` ones stand in the short help."""

    def declare(act: Act) -> Act:
        usage, _, summary = (act.__doc__ or "").partition(": ")
        name = act.__name__.removesuffix("_")
        declared = Command(name, aliases, usage, summary, act, common)
        for spelling in (name, *aliases):
            COMMANDS[spelling] = declared
        return act

    return declare


def is_target(word: str) -> bool:
    """Whether it can be written to: a name, a room, or the address that somebody is connected from."""
    return is_person(word) or is_channel(word, LONGEST_ROOM)


def is_person(word: str) -> bool:
    return is_nick(word, LONGEST_NICK) or is_address(word)


def is_address(word: str) -> bool:
    return _ADDRESS.fullmatch(word) is not None


def to_room(word: str) -> str:
    """The room somebody means, with or without its #."""
    room = word if word.startswith("#") else f"#{word}"
    if not is_channel(room, LONGEST_ROOM):
        raise Unclear(f'"{word}" can\'t be the name of a room.')
    return room


def _words(rest: str, count: int, act: Act) -> list[str]:
    """The first words and what is left; every one of them is needed."""
    words = rest.split(None, count - 1)
    if len(words) < count:
        raise Unclear(f"Write it like this: {_usage(act)}")
    return words


def _usage(act: Act) -> str:
    return (act.__doc__ or "").partition(": ")[0]


def _person(word: str) -> str:
    if not is_person(word):
        raise Unclear(f"\"{word}\" can't be anybody's name.")
    return word


def _here(place: Place) -> str:
    if not place.room:
        raise Unclear("You are in no room. /join #name takes you into one, /rooms lists them.")
    return place.room


def _room_first(place: Place, rest: str) -> tuple[str, str]:
    """The room that is named first, or else the current one; and the rest."""
    word, _, after = rest.partition(" ")
    if word.startswith("#"):
        return to_room(word), after.strip()
    return _here(place), rest


@command("send", "w", "dm", "query", "tell", "whisper", "m")
def msg(place: Place, rest: str) -> None:
    """/msg name text: only name reads it; also name: text"""
    target, text = _words(rest, 2, msg)
    target = target.removesuffix(":") if not is_target(target) else target
    if not is_target(target):
        raise Unclear(f"\"{target}\" can't be anybody's name, so nothing was sent.")
    place.tell(target, text)


@command(common=False)
def say(place: Place, rest: str) -> None:
    """/say text: say text to the room as it is, even if it looks like name: text"""
    if not rest:
        raise Unclear(f"Write it like this: {_usage(say)}")
    place.say(rest)


@command("action")
def me(place: Place, rest: str) -> None:
    """/me waves: everybody sees "* you waves" """
    if not rest:
        raise Unclear(f"Write it like this: {_usage(me)}")
    place.act(rest)


@command("list", "names", "users")
def who(place: Place, rest: str) -> None:
    """who: who is connected; /who #room, /who name: only these"""
    place.who(rest.split()[0] if rest else "")


@command("j")
def join(place: Place, rest: str) -> None:
    """/join #room [key]: go into a room, or make it your current one"""
    words = rest.split()
    if not 1 <= len(words) <= 2:
        raise Unclear(f"Write it like this: {_usage(join)}")
    place.join(to_room(words[0]), words[1] if len(words) == 2 else "")


@command("leave")
def part(place: Place, rest: str) -> None:
    """/part [#room] [reason]: leave a room"""
    room, reason = _room_first(place, rest)
    place.part(room, reason)


@command("channels")
def rooms(place: Place, rest: str) -> None:
    """/rooms: the rooms there are"""
    place.list_rooms(rest.split()[0] if rest else "")


@command("t")
def topic(place: Place, rest: str) -> None:
    """/topic [text]: show or set what the room is about"""
    room, text = _room_first(place, rest)
    place.ask("TOPIC", room, *([text] if text else []))


@command("name")
def nick(place: Place, rest: str) -> None:
    """/nick name: change your name"""
    if not rest:
        raise Unclear(f"You are {place.nick}. {_usage(nick)} changes that.")
    place.rename(rest)


@command()
def away(place: Place, rest: str) -> None:
    """/away [text]: you are away; those who write to you are told"""
    place.ask("AWAY", rest or "away")


@command(common=False)
def back(place: Place, rest: str) -> None:
    """/back: you are no longer away"""
    place.ask("AWAY")


@command("lastlog")
def history(place: Place, rest: str) -> None:
    """/history [number]: what was said in the room before"""
    if rest and not (rest.isascii() and rest.isdigit() and len(rest) < 6):
        raise Unclear(f"Write it like this: {_usage(history)}")
    _here(place)
    place.recall(max(int(rest or 20), 1))


@command("grep", "find")
def search(place: Place, rest: str) -> None:
    """/search words: who said that and when; also with in:#room or from:name"""
    wanted = {}
    words = []
    for word in _words(rest, 1, search)[0].split():
        kind, colon, value = word.partition(":")
        if colon and value and kind in ("in", "from"):
            wanted[kind] = value
        else:
            words.append(word)
    place.search(wanted | ({"text": " ".join(words)} if words else {}))


@command(common=False)
def files(place: Place, rest: str) -> None:
    """/files [#room]: the files that were shared in the room, with links to them"""
    room, _ = _room_first(place, rest)
    place.ask("FILES", room)


@command(common=False)
def invite(place: Place, rest: str) -> None:
    """/invite name [#room]: ask somebody into the room"""
    words = _words(rest, 1, invite)[0].split()
    room = to_room(words[1]) if len(words) > 1 else _here(place)
    place.ask("INVITE", _person(words[0]), room)


@command(common=False)
def kick(place: Place, rest: str) -> None:
    """/kick name [reason]: put somebody out of the room"""
    room, after = _room_first(place, rest)
    name, _, reason = _words(after, 1, kick)[0].partition(" ")
    place.ask("KICK", room, _person(name), *([reason.strip()] if reason.strip() else []))


@command(common=False)
def mode(place: Place, rest: str) -> None:
    """/mode [#room] [changes]: show or change the modes of the room, as in /mode +o name"""
    room, changes = _room_first(place, rest)
    words = changes.split()
    if any(word.startswith(":") for word in words):
        raise Unclear(f"Write it like this: {_usage(mode)}")
    place.ask("MODE", room, *words)


@command(common=False)
def whois(place: Place, rest: str) -> None:
    """/whois name: what is known about somebody"""
    place.ask("WHOIS", _person(_words(rest, 1, whois)[0].split()[0]))


@command("mute", common=False)
def ignore(place: Place, rest: str) -> None:
    """/ignore name: stop showing what somebody says; /unignore name shows it again"""
    place.ignore(_person(_words(rest, 1, ignore)[0].strip()), True)


@command("unmute", common=False)
def unignore(place: Place, rest: str) -> None:
    """/unignore name: show again what somebody says"""
    place.ignore(_person(_words(rest, 1, unignore)[0].strip()), False)


@command(common=False)
def motd(place: Place, rest: str) -> None:
    """/motd: the message of the day"""
    place.ask("MOTD")


@command("h", "?", "cmds", "commands")
def help_(place: Place, rest: str) -> None:
    """/help [command]: this list, or how one command works"""
    place.explain(rest)


@command("exit", "bye", "q")
def quit_(place: Place, rest: str) -> None:
    """/quit [reason]: leave; exit and bye work too"""
    place.leave(rest)


def run(place: Place, name: str, rest: str) -> None:
    """Do it, or say why not."""
    try:
        COMMANDS[name].act(place, rest.strip())
    except Unclear as unclear:
        place.refuse(str(unclear))
