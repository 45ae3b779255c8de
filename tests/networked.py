"""Somebody with a Network of ours, for tests that look at what the client knows rather than at a screen.

    async with people(port, "alice", "bob") as [alice, bob]:
        tea = await alice.enter("#tea")
        await alice.say(tea, "hello")

Nothing here sleeps: every wait ends with an event of the client, or fails at a deadline with all that was seen instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from hubbub.client.chat import Conversation
from hubbub.client.connection import Encryption
from hubbub.client.events import Event, Phase
from hubbub.client.lines import Delivery, Kind, Line
from hubbub.client.network import Network
from hubbub.client.registration import Identity
from hubbub.client.requests import Request
from serving import PATIENCE

E = TypeVar("E")


class Person:
    """Somebody with our client."""

    def __init__(self, port: int, name: str) -> None:
        self.events: list[Event] = []
        self.network = Network(
            "other",
            "127.0.0.1",
            port,
            Identity(name),
            self._heard,
            encryption=Encryption.PLAIN,
            first_pause=0.05,
        )
        self._news = asyncio.Event()
        self.network.start()

    @property
    def session(self):
        return self.network.session

    @property
    def chat(self):
        return self.network.chat

    def _heard(self, _network: Network, events: list[Event]) -> None:
        self.events += events
        self._news.set()

    async def until(self, holds: Callable[[], object], what: str) -> None:
        """Wait until it holds; it is looked at whenever the client has something to tell."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not holds():
            self._news.clear()
            try:
                async with asyncio.timeout_at(deadline):
                    await self._news.wait()
            except TimeoutError:
                raise AssertionError(f"{self.chat.nick}: no {what}; there was\n{self._seen()}") from None

    def _seen(self) -> str:
        lines = [
            f"{room.name} {line.kind} {line.nick}: {line.text} {line.delivery} {line.failure}"
            for room in self.chat.conversations.values()
            for line in room.timeline
        ]
        return "\n".join([*map(str, self.events[-20:]), *lines])

    def told(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def online(self) -> None:
        await self.until(lambda: self.network.phase is Phase.ONLINE, "welcome")

    async def enter(self, name: str) -> Conversation:
        """Join, and wait for the names."""
        self.session.join(name)
        await self.until(lambda: self._is_in(name), f"way into {name}")
        room: Conversation = self.chat.find(name)
        return room

    def _is_in(self, name: str) -> bool:
        room = self.chat.find(name)
        # Whoever came first is its operator.
        return room is not None and room.joined and any(member.ranks for member in room.members.values())

    async def ask(self, command: str, *params: str) -> Request:
        request: Request = self.session.ask(command, *params)
        await self.until_done(request)
        return request

    async def until_done(self, request: Request) -> None:
        request.then(lambda _request: self._news.set())
        await self.until(lambda: request.done, f"answer to {request.command}")

    async def say(self, conversation: Conversation, text: str, kind: Kind = Kind.MESSAGE) -> list[Line]:
        """Say it, and wait until it has arrived."""
        lines: list[Line] = self.session.say(conversation, text, kind=kind)
        await self.until(
            lambda: all(line.delivery is Delivery.ARRIVED for line in lines), f"confirmation of {text[:20]!r}"
        )
        return lines

    async def hears(self, name: str, text: str) -> Line:
        def found() -> list[Line]:
            conversation = self.chat.find(name)
            return [line for line in conversation.timeline if line.text == text] if conversation else []

        await self.until(found, f"{text[:40]!r} in {name}")
        (line,) = found()
        return line


@asynccontextmanager
async def people(port: int, *names: str) -> AsyncIterator[list[Person]]:
    """Those of these names, all of them online."""
    present = [Person(port, name) for name in names]
    try:
        for person in present:
            await person.online()
        yield present
    finally:
        await asyncio.gather(*(person.network.stop() for person in present))


def texts(conversation: Conversation) -> list[str]:
    return [line.text for line in conversation.timeline if line.kind.is_said]
