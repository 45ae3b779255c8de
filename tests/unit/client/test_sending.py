"""What somebody wrote, on the wire: nothing is lost, nothing is too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.client.batches import Batch, Batches, multiline_text
from hubbub.client.lines import NONCE_TAG, Kind, Line
from hubbub.client.sending import Limits, NothingToSend, split, to_messages
from hubbub.irc.wire import parse

OLD = Limits()
MODERN = Limits(batch_bytes=4096, batch_lines=50, tags=True)

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=900)


def line(text: str, kind: Kind = Kind.MESSAGE, reply_to: str = "") -> Line:
    return Line(kind, 0, text=text, nonce="n1", reply_to=reply_to, mine=True)


def test_a_short_text_is_one_message() -> None:
    assert split("#tea", "hello", Kind.MESSAGE, OLD) == ["hello"]
    [message] = to_messages("#tea", line("hello"), OLD)
    assert message.to_line() == "PRIVMSG #tea :hello"


def test_an_action_is_wrapped() -> None:
    [message] = to_messages("#tea", line("waves", Kind.ACTION), OLD)
    assert message.params == ["#tea", "\x01ACTION waves\x01"]


def test_a_notice_is_one() -> None:
    [message] = to_messages("#tea", line("psst", Kind.NOTICE), OLD)
    assert message.command == "NOTICE"


def test_a_reply_and_its_nonce_travel_as_tags_where_there_are_tags() -> None:
    [message] = to_messages("#tea", line("yes", reply_to="m7"), MODERN)
    assert message.tags == {NONCE_TAG: "n1", "+reply": "m7", "+draft/reply": "m7"}
    [message] = to_messages("#tea", line("yes", reply_to="m7"), OLD)
    assert message.tags == {}


def test_several_lines_are_one_batch() -> None:
    assert split("#tea", "one\n\ntwo\n", Kind.MESSAGE, MODERN) == ["one\n\ntwo"]
    lines = [message.to_line() for message in to_messages("#tea", line("one\n\ntwo"), MODERN)]
    assert lines == [
        f"@{NONCE_TAG}=n1 BATCH +mn1 draft/multiline #tea",
        "@batch=mn1 PRIVMSG #tea :one",
        "@batch=mn1 PRIVMSG #tea :",
        "@batch=mn1 PRIVMSG #tea :two",
        "BATCH -mn1",
    ]


def test_without_batches_every_line_is_a_message() -> None:
    assert split("#tea", "one\n\ntwo", Kind.MESSAGE, OLD) == ["one", "two"]


def test_more_lines_than_a_batch_holds_are_messages() -> None:
    text = "\n".join(str(number) for number in range(51))
    assert len(split("#tea", text, Kind.MESSAGE, MODERN)) == 51


@pytest.mark.parametrize("text", ["", "   ", "\n\n", " \n \n", "\r\0"])
def test_nothing_is_not_sent(text: str) -> None:
    with pytest.raises(NothingToSend):
        split("#tea", text, Kind.MESSAGE, MODERN)


@given(texts, st.sampled_from([OLD, MODERN, MODERN._replace(batch_bytes=200)]), st.sampled_from(Kind))
def test_every_line_fits_and_no_word_is_lost(text: str, limits: Limits, kind: Kind) -> None:
    try:
        pieces = split("#tea", text, kind, limits)
    except NothingToSend:
        assert not text.strip()
        return
    assert "".join("".join(pieces).split()) == "".join(text.split())
    for piece in pieces:
        for message in to_messages("#tea", line(piece, kind), limits):
            without_tags = parse(message.to_line())
            without_tags.tags = {}
            assert len(without_tags.to_line().encode()) <= 512 - 100


@given(texts)
def test_a_batch_is_the_text_again_when_it_is_put_together(text: str) -> None:
    try:
        pieces = split("#tea", text, Kind.MESSAGE, MODERN)
    except NothingToSend:
        return
    if len(pieces) > 1:
        return
    batches = Batches()
    whole = [batches.received(parse(m.to_line())) for m in to_messages("#tea", line(pieces[0]), MODERN)][-1]
    assert whole is not None
    received = multiline_text(whole)[0] if isinstance(whole, Batch) else whole.params[1]
    assert received == pieces[0]
