"""Which names are allowed, which look alike, and what is suggested instead of a taken one."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.irc import names
from hubbub.irc.names import fold, is_channel, is_nick, skeleton, suggest, to_user

LENGTHS = st.integers(min_value=8, max_value=64)


def test_only_ascii_letters_have_a_small_form() -> None:
    assert fold("AZ[]\\^~É") == "az[]\\^~É"
    assert fold("AZ[]\\^~") == "az[]\\^~"


@given(st.text())
def test_folding_changes_only_ascii_letters(name: str) -> None:
    assert fold(fold(name)) == fold(name)
    assert all(a == b or (a.isascii() and a.lower() == b) for a, b in zip(name, fold(name), strict=True))


@pytest.mark.parametrize(
    "name",
    [
        "alice",
        "[]{}\\|^_`",
        "a-1",
        "_1",
        "Ünal",
        "日本",
        "Вася",
        "بوب",
        "नमस्ते",
        "🦊",
        "e\u0301",
        "a" * 32,
        "ü" * 32,
    ],
)
def test_nicks_allowed(name: str) -> None:
    assert is_nick(name)


@pytest.mark.parametrize("letter", " ,*?!@.:#&+%~$/\"'<>;=()\x00\x07\x1b\x7f\n")
def test_no_nick_holds_what_means_something_elsewhere(letter: str) -> None:
    assert not is_nick(f"a{letter}b")
    assert not is_nick(f"{letter}b")
    assert not is_nick(f"é{letter}b")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "1a",
        "-a",
        "１é",
        "-é",
        "١é",
        "\u0301a",
        "a\u200bb",
        "a\u202eb",
        "a\u00a0b",
        "a\u3164b",
        "a\ufe0fb",
        "a\u2800b",
        "a＠b",
        "a＋b",
        "a½b",
        "a´b",
        "a\ue000b",
        "e" + "\u0301" * 5,
        "a" * 33,
        "日" * 22,
    ],
    ids=ascii,
)
def test_nicks_refused(name: str) -> None:
    assert not is_nick(name)


def test_a_nick_has_as_many_letters_and_twice_as_many_bytes_as_allowed() -> None:
    assert is_nick("aaaa", longest=4)
    assert not is_nick("aaaaa", longest=4)
    assert is_nick("éééé", longest=4)
    assert not is_nick("日日日", longest=4)


@pytest.mark.parametrize("name", ["#tea", "##c++", "#1", "#Ü", "#日本", "#a@b", "#a.b/c", "#" + "a" * 63])
def test_channels_allowed(name: str) -> None:
    assert is_channel(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "#",
        "tea",
        "&tea",
        "#a b",
        "#a,b",
        "#a\x07",
        "#a:b",
        "#a*",
        "#a?",
        "#\x02a",
        "#a\u200b",
        "#a\u3000b",
        "#a\ufe0f",
        "#a\u2028",
        "#" + "a" * 64,
        "#" + "日" * 43,
    ],
    ids=ascii,
)
def test_channels_refused(name: str) -> None:
    assert not is_channel(name)


@given(st.text())
def test_a_user_name_is_made_of_anything(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,19}", to_user(text))


def test_a_user_name_keeps_what_it_can() -> None:
    assert to_user("~Al Ice\x02@") == "AlIce"
    assert to_user("éé") == "user"


@pytest.mark.parametrize(
    ("name", "same_as"),
    [
        ("аlice", "alice"),  # Cyrillic а
        ("ΑLICE", "alice"),  # Greek Α
        ("Іvan", "ivan"),  # Cyrillic І
        ("ıvan", "ivan"),  # dotless ı
        ("İvan", "ivan"),
        ("і\u0307\u0307van", "ivan"),
        ("ａｌｉｃｅ", "alice"),
        ("𝐚𝐥𝐢𝐜𝐞", "alice"),
        ("Вob", "bob"),
        ("вob", "bob"),
        ("bоb", "BOB"),
        ("Вася", "вася"),
        ("Ёлка", "ёлка"),
        ("Émile", "émile"),
        ("e\u0301mile", "émile"),
        ("straße", "strasse"),
        ("ΣΑΣ", "σας"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(name: str, same_as: str) -> None:
    assert skeleton(name) == skeleton(same_as)


@pytest.mark.parametrize(
    ("name", "other"),
    [("émile", "emile"), ("ñ", "n"), ("0", "o"), ("1", "l"), ("вася", "петя"), ("日", "目")],
)
def test_names_that_differ_keep_apart(name: str, other: str) -> None:
    assert skeleton(name) != skeleton(other)


@given(st.text(st.characters(max_codepoint=127)))
def test_the_skeleton_of_an_ascii_name_is_its_folded_form(name: str) -> None:
    assert skeleton(name) == fold(name)


@pytest.mark.parametrize("letter", names._LOOKALIKES)
def test_every_look_alike_is_as_its_letter(letter: str) -> None:
    for code in names._LOOKALIKES[letter].split():
        lookalike = chr(int(code, 16))
        assert skeleton(f"x{lookalike}x") == f"x{letter}x"
        assert unicodedata.normalize("NFKD", lookalike) == lookalike


@given(st.text(st.characters(categories=["L", "M", "N", "S"])))
def test_a_skeleton_looks_like_itself(name: str) -> None:
    assert skeleton(skeleton(name)) == skeleton(name)


@pytest.mark.parametrize(
    ("wanted", "suggestion"),
    [
        ("alice", "alice"),
        ("al ice", "al_ice"),
        (" alice ", "alice"),
        ("3bob", "_3bob"),
        ("-bob", "_-bob"),
        ("a,b!c@d", "abcd"),
        ("\u0301é", "é"),
        ("\x1b[31m", "[31m"),
        ("e\u0301" + "\u0301" * 9, "é\u0301\u0301\u0301\u0301"),
        ("", "guest"),
        ("!!!", "guest"),
        ("日" * 40, "日" * 21),
        ("a" * 1000, "a" * 32),
    ],
)
def test_a_wanted_name_is_repaired(wanted: str, suggestion: str) -> None:
    assert suggest(wanted, lambda name: False) == suggestion


@pytest.mark.parametrize(
    ("wanted", "taken", "suggestion"),
    [
        ("alice", {"alice"}, "alice2"),
        ("alice", {"alice", "alice2", "alice3"}, "alice4"),
        ("r2d2", {"r2d2"}, "r2d2_2"),
        ("", {"guest"}, "guest2"),
        ("a" * 32, {"a" * 32}, "a" * 31 + "2"),
        ("日" * 21, {"日" * 21}, "日" * 21 + "2"),
        ("é" * 32, {"é" * 32}, "é" * 31 + "2"),
        ("日" * 21, {"日" * 21} | {f"{'日' * 21}{n}" for n in range(2, 10)}, "日" * 20 + "10"),
    ],
)
def test_a_taken_name_gets_a_number(wanted: str, taken: set[str], suggestion: str) -> None:
    assert suggest(wanted, taken.__contains__) == suggestion


def test_a_free_name_among_many_is_found_with_few_questions() -> None:
    taken = {"guest", *(f"guest{number}" for number in range(2, 5001))}
    asked: list[str] = []

    def is_taken(name: str) -> bool:
        asked.append(name)
        return name in taken

    assert suggest("guest", is_taken) == "guest5001"
    assert len(asked) < 40


def test_there_may_be_no_free_name() -> None:
    with pytest.raises(LookupError):
        suggest("alice", lambda name: True)


@given(st.text(), st.sets(st.integers(min_value=2, max_value=40)), LENGTHS)
def test_what_is_suggested_is_free_and_valid(wanted: str, numbers: set[int], longest: int) -> None:
    base = suggest(wanted, lambda name: False, longest)
    taken = {base} | {name for n in numbers for name in (f"{base}{n}", f"{base}_{n}")}
    name = suggest(wanted, taken.__contains__, longest)
    assert name not in taken
    assert is_nick(base, longest)
    assert is_nick(name, longest)


@given(st.text(st.sampled_from("a-1 !é日\u0301\u093f\u200d🦊[")), LENGTHS)
def test_what_is_suggested_for_an_odd_name_is_valid(wanted: str, longest: int) -> None:
    assert is_nick(suggest(wanted, lambda name: False, longest), longest)
