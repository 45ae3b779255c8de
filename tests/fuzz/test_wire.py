"""Whatever comes in, the answer is a message or BadLine; a message survives the way out and in."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from hubbub.irc.wire import BadLine, Message, escape_tag, parse, unescape_tag

LINE_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"))
WORD = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n "), min_size=1)
MIDDLE = WORD.filter(lambda word: word[0] != ":")
KEY = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n ;="), min_size=1)
VALUE = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
COMMAND = st.from_regex(r"[A-Z]+|[0-9]{3}", fullmatch=True, alphabet=st.characters(max_codepoint=127))
PARAMS = st.builds(lambda front, last: front + last, st.lists(MIDDLE), st.lists(LINE_TEXT, max_size=1))
MESSAGE = st.builds(Message, COMMAND, PARAMS, st.just("") | WORD, st.dictionaries(KEY, VALUE, max_size=4))
# Rich in what the grammar gives a meaning to, so that most examples get beyond the first check.
NEARLY_A_LINE = st.text(st.sampled_from("@:;=\\ +aZ09\r\n\0\té\u2028"))


def parsed(line: str) -> Message | None:
    try:
        return parse(line)
    except BadLine:
        return None


@given(st.text() | NEARLY_A_LINE)
@example("@a=b :src PING :x")
def test_any_text_is_a_message_or_refused(line: str) -> None:
    message = parsed(line)
    if message is not None:
        assert parse(message.to_line()) == message


@given(st.binary())
def test_any_bytes_are_a_message_or_refused(line: bytes) -> None:
    message = parsed(line.decode("utf-8", "replace"))
    assert message is None or parse(message.to_line()) == message


@given(MESSAGE)
def test_a_message_survives_the_way_out_and_in(message: Message) -> None:
    assert parse(message.to_line()) == message


@given(st.text(), st.lists(st.text()), st.text(), st.dictionaries(st.text(), st.text(), max_size=3))
def test_nothing_written_reads_as_something_else(
    command: str, params: list[str], source: str, tags: dict[str, str]
) -> None:
    message = Message(command.upper(), params, source, tags)
    try:
        line = message.to_line()
    except BadLine:
        return
    assert parse(line) == message


@given(VALUE)
def test_a_tag_value_survives_escaping(value: str) -> None:
    escaped = escape_tag(value)
    assert not set(escaped) & set("; \r\n")
    assert unescape_tag(escaped) == value
