"""Messages of several lines: no byte is lost, no line is too long, and those who can't see them so lose nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.core import event as events
from hubbub.core.ledger import MESSAGE, Fact
from hubbub.core.said import CONCAT, RoomMessage
from hubbub.irc.wire import MAX_LINE, Message, parse
from hubworld import Client, World, run_to_end

LETTERS = st.characters(codec="utf-8", exclude_characters="\0\r\n")
TEXTS = st.one_of(
    st.text(LETTERS, max_size=20), st.sampled_from(["x" * 400, "ä" * 200, "word " * 80, "👩‍👩‍👧" * 20])
)
LINES = st.lists(st.tuples(TEXTS, st.booleans()), min_size=2, max_size=8)


def sent(alice: Client, lines: list[tuple[str, bool]]) -> str:
    """Say several lines; the result is what they mean, "" if the specification forbids them."""
    meant = ""
    alice.send("BATCH +1 draft/multiline #tea")
    for number, (text, concat) in enumerate(lines):
        if concat and not text:
            concat = False
        alice.send(f"@batch=1{';' + CONCAT if concat else ''} PRIVMSG #tea :{text}")
        meant += text if concat or not number else f"\n{text}"
    alice.send("BATCH -1")
    return meant if meant.strip("\n") else ""


def combined(lines: list[Message]) -> str:
    """multiline: "the concatenation of the messages from each individual line within the batch"."""
    whole = lines[0].params[1]
    for line in lines[1:]:
        whole += line.params[1] if CONCAT in line.tags else "\n" + line.params[1]
    return whole


@settings(max_examples=60, deadline=None)
@given(LINES)
def test_what_arrives_is_what_was_sent_in_lines_that_fit(lines: list[tuple[str, bool]]) -> None:
    world = World()
    caps = "batch draft/multiline message-tags"
    alice = world.client("a" * 32, caps=f"{caps} echo-message", rooms="#tea")
    carol = world.client("carol", rooms="#tea")
    alice.received()
    meant = sent(alice, lines)
    echoed, heard = alice.received(), carol.received()
    if not meant:
        assert [parse(line).params[1] for line in echoed] == ["MULTILINE_INVALID"]
        assert heard == []
        return
    assert all(
        len(line[line.startswith("@") and line.index(" ") + 1 :].encode()) + 2 <= MAX_LINE for line in echoed
    )
    assert all(len(line.encode()) + 2 <= MAX_LINE for line in heard)
    assert combined([parse(line) for line in echoed[1:-1]]) == meant
    texts = [parse(line).params[1] for line in heard]
    assert all(texts)
    assert "".join(texts) == meant.replace("\n", "")


def message_of(lines: list[tuple[str, bool]]) -> RoomMessage:
    world = World()
    alice = world.client("alice", caps="batch draft/multiline", rooms="#tea")
    sent(alice, lines)
    found: list[Fact] = []

    async def read() -> None:
        found.extend(await world.ledger.history(world.hub.channels["#tea"].log_topic, kinds=(MESSAGE,)))

    run_to_end(read())
    (fact,) = found
    event = events.decode(fact.body)
    assert isinstance(event, RoomMessage)
    return event


def test_it_is_one_message_in_the_log() -> None:
    message = message_of([("a", False), ("", False), ("b ", False), ("c", True)])
    assert message.whole_text == "a\n\nb c"
    assert events.decode(events.encode(message)) == message


def test_a_long_line_is_parted_between_words() -> None:
    message = message_of([("word " * 95, False), ("end", False)])
    assert [line.concat for line in message.lines] == [False, True, False]
    assert message.text.endswith("word ")
    assert message.whole_text == "word " * 95 + "\nend"


def test_a_request_to_a_program_is_not_kept_behind_another_line_either() -> None:
    world = World()
    alice = world.client("alice", caps="batch draft/multiline message-tags echo-message", rooms="#tea")
    sent(alice, [("hello", False), ("\x01VERSION\x01", False)])
    assert all("msgid" not in line for line in alice.received())
    assert not world.hub.channels["#tea"].has_history


def test_words_of_different_lines_stay_apart_in_search() -> None:
    assert message_of([("first", False), ("second", False), (" th", False), ("ird", True)]).searchable()[
        0
    ].split() == [
        "first",
        "second",
        "third",
    ]
