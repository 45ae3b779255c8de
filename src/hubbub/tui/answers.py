"""What a server answers to a question, as lines for people: who somebody is, who is here, which rooms there are.

Owns the words and the columns. Everything that leaves here has gone through irc.text.printable, and is
short: MOST lines, and how many more there are. Pure functions over the messages of an answer. Called by the commands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from hubbub.client.chat import Conversation, Member
from hubbub.client.lines import Line
from hubbub.client.requests import Request, is_error
from hubbub.irc import numerics
from hubbub.irc.names import fold
from hubbub.irc.text import clip, printable
from hubbub.irc.times import from_timestamp
from hubbub.irc.wire import Message
from hubbub.plain.listing import WHOX_TOKEN
from hubbub.plain.shown import shown, to_duration, to_size
from hubbub.tui.mode_words import standing

MOST = 500
_LONGEST = 1_000
_WIDEST = 30
"""Cells of a column, however long a name is."""


def words(messages: Iterable[Message]) -> list[str]:
    """Replies as sentences. What has happened (JOIN, MODE) is not an answer, and is shown elsewhere."""
    lines = [_sentence(one) for one in messages]
    return _bounded([line for line in lines if line])


def _sentence(message: Message) -> str:
    if message.command == "NOTICE":
        # A service answers with notices; these are for nobody but the asker.
        return printable(message.params[-1]) if message.params else ""
    return (shown(message) or "") if message.command.isdigit() or _is_standard(message) else ""


def modes(messages: Iterable[Message]) -> list[str]:
    """How a room is (324), or what is set for oneself (221)."""
    lines: list[str] = []
    for message in messages:
        params = message.params
        if message.command == numerics.RPL_CHANNELMODEIS and len(params) > 1:
            about = standing(_param(params, 2), params[3:])
            lines.append(f"{params[1]}: {about}." if about else f"{params[1]} has no rules of its own.")
        elif message.command == numerics.RPL_UMODEIS and len(params) > 1:
            about = ", ".join(_OWN_MODES.get(letter, f"+{letter}") for letter in params[1].strip("+"))
            lines.append(f"You: {about}." if about else "Nothing is set for you.")
        else:
            lines += words([message])
    return _bounded([printable(line) for line in lines])


_OWN_MODES = {
    "i": "unseen by people who share no room with you",
    "o": "an operator of the server",
    "w": "hears what operators tell everybody",
    "B": "a bot",
}


def raw(messages: Iterable[Message]) -> list[str]:
    """Replies as they are, for those who write lines of IRC themselves."""
    return _bounded(
        [printable(one.to_line()) for one in messages if one.command.isdigit() or _is_standard(one)]
    )


def _is_standard(message: Message) -> bool:
    return message.command in ("FAIL", "WARN", "NOTE")


def failure(request: Request) -> str:
    """Why it was refused: in our words where we have some, else in the server's."""
    for message in request.messages():
        if is_error(message):
            sentence = shown(message)
            if sentence:
                return clip(sentence, _LONGEST)
    reason = printable(request.failure)
    return f"{reason[:1].upper()}{reason[1:]}{'' if reason.endswith(('.', '!', '?')) else '.'}"


def registered(messages: Iterable[Message]) -> list[str]:
    """REGISTER SUCCESS <account> <text>, or VERIFICATION_REQUIRED."""
    return _bounded(
        [printable(one.params[-1]) for one in messages if one.command == "REGISTER" and one.params]
    )


def version(messages: Iterable[Message]) -> list[str]:
    """What program the server is; not its long list of what it can do."""
    found = [one.params for one in messages if one.command == numerics.RPL_VERSION]
    return _bounded([printable(" ".join(params[1:])) for params in found])


# -- people ---------------------------------------------------------------------------------------------------


def people(messages: Iterable[Message], mask: str) -> list[str]:
    """WHO: a line each, by name. Who is away and who is an operator of the server is said."""
    found = sorted(filter(None, map(_somebody, messages)), key=lambda row: fold(row[0]))
    count = f"{len(found)} people are" if len(found) != 1 else "1 person is"
    where = "connected" if mask == "*" else f"in {mask}" if mask[:1] == "#" else f"called {mask}"
    head = printable(f"{count if found else 'Nobody is'} {where}{':' if found else '.'}")
    return [head, *_listed(found)]


def _somebody(message: Message) -> tuple[str, str, str, str] | None:
    """Name, state, address, real name."""
    params = message.params
    if message.command == numerics.RPL_WHOREPLY and len(params) > 6:
        return params[5], _state(params[6]), params[3], params[-1].partition(" ")[2]
    # Our fields: token, room, user, host, nick, flags, on hubbub the address, real name.
    if message.command == numerics.RPL_WHOSPCRPL and len(params) > 7 and params[1] == WHOX_TOKEN:
        address = params[7] if len(params) > 8 and params[7] != "*" else params[4]
        return params[5], _state(params[6]), address, params[-1]
    return None


