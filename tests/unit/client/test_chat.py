"""The questions one may ask the state of a chat."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hubbub.client.chat import Chat, Conversation, Member, Person, Place
from hubbub.client.lines import Delivery, Kind, Line


def test_a_conversation_is_found_by_its_name_in_any_case() -> None:
    chat = Chat(nick="Bob")
    tea = chat.open("#Tea")
    assert chat.open("#tEA") is chat.find("#tea") is tea
    assert (tea.place, tea.joined, tea.is_room) == (Place.ROOM, False, True)
    assert (chat.open("alice").place, chat.open("alice").joined) == (Place.DIRECT, True)
    assert chat.server is chat.server
    assert chat.server.place is Place.SERVER
    assert chat.find("#nowhere") is None
    assert chat.is_me("bOB")


def test_what_a_server_says_of_names() -> None:
    chat = Chat()
    assert (chat.prefixes, chat.is_channel("&local"), chat.is_channel("")) == (
        {"o": "@", "v": "+"},
        True,
        False,
    )
    chat.tokens = {"PREFIX": "(qo)~@", "CHANTYPES": "#"}
    assert (list(chat.prefixes), chat.is_channel("&local")) == (["q", "o"], False)
    chat.tokens = {"PREFIX": ""}
    assert chat.prefixes == {}


def test_capabilities() -> None:
    chat = Chat(capabilities={"batch": "", "sasl": "PLAIN"})
    assert chat.has("batch", "sasl")
    assert not chat.has("batch", "x")


def test_people_and_their_rooms() -> None:
    chat = Chat()
    alice = chat.person("Alice")
    assert chat.person("aLICE") is alice
    tea, _ = chat.open("#tea"), chat.open("#two")
    tea.members["alice"] = Member(alice, "o")
    assert list(chat.rooms_of("ALICE")) == [tea]
    member = tea.member("alicE")
    assert member is not None
    assert member.nick == "Alice"


LINES = st.builds(
    Line,
    st.sampled_from([Kind.MESSAGE, Kind.NOTICE, Kind.ACTION, Kind.JOIN, Kind.INFO]),
    st.integers(0, 20),
    mine=st.booleans(),
    mentions_me=st.booleans(),
    redacted=st.booleans(),
    delivery=st.sampled_from([Delivery.ARRIVED, Delivery.FAILED]),
)


@given(st.lists(LINES), st.integers(0, 20))
def test_counting_as_lines_come_and_counting_anew_agree(lines: list[Line], read_ms: int) -> None:
    conversation = Conversation("#tea", Place.ROOM, read_ms=read_ms)
    for line in lines:
        conversation.timeline.append(line)
        conversation.count(line)
    counted = conversation.unread, conversation.mentions
    conversation.recount()
    assert (conversation.unread, conversation.mentions) == counted
    assert conversation.mentions <= conversation.unread
    assert (conversation.first_unread() is None) == (conversation.unread == 0)


def test_what_counts_as_unread() -> None:
    conversation = Conversation("#tea", Place.ROOM, read_ms=10)
    read = Line(Kind.MESSAGE, 10, "alice")
    own = Line(Kind.MESSAGE, 11, "bob", mine=True)
    unread = Line(Kind.MESSAGE, 12, "alice", mentions_me=True)
    conversation.timeline.merge([read, own, Line(Kind.JOIN, 12, "carol"), unread])
    conversation.recount()
    assert (conversation.unread, conversation.mentions, conversation.first_unread()) == (1, 1, unread)


def test_a_person_is_here_until_they_say_otherwise() -> None:
    assert Person("alice").away is None
