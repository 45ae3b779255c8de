"""The box in which people write."""

from __future__ import annotations

import asyncio

import pytest
from textual.pilot import Pilot

from hubbub.tui.composer import Composer, Draft, Mode
from hubbub.tui.input_history import InputHistory
from tui.writing import Desk, paste, tried, typed


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

    tried(test)


def test_what_is_refused_stays() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "no\rx")
        assert desk.box.text == "nox"

    tried(test)


def test_keys_wait_for_the_answer_so_that_none_is_lost() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "one\rtwo\rno\rthree")
        assert desk.sent == ["one", "two", "no"]
        assert desk.box.text == "nothree"

    tried(test)


def test_keys_don_t_wait_for_ever() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        desk.answers = False
        await typed(pilot, "one\rtwo")
        assert desk.box.text == "one"
        async with asyncio.timeout(10):
            while desk.box.text != "onetwo":
                await pilot.pause(0.02)

    tried(test)


def test_editing_keys() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "one two-three")
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

    tried(test)


def test_keys_that_mean_nothing_here_go_on() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+k", "ctrl+c", "pageup", "escape", "tab", "ctrl+d", "alt+x")
        assert desk.keys == ["ctrl+k", "ctrl+c", "pageup", "escape"]
        assert desk.box.has_focus
        desk.keys.clear()
        await typed(pilot, "ab")
        await pilot.press("ctrl+k", "left", "ctrl+k")
        assert desk.keys == ["ctrl+k"]
        assert desk.box.text == "a"

    tried(test)


def test_up_in_the_empty_box_edits_and_otherwise_recalls() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "first\rsecond\r")
        await pilot.press("up")
        assert len(desk.of(Composer.EditLast)) == 1
        await typed(pilot, "half")
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

    tried(test)


def test_up_recalls_in_the_empty_box_where_that_is_wanted() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "first\r")
        await pilot.press("up")
        assert desk.box.text == "first"
        assert not desk.of(Composer.EditLast)

    tried(test, up_edits=False)


def test_up_and_down_move_in_rows_first_and_keep_their_column() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "sent\r")
        await paste(pilot, "long line\nx\nlong line")
        await pilot.press("left", "up")
        assert desk.box.cursor == len("long line\nx")
        await pilot.press("up")
        assert desk.box.cursor == len("long lin")
        await pilot.press("down", "down")
        assert desk.box.cursor == len(desk.box.text) - 1
        await pilot.press("up", "up", "up")
        assert desk.box.text == "sent"

    tried(test)


def test_searching_the_history() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "green tea\rcoffee\rblack tea\rdraft")
        await pilot.press("ctrl+r")
        await typed(pilot, "tea")
        assert desk.screen_rows() == ["(search: tea) black tea"]
        await pilot.press("ctrl+r")
        assert desk.screen_rows() == ["(search: tea) green tea"]
        await pilot.press("ctrl+r")
        assert desk.screen_rows() == ["(no search: tea) green tea"]
        await pilot.press("escape")
        assert desk.box.text == "draft"
        assert desk.keys == []
        await pilot.press("ctrl+r")
        await typed(pilot, "cofx")
        await pilot.press("backspace", "enter")
        assert desk.box.text == "coffee"
        assert len(desk.sent) == 3
        await pilot.press("ctrl+r", "b", "home", "x")
        assert desk.box.text == "xblack tea"

    tried(test)


def test_ctrl_c_gives_up_the_text_but_not_for_ever() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "never mind")
        await pilot.press("ctrl+c")
        assert (desk.box.text, desk.keys) == ("", [])
        await typed(pilot, "x")
        await pilot.press("up")
        assert desk.box.text == "never mind"

    tried(test)


def test_what_is_secret_is_not_recalled() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "/login bob hunter2\rx")
        await pilot.press("up")
        assert desk.box.text == "x"

    tried(test, history=InputHistory(lambda text: text.startswith("/login")))


def test_editing_a_message_and_coming_back() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "half a line")
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

    tried(test)


def test_replying_keeps_what_was_typed() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "yes")
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

    tried(test)


def test_a_draft_holds_everything() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "half")
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

    tried(test)


def test_what_will_be_private_says_so_before_it_is_sent() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "bob")
        assert desk.screen_rows() == ["> bob"]
        await typed(pilot, ": hi")
        assert desk.screen_rows() == ["private to bob ▸ bob: hi"]
        assert desk.box.has_class("-private")
        assert [message.active for message in desk.of(Composer.Typing)] == [True, False]
        await pilot.press("ctrl+u")
        assert not desk.box.has_class("-private")

    tried(test, reads_as=lambda text: "private to bob" if text.startswith("bob:") else "")


