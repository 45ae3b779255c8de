"""Lines taken apart and put together, against the public parser vectors and message-tags."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hubbub.irc import wire
from hubbub.irc.wire import BadLine, Message, format_line, parse

VECTORS = Path(__file__).parents[2] / "vectors"


def vectors(name: str) -> list[dict[str, Any]]:
    return json.loads((VECTORS / f"{name}.json").read_text())["tests"]


@pytest.mark.parametrize("vector", vectors("msg-split"), ids=lambda vector: vector["input"])
def test_split_vectors(vector: dict[str, Any]) -> None:
    atoms = vector["atoms"]
    assert parse(vector["input"]) == Message(
        atoms["verb"].upper(), atoms.get("params", []), atoms.get("source", ""), atoms.get("tags")
    )


@pytest.mark.parametrize("vector", vectors("msg-join"), ids=lambda vector: vector["desc"])
def test_join_vectors(vector: dict[str, Any]) -> None:
    atoms = vector["atoms"]
    message = Message(atoms["verb"], atoms.get("params", []), atoms.get("source", ""), atoms.get("tags"))
    assert message.to_line() in vector["matches"]


@pytest.mark.parametrize("vector", vectors("userhost-split"), ids=lambda vector: vector["source"])
def test_userhost_vectors(vector: dict[str, Any]) -> None:
    atoms = vector["atoms"]
    expected = (atoms.get("nick", ""), atoms.get("user", ""), atoms.get("host", ""))
    assert wire.split_source(vector["source"]) == expected


def test_command_is_upper_case_and_many_spaces_are_one() -> None:
    assert parse("privmsg   #tea  :  two  words ") == Message("PRIVMSG", ["#tea", "  two  words "])


def test_a_numeric_is_a_command() -> None:
    assert parse(":irc.example 001 alice :Welcome") == Message("001", ["alice", "Welcome"], "irc.example")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   ",
        ":src",
        ":src ",
        "@a=b",
        "@a=b :src",
        ": PING",
        " :text",
        "12 x",
        "1234 x",
        "PR1VMSG x",
        "ÄÖ x",
    ],
)
def test_a_line_without_source_or_command_is_refused(line: str) -> None:
    with pytest.raises(BadLine):
        parse(line)


@pytest.mark.parametrize("letter", ["\0", "\r", "\n"])
@pytest.mark.parametrize("line", ["PING x{}", "@a={} PING", ":s{} PING", "PING :a {}"])
def test_nul_cr_and_lf_are_refused_anywhere(line: str, letter: str) -> None:
    with pytest.raises(BadLine) as refused:
        parse(line.format(letter))
    assert "NUL" in refused.value.reason


def test_the_refusal_of_a_command_is_not_remembered_as_a_success() -> None:
    for _ in range(2):
        with pytest.raises(BadLine):
            parse("b@d")


def test_tags_without_a_key_are_passed_over() -> None:
    assert parse("@=x;;a=1; PING").tags == {"a": "1"}
    assert parse("@ PING") == Message("PING")


def test_an_equals_sign_belongs_to_the_value_after_the_first() -> None:
    assert parse("@a=b=c PING").tags == {"a": "b=c"}


def test_messages_share_nothing() -> None:
    first, second = parse("JOIN #tea"), parse("JOIN #tea")
    first.params.append("key")
    first.tags["a"] = "b"
    assert second == Message("JOIN", ["#tea"])


def test_a_message_differs_from_other_things_and_shows_itself() -> None:
    message = Message("PING", ["x"], "src", {"a": "b"})
    assert message != "PING x"
    assert message not in [Message("PONG", ["x"], "src", {"a": "b"}), Message("PING", ["x"], "src")]
    assert repr(message) == "Message('PING', ['x'], source='src', tags={'a': 'b'})"
    with pytest.raises(TypeError):
        hash(message)


def test_text_carries_a_colon_though_it_is_one_word() -> None:
    assert format_line("PRIVMSG", ["#tea", "hi"], "alice!a@host") == ":alice!a@host PRIVMSG #tea :hi"
    assert format_line("MODE", ["#tea", "+o", "alice"]) == "MODE #tea +o alice"


@pytest.mark.parametrize(
    "message",
    [
        Message("PRIVMSG", ["", "x"]),
        Message("PRIVMSG", ["#tea", "", "x"]),
        Message("PRIVMSG", ["a b", "x"]),
        Message("PRIVMSG", ["#tea", "a b", "x"]),
        Message("PRIVMSG", ["a ", "x"]),
        Message("PRIVMSG", [":tea", "x"]),
        Message("PRIVMSG", ["#tea", ":a", "x"]),
        Message("PRIVMSG", ["#tea", "x\r\nQUIT"]),
        Message("PRIVMSG", ["#tea", "x\0"]),
        Message("PRIVMSG x", ["y"]),
        Message("", ["y"]),
        Message("PING", source="a b"),
        Message("PING", source="a\n"),
        Message("PING", tags={"": "x"}),
        Message("PING", tags={"a b": "x"}),
        Message("PING", tags={"a;b": "x"}),
        Message("PING", tags={"a=b": "x"}),
        Message("PING", tags={"a\n": "x"}),
        Message("PING", tags={"a": "\0"}),
    ],
    ids=repr,
)
def test_what_cannot_be_written_is_refused(message: Message) -> None:
    with pytest.raises(BadLine):
        message.to_line()


def test_every_character_to_be_escaped_is() -> None:
    assert wire.escape_tag("a;b c\\d\re\n") == "a\\:b\\sc\\\\d\\re\\n"
    for letter in "; \\\r\n":
        assert wire.unescape_tag(wire.escape_tag(letter)) == letter != wire.escape_tag(letter)


def test_a_backslash_without_meaning_is_dropped() -> None:
    assert wire.unescape_tag("\\b\\") == "b"


def test_a_tag_without_value_takes_no_equals_sign() -> None:
    assert wire.format_tags({"a": "b", "+c": "", "d": "x y"}) == "a=b;+c;d=x\\sy"
