"""When the desktop is told, and what."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.client.chat import Chat, Conversation, Place
from hubbub.client.lines import Delivery, Kind, Line
from hubbub.tui.notifications import APART, Level, Notice, Notifier, Quiet, Unclear, deliver
from hubbub.tui.terminal import Mode, Terminal

NOW = datetime(2026, 11, 21, 12, 0)
TEA = Conversation("#tea", Place.ROOM)
BOB = Conversation("bob", Place.DIRECT)


@dataclass
class Hub:
    key: str = "hub"
    title: str = "Hub"
    chat: Chat = field(default_factory=lambda: Chat(nick="alice"))


def said(text: str = "hello", nick: str = "bob", **more: object) -> Line:
    return Line(Kind.MESSAGE, 0, nick, text, **more)


def ask(
    line: Line,
    conversation: Conversation = TEA,
    level: Level = Level.MENTIONS,
    *,
    hub: Hub | None = None,
    visible: bool = False,
    focused: bool = True,
    live: bool = True,
    quiet: Quiet | None = None,
) -> Notice | None:
    notifier = Notifier(lambda network, name: level)
    notifier.quiet = quiet or Quiet()
    return notifier.consider(
        hub or Hub(), conversation, line, visible=visible, focused=focused, now=NOW, live=live
    )


@pytest.mark.parametrize(
    ("level", "line", "conversation", "wanted"),
    [
        (Level.MENTIONS, said(), TEA, False),
        (Level.MENTIONS, said(mentions_me=True), TEA, True),
        (Level.MENTIONS, said(), BOB, True),
        (Level.MENTIONS, said(private=True), TEA, True),
        (Level.ALL, said(), TEA, True),
        (Level.NONE, said(mentions_me=True), TEA, False),
        (Level.NONE, said(), BOB, False),
        (Level.MUTED, said(mentions_me=True), TEA, False),
        (Level.ALL, said(mine=True), TEA, False),
        (Level.ALL, said(redacted=True), TEA, False),
        (Level.ALL, said(delivery=Delivery.PENDING), TEA, False),
        (Level.ALL, Line(Kind.JOIN, 0, "bob"), TEA, False),
        (Level.ALL, said(nick=""), Conversation("", Place.SERVER), False),
        (Level.MENTIONS, Line(Kind.NOTICE, 0, "NickServ", "You are logged in"), BOB, False),
        (Level.MENTIONS, Line(Kind.NOTICE, 0, "bob", "alice!", mentions_me=True), TEA, True),
    ],
)
def test_levels(level: Level, line: Line, conversation: Conversation, wanted: bool) -> None:
    assert (ask(line, conversation, level) is not None) is wanted


@pytest.mark.parametrize(
    ("visible", "focused", "wanted"),
    [(True, True, False), (True, False, True), (False, True, True), (False, False, True)],
)
def test_never_for_what_is_looked_at(visible: bool, focused: bool, wanted: bool) -> None:
    assert (ask(said(), BOB, visible=visible, focused=focused) is not None) is wanted


def test_never_for_history() -> None:
    assert ask(said(), BOB, live=False) is None


def test_never_for_people_who_are_ignored() -> None:
    hub = Hub()
    hub.chat.ignored.add("bob")
    assert ask(said(nick="Bob", mentions_me=True), hub=hub) is None


def test_never_when_quiet() -> None:
    assert ask(said(), BOB, quiet=Quiet(always=True)) is None


@pytest.mark.parametrize(
    ("line", "conversation", "text"),
    [
        (said("hi\nalice", mentions_me=True), TEA, "bob in #tea: hi alice"),
        (said("hi"), BOB, "bob: hi"),
        (said("psst", private=True), TEA, "bob in #tea (privately): psst"),
        (Line(Kind.ACTION, 0, "bob", "waves", mentions_me=True), TEA, "bob in #tea: * bob waves"),
        (said("\x1b]0;gotcha\x07\x02bold\x02 \u202eevil"), BOB, "bob: ]0;gotchabold evil"),
    ],
)
def test_the_words(line: Line, conversation: Conversation, text: str) -> None:
    assert ask(line, conversation) == Notice("Hub", text)


def test_the_words_are_few() -> None:
    notice = ask(said("x" * 100_000 + "\u0301" * 100_000), BOB)
    assert notice
    assert len(notice.text.encode()) < 300


# -- one in two seconds -------------------------------------------------------------------------------------


def burst(*nicks: str, conversation: Conversation = TEA) -> tuple[Notifier, list[Notice | None]]:
    notifier = Notifier(lambda network, name: Level.ALL)
    hub = Hub()
    return notifier, [
        notifier.consider(hub, conversation, said(nick=nick), visible=False, focused=False, now=NOW)
        for nick in nicks
    ]


def test_the_rest_of_a_burst_comes_in_one() -> None:
    notifier, said_at_once = burst("bob", "bob", "BOB", "bob")
    assert [notice is not None for notice in said_at_once] == [True, False, False, False]
    assert notifier.due(NOW + APART - timedelta(milliseconds=1)) == []
    assert notifier.due(NOW + APART) == [Notice("Hub", "3 more from bob in #tea")]
    assert notifier.due(NOW + APART * 2) == []


def test_of_several_people() -> None:
    notifier, _ = burst("bob", "carol", "dan")
    assert notifier.due(NOW + APART) == [Notice("Hub", "2 more from carol and others in #tea")]


def test_directly() -> None:
    notifier, _ = burst("bob", "bob", conversation=BOB)
    assert notifier.due(NOW + APART) == [Notice("Hub", "1 more from bob")]


def test_what_was_seen_meanwhile_is_no_news() -> None:
    notifier, _ = burst("bob", "bob")
    notifier.seen(Hub(), TEA)
    assert notifier.due(NOW + APART) == []


def test_quiet_begins_for_what_was_held_back_too() -> None:
    notifier, _ = burst("bob", "bob")
    notifier.quiet = Quiet(always=True)
    assert notifier.due(NOW + APART) == []


def test_conversations_don_t_wait_for_each_other() -> None:
    notifier, _ = burst("bob")
    assert notifier.consider(Hub(), BOB, said(), visible=False, focused=False, now=NOW)


def test_a_long_flood_is_one_in_two_seconds() -> None:
    notifier, hub, shown = Notifier(lambda network, name: Level.ALL), Hub(), 0
    for tick in range(0, 10_000, 5):
        now = NOW + timedelta(milliseconds=tick)
        shown += notifier.consider(hub, TEA, said(), visible=False, focused=False, now=now) is not None
        shown += len(notifier.due(now))
    assert shown == 5


# -- do not disturb -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "quiet_at", "loud_at"),
    [
        ("2h", NOW + timedelta(hours=1, minutes=59), NOW + timedelta(hours=2)),
        ("30m", NOW, NOW + timedelta(minutes=30)),
        ("1 d", NOW + timedelta(hours=23), NOW + timedelta(hours=24)),
        ("22:00-07:00", datetime(2026, 1, 1, 23, 30), datetime(2026, 1, 1, 7, 0)),
        ("22:00-07:00", datetime(2026, 1, 1, 6, 59), datetime(2026, 1, 1, 21, 59)),
        ("9:00 - 17:00", datetime(2026, 1, 1, 9, 0), datetime(2026, 1, 1, 17, 0)),
        ("20:00-24:00", datetime(2026, 1, 1, 23, 59), datetime(2026, 1, 1, 0, 0)),
    ],
)
def test_times_of_quiet(text: str, quiet_at: datetime, loud_at: datetime) -> None:
    quiet = Quiet.parse(text, NOW)
    assert quiet.is_quiet(quiet_at)
    assert not quiet.is_quiet(loud_at)
    assert "do not disturb" in str(quiet)


def test_on_and_off() -> None:
    assert Quiet.parse("", NOW).is_quiet(NOW)
    assert Quiet.parse("ON", NOW).is_quiet(NOW)
    assert Quiet.parse("off", NOW) == Quiet()
    assert str(Quiet()) == ""


def test_aware_times_work_as_well() -> None:
    now = NOW.astimezone(UTC)
    for text in ("1h", "11:00-13:00"):
        assert Quiet.parse(text, now).is_quiet(NOW)
        assert Quiet.parse(text, NOW).is_quiet(now)


@pytest.mark.parametrize(
    "text", ["later", "25:00-07:00", "7:60-8:00", "5", "-1h", "99999h", "22:00", "²h", "٢h-"]
)
def test_unclear_times_are_explained(text: str) -> None:
    with pytest.raises(Unclear, match="/dnd"):
        Quiet.parse(text, NOW)


@given(st.times(), st.times(), st.times())
def test_a_day_is_quiet_in_one_direction_only(start: time, end: time, clock: time) -> None:
    there, back = Quiet(daily=(start, end)), Quiet(daily=(end, start))
    moment = datetime.combine(NOW, clock)
    if start != end:
        assert there.is_quiet(moment) != back.is_quiet(moment)


@given(st.text(max_size=12))
def test_whatever_is_written_is_read_or_explained(text: str) -> None:
    with contextlib.suppress(Unclear):
        assert Quiet.parse(text, NOW).is_quiet(NOW) in (True, False)


# -- delivery -----------------------------------------------------------------------------------------------


def test_it_reaches_the_terminal() -> None:
    written: list[str] = []
    deliver(Terminal(written.append, {"TERM": "foot"}), Notice("Hub", "bob: hi"))
    deliver(Terminal(written.append, {"TERM": "foot"}), Notice("Hub", "bob: hi"), Mode("off"))
    assert written == ["\x1b]777;notify;Hub;bob: hi\x07"]
