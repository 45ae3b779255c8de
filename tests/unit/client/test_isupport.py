"""What servers say about themselves in 005."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.client.isupport import Isupport, read_tokens
from hubbub.irc.wire import Message, parse


def tokens(*lines: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        assert read_tokens(found, parse(f":irc.example 005 alice {line} :are supported by this server"))
    return found


def test_tokens_of_several_lines_with_and_without_values() -> None:
    assert tokens("NICKLEN=20 SAFELIST EMPTY=", "network=Example draft/CHATHISTORY=50") == {
        "NICKLEN": "20",
        "SAFELIST": "",
        "EMPTY": "",
        "NETWORK": "Example",
        "draft/CHATHISTORY": "50",
    }


def test_a_token_is_taken_back() -> None:
    assert tokens("KNOCK WHOX", "-KNOCK -NEVER") == {"WHOX": ""}


def test_a_later_value_counts() -> None:
    assert tokens("TOPICLEN=100", "TOPICLEN=200") == {"TOPICLEN": "200"}


@pytest.mark.parametrize(
    ("escaped", "value"),
    [
        ("Two\\x20words", "Two words"),
        ("a\\x3Db\\x5Cc", "a=b\\c"),
        ("no\\x1b[31mcolour", "no\\x1b[31mcolour"),
        ("half\\x2", "half\\x2"),
        ("del\\x7F", "del\\x7F"),
    ],
)
def test_escapes(escaped: str, value: str) -> None:
    assert tokens(f"NETWORK={escaped}")["NETWORK"] == value


def test_other_messages_are_not_taken() -> None:
    found: dict[str, str] = {}
    assert not read_tokens(found, parse(":irc.example 004 alice irc.example hubbub BIow"))
    assert found == {}


def test_what_is_too_much_is_left_out() -> None:
    found = tokens(f"LONG={'x' * 2000} {'N' * 100}=1 ODD\x1b=1")
    assert found == {}
    for number in range(2_000):
        read_tokens(found, Message("005", ["alice", f"T{number}=1", "text"]))
    assert len(found) == 512
    read_tokens(found, Message("005", ["alice", "T1=2", "NEW=1", "text"]))
    assert found["T1"] == "2"
    assert "NEW" not in found


def test_where_the_server_says_nothing() -> None:
    isupport = Isupport({})
    assert (isupport.nicklen, isupport.linelen, isupport.history_limit) == (32, 512, 0)
    assert (isupport.network, isupport.statusmsg, isupport.has_history) == ("", "", False)
    assert isupport.references == ("msgid", "timestamp")
    assert isupport.modes.chanmodes() == "b,k,l,imnpst"
    assert isupport.modes.prefixes == "ov"
    assert not isupport.requires_account


def test_what_hubbub_says() -> None:
    found = tokens(
        "NICKLEN=24 LINELEN=2048 CHATHISTORY=1000 MSGREFTYPES=timestamp NETWORK=The\\x20tea\\x20house",
        "CHANMODES=Ibe,k,HSl,CMRimnpst PREFIX=(qov)~@+ STATUSMSG=@+ draft/ACCOUNTREQUIRED",
    )
    isupport = Isupport(found)
    assert (isupport.nicklen, isupport.linelen, isupport.history_limit) == (24, 2048, 1000)
    assert (isupport.network, isupport.statusmsg, isupport.has_history) == ("The tea house", "@+", True)
    assert isupport.references == ("timestamp",)
    assert isupport.modes.lists == "Ibe"
    assert isupport.modes.must_take("H", adding=True)
    assert not isupport.modes.must_take("H", adding=False)
    assert isupport.modes.must_take("q", adding=False)
    assert isupport.requires_account


@pytest.mark.parametrize(
    ("value", "linelen"),
    [("", 512), ("many", 512), ("0", 512), ("-3", 512), ("²", 512), ("9" * 5000, 512), ("99999999", 16_384)],
)
def test_numbers_that_make_no_sense(value: str, linelen: int) -> None:
    assert Isupport({"LINELEN": value}).linelen == linelen


def test_the_network_is_fit_to_be_shown() -> None:
    assert Isupport({"NETWORK": "a\u202eb\x1bc" + "d" * 100}).network == "ab\ufffdc" + "d" * 58


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"))))
def test_nothing_is_too_strange(params: list[str]) -> None:
    found: dict[str, str] = {}
    read_tokens(found, Message("005", params))
    isupport = Isupport(found)
    assert isupport.nicklen > 0
    assert isupport.modes is not None
    assert isinstance(isupport.references, tuple)
