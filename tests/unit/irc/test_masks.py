"""Masks against the public vectors, against a slow and plain matcher, and against masks made to be slow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.irc.masks import compile_mask, matches, to_mask

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "mask-match.json").read_text())["tests"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["mask"])
def test_mask_vectors(vector: dict[str, Any]) -> None:
    assert [text for text in vector["matches"] if not matches(vector["mask"], text)] == []
    assert [text for text in vector["fails"] if matches(vector["mask"], text)] == []


@pytest.mark.parametrize(
    ("mask", "text"),
    [
        ("", ""),
        ("*", ""),
        ("**", "x"),
        ("a*b*c", "a-b-bb-c"),
        ("*ab", "aab"),
        ("a*a", "aa"),
        ("*?b", "abb"),
        ("?*?", "ab"),
        ("ALICE!*", "alice!a@host"),
        ("a.c", "a.c"),
        ("a\\*c", "a*c"),
        ("a\\?c", "a?c"),
        ("a\\b", "a\\b"),
        ("a\\", "a\\"),
        ("*x", "a\nx"),
        ("é*", "éa"),
    ],
)
def test_matching(mask: str, text: str) -> None:
    assert matches(mask, text)


@pytest.mark.parametrize(
    ("mask", "text"),
    [
        ("", "x"),
        ("?", ""),
        ("a*a", "a"),
        ("a*b*c", "a-c-b"),
        ("a\\*c", "abc"),
        ("a\\?c", "abc"),
        ("a.c", "abc"),
        ("a", "ab"),
        ("b", "ab"),
        ("x", "x\n"),
        ("É*", "éa"),
    ],
)
def test_not_matching(mask: str, text: str) -> None:
    assert not matches(mask, text)


def plain_match(mask: str, text: str) -> bool:
    """The definition, word for word: a star is nothing, or one letter and the star again."""
    if not mask:
        return not text
    if mask[0] == "*":
        return plain_match(mask[1:], text) or (text != "" and plain_match(mask, text[1:]))
    return text != "" and mask[0] in ("?", text[0]) and plain_match(mask[1:], text[1:])


@given(st.text("ab?*", max_size=10), st.text("ab", max_size=12))
def test_matching_is_as_defined(mask: str, text: str) -> None:
    assert matches(mask, text) is plain_match(mask, text)


@pytest.mark.parametrize("mask", ["*a" * 250 + "*b", "*?a" * 160 + "b", "a*" * 250 + "b", "*" * 500 + "b"])
@pytest.mark.timeout(10)
def test_a_mask_made_to_be_slow_is_not(mask: str) -> None:
    """With backtracking between the stars this takes longer than the universe has had."""
    assert not matches(mask, "a" * 510)


def test_compiled_masks_are_kept_and_bounded() -> None:
    assert compile_mask("kept!*@*") is compile_mask("kept!*@*")
    assert compile_mask.cache_info().maxsize == 1024


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        ("alice", "alice!*@*"),
        ("alice!a", "alice!a@*"),
        ("alice!a@host", "alice!a@host"),
        ("*@host", "*!*@host"),
        ("a@host", "*!a@host"),
        ("alice!@", "alice!*@*"),
        ("@host", "*!*@host"),
        ("10.0.0.*", "*!*@10.0.0.*"),
        ("::1", "*!*@::1"),
        ("*", "*!*@*"),
        ("", "*!*@*"),
        ("a***!b**@*", "a*!b*@*"),
    ],
)
def test_full_form(text: str, mask: str) -> None:
    assert to_mask(text) == mask


@given(st.text())
def test_the_full_form_stays_as_it_is(text: str) -> None:
    assert to_mask(to_mask(text)) == to_mask(text)
