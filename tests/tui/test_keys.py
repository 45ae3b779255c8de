"""What a terminal sends when Alt is held, through Textual's own parser."""

from __future__ import annotations

import pytest
from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser

from hubbub.tui import keys


@pytest.fixture(autouse=True)
def _installed() -> None:
    keys.install()
    keys.install()


def read(sent: str) -> list[str]:
    parser = XTermParser()
    found = [event.key for event in parser.feed(sent) if isinstance(event, events.Key)]
    return found + [event.key for event in parser.feed("") if isinstance(event, events.Key)]


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        *((f"\x1b{digit}", f"alt+{digit}") for digit in "0123456789"),
        ("\x1ba", "alt+a"),
        ("\x1bB", "alt+shift+b"),
        ("\x1bN", "alt+shift+n"),
        ("\x1b/", "alt+slash"),
        ("\x1b=", "alt+equals_sign"),
        ("\x1b-", "alt+minus"),
        ("\x1b+", "alt+plus"),
        ("\x1b_", "alt+underscore"),
        ("\x1b.", "alt+full_stop"),
        ("\x1b,", "alt+comma"),
        ("\x1b<", "alt+less_than_sign"),
        ("\x1b?", "alt+question_mark"),
        ("\x1b ", "alt+space"),
        ("\x1b\r", "alt+enter"),
        ("\x1b\x7f", "alt+backspace"),
        ("\x1b\x08", "alt+backspace"),
        ("\x1b[1;3A", "alt+up"),
        ("\x1b[1;3D", "alt+left"),
        ("\x1b[1;3H", "alt+home"),
        ("\x1b[1;3F", "alt+end"),
        ("\x1b[5;3~", "alt+pageup"),
        ("\x1b[1;4A", "alt+shift+up"),
    ],
)
def test_alt_of_terminals_without_a_protocol(sent: str, name: str) -> None:
    assert read(sent) == [name]


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("\x1b[49;3u", "alt+1"),
        ("\x1b[97;3u", "alt+a"),
        ("\x1b[98;4u", "alt+shift+b"),
        ("\x1b[47;3u", "alt+slash"),
        ("\x1b[61;3u", "alt+equals_sign"),
        ("\x1b[13;3u", "alt+enter"),
        ("\x1b[127;3u", "alt+backspace"),
        ("\x1b[1;3A", "alt+up"),
    ],
)
def test_the_kitty_protocol_gives_the_same_names(sent: str, name: str) -> None:
    assert read(sent) == [name]


def test_a_sign_on_the_upper_half_of_a_key_is_also_known_by_the_key() -> None:
    assert read("\x1b[45;4u") == ["alt+shift+minus"]
    assert keys.spellings("alt+underscore") == ("alt+underscore", "alt+shift+minus")
    assert keys.spellings("ctrl+underscore") == ("ctrl+underscore", "ctrl+shift+minus")
    assert keys.spellings("alt+question_mark") == ("alt+question_mark", "alt+shift+slash")
    assert keys.spellings("alt+a") == ("alt+a",)
    assert keys.spellings("plus") == ("plus",)


def test_keys_in_quick_succession_are_told_apart() -> None:
    assert read("\x1ba\x1ba\x1b1x") == ["alt+a", "alt+a", "alt+1", "x"]


def test_moving_by_words_stays_what_a_mac_means_by_it() -> None:
    assert read("\x1bb\x1bf") == ["ctrl+left", "ctrl+right"]


def test_other_keys_are_as_they_were() -> None:
    assert read("\x1b[A\x1bOP\x1b[18~\r\x7f1/") == ["up", "f1", "f7", "enter", "backspace", "1", "slash"]


def test_no_sequence_hides_a_longer_one() -> None:
    ours = [sequence for sequence, _ in keys.sequences()]
    for longer in ANSI_SEQUENCES_KEYS:
        assert not [one for one in ours if longer.startswith(one) and longer != one]


def test_what_the_table_says_is_what_the_parser_reads() -> None:
    for sequence, name in keys.sequences():
        assert read(sequence) == [name]


def test_without_the_kitty_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.constants.DISABLE_KITTY_KEY", True)
    assert read("\x1b[1;3A\x1b[5;3~") == ["alt+up", "alt+pageup"]
