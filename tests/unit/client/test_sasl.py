"""Logging in with each mechanism, against servers that are right, wrong, and hostile."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scramp import ScramMechanism

from hubbub.client.sasl import CHUNK, Hopeless, Login, Plain, Scram
from hubbub.irc.wire import Message, parse

SECRET = "correct horse"
REFUSED = ":s 904 me :SASL authentication failed"


def say(login: Login, *lines: str) -> list[str]:
    return [message.to_line() for line in lines for message in login.received(parse(line))]


def start(login: Login) -> list[str]:
    return [message.to_line() for message in login.start()]


def challenge(data: str) -> str:
    return f"AUTHENTICATE {b64encode(data.encode()).decode()}"


def said(lines: list[str]) -> str:
    return b64decode(
        "".join(line.removeprefix("AUTHENTICATE ") for line in lines if line[-1] != "+")
    ).decode()


def login(**options: Any) -> Login:
    return Login("alice", SECRET, **({"may_send_plain": True} | options))


class ScramServer:
    """scramp's own, as the other side."""

    def __init__(self, password: str = SECRET) -> None:
        mechanism = ScramMechanism("SCRAM-SHA-256")
        verifier = mechanism.make_auth_info(password)
        self.server = mechanism.make_server(lambda name: verifier if name == "alice" else None)

    def first(self, client_first: str) -> str:
        self.server.set_client_first(client_first)
        return challenge(self.server.get_server_first())

    def final(self, client_final: str) -> str:
        self.server.set_client_final(client_final)
        return challenge(self.server.get_server_final())


def until_final(attempt: Login, server: ScramServer) -> str:
    """Up to the client's proof."""
    assert start(attempt) == ["AUTHENTICATE SCRAM-SHA-256"]
    first = said(say(attempt, "AUTHENTICATE +"))
    return said(say(attempt, server.first(first)))


# -- the mechanisms ----------------------------------------------------------------------------------------------


def test_plain() -> None:
    attempt = login(mechanisms=["PLAIN"])
    assert start(attempt) == ["AUTHENTICATE PLAIN"]
    assert said(say(attempt, "AUTHENTICATE +")) == f"\0alice\0{SECRET}"
    assert say(attempt, ":s 900 me me!m@h alice :You are logged in", ":s 903 me :Success") == []
    assert (attempt.done, attempt.failed, attempt.reason) == (True, False, "")


def test_scram() -> None:
    attempt, server = login(mechanisms=["PLAIN", "SCRAM-SHA-256"]), ScramServer()
    final = until_final(attempt, server)
    assert say(attempt, server.final(final)) == ["AUTHENTICATE +"]
    assert not attempt.done
    say(attempt, ":s 903 me :Success")
    assert (attempt.done, attempt.failed) == (True, False)


def test_scram_as_in_the_rfc() -> None:
    """RFC 7677, section 3."""
    mechanism = Scram("user", "pencil", "rOprNGfwEbeRWgbNEkqO")
    assert mechanism.answer(b"") == b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
    nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    final = mechanism.answer(f"r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096".encode())
    assert final.decode() == f"c=biws,r={nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    assert mechanism.answer(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=") == b""
    assert mechanism.is_proven


def test_external() -> None:
    attempt = login(mechanisms=["PLAIN", "EXTERNAL"], certificate=True)
    assert start(attempt) == ["AUTHENTICATE EXTERNAL"]
    assert say(attempt, "AUTHENTICATE +") == ["AUTHENTICATE +"]
    say(attempt, ":s 903 me :Success")
    assert not attempt.failed


# -- which one ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"mechanisms": ["EXTERNAL", "plain", "scram-sha-256"]}, "AUTHENTICATE SCRAM-SHA-256"),
        ({"mechanisms": ["PLAIN"]}, "AUTHENTICATE PLAIN"),
        ({"mechanisms": []}, "AUTHENTICATE SCRAM-SHA-256"),
        ({"mechanisms": [""]}, "AUTHENTICATE SCRAM-SHA-256"),
        ({"mechanisms": [], "may_send_plain": False}, "AUTHENTICATE SCRAM-SHA-256"),
        ({"mechanisms": ["PLAIN", "EXTERNAL"], "certificate": True}, "AUTHENTICATE EXTERNAL"),
    ],
)
def test_the_best_that_is_offered(options: dict[str, Any], line: str) -> None:
    assert start(login(**options)) == [line]


def test_no_password_in_clear() -> None:
    attempt = login(mechanisms=["PLAIN"], may_send_plain=False)
    assert start(attempt) == []
    assert attempt.failed
    assert "encrypted" in attempt.reason


def test_nothing_that_works_here() -> None:
    attempt = login(mechanisms=["EXTERNAL", "ECDSA-NIST256P-CHALLENGE"])
    assert start(attempt) == []
    assert attempt.reason == "the server knows no login that works here"


