"""Live text on the wire: the value of the tag `+hubbub.chat/live`.  docs/specs/live-text.md

    <id> "/" <seq> "/" <kind> <action>…          kind: n new, e edit, r reset, c cancel
    action: "+" <at> "," <count> "," <text>      put text in, `count` code points of it
            "-" <at> "," <count>                 take code points out
            "~" <ms>                             let so much time pass

Owns reading, writing and applying it, and how two states of a line become actions. Positions and counts are in code
points. Knows no clock and no network; web/src/irc/live.ts does the same, held to the same vectors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

LONGEST_TEXT = 1_500
"""Bytes of UTF-8 that a live line may have; what is typed beyond waits for the message itself."""
LONGEST_VALUE = 3_500
"""Bytes of UTF-8 of a value as it is written in a line, with its escapes."""
MOST_ACTIONS = 64
LONGEST_WAIT = 1_000
"""Milliseconds."""
_MOST_SEQ = 2**31 - 1

_HEAD = re.compile(r"([A-Za-z0-9_-]{1,64})/(0|[1-9][0-9]{0,9})/([nerc])")
_ACTION = re.compile(r"([+-])([0-9]{1,4}),([0-9]{1,4})(,?)|~([0-9]{1,4})")
_NOT_TEXT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ESCAPED = re.compile("[; \\\\\r\n]")


class Kind(StrEnum):
    """NEW: a line begins, empty. EDIT: goes on from the update before. RESET: all of it again. CANCEL: it is gone."""

    NEW = "n"
    EDIT = "e"
    RESET = "r"
    CANCEL = "c"


class Insert(NamedTuple):
    at: int
    text: str


class Erase(NamedTuple):
    at: int
    length: int


class Wait(NamedTuple):
    ms: int


Action = Insert | Erase | Wait


class Update(NamedTuple):
    """One tag. `id`: of the line; the message that it becomes has it as its nonce. `seq`: one more with each update."""

    id: str
    seq: int
    kind: Kind
    actions: tuple[Action, ...] = ()


class BadUpdate(ValueError):
    """It isn't written as it should be, or doesn't fit the line."""


class Head(NamedTuple):
    """What a server looks at."""

    id: str
    seq: int
    kind: Kind


def read_head(value: str) -> Head:
    """The beginning of a value; raises BadUpdate."""
    return _read_head(value)[0]


def _read_head(value: str) -> tuple[Head, int]:
    found = _HEAD.match(value)
    if found is None or int(found[2]) > _MOST_SEQ:
        raise BadUpdate("it begins with <id>/<number>/<n, e, r or c>")
    return Head(found[1], int(found[2]), Kind(found[3])), found.end()


def read(value: str) -> Update:
    """A value as it was received; raises BadUpdate."""
    head, at = _read_head(value)
    actions: list[Action] = []
    while at < len(value):
        action, at = _read_action(value, at)
        actions.append(action)
    if len(actions) > MOST_ACTIONS or (head.kind is Kind.CANCEL and actions):
        raise BadUpdate("too many actions")
    return Update(*head, tuple(actions))


def _read_action(value: str, at: int) -> tuple[Action, int]:
    found = _ACTION.match(value, at)
    if found is None:
        raise BadUpdate(f"no action at {at}")
    sign, place, count, comma, wait = found.groups()
    if wait is not None:
        if int(wait) > LONGEST_WAIT:
            raise BadUpdate("it waits for too long")
        return Wait(int(wait)), found.end()
    end = found.end() + int(count)
    if sign == "-" and not comma and int(count):
        return Erase(int(place), int(count)), found.end()
    if sign == "+" and comma and int(count) > 0 and end <= len(value):
        text = value[found.end() : end]
        if clean(text) != text:
            raise BadUpdate("control characters are no text")
        return Insert(int(place), text), end
    raise BadUpdate(f"no action at {at}")


def write(update: Update) -> str:
    """The value, before the escapes of message tags."""
    return f"{update.id}/{update.seq}/{update.kind}" + "".join(map(_write_action, update.actions))


def _write_action(action: Action) -> str:
    match action:
        case Insert(at, text):
            return f"+{at},{len(text)},{text}"
        case Erase(at, length):
            return f"-{at},{length}"
        case Wait(ms):
            return f"~{ms}"


def is_sendable(value: str) -> bool:
    """Whether it is short enough, as it stands in a line."""
    return len(value.encode()) + len(_ESCAPED.findall(value)) <= LONGEST_VALUE


def apply(text: str, action: Action) -> str:
    """The text after an action; raises BadUpdate where it doesn't fit."""
    match action:
        case Insert(at, new) if at <= len(text):
            text = text[:at] + new + text[at:]
            if len(text.encode()) > LONGEST_TEXT:
                raise BadUpdate("the line is too long")
        case Erase(at, length) if at + length <= len(text):
            text = text[:at] + text[at + length :]
        case Wait():
            pass
        case _:
            raise BadUpdate("there is no such place in the line")
    return text


def apply_all(text: str, actions: Iterable[Action]) -> str:
    for action in actions:
        text = apply(text, action)
    return text


def difference(old: Sequence[str], new: Sequence[str]) -> list[Action]:
    """What makes the new text of the old one: at most one place where something goes, and something comes."""
    first = 0
    while first < len(old) and first < len(new) and old[first] == new[first]:
        first += 1
    last = 0
    while last < len(old) - first and last < len(new) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    actions: list[Action] = []
    if len(old) - first - last:
        actions.append(Erase(first, len(old) - first - last))
    if len(new) - first - last:
        actions.append(Insert(first, "".join(new[first : len(new) - last])))
    return actions


def clean(text: str) -> str:
    """Without what is no text: control characters but the line break, and halves of characters."""
    return _NOT_TEXT.sub("", text)
