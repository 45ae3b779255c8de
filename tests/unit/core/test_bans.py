"""Entries of a room's lists.  https://ircv3.net/specs/extensions/account-extban; Modern IRC, "EXTBAN Parameter" """

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.core.bans import NoMask, Verdict, meaning, to_entry, verdict
from hubbub.core.model import Channel, ListEntry, User


def person(nick: str, account: str = "") -> User:
    user = User("1-1", nick, "~u", "example.org", nick)
    user.account, user.ip = account, "192.0.2.7"
    return user


def room(bans: str, exceptions: str = "") -> Channel:
    channel = Channel("1-2", "#tea", 0)
    for letter, masks in (("b", bans), ("e", exceptions)):
        channel.lists[letter] = {mask: ListEntry(mask, "", 0) for mask in masks.split()}
    return channel


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("bob", "bob!*@*"),
        ("~bob@example.org", "*!~bob@example.org"),
        ("~a:bob", "~a:bob"),
        ("~a:b*", "~a:b*"),
        ("~m:bob", "~m:bob!*@*"),
        ("~m:~a:bob", "~m:~a:bob"),
    ],
)
def test_what_is_kept(given_: str, kept: str) -> None:
    assert to_entry(given_, "b") == kept


@pytest.mark.parametrize(
    "text", ["~x:bob", "~a:", "~a:bob!*", "~a:~m:bob", "~m:", "~m:~m:bob", "~m:~x:bob", "~A:bob"]
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(NoMask):
        to_entry(text, "b")


def test_a_mute_is_no_invite_exception() -> None:
    with pytest.raises(NoMask):
        to_entry("~m:bob", "I")


@pytest.mark.parametrize(
    ("entry", "nick", "account", "fits"),
    [
        ("~a:bob", "anything", "Bob", True),
        ("~a:bob", "bob", "", False),
        ("~a:*", "anything", "bob", True),
        ("~a:*", "anything", "", False),
        ("bob!*@*", "Bob", "", True),
        ("*!*@192.0.2.*", "bob", "", True),
        ("~m:~a:bob", "anything", "bob", True),
        ("~m:*!*@example.org", "bob", "", True),
        ("~m:*!*@example.net", "bob", "", False),
    ],
)
def test_whom_it_means(entry: str, nick: str, account: str, fits: bool) -> None:
    assert meaning(entry).fits(person(nick, account)) is fits


@pytest.mark.parametrize(
    ("bans", "exceptions", "expected"),
    [
        ("", "", Verdict(False, False)),
        ("bob!*@*", "", Verdict(True, False)),
        ("~m:bob!*@*", "", Verdict(False, True)),
        ("bob!*@* ~m:bob!*@*", "", Verdict(True, True)),
        ("bob!*@* ~m:bob!*@*", "*!*@example.org", Verdict(False, False)),
        ("bob!*@* ~m:bob!*@*", "~m:*!*@example.org", Verdict(True, False)),
        ("~m:*!*@*", "~a:bob", Verdict(False, False)),
    ],
)
def test_verdicts(bans: str, exceptions: str, expected: Verdict) -> None:
    assert verdict(room(bans, exceptions), person("bob", "bob")) == expected


def test_a_verdict_is_for_who_somebody_is_at_the_moment() -> None:
    channel, bob = room("bob!*@* ~m:~a:robert"), person("bob")
    assert verdict(channel, bob) == Verdict(True, False)
    bob.nick = "robert"
    assert verdict(channel, bob) == Verdict(False, False)
    bob.account = "robert"
    assert verdict(channel, bob) == Verdict(False, True)


@given(st.text(st.characters(exclude_characters="\0\r\n"), max_size=40))
def test_anything_is_kept_or_refused(text: str) -> None:
    try:
        entry = to_entry(text, "b")
    except NoMask:
        return
    meaning(entry).fits(person("bob", "bob"))
    assert to_entry(entry, "b") == entry
