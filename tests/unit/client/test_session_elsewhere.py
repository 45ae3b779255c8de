"""A client's session on servers that have less than ours, or do the same in another way. The server is a script."""

from __future__ import annotations

from itertools import count

import pytest

from hubbub.client.chat import Conversation
from hubbub.client.events import Told
from hubbub.client.lines import Delivery, Line
from hubbub.client.registration import Identity
from hubbub.client.requests import PATIENCE_MS
from hubbub.client.session import Session
from hubbub.irc.wire import parse


class Elsewhere:
    """A session that is online, in #tea, on a server with these capabilities."""

    def __init__(self, capabilities: str = "", *, safe: bool = False) -> None:
        self.now_ms = 1_000_000
        numbers = count(1)
        self.session = Session(
            Identity("alice"),
            now_ms=lambda: self.now_ms,
            nonce=lambda: f"n{next(numbers)}",
            rooms={"#tea": ""},
        )
        self.session.connected(safe=safe)
        if capabilities:
            self.hear(f"CAP * LS :{capabilities}", f"CAP * ACK :{capabilities}")
        self.hear("001 alice :Welcome", "376 alice :End", ":alice!a@h JOIN #tea", "366 alice #tea :End")
        self.sent()

    def hear(self, *lines: str) -> None:
        for line in lines:
            self.session.received(parse(line))

    def sent(self) -> list[str]:
        return [message.to_line() for message in self.session.take_messages()]

    def pong(self) -> list[str]:
        """Answer the PINGs among what is sent; returns the rest."""
        sent = self.sent()
        pings = [line for line in sent if line.startswith("PING ")]
        self.hear(*(f"PONG irc.example :{ping.partition(' ')[2]}" for ping in pings))
        return [line for line in sent if line not in pings]

    def told(self) -> list[str]:
        return [event.text for event in self.session.take_events() if isinstance(event, Told)]

    @property
    def tea(self) -> Conversation:
        found = self.session.chat.find("#tea")
        assert found is not None
        return found

    def comes_back(self) -> list[str]:
        """What is sent on the next connection."""
        self.session.disconnected("lost")
        self.session.connected()
        self.hear("001 alice :Welcome", "376 alice :End")
        return self.sent()

    def said(self) -> Line:
        """A line of ours that has arrived, on a server that gives no ids."""
        (line,) = self.session.say(self.tea, "hello")
        (_, ping) = self.sent()
        self.hear(f"PONG irc.example :{ping.partition(' ')[2]}")
        assert line.delivery is Delivery.ARRIVED
        return line


def test_a_server_that_takes_its_time_is_waited_for() -> None:
    # Servers that slow down whoever talks much answer late, but they do.
    there = Elsewhere()
    (line,) = there.session.say(there.tea, "hello")
    said, ping = there.sent()
    assert said == "PRIVMSG #tea :hello"
    there.now_ms += PATIENCE_MS * 10
    there.session.tick()
    assert line.delivery is Delivery.PENDING
    there.hear(f"PONG irc.example :{ping.partition(' ')[2]}")
    assert line.delivery is Delivery.ARRIVED


def test_a_new_name_that_is_confirmed_in_the_new_name() -> None:
    # InspIRCd 3 does so, where the question had a label.
    there = Elsewhere("labeled-response batch message-tags")
    there.session.take_name("alicia")
    (sent,) = there.sent()
    label = sent.partition("@label=")[2].partition(" ")[0]
    there.hear(f"@label={label} :alicia!a@h NICK alicia")
    assert there.session.chat.nick == "alicia"
    assert [member.nick for member in there.tea.members.values()] == ["alicia"]


def test_the_new_name_of_somebody_else_is_not_ours() -> None:
    there = Elsewhere("labeled-response batch message-tags")
    there.hear(":bob!b@h JOIN #tea")
    there.session.take_name("alicia")
    there.sent()
    there.hear(":bob!b@h NICK robert")
    assert there.session.chat.nick == "alice"
    assert {member.nick for member in there.tea.members.values()} == {"alice", "robert"}


