"""The row above the input, and the banner."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot

from hubbub.client.chat import Chat, Member
from hubbub.client.events import Phase, PhaseChanged
from hubbub.tui.row_text import measure
from hubbub.tui.status import (
    Banner,
    Standing,
    StatusLine,
    activity_words,
    banner_words,
    candidate_pieces,
    standing_pieces,
    typing_words,
    typists,
)
from hubbub.tui.windows import Window
from tui.showing import Shown, rows, show, until


def words(pieces: list[tuple[str, str]]) -> str:
    return "".join(text for text, _ in pieces)


# -- words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["bob"], "bob is typing…"),
        (["bob", "carol"], "bob and carol are typing…"),
        (["bob", "carol", "dan"], "several people are typing…"),
        (["b\x1b[0mb"], "b[0mb is typing…"),
    ],
)
def test_who_is_typing(names: list[str], said: str) -> None:
    assert typing_words(names) == said


def test_only_those_count_who_type_now_and_are_not_ignored() -> None:
    chat = Chat(nick="Alice", ignored={"troll"})
    room = chat.open("#tea")
    room.members["bob"] = Member(chat.person("Bob"))
    room.typing = {"bob": 1001, "carol": 1000, "alice": 2000, "troll": 2000, "gone": 2000}
    assert typists(room, chat, 1000) == ["Bob", "gone"]


def window(name: str, unread: int, mentions: int = 0) -> Window:
    talk = Chat().open(name)
    talk.unread, talk.mentions = unread, mentions
    return Window("home", talk)


def test_activity_is_named_with_counts() -> None:
    active = activity_words([window("bob", 4, 1), window("#x", 2), window("#" + "y" * 60, 1)])
    assert active == (("bob(1@)", True), ("#x(2)", False), ("#yyyyyyyyyyyyyy…(1)", False))


def test_of_many_active_windows_only_those_with_a_place_are_named() -> None:
    active = activity_words([window(f"#{number}", 1) for number in range(2_000)])
    assert len(active) == 2_000
    assert sum(bool(name) for name, _ in active) == 5
    said = words(standing_pieces(Standing(activity=active), 100))
    assert said.endswith("act: #0(1) #1(1) #2(1) #3(1) #4(1) +1995")


STANDING = Standing("hubbub", Phase.ONLINE, True, True, False, (("bob(1@)", True), ("#x(2)", False)))


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (80, "hubbub · online · TLS · away · act: bob(1@) #x(2)"),
        (45, "hubbub · TLS · away · act: bob(1@) #x(2)"),
        (25, "away · act: bob(1@) #x(2)"),
        (22, "away · act: bob(1@) +1"),
        (16, "act: bob(1@) +1"),
        (5, ""),
    ],
)
def test_what_matters_least_gives_way_first(width: int, said: str) -> None:
    assert words(standing_pieces(STANDING, width)) == said


def test_what_is_wrong_is_said() -> None:
    said = words(standing_pieces(Standing("hubbub", Phase.ONLINE, False, dnd=True), 60))
    assert said == "hubbub · online · no TLS · do not disturb"
    assert "waiting" in words(standing_pieces(Standing("hubbub", Phase.WAITING), 60))


@given(
    st.builds(
        Standing,
        network=st.text(max_size=40),
        phase=st.sampled_from(Phase),
        encrypted=st.booleans(),
        away=st.booleans(),
        dnd=st.booleans(),
        activity=st.lists(st.tuples(st.text("ab語", max_size=20), st.booleans()), max_size=8).map(tuple),
    ),
    st.integers(0, 120),
)
def test_it_never_takes_more_than_there_is(standing: Standing, width: int) -> None:
    assert measure(standing_pieces(standing, width)) <= width


def test_the_chosen_candidate_is_seen() -> None:
    names = [f"name{number}" for number in range(50)]
    assert words(candidate_pieces(names, 0, 40)).startswith("[name0] name1 ")
    for chosen in range(50):
        shown = words(candidate_pieces(names, chosen, 40))
        assert f"[name{chosen}]" in shown[:40]


# -- the row --------------------------------------------------------------------------------------------------


def test_a_notice_goes_before_candidates_and_these_before_typing() -> None:
    line = StatusLine()

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        async def shows(text: str) -> None:
            await pilot.pause()
            assert rows(app, line)[0].startswith(text)

        line.stand(STANDING)
        line.tell_typing(["bob"])
        await shows(" bob is typing…  ")
        assert rows(app, line)[0].endswith("act: bob(1@) #x(2)")
        line.offer(["bob", "bobby"], 1)
        await shows("  bob [bobby]")
        line.say("Copied.")
        await shows(" Copied.  ")
        line.say("No such room", error=True)
        await shows(" ! No such room")
        line.forget()
        await shows("  bob [bobby]")
        line.offer([])
        await shows(" bob is typing…")
        line.tell_typing([])
        await pilot.pause()
        assert rows(app, line)[0].strip() == "hubbub · online · TLS · away · act: bob(1@) #x(2)"

    show(line, steps)


ADVICE = (
    "You are not in #tea any more, so nothing was sent. /join #tea goes there, and ↑ brings back the text."
)


@pytest.mark.parametrize("error", [False, True])
def test_a_long_notice_has_as_many_rows_as_it_needs(error: bool) -> None:
    line = StatusLine()

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        line.stand(STANDING)
        line.say(ADVICE, error)
        await pilot.pause()
        shown = rows(app, line)
        assert len(shown) == 2
        assert " ".join(row.strip(" !") for row in shown) == ADVICE
        line.forget()
        await pilot.pause()
        assert len(rows(app, line)) == 1

    show(line, steps)


def test_a_notice_has_three_rows_at_most() -> None:
    line = StatusLine()

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        line.stand(STANDING)
        line.say("x" * 200)
        await pilot.pause()
        assert rows(app, line) == [" " + "x" * 58, " " + "x" * 58, " " + "x" * 57 + "…"]

    show(line, steps)


# -- the banner -----------------------------------------------------------------------------------------------


WAITING = PhaseChanged(Phase.WAITING, "the server does not answer.", 107.0)


def test_the_banner_says_why_when_and_what_to_do() -> None:
    assert banner_words(WAITING, 7, "Alt+R", 200) == (
        "Connection lost: the server does not answer. Next attempt in 7 s (Alt+R tries now). What you type is kept."
    )
    assert banner_words(WAITING, 7, "Alt+R", 80) == (
        "Connection lost: the server does not answer. Next attempt in 7 s (Alt+R: now)"
    )
    assert banner_words(WAITING, 7, "Alt+R", 71) == (
        "Connection lost: the server does not… Next attempt in 7 s (Alt+R: now)"
    )
    assert banner_words(WAITING, 7, "Alt+R", 60) == "Connection lost. Next attempt in 7 s (Alt+R: now)"
    assert banner_words(WAITING, 0, "Alt+R", 50) == "Connection lost. Next attempt now (Alt+R: now)"
    assert "Connecting again…" in banner_words(PhaseChanged(Phase.CONNECTING), 0, "Alt+R", 60)
    assert "Not trying again" in banner_words(PhaseChanged(Phase.ENDED, "banned"), 0, "Alt+R", 60)


@given(st.sampled_from(Phase), st.text(max_size=60), st.integers(0, 99), st.integers(0, 150))
def test_the_banner_fits(phase: Phase, reason: str, seconds: int, width: int) -> None:
    assert cell_len(banner_words(PhaseChanged(phase, reason), seconds, "Alt+R", width)) <= width


def test_it_counts_down_while_it_is_seen_and_has_no_timer_else() -> None:
    now = [100.0]
    banner = Banner(clock=lambda: now[0])

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        banner.show(PhaseChanged(Phase.CONNECTING))
        assert not banner.display
        banner.show(WAITING)
        await until(pilot, lambda: "in 7 s" in rows(app)[0])
        now[0] = 104.5
        await until(pilot, lambda: "in 3 s" in rows(app)[0])
        banner.show(PhaseChanged(Phase.CONNECTING))
        await until(pilot, lambda: "Connecting again" in rows(app)[0])
        assert banner._timer is None
        banner.show(PhaseChanged(Phase.ONLINE))
        await pilot.pause()
        assert not banner.display

    show(banner, steps, size=(110, 5))


def test_leaving_on_purpose_shows_no_banner() -> None:
    banner = Banner(clock=lambda: 0.0)

    async def steps(app: Shown, pilot: Pilot[None]) -> None:
        banner.show(WAITING)
        banner.show(PhaseChanged(Phase.ENDED))
        assert not banner.display
        assert banner._timer is None

    show(banner, steps)
