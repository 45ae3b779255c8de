"""What people wrote becomes styled text; nothing of it is obeyed by a terminal, and it costs little."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from hubbub.tui.colors import CONTRAST, Palette, contrast
from hubbub.tui.markup import LONGEST_LINK, META, MOST_LINES, Prose, Reader, mark_up

READER = Reader(Palette(), me="dave", knows={"alice", "bob"}.__contains__)
BASE = Style.null()


def one(text: str, reader: Reader = READER) -> Prose:
    (prose,) = mark_up(text, reader, BASE)
    return prose


def styled(text: str, reader: Reader = READER) -> list[tuple[str, Style]]:
    prose = one(text, reader)
    return [(part, style or BASE) for part, style, _ in prose.segments(0, len(prose.text))]


def meanings(text: str, reader: Reader = READER) -> list[tuple[str, tuple[str, str]]]:
    return [(part, style.meta[META]) for part, style in styled(text, reader) if META in style.meta]


# -- IRC's formatting -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "attribute"),
    [("\x02", "bold"), ("\x1d", "italic"), ("\x1f", "underline"), ("\x1e", "strike"), ("\x16", "reverse")],
)
def test_formatting_codes_switch_on_and_off(code: str, attribute: str) -> None:
    (plain, style), (word, changed), (rest, after) = styled(f"a {code}b{code} c")
    assert (plain, word, rest) == ("a ", "b", " c")
    assert [bool(getattr(each, attribute)) for each in (style, changed, after)] == [False, True, False]


def test_reset_ends_everything() -> None:
    assert styled("\x02\x1d\x0304a\x0fb")[-1] == ("b", BASE)


@pytest.mark.parametrize("ground", [(20, 23, 28), (251, 250, 248)])
@pytest.mark.parametrize("number", range(99))
def test_every_colour_can_be_read(number: int, ground: tuple[int, int, int]) -> None:
    ((_, style),) = styled(f"\x03{number:02}text", Reader(Palette(background=ground)))
    assert style.color is not None
    assert style.color.triplet is not None
    assert contrast(tuple(style.color.triplet), ground) >= CONTRAST


def test_99_and_a_bare_code_are_the_default() -> None:
    assert styled("\x0304,02a\x0399,99b\x0304c\x03d")[1::2] == [("b", BASE), ("d", BASE)]


def test_a_comma_without_a_number_is_text() -> None:
    assert one("\x0304,tea").text == ",tea"


def test_hex_colours() -> None:
    ((text, style),) = styled("\x04FF8800x")
    assert (text, style.color.triplet.hex if style.color and style.color.triplet else "") == ("x", "#ff8800")


# -- what is recognised -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("see https://example.org/a, ok", "https://example.org/a"),
        ("(https://example.org/a)", "https://example.org/a"),
        ("https://example.org/tea_(drink).", "https://example.org/tea_(drink)"),
        ("ircs://example.org/#tea!", "ircs://example.org/#tea"),
        ("<http://example.org>", "http://example.org"),
        ("at geo:52.5,13.4;u=35 here", "geo:52.5,13.4;u=35"),
        ("HTTPS://EXAMPLE.ORG/?a=b&c=d#e", "HTTPS://EXAMPLE.ORG/?a=b&c=d#e"),
    ],
)
def test_links(text: str, url: str) -> None:
    (found,) = [(part, style) for part, style in styled(text) if style.link]
    assert found[0] == url
    assert found[1].link == url
    assert found[1].meta[META] == ("link", url)


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "file:///etc/passwd", "https://", "data:text/html,x", "xhttp://a", "http:///x"],
)
def test_what_is_no_link(text: str) -> None:
    assert not any(style.link for _, style in styled(text))


def test_a_link_leads_only_where_it_says() -> None:
    ((_, style),) = [
        each for each in styled("https://example.org/ü\x1b]8;;https://evil.example\x1b\\") if each[1].link
    ]
    assert style.link == "https://example.org/%C3%BC]8;;https://evil.example%5C"
    assert style.link.isascii()
    assert style.link.isprintable()


def test_a_link_of_any_length_is_no_link() -> None:
    assert not any(style.link for _, style in styled("https://example.org/" + "a" * LONGEST_LINK))


def test_rooms_and_nicks_can_be_clicked() -> None:
    assert meanings("alice: see #tea, or bob") == [
        ("alice", ("nick", "alice")),
        ("#tea", ("room", "#tea")),
        ("bob", ("nick", "bob")),
    ]


def test_numbers_and_strangers_are_only_words() -> None:
    assert meanings("issue #12 by malice (alicebob)") == []


def test_my_name_stands_out() -> None:
    assert [part for part, style in styled("hi Dave, davenport") if style.bold] == ["Dave"]


def test_code_is_nothing_else() -> None:
    assert meanings("`alice #tea https://a.example`") == []


def test_a_block_of_code_keeps_its_spaces() -> None:
    prose = mark_up("look:\n```python\nif x:\n    pass\n```\nso", READER, BASE)
    assert [(each.text, each.code) for each in prose] == [
        ("look:", False),
        ("if x:", True),
        ("    pass", True),
        ("so", False),
    ]


def test_a_fence_that_is_not_closed_is_text() -> None:
    assert [each.text for each in mark_up("```\nalice", READER, BASE)] == ["```", "alice"]


# -- hostile text -----------------------------------------------------------------------------------------------

HOSTILE = {
    "marks": "Z" + "\u0335" * 20_000,
    "marks and codes": "Z" + "\x02\u0335" * 13_000,
    "letters with marks": "a\u0301\u0302\u0303" * 5_000,
    "distinct letters": "".join(map(chr, range(0x4E00, 0x4E00 + 13_000))),
    "families": "👩\u200d👩\u200d👧\u200d👦" * 1_500,
    "joiners": "x\u200d" * 10_000,
    "zero width": "\u200b" * 13_000,
    "zero width joiners": "\u200c" * 13_000,
    "overrides": "\u202eabc\u2066" * 4_000,
    "escapes": "\x1b[31m\x1b]0;title\x07" * 2_500,
    "colours": "".join(f"\x04{number:06x}x" for number in range(0, 1_000_000, 220)),
    "formatting": "\x02a\x1db" * 10_000,
    "links": "http://a.b/ " * 3_300,
    "brackets": "http://a" + ")" * 39_990,
    "nested brackets": ("http://a" + "(" * 30 + ")" * 31 + " ") * 570,
    "backticks": "`" * 40_000,
    "open code": "`abc " * 8_000,
    "rooms": "#a" * 20_000,
    "hashes": "#" * 40_000,
    "nicks": "alice " * 6_600,
    "lines": "\n" * 40_000,
    "fences": "```\n" * 10_000,
    "tabs": "\t" * 40_000,
    "spaces": " " * 40_000,
    "one word": "a" * 40_000,
    "surrogates": "\ud800" * 13_000,
    "null": "\0" * 40_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_nothing_hostile_reaches_the_terminal(text: str) -> None:
    prose = mark_up(text, READER, BASE)
    assert len(prose) <= MOST_LINES
    for each in prose:
        assert_harmless(each.text)
        assert sum(bool(style.link or style.meta) for _, style in each.spans) <= 250
    assert sum(len(each.spans) - 1 for each in prose) <= 600


def assert_harmless(text: str) -> None:
    turns = {chr(code) for code in [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]}
    assert not {letter for letter in text if unicodedata.category(letter) in ("Cc", "Cs")}
    assert not turns & set(text)


@given(st.text(max_size=200))
def test_words_stay_words(text: str) -> None:
    prose = mark_up(text, READER, BASE)
    for each in prose:
        assert_harmless(each.text)
        assert each.spans[0][0] == 0
        assert [at for at, _ in each.spans] == sorted(at for at, _ in each.spans)
        assert "".join(part for part, _, _ in each.segments(0, len(each.text))) == each.text


@given(st.text(alphabet="ab \x02\x03\x041234567890,f\x0f`#h:/.é日\u0301\u200d👩", max_size=80))
def test_formatting_never_changes_the_words(text: str) -> None:
    clean = Reader(Palette(), knows=lambda nick: False)
    assert one(text, clean).text == clean.clean(text)
