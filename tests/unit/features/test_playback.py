"""Playback for clients that don't know CHATHISTORY.  https://wiki.znc.in/Playback"""

from __future__ import annotations

import pytest

from hubbub.core.account_changes import deleting
from hubbub.core.accounts import accounts
from hubbub.features.playback import LastSeen
from hubworld import START_MS, Client, World, commands_of

PASSWORD = "open-sesame"
ALICE = ":alice!~alice@127.0.0.1"
BOB = ":bob!~bob@127.0.0.1"


def device(world: World, caps: str = "", name: str = "alice") -> Client:
    client = world.connection()
    client.send(*([f"CAP REQ :{caps}"] if caps else []), f"PASS {name}:{PASSWORD}")
    client.send(f"NICK {name}", f"USER {name} 0 * :{name}", *(["CAP END"] if caps else []))
    assert client.session.user is not None
    return client


def after_welcome(client: Client) -> list[str]:
    lines = client.received()
    return lines[commands_of(lines).index("422") + 1 :]


@pytest.fixture
def away() -> World:
    """Alice has an account and has gone; bob has written to her before and since."""
    world = World()
    alice, bob = world.client("alice"), world.client("bob")
    bob.send("PRIVMSG alice :seen already")
    world.clock.advance(60)
    alice.send(f"REGISTER * * {PASSWORD}", "PRIVMSG bob :bye")
    world.clock.advance(60)
    alice.send("QUIT")
    world.clock.advance(60)
    bob.send("PRIVMSG alice :one", "PRIVMSG alice :\x01ACTION waves\x01", "NOTICE alice :two")
    world.clock.advance(60)
    return world


def test_what_came_meanwhile_is_shown_on_return_with_its_time_in_the_text(away: World) -> None:
    assert after_welcome(device(away)) == [
        f"{BOB} PRIVMSG alice :[22:16] one",
        f"{BOB} PRIVMSG alice :\x01ACTION [22:16] waves\x01",
        f"{BOB} NOTICE alice :[22:16] two",
    ]


def test_it_is_shown_once(away: World) -> None:
    device(away).leave()
    away.clock.advance(60)
    assert after_welcome(device(away)) == []


def test_with_server_time_the_time_is_in_a_tag_and_with_batch_it_is_a_batch(away: World) -> None:
    lines = after_welcome(device(away, "server-time batch"))
    assert lines[0] == ":test.example BATCH +b1 chathistory bob"
    assert lines[1] == f"@batch=b1;time=2023-11-14T22:16:20.000Z {BOB} PRIVMSG alice :one"
    assert lines[-1] == ":test.example BATCH -b1"
    assert len(lines) == 5


def test_what_came_on_another_day_says_so(away: World) -> None:
    away.clock.advance(86_400)
    assert after_welcome(device(away))[0] == f"{BOB} PRIVMSG alice :[2023-11-14 22:16] one"


@pytest.mark.parametrize("caps", ["draft/chathistory", "znc.in/playback"])
def test_whoever_can_ask_is_not_shown_it(away: World, caps: str) -> None:
    assert after_welcome(device(away, caps)) == []


def test_the_operator_may_switch_it_off() -> None:
    world = World({"history.replay_direct": 0})
    world.client("alice").send(f"REGISTER * * {PASSWORD}", "QUIT")
    world.client("bob").send("PRIVMSG alice :one")
    assert after_welcome(device(world)) == []


def test_only_the_last_are_shown() -> None:
    world = World({"history.replay_direct": 2})
    world.client("alice").send(f"REGISTER * * {PASSWORD}", "QUIT")
    bob = world.client("bob")
    for number in range(4):
        bob.send(f"PRIVMSG alice :{number}")
    assert [line[-1] for line in after_welcome(device(world))] == ["2", "3"]


def test_a_further_device_is_shown_nothing(away: World) -> None:
    device(away)
    assert after_welcome(device(away)) == []


def test_a_guest_who_logs_in_is_shown_it(away: World) -> None:
    guest = away.client("guest", caps="sasl")
    guest.asks("AUTHENTICATE PLAIN")
    lines = guest.asks("AUTHENTICATE AGFsaWNlAG9wZW4tc2VzYW1l")
    assert [line.rpartition(" ")[2] for line in lines if " PRIVMSG " in line] == ["one", "waves\x01"]


