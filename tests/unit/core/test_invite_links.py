"""Invite links: tokens, times, and what a link opens."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.core.event import decode, encode
from hubbub.core.invite_links import (
    NEVER,
    TOKEN,
    InviteLink,
    InviteLinkChanged,
    InviteLinksGone,
    digest_of,
    handle_of,
    lifetime_ms,
    named_by,
    new_token,
    with_use,
)

HOUR_MS = 3_600_000


def test_a_token_is_a_key_of_join_and_a_part_of_a_url_and_128_bits() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(TOKEN.fullmatch(token) for token in tokens)
    assert 26 * 5 >= 128
    assert len(set("".join(tokens))) == 32


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("30m", HOUR_MS // 2), ("2h", 2 * HOUR_MS), ("7d", 168 * HOUR_MS), ("4w", 672 * HOUR_MS), (NEVER, 0)],
)
def test_times(text: str, meaning: int) -> None:
    assert lifetime_ms(text) == meaning


@pytest.mark.parametrize("text", ["", "0h", "h", "2", "-2h", "2H", "2h ", "99999d", "1y", "²h", "٢h", "2h\n"])
def test_what_is_no_time(text: str) -> None:
    assert lifetime_ms(text) is None


@given(st.text())
def test_any_text_is_a_time_or_none(text: str) -> None:
    found = lifetime_ms(text)
    assert found is None or found >= 0


def test_a_link_is_meant_by_its_handle_its_token_or_its_address() -> None:
    token = new_token()
    digest = digest_of(token)
    handle = handle_of(digest)
    assert named_by(handle) == named_by(handle.upper()) == handle
    for text in (
        token,
        token.upper(),
        f"http://192.0.2.1:1313/i/{token}",
        f"https://chat.example.org/i/{token}/",
    ):
        assert named_by(text) == digest
    for text in ("", "/", "no", token[:-1], handle[:-1], "*"):
        assert named_by(text) == ""


def test_neither_the_handle_nor_what_is_kept_has_the_token() -> None:
    token = new_token()
    event = InviteLinkChanged(digest=digest_of(token), link=InviteLink(name="#tea", made_ms=1))
    assert token.encode() not in encode(event)
    assert not re.search(token[:8], digest_of(token))


@given(st.lists(st.sampled_from("abc"), max_size=8))
def test_each_person_counts_once(people: list[str]) -> None:
    link = InviteLink(name="#tea", made_ms=1, uses=5)
    for person in people:
        link = with_use(link, person)
    assert sorted(link.used_by) == sorted(set(people))


def test_where_nobody_counts_nobody_is_remembered() -> None:
    link = InviteLink(name="#tea", made_ms=1)
    assert with_use(link, "somebody") is link


@pytest.mark.parametrize(
    "event",
    [
        InviteLinkChanged(digest="d", link=InviteLink(name="#tea", made_ms=1, used_by=("a", "b"), uses=3)),
        InviteLinksGone(digests=("d", "e")),
    ],
)
def test_the_facts_survive_the_log(event: InviteLinkChanged | InviteLinksGone) -> None:
    assert decode(encode(event)) == event
