"""Commands about files and links."""

from __future__ import annotations

import pytest

from hubbub.tui.commands.files import path_and_words
from tui.noted_desk import make_desk

FILES = (
    ":s NOTE FILES FILE #tea 4 bob 2026-01-31T11:00:00.000Z https://tea.example/f/a/old.txt :old.txt",
    ":s NOTE FILES FILE #tea 2048 eve\x1b 2026-01-31T11:30:00.000Z https://tea.example/f/b/new.txt :new\u202e.txt",
    ":s NOTE FILES END #tea 2 :2 files",
)


def test_the_files_that_the_server_lists() -> None:
    desk = make_desk()
    desk.session.chat.capabilities["hubbub.chat/upload"] = "max-size=1000"
    desk.type("/files")
    desk.answered(*FILES)
    (told,) = desk.told
    assert [" ".join(row.split()) for row in told.split("\n")] == [
        "2 bob 11:00 4 bytes old.txt",
        "1 eve\ufffd 11:30 2.0 KiB new.txt",
        "/get number takes one.",
    ]
    # As they were shown, whatever has come meanwhile.
    desk.type("/get 2")
    assert desk.sent() == []
    assert desk.notes == [("download", "https://tea.example/f/a/old.txt", "old.txt", "")]


def test_get_asks_for_the_list_that_nobody_has_seen() -> None:
    desk = make_desk()
    desk.session.chat.capabilities["hubbub.chat/upload"] = ""
    desk.type("/get 1")
    desk.answered(*FILES)
    assert desk.notes == [("download", "https://tea.example/f/b/new.txt", "new\u202e.txt", "")]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("a b c d", ("a b c", "d")),
        ("a b", ("a", "b")),
        ("a\\ b x", ("a b", "x")),
        ("none such", ("none such", "")),
        ("'a b' x y", ("a b", "x y")),
        ('"a b', ("a b", "")),
        ("", ("", "")),
    ],
)
def test_where_a_path_ends(typed: str, found: tuple[str, str]) -> None:
    there = {"a", "a b c"} if "\\" not in typed else {"a b"}
    assert path_and_words(typed, there.__contains__) == found


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("/invite", "INVITELINK #tea"),
        ("/invite link", "INVITELINK #tea"),
        ("/invite link 5", "INVITELINK #tea 5"),
        ("/invite link 2d", "INVITELINK #tea * 2d"),
        ("/invite LINK 5 never", "INVITELINK #tea 5 never"),
    ],
)
def test_a_link_into_the_room(typed: str, sent: str) -> None:
    desk = make_desk()
    desk.session.chat.capabilities["hubbub.chat/invite-link"] = ""
    desk.type(typed)
    assert desk.sent() == [sent]


@pytest.mark.parametrize(
    ("created", "told"),
    [
        (
            "1f3a 5 2026-02-02T12:00:00.000Z t0ken https://tea.example/i/t0ken",
            "A link into #tea, for 5 people, until 2026-02-02 12:00: https://tea.example/i/t0ken",
        ),
        (
            "1f3a * * t0ken *",
            "This lets people into #tea, for any number of people, without end: /join #tea t0ken",
        ),
    ],
)
def test_what_a_link_is_good_for(created: str, told: str) -> None:
    desk = make_desk()
    desk.session.chat.capabilities["hubbub.chat/invite-link"] = ""
    desk.type("/invite")
    desk.answered(f":s INVITELINK #tea CREATED {created}")
    assert desk.told == [told]
    assert [note[:3] for note in desk.notes] == (
        [("show_invitation", "#tea", "https://tea.example/i/t0ken")] if "://" in created else []
    )


def test_no_link_into_a_room() -> None:
    desk = make_desk()
    desk.type("/invite")
    desk.session.chat.capabilities["hubbub.chat/invite-link"] = ""
    desk.type("/invite link 1 2 3")
    desk.type("/invite")
    desk.answered(":s FAIL INVITELINK TOO_MANY_LINKS #tea :The room has too many links")
    assert desk.refused == [
        "This server can't make links into rooms; /invite name asks somebody who is there.",
        "Write it like this: /invite link [for how many] [for how long, such as 2d]",
        "The room has too many links",
    ]
