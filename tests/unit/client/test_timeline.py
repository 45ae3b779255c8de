"""A timeline stays one sorted list without repeats, whatever comes live, in pages, or from ourselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.client.lines import Delivery, Kind, Line
from hubbub.client.timeline import Timeline


def line(msgid: str, time_ms: int = 0, *, nonce: str = "", text: str = "") -> Line:
    return Line(Kind.MESSAGE, time_ms, "alice", text or msgid, msgid=msgid, nonce=nonce)


def waiting(nonce: str) -> Line:
    return Line(Kind.MESSAGE, 0, "bob", nonce, nonce=nonce, mine=True, delivery=Delivery.PENDING)


def texts(timeline: Timeline) -> list[str]:
    return [one.text for one in timeline]


def filled(*lines: Line) -> Timeline:
    timeline = Timeline()
    timeline.merge(lines)
    return timeline


def assert_whole(timeline: Timeline) -> None:
    """Sorted, without repeats, and every line is found where it stands."""
    places = [one.place for one in timeline]
    assert places == sorted(set(places))
    msgids = [one.msgid for one in timeline if one.msgid]
    assert len(msgids) == len(set(msgids))
    for at, one in enumerate(timeline):
        assert timeline.index(one) == at
        assert not one.msgid or timeline.find(one.msgid) is one


# -- any mix -------------------------------------------------------------------------------------------------

# A server's log: its times may stand still and even go back.
LOGS = st.lists(st.integers(0, 30), min_size=1, max_size=40)


def log_of(times: list[int]) -> list[tuple[str, int]]:
    return [(f"{number:04}", time_ms) for number, time_ms in enumerate(times)]


@given(LOGS, st.data())
def test_pages_that_hang_together_give_the_order_of_the_server(times: list[int], data: st.DataObject) -> None:
    """A live piece, then pages that overlap with what is there or end where it begins."""
    log = log_of(times)
    low = data.draw(st.integers(0, len(log) - 1))
    high = data.draw(st.integers(low + 1, len(log)))
    timeline = Timeline()
    for msgid, time_ms in log[low:high]:
        timeline.append(line(msgid, time_ms))
    for _ in range(data.draw(st.integers(0, 6))):
        first = data.draw(st.integers(0, low))
        if data.draw(st.booleans()):
            timeline.merge([line(*one) for one in log[first:low]], older=True)
            low = min(low, first)
        else:
            last = data.draw(st.integers(min(low + 1, high), len(log)))
            timeline.merge([line(*one) for one in log[first : max(last, low + 1)]])
            low, high = min(low, first), max(high, last)
        assert_whole(timeline)
    assert [one.msgid for one in timeline] == [msgid for msgid, _ in log[low:high]]


@given(LOGS, st.data())
def test_gaps_are_filled_in_order(times: list[int], data: st.DataObject) -> None:
    """What was missed is read page by page, each beginning with what is there, while new lines come live."""
    log = log_of(sorted(times))
    gone = data.draw(st.integers(0, len(log)))
    back = data.draw(st.integers(gone, len(log)))
    timeline = filled(*[line(*one) for one in log[:gone]])
    for one in log[back:]:
        timeline.append(line(*one))
    size = data.draw(st.integers(2, 7))
    for start in range(0, len(log), size - 1):
        timeline.merge([line(*one) for one in log[start : start + size]])
        assert_whole(timeline)
    assert [one.msgid for one in timeline] == [msgid for msgid, _ in log]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("live"), st.integers(0, 20), st.integers(0, 50)),
        st.tuples(
            st.just("page"), st.lists(st.tuples(st.integers(0, 20), st.integers(0, 50))), st.booleans()
        ),
        st.tuples(st.just("wait"), st.integers(0, 3), st.just(0)),
        st.tuples(st.just("settle"), st.integers(0, 20), st.integers(0, 50)),
        st.tuples(st.just("fail"), st.integers(0, 50), st.just(0)),
        st.tuples(st.just("clear"), st.just(0), st.just(0)),
    ),
    max_size=30,
)


@given(STEPS)
def test_any_mix_is_one_sorted_list(steps: list[tuple[str, object, object]]) -> None:
    timeline = Timeline()
    unsent: list[Line] = []
    for step, one, other in steps:
        if step == "live":
            timeline.append(line(f"m{one}", int(str(other))))
        elif step == "page":
            assert isinstance(one, list)
            timeline.merge([line(f"m{msgid}", time_ms) for msgid, time_ms in one], older=bool(other))
        elif step == "wait":
            unsent.append(waiting(f"n{len(unsent)}"))
            timeline.append(unsent[-1])
        elif step == "clear":
            timeline.clear()
        elif timeline.pending():
            mine = timeline.pending()[0]
            mine.delivery = Delivery.ARRIVED if step == "settle" else Delivery.FAILED
            msgid, time_ms = (f"m{one}", other) if step == "settle" else ("", one)
            timeline.settle(mine, time_ms=int(str(time_ms)), msgid=msgid)
        assert_whole(timeline)
        # What is on its way stands behind everything, in order.
        pending = timeline.pending()
        assert timeline.lines[len(timeline) - len(pending) :] == pending
        assert pending == [each for each in unsent if each.delivery is Delivery.PENDING]


@given(st.lists(st.lists(st.tuples(st.integers(0, 12), st.just(5)), max_size=8), max_size=6))
def test_the_order_of_a_page_holds_whatever_was_there(pages: list[list[tuple[int, int]]]) -> None:
    timeline = Timeline()
    for page in pages:
        timeline.merge([line(f"m{number}", time_ms) for number, time_ms in page])
        assert_whole(timeline)
        wanted = list(dict.fromkeys(f"m{number}" for number, _ in page))
        assert [one.msgid for one in timeline if one.msgid in wanted] == wanted


def test_many_at_one_time_fit_between_two() -> None:
    timeline = filled(line("first", 5), line("last", 5))
    inner = [f"m{number:03}" for number in range(300)]
    # Each page halves the room between the two that it falls between.
    for number in reversed(range(300)):
        timeline.merge(
            [line("first", 5), line(inner[number], 5), line(inner[number + 1] if number < 299 else "last", 5)]
        )
    assert [one.msgid for one in timeline] == ["first", *inner, "last"]
    assert_whole(timeline)


# -- one by one ----------------------------------------------------------------------------------------------


def test_a_page_that_repeats_itself_adds_each_line_once() -> None:
    assert texts(filled(line("a"), line("b"), line("a"))) == ["a", "b"]


def test_an_older_page_ends_where_what_is_loaded_begins_whatever_its_times_say() -> None:
    timeline = filled(line("c", 10), line("d", 11))
    timeline.merge([line("a", 50), line("b", 60)], older=True)
    assert texts(timeline) == ["a", "b", "c", "d"]


def test_lines_without_ids_are_known_by_what_they_say() -> None:
    timeline = filled(line("", 5, text="hello"), line("", 6, text="hello"))
    assert timeline.merge([line("", 5, text="hello"), line("x", 6, text="hello")]) == []
    assert texts(timeline) == ["hello", "hello"]


def test_a_line_of_ours_waits_behind_all_others_and_settles_at_the_end() -> None:
    timeline = Timeline()
    mine = waiting("n")
    timeline.append(mine)
    timeline.append(line("a", 1))
    assert texts(timeline) == ["a", "n"]
    assert timeline.unconfirmed("n") is mine
    mine.delivery = Delivery.ARRIVED
    timeline.settle(mine, time_ms=1, msgid="b")
    timeline.append(line("c", 1))
    assert texts(timeline) == ["a", "n", "c"]
    assert (timeline.find("b"), timeline.unconfirmed("n"), mine.version) == (mine, None, 1)


def test_settling_takes_the_place_of_a_copy_that_came_with_history() -> None:
    timeline = Timeline()
    mine = waiting("n")
    timeline.append(mine)
    timeline.merge([line("a", 1), line("b", 2), line("c", 3)])
    mine.delivery = Delivery.ARRIVED
    timeline.settle(mine, time_ms=2, msgid="b")
    assert texts(timeline) == ["a", "n", "c"]
    assert_whole(timeline)


def test_clearing_keeps_what_has_not_arrived() -> None:
    timeline = filled(line("a", 1))
    failed, pending = waiting("f"), waiting("p")
    for one in (failed, pending):
        timeline.append(one)
    failed.delivery = Delivery.FAILED
    timeline.settle(failed, time_ms=2)
    timeline.at_start = True
    timeline.clear()
    assert (list(timeline), timeline.at_start, timeline.find("a")) == ([failed, pending], False, None)
    assert timeline.unconfirmed("f") is failed


def test_the_ends() -> None:
    timeline = filled(line("a", 1), line("b", 2))
    info = Line(Kind.INFO, 3)
    timeline.append(info)
    timeline.append(waiting("n"))
    oldest, newest = timeline.oldest(), timeline.newest()
    assert (oldest and oldest.msgid, newest and newest.msgid) == ("a", "b")
    assert next(timeline.arrived()) is info
    assert [timeline.first_after(time_ms) for time_ms in (0, 1, 2, 3)] == [0, 1, 2, 3]
    assert Timeline().oldest() is Timeline().newest() is None


def test_a_strange_line_is_not_found() -> None:
    with pytest.raises(ValueError, match="not in this timeline"):
        filled(line("a", 1)).index(line("b", 1))


def test_removing_and_touching() -> None:
    timeline = filled(line("a", 1), line("b", 2))
    first = timeline.lines[0]
    version = timeline.version
    timeline.touch(first)
    timeline.remove(first)
    assert (texts(timeline), timeline.find("a"), first.version) == (["b"], None, 1)
    assert timeline.version > version


def test_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hubbub.client.timeline.MOST_LINES", 50)
    monkeypatch.setattr("hubbub.client.timeline._FORGOTTEN_AT_ONCE", 10)
    timeline = Timeline()
    timeline.at_start = True
    timeline.append(waiting("n"))
    for number in range(120):
        timeline.append(line(f"{number}", number))
    assert len(timeline) <= 50
    assert (timeline.at_start, texts(timeline)[-2:]) == (False, ["119", "n"])
    assert timeline.find("0") is None
    assert len(timeline.merge([line(f"x{number}", 0) for number in range(50)], older=True)) <= 10
    assert len(timeline) == 50
    assert_whole(timeline)


def test_an_older_page_does_not_go_in_front_of_what_is_older_still() -> None:
    """A line without an id, such as one that failed, is not where the page was asked from."""
    timeline = Timeline()
    timeline.append(line("", 25, text="no id"))
    timeline.append(line("m9", 30))
    timeline.merge([line("m1", 10), line("m2", 27)], older=True)
    assert texts(timeline) == ["m1", "no id", "m2", "m9"]
    assert [one.time_ms for one in timeline] == [10, 25, 27, 30]
    assert_whole(timeline)
