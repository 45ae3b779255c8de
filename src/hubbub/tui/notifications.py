"""What is worth telling the desktop, and when it is better to be quiet.

Owns the decision and the words. Takes the clock from outside, and writes nothing itself: what it returns goes
to terminal.py by way of deliver(). Called by app.py for every line that arrives, and about once a second.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from hubbub.client.chat import Chat, Conversation, Place
from hubbub.client.lines import Kind, Line
from hubbub.irc.names import fold
from hubbub.irc.text import clip, plain
from hubbub.tui.terminal import Mode, Terminal

APART = timedelta(seconds=2)
"""At most one notification of a conversation in this time."""
_LONGEST_TEXT = 200
_LONGEST_QUIET = timedelta(days=366)


class Level(StrEnum):
    """What of a conversation is worth it. MENTIONS takes in direct messages; MUTED also means: not counted."""

    ALL = "all"
    MENTIONS = "mentions"
    NONE = "none"
    MUTED = "muted"


class Network(Protocol):
    """What is needed of hubbub.client.network.Network."""

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def chat(self) -> Chat: ...


class Notice(NamedTuple):
    title: str
    text: str


# -- do not disturb -----------------------------------------------------------------------------------------


class Unclear(ValueError):
    """The words behind /dnd mean nothing; the message says what would."""


_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"(\d{1,4})\s*(m|min|h|d)")
_HOURS = re.compile(r"(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)")
_HELP = "Write /dnd 2h, /dnd 22:00-07:00, /dnd on or /dnd off."


@dataclass(frozen=True, slots=True)
class Quiet:
    """When not to be disturbed: until a moment, every day between two hours, always, or never.

    Times are local, whether or not `now` says so itself.
    """

    always: bool = False
    until: datetime | None = None
    daily: tuple[time, time] | None = None

    @classmethod
    def parse(cls, text: str, now: datetime) -> Quiet:
        """What is written behind /dnd; raises Unclear."""
        text, now = text.strip().lower(), _local(now)
        if text in ("", "on", "off"):
            return cls(always=text != "off")
        if found := _DURATION.fullmatch(text):
            length = timedelta(**{_UNITS[found[2]]: int(found[1])})
            return cls(until=now + min(length, _LONGEST_QUIET))
        if found := _HOURS.fullmatch(text):
            hour, minute, last_hour, last_minute = map(int, found.groups())
            return cls(daily=(_clock(hour, minute), _clock(last_hour, last_minute)))
        raise Unclear(f'"{text}" is no time. {_HELP}')

    def is_quiet(self, now: datetime) -> bool:
        now = _local(now)
        if self.always or (self.until is not None and now < self.until):
            return True
        if self.daily is None:
            return False
        start, end = self.daily
        clock = now.time()
        return start <= clock < end if start <= end else clock >= start or clock < end

    def __str__(self) -> str:
        """For the status line and the answer; "" where nothing is set."""
        if self.always:
            return "do not disturb"
        if self.until is not None:
            return f"do not disturb until {self.until:%H:%M}"
        if self.daily is not None:
            return f"do not disturb from {self.daily[0]:%H:%M} to {self.daily[1]:%H:%M}"
        return ""


def _local(moment: datetime) -> datetime:
    return moment.astimezone().replace(tzinfo=None) if moment.tzinfo else moment


def _clock(hour: int, minute: int) -> time:
    if hour == 24 and minute == 0:
        return time.min
    if hour > 23 or minute > 59:
        raise Unclear(f"{hour}:{minute:02} is no time of day. {_HELP}")
    return time(hour, minute)


# -- the decision -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Recent:
    """`next_at`: when the conversation may be heard of again. `held`: how many lines came before that."""

    title: str
    where: str
    next_at: datetime
    held: int = 0
    first: str = ""
    is_one_person: bool = True

    def hold(self, nick: str) -> None:
        self.held += 1
        self.first = self.first or nick
        self.is_one_person = self.is_one_person and fold(self.first) == fold(nick)


class Notifier:
    """`level` answers for a network's key and a conversation's name."""

    def __init__(self, level: Callable[[str, str], Level] = lambda network, name: Level.MENTIONS) -> None:
        self.quiet = Quiet()
        self._level = level
        self._recent: dict[tuple[str, str], _Recent] = {}

    def consider(
        self,
        network: Network,
        conversation: Conversation,
        line: Line,
        *,
        visible: bool,
        focused: bool,
        now: datetime,
        live: bool = True,
    ) -> Notice | None:
        """What to say at once. `visible`: the conversation is on the screen; `focused`: so is the terminal.

        `live` is Added.live: history is never worth it.
        """
        if not live or (visible and focused) or self.quiet.is_quiet(now):
            return None
        level = self._level(network.key, conversation.name)
        if fold(line.nick) in network.chat.ignored or not _is_worth_it(conversation, line, level):
            return None
        key = network.key, fold(conversation.name)
        recent = self._recent.get(key)
        if recent is not None and now < recent.next_at:
            recent.hold(line.nick)
            return None
        self._recent[key] = _Recent(network.title, _where(conversation), now + APART)
        return Notice(plain(network.title), _words(conversation, line))

    def due(self, now: datetime) -> list[Notice]:
        """What was held back and may be said now, in one sentence for each conversation."""
        return list(self._due(now))

    def _due(self, now: datetime) -> Iterator[Notice]:
        for key, recent in list(self._recent.items()):
            if now < recent.next_at:
                continue
            if not recent.held or self.quiet.is_quiet(now):
                del self._recent[key]
                continue
            yield Notice(plain(recent.title), _more(recent))
            self._recent[key] = _Recent(recent.title, recent.where, now + APART)

    def seen(self, network: Network, conversation: Conversation) -> None:
        """It is being looked at: what was held back is no news any more."""
        self._recent.pop((network.key, fold(conversation.name)), None)


def _is_worth_it(conversation: Conversation, line: Line, level: Level) -> bool:
    if level in (Level.NONE, Level.MUTED) or not line.counts_as_unread or not line.nick:
        return False
    if line.mentions_me or level is Level.ALL:
        return True
    # Services answer with notices; nobody is called to the window for those.
    is_direct = line.private or conversation.place is Place.DIRECT
    return is_direct and line.kind is not Kind.NOTICE


def _where(conversation: Conversation) -> str:
    return f" in {plain(conversation.name)}" if conversation.is_room else ""


def _words(conversation: Conversation, line: Line) -> str:
    nick, text = plain(line.nick), plain(" ".join(line.text[: 4 * _LONGEST_TEXT].split()))
    said = f"* {nick} {text}" if line.kind is Kind.ACTION else text
    private = " (privately)" if line.private and conversation.is_room else ""
    return f"{nick}{_where(conversation)}{private}: {clip(said, _LONGEST_TEXT)}"


def _more(recent: _Recent) -> str:
    others = "" if recent.is_one_person else " and others"
    return f"{recent.held} more from {plain(recent.first)}{others}{recent.where}"


def deliver(terminal: Terminal, notice: Notice, mode: Mode = Mode.AUTO) -> None:
    """`mode`: the setting; Mode("auto") and so on."""
    terminal.notify(notice.title, notice.text, mode)
