"""The list at the right."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from hubbub.client.chat import Chat, Conversation, Member
from hubbub.tui import people_list
from hubbub.tui.people_list import PeopleList, PersonClicked
from tui.showing import Shown, rows, show, until


def make(**ranks: str) -> tuple[PeopleList, Conversation, Chat]:
    chat = Chat(nick="alice")
    room = chat.open("#tea")
    for nick, rank in ranks.items():
        room.members[nick.lower()] = Member(chat.person(nick), rank)
    return PeopleList(clock=lambda: 1000.0), room, chat


def test_ranks_come_first_then_names() -> None:
    people, room, chat = make(dan="", Carol="v", bob="", alice="ov", Zoe="o")

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        people.show(room, chat)
        await pilot.pause()
        assert rows(app, people)[:6] == [" 5 people", " @alice", " @Zoe", " +Carol", "  bob", "  dan"]

    show(people, steps)


def test_away_bots_and_who_is_typing_have_signs() -> None:
    people, room, chat = make(ann="", bob="", carol="")
    chat.person("ann").away = ""
    chat.person("bob").bot = True
    room.typing = {"carol": 1_000_001, "bob": 999_999}

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        people.show(room, chat)
        await pilot.pause()
        assert rows(app, people)[1:4] == ["  ann       (away)", "  bob          bot", "  carol          …"]

    show(people, steps)


def test_only_a_change_of_membership_sorts(monkeypatch: pytest.MonkeyPatch) -> None:
    people, room, chat = make(**{f"guest{number}": "" for number in range(5000)})
    sorted_: list[int] = []
    sort = people_list._sorted

    def counted(room: Conversation, chat: Chat) -> list[Member]:
        sorted_.append(len(room.members))
        return sort(room, chat)

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        monkeypatch.setattr(people_list, "_sorted", counted)
        people.show(room, chat)
        room.typing["guest1"] = 2_000_000
        people.update_now()
        assert sorted_ == [5000]
        room.members["guest4999"].ranks = "o"
        people.update_soon()
        await until(pilot, lambda: rows(app, people)[1].startswith(" @guest4999"))
        assert sorted_ == [5000, 5000]

    show(people, steps)


def test_only_what_is_seen_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    people, room, chat = make(**{f"guest{number}": "" for number in range(5000)})

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        drawn: list[int] = []
        draw = people._draw
        monkeypatch.setattr(people, "_draw", lambda *args: (drawn.append(args[0]), draw(*args))[1])
        people.show(room, chat)
        await pilot.pause()
        assert set(drawn) <= set(range(15))

    show(people, steps)


def test_a_click_and_the_keys_name_a_person() -> None:
    people, room, chat = make(ann="", bob="", carol="")

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        people.show(room, chat)
        await pilot.pause()
        await pilot.click(people, offset=(4, 2))
        await pilot.click(people, offset=(4, 0))
        assert not people.has_focus
        people.focus()
        await pilot.press("down", "down", "enter")
        nicks = [event.nick for event in app.heard if isinstance(event, PersonClicked)]
        assert nicks == ["bob", "carol"]
        await pilot.press("up", "up", "up", "enter")
        assert app.heard[-1].nick == "ann"

    show(people, steps)


def test_another_room_begins_at_its_top() -> None:
    people, room, chat = make(**{f"guest{number}": "" for number in range(100)})
    other = chat.open("#other")
    other.members["zoe"] = Member(chat.person("zoe"))

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        people.show(room, chat)
        await pilot.pause()
        people.scroll_to(y=50, animate=False, immediate=True)
        people.show(other, chat)
        await until(pilot, lambda: rows(app, people)[:2] == [" 1 person", "  zoe"])
        people.show(None, chat)
        await until(pilot, lambda: not any(rows(app, people)))

    show(people, steps)
