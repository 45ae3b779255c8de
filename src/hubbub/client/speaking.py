"""What people say and do to what was said: messages, typing, reactions, edits, redactions, read markers.

Owns what these commands change. Handlers of Reducer: each takes the state and a message, and yields events.
"""

from __future__ import annotations

from hubbub.client.chat import Conversation, Place
from hubbub.client.events import Changed, Updated
from hubbub.client.lines import Line
from hubbub.client.playback import confirm, waiting_for
from hubbub.client.reading import Heard, believable, conversation_name, is_ignored, is_mine, said, tagged
from hubbub.client.revising import revise
from hubbub.client.state import Events, Handler, State
from hubbub.irc.names import fold
from hubbub.irc.wire import split_source

_MOST_TYPING = 100
"""Of one conversation: more can't be shown."""
_TYPING_TAGS = ("+typing", "+draft/typing")
_TYPING_MS = {"active": 6_000, "paused": 30_000}


def said_something(state: State, heard: Heard) -> Events:
    line = said(heard.message, state.chat, heard.now_ms)
    if line is None or is_ignored(state.chat, line.nick):
        return
    name = conversation_name(heard.message, state.chat)
    conversation = yield from state.opened(name)
    if conversation.place is Place.SERVER:
        line.target = heard.param(0) if state.chat.is_channel(name) else line.target
    elif not conversation.is_room:
        _know(state, line, heard)
    waiting = waiting_for(conversation.timeline, line)
    if waiting is not None:
        yield from _arrived(state, conversation, waiting, line)
        return
    yield from _spoke(state, conversation, line)
    yield from state.add(conversation, line, heard)


def _arrived(state: State, conversation: Conversation, waiting: Line, line: Line) -> Events:
    """It is the echo of what we sent."""
    confirm(waiting, line)
    conversation.timeline.settle(waiting, time_ms=line.time_ms, msgid=line.msgid)
    conversation.timeline.reactions.show(waiting)
    yield Updated(conversation, waiting)


def _spoke(state: State, conversation: Conversation, line: Line) -> Events:
    """Whoever speaks is here, and no longer typing."""
    member = conversation.member(line.nick)
    if member is not None:
        member.spoke_ms = max(member.spoke_ms, line.time_ms)
        member.person.bot = member.person.bot or line.bot
        member.person.account = line.account or member.person.account
    if conversation.typing.pop(fold(line.nick), None) is not None:
        yield Changed(conversation)


def _know(state: State, line: Line, heard: Heard) -> None:
    """Somebody who writes to us is known, even if we share no room."""
    nick, user, host = split_source(heard.message.source)
    if state.chat.find(nick) is None:
        return
    person = state.chat.person(nick)
    person.user, person.host = user or person.user, host or person.host
    person.account = line.account or person.account
    person.bot = person.bot or line.bot


def tagged_something(state: State, heard: Heard) -> Events:
    conversation = state.chat.find(conversation_name(heard.message, state.chat))
    if conversation is None or conversation.place is Place.SERVER or is_ignored(state.chat, heard.nick):
        return
    typing = tagged(heard.message.tags, _TYPING_TAGS)
    if typing:
        yield from _typing(state, conversation, heard, typing)
    yield from revised(state, heard)


def _typing(state: State, conversation: Conversation, heard: Heard, typing: str) -> Events:
    nick = fold(heard.nick)
    is_there = not conversation.is_room or nick in conversation.members
    if is_mine(state.chat, heard.nick) or not is_there or heard.is_late:
        return
    was = nick in conversation.typing
    if typing in _TYPING_MS and (was or len(conversation.typing) < _MOST_TYPING):
        conversation.typing[nick] = heard.now_ms + _TYPING_MS[typing]
    elif typing == "done":
        conversation.typing.pop(nick, None)
    if was != (nick in conversation.typing):
        yield Changed(conversation)


def revised(state: State, heard: Heard) -> Events:
    """Edited, taken back, reacted to."""
    conversation = state.chat.find(conversation_name(heard.message, state.chat))
    if conversation is None:
        return
    # A reaction names its line in a tag, and doesn't change what counts.
    line = conversation.timeline.find(heard.param(1))
    before = conversation.counted(line) if line is not None else (0, 0)
    changed = revise(conversation.timeline, heard, state.chat)
    if changed is None:
        return
    yield Updated(conversation, changed)
    after = conversation.counted(changed) if changed is line else before
    if after != before:
        # By the difference: there may be very many to count.
        conversation.unread += after[0] - before[0]
        conversation.mentions += after[1] - before[1]
        yield Changed(conversation)


def marked(state: State, heard: Heard) -> Events:
    """MARKREAD: how far we have read, on whatever device."""
    conversation = state.chat.find(heard.param(0))
    if conversation is None or not heard.param(0):
        return
    time_ms = believable(heard.param(1).removeprefix("timestamp="), heard.now_ms) or 0
    if heard.param(1) == "*" and conversation.is_room and not conversation.read_ms:
        # Never been here: what was said before we came need not be read.
        time_ms = heard.time_ms
    if time_ms > conversation.read_ms:
        conversation.read_ms = time_ms
        conversation.recount()
        yield Changed(conversation)


HANDLERS: dict[str, Handler] = {
    "PRIVMSG": said_something,
    "NOTICE": said_something,
    "TAGMSG": tagged_something,
    "REDACT": revised,
    "EDITMSG": revised,
    "MARKREAD": marked,
}
