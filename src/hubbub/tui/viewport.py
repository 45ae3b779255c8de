"""Which rows of a timeline are seen, and how one moves through them.

Owns the anchor: the view hangs on a line and a row of it, or follows the end. So lines that arrive, older pages in
front and edits elsewhere never move what is being read, and every step costs only what is seen. Remembers the
layout of a few hundred blocks. Knows no widget and posts nothing: TimelineView asks it and draws it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from hubbub.client.lines import Delivery, Line
from hubbub.client.timeline import Timeline
from hubbub.tui.blocks import Block, Blocks
from hubbub.tui.layout import LEAST_NICK_CELLS, Drawn, Row, Shape, lay_out, live_rows, nick_cells
from hubbub.tui.markup import Reader

MOST_UNSEEN = 1000
"""More new lines than this are not counted."""

_KEPT = 400
_MOST_LIVE = 5
_MOST_LIVE_ROWS = 3
"""Of one who is writing."""
_LONGEST_LIVE = 4000
_LOOKED_AT_FOR_NICKS = 150

_place = attrgetter("place")


class Position(NamedTuple):
    """Where somebody was reading: the first row seen. `row`: of the line, 0 where its text begins."""

    msgid: str
    time_ms: int
    row: int


class Seen(NamedTuple):
    """One row on the screen. `line` is None beside the conversation: above its beginning, live text.

    row   of the line; negative for what stands above it (a new day)
    at    the index of the line
    """

    cells: Row
    line: Line | None = None
    row: int = 0
    at: int = -1


Anchor = tuple[Line, int]


class Viewport:
    """`rows`, `following` and `unseen` hold after `compose`. `live`: what people are writing at this moment."""

    def __init__(
        self, timeline: Timeline, blocks: Blocks, shape: Shape, reader: Reader, divider: Line | None = None
    ) -> None:
        """What is loaded counts as seen, from the divider on only when it has been seen here."""
        self.timeline = timeline
        self.blocks = blocks
        self.reader = reader
        self.height = 0
        self.following = True
        self.unseen = 0
        self.rows: list[Seen] = []
        self.live: Sequence[tuple[str, str]] = ()
        self.focused: Line | None = None
        self._shape = shape
        self._nick_cells = LEAST_NICK_CELLS
        self._anchor: Anchor | None = None
        self._kept: Anchor | None = None
        self._last: Line | None = None
        self._furthest = self._last_read(divider)
        self._drawn: OrderedDict[Line, tuple[tuple[object, ...], Drawn]] = OrderedDict()
        self._widen(timeline.lines[-_LOOKED_AT_FOR_NICKS:])

    def _last_read(self, divider: Line | None) -> Line | None:
        lines = self.timeline.lines
        end = len(lines) if divider is None else bisect_left(lines, divider.place, key=_place)
        read = (lines[at] for at in range(end - 1, -1, -1))
        return next((line for line in read if line.delivery is not Delivery.PENDING), None)

    def resize(self, shape: Shape, height: int) -> None:
        """The room there is; the nick column is ours. Where a larger view reaches the end, a smaller goes back."""
        if (shape, height) == (self._shape, self.height):
            return
        self._kept = self._anchor
        self._last = self.timeline.lines[-1] if self.timeline.lines else None
        self._shape = shape
        self.height = height

    def forget(self) -> None:
        """What was laid out was laid out in other colours."""
        self._drawn.clear()

    def visible_lines(self) -> list[Line]:
        """The lines of which something is seen, from top to bottom."""
        return list(dict.fromkeys(seen.line for seen in self.rows if seen.line is not None))

    # -- what is seen -------------------------------------------------------------------------------------------

    def compose(self) -> None:
        """Find the rows that are seen, from the anchor down or from the end up."""
        before = None
        while before != self._nick_cells:
            before = self._nick_cells
            self.rows = self._from_end() if self._anchor is None else self._from_anchor(self._anchor)
        if self.following:
            self._remember_seen(self.rows)
        self.unseen = 0 if self.following else self._count_unseen()

    def _from_end(self) -> list[Seen]:
        self.following = True
        shape = self.columns
        rows = self._live_rows(shape)
        above: list[list[Seen]] = []
        count = len(rows)
        for block in self.blocks.before(len(self.timeline.lines)):
            if count >= self.height:
                break
            above.append(self._seen(block))
            count += len(above[-1])
        rows = [seen for part in reversed(above) for seen in part] + rows
        return [Seen([])] * (self.height - len(rows)) + rows[max(len(rows) - self.height, 0) :]

    def _live_rows(self, shape: Shape) -> list[Seen]:
        """No more than a third of what there is to see, so that what was said stays in sight."""
        room = max(self.height // 3, 1)
        live = self.live[: min(_MOST_LIVE, room)]
        most = min(_MOST_LIVE_ROWS, room // max(len(live), 1))
        return [
            Seen(row)
            for nick, text in live
            for row in live_rows(nick, text[-_LONGEST_LIVE:], shape, self.reader, most)
        ]

    def _from_anchor(self, anchor: Anchor) -> list[Seen]:
        block = self.block_of(anchor[0])
        if block is None:
            self._anchor = None
            return self._from_end()
        rows = self._seen(block)
        above = self._draw(block).above
        rows = rows[min(max(anchor[1] + above, 0), max(len(rows) - 1, 0)) :]
        for other in self.blocks.after(block.end):
            if len(rows) > self.height:
                break
            rows += self._seen(other)
        self.following = len(rows) <= self.height
        return self._at_end(anchor) if self.following else rows[: self.height]

    def _at_end(self, anchor: Anchor) -> list[Seen]:
        """From here on the end is followed, unless a message is marked: then the view stays where it is."""
        rows = self._from_end()
        if self.focused is not None:
            self._anchor = _first(rows)
        elif anchor is not self._kept or self.timeline.lines[-1] is not self._last:
            self._anchor = None
        return rows

    def _seen(self, block: Block) -> list[Seen]:
        if not block.hidden:
            self._widen([block.line])
        drawn = self._draw(block)
        return [Seen(row, block.line, at - drawn.above, block.end - 1) for at, row in enumerate(drawn.rows)]

    def _draw(self, block: Block) -> Drawn:
        shape = self.columns
        stamp = (*block.stamp(), shape)
        kept = self._drawn.get(block.line)
        if kept is not None and kept[0] == stamp:
            self._drawn.move_to_end(block.line)
            return kept[1]
        drawn = lay_out(block, shape, self.reader)
        self._drawn[block.line] = (stamp, drawn)
        if len(self._drawn) > _KEPT:
            self._drawn.popitem(last=False)
        return drawn

    @property
    def columns(self) -> Shape:
        """The room there is, with a column that is wide enough for the nicks."""
        return self._shape.with_nicks(self._nick_cells)

    def _widen(self, lines: Iterable[Line]) -> None:
        """The nick column grows with what is shown, and never shrinks while it is."""
        for line in lines:
            if line.kind.is_said:
                self._nick_cells = max(self._nick_cells, nick_cells(line, self.reader))

    def _count_unseen(self) -> int:
        """New lines below; where there are any, the last row is covered by their number."""
        rows = self.rows if self._count_below(self.rows) == 0 else self.rows[:-1]
        self._remember_seen(rows)
        return self._count_below(rows)

    def _count_below(self, rows: list[Seen]) -> int:
        last = max((seen.at for seen in rows), default=-1) + 1
        if self._furthest is not None:
            last = max(last, bisect_right(self.timeline.lines, self._furthest.place, key=_place))
        return sum(line.counts_as_unread for line in islice(self.timeline.lines, last, last + MOST_UNSEEN))

    def _remember_seen(self, rows: Iterable[Seen]) -> None:
        """Keep the furthest line that was ever seen. What is on its way will move, so it doesn't count."""
        lines = {seen.line for seen in rows if seen.line is not None}
        arrived = [line for line in lines if line.delivery is not Delivery.PENDING]
        if self._furthest is not None:
            arrived.append(self._furthest)
        self._furthest = max(arrived, key=_place, default=None)

    # -- moving -------------------------------------------------------------------------------------------------

    def follow(self) -> None:
        self._anchor = None

    def put(self, line: Line, rows_above: int = 0) -> None:
        """Show a line with so many rows above it."""
        self._anchor = self._moved((line, 0), -rows_above)

    def put_first(self) -> None:
        """Show the first row of everything that is loaded."""
        self._anchor = self._up(self.blocks.at(0), 0)

    def scroll(self, count: int) -> None:
        """Down, or up with a negative number."""
        first = _first(self.rows)
        if first is None or (count > 0 and self.following and self._anchor is None):
            return
        # Rows above the first line are empty: there is nothing to scroll up to.
        if count < 0 and self.rows[0].line is None:
            return
        self._anchor = self._moved(first, count)

    def position(self) -> Position | None:
        first = _first(self.rows)
        if self.following or first is None:
            return None
        line, row = first
        return Position(line.msgid, line.time_ms, row)

    def restore(self, position: tuple[str, int, int]) -> bool:
        """Back to where somebody was reading; False: that is not loaded, and the nearest line is shown."""
        if not self.timeline.lines:
            return False
        msgid, time_ms, row = position
        line = self.timeline.find(msgid)
        nearest = self.timeline.lines[min(self.timeline.first_after(time_ms - 1), len(self.timeline) - 1)]
        self._anchor = (line or nearest, row)
        return line is not None or nearest.time_ms == time_ms

    def hold(self) -> None:
        """Stay where we are, also when lines arrive below."""
        self._anchor = self._anchor or _first(self.rows)

    def _moved(self, anchor: Anchor, count: int) -> Anchor:
        """The anchor so many rows further down or up; it stops at the first and the last row of everything."""
        block = self.block_of(anchor[0])
        if block is None:
            return anchor
        drawn = self._draw(block)
        row = min(max(anchor[1] + drawn.above, 0), max(len(drawn.rows) - 1, 0)) + count
        return self._up(block, row) if row < 0 else self._down(block, row)

    def _up(self, block: Block, row: int) -> Anchor:
        for other in self.blocks.before(block.start):
            if row >= 0:
                break
            block = other
            row += len(self._draw(block).rows)
        return block.line, max(row, 0) - self._draw(block).above

    def _down(self, block: Block, row: int) -> Anchor:
        drawn = self._draw(block)
        for other in self.blocks.after(block.end):
            if row < len(drawn.rows):
                break
            row -= len(drawn.rows)
            block, drawn = other, self._draw(other)
        return block.line, max(min(row, len(drawn.rows) - 1), 0) - drawn.above

    def block_of(self, line: Line) -> Block | None:
        """The block with this line; if it is gone, the one that stands in its place."""
        if not self.timeline.lines:
            return None
        try:
            return self.blocks.at(self.timeline.index(line))
        except ValueError:
            at = self.timeline.first_after(line.time_ms)
            return self.blocks.at(min(at, len(self.timeline.lines) - 1))

    # -- one message marked -------------------------------------------------------------------------------------

    def focus(self, candidates: Iterator[Line]) -> Line | None:
        """Mark the first of these messages and bring it into view."""
        line = next(candidates, None)
        if line is None:
            return None
        self.hold()
        self.focused = line
        self.reveal(line)
        return line

    def messages_above(self) -> Iterator[Line]:
        """What was said above the marked message; without one, what is seen, from the bottom."""
        return self._messages(self.blocks.before, upwards=True)

    def messages_below(self) -> Iterator[Line]:
        return self._messages(self.blocks.after, upwards=False)

    def _messages(self, walk: Callable[[int], Iterator[Block]], *, upwards: bool) -> Iterator[Line]:
        block = self.block_of(self.focused) if self.focused is not None else None
        if block is None:
            seen = self.visible_lines()
            yield from (line for line in (reversed(seen) if upwards else seen) if line.kind.is_said)
            return
        for other in walk(block.start if upwards else block.end):
            if not other.hidden and other.line.kind.is_said:
                yield other.line

    def reveal(self, line: Line) -> None:
        """Scroll as little as needed to see all of it, or its beginning where it is higher than the view."""
        self.compose()
        block, first = self.block_of(line), _first(self.rows)
        if block is None or first is None:
            return
        drawn = self._draw(block)
        if sum(seen.line is line for seen in self.rows[: self.height - 1]) == len(drawn.rows):
            return
        if line.place <= first[0].place or len(drawn.rows) >= self.height:
            self._anchor = (line, -drawn.above)
            return
        last_row = len(drawn.rows) - drawn.above - 1
        self._anchor = self._moved((line, last_row), 2 - self.height)


def _first(rows: list[Seen]) -> Anchor | None:
    """The first row with a line."""
    return next(((seen.line, seen.row) for seen in rows if seen.line is not None), None)
