"""The step from one state of the chat to the next: what every client must make of the same lines, and what it tells.

tests/vectors/client/ is shared with the browser client. A vector gives what we are and know (nick, account,
capabilities, tokens, ignored, pending), the time (now_ms) and lines of the server; `expect` holds everything that
differs from an empty chat: a field that has its default is left out, and so is a line's time_ms where it is now_ms.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.client.batches import Batch, Batches
from hubbub.client.chat import Chat, Conversation, Person, Place
from hubbub.client.events import Added, Changed, Closed, Event, Loaded, Opened, SelfChanged, Told, Updated
from hubbub.client.lines import NONCE_TAG, Delivery, Kind, Line
from hubbub.client.reading import mentions
from hubbub.client.reducer import HANDLERS, Reducer
from hubbub.client.timeline import Timeline
from hubbub.irc.wire import BadLine, Message, parse

VECTORS = Path(__file__).parents[2] / "vectors" / "client"
NOW = 1_764_000_000_000
"""2025-11-24T16:00:00Z"""

Vector = dict[str, Any]


# -- the vectors ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(VECTORS.glob("*.json")), ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    vector = json.loads(path.read_text())
    assert to_plain(play(vector), vector["now_ms"]) == vector["expect"]


def test_there_are_vectors() -> None:
    assert len(list(VECTORS.glob("*.json"))) >= 25


def play(vector: Vector) -> Chat:
    chat = Chat(nick=vector["nick"], account=vector.get("account", ""), registered=True)
    chat.capabilities = dict.fromkeys(vector.get("capabilities", []), "")
    chat.tokens = dict(vector.get("tokens", {}))
    chat.ignored = set(vector.get("ignored", []))
    reducer, batches = Reducer(chat), Batches()
    waiting = list(vector.get("pending", []))
    for text in vector["lines"]:
        whole = batches.received(parse(text))
        if whole is not None:
            reducer.apply(whole, vector["now_ms"])
        # As soon as there is where to say it.
        for one in [one for one in waiting if chat.find(one["conversation"])]:
            waiting.remove(one)
            _say(chat, one, vector["now_ms"])
    return chat


def _say(chat: Chat, one: dict[str, str], now_ms: int) -> None:
    line = Line(Kind.MESSAGE, now_ms, chat.nick, one["text"], nonce=one["nonce"], mine=True)
    line.delivery = Delivery.PENDING
    chat.open(one["conversation"]).timeline.append(line)


def to_plain(chat: Chat, now_ms: int) -> Vector:
    own = {name: getattr(chat, name) for name in ("nick", "account", "network", "away")}
    conversations = {one.name: _conversation(one, now_ms) for one in chat.conversations.values()}
    people = {one.nick: _differing(one, Person(one.nick)) for one in chat.people.values()}
    return {name: value for name, value in own.items() if value} | {
        "conversations": conversations,
        "people": people,
    }


def _conversation(one: Conversation, now_ms: int) -> Vector:
    found = _differing(one, Conversation(one.name, Place.ROOM))
    found["place"] = one.place.value
    if "members" in found:
        found["members"] = {member.nick: member.ranks for member in one.members.values()}
    found.pop("timeline")
    found["lines"] = [_line(line, now_ms) for line in one.timeline]
    return found


def _line(line: Line, now_ms: int) -> Vector:
    found = _differing(line, Line(line.kind, now_ms))
    for name in ("place", "version"):
        found.pop(name, None)
    return {"kind": line.kind.value} | found


def _differing(one: Any, default: Any) -> Vector:
    names = [field.name for field in dataclasses.fields(one)]
    return {name: getattr(one, name) for name in names if getattr(one, name) != getattr(default, name)}


# -- events --------------------------------------------------------------------------------------------------


class World:
    """A chat that takes lines: bob in #tea with alice and carol."""

    def __init__(self) -> None:
        self.chat = Chat(nick="bob", registered=True)
        self.reducer = Reducer(self.chat)
        self.batches = Batches()
        self.hear(
            ":bob!b@home JOIN #tea",
            ":srv.example 353 bob = #tea :@alice bob carol",
            ":srv.example 366 bob #tea :End",
        )
        self.tea = self.chat.open("#tea")

    def hear(self, *lines: str, now_ms: int = NOW) -> list[Event]:
        events: list[Event] = []
        for line in lines:
            whole = self.batches.received(parse(line))
            events += self.reducer.apply(whole, now_ms) if whole is not None else []
        return events

    def told(self, line: str) -> list[tuple[str, bool, str | None]]:
        """Text, whether it is an error, and the conversation that it is about."""
        told = [event for event in self.hear(line) if isinstance(event, Told)]
        return [
            (event.text, event.error, event.conversation.name if event.conversation else None)
            for event in told
        ]


