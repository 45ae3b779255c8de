"""IRC messages as lines for people: what was said, what happened, what a numeric reply wants to tell.

Owns the words. Knows neither the reader nor any state: what depends on the reader (the current room, "you")
is put around it by mode.py, so that net can make a room's line once and give it to everybody. Everything that
leaves here has gone through irc.text.printable. Pure functions; None means that there is nothing to show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

from hubbub.irc import numerics
from hubbub.irc.text import printable
from hubbub.irc.wire import Message, split_source

_STATUS = "~&@%+"
"""STATUSMSG prefixes that a room may be addressed with."""


@lru_cache(maxsize=256)
def said(source: str, text: str) -> str:
    """A PRIVMSG as everybody in the room reads it, own name and room left out."""
    nick = split_source(source)[0]
    if text.startswith("\x01"):
        return printable(_ctcp(nick, text))
    return printable(f"{nick}: {text}")


def _ctcp(nick: str, text: str) -> str:
    word, _, rest = text.strip("\x01").partition(" ")
    if word.upper() == "ACTION":
        return f"* {nick} {rest}"
    return f"{nick} asked for {word or 'nothing'} (CTCP), which a plain line can't answer"


@lru_cache(maxsize=256)
def noticed(source: str, text: str) -> str:
    """A NOTICE: from the server, or from a program of somebody's."""
    nick, user, _ = split_source(source)
    if not user:
        return printable(f"[server] {text}")
    return printable(f"[notice] {nick}: {text}")


def room_of(message: Message) -> str:
    """The room that a message belongs to, "" for none."""
    if message.command in _ROOM_AT:
        place = _ROOM_AT[message.command]
        target = message.params[place] if len(message.params) > place else ""
        name = target.lstrip(_STATUS) if target[:1] in _STATUS else target
        return name if name.startswith("#") else ""
    return ""


_ROOM_AT = {"PRIVMSG": 0, "NOTICE": 0, "JOIN": 0, "PART": 0, "TOPIC": 0, "KICK": 0, "MODE": 0, "INVITE": 1}


def shown(message: Message) -> str | None:
    """A message as anybody may read it; whether it is private, and its room, are added by the mode."""
    show = _SHOWN.get(message.command)
    if show is not None:
        line = show(message)
        return printable(line) if line else None
    if message.command.isdigit():
        return numeric(message)
    return None


def _param(message: Message, place: int) -> str:
    return message.params[place] if -len(message.params) <= place < len(message.params) else ""


def _nick(message: Message) -> str:
    return split_source(message.source)[0]


def _because(reason: str) -> str:
    return f" ({reason})" if reason else ""


def _privmsg(message: Message) -> str:
    return said(message.source, _param(message, 1))


def _notice(message: Message) -> str:
    return noticed(message.source, _param(message, 1))


def _join(message: Message) -> str:
    return f"{_nick(message)} joined"


def _part(message: Message) -> str:
    return f"{_nick(message)} left{_because(_param(message, 1))}"


def _quit(message: Message) -> str:
    reason = _param(message, 0)
    # Servers put these in front of (or in place of) what the person wrote.
    for formula in ("Quit: ", "Quit", "Client Quit", "Client quit"):
        reason = reason.removeprefix(formula) if formula.endswith(" ") or reason == formula else reason
    return f"{_nick(message)} left{_because(reason)}"


def _nick_change(message: Message) -> str:
    return f"{_nick(message)} is now called {_param(message, 0)}"


def _topic(message: Message) -> str:
    topic = _param(message, 1)
    return f"{_nick(message)} set the topic: {topic}" if topic else f"{_nick(message)} removed the topic"


def _kick(message: Message) -> str:
    return f"{_nick(message)} put {_param(message, 1)} out of the room{_because(_param(message, 2))}"


def _invite(message: Message) -> str:
    room = _param(message, 1)
    return f"{_nick(message)} invites {_param(message, 0)} to {room}"


def _error(message: Message) -> str:
    # Servers write "Closing link: host (reason)"; the person wants the reason.
    said = _CLOSING.fullmatch(_param(message, -1))
    return f"The server closed the connection: {said[1] if said else _param(message, -1)}"


def _fail(message: Message) -> str:
    return _param(message, -1)


def _warn(message: Message) -> str:
    return f"Warning: {_param(message, -1)}"


def _note(message: Message) -> str:
    if message.params[:1] == ["FILES"]:
        return _files(message)
    return f"Note: {_param(message, -1)}"


def _files(message: Message) -> str:
    """A line of hubbub's list of files: room, size, who, when, link, name; or its end."""
    if message.params[1:2] != ["FILE"] or len(message.params) < 8:
        return f"{_param(message, -1)} in {_param(message, 2)}."
    _, _, _, size, who, when, link, name = message.params[:8]
    moment = to_local_time(when)
    return f"  {name}  {to_size(size)}  {who}  {f'{moment:%Y-%m-%d %H:%M}' if moment else when}  {link}"