def test_it_outlives_a_restart(away: World) -> None:
    away.restart()
    assert len(after_welcome(device(away))) == 3


def test_a_stopping_server_remembers_who_was_there(away: World) -> None:
    alice = device(away)
    away.client("carol").send("PRIVMSG alice :seen")
    away.clock.advance(60)
    away.hub.closing = True
    alice.leave()
    away.restart()
    assert after_welcome(device(away)) == []


def test_after_a_crash_it_is_shown_since_the_last_arrival(away: World) -> None:
    device(away)
    away.clock.advance(60)
    away.client("carol").send("PRIVMSG alice :perhaps not seen")
    away.restart()
    assert [line.rpartition("] ")[2] for line in after_welcome(device(away))] == ["perhaps not seen"]


def test_what_was_taken_back_is_not_shown(away: World) -> None:
    carol = away.client("carol", caps="draft/message-redaction message-tags echo-message")
    (line,) = [line for line in carol.asks("PRIVMSG alice :oops") if " PRIVMSG " in line]
    msgid = line.partition("msgid=")[2].partition(" ")[0].partition(";")[0]
    carol.send(f"REDACT alice {msgid}")
    assert not [line for line in after_welcome(device(away)) if "oops" in line]


def test_nothing_stays_of_an_account_that_is_deleted(away: World) -> None:
    account = accounts(away.hub).named("alice")
    assert account is not None
    device(away)
    change = deleting(away.hub, account)
    away.hub.propose(change.event, expect=change.expect, puts=change.puts)
    away.restart()
    assert away.hub.part(LastSeen).at_ms == {}


def test_long_messages_stay_within_a_line() -> None:
    world = World()
    world.client("alice").send(f"REGISTER * * {PASSWORD}", "QUIT")
    bob = world.client("bob")
    bob.send(f"PRIVMSG alice :{'ä' * 236}", f"PRIVMSG alice :\x01ACTION {'x' * 470}\x01")
    lines = after_welcome(device(world))
    assert [len(line.encode()) + 2 for line in lines] == [511, 512]
    assert lines[1].endswith("x\x01")


# -- rooms ---------------------------------------------------------------------------------------------------


def test_rooms_show_nothing_unless_the_settings_say_so(world: World) -> None:
    world.client("bob", rooms="#tea").send("PRIVMSG #tea :one")
    assert commands_of(world.client("carol").asks("JOIN #tea")) == ["JOIN", "353", "366"]


def test_rooms_show_their_last_messages_to_whoever_enters() -> None:
    world = World({"history.replay_rooms": 2})
    bob = world.client("bob", rooms="#tea")
    bob.send("PRIVMSG #tea :one", "PRIVMSG #tea :two", "PRIVMSG #tea :three")
    carol = world.client("carol")
    assert carol.asks("JOIN #tea")[3:] == [f"{BOB} PRIVMSG #tea :[22:13] {word}" for word in ("two", "three")]
    assert commands_of(world.client("dave", caps="draft/chathistory").asks("JOIN #tea"))[3:] == []


def test_rooms_show_an_account_what_it_has_missed() -> None:
    world = World({"history.replay_rooms": 10})
    alice, bob = world.client("alice", rooms="#tea"), world.client("bob", rooms="#tea")
    alice.send(f"REGISTER * * {PASSWORD}")
    bob.send("PRIVMSG #tea :seen")
    world.clock.advance(60)
    alice.send("QUIT")
    world.clock.advance(60)
    bob.send("PRIVMSG #tea :missed")
    alice = device(world)
    alice.received()
    assert [line.rpartition("] ")[2] for line in alice.asks("JOIN #tea")[3:]] == ["missed"]


# -- asked for -----------------------------------------------------------------------------------------------


@pytest.fixture
def talk(world: World) -> World:
    alice, bob = world.client("alice", rooms="#tea,#milk"), world.client("bob", rooms="#tea")
    bob.send("PRIVMSG #tea :one")
    world.clock.advance(10.5)
    bob.send("PRIVMSG #tea :two", "PRIVMSG alice :hi")
    alice.send("PRIVMSG bob :hi bob", "PRIVMSG #milk :alone")
    world.clock.advance(10)
    return world


def client_of(world: World, nick: str) -> Client:
    link = world.hub.users[nick].sessions[0].link
    assert isinstance(link, Client)
    link.received()
    return link


