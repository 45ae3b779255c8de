"""Searching, and threads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from hubbub.client.lines import Kind, Line
from hubbub.tui.hits import (
    Found,
    LinesScreen,
    SearchScreen,
    Wanted,
    excerpt,
    looked_at,
    moment_words,
    parse_search,
    read_moment,
)
from hubbub.tui.row_text import measure
from tui.showing import Shown, rows, show

NOW = datetime(2026, 11, 20, 12, 31, tzinfo=timezone(timedelta(hours=1)))
NOW_MS = int(NOW.timestamp() * 1000)


class Hit(NamedTuple):
    conversation: str
    line: Line


def said(text: str, ago_ms: int = 0, nick: str = "alice") -> Line:
    return Line(Kind.MESSAGE, NOW_MS - ago_ms, nick=nick, text=text)


# -- what is asked for ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("tea pot", Wanted("tea pot")),
        ('"tea pot" hot', Wanted('"tea pot" hot')),
        ("in:#tea from:Bob leaves", Wanted("leaves", "#tea", "Bob")),
        ("IN:#tea HAS:Link", Wanted(room="#tea", has=("link",))),
        ("after:2026-11-01", Wanted(after="2026-10-31T23:00:00.000Z")),
        ("before:yesterday x", Wanted("x", before="2026-11-18T23:00:00.000Z")),
        ("https://x.org in: note:this", Wanted("https://x.org in: note:this")),
        ("", Wanted()),
    ],
)
def test_operators_are_read(query: str, wanted: Wanted) -> None:
    assert parse_search(query, NOW) == wanted


@pytest.mark.parametrize("query", ["after:soon", "before:2026-13-01", "has:file", "after:0001"])
def test_what_cannot_be_asked_is_said(query: str) -> None:
    problem = parse_search(query, NOW).problem
    assert problem.startswith(query.partition(":")[0])


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now", "2026-11-20T11:31:00.000Z"),
        ("today", "2026-11-19T23:00:00.000Z"),
        ("3d", "2026-11-17T11:31:00.000Z"),
        ("2w", "2026-11-06T11:31:00.000Z"),
        ("5h", "2026-11-20T06:31:00.000Z"),
        ("2026-11", "2026-10-31T23:00:00.000Z"),
        ("2025", "2024-12-31T23:00:00.000Z"),
        ("20.11.2026", "2026-11-19T23:00:00.000Z"),
        ("2026-11-20T08:00", "2026-11-20T07:00:00.000Z"),
    ],
)
def test_moments(text: str, moment: str) -> None:
    assert read_moment(text, NOW) == moment


def test_attributes_are_those_of_the_server() -> None:
    assert parse_search("x in:#a has:link", NOW).attributes == {"text": "x", "in": "#a", "has": "link"}


@given(st.text(max_size=80))
def test_any_text_can_be_read(query: str) -> None:
    wanted = parse_search(query, NOW)
    assert isinstance(wanted.words, list)
    assert looked_at(wanted, NOW)


# -- what was found -------------------------------------------------------------------------------------------


def test_all_words_are_marked() -> None:
    assert excerpt("The Tea pot is for tea", ["tea", "pot"], 40) == [
        ("The ", ""),
        ("Tea", "match"),
        (" ", ""),
        ("pot", "match"),
        (" is for ", ""),
        ("tea", "match"),
        ("", ""),
    ]


def test_the_first_word_is_seen_in_a_long_text() -> None:
    pieces = excerpt("before " * 50 + "needle" + " after" * 50, ["needle"], 40)
    assert ("needle", "match") in pieces
    assert pieces[0][0].startswith("…")
    assert measure(pieces) == 40


@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=5), max_size=3), st.integers(5, 60))
def test_an_excerpt_fits(text: str, words: list[str], width: int) -> None:
    assert measure(excerpt(text, words, width)) <= width


def test_times_are_as_short_as_they_can_be() -> None:
    assert moment_words(NOW_MS, NOW) == "12:31"
    assert moment_words(NOW_MS - 86_400_000, NOW) == "19 Nov 12:31"
    assert moment_words(NOW_MS - 400 * 86_400_000, NOW) == "16 Oct 2025"


# -- the screen -----------------------------------------------------------------------------------------------


class Server:
    """What was asked, and how to answer it."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, str]] = []
        self.answers: list[Found] = []

    def search(self, attributes: Mapping[str, str], found: Found) -> None:
        self.asked.append(attributes)
        self.answers.append(found)


