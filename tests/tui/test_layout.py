"""Every block has rows that fit, columns that stand straight, and marks that say what colours say."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from hubbub.client.lines import Delivery, Kind, Line
from hubbub.client.timeline import Timeline
from hubbub.tui.blocks import Block, Blocks, Coming
from hubbub.tui.colors import Palette
from hubbub.tui.layout import Drawn, Row, Shape, lay_out, live_rows
from hubbub.tui.markup import META, Reader, mark_up

NOON = 1_795_176_000_000  # Friday, 20 November 2026, 12:00 UTC
READER = Reader(Palette(), me="dave", knows={"alice"}.__contains__)
WIDE = Shape(80, nick_cells=8, zone=UTC)
INLINE = Shape(40, zone=UTC)


def line(nick: str = "alice", text: str = "hello", kind: Kind = Kind.MESSAGE, **more: Any) -> Line:
    return Line(kind, more.pop("time_ms", NOON), nick, text, **more)


def timeline(*lines: Line) -> Timeline:
    made = Timeline()
    for each in lines:
        made.append(each)
    return made


def texts(rows: list[Row]) -> list[str]:
    return ["".join(segment.text for segment in row).rstrip() for row in rows]


def everything(lines: Timeline, shape: Shape = WIDE, **how: Any) -> list[str]:
    blocks = Blocks(lines, zone=UTC, **how)
    return [text for block in blocks.after(0) for text in texts(lay_out(block, shape, READER).rows)]


def body(only: Line, shape: Shape = WIDE, **how: Any) -> list[str]:
    return everything(timeline(only), shape, **how)[1:]


def drawn(only: Line, shape: Shape = WIDE, reader: Reader = READER) -> Drawn:
    return lay_out(Block(0, (only,)), shape, reader)


# -- columns ----------------------------------------------------------------------------------------------------


def test_time_nick_and_text_stand_in_columns() -> None:
    lines = timeline(
        line(), line(text="again", time_ms=NOON + 60_000), line("bob", "hi", time_ms=NOON + 60_000)
    )
    assert everything(lines) == [
        "                          — Friday, 20 November 2026 —",
        "12:00    alice  hello",
        "                again",
        "12:01      bob  hi",
    ]


def test_an_author_is_named_again_after_five_minutes() -> None:
    lines = timeline(line(), line(text="b", time_ms=NOON + 300_000), line(text="c", time_ms=NOON + 600_001))
    assert [text[9:14].strip() for text in everything(lines)[1:]] == ["alice", "", "alice"]


def test_a_day_begins_with_its_date() -> None:
    lines = timeline(line(), line(time_ms=NOON + 86_400_000))
    assert everything(lines)[2].strip() == "— Saturday, 21 November 2026 —"


def test_what_is_new_begins_under_a_rule() -> None:
    first, second = line(), line(text="new to me")
    rows = everything(timeline(first, second), divider=second)
    assert rows[2].strip("─") == " new "
    assert rows[3] == "12:00    alice  new to me"


def test_narrow_windows_have_no_column_for_nicks() -> None:
    lines = timeline(line(text="hello there, this is a text of words"), line(text="again"))
    assert everything(lines, INLINE)[1:] == [
        "12:00  alice: hello there, this is a",
        "       text of words",
        "       again",
    ]


def test_long_nicks_are_clipped() -> None:
    assert body(line("averyveryverylongnick")) == ["12:00 averyve…  hello"]


@pytest.mark.parametrize("text", ["日本語", "👩‍🚀", "e\u0301", "العربية", "❤️", "👍🏽", "🇩🇪"])
def test_wide_text_leaves_the_columns_straight(text: str) -> None:
    rows = drawn(line(text=f"{text} " * 40)).rows
    assert len(rows) > 1
    assert all(cell_len(text) <= 80 for text in texts(rows))
    assert {row[0].cell_length if at else 16 for at, row in enumerate(rows)} == {16}
    nicks = drawn(line(text[:6], "x")).rows[0]
    assert sum(segment.cell_length for segment in nicks) - 1 == 16


# -- what became of a line --------------------------------------------------------------------------------------


def test_marks() -> None:
    assert body(line(delivery=Delivery.PENDING, mine=True)) == ["12:00…   alice  hello"]
    assert body(line(mentions_me=True)) == ["12:00»   alice  hello"]
    assert body(line(delivery=Delivery.FAILED, failure="You are muted.")) == [
        "12:00!   alice  hello",
        "                not sent: You are muted. Enter on it: send again",
    ]


def test_kinds() -> None:
    assert body(line(text="waves", kind=Kind.ACTION)) == ["12:00        *  alice waves"]
    assert body(line(text="hm", kind=Kind.NOTICE)) == ["12:00  -alice-  hm"]
    assert body(line(text="waves", kind=Kind.ACTION), INLINE) == ["12:00  * alice waves"]
    assert body(line(text="hm", kind=Kind.NOTICE), INLINE) == ["12:00  -alice- hm"]
    assert body(line("", "no", kind=Kind.ERROR)) == ["12:00!          no"]


def test_bots_and_direct_messages_are_marked() -> None:
    assert body(line(bot=True)) == ["12:00    alice  [bot] hello"]
    assert body(line(private=True)) == ["12:00    alice  (private) hello"]
    mine = line("dave", private=True, mine=True, target="bob")
    assert body(mine) == ["12:00     dave  (private to bob) hello"]
    assert texts(drawn(line(private=True), Shape(80, 8, in_room=False, zone=UTC)).rows)[0].endswith("  hello")


def test_deleted_and_edited() -> None:
    assert body(line(redacted=True, redacted_by="bob", redaction_reason="spam")) == [
        "12:00    alice  bob took this back: spam"
    ]
    assert body(line(edited_ms=1)) == ["12:00    alice  hello (edited)"]
    assert body(line(text="```\nx\n```", edited_ms=1)) == [
        "12:00    alice  │ x",
        "                (edited)",
    ]


def test_an_answer_shows_what_it_answers() -> None:
    lines = timeline(line(msgid="1", text="a question " * 20), line("bob", "yes", reply_to="1"))
    assert (
        everything(lines)[-2]
        == "12:00      bob  ↪ alice: a question a question a question a question a question…"
    )
    assert everything(lines)[-1] == "                yes"
    assert body(line(reply_to="gone"))[0] == "12:00    alice  ↪ an earlier message"


def test_reactions() -> None:
    said = line(reactions={"👍": ["bob", "dave"], "🎉": ["x"] * 5, "x": ["y"]})
    assert body(said)[-1] == "                [👍 2]  🎉 5  x 1"
    assert body(line(reactions={"👍": ["alice", "carol"]}))[-1] == "                👍 2 (alice, carol)"


def test_long_texts_are_folded() -> None:
    said = line(text="\n".join(map(str, range(34))))
    assert body(said)[-2:] == ["                11", "                [+22 more lines]"]
    shown = body(said, expanded=lambda each: True)
    assert (len(shown), shown[-1].strip()) == (35, "[show less]")


def test_code_keeps_its_spaces() -> None:
    said = line(text="```\nif  x:\n      y\n```")
    assert body(said) == ["12:00    alice  │ if  x:", "                │       y"]


# -- comings and goings -----------------------------------------------------------------------------------------


def comings() -> Timeline:
    return timeline(
        line("dan", kind=Kind.MESSAGE, text="bye"),
        line("dan", "", Kind.PART),
        line("erin", "", Kind.JOIN),
        line("frank", "gone", Kind.QUIT),
    )


def test_comings_and_goings_are_condensed() -> None:
    assert everything(comings(), coming=Coming.CONDENSED)[2:] == [
        "12:00           → erin joined; dan, frank left"
    ]


def test_who_spoke_recently_is_shown_in_full() -> None:
    assert everything(comings(), coming=Coming.SMART)[2:] == [
        "12:00           ← dan left",
        "12:00           → erin joined; frank left",
    ]


def test_all_and_none() -> None:
    assert len(everything(comings(), coming=Coming.ALL)) == 5
    assert len(everything(comings(), coming=Coming.NONE)) == 2


def test_condensed_lines_can_be_expanded() -> None:
    rows = everything(comings(), coming=Coming.CONDENSED, expanded=lambda each: True)
    assert [row.strip().split("  ")[-1].strip() for row in rows[2:]] == [
        "← dan left",
        "→ erin joined",
        "← frank left (gone)",
        "[show less]",
    ]
    (block,) = (block for block in Blocks(comings(), coming=Coming.CONDENSED).after(1))
    (row,) = lay_out(block, WIDE, READER).rows
    assert ("fold", "") in [segment.style.meta.get(META) for segment in row if segment.style]


def test_ignored_people_are_not_shown() -> None:
    assert everything(timeline(line(), line("mallory")), hides=lambda each: each.nick == "mallory")[1:] == [
        "12:00    alice  hello"
    ]


# -- hostile ----------------------------------------------------------------------------------------------------

ODD = "ab \n\t`#[]()日本👩🏽\u200d\ufe0f\u0301\u0335عक्षि🇩🇪\x02\x0304,05\x1b\u202e\u200b"
words = st.one_of(st.text(max_size=80), st.text(alphabet=ODD, max_size=120))
anything = st.builds(
    Line,
    kind=st.sampled_from(Kind),
    time_ms=st.integers(min_value=-(1 << 62), max_value=1 << 62),
    nick=words,
    text=words,
    target=words,
    reply_to=st.sampled_from(["", "1"]),
    mine=st.booleans(),
    mentions_me=st.booleans(),
    bot=st.booleans(),
    private=st.booleans(),
    delivery=st.sampled_from(Delivery),
    failure=words,
    redacted=st.booleans(),
    redacted_by=words,
    redaction_reason=words,
    edited_ms=st.integers(0, 1),
    reactions=st.dictionaries(words, st.lists(words, max_size=4), max_size=4),
)


@given(
    st.lists(anything, min_size=1, max_size=4),
    st.integers(1, 130),
    st.integers(5, 16),
    st.sampled_from(Coming),
)
def test_whatever_is_said_fits(said: list[Line], width: int, nick_cells: int, coming: Coming) -> None:
    shape = Shape(width, nick_cells, zone=UTC)
    for block in Blocks(timeline(*said), zone=UTC, coming=coming).after(0):
        for row in lay_out(block, shape, READER).rows:
            assert sum(segment.cell_length for segment in row) <= width
            assert not {letter for letter in texts([row])[0] if category(letter) in ("Cc", "Cs")}


@given(words, st.integers(20, 130))
def test_no_visible_letter_is_lost(text: str, width: int) -> None:
    shape = Shape(width, fold_rows=10_000, in_room=False, zone=UTC)
    text = text.replace("`", "")
    rows = drawn(line("x", text), shape).rows
    shown = "".join("".join(part for part, _, _ in row[-100:]) for row in rows)
    assert squeezed(shown).endswith(squeezed(without_codes(text)))


def without_codes(text: str) -> str:
    return "".join(part.text for part in mark_up(text, READER, Palette().code))


def squeezed(text: str) -> str:
    return "".join(text.split(" "))


def test_live_text_shows_its_end() -> None:
    rows = texts(live_rows("bob", "word " * 100, WIDE, READER))
    assert len(rows) == 3
    assert rows[0].startswith("     ~     bob  word")
