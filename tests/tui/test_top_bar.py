"""The row above the conversation."""

from __future__ import annotations

from textual.pilot import Pilot

from hubbub.client.chat import Chat, Conversation, Member
from hubbub.tui.top_bar import TopBar
from tui.showing import Shown, rows, show


def shown(conversation: Conversation | None, chat: Chat, width: int = 60, *, with_count: bool = False) -> str:
    bar = TopBar()
    seen: list[str] = []

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        bar.show(conversation, chat, title="hubbub", with_count=with_count)
        await pilot.pause()
        seen.extend(rows(app, bar))

    show(bar, steps, size=(width, 3))
    assert len(seen) == 1
    return seen[0]


def room(topic: str = "Everything about tea") -> tuple[Conversation, Chat]:
    chat = Chat(nick="alice")
    tea = chat.open("#tea")
    tea.joined, tea.topic, tea.modes = True, topic, "+nt"
    tea.members = {"alice": Member(chat.person("alice")), "bob": Member(chat.person("bob"))}
    return tea, chat


def test_a_room_says_its_topic_and_modes() -> None:
    assert shown(*room(), width=40) == " #tea · Everything about tea        +nt"
    assert shown(*room(), width=50, with_count=True).endswith("+nt  2 people")


def test_the_topic_comes_before_modes_and_count_and_the_name_before_all() -> None:
    assert shown(*room(), width=30, with_count=True) == " #tea · Everything about tea"
    assert shown(*room(), width=12, with_count=True) == " #tea · Ev…"


def test_a_hostile_topic_stays_in_its_row() -> None:
    row = shown(*room("a\x1b[2J\x9b\u202eb\nc\u200b" + "\u0300" * 5000), width=60)
    assert row.startswith(" #tea · a[2Jb c")
    assert row.endswith("+nt")
    assert not {"\x1b", "\x9b", "\u202e", "\u200b"} & set(row)
    assert row.count("\u0300") <= 8


def test_people_servers_and_rooms_that_were_left() -> None:
    tea, chat = room()
    bob = chat.open("bob")
    assert shown(bob, chat) == " bob · only the two of you"
    person = chat.person("bob")
    person.realname, person.away, person.bot = "Robert", "lunch", True
    assert shown(bob, chat) == " bob · Robert · a bot · away: lunch"
    assert shown(chat.server, chat) == " hubbub · what the server says"
    assert shown(None, chat) == " hubbub"
    tea.joined = False
    assert shown(tea, chat) == " #tea · you are not in this room"
