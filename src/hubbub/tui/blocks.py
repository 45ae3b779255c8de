"""What of a timeline is drawn as one: a message, or a run of comings and goings; and what stands around it.

Owns the cutting of a timeline into blocks and what a block's drawing depends on. Looks only at the neighbours of
the line that is asked for, so its cost doesn't grow with the timeline. Knows no rows. Called by TimelineView; drawn
by layout.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from hubbub.client.lines import Kind, Line
from hubbub.client.timeline import Timeline
from hubbub.irc.names import fold

GROUP_MS = 5 * 60_000
"""Lines of one author that follow each other within this time show the nick once."""

SPOKE_MS = 10 * 60_000
"""Whoever spoke within this time is somebody whose coming and going is of interest."""

_QUARTER_MS = 15 * 60_000  # the offsets of all time zones are whole quarters of an hour
_HOUR_MS = 60 * 60_000
_LOOKED_BACK = 200
_LAST_MS = 4_000_000_000_000  # the year 2096; a server's clock may say anything


class Coming(StrEnum):
    """How joins, leaves and new names are shown. SMART: condensed, but in full for those who spoke recently."""

    ALL = "all"
    CONDENSED = "condensed"
    SMART = "smart"
    NONE = "none"


class Block(NamedTuple):
    """Lines that are drawn as one, and what they are drawn with.

    day       the day that begins here, or None
    divider   what is new begins here
    grouped   the author is named above
    spoke     folded nicks whose comings and goings are shown in full
    quoted    what the line answers, where that is loaded
    """

    start: int
    lines: tuple[Line, ...]
    hidden: bool = False
    day: datetime | None = None
    divider: bool = False
    grouped: bool = False
    expanded: bool = False
    spoke: frozenset[str] = frozenset()
    quoted: Line | None = None

    @property
    def line(self) -> Line:
        """The line that the block is known by."""
        return self.lines[-1]

    @property
    def end(self) -> int:
        return self.start + len(self.lines)

    def stamp(self) -> tuple[object, ...]:
        """Equal as long as the drawing is the same."""
        quoted = self.quoted
        return (
            *self[2:],
            len(self.lines),
            self.lines[0],
            sum(line.version for line in self.lines),
            quoted.version if quoted is not None else 0,
        )


class Blocks:
    """The blocks of a timeline. `hides`: lines that are not shown at all; `expanded`: those to be shown in full."""

    def __init__(
        self,
        timeline: Timeline,
        *,
        divider: Line | None = None,
        coming: Coming = Coming.SMART,
        hides: Callable[[Line], bool] = lambda line: False,
        expanded: Callable[[Line], bool] = lambda line: False,
        zone: tzinfo | None = None,
    ) -> None:
        self._timeline = timeline
        self._divider = divider
        self._coming = coming
        self._hides = hides
        self._expanded = expanded
        self._zone = zone

    def at(self, index: int) -> Block:
        """The block that the line with this index belongs to."""
        line = self._timeline.lines[index]
        if self._is_hidden(line):
            return Block(index, (line,), hidden=True)
        if line.kind.is_coming_or_going and self._coming is not Coming.ALL:
            return self._run(index)
        return self._single(index, line)

    def before(self, start: int) -> Iterator[Block]:
        """The blocks in front of an index, nearest first."""
        while start > 0:
            block = self.at(start - 1)
            start = block.start
            yield block

    def after(self, end: int) -> Iterator[Block]:
        """The blocks from an index on."""
        while end < len(self._timeline.lines):
            block = self.at(end)
            end = block.end
            yield block

    def _single(self, index: int, line: Line) -> Block:
        above = self._shown_before(index)
        day = self._new_day(line, above)
        divider = line is self._divider
        return Block(
            index,
            (line,),
            day=day,
            divider=divider,
            grouped=not (day or divider) and above is not None and _belong_together(above, line),
            expanded=self._expanded(line),
            quoted=self._timeline.find(line.reply_to),
        )

    def _run(self, index: int) -> Block:
        lines = self._timeline.lines
        start = index
        while start > 0 and lines[start] is not self._divider and _run_on(lines[start - 1], lines[start]):
            start -= 1
        end = index + 1
        while end < len(lines) and lines[end] is not self._divider and _run_on(lines[end - 1], lines[end]):
            end += 1
        run = tuple(lines[start:end])
        return Block(
            start,
            run,
            day=self._new_day(run[0], self._shown_before(start)),
            divider=run[0] is self._divider,
            expanded=any(map(self._expanded, run)),
            spoke=self._spoke_before(start) if self._coming is Coming.SMART else frozenset(),
        )

    def _spoke_before(self, index: int) -> frozenset[str]:
        lines = self._timeline.lines
        since = lines[index].time_ms - SPOKE_MS
        recent = lines[max(index - _LOOKED_BACK, 0) : index]
        return frozenset(fold(line.nick) for line in recent if line.kind.is_said and line.time_ms >= since)

    def _is_hidden(self, line: Line) -> bool:
        if line.kind.is_coming_or_going:
            return self._coming is Coming.NONE
        return self._hides(line)

    def _shown_before(self, index: int) -> Line | None:
        lines = self._timeline.lines
        nearest = range(index - 1, max(index - _LOOKED_BACK, 0) - 1, -1)
        return next((lines[at] for at in nearest if not self._is_hidden(lines[at])), None)

    def _new_day(self, line: Line, above: Line | None) -> datetime | None:
        day = local(line.time_ms, self._zone)
        if above is not None and local(above.time_ms, self._zone).date() == day.date():
            return None
        return day


def local(time_ms: int, zone: tzinfo | None) -> datetime:
    """The time on people's clocks, to the quarter of an hour."""
    return _local(min(max(time_ms, 0), _LAST_MS) // _QUARTER_MS, zone)


@lru_cache(1024)
def _local(quarter: int, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(quarter * _QUARTER_MS / 1000, UTC).astimezone(zone)


def clock(time_ms: int, zone: tzinfo | None) -> str:
    """HH:MM."""
    quarter = local(time_ms, zone)
    return f"{quarter.hour:02}:{quarter.minute + min(max(time_ms, 0), _LAST_MS) // 60_000 % 15:02}"


def _run_on(above: Line, line: Line) -> bool:
    """Two comings or goings that are drawn as one. A run ends with the hour, so that it can't become endless."""
    if not (above.kind.is_coming_or_going and line.kind.is_coming_or_going):
        return False
    return above.time_ms // _HOUR_MS == line.time_ms // _HOUR_MS


def _belong_together(above: Line, line: Line) -> bool:
    """Said by the same person in one go. At the full hour they are named again."""
    if above.kind is not Kind.MESSAGE or line.kind is not Kind.MESSAGE or above.private != line.private:
        return False
    if fold(above.nick) != fold(line.nick) or above.time_ms // _HOUR_MS != line.time_ms // _HOUR_MS:
        return False
    return 0 <= line.time_ms - above.time_ms <= GROUP_MS
