"""The list at the left: what each window looks like there, and what the mouse does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from hubbub.client.chat import Chat, Member
from hubbub.client.events import Phase
from hubbub.client.lines import Delivery, Kind, Line
from hubbub.tui import room_list
from hubbub.tui.composer import Draft
from hubbub.tui.room_list import RoomList, WindowClicked
from hubbub.tui.windows import Window, Windows
from tui.showing import Shown, rows, show, until


class World:
    def __init__(self, *names: str) -> None:
        self.windows = Windows()
        self.chat = Chat(nick="alice")
        self.networks = [SimpleNamespace(key="home", title="hubbub", chat=self.chat, phase=Phase.ONLINE)]
        for name in ("", *names):
            self.windows.add(
                "home", self.chat.server if not name else self.chat.open(name)
            ).conversation.joined = True
        self.list = RoomList(self.windows, lambda: self.networks)

    def __getitem__(self, name: str) -> Window:
        found = self.windows.find("home", name)
        assert found is not None
        return found

    def unread(self, name: str, count: int, mentions: int = 0) -> None:
        self[name].conversation.unread, self[name].conversation.mentions = count, mentions


def test_unread_mentions_and_where_one_is_are_told_without_colours() -> None:
    world = World("#lobby", "#tea", "bob")
    world.unread("#lobby", 3)
    world.unread("#tea", 7, 1)
    world.windows.show(world["#tea"])

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        assert rows(app, world.list)[:4] == [
            " hubbub",
            "  #lobby           3",
            "▌ #tea          1@ 7",
            "  bob",
        ]

    show(world.list, steps)


def test_muted_and_left_rooms_say_nothing() -> None:
    world = World("#a", "#b")
    world.unread("#a", 5, 2)
    world["#a"].muted = True
    world.unread("#b", 5, 2)
    world["#b"].conversation.joined = False

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        assert rows(app, world.list)[1:3] == ["  #a", "  (#b)"]

    show(world.list, steps)


def test_who_shares_a_room_with_us_and_is_not_away_has_a_dot() -> None:
    world = World("#a", "bob", "carol", "dan")
    for name in ("bob", "carol"):
        world["#a"].conversation.members[name] = Member(world.chat.person(name))
    world.chat.person("carol").away = "lunch"

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        assert rows(app, world.list)[2:5] == [" •bob", "  carol", "  dan"]

    show(world.list, steps)


def test_several_networks_say_how_they_are() -> None:
    world = World("#a")
    world.networks.append(SimpleNamespace(key="far", title="Far away", chat=Chat(), phase=Phase.WAITING))

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        assert rows(app, world.list)[:3] == [" hubbub", "  #a", " Far away    offline"]
        world.networks[1].phase = Phase.ONLINE
        world.list.update_soon()
        await until(pilot, lambda: rows(app, world.list)[2] == " Far away")

    show(world.list, steps)


@pytest.mark.parametrize(
    "name",
    [
        "#日本語の部屋の名前がとても長い",
        "#" + "e\u0301" * 40,
        "👩‍🚀" * 9,
        "#a\x1b[31m\u202eb" + "\u0300" * 5000,
    ],
)
def test_no_name_leaves_its_cells(name: str) -> None:
    world = World(name)
    world.unread(name, 123456, 99999)

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        row = rows(app, world.list)[1]
        assert row.endswith(" 999+@ 999+")
        assert cell_len(row) == 20
        assert not {"\x1b", "\u202e"} & set(row)

    show(world.list, steps)


def test_a_click_names_the_window_and_the_wheel_scrolls() -> None:
    world = World(*(f"#room{number:02}" for number in range(40)))

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        await pilot.click(world.list, offset=(5, 3))
        assert [event.window for event in app.heard if isinstance(event, WindowClicked)] == [world["#room02"]]
        world.list.scroll_to(y=10, animate=False, immediate=True)
        await pilot.pause()
        await pilot.click(world.list, offset=(5, 0))
        assert app.heard[-1].window is world["#room09"]

    show(world.list, steps)


def test_the_current_window_is_scrolled_into_view_and_the_wheel_is_left_alone() -> None:
    world = World(*(f"#room{number:02}" for number in range(40)))

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        world.windows.show(world["#room30"])
        world.list.update_soon()
        await until(pilot, lambda: any(row.startswith("▌ #room30") for row in rows(app, world.list)))
        world.list.scroll_to(y=0, animate=False, immediate=True)
        world.unread("#room01", 1)
        world.list.update_soon()
        await until(pilot, lambda: rows(app, world.list)[2].rstrip(" ▁▂▃▄▅▆▇").endswith(" 1"))

    show(world.list, steps)


def test_only_rows_that_look_different_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World("#a", "#b", "#c")

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        drawn: list[int | None] = []
        monkeypatch.setattr(world.list, "redraw", drawn.append)
        for _ in range(200):
            world["#b"].conversation.unread += 1
            world.list.update_soon()
        await until(pilot, lambda: bool(drawn))
        await pilot.pause()
        assert drawn == [2]

    show(world.list, steps)


def test_only_what_is_seen_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(*(f"#room{number:04}" for number in range(1_900)))

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        looked: list[str] = []
        look_of = room_list._look_of_talk

        def counted(window: Window, *args: Any, **named: Any) -> Any:
            looked.append(window.title)
            return look_of(window, *args, **named)

        monkeypatch.setattr(room_list, "_look_of_talk", counted)
        world.unread("#room1899", 3)
        world.list.update_now()
        assert 0 < len(looked) <= 15
        world.list.scroll_to(y=2_000, animate=False, immediate=True)
        await until(pilot, lambda: any("#room1899" in row and " 3" in row for row in rows(app, world.list)))

    show(world.list, steps)


def test_a_draft_and_what_was_not_sent_have_signs() -> None:
    world = World("#a", "#b", "#c")
    world["#a"].draft = Draft("half a sen")
    world["#b"].conversation.timeline.append(Line(Kind.MESSAGE, 1, "alice", delivery=Delivery.FAILED))
    world.unread("#b", 2)
    world["#c"].draft = Draft("here it is seen")
    world.windows.show(world["#c"])

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        assert rows(app, world.list)[1:4] == ["  #a               ✎", "  #b             ! 2", "▌ #c"]

    show(world.list, steps)


def test_windows_that_come_and_go_are_followed() -> None:
    world = World("#a", "#c")

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        world.windows.add("home", world.chat.open("#b")).conversation.joined = True
        world.list.update_soon()
        await until(pilot, lambda: rows(app, world.list)[1:4] == ["  #a", "  #b", "  #c"])
        world.windows.remove(world["#a"])
        world.list.update_soon()
        await until(pilot, lambda: rows(app, world.list)[1:4] == ["  #b", "  #c", ""])

    show(world.list, steps)
