"""The anchor: what is being read stays where it is, whatever happens around it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.client.lines import Delivery, Kind, Line
from hubbub.client.timeline import Timeline
from hubbub.tui.blocks import Blocks
from hubbub.tui.colors import Palette
from hubbub.tui.layout import Shape, lay_out
from hubbub.tui.markup import Reader
from hubbub.tui.viewport import Viewport

NOON = 1_795_176_000_000
HEIGHT = 12


def line(number: int, text: str = "", nick: str = "alice", kind: Kind = Kind.MESSAGE) -> Line:
    said = text or f"line {number}"
    return Line(kind, NOON + number * 1000, nick, said, msgid=f"m{number}")


def a_timeline(numbers: Sequence[int] = range(100, 200)) -> Timeline:
    timeline = Timeline()
    timeline.merge([line(number) for number in numbers])
    return timeline


def a_port(timeline: Timeline, width: int = 80, height: int = HEIGHT) -> Viewport:
    shape = Shape(width, zone=UTC)
    port = Viewport(timeline, Blocks(timeline, zone=UTC), shape, Reader(Palette()))
    port.resize(shape, height)
    port.compose()
    return port


def shown(port: Viewport) -> list[str]:
    port.compose()
    return ["".join(segment.text for segment in seen.cells[-1:]).strip() for seen in port.rows]


def scrolled(port: Viewport, count: int) -> list[str]:
    port.scroll(count)
    return shown(port)


def test_it_begins_at_the_end_and_follows() -> None:
    timeline = a_timeline()
    port = a_port(timeline)
    timeline.append(line(200))
    assert shown(port)[-1] == "line 200"
    assert port.following


def test_a_short_conversation_stands_at_the_bottom() -> None:
    port = a_port(a_timeline(range(2)))
    assert shown(port)[-3:] == ["— Friday, 20 November 2026 —", "line 0", "line 1"]
    assert port.rows[0].line is None
    assert scrolled(port, -5) == shown(port)
    assert port.following


def test_scrolling_goes_row_by_row_and_back() -> None:
    port = a_port(a_timeline())
    before = shown(port)
    assert scrolled(port, -1)[1:] == before[:-1]
    assert not port.following
    assert scrolled(port, 1) == before
    assert port.following


def test_new_lines_move_nothing() -> None:
    timeline = a_timeline()
    port = a_port(timeline)
    before = scrolled(port, -30)
    for number in range(200, 250):
        timeline.append(line(number))
    assert shown(port) == before
    assert port.unseen == 50


def test_an_older_page_moves_nothing() -> None:
    timeline = a_timeline()
    port = a_port(timeline)
    before = scrolled(port, -1000)
    assert before[:2] == ["— Friday, 20 November 2026 —", "line 100"]
    timeline.merge([line(number) for number in range(50)], older=True)
    assert [text for text in shown(port) if text.startswith("line 1")][: HEIGHT - 1] == before[1:]


def test_an_edit_above_moves_nothing() -> None:
    timeline = a_timeline()
    port = a_port(timeline)
    before = scrolled(port, -30)
    above = timeline.lines[0]
    above.text = "much\nlonger\nthan\nbefore"
    timeline.touch(above)
    assert shown(port) == before


def test_a_line_that_is_gone_leaves_its_place() -> None:
    timeline = a_timeline()
    port = a_port(timeline)
    before = scrolled(port, -30)
    first = port.visible_lines()[0]
    timeline.remove(first)
    assert shown(port)[:-1] == before[1:]
    timeline.clear()
    assert shown(port) == [""] * HEIGHT
    assert port.following


def test_a_resize_keeps_the_first_line() -> None:
    timeline = Timeline()
    timeline.merge([line(number, f"line {number} " + "word " * 30) for number in range(100)])
    port = a_port(timeline)
    port.scroll(-50)
    port.compose()
    first = port.visible_lines()[0]
    for width, height in ((40, 15), (200, 60), (20, 5), (80, HEIGHT)):
        port.resize(Shape(width, zone=UTC), height)
        port.compose()
        assert first in port.visible_lines()
    assert port.visible_lines()[0] is first


def test_positions_outlive_a_restart() -> None:
    port = a_port(a_timeline())
    before = scrolled(port, -30)
    position = port.position()
    assert position is not None
    later = a_port(a_timeline(range(120, 300)))
    assert later.restore(tuple(position))
    assert shown(later) == before
    assert later.position() == position


def test_what_is_not_loaded_leads_to_the_nearest() -> None:
    port = a_port(a_timeline())
    assert not port.restore(("gone", NOON + 150_500, 0))
    assert shown(port)[0] == "line 151"
    assert a_port(a_timeline()).position() is None


def test_a_marked_message_stays_in_view() -> None:
    timeline = a_timeline()
    port = a_port(timeline)
    assert port.focus(port.messages_above()) is timeline.lines[-1]
    for number in range(200, 250):
        timeline.append(line(number))
    port.compose()
    assert port.focused in port.visible_lines()
    for _ in range(60):
        above = port.focus(port.messages_above())
        port.compose()
        assert above in port.visible_lines()
    assert port.focused is timeline.lines[99 - 60]
    for _ in range(200):
        port.focus(port.messages_below())
        port.compose()
        assert port.focused in port.visible_lines()
    assert port.focused is timeline.lines[-1]


def test_only_messages_are_marked() -> None:
    timeline = a_timeline(range(3))
    timeline.append(line(3, kind=Kind.JOIN))
    timeline.append(line(4, kind=Kind.TOPIC))
    port = a_port(timeline)
    assert port.focus(port.messages_above()) is timeline.lines[2]
    assert port.focus(port.messages_below()) is None


def test_a_message_higher_than_the_view_shows_its_beginning() -> None:
    timeline = a_timeline()
    tall = line(200, "\n".join(map(str, range(10))))
    timeline.append(tall)
    for number in range(201, 240):
        timeline.append(line(number))
    port = a_port(timeline, height=6)
    port.focus(iter([tall]))
    assert shown(port)[0] == "0"


steps = st.lists(
    st.one_of(
        st.tuples(st.just("scroll"), st.integers(-40, 40)),
        st.tuples(st.just("append"), st.integers(1, 20)),
        st.tuples(st.just("older"), st.integers(1, 20)),
        st.tuples(st.just("resize"), st.integers(14, 120)),
        st.tuples(st.just("remove"), st.integers(0, 50)),
    ),
    max_size=12,
)


def is_end(port: Viewport, timeline: Timeline) -> bool:
    """Whether the last row of everything is the last on the screen."""
    (block,) = islice(port.blocks.before(len(timeline)), 1)
    drawn = lay_out(block, port.columns, port.reader)
    last = port.rows[-1]
    return last.line is block.line and last.row == len(drawn.rows) - drawn.above - 1


@pytest.mark.parametrize("kind", [Kind.MESSAGE, Kind.JOIN])
@given(steps)
def test_the_view_is_full_and_never_jumps(kind: Kind, doing: list[tuple[str, int]]) -> None:
    timeline = a_timeline(range(1000, 1050))
    port = a_port(timeline)
    first, last = 1000, 1050
    for what, number in doing:
        was_following, before = port.following, [(seen.line, seen.row) for seen in port.rows]
        if what == "scroll":
            port.scroll(number)
        elif what == "append":
            for each in range(last, last + number):
                timeline.append(line(each, nick=f"n{each % 3}", kind=kind))
            last += number
        elif what == "older":
            timeline.merge([line(each, kind=kind) for each in range(first - number, first)], older=True)
            first -= number
        elif what == "resize":
            port.resize(Shape(number, zone=UTC), HEIGHT)
        elif len(timeline) > 20:
            timeline.remove(timeline.lines[number % len(timeline)])
        port.compose()
        assert len(port.rows) == HEIGHT
        assert port.following == is_end(port, timeline)
        assert not (port.following and port.unseen)
        if what == "append" and not was_following and kind is Kind.MESSAGE:
            assert [(seen.line, seen.row) for seen in port.rows] == before


def test_what_was_seen_is_not_new() -> None:
    timeline = a_timeline()
    port = a_port(timeline)
    scrolled(port, -50)
    assert port.unseen == 0
    timeline.append(line(200))
    port.compose()
    assert port.unseen == 1
    port.follow()
    port.compose()
    scrolled(port, -50)
    assert port.unseen == 0


def test_from_the_divider_on_everything_is_new() -> None:
    timeline = a_timeline()
    divider = timeline.lines[50]
    port = Viewport(timeline, Blocks(timeline, zone=UTC), Shape(80, zone=UTC), Reader(Palette()), divider)
    port.resize(Shape(80, zone=UTC), HEIGHT)
    port.put(divider)
    port.compose()
    assert port.unseen == 50 - (HEIGHT - 1)


def test_a_line_on_its_way_does_not_hide_what_comes() -> None:
    timeline = a_timeline()
    timeline.append(Line(Kind.MESSAGE, NOON, "dave", "mine", mine=True, delivery=Delivery.PENDING))
    port = a_port(timeline)
    scrolled(port, -30)
    timeline.append(line(200))
    port.compose()
    assert port.unseen == 1


@pytest.mark.parametrize("height", [1, 2, 4, 10, 24, 60])
def test_who_types_takes_no_more_than_a_third(height: int) -> None:
    port = a_port(a_timeline(), height=height)
    port.live = [(f"nick{number}", "word " * 200) for number in range(8)]
    port.compose()
    typed = [seen for seen in port.rows if seen.line is None and seen.cells]
    assert len(typed) <= max(height // 3, 1)
    assert typed
    assert len(port.rows) == height