def _state(flags: str) -> str:
    return ", ".join(word for sign, word in (("G", "away"), ("*", "operator"), ("B", "bot")) if sign in flags)


def names(room: Conversation, prefixes: Mapping[str, str]) -> list[str]:
    """Who is in a room, by rank and name, many on a line."""
    ranks = {letter: place for place, letter in enumerate(prefixes)}

    def order(member: Member) -> tuple[int, str]:
        return min((ranks.get(letter, 99) for letter in member.ranks), default=99), fold(member.nick)

    members = sorted(room.members.values(), key=order)[:_LONGEST]
    shown_names = [
        printable(f"{prefixes.get(member.ranks[:1], '')}{member.nick}{' (away)' if _is_away(member) else ''}")
        for member in members
    ]
    head = f"{len(room.members)} {'person is' if len(room.members) == 1 else 'people are'} in {room.name}:"
    return [printable(head), "  " + ", ".join(shown_names)]


def _is_away(member: Member) -> bool:
    return member.person.away is not None


def person(messages: Iterable[Message], now: datetime) -> list[str]:
    """WHOIS: a heading, and what is known, one thing a line."""
    lines: list[str] = []
    rooms: list[str] = []
    for message in messages:
        if message.command == numerics.RPL_WHOISCHANNELS:
            rooms += _param(message.params, -1).split()
        elif message.command in _ABOUT:
            fact = _ABOUT[message.command](message.params)
            lines += [fact] if fact else []
        elif message.command == numerics.RPL_WHOISIDLE:
            lines += _times(message.params, now)
        elif message.command.isdigit():
            lines += [line] if (line := shown(message)) else []
    if rooms:
        lines.insert(min(len(lines), 1), f"in {' '.join(sorted(rooms, key=_bare))}")
    return _bounded([printable(line if not place else f"  {line}") for place, line in enumerate(lines)])


def _param(params: Sequence[str], place: int) -> str:
    return params[place] if -len(params) <= place < len(params) else ""


def _who(params: Sequence[str]) -> str:
    name = _param(params, -1)
    address = f"{_param(params, 2)}@{_param(params, 3)}"
    return f"{_param(params, 1)} ({name}), {address}" if name else f"{_param(params, 1)}, {address}"


_ABOUT: dict[str, Callable[[Sequence[str]], str]] = {
    numerics.RPL_WHOISUSER: _who,
    numerics.RPL_AWAY: lambda params: f"away: {_param(params, 2)}",
    numerics.RPL_WHOISSERVER: lambda params: f"on {_param(params, 2)} ({_param(params, -1)})",
    numerics.RPL_WHOISOPERATOR: lambda params: _param(params, -1),
    numerics.RPL_WHOISACCOUNT: lambda params: f"logged in as {_param(params, 2)}",
    numerics.RPL_WHOISREGNICK: lambda params: _param(params, -1),
    numerics.RPL_WHOISBOT: lambda params: "a bot",
    numerics.RPL_WHOISSECURE: lambda params: _param(params, -1),
    numerics.RPL_WHOISCERTFP: lambda params: _param(params, -1),
    numerics.RPL_WHOISHOST: lambda params: f"connects from {_param(params, -1).rpartition(' ')[2]}",
    # The address stands in RPL_WHOISHOST already.
    numerics.RPL_WHOISACTUALLY: lambda params: "",
    numerics.RPL_WHOISMODES: lambda params: (
        _param(params, -1) if _param(params, -1)[-1:] not in ("", "+") else ""
    ),
    numerics.RPL_WHOISSPECIAL: lambda params: _param(params, -1),
    numerics.RPL_WHOISKEYVALUE: lambda params: f"{_param(params, 2)}: {_param(params, -1)}",
}


def _times(params: Sequence[str], now: datetime) -> list[str]:
    """Since when they have been silent, and here."""
    lines = [f"last wrote {to_duration(_param(params, 2))} ago"]
    since = _moment(_param(params, 3))
    if since is not None and len(params) > 4:
        lines.append(f"here since {_clock(since.astimezone(now.tzinfo), now)}")
    return lines


def earlier(messages: Iterable[Message]) -> list[str]:
    """WHOWAS: the most recent first, with when they left."""
    lines: list[str] = []
    for message in messages:
        if message.command == numerics.RPL_WHOWASUSER:
            lines.append(_who(message.params))
        elif message.command == numerics.RPL_WHOISSERVER and lines:
            lines[-1] += f", until {_param(message.params, -1)}"
    return _bounded([printable(line) for line in lines])


# -- rooms ----------------------------------------------------------------------------------------------------


