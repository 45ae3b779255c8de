"""Choosing from the rooms of a server."""

from __future__ import annotations

from textual.pilot import Pilot

from hubbub.tui.room_browser import Room, RoomBrowser, fitting
from tui.showing import Shown, rows, show

ROOMS = [Room("#tea", 3, "hot leaves"), Room("#Coffee", 9, "beans"), Room("#milk", 9, "for TEA and coffee")]


def test_the_most_populous_come_first_and_every_word_must_fit() -> None:
    assert [room.name for room in fitting(ROOMS, "")] == ["#Coffee", "#milk", "#tea"]
    assert [room.name for room in fitting(ROOMS, "tea")] == ["#milk", "#tea"]
    assert [room.name for room in fitting(ROOMS, "tea COFFEE")] == ["#milk"]


def test_rooms_come_in_while_one_looks_and_the_choice_stays() -> None:
    browser = RoomBrowser("Rooms", ROOMS[:2])

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        assert "2 rooms, more are coming…" in "".join(rows(app))
        await pilot.press("down")
        browser.add([ROOMS[2], Room("#huge", 500)], complete=True)
        await pilot.pause()
        assert "4 rooms" in "".join(rows(app))
        assert "more are coming" not in "".join(rows(app))
        await pilot.press("enter")
        assert app.answers == ["#tea"]

    show(browser, steps)


def test_typing_filters() -> None:
    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.press(*"bean")
        assert "1 of 3 rooms" in "".join(rows(app))
        await pilot.press("enter")
        assert app.answers == ["#Coffee"]

    show(RoomBrowser("Rooms", ROOMS, complete=True), steps)


def test_nothing_is_joined_where_nothing_fits_and_failures_are_said() -> None:
    browser = RoomBrowser("Rooms")

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        browser.fail("try again later")
        await pilot.pause()
        assert "The rooms can't be listed: try again later" in "".join(rows(app))
        await pilot.press("enter")
        assert app.answers == []
        await pilot.press("escape")
        assert app.answers == [None]

    show(browser, steps)


def test_hostile_rooms_stay_in_their_rows() -> None:
    rooms = [Room("#a\x1b[2J[red]" + "語" * 60, 5, "\u202e" + "x" * 5000), Room("#b")]

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        text = "".join(rows(app))
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "[red]" in text

    show(RoomBrowser("Rooms [b]", rooms, complete=True), steps)
