"""The box in which people write, and the editing beneath it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.pilot import Pilot

from hubbub.tui.completion import Argument
from hubbub.tui.composer import Composer, Draft, Mode
from hubbub.tui.editor import edit_in_editor
from hubbub.tui.input_history import InputHistory
from hubbub.tui.line_editing import LineEditor, clean, clusters, place_at, row_of, width, wrap

# -- the editing itself --------------------------------------------------------------------------------------

_TEXTS = st.text(alphabet="ab é日👩🚀\u200d\ufe0f\u0301🇩🇪ع\n,", max_size=30).map(clean)
_WHOLE = st.lists(
    st.sampled_from(["a", "b", " ", "\n", ",", "é", "e\u0301", "日", "👩\u200d🚀", "🇩🇪", "ع"]), max_size=20
).map("".join)
"""Without halves of letters, which become one when what is between them goes."""

_CHANGES = [
    LineEditor.delete_left,
    LineEditor.delete_right,
    LineEditor.transpose,
    LineEditor.kill_line_start,
    LineEditor.kill_line_end,
    LineEditor.kill_blank_word,
    LineEditor.kill_word_left,
    LineEditor.kill_word_right,
    LineEditor.kill_all,
    LineEditor.yank,
    LineEditor.yank_pop,
]
_MOVES = [
    LineEditor.left,
    LineEditor.right,
    LineEditor.word_left,
    LineEditor.word_right,
    LineEditor.line_start,
    LineEditor.line_end,
]
_KILLS = [change for change in _CHANGES if change.__name__.startswith("kill")]
_Step = Callable[[LineEditor], object]
_TYPED = st.sampled_from("ab é日\n").map(lambda letter: lambda editor: editor.type(letter))
_STEPS = st.lists(st.sampled_from([*_CHANGES, *_MOVES]) | _TYPED, max_size=25)


def _edges(text: str) -> set[int]:
    """Between letters."""
    edges, start = {0}, 0
    for line in text.split("\n"):
        edges |= {start, *(start + one.end for one in clusters(line))}
        start += len(line) + 1
    return edges


@given(_TEXTS, _STEPS)
def test_the_cursor_never_stands_inside_a_letter(text: str, steps: list[_Step]) -> None:
    editor = LineEditor(text)
    for step in steps:
        step(editor)
        assert editor.cursor in _edges(editor.text)


@given(_TEXTS, _STEPS)
def test_undoing_everything_brings_back_the_first_text_and_redoing_the_last(
    text: str, steps: list[_Step]
) -> None:
    editor = LineEditor(text)
    for step in steps:
        step(editor)
    last = editor.text
    while editor.undo():
        pass
    assert editor.text == text
    while editor.redo():
        pass
    assert editor.text == last


@given(_WHOLE, st.integers(0, 30), st.sampled_from(_KILLS), st.integers(1, 4))
def test_what_was_killed_in_a_row_is_yanked_back(text: str, place: int, kill: _Step, times: int) -> None:
    editor = LineEditor(text)
    editor.go(place)
    for _ in range(times):
        kill(editor)
    was_killed = editor.text != text
    assert editor.yank() is was_killed
    assert editor.text == text


@given(_TEXTS, st.integers(0, 30))
def test_transposing_loses_nothing(text: str, place: int) -> None:
    editor = LineEditor(text)
    editor.go(place)
    editor.transpose()
    assert sorted(editor.text) == sorted(text)
    assert editor.text.count("\n") == text.count("\n")


@given(_TEXTS, st.integers(2, 12))
def test_rows_hold_the_whole_text_and_fit(text: str, cells: int) -> None:
    rows = wrap(text, cells)
    assert "".join(text[row.start : row.end] for row in rows) == text.replace("\n", "")
    assert all(width(text[row.start : row.end]) <= cells + 1 for row in rows)


@given(_WHOLE, st.integers(2, 12))
def test_every_place_is_found_again_by_its_row_and_column(text: str, cells: int) -> None:
    rows = wrap(text, cells)
    for place in _edges(text):
        row = rows[row_of(rows, place)]
        assert row.start <= place <= row.end
        assert place_at(text, row, width(text[row.start : place])) == place


@given(st.text(max_size=60))
def test_clean_text_is_safe_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert not set(cleaned) & {chr(code) for code in (*range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0))}
    assert not set(cleaned) & set("\u202e\u2066\u2028")


@pytest.mark.parametrize(
    ("pasted", "text"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("\tx", "    x"),
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("\x1b]0;title\x07x\x1b]0;y\x1b\\z", "xz"),
        ("bell\x07 nul\x00 c1\x9b31m", "bell nul c131m"),
        ("\u202eturned", "turned"),
        ("👩\u200d🚀 ❤\ufe0f", "👩\u200d🚀 ❤\ufe0f"),
    ],
)
def test_cleaning(pasted: str, text: str) -> None:
    assert clean(pasted) == text


def test_words_break_at_spaces_and_wide_letters_anywhere() -> None:
    assert _rows("hello big world", 9) == ["hello big ", "world"]
    assert _rows("big world ", 9) == ["big world "]
    assert _rows("日本語日本語", 5) == ["日本", "語日", "本語"]
    assert _rows("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert _rows("", 4) == [""]
    assert _rows("a\n\nb", 4) == ["a", "", "b"]


def _rows(text: str, cells: int) -> list[str]:
    return [text[row.start : row.end] for row in wrap(text, cells)]


def test_letters_are_moved_over_and_deleted_whole() -> None:
    editor = LineEditor("é👩\u200d🚀🇩🇪👍🏽")
    places = [editor.cursor]
    while editor.left():
        places.append(editor.cursor)
    assert len(places) == 5
    editor.text_end()
    assert [editor.delete_left() for _ in range(4)] == [True] * 4
    assert editor.text == ""


def test_a_typed_word_is_undone_at_once() -> None:
    editor = LineEditor()
    for letter in "two words":
        editor.type(letter)
    editor.undo()
    assert editor.text == "two "


def test_the_kill_ring_turns() -> None:
    editor = LineEditor("one")
    editor.kill_all()
    editor.type("two")
    editor.kill_all()
    editor.yank()
    assert editor.text == "two"
    editor.yank_pop()
    assert editor.text == "one"
    editor.yank_pop()
    assert editor.text == "two"
    editor.left()
    assert not editor.yank_pop()


# -- the box -------------------------------------------------------------------------------------------------


class People:
    """What there is to complete."""

    channel_types = "#"

    def speakers(self) -> list[tuple[str, int]]:
        return [("alice", 1), ("Albert", 2), ("bob", 0)]

    def nicks(self) -> list[str]:
        return ["zoe"]

    def rooms(self) -> list[str]:
        return ["#tea"]

    def commands(self) -> dict[str, Argument]:
        return {"join": Argument.ROOM}

    def files(self, directory: str) -> list[tuple[str, bool]]:
        return []


class Desk(App[None]):
    """An app with nothing but the box; takes whatever is submitted, except "no"."""

    CSS = "Composer { dock: bottom; }"
    BINDINGS: ClassVar = [Binding(key, f"note('{key}')") for key in ("ctrl+k", "ctrl+c", "pageup", "escape")]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.now = 0.0
        options.setdefault("sources", People())
        self.box = Composer(clock=lambda: self.now, **options)
        self.posted: list[Message] = []
        self.keys: list[str] = []
        self.answers = True

    def compose(self) -> ComposeResult:
        yield self.box

    def on_mount(self) -> None:
        self.box.focus()

    def action_note(self, key: str) -> None:
        self.keys.append(key)

    def on_composer_submitted(self, message: Composer.Submitted) -> None:
        self.posted.append(message)
        if not self.answers:
            return
        if message.text == "no":
            self.box.refuse()
        else:
            self.box.accept()

    def _note(self, message: Message) -> None:
        self.posted.append(message)

    on_composer_edit_last = on_composer_cancelled = on_composer_typing = _note
    on_composer_completing = on_composer_refused = on_composer_draft_changed = _note

    def of(self, kind: type[Message]) -> list[Any]:
        return [message for message in self.posted if isinstance(message, kind)]

    @property
    def sent(self) -> list[str]:
        return [message.text for message in self.of(Composer.Submitted)]

    def screen_rows(self) -> list[str]:
        return [self.box.render_line(y).text.rstrip() for y in range(self.box.size.height)]


def _try(
    test: Callable[[Desk, Pilot[None]], Awaitable[None]], *, size: tuple[int, int] = (40, 15), **options: Any
) -> None:
    async def run() -> None:
        desk = Desk(**options)
        async with desk.run_test(size=size) as pilot:
            await test(desk, pilot)

    asyncio.run(run())


async def _type(pilot: Pilot[None], text: str) -> None:
    for letter in text:
        pilot.app.post_message(events.Key(_KEYS.get(letter, letter), letter))
    await pilot.pause()


_KEYS = {" ": "space", "\r": "enter", ":": "colon", "/": "slash", "\u200d": "zero_width_joiner"}


async def _paste(pilot: Pilot[None], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()


def test_enter_sends_and_other_enters_make_lines() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        for key in ("alt+enter", "shift+enter", "ctrl+j"):
            await pilot.press("a", key)
        await pilot.press("b")
        assert desk.box.text == "a\na\na\nb"
        assert desk.box.size.height == 4
        await pilot.press("enter")
        assert desk.sent == ["a\na\na\nb"]
        assert desk.box.text == ""
        assert desk.box.size.height == 1
        await pilot.press("space", "enter")
        assert len(desk.sent) == 1

    _try(test)


def test_what_is_refused_stays() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "no\rx")
        assert desk.box.text == "nox"

    _try(test)


def test_keys_wait_for_the_answer_so_that_none_is_lost() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "one\rtwo\rno\rthree")
        assert desk.sent == ["one", "two", "no"]
        assert desk.box.text == "nothree"

    _try(test)


def test_keys_don_t_wait_for_ever() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        desk.answers = False
        await _type(pilot, "one\rtwo")
        assert desk.box.text == "one"
        async with asyncio.timeout(10):
            while desk.box.text != "onetwo":
                await pilot.pause(0.02)

    _try(test)


def test_editing_keys() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "one two-three")
        for keys, text in [
            ("alt+backspace", "one two-"),
            ("ctrl+w", "one "),
            ("ctrl+y", "one two-three"),
            ("ctrl+a ctrl+k", ""),
            ("ctrl+y alt+y", "two-three"),
            ("ctrl+underscore ctrl+underscore", ""),
            ("alt+underscore", "one two-three"),
            ("home alt+d", " two-three"),
            ("end left left ctrl+t", " two-there"),
            ("ctrl+left ctrl+u", "there"),
            ("ctrl+d delete", "ere"),
            ("alt+f backspace alt+b x", "xer"),
            ("ctrl+e ctrl+h ctrl+home ctrl+d", "e"),
        ]:
            await pilot.press(*keys.split())
            assert desk.box.text == text, keys
        assert desk.keys == []

    _try(test)


def test_keys_that_mean_nothing_here_go_on() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+k", "ctrl+c", "pageup", "escape", "tab", "ctrl+d", "alt+x")
        assert desk.keys == ["ctrl+k", "ctrl+c", "pageup", "escape"]
        assert desk.box.has_focus
        desk.keys.clear()
        await _type(pilot, "ab")
        await pilot.press("ctrl+k", "left", "ctrl+k")
        assert desk.keys == ["ctrl+k"]
        assert desk.box.text == "a"

    _try(test)


def test_up_in_the_empty_box_edits_and_otherwise_recalls() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "first\rsecond\r")
        await pilot.press("up")
        assert len(desk.of(Composer.EditLast)) == 1
        await _type(pilot, "half")
        await pilot.press("up", "up")
        assert desk.box.text == "first"
        await pilot.press("up", "down", "down")
        assert desk.box.text == "half"
        await pilot.press("down")
        assert desk.box.text == "half"
        await pilot.press("ctrl+up")
        assert desk.box.text == "second"
        await pilot.press("ctrl+down")
        assert desk.box.text == "half"

    _try(test)


def test_up_recalls_in_the_empty_box_where_that_is_wanted() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "first\r")
        await pilot.press("up")
        assert desk.box.text == "first"
        assert not desk.of(Composer.EditLast)

    _try(test, up_edits=False)


def test_up_and_down_move_in_rows_first_and_keep_their_column() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "sent\r")
        await _paste(pilot, "long line\nx\nlong line")
        await pilot.press("left", "up")
        assert desk.box.cursor == len("long line\nx")
        await pilot.press("up")
        assert desk.box.cursor == len("long lin")
        await pilot.press("down", "down")
        assert desk.box.cursor == len(desk.box.text) - 1
        await pilot.press("up", "up", "up")
        assert desk.box.text == "sent"

    _try(test)


def test_searching_the_history() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "green tea\rcoffee\rblack tea\rdraft")
        await pilot.press("ctrl+r")
        await _type(pilot, "tea")
        assert desk.screen_rows() == ["(search: tea) black tea"]
        await pilot.press("ctrl+r")
        assert desk.screen_rows() == ["(search: tea) green tea"]
        await pilot.press("ctrl+r")
        assert desk.screen_rows() == ["(no search: tea) green tea"]
        await pilot.press("escape")
        assert desk.box.text == "draft"
        assert desk.keys == []
        await pilot.press("ctrl+r")
        await _type(pilot, "cofx")
        await pilot.press("backspace", "enter")
        assert desk.box.text == "coffee"
        assert len(desk.sent) == 3
        await pilot.press("ctrl+r", "b", "home", "x")
        assert desk.box.text == "xblack tea"

    _try(test)


def test_ctrl_c_gives_up_the_text_but_not_for_ever() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "never mind")
        await pilot.press("ctrl+c")
        assert (desk.box.text, desk.keys) == ("", [])
        await _type(pilot, "x")
        await pilot.press("up")
        assert desk.box.text == "never mind"

    _try(test)


def test_what_is_secret_is_not_recalled() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "/login bob hunter2\rx")
        await pilot.press("up")
        assert desk.box.text == "x"

    _try(test, history=InputHistory(lambda text: text.startswith("/login")))


def test_editing_a_message_and_coming_back() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "half a line")
        await pilot.press("left")
        desk.box.begin_edit("my \x1b[31mmessage")
        await pilot.pause()
        assert desk.screen_rows() == ["editing your message (Esc cancels)", "> my message"]
        assert desk.box.has_class("-editing")
        await pilot.press("up", "s", "escape")
        assert [message.mode for message in desk.of(Composer.Cancelled)] == [Mode.EDIT]
        assert (desk.box.text, desk.box.cursor) == ("half a line", 10)
        assert desk.screen_rows() == ["> half a line"]
        desk.box.begin_edit("my message")
        await pilot.press("s", "enter")
        assert desk.of(Composer.Submitted)[-1].mode is Mode.EDIT
        assert desk.sent == ["my messages"]
        assert (desk.box.text, desk.box.mode) == ("half a line", Mode.SAY)
        assert not desk.box.has_class("-editing")

    _try(test)


def test_replying_keeps_what_was_typed() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "yes")
        desk.box.begin_reply("reply to alice: shall we…")
        await pilot.pause()
        assert desk.screen_rows() == ["reply to alice: shall we…", "> yes"]
        await pilot.press("escape")
        assert (desk.box.text, desk.box.mode) == ("yes", Mode.SAY)
        desk.box.begin_reply("reply to alice: shall we…")
        await pilot.press("enter")
        assert desk.of(Composer.Submitted)[-1].mode is Mode.REPLY
        assert (desk.box.mode, desk.box.text, desk.box.mark) == (Mode.SAY, "", "")
        assert not desk.box.cancel()

    _try(test)


def test_a_draft_holds_everything() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "half")
        desk.box.begin_edit("message")
        await pilot.press("left")
        draft = desk.box.draft
        assert draft == Draft("message", 6, Mode.EDIT, "editing your message (Esc cancels)", "half", 4)
        desk.box.draft = Draft()
        assert (desk.box.text, desk.box.mode, desk.box.mark) == ("", Mode.SAY, "")
        await pilot.press("ctrl+underscore")
        assert desk.box.text == ""
        desk.box.draft = draft
        assert desk.box.draft == draft
        desk.box.cancel()
        assert (desk.box.text, desk.box.cursor) == ("half", 4)

    _try(test)


def test_what_will_be_private_says_so_before_it_is_sent() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "bob")
        assert desk.screen_rows() == ["> bob"]
        await _type(pilot, ": hi")
        assert desk.screen_rows() == ["private to bob ▸ bob: hi"]
        assert desk.box.has_class("-private")
        assert [message.active for message in desk.of(Composer.Typing)] == [True, False]
        await pilot.press("ctrl+u")
        assert not desk.box.has_class("-private")

    _try(test, reads_as=lambda text: "private to bob" if text.startswith("bob:") else "")


def test_a_command_is_marked_otherwise_than_what_is_private() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "/join")
        assert desk.screen_rows() == ["command ▸ /join"]
        assert desk.box.has_class("-apart")
        assert not desk.box.has_class("-private")

    _try(test, reads_as=lambda text: "command" if text.startswith("/") else "")


def test_a_paste_of_lines_is_one_block() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        lines = [f"line {number}" for number in range(12)]
        await _paste(pilot, "\r\n".join(lines) + "\r\n")
        assert desk.box.text == "\n".join(lines)
        assert desk.box.size.height == 9
        assert desk.screen_rows()[0] == "12 lines, 85 characters — Enter sends t…"
        assert desk.screen_rows()[1] == "> line 4"
        await pilot.press("ctrl+home")
        assert desk.screen_rows()[1] == "> line 0"
        await pilot.press("x", "enter")
        assert desk.sent == ["x" + "\n".join(lines)]
        assert desk.screen_rows() == [">"]

    _try(test)


def test_a_paste_does_nothing_but_stand_there() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _paste(pilot, "/quit\r\x1b[2J\tx\x03")
        assert desk.box.text == "/quit\n    x"
        assert desk.sent == []

    _try(test)


@pytest.mark.parametrize("pasted", ["x\n" * 11 + "x", "日" * 40])
def test_what_is_too_much_is_refused_whole(pasted: str) -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "before")
        await _paste(pilot, pasted)
        assert desk.box.text == "before"
        refused = desk.of(Composer.Refused)
        assert [message.text for message in refused] == [pasted]
        assert "at most 10 lines and 100 bytes" in refused[0].reason

    _try(test, max_lines=10, max_bytes=100)


def test_completing_shows_what_there_is() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "al")
        await pilot.press("tab")
        assert desk.box.text == "Albert, "
        assert (desk.box.candidates, desk.box.index) == (["Albert", "alice"], 0)
        await pilot.press("tab")
        assert (desk.box.text, desk.box.index) == ("alice, ", 1)
        await pilot.press("shift+tab")
        assert desk.box.text == "Albert, "
        await pilot.press("h", "i")
        assert desk.box.text == "Albert, hi"
        shown = [(message.candidates, message.index) for message in desk.of(Composer.Completing)]
        assert shown == [
            (["Albert", "alice"], 0),
            (["Albert", "alice"], 1),
            (["Albert", "alice"], 0),
            ([], -1),
        ]
        await pilot.press("ctrl+u", "a", "l", "tab", "tab", "escape")
        assert desk.box.text == "al"
        assert desk.keys == []

    _try(test)


def test_spaces_before_a_text_belong_to_it() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "   indented ")
        await pilot.press("enter")
        await pilot.pause()
        assert [message.text for message in desk.of(Composer.Submitted)] == ["   indented"]

    _try(test)


def test_a_single_candidate_is_taken_at_once() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "/jo")
        await pilot.press("tab")
        await _type(pilot, "te")
        await pilot.press("tab")
        assert desk.box.text == "/join #tea "
        assert desk.of(Composer.Completing)[-1].candidates == []

    _try(test)


def test_typing_is_told_at_most_every_three_seconds_and_not_for_commands() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        def told() -> list[bool]:
            return [message.active for message in desk.of(Composer.Typing)]

        await _type(pilot, "/me ")
        assert told() == []
        await pilot.press("ctrl+u")
        await _type(pilot, "hello")
        assert told() == [True]
        desk.now += 3
        await _type(pilot, "x")
        assert told() == [True, True]
        await pilot.press("ctrl+u")
        assert told() == [True, True, False]
        await _type(pilot, "y\rz")
        assert told() == [True, True, False, True, True]
        desk.box.draft = Draft("another")
        await pilot.pause()
        assert told() == [True, True, False, True, True]

    _try(test)


def test_every_change_of_the_draft_is_told() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await pilot.press("a", "left", "b", "enter")
        assert len(desk.of(Composer.DraftChanged)) == 3

    _try(test)


def test_wide_letters_and_the_cursor() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "日本語 👩\u200d🚀 é العربية x")
        assert desk.screen_rows() == ["> 日本語 👩\u200d🚀 é العربية x"]
        assert desk.app.cursor_position == (2 + 6 + 1 + 2 + 1 + 1 + 1 + 7 + 1 + 1, 14)
        for _ in range(11):
            await pilot.press("left")
        assert desk.app.cursor_position == (2 + 6 + 1 + 2 + 1, 14)
        await pilot.press("backspace", "backspace")
        assert desk.box.text == "日本語 é العربية x"

    _try(test)


def test_long_text_wraps_and_scrolls() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _type(pilot, "0123456 " * 20)
        assert desk.box.size.height == 8
        rows = desk.screen_rows()
        assert rows[0].startswith("> 0123456")
        assert all(len(row) <= 20 for row in rows)
        await pilot.press("home")
        assert desk.box.cursor == 0
        await pilot.resize_terminal(60, 15)
        await pilot.pause()
        assert desk.box.size.height == 3

    _try(test, size=(20, 15))


def test_a_click_puts_the_cursor_there() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await _paste(pilot, "日本語\nabc")
        await pilot.click(Composer, offset=(4, 1))
        assert desk.box.cursor == 1
        await pilot.click(Composer, offset=(30, 2))
        assert desk.box.cursor == 7
        await pilot.click(Composer, offset=(3, 0))
        assert desk.box.cursor == 0

    _try(test)


# -- the editor of their own ---------------------------------------------------------------------------------


class Lent(Desk):
    """An app that can lend its terminal (there is none in a test)."""

    @contextmanager
    def suspend(self) -> Iterator[None]:
        yield

    def notify(self, message: str, **_: Any) -> None:
        self.keys.append(message)


def _edit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str | None, app: type[Desk] = Lent
) -> tuple[str | None, list[str]]:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    if script is not None:
        program = tmp_path / "my editor"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o700)
        monkeypatch.setenv("EDITOR", f"'{program}' --wait")

    async def run() -> tuple[str | None, list[str]]:
        desk = app()
        async with desk.run_test():
            return await edit_in_editor(desk, "hello\nyou"), desk.keys

    result = asyncio.run(run())
    assert not list(tmp_path.glob("hubbub-*"))
    return result


def test_the_editor_gets_a_private_file_and_gives_back_the_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = 'stat -c %a "$2" "${2%/*}" >> "$2"; printf "\\033[31m\\tx\\r\\n\\n" >> "$2"'
    text, told = _edit(monkeypatch, tmp_path, script)
    assert text == "hello\nyou\n600\n700\n    x"
    assert told == []


def test_an_editor_that_fails_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text, told = _edit(monkeypatch, tmp_path, "exit 3")
    assert text is None
    assert told == [f"{tmp_path}/my editor ended with an error (3); your text is as it was."]


def test_a_missing_editor_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDITOR", "/no/such/editor")
    text, told = _edit(monkeypatch, tmp_path, None)
    assert text is None
    assert told == ["/no/such/editor could not be started: No such file or directory."]


def test_without_any_editor_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    text, told = _edit(monkeypatch, tmp_path, None)
    assert text is None
    assert told[0].startswith("There is no editor here: set EDITOR")


def test_a_file_that_is_gone_or_too_long_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text, told = _edit(monkeypatch, tmp_path, 'rm "$2"')
    assert text is None
    assert told == ["What you wrote could not be read: No such file or directory."]
    text, told = _edit(monkeypatch, tmp_path, 'head -c 1100000 /dev/zero > "$2"')
    assert text is None
    assert "far too long" in told[0]


def test_a_screen_that_can_t_be_lent_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Fixed(Desk):
        def notify(self, message: str, **_: Any) -> None:
            self.keys.append(message)

    text, told = _edit(monkeypatch, tmp_path, f"touch {tmp_path}/ran", Fixed)
    assert text is None
    assert told == ["This terminal can't be lent to an editor."]
    assert not os.path.exists(tmp_path / "ran")
