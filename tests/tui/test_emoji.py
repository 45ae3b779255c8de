"""Emoji by their names."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.tui.emoji import emoji_named, is_emoji, name_of, search, with_emoji
from hubbub.tui.line_editing import clean


def test_a_name_stands_for_an_emoji_with_or_without_colons_and_in_any_case() -> None:
    assert emoji_named(":thumbsup:") == emoji_named("thumbsup") == emoji_named("ThumbsUp") == "👍"
    assert emoji_named("+1") == "👍"
    assert emoji_named("no_such_thing") == emoji_named("") == ""


def test_an_emoji_has_a_name_that_leads_back_to_it() -> None:
    for emoji in ("👍", "👩‍🚀", "🇩🇪", "❤️"):
        assert emoji_named(name_of(emoji)) == emoji
        assert is_emoji(emoji)
    assert name_of("x") == ""
    assert not is_emoji("x")


def test_search_offers_short_names_first_and_each_emoji_once() -> None:
    found = search("thu")
    assert found[0] == ("thumbsup", "👍")
    assert len({one.emoji for one in found}) == len(found)
    assert search("rocket")[0].emoji == "🚀"
    assert len(search("s", 5)) == 5
    assert search("") == search(":") == search("zzzzz") == []


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("well done :thumbsup:", "well done 👍"),
        (":+1::+1:", "👍👍"),
        ("(:tada:)", "(🎉)"),
        ("at 12:30:45", "at 12:30:45"),
        ("a:heart:b", "a:heart:b"),
        ("`:tada:` and ```\n:tada:\n``` :tada:", "`:tada:` and ```\n:tada:\n``` 🎉"),
        ("https://example.org/:tada:", "https://example.org/:tada:"),
        (":-) :D :nothing: ::", ":-) :D :nothing: ::"),
        ("std::heart::x", "std::heart::x"),
    ],
)
def test_names_become_emoji_on_the_way_out(typed: str, sent: str) -> None:
    assert with_emoji(typed) == sent


@given(st.sampled_from(search("a", 200)))
def test_what_is_offered_may_stand_in_the_input(found: tuple[str, str]) -> None:
    assert clean(found[1]) == found[1]


def test_the_tables_are_not_read_at_the_start() -> None:
    program = "import sys, hubbub.tui.completion, hubbub.tui.emoji; print('emoji' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
