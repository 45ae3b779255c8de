"""The generated pages: everything that can be set, said or asked for is on its page, and held by a test."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import hubbub.features
from hubbub.config import Settings, describe
from hubbub.core.capability import CAPABILITIES, isupport_tokens
from hubbub.core.command import COMMANDS
from hubbub.core.modes import CHANNEL_MODES, USER_MODES

assert hubbub.features  # imported for its effect: the features fill the registries

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import docs_conformance  # noqa: E402 -- found through the path set above
import make_docs  # noqa: E402 -- likewise


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_all_that_is_spoken_is_mentioned_by_a_test() -> None:
    assert docs_conformance.untested() == []


def test_a_word_that_no_test_says_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs_conformance, "_texts", lambda: {"part": "alice: PART #tea"})
    untested = docs_conformance.untested()
    assert "JOIN" in untested
    assert "PART" not in untested


@pytest.mark.parametrize("name", make_docs.PAGES)
def test_a_page_is_what_the_code_says(name: str) -> None:
    assert page(name) == make_docs.PAGES[name]()


def test_every_setting_is_on_its_page() -> None:
    text = page("settings.md")
    assert [key.key for key in describe() if f"| `{key.key}` |" not in text] == []


@pytest.mark.parametrize("name", ["commands.md", "conformance.md"])
def test_every_command_and_capability_is_on_both_pages(name: str) -> None:
    text = page(name)
    assert [verb for verb in COMMANDS if f"`{verb}`" not in text and f"`{verb} " not in text] == []
    assert [capability for capability in CAPABILITIES if f"`{capability}`" not in text] == []
    tokens = [token.partition("=")[0] for token in isupport_tokens(Settings())]
    assert [token for token in tokens if f"`{token}`" not in text] == []


def test_every_mode_is_on_the_page_of_commands() -> None:
    rooms, people = page("commands.md").split("## Modes of rooms")[1].split("## Modes of people")
    assert [letter for letter in CHANNEL_MODES if f"| `{letter}`" not in rooms] == []
    assert [letter for letter in USER_MODES if f"| `{letter}`" not in people] == []
