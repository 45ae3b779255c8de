"""A client's Session on a server of hubworld: both without sockets, so that a test decides when the wire breaks.

world = World({"rooms.default": "#lobby"})
alice = Chatting(world, "alice")
alice.say("#lobby", "hello")
assert alice.texts("#lobby") == ["hello"]
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import TypeVar

from hubbub.client.chat import Conversation
from hubbub.client.events import Event
from hubbub.client.lines import Line
from hubbub.client.registration import Identity
from hubbub.client.session import Session
from hubbub.irc.wire import parse
from hubworld import Client, World

E = TypeVar("E")


class Chatting:
    """Somebody with a client of ours. `wire` None: the connection is gone."""

    numbers = count(1)

    def __init__(
        self,
        world: World,
        nick: str,
        *,
        password: str = "",
        rooms: Mapping[str, str] | None = None,
        connect: bool = True,
    ) -> None:
        self.world = world
        self.events: list[Event] = []
        self.session = Session(
            Identity(nick, password=password),
            now_ms=world.clock,
            nonce=lambda: f"n{next(self.numbers)}",
            rooms=rooms,
        )
        self.wire: Client | None = None
        if connect:
            self.connect()

    @property
    def chat(self):
        return self.session.chat

    # -- the wire

    def connect(self) -> None:
        self.wire = self.world.connection()
        self.session.connected(safe=True)
        self.run()

    def run(self) -> None:
        """Let both sides speak until nobody has anything to say."""
        while self.step():
            pass

    def step(self) -> bool:
        return self.deliver() or self.collect()

    def deliver(self) -> bool:
        """What the client has to say reaches the server."""
        messages = self.session.take_messages()
        if self.wire is None:
            return False
        for message in messages:
            self.wire.send(message.to_line())
        return bool(messages)

    def collect(self) -> bool:
        """What the server has said reaches the client."""
        lines = self.wire.received() if self.wire else []
        for line in lines:
            self.session.received(parse(line))
        self.events += self.session.take_events()
        return bool(lines)

    def lose(self) -> None:
        """The wire breaks; what was on it is lost in both directions."""
        assert self.wire is not None
        wire, self.wire = self.wire, None
        self.session.take_messages()
        wire.received()
        wire.leave()
        self.session.disconnected("lost")
        self.events += self.session.take_events()

    # -- the chat

    def conversation(self, name: str) -> Conversation:
        found = self.session.chat.find(name)
        assert found is not None, f"{self.session.chat.nick} knows no {name}"
        return found

    def say(self, name: str, text: str) -> list[Line]:
        self.world.clock.advance(0.001)
        found = self.session.chat.find(name) or self.session.converse(name)
        lines = self.session.say(found, text)
        self.run()
        return lines

    def texts(self, name: str) -> list[str]:
        return [line.text for line in self.conversation(name).timeline if line.kind.is_said]

    def told(self, kind: type[E]) -> list[E]:
        """The events of this kind since the last time."""
        found = [event for event in self.events if isinstance(event, kind)]
        self.events = [event for event in self.events if not isinstance(event, kind)]
        return found


def all_run(*people: Chatting) -> None:
    """Until nobody has anything to say."""
    while sum(person.step() for person in people):
        pass