def to_size(size: str) -> str:
    """Bytes in the unit that fits."""
    number = float(size) if size.isascii() and size.isdigit() and len(size) < 19 else 0.0
    for unit in ("bytes", "KiB", "MiB"):
        if number < 1024:
            return f"{number:.0f} {unit}" if unit == "bytes" or number >= 10 else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} GiB"


_CLOSING = re.compile(r"Closing link:? \S+:? [(\[](.*)[)\]]", re.IGNORECASE)
_ROLES = {"q": "owner", "a": "admin", "o": "operator", "h": "half-operator"}
_SWITCHES = {
    "L": ("what people type may be shown as they type it now", "only what is said is shown now"),
    "i": ("the room is for the invited only now", "the room is open to everybody again"),
    "m": ("only people with voice may speak now", "everybody may speak again"),
    "n": ("only people in the room may write to it now", "people outside may write to the room now"),
    "s": ("the room is hidden now", "the room is no longer hidden"),
    "t": ("only operators may set the topic now", "everybody may set the topic now"),
    "p": ("the room is private now", "the room is no longer private"),
}
_WITH_ARGUMENT = {*_ROLES, "v", "b", "e", "I", "k"}


def _mode(message: Message) -> str | None:
    """The changes in plain words, one clause each."""
    changes = _changes(_param(message, 1), message.params[2:])
    # Not "alice: …", which is how people speak.
    return f"{'; '.join(changes)} (by {_nick(message)})" if changes else None


def _changes(letters: str, arguments: Sequence[str]) -> list[str]:
    left = iter(arguments)
    adding = True
    clauses = []
    for letter in letters:
        if letter in "+-":
            adding = letter == "+"
            continue
        needed = letter in _WITH_ARGUMENT or (letter == "l" and adding)
        clauses.append(_change(adding, letter, next(left, "") if needed else ""))
    return clauses


def _change(adding: bool, letter: str, argument: str) -> str:
    if letter in _ROLES:
        return f"{argument} is {'now' if adding else 'no longer'} {_ROLES[letter]}"
    if letter == "v":
        return f"{argument} {'may speak now' if adding else 'has no voice any more'}"
    if letter in _SWITCHES:
        return _SWITCHES[letter][not adding]
    return _other_change(adding, letter, argument)


def _other_change(adding: bool, letter: str, argument: str) -> str:
    if letter == "b":
        return f"{argument} {'is banned' if adding else 'is no longer banned'}"
    if letter == "k":
        return "the room needs a key now" if adding else "the room needs no key any more"
    if letter == "l":
        return f"at most {argument} people may come in" if adding else "any number may come in"
    return f"mode {'+' if adding else '-'}{letter} {argument}".rstrip()


_SHOWN: dict[str, Callable[[Message], str | None]] = {
    "PRIVMSG": _privmsg,
    "NOTICE": _notice,
    "JOIN": _join,
    "PART": _part,
    "QUIT": _quit,
    "NICK": _nick_change,
    "TOPIC": _topic,
    "KICK": _kick,
    "INVITE": _invite,
    "MODE": _mode,
    "ERROR": _error,
    "FAIL": _fail,
    "WARN": _warn,
    "NOTE": _note,
    "WALLOPS": lambda message: f"[server] {_nick(message)}: {_param(message, -1)}",
}

_SENTENCES = {
    numerics.RPL_AWAY: "{1} is away: {2}",
    numerics.RPL_UNAWAY: "You are no longer away.",
    numerics.RPL_NOWAWAY: "You are away now. /back when you return.",
    numerics.RPL_INVITING: "{1} has been asked into {2}.",
    numerics.RPL_NOTOPIC: "{1} has no topic.",
    numerics.RPL_TOPIC: "{1} is about: {2}",
    numerics.RPL_CHANNELMODEIS: "Modes of {1}: {2+}",
    numerics.RPL_BANLIST: "{1}: banned is {2}",
    numerics.RPL_WHOISUSER: "{1} is {2}@{3} ({5})",
    numerics.RPL_WHOISSERVER: "{1} is on {2} ({3})",
    numerics.RPL_WHOISOPERATOR: "{1} {2}",
    numerics.RPL_WHOISCHANNELS: "{1} is in {2}",
    numerics.RPL_WHOISACCOUNT: "{1} is logged in as {2}",
    numerics.RPL_WHOISBOT: "{1} is a bot",
    numerics.RPL_WHOISACTUALLY: "{1} {-1} {2}",
    numerics.RPL_WHOISHOST: "{1} {-1}",
    numerics.RPL_WHOISMODES: "{1} {-1}",
    numerics.RPL_WHOISSECURE: "{1} {-1}",
    numerics.RPL_WHOISCERTFP: "{1} {-1}",
    numerics.RPL_WHOISREGNICK: "{1} {-1}",
    numerics.RPL_WHOISSPECIAL: "{1} {-1}",
    numerics.ERR_NOSUCHNICK: 'No one is called "{1}" here.',
    numerics.ERR_NOSUCHCHANNEL: "There is no room {1}.",
    numerics.ERR_CANNOTSENDTOCHAN: "You may not speak in {1}: {2}",
    numerics.ERR_TOOMANYCHANNELS: "You are in too many rooms to go into {1}.",
    numerics.ERR_WASNOSUCHNICK: 'No one was called "{1}".',
    numerics.ERR_UNKNOWNCOMMAND: "This server doesn't know {1}.",
    numerics.ERR_ERRONEUSNICKNAME: '"{1}" can\'t be a name here: {2}',
    numerics.ERR_NICKNAMEINUSE: '"{1}" is taken.',
    numerics.ERR_NICKCOLLISION: '"{1}" is taken.',
    numerics.ERR_UNAVAILRESOURCE: "{1} can't be had just now: {2}",
    numerics.ERR_USERNOTINCHANNEL: "{1} is not in {2}.",
    numerics.ERR_NOTONCHANNEL: "You are not in {1}.",
    numerics.ERR_USERONCHANNEL: "{1} is already in {2}.",
    numerics.ERR_PASSWDMISMATCH: "That password is not right.",
    numerics.ERR_YOUREBANNEDCREEP: "You are banned from this server: {-1}",
    numerics.ERR_CHANNELISFULL: "{1} is full.",
    numerics.ERR_INVITEONLYCHAN: "{1} is for the invited only. Somebody in it can /invite you.",
    numerics.ERR_BANNEDFROMCHAN: "You are banned from {1}.",
    numerics.ERR_BADCHANNELKEY: "{1} needs its key: /join {1} key",
    numerics.ERR_BADCHANMASK: "{1} can't be the name of a room.",
    numerics.ERR_CHANOPRIVSNEEDED: "Only an operator of {1} may do that.",
}