def test_a_server_that_says_only_now_what_it_has() -> None:
    attempt = login()
    start(attempt)
    assert say(attempt, ":s 908 me PLAIN,EXTERNAL :are available SASL mechanisms") == []
    assert say(attempt, REFUSED) == ["AUTHENTICATE PLAIN"]


def test_an_account_that_has_no_scram() -> None:
    """The server refuses before it could test anything, and PLAIN is allowed."""
    attempt = login(mechanisms=["SCRAM-SHA-256", "PLAIN"])
    start(attempt)
    say(attempt, "AUTHENTICATE +")
    assert say(attempt, REFUSED) == ["AUTHENTICATE PLAIN"]
    assert said(say(attempt, "AUTHENTICATE +")) == f"\0alice\0{SECRET}"


def test_nothing_is_left() -> None:
    attempt = login(may_send_plain=False)
    start(attempt)
    assert say(attempt, REFUSED) == []
    assert (attempt.failed, attempt.reason) == (True, "SASL authentication failed")


def test_a_password_that_scram_does_not_take() -> None:
    attempt = Login("alice", "bell\x07", may_send_plain=True)
    assert start(attempt) == ["AUTHENTICATE PLAIN"]
    attempt = Login("alice", "bell\x07")
    assert start(attempt) == []
    assert "characters" in attempt.reason


# -- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (REFUSED, "SASL authentication failed"),
        (":s 902 me :Your account is locked", "Your account is locked"),
        (":s 905 me :Too long", "Too long"),
        (":s 906 me :Aborted", "Aborted"),
        (":s 907 me :You have already authenticated", "You have already authenticated"),
        (":s FAIL AUTHENTICATE X :\x1b]0;hi\x07no", "\ufffd]0;hi\ufffdno"),
        (":s 421 me AUTHENTICATE :Unknown command", "Unknown command"),
        (":s 904 me :", "the name or the password is wrong"),
    ],
)
def test_the_server_says_why(line: str, reason: str) -> None:
    attempt = login(mechanisms=["PLAIN"])
    start(attempt)
    say(attempt, "AUTHENTICATE +")
    assert say(attempt, line) == []
    assert (attempt.done, attempt.failed, attempt.reason) == (True, True, reason)
    assert say(attempt, "AUTHENTICATE +", ":s 903 me :Success") == []
    assert attempt.failed


@pytest.mark.parametrize(
    "line", [":s 421 me CAP :x", ":s FAIL NICK X :y", "PRIVMSG me :x", "AUTHENTICATE", ":s 433 * me :x"]
)
def test_what_has_nothing_to_do_with_it(line: str) -> None:
    attempt = login()
    start(attempt)
    assert say(attempt, line) == []
    assert not attempt.done


def test_a_wrong_password_is_not_tried_again_in_clear() -> None:
    attempt, server = login(mechanisms=["SCRAM-SHA-256", "PLAIN"]), ScramServer("another")
    until_final(attempt, server)
    assert say(attempt, REFUSED) == []
    assert attempt.reason == "SASL authentication failed"


def test_a_server_that_does_not_know_the_password() -> None:
    attempt, server = login(mechanisms=["SCRAM-SHA-256", "PLAIN"]), ScramServer("another")
    until_final(attempt, server)
    forged = challenge("v=" + b64encode(b"x" * 32).decode())
    assert say(attempt, forged) == ["AUTHENTICATE *"]
    assert attempt.failed
    assert "prove" in attempt.reason


def test_a_server_that_says_yes_without_proof() -> None:
    attempt, server = login(), ScramServer()
    until_final(attempt, server)
    assert say(attempt, ":s 903 me :Success") == []
    assert attempt.failed
    assert "prove" in attempt.reason


def test_a_scram_error() -> None:
    attempt, server = login(), ScramServer()
    until_final(attempt, server)
    assert say(attempt, challenge("e=invalid-proof")) == ["AUTHENTICATE *"]
    assert attempt.reason == "the name or the password is wrong"


@pytest.mark.parametrize(
    "line",
    [
        "AUTHENTICATE !!!",
        "AUTHENTICATE é",
        "AUTHENTICATE gIA=",
        challenge("r=other,s=QSXCR+Q6sek8bf92,i=4096"),
        challenge("nonsense"),
        challenge("e=other-error,x"),
    ],
)
def test_nonsense_ends_it(line: str) -> None:
    attempt = login()
    start(attempt)
    say(attempt, "AUTHENTICATE +")
    assert say(attempt, line) == ["AUTHENTICATE *"]
    assert attempt.failed
    assert say(attempt, ":s 906 me :Aborted") == []