def kinds(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_what_came_just_now_is_live_and_what_is_old_is_not() -> None:
    world = World()
    new, old = world.hear(
        ":alice!a@h PRIVMSG #tea :hello", "@time=2025-11-24T15:50:00.000Z :alice!a@h PRIVMSG #tea :replayed"
    )
    assert isinstance(new, Added)
    assert isinstance(old, Added)
    assert (new.live, old.live) == (True, False)
    assert [line.text for line in world.tea.timeline if line.text] == ["replayed", "hello"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (":alice!a@h PRIVMSG bob :psst", ["Opened", "Added"]),
        (":alice!a@h PRIVMSG #tea :hi", ["Added"]),
        (":dan!d@h JOIN #tea", ["Added", "Changed"]),
        (":bob!b@home JOIN #two", ["Opened", "Added"]),
        (":bob!b@home PART #tea", ["Added", "Closed"]),
        (":alice!a@h KICK #tea bob", ["Added", "Closed"]),
        (":bob!b@home NICK bobby", ["Added", "Changed", "SelfChanged"]),
        (":alice!a@h TOPIC #tea :new", ["Added", "Changed"]),
        (":alice!a@h RENAME #tea #coffee :", ["Added", "Changed"]),
        (":alice!a@h INVITE bob #two", ["Added", "Told"]),
        (":alice!a@h AWAY :lunch", ["Changed"]),
        (":s.example 306 bob :away", ["SelfChanged"]),
        (":s.example 001 bob :Welcome", ["SelfChanged", "Added"]),
        (":s.example 366 bob #tea :End", []),
        ("@+typing=active :alice!a@h TAGMSG #tea", ["Changed"]),
        (":alice!a@h TAGMSG #tea", []),
        ("PRIVMSG", []),
        ("JOIN", []),
        (":alice!a@h QUIT", ["Added", "Changed"]),
        (":bob!b@home QUIT :bye", []),
    ],
)
def test_events(line: str, expected: list[str]) -> None:
    assert kinds(World().hear(line)) == expected


def test_typing_is_told_only_when_it_begins_and_ends() -> None:
    world = World()
    active = "@+typing=active :alice!a@h TAGMSG #tea"
    assert kinds(world.hear(active, active, active)) == ["Changed"]
    assert world.tea.typing == {"alice": NOW + 6_000}
    assert kinds(world.hear(":alice!a@h PRIVMSG #tea :there")) == ["Changed", "Added"]


def test_a_change_of_an_unread_line_is_counted() -> None:
    world = World()
    world.hear("@msgid=1 :alice!a@h PRIVMSG #tea :bob: secret", now_ms=NOW + 1)
    assert (world.tea.unread, world.tea.mentions) == (1, 1)
    assert kinds(world.hear(":alice!a@h REDACT #tea 1")) == ["Updated", "Changed"]
    assert (world.tea.unread, world.tea.mentions) == (0, 0)


def test_entering_again_begins_anew_but_keeps_the_lines() -> None:
    world = World()
    world.hear(":alice!a@h PRIVMSG #tea :hello", ":alice!a@h KICK #tea bob")
    assert (world.tea.joined, world.tea.members) == (False, {})
    assert kinds(world.hear(":bob!b@home JOIN #tea")) == ["Opened", "Added"]
    assert world.chat.find("#tea") is world.tea
    assert list(world.tea.members) == ["bob"]
    assert [line.kind.value for line in world.tea.timeline] == ["join", "message", "kick", "join"]


def test_our_coming_does_not_hide_what_we_missed() -> None:
    world = World()
    world.hear("@msgid=9 :alice!a@h PRIVMSG #tea :hello", "@msgid=a :bob!b@home JOIN #tea")
    newest = world.tea.timeline.newest()
    assert newest is not None
    assert newest.msgid == "9"


def test_history_has_our_coming_once() -> None:
    world = World()
    world.hear("@msgid=a;time=2025-11-24T15:59:00.000Z :bob!b@home JOIN #two")
    two = world.chat.open("#two")
    page = [parse("@msgid=a;time=2025-11-24T15:59:00.000Z :bob!b@home JOIN #two")]
    assert world.reducer.page(two, page, NOW) == []


