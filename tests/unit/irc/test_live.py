"""Live text on the wire: vectors shared with the browser client, and what holds for every text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.irc.live import (
    LONGEST_TEXT,
    Action,
    BadUpdate,
    Erase,
    Insert,
    Kind,
    Update,
    Wait,
    apply,
    apply_all,
    clean,
    difference,
    is_sendable,
    read,
    read_head,
    write,
)

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/live/wire.json").read_text())
texts = st.text(max_size=40).map(clean)


def plain(action: Action) -> list[object]:
    match action:
        case Insert(at, text):
            return ["insert", at, text]
        case Erase(at, length):
            return ["erase", at, length]
        case Wait(ms):
            return ["wait", ms]


def action_of(written: list[object]) -> Action:
    kind, *rest = written
    return {"insert": Insert, "erase": Erase, "wait": Wait}[kind](*rest)


@pytest.mark.parametrize("vector", VECTORS["values"], ids=lambda vector: ascii(vector["value"])[:40])
def test_values(vector: dict[str, object]) -> None:
    value = vector["value"]
    if vector.get("bad"):
        with pytest.raises(BadUpdate):
            read(value)
        return
    update = read(value)
    assert (update.id, update.seq, update.kind) == (vector["id"], vector["seq"], vector["kind"])
    assert [plain(action) for action in update.actions] == vector["actions"]
    assert write(update) == value
    assert read_head(value) == (update.id, update.seq, update.kind)


@pytest.mark.parametrize("vector", VECTORS["differences"], ids=lambda vector: ascii(vector["new"]))
def test_differences(vector: dict[str, object]) -> None:
    actions = difference(vector["old"], vector["new"])
    assert [plain(action) for action in actions] == vector["actions"]
    assert apply_all(vector["old"], actions) == vector["new"]


@pytest.mark.parametrize("vector", VECTORS["applied"], ids=lambda vector: ascii(vector["action"]))
def test_applied(vector: dict[str, object]) -> None:
    action = action_of(vector["action"])
    if vector["result"] is None:
        with pytest.raises(BadUpdate):
            apply(vector["text"], action)
    else:
        assert apply(vector["text"], action) == vector["result"]


@pytest.mark.parametrize("vector", VECTORS["sendable"])
def test_sendable(vector: dict[str, object]) -> None:
    assert is_sendable(vector["value"]) == vector["is"]


@given(texts, texts)
def test_a_difference_leads_from_one_text_to_the_other(old: str, new: str) -> None:
    actions = difference(old, new)
    assert len(actions) <= 2
    assert apply_all(old, actions) == new
    update = Update("a", 1, Kind.EDIT, tuple(actions))
    assert read(write(update)) == update


@given(st.text(max_size=200))
def test_whatever_comes_is_an_update_or_refused(value: str) -> None:
    try:
        update = read(value)
    except BadUpdate:
        return
    assert write(update) == value


@given(
    st.lists(
        st.tuples(st.integers(0, 9999), st.text(min_size=1, max_size=9).map(clean)).filter(lambda one: one[1])
    )
)
def test_a_line_never_grows_too_long(inserts: list[tuple[int, str]]) -> None:
    text = "x" * (LONGEST_TEXT - 5)
    for at, new in inserts:
        try:
            text = apply(text, Insert(at, new))
        except BadUpdate:
            continue
    assert len(text.encode()) <= LONGEST_TEXT