@pytest.mark.parametrize(
    "ask", ["PRIVMSG *playback :{}", "ZNC *playback {}", "ZNC *Playback :{}", "PLAYBACK :{}"]
)
def test_everything_is_played(talk: World, ask: str) -> None:
    alice = client_of(talk, "alice")
    assert sorted(line.rpartition("] ")[2] for line in alice.asks(ask.format("PLAY * 0"))) == [
        "alone",
        "hi",
        "one",
        "two",
    ]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ("#tea 0", ["one", "two"]),
        ("#TEA", ["one", "two"]),
        (f"#tea {START_MS // 1000}", ["two"]),
        (f"#tea {START_MS / 1000 + 10.499:.3f}", ["two"]),
        (f"#tea {START_MS / 1000 + 10.5:.1f}", []),
        (f"#tea 0 {START_MS // 1000}", ["one"]),
        ("#t*,b?b 0", ["one", "two", "hi"]),
        ("#nowhere 0", []),
    ],
)
def test_a_part_is_played(talk: World, request_: str, words: list[str]) -> None:
    alice = client_of(talk, "alice")
    lines = alice.asks(f"PRIVMSG *playback :play {request_}")
    assert [line.rpartition("] ")[2] for line in lines] == words


def test_a_room_that_one_is_not_in_is_not_played(talk: World) -> None:
    assert client_of(talk, "bob").asks("PRIVMSG *playback :PLAY #milk 0") == []
    assert talk.client("carol").asks("PRIVMSG *playback :PLAY * 0") == []


def test_own_messages_are_played_to_those_who_know_them(talk: World) -> None:
    alice = client_of(talk, "alice")
    alice.asks("CAP REQ echo-message")
    words = [line.rpartition("] ")[2] for line in alice.asks("PRIVMSG *playback :PLAY bob 0")]
    assert words == ["hi", "hi bob"]


def test_no_more_than_a_page_is_played() -> None:
    world = World({"history.page": 3})
    bob = world.client("bob", rooms="#a,#b")
    for number in range(4):
        bob.send(f"PRIVMSG #a :{number}")
        bob.send(f"PRIVMSG #b :{number}")
    assert len(bob.asks("PLAYBACK :PLAY * 0")) == 3


@pytest.mark.parametrize("time", ["never", "-1", "1e9", "9" * 12, "1.x", "٣"])
def test_a_time_that_is_none_is_refused(talk: World, time: str) -> None:
    alice = client_of(talk, "alice")
    assert "FAIL PLAYBACK INVALID_PARAMS" in alice.asks(f"PLAYBACK :PLAY * {time}")[0]


def test_list_and_clear(talk: World) -> None:
    alice = client_of(talk, "alice")
    assert alice.asks("PRIVMSG *playback :LIST #tea") == [
        ":*playback!znc@test.example PRIVMSG alice :#tea 1700000000.000 1700000010.500"
    ]
    assert len(alice.asks("PRIVMSG *playback :LIST")) == 3
    assert alice.asks("PRIVMSG *playback :CLEAR *") == []
    assert "There are PLAY" in alice.asks("PRIVMSG *playback :HELP")[0]
    assert commands_of(alice.asks("PLAYBACK : ")) == ["461"]
    assert commands_of(alice.asks("ZNC *status help")) == ["401"]


def test_what_is_shown_again_leaves_room_in_the_send_queue() -> None:
    """The latest of it, and in order."""
    world = World({"limits.send_queue": 16_384})
    alice = world.client("alice", caps="znc.in/playback batch server-time", rooms="#tea,#cake")
    bob = world.client("bob", rooms="#tea,#cake")
    bob.send(*(f"PRIVMSG #cake :{number} {'x' * 400}" for number in range(40)))
    world.clock.advance(1)
    bob.send(*(f"PRIVMSG #tea :{number} {'x' * 400}" for number in range(10)))
    alice.received()
    lines = alice.asks("PLAYBACK :PLAY *")
    said = [line.split(" ")[3:5] for line in lines if " PRIVMSG " in line]
    assert 4_000 < sum(len(line) + 2 for line in lines) < 8_192
    tea = [int(text[1:]) for room, text in said if room == "#tea"]
    assert tea == list(range(10)), said
    cake = [int(text[1:]) for room, text in said if room == "#cake"]
    assert cake == list(range(40 - len(cake), 40))