def screen(server: Server, query: str = "") -> SearchScreen:
    return SearchScreen(server.search, query, clock=lambda: NOW)


HITS: Sequence[Hit] = [
    Hit("#tea", said("a pot of tea\nand more")),
    Hit("bob", said("tea, please", 86_400_000, "bob")),
]


def test_a_search_shows_room_author_time_and_context_and_enter_goes_there() -> None:
    server = Server()

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        assert server.asked == [{"text": "tea", "in": "#tea"}]
        assert "Looking for “tea” in #tea" in "".join(rows(app))
        server.answers[0](HITS, "")
        await pilot.pause()
        shown = [" ".join(row.strip("│ ").split()) for row in rows(app)[4:8]]
        assert shown == [
            "▌#tea alice 12:31",
            "▌ a pot of tea and more",
            "bob bob 19 Nov 12:31",
            "tea, please",
        ]
        assert "2 messages" in "".join(rows(app))
        await pilot.press("down", "enter")
        assert app.answers == [HITS[1]]

    show(screen(server, "tea in:#tea"), steps)


def test_enter_searches_anew_after_the_words_were_changed() -> None:
    server = Server()

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press(*"tea", "enter")
        server.answers[0](HITS, "")
        await pilot.press("x", "enter")
        assert server.asked == [{"text": "tea"}, {"text": "teax"}]
        assert app.answers == []
        server.answers[0](HITS, "")
        await pilot.pause()
        assert "a pot" not in "".join(rows(app))
        server.answers[1]([], "")
        await pilot.pause()
        assert "Nothing found: “teax” in all your rooms" in "".join(rows(app))

    show(screen(server), steps, size=(100, 20))


def test_mistakes_and_failures_are_said() -> None:
    server = Server()

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        assert "What for?" not in "".join(rows(app))
        await pilot.press(*"after:soon", "enter")
        assert "after: a date, such as" in "".join(rows(app))
        assert not server.asked
        await pilot.press("ctrl+u", *"tea", "enter")
        server.answers[0]([], "Too many searches")
        await pilot.pause()
        assert "The search failed: Too many searches" in "".join(rows(app))

    show(screen(server), steps)


def test_a_late_answer_to_a_closed_search_is_dropped() -> None:
    server = Server()

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press("escape")
        assert app.answers == [None]
        await pilot.pause()
        server.answers[0](HITS, "")

    show(screen(server, "tea"), steps)


# -- threads --------------------------------------------------------------------------------------------------


def test_a_thread_shows_whole_messages_and_goes_to_the_chosen_one() -> None:
    lines = [said("short", 60_000), said("long words " * 20), said("\x1b[31mlast\nline", nick="bob")]

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        text = " ".join(" ".join(rows(app)).replace("│", " ").split())
        assert "▌alice 12:30 ▌ short" in text
        assert text.count("long words") == 20
        await pilot.press("down", "down")
        text = " ".join(" ".join(rows(app)).replace("│", " ").split())
        assert "▌bob 12:31 ▌ [31mlast ▌ line" in text
        await pilot.press("enter")
        assert app.answers == [lines[2]]

    show(LinesScreen("Thread", lines, clock=lambda: NOW), steps, size=(60, 20))


def test_pages_and_resizing_keep_the_choice_in_view() -> None:
    lines = [said(f"message {number}") for number in range(100)]

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press("pagedown", "pagedown", "pageup", "pagedown")
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        assert any("▌" in row for row in rows(app))
        await pilot.press("enter")
        assert app.answers[0] in lines

    show(LinesScreen("Thread", lines, clock=lambda: NOW), steps)


def test_nothing_can_be_chosen_from_no_lines() -> None:
    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press("down", "pagedown", "enter", "escape")
        assert app.answers == [None]

    show(LinesScreen("Thread", []), steps)


def test_utc_is_a_time_zone_too() -> None:
    assert read_moment("today", NOW.astimezone(UTC)) == "2026-11-20T00:00:00.000Z"