def test_what_a_server_lacks_is_said_and_not_asked_for() -> None:
    there = Elsewhere()
    line = there.said()
    session, tea = there.session, there.tea
    for request in (
        session.edit(tea, line, "hallo"),
        session.redact(tea, line),
        session.react(tea, line, "👍"),
        session.register("open sesame"),
    ):
        assert request.failed
        assert request.failure.startswith("this server")
    assert there.sent() == []


# -- servers that mean harm ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["b ob", "b,ob", ":bob", "b\x07ob"])
def test_names_that_nothing_can_be_sent_to_are_nobodys(name: str) -> None:
    there = Elsewhere("message-tags draft/read-marker")
    there.hear(":bob!b@h JOIN #tea", ":bob!b@h PRIVMSG alice :hello", f":bob!b@h NICK :{name}")
    there.hear(":alice!a@h JOIN :#b ob", ":alice!a@h JOIN :#b,ob", ":bob!b@h PRIVMSG alice :still bob")
    assert set(there.session.chat.conversations) == {"", "#tea", "bob"}
    bob = there.session.chat.find("bob")
    assert bob is not None
    there.session.mark_read(bob)
    assert there.sent()[-1].startswith("MARKREAD bob ")


def test_a_line_that_can_not_be_written_is_left_out_and_fails() -> None:
    there = Elsewhere()
    odd = there.session.chat.open("b ob")
    (line,) = there.session.say(odd, "hello")
    assert line.delivery is Delivery.FAILED
    assert there.sent() == []


def test_letters_are_no_signs_of_rooms() -> None:
    there = Elsewhere()
    there.hear("005 alice CHANTYPES=#b :are supported by this server")
    assert not there.session.chat.is_channel("bob")
    assert there.session.chat.is_channel("#tea")


# -- servers with echoes and without labels -----------------------------------------------------------------------


def test_what_a_server_changes_in_a_text_has_arrived_all_the_same() -> None:
    there = Elsewhere("echo-message server-time")
    for number in range(20):
        there.session.say(there.tea, f"\x0304red{number}\x03")
    while sent := there.sent():
        for line in sent:
            command, _, rest = line.partition(" ")
            if command == "PING":
                there.hear(f"PONG irc.example :{rest}")
            else:
                there.hear(f":alice!a@h {line.replace(chr(3), '').replace(':04', ':')}")
    lines = [line for line in there.tea.timeline if line.kind.is_said]
    assert [line.text for line in lines] == [f"red{number}" for number in range(20)]
    assert {line.delivery for line in lines} == {Delivery.ARRIVED}


def test_an_echo_that_comes_after_its_pong_is_not_another_line() -> None:
    # Bouncers answer a PING themselves.
    there = Elsewhere("echo-message")
    (line,) = there.session.say(there.tea, "hello")
    there.pong()
    assert line.delivery is Delivery.ARRIVED
    there.hear(":alice!a@h PRIVMSG #tea :hello")
    assert [line.text for line in there.tea.timeline if line.kind.is_said] == ["hello"]


def test_what_is_said_on_another_device_meanwhile_is_a_line_of_its_own() -> None:
    there = Elsewhere("echo-message")
    there.session.say(there.tea, "here")
    there.hear(":alice!a@h PRIVMSG #tea :there", ":alice!a@h PRIVMSG #tea :here")
    there.pong()
    assert [line.text for line in there.tea.timeline if line.kind.is_said] == ["there", "here"]


def test_what_a_server_drops_silently_has_failed() -> None:
    there = Elsewhere("echo-message labeled-response batch message-tags")
    (line,) = there.session.say(there.tea, "hello")
    label = there.sent()[0].partition("label=")[2].partition(" ")[0]
    there.hear(f"@label={label} :irc.example ACK")
    assert (line.delivery, line.failure) == (Delivery.FAILED, "the server did not pass it on")


