"""Coming in: conversations with servers of all kinds, and with our own."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.client.events import LoginRefused, NameRefused
from hubbub.client.registration import WANTED, Identity, Registration
from hubbub.irc.wire import BadLine, Message, parse
from hubworld import Client, World
from serving import RunningServer

SECRET = "correct-horse-battery"
GUEST = Identity("alice", realname="Alice")
ALICE = Identity("alice", realname="Alice", password=SECRET, may_send_plain=True)
PLAIN = "AUTHENTICATE " + b64encode(f"\0alice\0{SECRET}".encode()).decode()
HELLO = ["> CAP LS 302", "> NICK alice", "> USER alice 0 * Alice"]
WELCOME = "< :s 001 alice :Welcome"


def act(registration: Registration, script: list[str]) -> None:
    """Lines that begin with < are heard; what is said to them must be the lines with > that follow."""
    sent: list[str] = []
    for line in [*script, "< :s NOTICE * :the end"]:
        if line[0] == "<":
            assert sent == [], f"said unasked before {line}"
            sent = [message.to_line() for message in registration.received(parse(line[2:]))]
        else:
            assert sent[:1] == [line[2:]], f"{sent} instead of {line}"
            sent.pop(0)


def begin(identity: Identity, script: list[str], wanted: tuple[str, ...] = WANTED) -> Registration:
    registration = Registration(identity, wanted)
    assert [f"> {message.to_line()}" for message in registration.start()] == script[: script.index("-")]
    act(registration, script[script.index("-") + 1 :])
    return registration


CONVERSATIONS: dict[str, tuple[Identity, list[str]]] = {
    "a server without CAP welcomes straight away": (
        GUEST,
        [*HELLO, "-", WELCOME],
    ),
    "a server that doesn't know CAP": (
        GUEST,
        [*HELLO, "-", "< :s 421 * CAP :Unknown command", WELCOME],
    ),
    "a server that wants no CAP before registration": (
        GUEST,
        [*HELLO, "-", "< :s 451 * CAP :You have not registered", WELCOME],
    ),
    "a server that knows CAP, but not LS": (
        GUEST,
        [*HELLO, "-", "< :s 410 * LS :Invalid CAP command", "> CAP END", WELCOME],
    ),
    "nothing offered": (
        GUEST,
        [*HELLO, "-", "< :s CAP * LS :", "> CAP END", WELCOME],
    ),
    "nothing offered that we want": (
        GUEST,
        [*HELLO, "-", "< :s CAP * LS :sts=port=6697 tls example.org/dance", "> CAP END", WELCOME],
    ),
    "a list of several lines": (
        GUEST,
        [
            *HELLO,
            "-",
            "< :s CAP * LS * :server-time draft/multiline=max-bytes=4096",
            "< :s CAP * LS * :example.org/x",
            "< :s CAP * LS :batch ",
            "> CAP REQ :batch draft/multiline server-time",
            "< :s CAP alice ACK :batch draft/multiline server-time ",
            "> CAP END",
            WELCOME,
        ],
    ),
    "an ACK of several lines": (
        GUEST,
        [
            *HELLO,
            "-",
            "< :s CAP * LS :server-time batch",
            "> CAP REQ :batch server-time",
            "< :s CAP alice ACK :batch",
            "< :s CAP alice ACK :server-time",
            "> CAP END",
        ],
    ),
    "one of several is refused": (
        GUEST,
        [
            *HELLO,
            "-",
            "< :s CAP * LS :server-time batch",
            "> CAP REQ :batch server-time",
            "< :s CAP alice NAK :batch server-time",
            "> CAP REQ batch",
            "> CAP REQ server-time",
            "< :s CAP alice NAK batch",
            "< :s CAP alice ACK server-time",
            "> CAP END",
        ],
    ),
    "a server password": (
        Identity("alice", "al.ice", "", server_password="open: sesame"),
        ["> PASS :open: sesame", "> CAP LS 302", "> NICK alice", "> USER al.ice 0 * alice", "-", WELCOME],
    ),
    "names that would break the line": (
        Identity("al\nice", "a\r\nQUIT", "A\x00l\nice\x1b", server_password="a\nb"),
        ["> PASS :a b", "> CAP LS 302", "> NICK :al ice", "> USER aQUIT 0 * :Al ice", "-"],
    ),
    "sasl without a password isn't asked for": (
        GUEST,
        [*HELLO, "-", "< :s CAP * LS :sasl=PLAIN", "> CAP END"],
    ),
    "a login": (
        ALICE,
        [
            *HELLO,
            "-",
            "< :s CAP * LS :sasl=PLAIN batch",
            "> CAP REQ :batch sasl",
            "< :s CAP alice ACK :batch sasl",
            "> AUTHENTICATE PLAIN",
            "< AUTHENTICATE +",
            f"> {PLAIN}",
            "< :s 900 alice alice!a@h Alice :You are logged in",
            "< :s 903 alice :Success",
            "> CAP END",
            WELCOME,
        ],
    ),
    "a login waits for all that was asked": (
        ALICE,
        [
            *HELLO,
            "-",
            "< :s CAP * LS :sasl batch",
            "> CAP REQ :batch sasl",
            "< :s CAP alice NAK :batch sasl",
            "> CAP REQ batch",
            "> CAP REQ sasl",
            "< :s CAP alice ACK batch",
            "< :s CAP alice ACK sasl",
            "> AUTHENTICATE SCRAM-SHA-256",
            "< :s 908 alice PLAIN :are available",
            "< :s 904 alice :failed",
            "> AUTHENTICATE PLAIN",
        ],
    ),
}


@pytest.mark.parametrize(("identity", "script"), CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_conversations(identity: Identity, script: list[str]) -> None:
    registration = begin(identity, script)
    assert registration.registered == (WELCOME in script)
    assert registration.take_events() == []
    assert registration.refused == ""


# -- capabilities ------------------------------------------------------------------------------------------------


def test_what_is_offered_and_what_is_in_force() -> None:
    registration = begin(
        GUEST,
        [
            *HELLO,
            "-",
            "< CAP * LS :draft/multiline=max-bytes=4096,max-lines=9 sts=port=1 batch",
            "> CAP REQ :batch draft/multiline",
            "< CAP * ACK batch",
        ],
    )
    assert registration.offered == {
        "draft/multiline": "max-bytes=4096,max-lines=9",
        "sts": "port=1",
        "batch": "",
    }
    assert registration.enabled == {"batch": ""}
    act(registration, ["< CAP * ACK draft/multiline", "> CAP END"])
    assert registration.enabled == {"batch": "", "draft/multiline": "max-bytes=4096,max-lines=9"}


def test_requests_fit_into_lines() -> None:
    registration = Registration(ALICE)
    names = " ".join(WANTED)
    sent = registration.received(parse(f":s CAP * LS :{names}"))
    assert len(sent) > 1
    assert all(len(message.to_line().encode()) < 500 for message in sent)
    assert sorted(name for message in sent for name in message.params[1].split()) == sorted(WANTED)
    for message in sent[:-1]:
        assert registration.received(parse(f":s CAP * ACK :{message.params[1]}")) == []
    assert registration.received(parse(f":s CAP * ACK :{sent[-1].params[1]}"))[0].command == "AUTHENTICATE"
    assert registration.enabled == dict.fromkeys(WANTED, "")


def online(*capabilities: str, identity: Identity = GUEST) -> Registration:
    registration = Registration(identity)
    for message in registration.received(parse(f"CAP * LS :{' '.join(capabilities)}")):
        registration.received(Message("CAP", ["*", "ACK", message.params[-1]]))
    registration.received(parse(":s 001 alice :Welcome"))
    registration.take_events()
    return registration


def test_what_comes_and_goes_later() -> None:
    registration = online("batch")
    act(
        registration,
        [
            "< CAP alice NEW :draft/chathistory=x example.org/y sts",
            "> CAP REQ draft/chathistory",
            "< CAP alice ACK draft/chathistory",
            "< CAP alice NEW :draft/chathistory=z",
        ],
    )
    assert registration.enabled == {"batch": "", "draft/chathistory": "z"}
    act(registration, ["< CAP alice DEL :batch example.org/y nothing"])
    assert registration.enabled == {"draft/chathistory": "z"}
    assert "batch" not in registration.offered
    act(
        registration,
        ["< CAP alice NEW batch", "> CAP REQ batch", "< CAP alice ACK -batch ~draft/chathistory"],
    )
    assert registration.enabled == {"draft/chathistory": "z"}


def test_a_list_of_what_is_in_force() -> None:
    registration = online("batch", "server-time", "away-notify")
    act(registration, ["< CAP alice LIST * :batch", "< CAP alice LIST :server-time"])
    assert sorted(registration.enabled) == ["batch", "server-time"]


def test_the_dicts_stay_the_same() -> None:
    registration = Registration(GUEST)
    offered, enabled = registration.offered, registration.enabled
    act(
        registration,
        ["< CAP * LS batch", "> CAP REQ batch", "< CAP * ACK batch", "> CAP END", "< CAP * LIST :"],
    )
    assert registration.offered is offered
    assert registration.enabled is enabled


def test_a_refused_capability_is_asked_for_again_only_when_it_is_new() -> None:
    registration = Registration(GUEST)
    act(registration, ["< CAP * LS batch", "> CAP REQ batch", "< CAP * NAK batch", "> CAP END"])
    act(registration, ["< CAP * LS batch", "< CAP * NEW batch", "> CAP REQ batch"])


def test_a_refusal_that_names_nothing_is_the_oldest_ones() -> None:
    registration = Registration(GUEST)
    act(registration, ["< CAP * LS batch", "> CAP REQ batch", "< CAP * NAK :", "> CAP END", "< CAP * NAK :x"])


def test_offers_are_bounded() -> None:
    registration = Registration(GUEST)
    for number in range(1_000):
        registration.received(parse(f"CAP * LS * :c{number} {'n' * 500} -x v=" + "v" * 2_000))
    assert len(registration.offered) == 500


# -- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["433", "436", "437"])
def test_a_name_that_is_taken(number: str) -> None:
    registration = begin(GUEST, [*HELLO, "-", f"< :s {number} * alice :It is \x1b[1mtaken"])
    assert registration.take_events() == [NameRefused("alice", "It is \ufffd[1mtaken", "alice2")]
    assert registration.take_events() == []
    assert [message.to_line() for message in registration.take_name("alice2")] == ["NICK alice2"]
    act(registration, ["< :s 433 * alice2 :Taken, too"])
    assert registration.take_events() == [NameRefused("alice2", "Taken, too", "alice2_2")]
    registration.take_name("wonder")
    act(registration, ["< :s 001 Wonder :Welcome", "< :s 433 Wonder other :Taken"])
    assert registration.nick == "Wonder"
    assert registration.take_events() == []


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("Łucja", "ucja"),
        ("Zoë", "Zoe"),
        ("日本", "guest"),
        ("alice-of-wonderland", "alice-of-"),
        ("al ice", "al_ice"),
        ("bob", "bob2"),
        ("1st", "_1st"),
    ],
)
def test_a_name_that_the_server_does_not_like(name: str, suggestion: str) -> None:
    registration = Registration(Identity(name))
    act(registration, ["< :s 432 * * :Erroneous nickname"])
    assert registration.take_events() == [NameRefused(name, "Erroneous nickname", suggestion)]


def test_a_refusal_that_comes_late_is_not_about_the_new_name() -> None:
    registration = Registration(GUEST)
    registration.take_name("wonder")
    act(registration, ["< :s 433 * alice :Taken"])
    assert registration.take_events() == []
    act(registration, ["< :s 433 * wonder :Taken"])
    assert registration.take_events() == [NameRefused("wonder", "Taken", "wonder2")]


@pytest.mark.parametrize(
    ("line", "is_refused"),
    [
        ("FAIL NICK NICKNAME_RESERVED alice :It is reserved", True),
        ("FAIL REGISTER ACCOUNT_EXISTS alice :It is reserved", True),
        ("FAIL REGISTER WEAK_PASSWORD alice :It is reserved", False),
        ("FAIL JOIN X #tea :It is reserved", False),
        ("FAIL", False),
    ],
)
def test_standard_replies_about_names(line: str, is_refused: bool) -> None:
    registration = Registration(GUEST)
    act(registration, [f"< {line}"])
    assert registration.take_events() == [NameRefused("alice", "It is reserved", "alice2")] * is_refused


def test_a_name_in_use_changes_nothing_later() -> None:
    registration = online()
    assert [message.to_line() for message in registration.take_name("bob")] == ["NICK bob"]
    act(registration, ["< :s 433 alice bob :Taken"])
    assert (registration.nick, registration.take_events()) == ("alice", [])


# -- why we are not let in ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["ERROR :Closing link: 127.0.0.1 (Too many connections (3))"], "Too many connections (3)"),
        (["ERROR :Closing Link: alice[a@h] (Throttled: \x1b[2Jslow)"], "Throttled: \ufffd[2Jslow"),
        (["ERROR :Go away"], "Go away"),
        (["ERROR"], "the server gave no reason"),
        ([":s 464 * :Password incorrect", "ERROR :Closing link: h (Bye)"], "Password incorrect"),
        ([":s 465 * :You are banned", "ERROR :x"], "You are banned"),
        (
            ["FAIL * ACCOUNT_REQUIRED :You need an account here", "ERROR :Closing link: h (x)"],
            "You need an account here",
        ),
    ],
)
def test_why_we_are_not_let_in(lines: list[str], reason: str) -> None:
    registration = begin(GUEST, [*HELLO, "-", *[f"< {line}" for line in lines]])
    assert registration.refused == reason


def test_a_welcome_outweighs_what_was_before() -> None:
    registration = begin(GUEST, [*HELLO, "-", "< :s 464 * :Password incorrect", WELCOME])
    assert registration.refused == ""
    act(registration, ["< :s 464 alice :Password incorrect", "< :s 001 mallory :Again"])
    assert (registration.refused, registration.nick) == ("", "alice")
    act(registration, ["< ERROR :Closing link: h (Killed: enough)"])
    assert registration.refused == "Killed: enough"


# -- logging in --------------------------------------------------------------------------------------------------

LOGIN = ["< CAP * LS sasl=PLAIN", "> CAP REQ sasl", "< CAP * ACK sasl", "> AUTHENTICATE PLAIN"]


def test_whom_we_are_logged_in_to() -> None:
    registration = begin(
        ALICE,
        [
            *HELLO,
            "-",
            *LOGIN,
            "< AUTHENTICATE +",
            f"> {PLAIN}",
            "< 900 * a!b@c Alice :x",
            "< 903 * :x",
            "> CAP END",
            WELCOME,
        ],
    )
    assert (registration.account, registration.is_logging_in) == ("Alice", False)
    act(registration, ["< 901 alice a!b@c :You are logged out"])
    assert registration.account == ""


def test_a_refused_login_makes_a_guest() -> None:
    script = [*LOGIN, "< AUTHENTICATE +", f"> {PLAIN}", "< :s 904 * :That is \x02wrong", "> CAP END", WELCOME]
    registration = begin(ALICE, [*HELLO, "-", *script])
    assert registration.registered
    assert registration.take_events() == [LoginRefused("alice", "That is wrong")]


@pytest.mark.parametrize(
    "script",
    [
        ["< CAP * LS :", "> CAP END", WELCOME],
        ["< 421 * CAP :Unknown command", WELCOME],
        [WELCOME],
        ["< CAP * LS sasl", "> CAP REQ sasl", "< CAP * NAK sasl", "> CAP END", WELCOME],
        [*LOGIN, "< CAP * DEL sasl", "> CAP END", "< 904 * :failed", WELCOME],
    ],
)
def test_a_server_without_logins(script: list[str]) -> None:
    registration = begin(ALICE, [*HELLO, "-", *script])
    events = registration.take_events()
    assert [type(event) for event in events] == [LoginRefused]
    assert registration.registered


def test_no_login_in_clear() -> None:
    registration = Registration(Identity("alice", password=SECRET))
    act(registration, ["< CAP * LS sasl=PLAIN", "> CAP REQ sasl", "< CAP * ACK sasl", "> CAP END", WELCOME])
    (event,) = registration.take_events()
    assert isinstance(event, LoginRefused)
    assert "encrypted" in event.reason


def test_a_welcome_in_the_middle_of_a_login() -> None:
    registration = begin(ALICE, [*HELLO, "-", *LOGIN, WELCOME, "< 906 alice :Aborted"])
    assert registration.take_events() == []
    act(registration, ["< AUTHENTICATE +", f"> {PLAIN}", "< 906 alice :Aborted"])
    assert registration.take_events() == [LoginRefused("alice", "Aborted")]


def test_a_certificate_instead_of_a_password() -> None:
    registration = Registration(Identity("alice", certificate=True))
    script = ["< CAP * LS sasl=EXTERNAL", "> CAP REQ sasl", "< CAP * ACK sasl", "> AUTHENTICATE EXTERNAL"]
    act(registration, [*script, "< AUTHENTICATE +", "> AUTHENTICATE +", "< 903 * :x", "> CAP END"])
    assert registration.take_events() == []


def test_logins_that_are_possible_again() -> None:
    registration = online("batch", identity=ALICE)
    act(
        registration,
        [
            "< CAP alice NEW sasl=PLAIN",
            "> CAP REQ sasl",
            "< CAP alice ACK sasl",
            "> AUTHENTICATE PLAIN",
            "< AUTHENTICATE +",
            f"> {PLAIN}",
            "< 900 alice a!b@c alice :x",
            "< 903 alice :x",
            "< CAP alice NEW sasl=PLAIN,EXTERNAL",
            "< CAP alice DEL sasl",
            "< 901 alice a!b@c :x",
            "< CAP alice NEW sasl=PLAIN",
            "> CAP REQ sasl",
            "< CAP alice ACK sasl",
            "> AUTHENTICATE PLAIN",
        ],
    )
    assert registration.take_events() == []


def test_logging_in_later() -> None:
    registration = online("sasl=PLAIN", identity=Identity("alice", may_send_plain=True))
    assert [message.to_line() for message in registration.login_again("alice", SECRET)] == ["CAP REQ sasl"]
    act(registration, ["< CAP alice ACK sasl", "> AUTHENTICATE PLAIN", "< AUTHENTICATE +", f"> {PLAIN}"])
    act(registration, ["< 904 alice :Wrong"])
    assert registration.take_events() == [LoginRefused("alice", "Wrong")]
    assert [message.to_line() for message in registration.login_again("alice", SECRET)] == [
        "AUTHENTICATE PLAIN"
    ]
    act(registration, ["< AUTHENTICATE +", f"> {PLAIN}", "< 903 alice :x"])
    assert registration.account == "alice"


def test_logging_in_later_where_the_capability_is_refused() -> None:
    registration = online("sasl=PLAIN")
    registration.login_again("alice", SECRET)
    act(registration, ["< CAP alice NAK sasl"])
    assert [type(event) for event in registration.take_events()] == [LoginRefused]


def test_a_login_while_another_one_is_under_way() -> None:
    registration = begin(ALICE, [*HELLO, "-", *LOGIN])
    assert [message.to_line() for message in registration.login_again("bob", "other")] == ["AUTHENTICATE *"]
    other = "AUTHENTICATE " + b64encode(b"\0bob\0other").decode()
    act(
        registration,
        [
            "< AUTHENTICATE +",
            "< 906 * :Aborted",
            "> AUTHENTICATE PLAIN",
            "< AUTHENTICATE +",
            f"> {other}",
            "< 903 * :x",
            "> CAP END",
        ],
    )
    assert registration.take_events() == []
    assert registration.account == "bob"


def test_a_name_becomes_free_by_logging_in() -> None:
    registration = Registration(Identity("alice", may_send_plain=True))
    act(registration, ["< CAP * LS sasl=PLAIN", "> CAP END", "< 433 * alice :It is registered"])
    assert [message.to_line() for message in registration.login_again("alice", SECRET)] == ["CAP REQ sasl"]
    act(
        registration,
        [
            "< CAP * ACK sasl",
            "> AUTHENTICATE PLAIN",
            "< AUTHENTICATE +",
            f"> {PLAIN}",
            "< 903 * :x",
            "> NICK alice",
            "> CAP END",
            WELCOME,
        ],
    )


def test_nickserv_where_there_is_no_sasl() -> None:
    registration = online(identity=Identity("alice", may_send_plain=True))
    assert [message.to_line() for message in registration.login_again("alice", SECRET)] == [
        f"NICKSERV IDENTIFY alice {SECRET}"
    ]
    act(registration, ["< 421 alice NICKSERV :Unknown command", "< 421 alice NICKSERV :Unknown command"])
    assert [type(event) for event in registration.take_events()] == [LoginRefused]


def test_no_nickserv_in_clear() -> None:
    registration = online()
    assert registration.login_again("alice", SECRET) == []
    (event,) = registration.take_events()
    assert isinstance(event, LoginRefused)
    assert "encrypted" in event.reason


def test_secrets_are_in_no_repr() -> None:
    identity = Identity("alice", password=SECRET, server_password=SECRET)
    assert SECRET not in repr(identity)
    assert SECRET not in repr(Registration(identity))


# -- our own server ----------------------------------------------------------------------------------------------


def converse(client: Client, registration: Registration) -> None:
    """Until neither has anything more to say."""
    client.send(*[message.to_line() for message in registration.start()])
    go_on(client, registration)


def go_on(client: Client, registration: Registration) -> None:
    while lines := client.received():
        for line in lines:
            client.send(*[message.to_line() for message in registration.received(parse(line))])


def with_account(world: World) -> None:
    alice = world.client("alice", secure=True)
    assert any(" 900 " in line for line in alice.asks(f"REGISTER * * {SECRET}"))
    alice.leave()


@pytest.mark.parametrize("secure", [True, False])
def test_our_server(secure: bool) -> None:
    world = World()
    with_account(world)
    registration = Registration(Identity("alice", password=SECRET, may_send_plain=secure))
    converse(world.connection(ip="192.0.2.7", secure=secure), registration)
    assert (registration.registered, registration.nick, registration.account) == (True, "alice", "alice")
    assert registration.enabled.keys() == registration.offered.keys() & set(WANTED)
    assert registration.enabled["draft/multiline"].startswith("max-bytes=")
    assert registration.take_events() == []


def test_our_server_refuses_a_wrong_password() -> None:
    world = World()
    with_account(world)
    registration = Registration(Identity("bob", account="alice", password="wrong", may_send_plain=True))
    converse(world.connection(secure=True), registration)
    assert registration.take_events() == [LoginRefused("alice", "SASL authentication failed")]
    assert (registration.registered, registration.nick, registration.account) == (True, "bob", "")


def test_our_server_keeps_a_registered_name() -> None:
    world = World()
    with_account(world)
    client, registration = world.connection(secure=True), Registration(Identity("alice"))
    converse(client, registration)
    (event,) = registration.take_events()
    assert isinstance(event, NameRefused)
    assert (event.name, event.suggestion, registration.registered) == ("alice", "alice2", False)
    client.send(*[message.to_line() for message in registration.login_again("alice", SECRET)])
    go_on(client, registration)
    assert (registration.registered, registration.nick, registration.account) == (True, "alice", "alice")


def test_our_server_logs_a_guest_in() -> None:
    world = World()
    with_account(world)
    client, registration = world.connection(secure=True), Registration(Identity("guest"))
    converse(client, registration)
    assert registration.registered
    client.send(*[message.to_line() for message in registration.login_again("alice", SECRET)])
    go_on(client, registration)
    assert (registration.account, registration.take_events()) == ("alice", [])


def test_our_server_wants_an_account() -> None:
    registration = Registration(GUEST)
    converse(World({"accounts.guests": "none"}).connection(), registration)
    assert not registration.registered
    assert registration.refused.startswith("You need an account here")


def test_over_a_socket(tmp_path: Path) -> None:
    """With real hashing beside the loop, bytes on a socket and SCRAM."""
    with RunningServer(tmp_path) as server:
        with server.irc("alice") as first:
            first.send(f"REGISTER * * {SECRET}")
            first.until(" 900 ")
        registration = Registration(Identity("alice", password=SECRET))
        with server.connect() as client:
            client.send(*[message.to_line() for message in registration.start()])
            said: list[str] = []
            while not registration.registered:
                line = client.line()
                assert line is not None
                answers = [message.to_line() for message in registration.received(parse(line))]
                client.send(*answers)
                said += answers
        assert "AUTHENTICATE SCRAM-SHA-256" in said
        assert (registration.nick, registration.account) == ("alice", "alice")


# -- nothing is too strange --------------------------------------------------------------------------------------

COMMANDS = """
CAP AUTHENTICATE FAIL ERROR NICK 001 421 410 432 433 437 451 464 900 901 902 903 904 906 908
"""
WORDS = """
* alice LS ACK NAK NEW DEL LIST sasl sasl=PLAIN batch -batch server-time x=y + cg== NICK CAP AUTHENTICATE NICKSERV
ACCOUNT_REQUIRED
"""
commands = st.sampled_from(COMMANDS.split())
words = st.sampled_from([*WORDS.split(), "", " ", "batch sasl"])


@given(
    st.lists(st.tuples(commands, st.lists(words | st.text(max_size=5), max_size=4)), max_size=30),
    st.sampled_from([GUEST, ALICE, Identity("", password=SECRET), Identity("\ud800", password="\ud800")]),
    st.lists(st.sampled_from(["name", "login", ""]), max_size=30),
)
def test_random_messages(lines: list[tuple[str, list[str]]], identity: Identity, acts: list[str]) -> None:
    registration = Registration(identity)
    sent = registration.start()
    for number, (command, params) in enumerate(lines):
        sent += registration.received(Message(command, params))
        act_now = acts[number] if number < len(acts) else ""
        sent += registration.take_name("x") if act_now == "name" else []
        sent += registration.login_again("x", "y") if act_now == "login" else []
    assert all("\n" not in message.to_line() for message in sent)
    assert sum(message.params == ["END"] for message in sent) <= 1 + len(acts)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=60), max_size=20))
def test_random_lines(lines: list[str]) -> None:
    registration: Any = Registration(ALICE)
    for line in lines:
        try:
            message = parse(line)
        except BadLine:
            continue
        registration.received(message)
