"""The order of windows and every way from one to another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.client.chat import Chat, Place
from hubbub.tui.windows import Window, Windows, score_of


def make(*names: str, network: str = "home", windows: Windows | None = None) -> Windows:
    windows = Windows() if windows is None else windows
    chat = Chat(nick="alice")
    for name in names:
        talk = chat.open(name, Place.SERVER if not name else None)
        windows.add(network, talk)
    return windows


def names(windows: Windows | list[Window]) -> list[str]:
    return [window.conversation.name for window in windows]


def named(windows: Windows, name: str, network: str = "home") -> Window:
    found = windows.find(network, name)
    assert found is not None
    return found


def unread(windows: Windows, name: str, count: int, mentions: int = 0) -> Window:
    window = named(windows, name)
    window.conversation.unread, window.conversation.mentions = count, mentions
    return window


# -- order ----------------------------------------------------------------------------------------------------


def test_the_server_comes_first_then_rooms_then_people() -> None:
    windows = make("bob", "#tea", "", "Anna", "#Lobby", "##c")
    assert names(windows) == ["", "##c", "#Lobby", "#tea", "Anna", "bob"]


def test_networks_stay_together_in_the_order_in_which_they_came() -> None:
    windows = make("#z", network="second", windows=make("#b", "", network="first"))
    windows.add("first", Chat().open("#a"))
    assert [window.key for window in windows] == [
        ("first", ""),
        ("first", "#a"),
        ("first", "#b"),
        ("second", "#z"),
    ]


def test_pinned_windows_stand_first_in_their_network() -> None:
    windows = make("", "#a", "#b", "carol", "dan")
    windows.pin(named(windows, "dan"), True)
    windows.pin(named(windows, "#b"), True)
    assert names(windows) == ["", "#b", "dan", "#a", "carol"]
    windows.pin(named(windows, "dan"), False)
    assert names(windows) == ["", "#b", "#a", "carol", "dan"]


def test_a_conversation_has_one_window() -> None:
    windows = make("#a")
    talk = named(windows, "#a").conversation
    assert windows.add("home", talk) is windows.of(talk)
    assert len(windows) == 1


def test_what_is_said_moves_nothing() -> None:
    windows = make("#a", "#b", "#c", "dan")
    before, version = names(windows), windows.version
    unread(windows, "#c", 7, 2)
    named(windows, "#b").muted = True
    windows.show(named(windows, "dan"))
    assert (names(windows), windows.version) == (before, version)


def test_a_renamed_window_goes_to_its_new_place() -> None:
    windows = make("#a", "#b", "#c")
    window = named(windows, "#a")
    window.conversation.name = "#z"
    windows.renamed(window)
    assert names(windows) == ["#b", "#c", "#z"]
    assert windows.find("home", "#Z") is window


def test_they_are_put_in_order_once_when_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    placed: list[str] = []
    place_of = Windows._place_of

    def counted(self: Windows, window: Window) -> object:
        placed.append(window.title)
        return place_of(self, window)

    monkeypatch.setattr(Windows, "_place_of", counted)
    windows = make(*(f"#r{number:04}" for number in range(1_900)))
    for name in ("#r0007", "#r1899"):
        windows.pin(named(windows, name), True)
        windows.renamed(named(windows, name))
    assert placed == []
    assert names(windows)[:3] == ["#r0007", "#r1899", "#r0000"]
    windows.activity()
    assert len(placed) == 1_900


def test_a_window_is_found_by_the_name_that_it_has_now() -> None:
    windows = make("#a", "#b")
    window = named(windows, "#a")
    window.conversation.name = "#z"
    assert windows.find("home", "#z") is window
    assert windows.find("home", "#a") is None
    windows.renamed(window)
    assert windows.find("home", "#z") is window
    windows.remove(window)
    assert windows.find("home", "#z") is None


# -- going there ----------------------------------------------------------------------------------------------


def test_numbers_count_rooms_and_people() -> None:
    windows = make("", "#a", "#b", "carol")
    assert [windows.by_number(number) for number in (1, 3)] == [named(windows, "#a"), named(windows, "carol")]
    assert windows.by_number(0) is None
    assert windows.by_number(4) is None


def test_in_order_it_goes_round() -> None:
    windows = make("#a", "#b", "#c")
    windows.show(named(windows, "#c"))
    assert windows.next() is named(windows, "#a")
    assert windows.previous_in_order() is named(windows, "#b")


def test_the_previous_one_is_the_one_shown_before() -> None:
    windows = make("#a", "#b", "#c")
    assert windows.previous() is None
    for name in ("#a", "#c", "#b"):
        windows.show(named(windows, name))
    assert windows.previous() is named(windows, "#c")
    windows.show(named(windows, "#c"))
    assert windows.previous() is named(windows, "#b")


def test_after_the_current_one_is_removed_the_one_before_is_shown() -> None:
    windows = make("#a", "#b", "#c")
    windows.show(named(windows, "#c"))
    windows.show(named(windows, "#a"))
    windows.remove(named(windows, "#a"))
    assert windows.current is named(windows, "#c")
    windows.remove(named(windows, "#c"))
    assert windows.current is named(windows, "#b")
    windows.remove(named(windows, "#b"))
    assert windows.current is None
    assert len(windows) == 0


def test_removing_another_one_changes_nothing_else() -> None:
    windows = make("#a", "#b")
    windows.show(named(windows, "#a"))
    other = named(windows, "#b")
    windows.remove(other)
    windows.remove(other)
    assert windows.current is named(windows, "#a")
    assert other not in windows


def test_the_next_unread_is_looked_for_in_both_directions() -> None:
    windows = make("#a", "#b", "#c", "#d")
    windows.show(named(windows, "#b"))
    unread(windows, "#a", 1)
    unread(windows, "#d", 1)
    assert windows.next_unread() is named(windows, "#d")
    assert windows.next_unread(-1) is named(windows, "#a")
    named(windows, "#d").muted = True
    assert windows.next_unread() is named(windows, "#a")


# -- activity -------------------------------------------------------------------------------------------------


def walk(windows: Windows) -> list[str]:
    """Alt+A until it has nothing to show or is back; nothing is marked as read."""
    seen = []
    start = windows.current
    while (window := windows.next_activity()) is not None:
        windows.show(window)
        seen.append(window.conversation.name)
        if window is start:
            break
    return seen


def test_mentions_come_first_then_people_then_the_rest_and_then_one_is_back() -> None:
    windows = make("#a", "#b", "#c", "dan", "#e")
    windows.show(named(windows, "#a"))
    unread(windows, "#b", 3)
    unread(windows, "#c", 2, 1)
    unread(windows, "dan", 1)
    named(windows, "#e").muted = True
    unread(windows, "#e", 9, 9)
    assert names(windows.activity()) == ["#c", "dan", "#b"]
    assert walk(windows) == ["#c", "dan", "#b", "#a"]


def test_leaving_the_walk_forgets_it() -> None:
    windows = make("#a", "#b", "#c")
    windows.show(named(windows, "#a"))
    unread(windows, "#b", 1)
    target = windows.next_activity()
    assert target is not None
    windows.show(target)
    named(windows, "#b").conversation.unread = 0
    windows.show(named(windows, "#c"))
    assert windows.next_activity() is None


def test_what_comes_during_the_walk_is_visited_too() -> None:
    windows = make("#a", "#b", "#c")
    windows.show(named(windows, "#a"))
    unread(windows, "#b", 1)
    windows.show(windows.next_activity() or named(windows, "#a"))
    unread(windows, "#c", 1)
    windows.show(windows.next_activity() or named(windows, "#a"))
    unread(windows, "#b", 2)
    assert windows.next_activity() is named(windows, "#b")


def test_the_walk_survives_the_end_of_its_windows() -> None:
    windows = make("#a", "#b", "#c")
    windows.show(named(windows, "#a"))
    unread(windows, "#b", 1)
    windows.show(windows.next_activity() or named(windows, "#a"))
    windows.remove(named(windows, "#a"))
    named(windows, "#b").conversation.unread = 0
    assert windows.next_activity() is None


_states = st.lists(
    st.tuples(st.sampled_from(["#r", "p"]), st.integers(0, 3), st.integers(0, 3), st.booleans()),
    min_size=1,
    max_size=12,
)


@given(_states, st.integers(0, 11))
def test_the_walk_visits_every_active_window_once_and_returns(
    states: list[tuple[str, int, int, bool]], start: int
) -> None:
    windows = make(*(f"{kind}{number}" for number, (kind, *_) in enumerate(states)))
    for number, (kind, count, mentions, muted) in enumerate(states):
        unread(windows, f"{kind}{number}", count, min(mentions, count)).muted = muted
    origin = list(windows)[start % len(windows)]
    windows.show(origin)
    active = names(windows.activity())
    assert walk(windows) == (active and [*active, origin.conversation.name])
    urgencies = [named(windows, name).urgency for name in active]
    assert urgencies == sorted(urgency for urgency in urgencies if urgency is not None)


@given(st.lists(st.sampled_from(["add", "remove", "pin", "rename", "show"]), max_size=40), st.randoms())
def test_the_order_depends_on_names_and_pins_alone(steps: list[str], chance: object) -> None:
    windows, chat = make("#m"), Chat()
    for number, step in enumerate(steps):
        some = chance.choice(list(windows)) if len(windows) else None
        if step == "add" or some is None:
            windows.add(chance.choice(["home", "away"]), chat.open(f"{chance.choice('#x')}{number}"))
        elif step == "remove":
            windows.remove(some)
        elif step == "pin":
            windows.pin(some, not some.pinned)
        elif step == "rename":
            some.conversation.name = f"{some.conversation.name[0]}{chance.randrange(99)}"
            windows.renamed(some)
        else:
            windows.show(some)
        assert windows.current is None or windows.current in windows
    keys = [
        (
            window.network_key,
            not window.pinned,
            window.place is Place.DIRECT,
            window.conversation.name.lstrip("#"),
        )
        for window in windows
    ]
    for network in ("home", "away"):
        own = [key for key in keys if key[0] == network]
        assert own == sorted(own)


# -- by name --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("tea", "#tea", "#steam-engine-admins"),
        ("te", "#tea", "#latte"),
        ("gh", "#general-help", "#laugh"),
        ("py", "#python", "#happy"),
        ("lob", "#lobby", "#l-o-b"),
    ],
)
def test_beginnings_fit_best(query: str, better: str, worse: str) -> None:
    good, bad = score_of(query, better), score_of(query, worse)
    assert good is not None
    assert bad is None or good > bad


@given(st.text(max_size=12), st.text(max_size=30))
def test_what_fits_has_all_letters_in_order(query: str, name: str) -> None:
    score = score_of(query, name)
    letters = "".join(query.lower().split())
    if score is not None:
        rest = iter(name.lower())
        assert all(letter in rest for letter in letters)
    assert score_of(name[2:5], name) is not None or not name.isascii() or not name[2:5].isalnum()


def test_without_a_query_the_recent_ones_come_first_but_mentions_before() -> None:
    windows = make("#a", "#b", "#c", "dan")
    for name in ("#b", "#a", "dan"):
        windows.show(named(windows, name))
    unread(windows, "#c", 1, 1)
    assert names(windows.match("")) == ["#c", "#a", "#b", "dan"]


def test_the_very_name_wins_then_mentions_then_the_fit() -> None:
    windows = make("#tea", "#teapot", "#steam", "#x")
    unread(windows, "#steam", 1, 1)
    assert names(windows.match("tea")) == ["#tea", "#steam", "#teapot"]
    assert names(windows.match("#TEA"))[0] == "#tea"
    assert windows.match("nothing") == []


def test_the_network_helps_to_find() -> None:
    windows = make("#python", network="libera", windows=make("#python", network="home"))
    assert [window.network_key for window in windows.match("lib pyt")] == ["libera"]