_SILENT = frozenset(
    {
        numerics.RPL_YOURHOST,
        numerics.RPL_CREATED,
        numerics.RPL_MYINFO,
        numerics.RPL_ISUPPORT,
        numerics.RPL_UMODEIS,
        numerics.RPL_LUSERCLIENT,
        numerics.RPL_LUSEROP,
        numerics.RPL_LUSERUNKNOWN,
        numerics.RPL_LUSERCHANNELS,
        numerics.RPL_LUSERME,
        numerics.RPL_LOCALUSERS,
        numerics.RPL_GLOBALUSERS,
        numerics.RPL_ENDOFWHOIS,
        numerics.RPL_CREATIONTIME,
        numerics.RPL_TOPICWHOTIME,
        numerics.RPL_ENDOFBANLIST,
        numerics.RPL_MOTDSTART,
        numerics.RPL_ENDOFMOTD,
        numerics.ERR_NOMOTD,
        numerics.RPL_ENDOFHELP,
        numerics.RPL_LISTSTART,
        numerics.RPL_ENDOFWHOWAS,
        numerics.RPL_ENDOFINVEXLIST,
        numerics.RPL_ENDOFEXCEPTLIST,
    }
)


def numeric(message: Message) -> str | None:
    """A reply as a sentence; of a number nobody taught us, its own text."""
    if message.command in _SILENT:
        return None
    if message.command == numerics.RPL_WHOISIDLE:
        return printable(_idle(message))
    sentence = _SENTENCES.get(message.command, "{-1}")
    return printable(_fill(sentence, message.params))


def _fill(sentence: str, params: Sequence[str]) -> str:
    """{2} is the third parameter, {-1} the last, {2+} the third and all behind it."""
    pieces = []
    for piece in sentence.split("{"):
        place, closed, rest = piece.partition("}")
        pieces.append(_pick(place, params) + rest if closed else piece)
    return "".join(pieces).strip()


def _pick(place: str, params: Sequence[str]) -> str:
    if place.endswith("+"):
        return " ".join(params[int(place[:-1]) :])
    at = int(place)
    return params[at] if -len(params) <= at < len(params) else ""


def _idle(message: Message) -> str:
    seconds = _param(message, 2)
    return f"{_param(message, 1)} last wrote {to_duration(seconds)} ago"


def to_duration(seconds: str) -> str:
    """In the largest unit that fits."""
    number = int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 12 else 0
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if number >= size:
            return _count(number // size, unit)
    return _count(number, "second")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def to_names(names: Sequence[str], others: int = 0) -> str:
    """alice, bob and 3 others"""
    parts = [*names, f"{others} others" if others > 1 else "1 other"] if others else list(names)
    return printable(" and ".join(filter(None, [", ".join(parts[:-1]), parts[-1] if parts else ""])))


def to_person(nick: str, flags: str, address: str) -> str:
    """One line of who: the name, where it is connected from if that may be seen, and whether it is away."""
    away = " (away)" if flags.startswith("G") else ""
    where = f"  {address}" if address and address != "*" else ""
    return printable(f"  {nick}{where}{away}")


def to_local_time(stamp: str) -> datetime | None:
    """server-time's stamp on this machine's clock."""
    if len(stamp) > 40:
        return None
    try:
        return datetime.fromisoformat(stamp).astimezone()
    except (ValueError, OverflowError, OSError):
        return None