def test_a_command_is_marked_otherwise_than_what_is_private() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "/join")
        assert desk.screen_rows() == ["command ▸ /join"]
        assert desk.box.has_class("-apart")
        assert not desk.box.has_class("-private")

    tried(test, reads_as=lambda text: "command" if text.startswith("/") else "")


def test_a_paste_of_lines_is_one_block() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        lines = [f"line {number}" for number in range(12)]
        await paste(pilot, "\r\n".join(lines) + "\r\n")
        assert desk.box.text == "\n".join(lines)
        assert desk.box.size.height == 9
        assert desk.screen_rows()[0] == "12 lines, 85 characters — Enter sends t…"
        assert desk.screen_rows()[1] == "> line 4"
        await pilot.press("ctrl+home")
        assert desk.screen_rows()[1] == "> line 0"
        await pilot.press("x", "enter")
        assert desk.sent == ["x" + "\n".join(lines)]
        assert desk.screen_rows() == [">"]

    tried(test)


def test_a_paste_does_nothing_but_stand_there() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await paste(pilot, "/quit\r\x1b[2J\tx\x03")
        assert desk.box.text == "/quit\n    x"
        assert desk.sent == []

    tried(test)


@pytest.mark.parametrize("pasted", ["x\n" * 11 + "x", "日" * 40])
def test_what_is_too_much_is_refused_whole(pasted: str) -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "before")
        await paste(pilot, pasted)
        assert desk.box.text == "before"
        refused = desk.of(Composer.Refused)
        assert [message.text for message in refused] == [pasted]
        assert "at most 10 lines and 100 bytes" in refused[0].reason

    tried(test, max_lines=10, max_bytes=100)


def test_completing_shows_what_there_is() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "al")
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

    tried(test)


def test_spaces_before_a_text_belong_to_it() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "   indented ")
        await pilot.press("enter")
        await pilot.pause()
        assert [message.text for message in desk.of(Composer.Submitted)] == ["   indented"]

    tried(test)


def test_a_single_candidate_is_taken_at_once() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "/jo")
        await pilot.press("tab")
        await typed(pilot, "te")
        await pilot.press("tab")
        assert desk.box.text == "/join #tea "
        assert desk.of(Composer.Completing)[-1].candidates == []

    tried(test)


def test_typing_is_told_at_most_every_three_seconds_and_not_for_commands() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        def told() -> list[bool]:
            return [message.active for message in desk.of(Composer.Typing)]

        await typed(pilot, "/me ")
        assert told() == []
        await pilot.press("ctrl+u")
        await typed(pilot, "hello")
        assert told() == [True]
        desk.now += 3
        await typed(pilot, "x")
        assert told() == [True, True]
        await pilot.press("ctrl+u")
        assert told() == [True, True, False]
        await typed(pilot, "y\rz")
        assert told() == [True, True, False, True, True]
        desk.box.draft = Draft("another")
        await pilot.pause()
        assert told() == [True, True, False, True, True]

    tried(test)


def test_every_change_of_the_draft_is_told() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await pilot.press("a", "left", "b", "enter")
        assert len(desk.of(Composer.DraftChanged)) == 3

    tried(test)


def test_wide_letters_and_the_cursor() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "日本語 👩\u200d🚀 é العربية x")
        assert desk.screen_rows() == ["> 日本語 👩\u200d🚀 é العربية x"]
        assert desk.app.cursor_position == (2 + 6 + 1 + 2 + 1 + 1 + 1 + 7 + 1 + 1, 14)
        for _ in range(11):
            await pilot.press("left")
        assert desk.app.cursor_position == (2 + 6 + 1 + 2 + 1, 14)
        await pilot.press("backspace", "backspace")
        assert desk.box.text == "日本語 é العربية x"

    tried(test)


def test_long_text_wraps_and_scrolls() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "0123456 " * 20)
        assert desk.box.size.height == 8
        rows = desk.screen_rows()
        assert rows[0].startswith("> 0123456")
        assert all(len(row) <= 20 for row in rows)
        await pilot.press("home")
        assert desk.box.cursor == 0
        await pilot.resize_terminal(60, 15)
        await pilot.pause()
        assert desk.box.size.height == 3

    tried(test, size=(20, 15))


def test_a_click_puts_the_cursor_there() -> None:
    async def test(desk: Desk, pilot: Pilot[None]) -> None:
        await paste(pilot, "日本語\nabc")
        await pilot.click(Composer, offset=(4, 1))
        assert desk.box.cursor == 1
        await pilot.click(Composer, offset=(30, 2))
        assert desk.box.cursor == 7
        await pilot.click(Composer, offset=(3, 0))
        assert desk.box.cursor == 0

    tried(test)
