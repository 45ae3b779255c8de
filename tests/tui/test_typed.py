"""What a typed text means, and who would read it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.plain.typed import BARE, TO_SERVER
from hubbub.tui.commands import COMMANDS
from hubbub.tui.typed import Do, Mistake, Say, Tell, is_secret, read, reads_as


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("hello", Say("hello")),
        ("  hello  ", Say("  hello")),
        ("\thello", Say("    hello")),
        ("   ", None),
        ("  //join is how", Say("  /join is how")),
        # Only what is said is told apart by its indentation: nothing private gets out by it.
        ("  /join #tea", Do("join", "#tea")),
        ("  /nosuch x", read("/nosuch x")),
        ("  bob: hi", Tell("bob", "hi")),
        ("  who", Do("who", "")),
        ("who", Do("who", "")),
        ("list", Do("who", "")),
        ("Help", Do("help", "")),
        ("bye", Do("quit", "")),
        (":q", Do("quit", "")),
        ("who is that", Say("who is that")),
        ("/join #tea", Do("join", "#tea")),
        ("/J #tea", Do("join", "#tea")),
        ("\\list", Do("who", "")),
        ("\\send bob hi", Do("msg", "bob hi")),
        ("\\quit", Do("quit", "")),
        ("\\help", Do("help", "")),
        ("/list", Do("who", "")),
        ("/rooms", Do("rooms", "")),
        ("//join is how", Say("/join is how")),
        ("\\\\server\\share", Say("\\server\\share")),
        ("/s/old/new/", Do("s", "old/new/")),
        ("/s/old/new/g 2", Do("s", "old/new/g 2")),
        ("bob: hi", Tell("bob", "hi")),
        ("bob:hi", Tell("bob", "hi")),
        ("=bob hi there", Tell("bob", "hi there")),
        ("=D ha ha", Say("=D ha ha")),
        ("=P", Say("=P")),
        ("=foo+bar baz", Say("=foo+bar baz")),
        ("== heading", Say("== heading")),
        ("https://example.org", Say("https://example.org")),
        ("server: who", Do("who", "")),
        ("\x02bold\x02", Say("\x02bold\x02")),
        ("a\x1b[31mb", Say("a[31mb")),
        ("\x01ACTION waves\x01", Say("ACTION waves")),
    ],
)
def test_one_line(text: str, meaning: object) -> None:
    assert read(text) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("one\ntwo", Say("one\ntwo")),
        ("  def f():\n      pass\n", Say("  def f():\n      pass")),
        ("\n\none\r\ntwo", Say("one\ntwo")),
        ("help\nme", Say("help\nme")),
        ("bob: one\n  two", Tell("bob", "one\n  two")),
        ("=bob one\ntwo", Tell("bob", "one\ntwo")),
        ("//etc/passwd\nroot", Say("/etc/passwd\nroot")),
        ("/say bob: one\ntwo", Do("say", "bob: one\ntwo")),
        ("/msg bob one\ntwo", Do("msg", "bob one\ntwo")),
        ("/me\nwaves", Do("me", "waves")),
    ],
)
def test_several_lines(text: str, meaning: object) -> None:
    assert read(text) == meaning


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "/jion #tea",
            "There is no command /jion, and nothing was said. Is /join meant? To say it, put one more /",
        ),
        (
            "\\frobnicate",
            "There is no command \\frobnicate, and nothing was said. To say it, put one more \\",
        ),
        ("/usr/bin/python is old", "There is no command /usr/bin/python, and"),
        ("/", "There is no command /, and"),
        ("/" + "x" * 100, f"There is no command /{'x' * 40}…, and"),
        ("/etc/fstab:\nroot", "There is no command /etc/fstab:, and"),
        (
            "/kick bob\nalice",
            "/kick takes one line, so nothing was done. To say all of it as text, put one more /",
        ),
        ("/part\nnow", "/part takes one line"),
        ("server: exit\nnow", "What is written to server: takes one line"),
        ("bob:", "Nothing to send to bob: write bob: text."),
        ("bob:\nlong text", "Nothing to send to bob"),
        ("x" * 20_000, "That text is too long"),
        ("x\n" * 40_000, "That text is too long"),
    ],
)
def test_mistakes(text: str, reason: str) -> None:
    typed = read(text)
    assert isinstance(typed, Mistake)
    assert typed.reason.startswith(reason)


def test_nothing() -> None:
    for text in ("", "  ", "\n\n", "\t", "\x1b"):
        assert read(text) is None
        assert reads_as(text) == ""


def test_all_that_the_line_mode_reads_as_a_command_is_one_here() -> None:
    for name in {*BARE.values(), *TO_SERVER.values()}:
        assert name in COMMANDS


SEEN = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
"""Without what is taken out of a text before it is read, which may leave two slashes side by side."""


@given(st.text(SEEN), st.sampled_from("/\\"))
def test_a_text_with_one_slash_is_never_said(text: str, sign: str) -> None:
    if not text.startswith(sign):
        assert not isinstance(read(sign + text), Say | Tell)


@given(st.text())
def test_what_begins_with_a_name_is_never_said_to_the_room(text: str) -> None:
    if text[:1] not in ("/", ":") and text.strip("()[]{}|*\\-'^ "):
        assert not isinstance(read(f"alice: {text}"), Say)


# -- before Enter ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("hello", ""),
        ("bob: hi", "private to bob"),
        ("bob:", "private to bob"),
        ("bob: a\nb", "private to bob"),
        ("https:", "private to https"),
        ("https://example.org", ""),
        ("/", "command"),
        ("/jo", "command"),
        ("/join #tea", "command"),
        ("/nonsense at all", "not sent"),
        ("//join", ""),
        ("/say bob: hi", ""),
        ("/me waves", ""),
        ("/msg bob hi", "private to bob"),
        ("/w =bob hi", "private to bob"),
        ("/msg #tea hi", "command"),
        ("/reply hi", "private"),
        ("who", "command"),
        ("/kick bob\nnow", "not sent"),
    ],
)
def test_who_would_read_it(text: str, mark: str) -> None:
    assert reads_as(text) == mark


@pytest.mark.parametrize(
    "text",
    [
        "/login alice secret",
        "/lgoin alice secret",
        "/identify secret",
        "\\register secret",
        "/claim secret",
        "/passwd secret",
        "/oper root secret",
        "/quote PASS secret",
        "/ns identify secret",
        "/msg NickServ identify secret",
        "/query nickserv identify secret",
        "nickserv: identify secret",
        "  /login alice secret",
        "/join #tea key",
        "/pm NickServ identify secret",
        "/send NickServ identify secret",
        "/msg NickServ@services.libera.chat identify secret",
        "/msg NickSrv identify secret",
        "NickServ@services.libera.chat: identify secret",
        "=NickServ identify secret",
        "/cs identify #tea secret",
        "/chanserv identify #tea secret",
        "/logn alice secret",
        "/idnetify secret",
        "/mode +k secret",
        "/mode #tea +ntk secret",
        "/mdoe #tea +k secret",
        "/connect irc.example.org secret",
        "/connect irc://alice:secret@irc.example.org",
        "/msgg identify secret",
    ],
)
def test_secrets(text: str) -> None:
    assert is_secret(text)


@pytest.mark.parametrize(
    "text",
    ["hello", "/login", "/join #tea", "/msg bob identify", "//login a b", "/topic tea", "", "/", "bob: psst"],
)
def test_no_secrets(text: str) -> None:
    assert not is_secret(text)


@pytest.mark.parametrize(
    "text", ["/connect irc.example.org", "/mode #tea +o bob", "/q see you", "NickServ", "quick: hi", "=D"]
)
def test_no_secrets_either(text: str) -> None:
    assert not is_secret(text)


def test_all_that_is_said_to_a_service_is_secret() -> None:
    for name in ("NickServ", "nickserv@services.example", "Q"):
        assert is_secret("identify alice hunter2", name)
        assert is_secret("/me hunter2", name)
        assert not is_secret("", name)
    assert not is_secret("identify yourself", "#tea")


def test_a_name_that_nobody_has_is_marked_before_enter() -> None:
    known = {"bob"}.__contains__
    assert reads_as("bob: hi", known) == "private to bob"
    assert reads_as("Homework: page 12", known) == "nobody of that name"
    assert reads_as("Homework:", known) == "nobody of that name"
    assert reads_as("/msg carol hi", known) == "private to carol"
