"""Batches come out whole, however their lines are mixed with others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.client import batches as module
from hubbub.client.batches import Batch, Batches, multiline_text
from hubbub.irc.wire import BadLine, Message, parse


def feed(batches: Batches, *lines: str) -> list[Message | Batch]:
    results = [batches.received(parse(line)) for line in lines]
    return [result for result in results if result is not None]


def shown(result: Message | Batch) -> Any:
    """What a batch holds, as lists in lists."""
    if isinstance(result, Message):
        return result.params[-1]
    return [result.type, *map(shown, result.messages)]


def test_a_plain_message_goes_through() -> None:
    message = parse(":bob!b@host PRIVMSG #tea :hello")
    assert Batches().received(message) is message


def test_a_batch_comes_whole_when_it_is_closed() -> None:
    batches = Batches()
    opening = "@label=r1;time=2026-01-01T00:00:00.000Z :irc.example BATCH +7 chathistory #tea more"
    assert feed(batches, opening, "@batch=7 :bob!b@host PRIVMSG #tea :one") == []
    assert feed(batches, "@batch=7 :bob!b@host PRIVMSG #tea :two", ":bob!b@host PRIVMSG #tea :live") == [
        parse(":bob!b@host PRIVMSG #tea :live")
    ]
    (batch,) = feed(batches, ":irc.example BATCH -7")
    assert isinstance(batch, Batch)
    assert (batch.reference, batch.type, batch.params) == ("7", "chathistory", ["#tea", "more"])
    assert (batch.label, batch.source, batch.tags["time"]) == (
        "r1",
        "irc.example",
        "2026-01-01T00:00:00.000Z",
    )
    assert [message.params[1] for message in batch.flat()] == ["one", "two"]


def test_a_batch_within_is_a_child_in_its_place() -> None:
    results = feed(
        Batches(),
        ":s BATCH +outer chathistory #tea",
        "@batch=outer :bob PRIVMSG #tea :one",
        "@batch=outer :s BATCH +inner draft/multiline #tea",
        "@batch=inner :bob PRIVMSG #tea :two",
        "@batch=outer :bob PRIVMSG #tea :four",
        "@batch=inner :bob PRIVMSG #tea :three",
        "@batch=outer :s BATCH -inner",
        ":s BATCH -outer",
    )
    assert [shown(result) for result in results] == [
        ["chathistory", "one", ["draft/multiline", "two", "three"], "four"]
    ]


def test_an_empty_batch() -> None:
    assert [shown(result) for result in feed(Batches(), "BATCH +1 chathistory #tea", "BATCH -1")] == [
        ["chathistory"]
    ]


@pytest.mark.parametrize(
    "line",
    ["@batch=9 PRIVMSG #tea :x", "BATCH -9", "BATCH +9", "BATCH", "BATCH + type", "BATCH :", "BATCH 9 type"],
)
def test_what_names_nothing_that_is_open_is_plain(line: str) -> None:
    assert feed(Batches(), line) == [parse(line)]


def test_what_comes_after_the_end_is_plain() -> None:
    batches = Batches()
    feed(batches, "BATCH +1 t", "@batch=1 BATCH +2 t", "BATCH -1")
    assert feed(batches, "@batch=1 PRIVMSG #tea :x", "@batch=2 PRIVMSG #tea :y") == [
        parse("@batch=1 PRIVMSG #tea :x"),
        parse("@batch=2 PRIVMSG #tea :y"),
    ]


def test_a_lost_connection_leaves_nothing() -> None:
    batches = Batches()
    feed(batches, "BATCH +1 t", "@batch=1 PRIVMSG #tea :x")
    batches.clear()
    assert feed(batches, "BATCH -1") == [parse("BATCH -1")]


def test_a_reference_used_anew_begins_anew() -> None:
    batches = Batches()
    results = feed(batches, "BATCH +1 old", "@batch=1 PRIVMSG #tea :x", "@batch=1 BATCH +1 new", "BATCH -1")
    assert [shown(result) for result in results] == [["new"]]


def test_the_oldest_is_forgotten_when_too_many_are_open() -> None:
    batches = Batches()
    for number in range(module._MOST_OPEN + 1):
        feed(batches, f"BATCH +{number} t")
    assert feed(batches, "BATCH -0") == [parse("BATCH -0")]
    assert len(feed(batches, "BATCH -1", f"BATCH -{module._MOST_OPEN}")) == 2


def test_a_batch_without_end_stops_growing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_MESSAGES", 5)
    batches = Batches()
    results = feed(
        batches, "BATCH +1 t", *[f"@batch=1 PRIVMSG #tea :{number}" for number in range(9)], "BATCH -1"
    )
    assert [shown(result) for result in results] == [["t", "0", "1", "2", "3", "4"]]


def test_memory_is_bounded_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_CHARACTERS", 5_000)
    batches = Batches()
    feed(batches, "BATCH +old t", "BATCH +new t", "@batch=old PRIVMSG #tea :" + "x" * 3_000)
    feed(batches, "@batch=new PRIVMSG #tea :" + "y" * 3_000)
    assert feed(batches, "BATCH -old") == [parse("BATCH -old")]
    assert [shown(result) for result in feed(batches, "BATCH -new")] == [["t", "y" * 3_000]]
    feed(batches, "BATCH +1 t", "@batch=1 BATCH +2 t", "@batch=2 PRIVMSG #tea :" + "z" * 6_000)
    assert batches._open == {}
    assert batches._characters == 0


# -- any nesting, any interleaving -------------------------------------------------------------------------------


@dataclass
class Tree:
    """A batch as a server may make it: texts and batches, in order."""

    name: str
    parts: list[str | Tree] = field(default_factory=list)


texts = st.text("abc", min_size=1, max_size=3)
nested = st.recursive(
    st.lists(texts, max_size=4), lambda parts: st.lists(texts | parts, max_size=4), max_leaves=12
)


def named(parts: list[Any], numbers: list[int]) -> Tree:
    numbers.append(len(numbers))
    tree = Tree(f"b{numbers[-1]}")
    tree.parts = [part if isinstance(part, str) else named(part, numbers) for part in parts]
    return tree


def lines_of(tree: Tree, parent: str = "") -> list[str]:
    outer = f"@batch={parent} " if parent else ""
    inside = [
        line
        for part in tree.parts
        for line in (
            [f"@batch={tree.name} PRIVMSG #tea :{part}"]
            if isinstance(part, str)
            else lines_of(part, tree.name)
        )
    ]
    return [f"{outer}BATCH +{tree.name} t", *inside, f"{outer}BATCH -{tree.name}"]


def content(tree: Tree) -> Any:
    return ["t", *[part if isinstance(part, str) else content(part) for part in tree.parts]]


@given(st.lists(nested, max_size=5), st.lists(texts, max_size=5), st.randoms(use_true_random=False))
def test_any_interleaving_gives_the_same_whole_batches(
    shapes: list[Any], plain: list[str], chance: Any
) -> None:
    numbers: list[int] = []
    trees = [named(shape, numbers) for shape in shapes]
    queues = [lines_of(tree) for tree in trees] + [[f"PRIVMSG #tea :{text}" for text in plain]]
    batches, results = Batches(), []
    while any(queues):
        results += feed(batches, chance.choice([queue for queue in queues if queue]).pop(0))
    whole = {result.reference: shown(result) for result in results if isinstance(result, Batch)}
    assert whole == {tree.name: content(tree) for tree in trees}
    assert [shown(result) for result in results if isinstance(result, Message)] == plain


words = st.sampled_from(
    ["BATCH", "PRIVMSG", "+1", "-1", "+2", "-2", "t", "#tea", ":", "@batch=1", "@batch=2", ":x"]
)


@given(st.lists(st.lists(words, min_size=1, max_size=5).map(" ".join), max_size=60))
def test_nothing_is_too_strange(lines: list[str]) -> None:
    batches = Batches()
    for line in lines:
        try:
            message = parse(line)
        except BadLine:
            continue
        result = batches.received(message)
        if isinstance(result, Batch):
            assert all(isinstance(one, Message) for one in result.flat())


# -- draft/multiline -------------------------------------------------------------------------------------------


def multiline(*lines: str) -> tuple[str, Message]:
    (batch,) = feed(
        Batches(), "@msgid=m1;label=r1 :bob!b@h BATCH +1 draft/multiline #tea", *lines, ":bob!b@h BATCH -1"
    )
    assert isinstance(batch, Batch)
    return multiline_text(batch)


def test_the_text_of_several_lines() -> None:
    text, message = multiline(
        "@batch=1;account=bob :bob!b@h PRIVMSG #tea :one",
        "@batch=1 :bob!b@h PRIVMSG #tea :",
        "@batch=1 :bob!b@h PRIVMSG #tea :a long ",
        "@batch=1;draft/multiline-concat :bob!b@h PRIVMSG #tea :line",
    )
    assert text == "one\n\na long line"
    assert message == Message(
        "PRIVMSG", ["#tea", text], "bob!b@h", {"account": "bob", "msgid": "m1", "label": "r1"}
    )


def test_a_first_line_that_claims_to_go_on() -> None:
    text, message = multiline("@batch=1;draft/multiline-concat :bob!b@h NOTICE #tea :one")
    assert (text, message.command, "draft/multiline-concat" in message.tags) == ("one", "NOTICE", False)


def test_a_batch_without_lines_is_an_empty_text() -> None:
    text, message = multiline("@batch=1 PRIVMSG")
    assert (text, message.params, message.source) == ("", ["#tea", ""], "bob!b@h")