def rooms(messages: Iterable[Message]) -> list[str]:
    """LIST: the largest first, with what they are about."""
    found = []
    for message in messages:
        if message.command == numerics.RPL_LIST and len(message.params) > 2:
            people_there = _number(message.params[2])
            found.append((-people_there, fold(message.params[1]), message))
    rows = [
        (m.params[1], f"{-count} {'person' if count == -1 else 'people'}", _param(m.params, 3))
        for count, _, m in sorted(found, key=lambda one: one[:2])
    ]
    if not rows:
        return ["There is no room to be seen."]
    return [f"{len(rows)} {'room' if len(rows) == 1 else 'rooms'}:", *_listed(rows, right=1)]


def masks(messages: Iterable[Message]) -> list[str]:
    """The entries of a list of bans, in the server's order."""
    return [one.params[2] for one in messages if one.command in _LISTS and len(one.params) > 2]


def bans(messages: Iterable[Message]) -> list[str]:
    """A list of bans (or exceptions) with numbers, and who set each."""
    found = [one.params for one in messages if one.command in _LISTS and len(one.params) > 2]
    rows = [(str(n), params[2], _set_by(params)) for n, params in enumerate(found, 1)]
    return _listed(rows, right=0)


_LISTS = frozenset({"367", "348", "346", "728"})


def _set_by(params: Sequence[str]) -> str:
    by = _param(params, 3).partition("!")[0]
    since = _moment(_param(params, 4))
    return f"by {by}{f', {since.astimezone():%Y-%m-%d %H:%M}' if since else ''}" if by else ""


def invitation(uses: str, end: str, now: datetime) -> str:
    """How long a link is good, and for how many."""
    people_ = (
        "for any number of people" if uses == "*" else f"for {uses} {'person' if uses == '1' else 'people'}"
    )
    time_ms = from_timestamp(end)
    return printable(f"{people_}, {f'until {_clock_of(time_ms, now)}' if time_ms else 'without end'}")


# -- files ----------------------------------------------------------------------------------------------------


class Shared(NamedTuple):
    """A file that somebody gave. "" and 0 for what isn't known."""

    name: str
    url: str
    by: str
    size: str = ""
    time_ms: int = 0


def shared(messages: Iterable[Message]) -> list[Shared]:
    """NOTE FILES FILE <room> <size> <who> <when> <link> <name>, in the server's order: the oldest first."""
    rows = [one.params for one in messages if one.command == "NOTE" and one.params[:2] == ["FILES", "FILE"]]
    return [
        Shared(params[7], params[6], params[4], to_size(params[3]), from_timestamp(params[5]) or 0)
        for params in rows
        if len(params) > 7
    ]


def files(found: Sequence[Shared], now: datetime) -> list[str]:
    """With numbers, as messages have them: the newest is 1 and stands last. `found`: the newest first."""
    rows = [
        (str(number), file.by, _clock_of(file.time_ms, now), file.size, file.name or file.url)
        for number, file in enumerate(found, 1)
    ]
    return _listed(rows[::-1], right=0)


def _clock_of(time_ms: int, now: datetime) -> str:
    return _clock(datetime.fromtimestamp(time_ms / 1000, now.tzinfo), now) if time_ms else ""


# -- what was said --------------------------------------------------------------------------------------------


def said(lines: Sequence[Line], now: datetime) -> list[str]:
    """Messages in short, one line each."""
    rows = []
    for line in lines:
        rows.append((_clock_of(line.time_ms, now), line.nick, " ".join(line.text.split())))
    return _listed(rows)


def length(time: timedelta) -> str:
    return to_duration(str(int(time.total_seconds())))


# -- the form -------------------------------------------------------------------------------------------------


def _listed(rows: Sequence[Sequence[str]], *, right: int = -1) -> list[str]:
    """Rows one below the other, each column as wide as it needs, the last as it is; `right` is set to the right."""
    clean = [[printable(clip(cell, _LONGEST)) for cell in row] for row in rows[:MOST]]
    widths = [min(max(map(cell_len, column)), _WIDEST) for column in zip(*clean, strict=True)]
    return [*(_row(row, widths, right) for row in clean), *_more(len(rows) - MOST)]


def _row(row: Sequence[str], widths: Sequence[int], right: int) -> str:
    cells = []
    for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
        if place == right:
            cells.append(" " * (width - cell_len(cell)) + cell)
        elif place == len(row) - 1 or cell_len(cell) > width:
            cells.append(cell)
        else:
            cells.append(set_cell_size(cell, width))
    return "  " + "  ".join(cell for cell, width in zip(cells, widths, strict=True) if width).rstrip()


def _bounded(lines: list[str]) -> list[str]:
    return [*(clip(line, _LONGEST) for line in lines[:MOST]), *_more(len(lines) - MOST)]


def _more(count: int) -> list[str]:
    return [f"  and {count} more"] if count > 0 else []


def _bare(name: str) -> str:
    """A room without the ranks in front of it, for sorting."""
    return fold(re.sub(r"^[~&@%+]+(?=#)", "", name))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _moment(seconds: str) -> datetime | None:
    number = _number(seconds)
    return datetime.fromtimestamp(number, UTC) if number else None


def _clock(at: datetime, now: datetime) -> str:
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M}"
