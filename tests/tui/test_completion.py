"""What Tab makes of a half-written word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.tui.completion import Argument, begin, files_in, unquote
from hubbub.tui.typed import Say, read


class Place:
    """A room with four people."""

    channel_types = "#&"

    def __init__(self, files: Mapping[str, Iterable[tuple[str, bool]]] | None = None) -> None:
        self._files = files or {}

    def speakers(self) -> list[tuple[str, int]]:
        return [("alice", 5), ("Albert", 9), ("zoe", 0), ("bob", 3), ("[al]", 0)]

    def nicks(self) -> list[str]:
        return ["ALICE", "alfred", "carol", "ali\u202eevil"]

    def rooms(self) -> list[str]:
        return ["#tea", "#geo", "#General"]

    def commands(self) -> dict[str, Argument]:
        return {
            "join": Argument.ROOM,
            "me": Argument.TEXT,
            "msg": Argument.NICK,
            "react": Argument.EMOJI,
            "topic": Argument.TOPIC,
            "upload": Argument.PATH,
        }

    def files(self, directory: str) -> Iterable[tuple[str, bool]]:
        return self._files.get(directory, ())


def _rounds(typed: str, *, by: int = 1, place: Place | None = None, suffix: str = ", ") -> list[str]:
    """What the text before and behind the cursor (|) becomes by each Tab, once round."""
    text, cursor = typed.replace("|", ""), typed.index("|")
    completion = begin(text, cursor, place or Place(), suffix=suffix)
    shown = []
    for _ in completion.candidates if completion else ():
        start, end, new = completion.step(text, by)
        text = text[:start] + new + text[end:]
        shown.append(f"{text[: start + len(new)]}|{text[start + len(new) :]}")
    return shown


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("al|", ["Albert, |", "alice, |", "alfred, |"]),
        ("AL|", ["Albert, |", "alice, |", "alfred, |"]),
        ("ask al|", ["ask Albert |", "ask alice |", "ask alfred |"]),
        ("ask @zo|", ["ask @zoe |"]),
        ("ask zo|, please", ["ask zoe|, please"]),
        ("zo| hello", ["zoe,| hello"]),
        ("car|", ["carol, |"]),
        ("see #ge|", ["see #General |", "see #geo |"]),
        ("/jo|", ["/join |"]),
        ("/JO|", ["/join |"]),
        ("\\m|", ["\\me |", "\\msg |"]),
        ("/join ge|", ["/join #General |", "/join #geo |"]),
        ("/join #t|", ["/join #tea |"]),
        ("/msg zo|", ["/msg zoe |"]),
        ("/msg |", ["/msg Albert |", "/msg alice |", "/msg bob |", "/msg [al] |", "/msg zoe |"]),
        ("/me greets zo|", ["/me greets zoe |"]),
        ("hi :rocke|", ["hi 🚀 |"]),
        ("/react rocke|", ["/react 🚀 |"]),
        ("/react 3 :rocke|", ["/react 3 🚀 |"]),
        ("//jo|", []),
        ("/nothing|", []),
        ("nobody|", []),
        (":|", []),
    ],
)
def test_completing(typed: str, becomes: list[str]) -> None:
    assert _rounds(typed) == becomes


class Named(Place):
    def topic(self) -> str:
        return "All about\n tea\x07"


def test_the_topic_is_offered_to_be_changed() -> None:
    assert _rounds("/topic |", place=Named()) == ["/topic All about tea|"]
    assert _rounds("/topic #t|", place=Named()) == ["/topic #tea |"]
    assert _rounds("/topic |", place=Place()) == []


def test_a_completed_name_is_said_to_all() -> None:
    completion = begin("zo", 2, Place())
    assert completion is not None
    assert read(completion.step("zo", 1)[2] + "hi") == Say("zoe, hi")


def test_the_thumb_comes_first() -> None:
    assert _rounds(":thu|")[0] == "👍 |"


def test_shift_tab_goes_the_other_way_round() -> None:
    assert _rounds("al|", by=-1) == ["alfred, |", "alice, |", "Albert, |"]


def test_what_follows_a_nick_is_a_setting() -> None:
    assert _rounds("zo|", suffix=": ") == ["zoe: |"]


def test_going_back_and_forth() -> None:
    completion = begin("al", 2, Place())
    assert completion is not None
    text = "al"
    for by, expected in (
        (1, "Albert, "),
        (1, "alice, "),
        (-1, "Albert, "),
        (-1, "alfred, "),
        (1, "Albert, "),
    ):
        start, end, new = completion.step(text, by)
        text = text[:start] + new + text[end:]
        assert text == expected
    assert completion.undo() == (0, len(text), "al")
    assert completion.labels == ["Albert", "alice", "alfred"]


_FILES = {
    "": [("notes.txt", False), (".hidden", False), ("Docs", True)],
    "~/": [("Documents", True), ("Downloads", True), ("My Pictures", True), ('a"b\\c.txt', False)],
    "~/My Pictures/": [("a cat.png", False), ("evil\x1b[2J", False)],
}


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("/upload n|", ["/upload notes.txt |"]),
        ("/upload d|", ["/upload Docs/|"]),
        ("/upload .|", ["/upload .hidden |"]),
        ("/upload ~|", ["/upload ~/|"]),
        ("/upload ~/D|", ["/upload ~/Documents/|", "/upload ~/Downloads/|"]),
        ("/upload ~/my|", ['/upload "~/My Pictures/|']),
        ('/upload "~/My Pictures/|', ['/upload "~/My Pictures/a cat.png" |']),
        ("/upload ~/My Pictures/a c|", ['/upload "~/My Pictures/a cat.png" |']),
        ('/upload ~/a"|', ['/upload "~/a\\"b\\\\c.txt" |']),
        ("/upload nowhere/x|", []),
    ],
)
def test_completing_paths(typed: str, becomes: list[str]) -> None:
    assert _rounds(typed, place=Place(_FILES)) == becomes


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a b", "a b"),
        ('"a b"', "a b"),
        ('"a b" ', "a b"),
        ('"a b', "a b"),
        ("'a b'", "a b"),
        ('"a\\"b\\\\"', 'a"b\\'),
        ("", ""),
    ],
)
def test_reading_a_path(typed: str, meant: str) -> None:
    assert unquote(typed) == meant


def test_files_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for directory in ("~/", "", f"{tmp_path}/"):
        assert sorted(files_in(directory)) == [("file", False), ("sub", True)]
    assert files_in("~/none/") == files_in("\0") == []


@given(
    st.text(alphabet="al#:/ zo\n@\"'~jüé🚀", max_size=20),
    st.text(alphabet="al#: z,.\n", max_size=10),
    st.lists(st.sampled_from([1, -1]), min_size=1, max_size=6),
)
def test_what_stands_behind_the_cursor_is_never_lost(left: str, right: str, steps: list[int]) -> None:
    completion = begin(left + right, len(left), Place(_FILES))
    if completion is None:
        return
    text = left + right
    for by in steps:
        start, end, new = completion.step(text, by)
        text = text[:start] + new + text[end:]
        assert text.endswith(right)
        assert text.startswith(left[: completion.start])
    start, end, word = completion.undo()
    assert text[:start] + word + text[end:] == left + right