def test_a_page_for_a_piece_of_the_past_changes_nothing_else() -> None:
    world = World()
    past = Timeline()
    page = [parse("@msgid=1;time=2024-01-01T00:00:00.000Z :zoe!z@h PRIVMSG #tea :bob: old")]
    (line,) = world.reducer.page(world.tea, page, NOW, timeline=past)
    assert list(past) == [line]
    assert len(world.tea.timeline) == 1
    assert world.tea.unread == 0


def test_a_failed_line_that_arrived_after_all_is_found() -> None:
    world = World()
    mine = Line(Kind.MESSAGE, NOW, "bob", "hello", nonce="n", mine=True, delivery=Delivery.PENDING)
    world.tea.timeline.append(mine)
    mine.delivery, mine.failure = Delivery.FAILED, "the connection was lost"
    world.tea.timeline.settle(mine, time_ms=NOW)
    (event,) = world.hear(f"@msgid=1;{NONCE_TAG}=n :bob!b@home PRIVMSG #tea :hello")
    assert isinstance(event, Updated)
    assert (mine.delivery, mine.failure, mine.msgid) == (Delivery.ARRIVED, "", "1")
    assert world.tea.timeline.find("1") is mine
    assert len(world.tea.timeline) == 2


def test_history_that_nobody_asked_for_is_loaded() -> None:
    world = World()
    events = world.hear(
        "BATCH +1 chathistory alice",
        "@batch=1;msgid=1 :alice!a@h PRIVMSG bob :while you were away",
        "BATCH -1",
    )
    assert kinds(events) == ["Opened", "Loaded"]
    assert isinstance(events[1], Loaded)
    assert events[1].count == 1


def test_a_hit_of_a_search() -> None:
    world = World()
    found = world.reducer.found(parse("@msgid=1 :alice!a@h PRIVMSG #tea :the kettle"), NOW)
    assert found is not None
    assert (found[0], found[1].text, len(world.tea.timeline)) == ("#tea", "the kettle", 1)
    assert world.reducer.found(parse(":alice!a@h JOIN #tea"), NOW) is None


# -- what the server says to us ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (":s 471 bob #x :Full", ("#x is full. Try again when somebody has left: /join #x", True, None)),
        (":s 473 bob #x :Invite", ("#x is for the invited only. Somebody in it can /invite you.", True, None)),
        (":s 474 bob #x :Banned", ("You are banned from #x. Its operators can change that.", True, None)),
        (":s 475 bob #x :Key", ("#x needs its key: /join #x key", True, None)),
        (":s 477 bob #x :Reg", ("#x is for people with an account only. /login if you have one, "
         "/register makes one.", True, None)),
        (":s 403 bob #x :No", ("There is no room #x. Rooms have a # in front; /list shows those there are.",
         True, None)),
        (":s 405 bob #x :Many", ("You are in too many rooms to go into #x. Leave one with /part first.", True, None)),
        (":s 482 bob #tea :Ops", ("Only an operator of #tea may do that.", True, "#tea")),
        (":s 404 bob @#tea :No", ("You may not speak in @#tea: No", True, "#tea")),
        (":s 401 bob nobody :No", ('No one is called "nobody" here.', True, None)),
        (":s 599 bob :Whatever\x1b[2J", ("Whatever\ufffd[2J", True, None)),
        ("FAIL EDITMSG EDIT_WINDOW_EXPIRED #tea 1 :Too late", ("Too late", True, "#tea")),
        ("FAIL JOIN CHANNEL_RENAMED #a #b :Renamed", ("#a is called #b now: /join #b", True, None)),
        ("WARN * SLOW :Slow down", ("Warning: Slow down", False, None)),
        ("NOTE * X #tea :By the way", ("Note: By the way", False, "#tea")),
        ("ERROR :Closing link: host (be nice)", ("The server closed the connection: be nice", True, None)),
        (":oper!o@h KILL bob :spam", ("oper disconnected you: spam", True, None)),
        (":alice!a@h INVITE bob #x", ("alice invites you to #x: /join #x", False, None)),
        (":s 341 bob dan #tea", ("dan has been asked into #tea.", False, "#tea")),
        ("REGISTER SUCCESS bob :Welcome", ("Welcome", False, None)),
    ],
)  # fmt: skip
def test_told(line: str, expected: tuple[str, bool, str | None]) -> None:
    assert World().told(line) == [expected]


@pytest.mark.parametrize("command", ["366", "315", "376", "375", "422", "903", "904", "730", "251"])
def test_plumbing_is_silent(command: str) -> None:
    assert World().hear(f":s {command} bob x :text") == []


