"""What people did, in words: one thing, or many comings and goings in one sentence.

Owns those words. Knows no styles and no columns: what it makes is text with the names in it marked, and layout.py
draws it. Pure functions. Names and texts are as they came; whoever draws them cleans them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hubbub.client.lines import Kind, Line
from hubbub.irc.names import fold
from hubbub.tui.mode_words import deeds

MOST_NAMES = 12
"""Names in one clause; of the rest the number is said."""

_LONGEST_REASON = 600


class Name(NamedTuple):
    nick: str


Words = list[str | Name]


def happened(line: Line, *, in_room: bool = True) -> Words:
    """One line that nobody said. Not `in_room`: modes are then those of a person, which we have no words for."""
    if line.kind is Kind.MODE and not in_room:
        return ["· ", *_who(line), " set ", line.text]
    return [*_SAYS.get(line.kind, _said_by_server)(line)]


def _joined(line: Line) -> Words:
    return ["→ ", Name(line.nick), " joined"]


def _left(line: Line) -> Words:
    return ["← ", Name(line.nick), " left", *_reason(line)]


def _kicked(line: Line) -> Words:
    return ["← ", Name(line.nick), " removed ", Name(line.target), *_reason(line)]


def _renamed(line: Line) -> Words:
    return ["· ", Name(line.nick), " is now ", Name(line.target)]


def _set_topic(line: Line) -> Words:
    if not line.text:
        return ["· ", *_who(line), " took the topic away"]
    return ["· ", *_who(line), " set the topic: ", line.text]


def _set_mode(line: Line) -> Words:
    clauses: list[Words] = [
        [one.before, *([Name(one.name)] if one.name else []), one.after] for one in deeds(line.text)
    ]
    return ["· ", *_who(line), " ", *_joined_by("; ", clauses)]


def _renamed_room(line: Line) -> Words:
    return ["· ", *_who(line), f" renamed this room, which was {line.target}", *_reason(line)]


def _invited(line: Line) -> Words:
    return ["· ", *_who(line), " invited ", Name(line.target), *_reason(line)]


def _said_by_server(line: Line) -> Words:
    return [line.text]


def _who(line: Line) -> Words:
    return [Name(line.nick)] if line.nick else ["the server"]


def _reason(line: Line) -> Words:
    return [f" ({line.text[:_LONGEST_REASON]})"] if line.text else []


_SAYS = {
    Kind.JOIN: _joined,
    Kind.PART: _left,
    Kind.QUIT: _left,
    Kind.KICK: _kicked,
    Kind.NICK: _renamed,
    Kind.TOPIC: _set_topic,
    Kind.MODE: _set_mode,
    Kind.RENAME: _renamed_room,
    Kind.INVITE: _invited,
}


@dataclass(slots=True)
class _Traveller:
    """`first`: their first name here; `began` and `ended`: their first and last coming or going."""

    first: str
    nick: str
    began: Kind | None = None
    ended: Kind | None = None


def condensed(lines: Iterable[Line]) -> Words:
    """Many comings, goings and new names in one sentence: what became of each, in the order of the clauses."""
    travellers = _travellers(lines)
    clauses = [
        _clause([one.nick for one in travellers if _fate(one) == fate], fate)
        for fate in ("joined", "left", "came and went", "left and came back")
    ]
    names: list[Words] = [
        [Name(one.first), " is now ", Name(one.nick)] for one in travellers if _fate(one) == "renamed"
    ]
    clauses.extend(names[:MOST_NAMES])
    if len(names) > MOST_NAMES:
        clauses.append([f"{len(names) - MOST_NAMES} more have new names"])
    filled = [clause for clause in clauses if clause]
    return ["→ ", *_joined_by("; ", filled or [["nothing changed"]])]


def _travellers(lines: Iterable[Line]) -> list[_Traveller]:
    by_nick: dict[str, _Traveller] = {}
    everybody = []
    for line in lines:
        one = by_nick.get(fold(line.nick))
        if one is None:
            one = by_nick[fold(line.nick)] = _Traveller(line.nick, line.nick)
            everybody.append(one)
        if line.kind is Kind.NICK:
            del by_nick[fold(line.nick)]
            one.nick = line.target
            by_nick[fold(line.target)] = one
            continue
        one.ended = Kind.JOIN if line.kind is Kind.JOIN else Kind.PART
        one.began = one.began or one.ended
    return everybody


def _fate(one: _Traveller) -> str:
    if one.ended is None:
        return "renamed" if one.first != one.nick else ""
    if one.began is one.ended:
        return "joined" if one.ended is Kind.JOIN else "left"
    return "left and came back" if one.ended is Kind.JOIN else "came and went"


def _clause(nicks: list[str], fate: str) -> Words:
    if not nicks:
        return []
    names = _joined_by(", ", [[Name(nick)] for nick in nicks[:MOST_NAMES]])
    more = f" and {len(nicks) - MOST_NAMES} more" if len(nicks) > MOST_NAMES else ""
    return [*names, f"{more} {fate}"]


def _joined_by(between: str, parts: Sequence[Words]) -> Words:
    words: Words = []
    for part in parts:
        words += [between, *part] if words else part
    return words
