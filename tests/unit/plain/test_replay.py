"""Pages of history with messages of several lines, as a client without draft/multiline is sent them."""

from __future__ import annotations

from hubbub.irc.wire import Message, parse
from hubbub.plain.replay import Replay


def messages(*lines: str) -> list[Message]:
    return [parse(line) for line in lines]


PASTE = messages(
    "@msgid=1 :bob!b@h PRIVMSG #tea :one", ":bob!b@h PRIVMSG #tea :two", ":bob!b@h PRIVMSG #tea :three"
)
NEXT = messages("@msgid=2 :bob!b@h PRIVMSG #tea :four")


def test_a_message_of_several_lines_counts_as_one() -> None:
    replay = Replay("#tea", 2, page=PASTE)
    assert not replay.is_full()
    assert Replay("#tea", 2, page=PASTE + NEXT).is_full()


def test_lines_without_ids_are_messages_of_their_own() -> None:
    assert Replay("#tea", 2, page=PASTE[1:]).is_full()


def test_all_lines_of_what_the_page_has_are_known() -> None:
    replay = Replay("#tea", 10, page=PASTE, held=PASTE + NEXT)
    assert replay.not_in_page() == NEXT


def test_all_lines_of_what_is_new_are_shown() -> None:
    replay = Replay("#tea", 10, page=NEXT, held=PASTE + NEXT)
    assert replay.not_in_page() == PASTE


def test_a_line_of_somebody_else_does_not_belong_to_the_message_before() -> None:
    request = messages(":carol!c@h PRIVMSG #tea :\x01VERSION\x01")
    replay = Replay("#tea", 10, page=PASTE, held=PASTE + request)
    assert replay.not_in_page() == request
