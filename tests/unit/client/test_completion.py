"""What Tab offers."""

from __future__ import annotations

import pytest

from hubbub.client.completion import completions

PEOPLE = ["bob", "Bobby", "alice"]
ROOMS = ["#lobby", "#tea"]


@pytest.mark.parametrize(
    ("before", "word", "found"),
    [
        ("bo", "bo", ["bob: ", "Bobby: "]),
        ("hello bo", "bo", ["bob", "Bobby"]),
        ("/msg al", "al", ["alice"]),
        ("/jo", "/jo", ["/join "]),
        ("\\me", "\\me", ["\\me "]),
        ("/join #t", "#t", ["#tea"]),
        ("", "", []),
        ("hello ", "", []),
        ("zed", "zed", []),
    ],
)
def test_completions(before: str, word: str, found: list[str]) -> None:
    assert completions(before, PEOPLE, ROOMS) == (word, found)