def test_a_conversation_that_is_closed_takes_no_room_from_others() -> None:
    there = Elsewhere("echo-message")
    for number in range(16):
        somebody = there.session.converse(f"p{number}")
        there.session.say(somebody, "hi")
        there.session.close(somebody)
    there.sent()
    there.session.say(there.session.converse("bob"), "hello bob")
    assert "PRIVMSG bob :hello bob" in there.sent()


# -- rooms that won't have us -------------------------------------------------------------------------------------


def test_what_waits_for_a_room_that_is_refused_fails() -> None:
    there = Elsewhere()
    there.session.disconnected("lost")
    (line,) = there.session.say(there.tea, "typed meanwhile")
    there.session.connected()
    there.hear("001 alice :Welcome", "376 alice :End")
    assert there.session.will_rejoin(there.tea)
    there.hear("474 alice #tea :Cannot join channel (+b)")
    assert not there.session.will_rejoin(there.tea)
    assert line.delivery is Delivery.FAILED
    assert "JOIN #tea" not in there.comes_back()


def test_a_room_that_is_full_is_tried_again_next_time() -> None:
    there = Elsewhere()
    there.session.disconnected("lost")
    there.session.connected()
    there.hear("001 alice :Welcome", "376 alice :End", "471 alice #tea :Cannot join channel (+l)")
    assert not there.session.will_rejoin(there.tea)
    assert "JOIN #tea" in there.comes_back()


@pytest.mark.parametrize("refusal", ["477 alice #tea :Speak not", "403 alice #tea :What?"])
def test_a_refusal_of_something_else_forgets_no_room(refusal: str) -> None:
    there = Elsewhere()
    there.session.join("#tea")
    there.hear(refusal)
    assert "JOIN #tea" in there.comes_back()


# -- secrets ------------------------------------------------------------------------------------------------------


def test_passwords_are_not_sent_where_others_can_read_them() -> None:
    there = Elsewhere("draft/account-registration")
    assert not there.session.may_send_secrets
    for request in (
        there.session.register("open sesame"),
        there.session.ask("PRIVMSG", "NickServ@services.example", "IDENTIFY open sesame"),
        there.session.ask("NS", "identify", "alice", "sesame"),
        there.session.ask("OPER", "root", "sesame"),
    ):
        assert request.failed
        assert "not encrypted" in request.failure
    assert there.sent() == []
    assert not there.session.ask("PRIVMSG", "NickServ", "INFO bob").failed


def test_passwords_are_sent_where_nobody_else_can_read_them() -> None:
    there = Elsewhere("draft/account-registration", safe=True)
    assert there.session.may_send_secrets
    there.session.register("open sesame")
    assert there.sent() == ["REGISTER * * :open sesame"]


# -- what nobody asked for ----------------------------------------------------------------------------------------


def test_refusals_of_what_the_program_does_by_itself_are_not_told() -> None:
    there = Elsewhere("message-tags draft/read-marker")
    there.hear(":bob!b@h PRIVMSG #tea :hello")
    there.session.mark_read(there.tea)
    there.session.typing(there.tea, True)
    assert len(there.sent()) >= 2
    there.told()
    there.hear("FAIL MARKREAD INVALID_PARAMS #tea :Invalid parameters", "404 alice #tea :Cannot send")
    there.hear("FAIL CHATHISTORY INVALID_TARGET LATEST #tea :Messages could not be retrieved")
    assert there.told() == []


def test_a_refusal_of_what_was_said_is_not_taken_for_one_of_typing() -> None:
    there = Elsewhere("message-tags")
    (line,) = there.session.say(there.tea, "hello")
    there.session.typing(there.tea, False)
    there.hear("404 alice #tea :Cannot send to channel")
    assert line.delivery is Delivery.FAILED


def test_an_empty_reason_is_none() -> None:
    there = Elsewhere()
    there.hear(":bob!b@h JOIN #tea", ":bob!b@h QUIT :Quit: ", ":eve!e@h JOIN #tea", ":eve!e@h PART #tea : ")
    there.hear(":mia!m@h JOIN #tea", ":mia!m@h QUIT :Quit: tea time")
    assert [line.text for line in there.tea.timeline] == ["", "", "", "", "", "", "Quit: tea time"]
