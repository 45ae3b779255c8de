"""Which lines belong to the thread of a line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hubbub.client.lines import Kind, Line
from hubbub.client.threads import thread_of
from hubbub.client.timeline import Timeline


def timeline_of(*replies: tuple[str, str]) -> Timeline:
    """By id, what each message answers, or ""."""
    timeline = Timeline()
    for at, (msgid, reply_to) in enumerate(replies):
        timeline.append(Line(Kind.MESSAGE, at, nick="ann", text=msgid, msgid=msgid, reply_to=reply_to))
    return timeline


def thread(timeline: Timeline, msgid: str) -> list[str]:
    line = timeline.find(msgid)
    assert line is not None
    return [one.msgid for one in thread_of(timeline, line)]


def test_replies_to_replies_belong_to_it_from_wherever_one_asks() -> None:
    timeline = timeline_of(("a", ""), ("b", "a"), ("x", ""), ("c", "b"), ("d", "a"), ("y", "x"))
    for msgid in ("a", "b", "c", "d"):
        assert thread(timeline, msgid) == ["a", "b", "c", "d"]
    assert thread(timeline, "y") == ["x", "y"]


def test_without_replies_it_is_the_message_alone() -> None:
    assert thread(timeline_of(("a", ""), ("b", "")), "a") == ["a"]


def test_lines_without_ids_belong_to_nothing() -> None:
    timeline = timeline_of(("a", ""))
    line = Line(Kind.MESSAGE, 5, nick="ann", text="pending", reply_to="")
    timeline.append(line)
    assert thread_of(timeline, line) == [line]


def test_where_the_first_is_not_loaded_its_answers_are_together() -> None:
    assert thread(timeline_of(("b", "a"), ("c", ""), ("d", "a"), ("e", "b")), "d") == [
        "b",
        "d",
        "e",
    ]


@given(st.lists(st.integers(-1, 30), min_size=1, max_size=30))
def test_circles_do_no_harm(above: list[int]) -> None:
    timeline = timeline_of(*((f"m{at}", f"m{one}" if one >= 0 else "") for at, one in enumerate(above)))
    for at in range(len(above)):
        found = thread(timeline, f"m{at}")
        assert f"m{at}" in found
        assert found == sorted(set(found), key=lambda msgid: int(msgid[1:]))
