"""What was said before: a page of a room's history on its way, and what people say while it is under way.

Owns the order (first the page, then what was held back, each message once) and the time in front of old
lines. Knows neither how history is asked for nor where lines go; LineMode does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from hubbub.irc.names import fold
from hubbub.irc.text import printable
from hubbub.irc.wire import Message, split_source
from hubbub.plain.shown import room_of, shown, to_local_time

MOST_LINES = 1000
MOST_HELD = 200


@dataclass(slots=True)
class Replay:
    """One answer to CHATHISTORY. `catching_up`: after a lost connection, all since the last line seen."""

    room: str
    asked: int
    catching_up: bool = False
    explicit: bool = False
    pages: int = 1
    page: list[Message] = field(default_factory=list)
    held: list[Message] = field(default_factory=list)

    def add(self, message: Message) -> None:
        if len(self.page) < MOST_LINES:
            self.page.append(message)

    def hold(self, message: Message) -> bool:
        """Whether it waits until the page is there."""
        if len(self.held) >= MOST_HELD:
            return False
        self.held.append(message)
        return True

    def not_in_page(self) -> list[Message]:
        """What was held back and is not in the page as well: said after the page was made."""
        known = {message.tags.get("msgid") for message in self.page}
        found: list[Message] = []
        for message, first in _with_first_lines(self.held):
            if first.tags.get("msgid", "") not in known:
                found.append(message)
        return found

    def is_full(self) -> bool:
        return sum(message is first for message, first in _with_first_lines(self.page)) >= self.asked


def _with_first_lines(messages: Iterable[Message]) -> Iterator[tuple[Message, Message]]:
    """Each line with the first one of its message, which alone has the id (multiline, "Fallback")."""
    first: Message | None = None
    for message in messages:
        if first is None or not _goes_on(message, first):
            first = message
        yield message, first


def _goes_on(message: Message, first: Message) -> bool:
    return "msgid" in first.tags and "msgid" not in message.tags and message.source == first.source


def history_lines(messages: Iterable[Message], today: date) -> Iterator[str]:
    """Old lines with the time they were said; the day stands above where it isn't today."""
    day = today
    for _message, line, moment in _dated(messages):
        if moment and moment.date() != day:
            day = moment.date()
            yield _heading(day)
        yield f"[{moment:%H:%M}] {line}" if moment else line
    if day != today:
        yield "-- today --"


def found_lines(messages: Iterable[Message], nick: str) -> Iterator[str]:
    """What a search has found, each line with its place and time: [#tea 12:31] alice: text"""
    day = None
    for message, line, moment in _dated(messages):
        if moment and moment.date() != day:
            day = moment.date()
            yield _heading(day)
        where = printable(room_of(message) or _private(message, nick))
        yield f"[{where} {moment:%H:%M}] {line}" if moment else f"[{where}] {line}"


def _dated(messages: Iterable[Message]) -> Iterator[tuple[Message, str, datetime | None]]:
    """The messages that are shown, each with its line and the time it was said."""
    for message in messages:
        line = shown(message)
        if line is not None:
            yield message, line, to_local_time(message.tags.get("time", ""))


def _heading(day: date) -> str:
    return f"-- {day:%A}, {day.day} {day:%B %Y} --"


def _private(message: Message, nick: str) -> str:
    is_own = fold(split_source(message.source)[0]) == fold(nick)
    return f"private to {message.params[0]}" if is_own and message.params else "private"