def test_no_server_makes_us_calculate_for_long() -> None:
    mechanism = Scram("alice", SECRET, "abc")
    mechanism.answer(b"")
    with pytest.raises(Hopeless):
        mechanism.answer(b"r=abcdef,s=QSXCR+Q6sek8bf92,i=9999999")
    assert not mechanism.is_used


def test_a_second_challenge_gets_no_second_password() -> None:
    attempt = login(mechanisms=["PLAIN"])
    start(attempt)
    assert len(say(attempt, "AUTHENTICATE +")) == 1
    assert say(attempt, "AUTHENTICATE +") == ["AUTHENTICATE *"]


def test_stopping_it() -> None:
    attempt = login()
    start(attempt)
    assert [message.to_line() for message in attempt.abort("not now")] == ["AUTHENTICATE *"]
    assert say(attempt, "AUTHENTICATE +") == []
    say(attempt, ":s 906 me :Aborted")
    assert (attempt.done, attempt.reason) == (True, "not now")


def test_the_end_of_the_attempt_before_is_not_ours() -> None:
    attempt = login()
    start(attempt)
    say(attempt, ":s 906 me :Aborted")
    assert not attempt.done


# -- chunks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [1, 291, 292, 293, 300, 591, 592, 593, 2_000])
def test_long_answers_go_in_pieces(length: int) -> None:
    attempt = Login("alice", "x" * length, mechanisms=["PLAIN"], may_send_plain=True)
    start(attempt)
    lines = say(attempt, "AUTHENTICATE +")
    pieces = [line.removeprefix("AUTHENTICATE ") for line in lines]
    assert all(len(piece) == CHUNK for piece in pieces[:-1])
    assert len(pieces[-1]) < CHUNK
    assert said(lines) == "\0alice\0" + "x" * length


def test_a_long_challenge_comes_in_pieces() -> None:
    attempt = login()
    start(attempt)
    nonce = said(say(attempt, "AUTHENTICATE +")).rpartition("r=")[2]
    long = challenge(f"r={nonce}{'n' * 550},s=QSXCR+Q6sek8bf92,i=4096").removeprefix("AUTHENTICATE ")
    pieces = [long[start : start + CHUNK] for start in range(0, len(long), CHUNK)]
    assert len(pieces) > 1
    for piece in pieces[:-1]:
        assert say(attempt, f"AUTHENTICATE {piece}") == []
    assert "p=" in said(say(attempt, f"AUTHENTICATE {pieces[-1]}"))


def test_a_challenge_of_a_full_piece_ends_with_a_plus() -> None:
    attempt = login()
    start(attempt)
    nonce = said(say(attempt, "AUTHENTICATE +")).rpartition("r=")[2]
    rest = ",s=QSXCR+Q6sek8bf92,i=4096"
    filling = "n" * (CHUNK // 4 * 3 - len(f"r={nonce}{rest}"))
    line = challenge(f"r={nonce}{filling}{rest}")
    assert len(line) == len("AUTHENTICATE ") + CHUNK
    assert say(attempt, line) == []
    assert "p=" in said(say(attempt, "AUTHENTICATE +"))


def test_a_challenge_without_end() -> None:
    attempt = login()
    start(attempt)
    lines = [f"AUTHENTICATE {'A' * CHUNK}"] * 100
    assert say(attempt, *lines) == ["AUTHENTICATE *"]
    assert attempt.failed


# -- secrets -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("password", [SECRET, "bell\x07" + SECRET, SECRET + "\ud800"])
def test_passwords_are_in_no_repr_and_no_reason(password: str) -> None:
    attempt = Login("alice", password, may_send_plain=True)
    start(attempt)
    say(attempt, "AUTHENTICATE +", REFUSED, "AUTHENTICATE +", REFUSED)
    assert SECRET not in repr(attempt) + attempt.reason + repr(Plain("alice", password))
    with pytest.raises(Hopeless) as caught:
        Scram("alice", "\x07" + password)
    assert SECRET not in repr(caught.value)
    assert caught.value.__cause__ is None


numbers = st.sampled_from(
    ["900", "902", "903", "904", "905", "906", "907", "908", "421", "FAIL", "AUTHENTICATE"]
)
contents = st.lists(
    st.sampled_from(["+", "*", "", "cg==", "AUTHENTICATE", "PLAIN", "x"]) | st.text(), max_size=3
)


@given(st.lists(st.tuples(numbers, contents), max_size=20), st.booleans())
def test_nothing_is_too_strange(lines: list[tuple[str, list[str]]], may_send_plain: bool) -> None:
    attempt = login(may_send_plain=may_send_plain)
    attempt.start()
    for command, params in lines:
        for message in attempt.received(Message(command, params)):
            assert message.command == "AUTHENTICATE"
            assert may_send_plain or message.params != ["PLAIN"]
