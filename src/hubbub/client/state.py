"""What every handler of Reducer works on: the chat, who is in it, and the ways a line gets into a conversation.

Owns the limits on conversations, and that a line that came is counted and told. Knows no single command.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator

from hubbub.client.chat import Chat, Conversation, Place
from hubbub.client.events import Added, Event, Opened
from hubbub.client.lines import Kind, Line
from hubbub.client.membership import Membership
from hubbub.client.reading import Heard, happened, split_target

MOST_CONVERSATIONS = 2_000
LONGEST_NAME = 300

_NOT_OF_NAMES = re.compile(r"[\s,\x00-\x1f\x7f]|^:")

Events = Iterator[Event]


def is_name(name: str) -> bool:
    """Whether anything can be sent to it: one word, as the target of a line."""
    return 0 < len(name) <= LONGEST_NAME and _NOT_OF_NAMES.search(name) is None


class State:
    """Of one Chat."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.membership = Membership(chat)

    # -- conversations --------------------------------------------------------------------------------------

    def room(self, name: str) -> Conversation | None:
        found = self.chat.find(name)
        return found if found is not None and found.is_room else None

    def is_full(self, name: str) -> bool:
        """Whether a conversation of this name can't be opened."""
        return len(self.chat.conversations) >= MOST_CONVERSATIONS or not is_name(name)

    def opened(self, name: str) -> Generator[Event, None, Conversation]:
        """A direct conversation, or a room that we know; what finds no place goes to the server's."""
        found = self.chat.find(name)
        if found is not None:
            return found
        if not name or self.is_full(name) or self.chat.is_channel(name):
            return self.chat.server
        conversation = self.chat.open(name, Place.DIRECT)
        yield Opened(conversation, asked=False)
        return conversation

    def about(self, params: Iterable[str]) -> Conversation | None:
        """The first that is the name of a conversation."""
        names = [split_target(param, self.chat)[1] for param in params if param]
        return next((found for name in names if (found := self.chat.find(name)) is not None), None)

    # -- lines ----------------------------------------------------------------------------------------------

    def add(self, conversation: Conversation, line: Line, heard: Heard) -> Events:
        timeline = conversation.timeline
        late = heard.is_late
        if not (timeline.merge([line]) if late else timeline.append(line)):
            return
        timeline.reactions.show(line)
        conversation.count(line)
        yield Added(conversation, line, live=not late)

    def happened(self, conversation: Conversation, heard: Heard) -> Events:
        """What somebody did there."""
        line = happened(heard.message, self.chat, heard.now_ms)
        if line is not None:
            yield from self.add(conversation, line, heard)

    def inform(self, heard: Heard, text: str) -> Events:
        """Into the server's conversation."""
        if text:
            line = Line(Kind.INFO, heard.time_ms, text=text, msgid=heard.message.tags.get("msgid", ""))
            yield from self.add(self.chat.server, line, heard)


Handler = Callable[[State, Heard], Events]
