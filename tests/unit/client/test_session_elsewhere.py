"""A client's session on servers that have less than ours, or do the same in another way. The server is a script."""

from __future__ import annotations

from hubbub.client.chat import Conversation
from hubbub.client.lines import Delivery, Line
from hubbub.client.registration import Identity
from hubbub.client.requests import PATIENCE_MS
from hubbub.client.session import Session
from hubbub.irc.wire import parse


class Elsewhere:
    """A session that is online, in #tea, on a server with these capabilities."""

    def __init__(self, capabilities: str = "") -> None:
        self.now_ms = 1_000_000
        self.session = Session(
            Identity("alice"), now_ms=lambda: self.now_ms, nonce=lambda: "n1", rooms={"#tea": ""}
        )
        self.session.connected()
        if capabilities:
            self.hear(f"CAP * LS :{capabilities}", f"CAP * ACK :{capabilities}")
        self.hear("001 alice :Welcome", "376 alice :End", ":alice!a@h JOIN #tea", "366 alice #tea :End")
        self.sent()

    def hear(self, *lines: str) -> None:
        for line in lines:
            self.session.received(parse(line))

    def sent(self) -> list[str]:
        return [message.to_line() for message in self.session.take_messages()]

    @property
    def tea(self) -> Conversation:
        found = self.session.chat.find("#tea")
        assert found is not None
        return found

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
