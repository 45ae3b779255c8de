"""Conversations between a human, the line mode and an IRC server, without sockets."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.irc.wire import parse
from hubbub.plain.mode import LineMode
from hubbub.plain.saying import NO_ROOM
from hubbub.plain.typed import clean

CAPS = "batch draft/chathistory message-tags server-time standard-replies chghost"
ISUPPORT = ":s 005 alice WHOX NICKLEN=32 CHATHISTORY=50 MSGREFTYPES=msgid,timestamp :are supported"
TODAY = date(2026, 11, 21)


class Talk:
    """A line mode with a short way to type, to receive and to see what came of it."""

    def __init__(self, mode: LineMode) -> None:
        self.mode = mode
        mode.start()

    def types(self, *lines: str) -> None:
        for line in lines:
            self.mode.typed(line)

    def gets(self, *lines: str) -> None:
        for line in lines:
            self.mode.received(parse(line))

    @property
    def sent(self) -> list[str]:
        return [message.to_line() for message in self.mode.take_commands()]

    @property
    def said(self) -> list[str]:
        """What was sent, without the PINGs that ask whether it has arrived."""
        return [line for line in self.sent if not line.startswith("PING")]

    @property
    def text(self) -> list[str]:
        return self.mode.take_text()


def fresh(
    name: str = "", *, asks: bool = True, confirms: bool = False, room: str = "", people: bool = False
) -> Talk:
    return Talk(
        LineMode(
            name=name, asks=asks, confirms=confirms, room=room, remembers_people=people, today=lambda: TODAY
        )
    )


def welcomed(talk: Talk, caps: str = CAPS, nick: str = "alice") -> None:
    talk.gets(f":s CAP * LS :{caps} sasl", f":s CAP * ACK :{caps}") if caps else None
    talk.gets(
        f":s 001 {nick} :Welcome",
        f":s 004 {nick} hub.local hubbub-1.0 i n",
        ISUPPORT,
        f":s 422 {nick} :MOTD File is missing",
    )


def landed(talk: Talk, nick: str = "alice", room: str = "#lobby", names: str = "@bob carol") -> None:
    talk.gets(
        f":{nick}!a@h JOIN {room}", f":s 353 {nick} = {room} :{nick} {names}", f":s 366 {nick} {room} :End"
    )


def history(talk: Talk, *lines: str, room: str = "#lobby") -> None:
    talk.gets(f":s BATCH +h chathistory {room}", *(f"@batch=h;{line}" for line in lines), ":s BATCH -h")


def in_the_lobby(*, confirms: bool = False, people: bool = False, caps: str = CAPS) -> Talk:
    talk = fresh("alice", confirms=confirms, people=people)
    welcomed(talk, caps)
    landed(talk)
    if caps:
        history(talk)
    talk.gets(":s PONG s :hubbub-landing")
    assert talk.mode.landed
    talk.mode.take_commands()
    talk.mode.take_text()
    return talk


# -- coming in ----------------------------------------------------------------------------------------------


def test_it_greets_and_asks_for_a_name() -> None:
    talk = fresh()
    assert talk.text == ["Welcome to hubbub.", "What is your name?"]
    assert talk.sent == ["CAP LS 302"]
    talk.types("alice")
    assert talk.sent == ["NICK alice", "USER alice 0 * alice"]


def test_capabilities_are_asked_for_as_far_as_they_are_offered() -> None:
    talk = fresh()
    talk.mode.take_commands()
    talk.gets(":s CAP * LS * :batch sasl=PLAIN", ":s CAP * LS :server-time tls")
    assert talk.sent == ["CAP REQ :batch server-time"]
    talk.gets(":s CAP * ACK :batch server-time")
    assert talk.sent == ["CAP END"]


def test_nothing_offered_nothing_asked() -> None:
    talk = fresh()
    talk.mode.take_commands()
    talk.gets(":s CAP * LS :")
    assert talk.sent == ["CAP END"]


def test_a_server_without_capabilities_is_no_problem() -> None:
    talk = fresh("alice")
    talk.gets(":s 421 alice CAP :Unknown command")
    welcomed(talk, caps="")
    landed(talk)
    talk.gets(":s PONG s hubbub-landing")
    assert talk.mode.landed
    assert talk.text[0] == "You are in #lobby with bob and carol."


def test_a_taken_name_is_refused_with_a_suggestion_and_asked_again() -> None:
    talk = fresh()
    talk.types("alice")
    talk.mode.take_text()
    talk.gets(":s 433 * alice :Nickname is already in use")
    assert talk.text == ['"alice" is taken. How about alice2?', "What is your name?"]
    talk.mode.take_commands()
    talk.types("alice2")
    assert talk.sent == ["NICK alice2"]


def test_the_suggestion_is_free_where_that_is_known() -> None:
    talk = Talk(LineMode(taken=lambda name: name in ("alice", "alice2", "alice3")))
    talk.types("alice")
    talk.gets(":s 433 * alice :Nickname is already in use")
    assert talk.mode.suggestion not in ("alice", "alice2", "alice3")


@pytest.mark.parametrize("answer", ["two words", "1st", "server", "a:b"])
def test_an_invalid_name_never_reaches_the_server(answer: str) -> None:
    talk = fresh()
    talk.mode.take_commands()
    talk.mode.take_text()
    talk.types(answer)
    assert talk.sent == []
    reason, question = talk.text
    assert answer in reason
    assert f"How about {talk.mode.suggestion}?" in reason
    assert question == "What is your name?"


def test_answers_that_are_commands() -> None:
    talk = fresh()
    talk.mode.take_text()
    talk.types("", "who", "help")
    text = talk.text
    assert text[0] == "What is your name?"
    assert text[1] == "First a name, then the rest. What is your name?"
    assert text[-1] == text[1]
    assert talk.sent == ["CAP LS 302"]
    talk.types("server:register alice")
    assert talk.sent == ["NICK alice", "USER alice 0 * alice"]


def test_leaving_before_a_name_is_given() -> None:
    talk = fresh()
    talk.mode.take_text()
    talk.types("bye")
    assert talk.mode.wants_to_leave
    assert talk.sent == ["CAP LS 302", "QUIT"]
    talk.gets("ERROR :Closing link")
    assert talk.text == ["Goodbye."]


def test_a_server_password_is_asked_for() -> None:
    talk = Talk(LineMode(asks_password=True))
    talk.types("alice", "tea time")
    assert talk.sent == ["CAP LS 302", "PASS :tea time", "NICK alice", "USER alice 0 * alice"]
    assert "tea time" not in " ".join(talk.text)


def test_where_nobody_can_be_asked_a_similar_name_is_taken() -> None:
    talk = fresh("bot", asks=False)
    talk.gets(":s 433 * bot :in use")
    assert talk.sent == ["CAP LS 302", "NICK bot", "USER bot 0 * bot", "NICK bot2"]
    for attempt in range(2, 20):
        talk.gets(f":s 433 * bot{attempt} :in use")
    assert talk.mode.wants_to_leave
    assert talk.mode.failures == 1


def test_landing_shows_who_is_there_and_what_was_said() -> None:
    talk = fresh("alice")
    welcomed(talk)
    landed(talk)
    assert "CHATHISTORY LATEST #lobby * 10" in talk.sent
    history(
        talk,
        "time=2026-11-19T12:00:00.000Z;msgid=1 :bob!b@h PRIVMSG #lobby :old",
        "time=2026-11-21T12:00:00.000Z;msgid=2 :alice!b@h PRIVMSG #lobby :\x01ACTION naps\x01",
    )
    talk.gets(":s PONG s :hubbub-landing")
    text = talk.text
    assert text[0] == "You are in #lobby with bob and carol."
    assert text[1] == "-- Thursday, 19 November 2026 --"
    assert text[2].endswith("] bob: old")
    assert text[3] == "-- Saturday, 21 November 2026 --"
    assert text[4].endswith("] * alice naps")
    assert "/help" in text[5]
    assert talk.mode.rooms == ["#lobby"]


def test_a_full_room_is_summed_up() -> None:
    talk = fresh("alice")
    welcomed(talk)
    landed(talk, names=" ".join(f"guest{number}" for number in range(500)))
    assert talk.text == ["You are in #lobby with " + ", ".join(f"guest{number}" for number in range(12))
                         + " and 488 others."]  # fmt: skip


def test_what_is_said_while_history_comes_is_shown_once_and_after_it() -> None:
    talk = fresh("alice")
    welcomed(talk)
    landed(talk)
    talk.mode.take_text()
    talk.gets(
        "@msgid=2;time=2026-11-21T12:00:00.000Z :bob!b@h PRIVMSG #lobby :in both",
        "@msgid=3;time=2026-11-21T12:00:00.000Z :bob!b@h PRIVMSG #lobby :new",
    )
    assert talk.text == []
    history(talk, "msgid=2;time=2026-11-21T12:00:00.000Z :bob!b@h PRIVMSG #lobby :in both")
    first, second = talk.text
    assert first.endswith("] bob: in both")
    assert second == "bob: new"


def test_a_refused_history_holds_nobody_up() -> None:
    talk = fresh("alice")
    welcomed(talk)
    landed(talk)
    talk.gets(":bob!b@h PRIVMSG #lobby :hi", ":s PONG s :hubbub-landing")
    talk.mode.take_text()
    talk.gets("FAIL CHATHISTORY MESSAGE_ERROR LATEST #lobby :Messages could not be retrieved")
    assert talk.text[0] == "bob: hi"
    assert talk.mode.landed


def test_a_server_without_a_default_room_is_explained() -> None:
    talk = fresh("alice")
    welcomed(talk)
    talk.gets(":s PONG s :hubbub-landing")
    assert talk.text[0] == NO_ROOM
    talk.mode.take_commands()
    talk.types("hello?")
    assert talk.sent == []
    assert talk.text == [f"Nothing was said. {NO_ROOM}"]


def test_a_wanted_room_is_joined_if_the_server_does_not_do_it() -> None:
    talk = fresh("alice", room="#tea")
    welcomed(talk)
    talk.mode.take_commands()
    talk.gets(":s PONG s :hubbub-landing")
    assert talk.sent == ["JOIN #tea"]
    talk.gets(":s 473 alice #tea :Invite only")
    assert talk.mode.landed


def test_what_is_typed_ahead_is_said_after_landing_and_never_taken_for_a_name() -> None:
    talk = fresh()
    talk.types("alice", "hello", "bye")
    talk.gets(":s 433 * alice :in use")
    talk.types("al")
    assert talk.sent == ["CAP LS 302", "NICK alice", "USER alice 0 * alice", "NICK al"]
    welcomed(talk, nick="al")
    landed(talk, nick="al")
    history(talk)
    talk.mode.take_commands()
    talk.gets(":s PONG s :hubbub-landing")
    assert talk.said == ["PRIVMSG #lobby :hello", "QUIT"]
    talk.gets("ERROR :Closing link")
    assert talk.text[-1] == "Goodbye, al."


# -- talking ------------------------------------------------------------------------------------------------


def test_a_line_is_said_to_the_room_and_not_echoed() -> None:
    talk = in_the_lobby()
    talk.types("hello")
    assert talk.sent == ["PRIVMSG #lobby :hello"]
    assert talk.text == []


def test_others_are_shown() -> None:
    talk = in_the_lobby()
    landed(talk, room="#tea")
    history(talk, room="#tea")
    talk.mode.take_text()
    talk.gets(
        ":bob!b@h PRIVMSG #tea :here",
        ":bob!b@h PRIVMSG #lobby :there",
        ":bob!b@h PRIVMSG alice :psst",
        ":bob!b@h PRIVMSG alice :\x01ACTION winks\x01",
        ":dave!d@h JOIN #lobby",
        ":dave!d@h JOIN #tea",
        ":dave!d@h PART #tea :off",
        ":dave!d@h QUIT :Quit",
        ":bob!b@h PRIVMSG @#lobby :for operators",
    )
    assert talk.text == [
        "bob: here",
        "[#lobby] bob: there",
        "[private] bob: psst",
        "[private] * bob winks",
        "[#lobby] dave joined",
        "dave joined",
        "dave left (off)",
        "dave left",
        "[@#lobby] bob: for operators",
    ]


def test_a_private_line_is_confirmed_when_it_has_arrived() -> None:
    talk = in_the_lobby()
    talk.types("bob: hi")
    assert talk.sent == ["PRIVMSG bob :hi", "PING hubbub-1"]
    assert talk.text == []
    talk.gets(":s PONG s :hubbub-1")
    assert talk.text == ["[private to bob]"]


def test_a_mistyped_name_leaks_nothing_and_is_explained() -> None:
    talk = in_the_lobby()
    talk.types("bbo: my secret")
    talk.gets(":s 401 alice bbo :No such nick", ":s PONG s :hubbub-1")
    assert talk.said == ["PRIVMSG bbo :my secret"]
    (line,) = talk.text
    assert line.startswith('No one is called "bbo" here, so nothing was sent.')
    assert line.endswith("To say it to the room: /say bbo: my secret")
    talk.types("/say bbo: my secret")
    assert talk.said == ["PRIVMSG #lobby :bbo: my secret"]


def test_a_long_text_to_nobody_is_explained_once() -> None:
    talk = in_the_lobby()
    talk.types("bbo: " + "word " * 300)
    pieces = talk.said
    assert len(pieces) > 2
    talk.gets(*[":s 401 alice bbo :No such nick"] * len(pieces), ":s PONG s :hubbub-1")
    assert len(talk.text) == 1


def test_fences_follow_each_other() -> None:
    talk = in_the_lobby()
    talk.types("bob: one", "carol: two", "nemo: three")
    assert talk.sent == ["PRIVMSG bob :one", "PING hubbub-1", "PRIVMSG carol :two", "PRIVMSG nemo :three"]
    talk.gets(":s PONG s :hubbub-1")
    assert talk.sent == ["PING hubbub-3"]
    talk.gets(":s 401 alice nemo :No such nick", ":s PONG s :hubbub-3")
    assert talk.text[0] == "[private to bob]"
    assert talk.text == []


def test_an_address_can_be_written_to() -> None:
    talk = in_the_lobby()
    talk.types(r"\send 127.0.0.1:4000 hi", "/msg [::1]:4000 hi")
    assert talk.said == ["PRIVMSG 127.0.0.1:4000 :hi", "PRIVMSG [::1]:4000 :hi"]
    talk.gets(":s 401 alice 127.0.0.1:4000 :No such nick")
    assert talk.text == ["Nobody is connected from 127.0.0.1:4000, so nothing was sent."]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("/me waves", "PRIVMSG #lobby :\x01ACTION waves\x01"),
        ("/msg bob: hi", "PRIVMSG bob :hi"),
        ("/msg #tea hi", "PRIVMSG #tea :hi"),
        ("/join tea key", "JOIN #tea key"),
        ("/part", "PART #lobby"),
        ("/part #tea so long", "PART #tea :so long"),
        ("/topic", "TOPIC :#lobby"),
        ("/topic tea at four", "TOPIC #lobby :tea at four"),
        ("/nick al", "NICK al"),
        ("/away at lunch", "AWAY :at lunch"),
        ("/back", "AWAY"),
        ("/invite bob", "INVITE bob #lobby"),
        ("/kick bob too loud", "KICK #lobby bob :too loud"),
        ("/mode +o bob", "MODE #lobby +o bob"),
        ("/whois bob", "WHOIS bob"),
        ("/rooms", "LIST"),
        ("/history 5", "CHATHISTORY LATEST #lobby * 5"),
        ("/history 500", "CHATHISTORY LATEST #lobby * 50"),
        ("who", "WHO * %tcuhnfrp,731"),
        ("/who #lobby", "WHO #lobby %tcuhnfrp,731"),
        ("/quit see you", "QUIT :see you"),
    ],
)
def test_what_commands_send(typed: str, sent: str) -> None:
    talk = in_the_lobby()
    talk.types(typed)
    assert talk.said == [sent]


@pytest.mark.parametrize(
    "typed",
    [
        "/msg", "/msg bob", "/msg two,names hi", "/me", "/say", "/join", "/join a b c", "/join bad,name",
        "/kick", "/history many", "/invite", "/nick two words", "/nick server", "/nope", "/whois", "/mode :x",
        "/topic " + "x" * 600, "/msg 1.2.3.4 hi",
    ],
)  # fmt: skip
def test_what_is_unclear_is_explained_and_sends_nothing(typed: str) -> None:
    talk = in_the_lobby()
    talk.types(typed)
    assert talk.sent == []
    assert len(talk.text) == 1


def test_long_lines_go_out_in_pieces_that_reach_everybody() -> None:
    talk = in_the_lobby()
    words = " ".join(f"word{number}" for number in range(300))
    talk.types(words)
    lines = talk.sent
    assert all(len(f":alice!~user@host.example {line}\r\n".encode()) <= 512 for line in lines)
    assert " ".join(line.removeprefix("PRIVMSG #lobby :") for line in lines) == words


def test_an_announced_longer_line_is_used() -> None:
    talk = in_the_lobby()
    talk.gets(":s 005 alice LINELEN=4096 :are supported")
    talk.types("word " * 300)
    assert len(talk.sent) == 1


# -- rooms and people ---------------------------------------------------------------------------------------


def test_who_shows_addresses_where_they_may_be_seen() -> None:
    talk = in_the_lobby()
    talk.types("who")
    talk.gets(
        ":s 354 alice 731 #lobby ~b host bob G 127.0.0.1:50412 :Bob",
        ":s 354 alice 731 #lobby ~a host alice H * :Alice",
        ":s 354 alice 42 somebody else's question",
        ":s 315 alice * :End",
    )
    assert talk.text == ["2 people are connected:", "  alice", "  bob  127.0.0.1:50412 (away)"]


def test_who_elsewhere_is_about_the_room() -> None:
    talk = fresh("alice")
    talk.gets(":s 001 alice :hi", ":s 004 alice s ircd-1 i n", ":s 376 alice :End")
    landed(talk)
    talk.gets(":s PONG s :hubbub-landing")
    talk.mode.take_commands()
    talk.mode.take_text()
    talk.types("who")
    assert talk.sent == ["WHO #lobby"]
    talk.gets(":s 352 alice #lobby ~b host.example s bob H@ :0 Bob", ":s 315 alice #lobby :End")
    assert talk.text == ["1 person is in #lobby:", "  bob  host.example"]


def test_rooms_come_sorted() -> None:
    talk = in_the_lobby()
    talk.types("/rooms")
    talk.gets(":s 322 alice #tea 1 :", ":s 322 alice #lobby 3 :all welcome", ":s 323 alice :End")
    assert talk.text == ["The rooms:", "  #lobby  3 people  all welcome", "  #tea  1 person"]


def test_moving_between_rooms() -> None:
    talk = in_the_lobby()
    talk.types("/join #tea")
    landed(talk, room="#tea", names="")
    history(talk, room="#tea")
    assert talk.text == ["You are in #tea, and nobody else is."]
    assert talk.mode.room == "#tea"
    talk.types("/join #lobby")
    assert talk.text == ["You talk in #lobby now."]
    talk.gets(":alice!a@h PART #lobby")
    assert talk.text == ["You left #lobby.", "You talk in #tea now."]
    talk.gets(":bob!b@h KICK #tea alice :rude")
    assert talk.text == ["bob put you out of #tea (rude)", NO_ROOM]
    assert talk.mode.rooms == []


def test_names_change() -> None:
    talk = in_the_lobby()
    talk.gets(":bob!b@h NICK :bobby", ":alice!a@h NICK :al")
    assert talk.text == ["bob is now called bobby", "You are now called al."]
    assert talk.mode.nick == "al"
    talk.gets(":s 433 al bobby :in use")
    assert talk.text == ['"bobby" is taken. How about /nick bobby2?']


def test_an_invitation_says_what_to_do() -> None:
    talk = in_the_lobby()
    talk.gets(":bob!b@h INVITE alice #tea")
    assert talk.text == ["bob invites you to #tea: /join #tea"]


def test_the_ignored_are_not_heard() -> None:
    talk = in_the_lobby()
    talk.types("/ignore bob")
    talk.mode.take_text()
    talk.gets(":bob!b@h PRIVMSG #lobby :noise", ":BOB!b@h PRIVMSG alice :noise")
    assert talk.text == []
    talk.types("/unignore bob")
    talk.mode.take_text()
    talk.gets(":bob!b@h PRIVMSG #lobby :music")
    assert talk.text == ["bob: music"]


def test_history_on_demand() -> None:
    talk = in_the_lobby()
    talk.types("/history")
    history(talk)
    assert talk.text == ["Nothing has been said in #lobby."]


def test_pings_are_answered_and_errors_told() -> None:
    talk = in_the_lobby()
    talk.gets("PING :are you there")
    assert talk.sent == ["PONG :are you there"]
    talk.gets(":s NOTICE * :The server restarts", "ERROR :Closing link: restarting")
    assert talk.text == [
        "[server] The server restarts",
        "The server closed the connection: Closing link: restarting",
    ]


def test_people_are_remembered_for_completion() -> None:
    talk = in_the_lobby(people=True)
    talk.gets(":dave!d@h JOIN #lobby", ":bob!b@h QUIT :Quit", ":carol!c@h NICK caro")
    assert sorted(talk.mode.names_known()) == ["alice", "caro", "dave"]
    assert in_the_lobby().mode.names_known() == []


# -- a lost connection --------------------------------------------------------------------------------------


def lost_and_found(talk: Talk) -> None:
    talk.mode.disconnected()
    assert not talk.mode.landed
    talk.mode.take_text()
    talk.mode.reconnected()
    assert talk.sent == ["CAP LS 302", "NICK alice", "USER alice 0 * alice"]
    welcomed(talk)
    talk.mode.take_commands()


def test_after_a_lost_connection_the_gap_is_filled() -> None:
    talk = in_the_lobby(confirms=True)
    landed(talk, room="#tea")
    history(talk, room="#tea")
    talk.types("/join #lobby")
    talk.gets("@msgid=7;time=2026-11-21T12:00:00.000Z :bob!b@h PRIVMSG #lobby :seen")
    talk.mode.take_commands()
    lost_and_found(talk)
    landed(talk)
    assert talk.sent == ["CHATHISTORY AFTER #lobby msgid=7 50"]
    talk.gets(
        "@msgid=9;time=2026-11-21T12:02:00.000Z :bob!b@h PRIVMSG #lobby :live", ":s PONG s :hubbub-landing"
    )
    assert talk.sent == ["JOIN #tea"]
    history(
        talk,
        "msgid=8;time=2026-11-21T12:01:00.000Z :bob!b@h PRIVMSG #lobby :missed",
        "msgid=9;time=2026-11-21T12:02:00.000Z :bob!b@h PRIVMSG #lobby :live",
    )
    landed(talk, room="#tea", names="")
    assert talk.sent == ["CHATHISTORY LATEST #tea * 50"]
    history(talk, room="#tea")
    text = talk.text
    assert text[0] == "You are back in #lobby with bob and carol."
    assert [line.partition("] ")[2] for line in text[1:3]] == ["bob: missed", "bob: live"]
    assert text[3:] == ["You are back in #tea, and nobody else is."]
    assert talk.mode.landed
    assert talk.mode.room == "#lobby"


def test_what_is_typed_meanwhile_is_sent_once_afterwards() -> None:
    talk = in_the_lobby(confirms=True)
    talk.mode.disconnected()
    talk.types("typed offline", "bob: you there?")
    assert talk.sent == []
    assert talk.mode.unconfirmed == 2
    talk.mode.reconnected()
    welcomed(talk)
    landed(talk)
    history(talk)
    talk.mode.take_commands()
    talk.gets(":s PONG s :hubbub-landing")
    assert talk.said == ["PRIVMSG #lobby :typed offline", "PRIVMSG bob :you there?"]


def test_what_was_on_its_way_is_found_in_history_or_reported() -> None:
    talk = in_the_lobby(confirms=True)
    talk.types("arrived", "did not")
    talk.mode.take_commands()
    lost_and_found(talk)
    landed(talk)
    history(talk, "msgid=8;time=2026-11-21T12:01:00.000Z :alice!a@h PRIVMSG #lobby :arrived")
    talk.gets(":s PONG s :hubbub-landing")
    assert talk.text == [
        "You are back in #lobby with bob and carol.",
        "This may not have arrived (to #lobby): did not",
    ]
    assert talk.mode.failures == 1


def test_a_name_taken_meanwhile_is_replaced() -> None:
    talk = in_the_lobby()
    talk.mode.disconnected()
    talk.mode.reconnected()
    talk.mode.take_commands()
    talk.gets(":s 433 * alice :in use")
    assert talk.sent == ["NICK alice2"]
    assert talk.text == ['"alice" is taken. You are alice2 for now.']


def test_leaving_while_there_is_no_connection() -> None:
    talk = in_the_lobby()
    talk.mode.disconnected()
    talk.types("bye")
    assert talk.mode.wants_to_leave
    assert talk.sent == []
    assert talk.text == ["Goodbye."]


# -- limits -------------------------------------------------------------------------------------------------


def test_a_name_too_long_to_write_to_is_refused() -> None:
    talk = in_the_lobby()
    talk.types("/msg #" + "ж" * 199 + " hi")
    assert talk.sent == []
    assert talk.text[0].endswith("is too long a name to write to.")
    assert talk.mode.failures == 1


def test_a_password_too_long_for_a_line_is_asked_for_again() -> None:
    talk = Talk(LineMode(asks_password=True))
    talk.types("alice", "x" * 500)
    assert talk.sent == ["CAP LS 302"]
    talk.types("short")
    assert talk.sent[0] == "PASS short"


def test_a_room_with_an_impossible_name_is_no_room() -> None:
    talk = in_the_lobby()
    talk.gets(":alice!a@h JOIN :#a b", ":s 366 alice :#a b")
    assert talk.mode.rooms == ["#lobby"]
    assert talk.sent == []


def test_too_much_typed_ahead_is_refused_and_said_so() -> None:
    talk = fresh("alice")
    talk.types(*[f"line {number}" for number in range(201)])
    assert talk.mode.unconfirmed == 200
    assert talk.text[-1].endswith("line 200")


# -- whatever happens ---------------------------------------------------------------------------------------

LINES = st.text(max_size=60) | st.sampled_from(
    ["/msg ", "\\send ", "bob: ", "/me ", "/join ", "/topic ", "//", "server:", "/kick ", "/who "]
).flatmap(lambda start: st.text(max_size=40).map(lambda rest: start + rest))


@given(st.lists(LINES, max_size=10))
def test_whatever_is_typed_can_be_written_and_fits(lines: list[str]) -> None:
    talk = in_the_lobby()
    talk.types(*lines)
    for message in talk.mode.take_commands():
        assert len(message.to_line().encode()) <= 510


@given(
    st.text(max_size=30), st.sampled_from(["bob: ", "bob:", " bob: ", "/msg bob ", "\\send nemo ", "nemo: "])
)
def test_private_text_never_goes_to_the_room(text: str, start: str) -> None:
    talk = in_the_lobby()
    talk.types(start + text)
    # A smiley or a URL is what the colon may belong to, and nothing private. Control characters don't count.
    ordinary = start == "bob:" and clean(text)[:1] in tuple(":/()[]{}\\|*-'^")
    assert ordinary or not any(line.startswith("PRIVMSG #") for line in talk.sent)


MESSAGES = st.text(max_size=80).map(lambda text: text.translate(dict.fromkeys(map(ord, "\r\n\0"))))


FRONTS = [
    *(
        "PRIVMSG #lobby",
        "PRIVMSG alice",
        "JOIN",
        "NICK",
        "KICK #lobby",
        "MODE #lobby",
        "BATCH",
        "PONG s",
        "CAP *",
    ),
    *("005 alice", "322 alice", "353 alice =", "354 alice 731", "366 alice", "401", "FAIL"),
]


@given(st.lists(st.tuples(st.sampled_from(FRONTS), MESSAGES), max_size=8))
def test_whatever_the_server_sends_the_text_is_harmless(messages: list[tuple[str, str]]) -> None:
    talk = in_the_lobby()
    talk.types("who", "/rooms", "nemo: hi")
    talk.gets(*[f":{source}!u@h {front} :{text}" for source in ("bob", "alice") for front, text in messages])
    talk.gets(":s 315 alice * :End", ":s 323 alice :End")
    for line in talk.text:
        assert not any(unicodedata.category(letter) == "Cc" for letter in line)


# -- search --------------------------------------------------------------------------------------------------


def searching(*lines: str) -> Talk:
    talk = in_the_lobby(caps=f"{CAPS} soju.im/search")
    talk.types("/search Darjeeling in:#tea from:bob leaf")
    talk.gets(":s BATCH +f soju.im/search", *lines, ":s BATCH -f")
    return talk


def local(minute: int) -> str:
    """That minute after twelve, UTC, on the clock of whoever reads."""
    return f"{datetime(2026, 11, 20, 12, minute, tzinfo=UTC).astimezone():%H:%M}"


def test_search_asks_for_words_a_room_and_a_person() -> None:
    assert searching().said == ["SEARCH in=#tea;from=bob;text=Darjeeling\\sleaf;limit=20"]


def test_what_is_found_stands_with_its_room_and_time() -> None:
    talk = searching(
        "@batch=f;time=2026-11-20T12:31:00.000Z :bob!b@h PRIVMSG #tea :Darjeeling leaf",
        "@batch=f;time=2026-11-20T12:32:00.000Z :bob!b@h PRIVMSG alice :for you",
        "@batch=f;time=2026-11-21T12:33:00.000Z :alice!b@h PRIVMSG bob :\x1b[2Jfor bob",
        "@batch=f :carol!b@h NOTICE @#tea :no time",
    )
    assert talk.text == [
        "-- Friday, 20 November 2026 --",
        f"[#tea {local(31)}] bob: Darjeeling leaf",
        f"[private {local(32)}] bob: for you",
        "-- Saturday, 21 November 2026 --",
        f"[private to bob {local(33)}] alice: \ufffd[2Jfor bob",
        "[#tea] [notice] carol: no time",
    ]


def test_nothing_found_is_said() -> None:
    assert searching().text == ["Nothing was found."]


def test_a_search_that_fails_says_why() -> None:
    talk = in_the_lobby(caps=f"{CAPS} soju.im/search")
    talk.types("/search x in:#nowhere")
    talk.gets(":s FAIL SEARCH INVALID_PARAMS in :There is nothing by that name")
    assert talk.text == ["There is nothing by that name"]


def test_who_is_ignored_is_not_found() -> None:
    talk = in_the_lobby(caps=f"{CAPS} soju.im/search")
    talk.types("/ignore bob", "/search x")
    talk.text.clear()
    talk.gets(":s BATCH +f soju.im/search", "@batch=f :bob!b@h PRIVMSG #tea :x", ":s BATCH -f")
    assert talk.text == ["Nothing was found."]


def test_a_server_that_cannot_search_is_not_asked() -> None:
    talk = in_the_lobby()
    talk.types("/search x", "/search")
    assert talk.said == []
    assert talk.text == ["This server can't search.", "Write it like this: /search words"]


def test_a_name_that_is_registered_is_explained() -> None:
    talk = Talk(LineMode())
    talk.types("alice")
    talk.gets(":s 433 * alice :Nickname is registered to somebody else; log in to use it")
    assert any("IDENTIFY alice PASSWORD and /nick alice" in line for line in talk.mode.take_text())
