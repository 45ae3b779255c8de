"""Commands that wait for an answer, and those whose words are secret."""

from __future__ import annotations

import pytest

from hubbub.client.events import Phase
from hubbub.irc.wire import parse
from tui.noted_desk import make_desk

# -- secrets -------------------------------------------------------------------------------------------------


def test_passwords_are_asked_for_where_nobody_sees_them() -> None:
    desk = make_desk()
    desk.type("/register")
    assert desk.question == "A password for alice, which will be yours:"
    desk.answer("secret")
    assert desk.question == "The same password once more:"
    desk.answer("secret")
    desk.type("/oper root")
    desk.answer("secret2")
    assert desk.sent() == ["REGISTER * * secret", "OPER root secret2"]
    desk.type("/login")
    assert desk.question == "The password of alice:"
    desk.type("/login carol")
    assert desk.question == "The password of carol:"
    desk.session.chat.account = "alice"
    desk.type("/passwd")
    desk.answer("new secret")
    desk.answer("new secret")
    assert desk.sent()[-1] == "NS SET PASSWORD :new secret"


def test_a_new_password_that_was_mistyped_changes_nothing() -> None:
    desk = make_desk()
    desk.type("/register")
    desk.answer("secret")
    desk.answer("sectre")
    assert desk.refused == [
        "These were two different passwords, so nothing was changed. /register asks again."
    ]
    assert not desk.sent()


def test_login_with_a_password() -> None:
    desk = make_desk()
    desk.type("/login carol my secret")
    desk.session.received(
        parse(":tea.example 900 me me!me@tea.example carol :You are now logged in as carol")
    )
    assert desk.session.identity.account == "carol"
    assert desk.session.identity.password == "my secret"


def test_what_is_said_to_nickserv_stays_in_no_conversation() -> None:
    desk = make_desk()
    desk.type("/msg NickServ identify secret")
    assert desk.session.chat.find("NickServ") is None


# -- answers -------------------------------------------------------------------------------------------------


def test_unignoring() -> None:
    desk = make_desk()
    desk.session.ignore("bob", True)
    desk.type("/unignore Bob")
    assert desk.notes == [("ignore", "Bob", False)]


def test_an_answer_is_told() -> None:
    desk = make_desk()
    desk.type("/whois bob")
    desk.answered(
        ":t 311 alice bob bobby host.example * :Bob B.",
        ":t 319 alice bob :@#tea #milk",
        ":t 330 alice bob bob :is logged in as",
        ":t 318 alice bob :End",
    )
    assert desk.told == ["bob (Bob B.), bobby@host.example\n  in #milk @#tea\n  logged in as bob"]


def test_a_refusal_is_told_in_our_words_where_we_have_some() -> None:
    desk = make_desk()
    desk.type("/whois nobody")
    desk.answered(":t 401 alice nobody :No such nick/channel")
    desk.type("/kick bob")
    desk.answered(":t FAIL KICK NO_WAY bob :Not today")
    assert desk.refused == ['No one is called "nobody" here.', "Not today"]


def test_a_name_that_is_taken() -> None:
    desk = make_desk()
    desk.type("/nick bob")
    desk.answered(":t 433 alice bob :Nickname is already in use")
    assert desk.refused == ['"bob" is taken.']


def test_an_empty_list_of_bans() -> None:
    desk = make_desk()
    desk.type("/bans")
    desk.answered(":t 368 alice #tea :End")
    assert desk.told == ["Nobody is banned from #tea."]


@pytest.mark.parametrize(
    ("whom", "masks"),
    [
        ("bob", ["*!*@h2", "bob!*@*"]),
        ("BOB", ["*!*@h2", "bob!*@*"]),
        ("carol", ["~a:carol"]),
        ("2", ["~a:carol"]),
        ("*!*@h2", ["*!*@h2"]),
        ("10.0.0.1", ["*!*@10.0.0.1"]),
    ],
)
def test_unban_takes_back_all_that_mean_somebody(whom: str, masks: list[str]) -> None:
    desk = make_desk()
    desk.type(f"/unban {whom}")
    listed = ["*!*@h2", "~a:carol", "bob!*@*", "*!*@10.0.0.1"]
    desk.answered(
        *(f":t 367 alice #tea {mask} alice!a@b 1700000000" for mask in listed), ":t 368 alice #tea :End"
    )
    assert desk.sent() == [f"MODE #tea -b {mask}" for mask in masks]


def test_unban_of_somebody_who_is_not_banned() -> None:
    desk = make_desk()
    for whom in ("dan", "0", "7"):
        desk.type(f"/unban {whom}")
        desk.answered(":t 367 alice #tea *!*@h2 alice 1700000000", ":t 368 alice #tea :End")
    assert [reason.split(".")[0] for reason in desk.refused] == [
        f"No ban of #tea means {whom}" for whom in ("dan", "0", "7")
    ]


def test_a_ban_for_a_while_is_taken_back_by_the_program() -> None:
    desk = make_desk()
    desk.type("/ban bob 2h")
    assert desk.later == []
    desk.answered(":alice!a@h1 MODE #tea +b bob!*@*")
    assert desk.told == [
        "bob is banned for 2 hours; the ban is lifted by this client, so it stays if you leave before. "
        "/unban bob lifts it."
    ]
    [(seconds, act)] = desk.later
    assert seconds == 7200
    act()
    assert desk.sent() == ["MODE #tea -b bob!*@*"]


def test_modes_are_told_in_words() -> None:
    desk = make_desk()
    desk.type("/mode")
    desk.answered(":t 324 alice #tea +nti")
    desk.type("/mode #milk")
    desk.answered(":t 324 alice #milk +")
    desk.type("/mode alice")
    desk.answered(":t 221 alice +ix")
    assert desk.told == [
        "#tea: only people in the room may write to it, topic only by operators, by invitation only.",
        "#milk has no rules of its own.",
        "You: unseen by people who share no room with you, +x.",
    ]


def test_ping_tells_how_long_it_took() -> None:
    desk = make_desk()
    desk.type("/ping")
    desk.answered(":t PONG t hubbub")
    assert desk.told[0].startswith("The server answered in ")


def test_registering_tells_what_the_server_says() -> None:
    desk = make_desk()
    desk.type("/register secret")
    desk.answered(":t REGISTER SUCCESS alice :Your name is yours now")
    assert desk.told == ["Your name is yours now"]


def test_too_much_is_refused() -> None:
    desk = make_desk()
    desk.session.phase = Phase.WAITING
    for _ in range(1_000):
        desk.session.say(desk.conversation, "x")
    desk.type("/say one more")
    assert desk.refused == ["Too much waits for the connection already."]