def test_before_we_are_in_refusals_are_not_ours_to_tell() -> None:
    reducer = Reducer(Chat(nick="bob"))
    assert reducer.apply(parse(":s 433 * bob :Nickname is already in use"), NOW) == []


def test_who_is_away_is_told_once() -> None:
    world = World()
    world.hear(":alice!a@h PRIVMSG bob :hi")
    away = ":s 301 bob alice :lunch"
    assert world.told(away) == [("alice is away: lunch", False, "alice")]
    assert world.told(away) == []
    assert world.told(":s 301 bob stranger :lunch") == []


# -- mentions ------------------------------------------------------------------------------------------------


@given(st.text(), st.text(min_size=1, max_size=8))
def test_mentions_never_fail(text: str, nick: str) -> None:
    assert mentions(text, nick) in (True, False)


@given(st.from_regex(r"[A-Za-z\[\]{}|^_`\\][A-Za-z0-9\[\]{}|^_`\\-]{0,15}", fullmatch=True))
def test_every_nick_is_found_where_it_stands_alone(nick: str) -> None:
    assert mentions(f"hello {nick.swapcase()}: how are you", nick)
    assert not mentions(f"hello {nick}ish", nick)


# -- whatever comes ------------------------------------------------------------------------------------------

_NAMES = st.sampled_from(
    ["bob", "Bob", "alice", "carol", "dan", "#tea", "#TEA", "#two", "@#tea", "*", "$*", "", "x" * 400]
)
_SOURCES = st.sampled_from(
    ["", "s.example", "alice!a@h", "bob!b@home", "carol!c@h", "dan!d@h", "#tea!x@y", "!@"]
)
_WORDS = st.one_of(
    _NAMES,
    st.sampled_from(["+o", "+kl-n", "-k", "+b", "1", "m1", "m2", "=", "152", "H@B", "0", "\x01ACTION x\x01", "\x01",
                     "@alice +carol", "PREFIX=(ab)!?", "CHANTYPES=", "STATUSMSG=#", "bob: hi",
                     "timestamp=2025-11-24T16:00:00.000Z"]),
    st.text(st.characters(exclude_characters="\0\r\n", codec="utf-8"), max_size=12),
)  # fmt: skip
_TAGS = st.dictionaries(
    st.sampled_from(["msgid", "time", "account", "bot", "+reply", "+draft/react", "+draft/unreact", "+typing",
                     NONCE_TAG, "+channel-context", "hubbub.chat/edited", "draft/multiline-concat"]),
    st.sampled_from(["m1", "m2", "m3", "2025-11-24T15:59:00.000Z", "2025-11-24T10:00:00.000Z", "👍", "active", "done",
                     "#tea", "n1", "", "x" * 50]),
    max_size=4,
)  # fmt: skip
_COMMANDS = st.sampled_from([*HANDLERS, "XYZ", "372", "401", "404", "433", "471", "477", "999"])
_MESSAGES = st.builds(Message, _COMMANDS, st.lists(_WORDS, max_size=6), _SOURCES, _TAGS)
_BATCHES = st.builds(
    Batch,
    st.just("1"),
    st.sampled_from(
        ["chathistory", "draft/multiline", "netsplit", "labeled-response", "znc.in/playback", "x"]
    ),
    st.lists(_NAMES, max_size=2),
    _TAGS,
    _SOURCES,
    st.lists(_MESSAGES, max_size=6),
)


@given(st.lists(_MESSAGES | _BATCHES, max_size=40))
def test_whatever_comes_the_state_holds_together(content: list[Message | Batch]) -> None:
    world = World()
    world.tea.timeline.append(
        Line(Kind.MESSAGE, NOW, "bob", "waiting", nonce="n1", mine=True, delivery=Delivery.PENDING)
    )
    for one in content:
        for event in world.reducer.apply(one, NOW):
            assert_shown_from_state(event)
    assert_whole(world.chat)


def assert_shown_from_state(event: Event) -> None:
    if isinstance(event, Added | Updated):
        assert event.line.text is not None
    assert isinstance(event, Added | Updated | Opened | Closed | Changed | Loaded | SelfChanged | Told)


def assert_whole(chat: Chat) -> None:
    for folded, conversation in chat.conversations.items():
        assert chat.find(conversation.name) is conversation
        assert folded == folded.lower() or not folded.isascii()
        lines = conversation.timeline.lines
        assert [line.place for line in lines] == sorted({line.place for line in lines})
        msgids = [line.msgid for line in lines if line.msgid]
        assert len(msgids) == len(set(msgids))
        assert all(conversation.timeline.index(line) == at for at, line in enumerate(lines))
        before = conversation.unread, conversation.mentions
        conversation.recount()
        assert (conversation.unread, conversation.mentions) == before
        for key, member in conversation.members.items():
            assert chat.people[key] is member.person
            assert set(member.ranks) <= set(chat.prefixes) | set("ov")


