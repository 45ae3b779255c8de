"""What typed lines mean, as tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.irc.names import is_nick
from hubbub.plain.commands import COMMANDS, Unclear
from hubbub.plain.typed import (
    LONGEST,
    Do,
    Mistake,
    Say,
    Tell,
    check_name,
    clean,
    read,
    read_name,
    split_text,
)


@pytest.mark.parametrize(
    "line",
    [
        "hello",
        "http://example.org/a:b",
        "https://example.org",
        "mailto:alice@example.org",
        "12:30 is fine",
        "at 12:30: lunch",
        ":)",
        ":: ::",
        "std::vector is fine",
        "hello:)",
        r"C:\Users\alice",
        "two words: text",
        "bye all",
        "who is there?",
        "quit it",
        "#tea: a room",
        "a/b: text",
    ],
)
def test_ordinary_text_is_said(line: str) -> None:
    assert read(line) == Say(line)


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("alice: hi", Tell("alice", "hi")),
        ("alice:hi", Tell("alice", "hi")),
        ("alice:   hi there ", Tell("alice", "hi there")),
        ("re: hello", Tell("re", "hello")),
        ("Élodie: salut", Tell("Élodie", "salut")),
        ("alice: http://example.org", Tell("alice", "http://example.org")),
        ("alice: :)", Tell("alice", ":)")),
        ("mailto: the list", Tell("mailto", "the list")),
        ("a:b", Tell("a", "b")),
    ],
)
def test_a_name_and_a_colon_make_it_private(line: str, typed: Tell) -> None:
    assert read(line) == typed


@pytest.mark.parametrize(
    ("line", "command", "rest"),
    [
        ("/msg alice hi there", "msg", "alice hi there"),
        (r"\msg alice hi", "msg", "alice hi"),
        (r"\send alice hi", "msg", "alice hi"),
        (r"\send 127.0.0.1:4000 hi", "msg", "127.0.0.1:4000 hi"),
        ("/W alice hi", "msg", "alice hi"),
        ("/dm alice hi", "msg", "alice hi"),
        ("/query alice hi", "msg", "alice hi"),
        ("/list", "who", ""),
        (r"\list", "who", ""),
        ("who", "who", ""),
        ("WHO", "who", ""),
        ("list", "who", ""),
        ("/who", "who", ""),
        ("/names", "who", ""),
        ("server:who", "who", ""),
        ("Server: WHO", "who", ""),
        ("server:help", "help", ""),
        ("help", "help", ""),
        (r"\help", "help", ""),
        ("/? msg", "help", "msg"),
        ("/quit see you", "quit", "see you"),
        ("/exit", "quit", ""),
        ("/bye", "quit", ""),
        (r"\quit", "quit", ""),
        ("exit", "quit", ""),
        ("bye", "quit", ""),
        ("quit", "quit", ""),
        (":q", "quit", ""),
        ("server:exit", "quit", ""),
        ("server:register al", "nick", "al"),
        ("/join tea", "join", "tea"),
        ("/me waves", "me", "waves"),
    ],
)
def test_commands(line: str, command: str, rest: str) -> None:
    assert read(line) == Do(command, rest)


@pytest.mark.parametrize(("line", "said"), [("//x y", "/x y"), (r"\\x", r"\x"), ("//", "/")])
def test_a_doubled_slash_is_said(line: str, said: str) -> None:
    assert read(line) == Say(said)


@pytest.mark.parametrize("line", ["/nope", r"\nope text", "/", "/ text", "server:dance", "alice:"])
def test_mistakes_are_explained(line: str) -> None:
    typed = read(line)
    assert isinstance(typed, Mistake)
    assert typed.reason.endswith((".", line))


def test_nothing_means_nothing() -> None:
    assert read("") is None


def test_a_pasted_file_is_refused() -> None:
    assert isinstance(read("x" * (LONGEST + 1)), Mistake)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("hello\r", "hello"),
        ("\x1b[Ahello\x1b[1;5D", "hello"),
        ("\ufffd\ufffd\ufffd\ufffd\x06hello", "hello"),
        ("caf\ufffd", "caf\ufffd"),
        ("a\x00b\x07c", "abc"),
        ("a\tb", "a    b"),
        ("  alice: hi ", "alice: hi"),
        ("\x01ACTION waves\x01", "ACTION waves"),
    ],
)
def test_clean(raw: str, text: str) -> None:
    assert clean(raw) == text


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ("alice", "alice"),
        ("server:register alice", "alice"),
        ("/nick alice", "alice"),
        ("/quit", Do("quit", "")),
        ("bye", Do("quit", "")),
        ("who", Do("who", "")),
        ("help", Do("help", "")),
        ("alice: hi", "alice: hi"),
    ],
)
def test_answers_to_the_question_for_a_name(answer: str, meaning: object) -> None:
    assert read_name(answer) == meaning


def test_an_unknown_command_is_no_name() -> None:
    assert isinstance(read_name(r"\alice"), Mistake)


@pytest.mark.parametrize("name", ["server", "Who", "two words", "1st", "a:b", "#tea"])
def test_names_that_nobody_can_have(name: str) -> None:
    with pytest.raises(Unclear):
        check_name(name)


def test_text_is_split_between_words() -> None:
    assert split_text("one two three", 8) == ["one two", "three"]
    assert split_text("one two three", 7) == ["one two", "three"]
    assert split_text("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert split_text("", 4) == []


@given(st.text(), st.integers(min_value=4, max_value=80))
def test_splitting_loses_nothing_but_spaces(text: str, size: int) -> None:
    pieces = split_text(text, size)
    assert all(len(piece.encode()) <= size for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


NAMES = st.text(min_size=1, max_size=20).filter(is_nick)


@given(NAMES, st.text(alphabet=st.characters(categories=["L", "N", "Zs"]), min_size=1))
def test_a_line_that_begins_with_a_name_is_never_said(name: str, text: str) -> None:
    assert not isinstance(read(clean(f"{name}: {text}")), Say)


@given(st.sampled_from("/\\"), st.text(min_size=1))
def test_a_line_that_begins_with_a_slash_is_never_said(slash: str, text: str) -> None:
    line = clean(slash + text)
    assert line.startswith(slash * 2) or not isinstance(read(line), Say)


def test_every_command_explains_itself() -> None:
    for command in COMMANDS.values():
        assert command.usage
        assert command.summary