@given(st.text() | st.lists(st.sampled_from([*"@;=+: #atime\\", "PRIVMSG", "JOIN", "353"])).map("".join))
def test_mutated_lines_never_raise(text: str) -> None:
    world = World()
    try:
        message = parse(text)
    except BadLine:
        return
    world.reducer.apply(message, NOW)


# -- limits --------------------------------------------------------------------------------------------------


def test_conversations_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hubbub.client.state.MOST_CONVERSATIONS", 4)
    world = World()
    for number in range(10):
        world.hear(f":spam{number}!s@h PRIVMSG bob :buy {number}", f":bob!b@home JOIN #forced{number}")
    assert len(world.chat.conversations) <= 5
    # Nothing is lost: what finds no place goes to the server's conversation.
    said = [
        line.text
        for one in world.chat.conversations.values()
        for line in one.timeline
        if line.kind is Kind.MESSAGE
    ]
    assert sorted(said) == [f"buy {number}" for number in range(10)]


def test_reactions_are_bounded() -> None:
    world = World()
    world.hear("@msgid=m :alice!a@h PRIVMSG #tea :hi")
    for number in range(400):
        world.hear(f"@+reply=m;+draft/react=e{number % 80} :p{number}!p@h TAGMSG #tea")
    line = world.tea.timeline.find("m")
    assert line is not None
    assert len(line.reactions) == 50
    assert sum(map(len, line.reactions.values())) <= 300


def test_people_are_forgotten_with_whom_we_share_nothing() -> None:
    world = World()
    for number in range(50):
        world.hear(
            f":p{number}!p@h JOIN #tea", f":p{number}!p@h PART #tea", f":q{number}!q@h PRIVMSG #tea :hi"
        )
    assert set(world.chat.people) == {"alice", "bob", "carol"}
    world.hear(":bob!b@home PART #tea")
    assert world.chat.people == {}


def test_replaced_texts_are_bounded() -> None:
    world = World()
    world.hear("@msgid=m :alice!a@h PRIVMSG #tea :0")
    for number in range(1, 80):
        world.hear(f":alice!a@h EDITMSG #tea m :{number}", now_ms=NOW + number)
    line = world.tea.timeline.find("m")
    assert line is not None
    assert (line.text, len(line.replaced), line.replaced[-1]) == ("79", 50, "78")


# -- counting ------------------------------------------------------------------------------------------------


def test_what_becomes_of_a_line_counts_that_line_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    chat = Chat(nick="alice", registered=True)
    reducer = Reducer(chat)
    lines = [
        ":alice!a@h JOIN #tea",
        "@msgid=m1 :bob!b@h PRIVMSG #tea :hello alice",
        "@msgid=m2 :bob!b@h PRIVMSG #tea :hello",
        "@msgid=m3 :bob!b@h PRIVMSG #tea :hello",
    ]
    for text in lines:
        reducer.apply(parse(text), NOW)
    tea = chat.open("#tea")
    tea.read_ms, counts = NOW - 1, []
    tea.recount()
    monkeypatch.setattr(Conversation, "recount", lambda self: pytest.fail("all of them are counted"))
    for text in (
        "@+draft/reply=m1;+draft/react=👍 :bob!b@h TAGMSG #tea",
        "@time=2025-11-24T16:00:01.000Z :bob!b@h EDITMSG #tea m2 :hi alice",
        ":bob!b@h REDACT #tea m1",
        ":bob!b@h REDACT #tea m1",
        ":bob!b@h REDACT #tea m3",
    ):
        reducer.apply(parse(text), NOW)
        counts.append((tea.unread, tea.mentions))
    assert counts == [(3, 1), (3, 2), (2, 1), (2, 1), (1, 1)]


def test_a_room_renamed_onto_another_takes_its_place_without_leaving_it_behind() -> None:
    chat = Chat(nick="alice", registered=True)
    reducer = Reducer(chat)
    for text in (":alice!a@h JOIN #old", ":alice!a@h JOIN #new"):
        reducer.apply(parse(text), NOW)
    stale = chat.open("#new")
    events = reducer.apply(parse(":bob!b@h RENAME #old #new :together"), NOW)
    assert Closed(stale) in events
