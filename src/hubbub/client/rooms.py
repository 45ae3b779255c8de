"""What happens in rooms: who comes and goes, names, ranks, modes, topics, invitations.

Owns what these commands and replies change. Handlers of Reducer: each takes the state and a message, and yields
events.
"""

from __future__ import annotations

from hubbub.client.chat import Conversation, Person, Place
from hubbub.client.events import Changed, Closed, Opened, SelfChanged, Told
from hubbub.client.reading import Heard, happened, is_ignored, reason
from hubbub.client.state import Events, Handler, State, is_name
from hubbub.irc.names import fold
from hubbub.irc.text import printable
from hubbub.irc.wire import split_source


def joined(state: State, heard: Heard) -> Events:
    if state.chat.is_me(heard.nick):
        yield from _entered(state, heard)
        return
    room = state.room(heard.param(0))
    member = state.membership.enter(room, heard.message.source) if room and room.joined else None
    if room is None or member is None:
        return
    _introduce(state, member.person, heard)
    yield from state.happened(room, heard)
    yield Changed(room)


def _introduce(state: State, person: Person, heard: Heard) -> None:
    """extended-join, account-tag."""
    account = heard.param(1) or heard.message.tags.get("account", "")
    person.account = "" if account == "*" else account or person.account
    person.realname = heard.param(2) or person.realname


def _entered(state: State, heard: Heard) -> Events:
    """We are in a room now, because we wanted to or because the server did."""
    name = heard.param(0)
    room = state.room(name)
    if room is None:
        if state.is_full(name) or not state.chat.is_channel(name) or state.chat.find(name) is not None:
            return
        room = state.chat.open(name, Place.ROOM)
    room.name = name
    room.joined = True
    room.topic = room.topic_by = room.modes = ""
    state.membership.reset(room)
    state.membership.enter(room, heard.message.source)
    if not room.read_ms and not _has_markers(state):
        room.read_ms = heard.time_ms
    yield Opened(room, asked=False)
    line = happened(heard.message, state.chat, heard.now_ms)
    if line is not None:
        # History is read from the newest line that has an id; what we missed lies before this one.
        line.msgid = ""
        yield from state.add(room, line, heard)


def _has_markers(state: State) -> bool:
    return state.chat.has("draft/read-marker") or state.chat.has("read-marker")


def parted(state: State, heard: Heard) -> Events:
    room = state.room(heard.param(0))
    if room is None:
        return
    yield from state.happened(room, heard)
    if state.chat.is_me(heard.nick):
        # No reason: the conversation is over, so nobody may go on showing it beside the next one of this name.
        yield from _left(state, room, "")
        state.chat.conversations.pop(fold(room.name), None)
    else:
        state.membership.leave(room, heard.nick)
        yield Changed(room)


def kicked(state: State, heard: Heard) -> Events:
    room = state.room(heard.param(0))
    if room is None:
        return
    yield from state.happened(room, heard)
    if state.chat.is_me(heard.param(1)):
        given = reason(heard.param(2))
        why = f": {given}" if given else ""
        yield from _left(state, room, printable(f"{heard.nick} put you out of {room.name}{why}"))
    else:
        state.membership.leave(room, heard.param(1))
        yield Changed(room)


def _left(state: State, room: Conversation, why: str) -> Events:
    """The room is kept where we were put out of it, so that one sees why."""
    room.joined = False
    state.membership.reset(room)
    yield Closed(room, why)


def quit_(state: State, heard: Heard) -> Events:
    places = [] if state.chat.is_me(heard.nick) else list(state.membership.places_of(heard.nick))
    for place in places:
        yield from state.happened(place, heard)
        state.membership.leave(place, heard.nick)
        yield Changed(place)
    if places:
        state.chat.people.pop(fold(heard.nick), None)


def renamed_person(state: State, heard: Heard) -> Events:
    new = heard.param(0)
    if not is_name(new) or not heard.nick or state.chat.is_channel(new):
        return
    mine = state.chat.is_me(heard.nick)
    if state.chat.is_me(new) and not mine:
        return
    for place in state.membership.rename(heard.nick, new):
        yield from state.happened(place, heard)
        yield Changed(place)
    if mine:
        state.chat.nick = new
        yield SelfChanged()


def renamed_room(state: State, heard: Heard) -> Events:
    old, new = heard.param(0), heard.param(1)
    room = state.room(old)
    if room is None or not state.chat.is_channel(new) or not is_name(new):
        return
    del state.chat.conversations[fold(old)]
    stale = state.chat.conversations.pop(fold(new), None)
    if stale is not None:
        yield Closed(stale)
    room.name = new
    state.chat.conversations[fold(new)] = room
    yield from state.happened(room, heard)
    yield Changed(room)


def invited(state: State, heard: Heard) -> Events:
    room = state.room(heard.param(1))
    if not state.chat.is_me(heard.param(0)):
        if room is not None:
            yield from state.happened(room, heard)
        return
    if is_ignored(state.chat, heard.nick):
        return
    yield from state.happened(state.chat.server, heard)
    name = printable(heard.param(1))
    yield Told(f"{printable(heard.nick)} invites you to {name}: /join {name}", conversation=room)


def mode(state: State, heard: Heard) -> Events:
    if not state.chat.is_channel(heard.param(0)):
        yield from state.happened(state.chat.server, heard)
        return
    room = state.room(heard.param(0))
    if room is not None:
        state.membership.change_modes(room, heard.message.params[1:])
        yield from state.happened(room, heard)
        yield Changed(room)


def modes(state: State, heard: Heard) -> Events:
    room = state.room(heard.param(1))
    if room is not None:
        state.membership.set_modes(room, heard.message.params[2:])
        yield Changed(room)


def topic(state: State, heard: Heard) -> Events:
    room = state.room(heard.param(0))
    if room is not None:
        room.topic, room.topic_by = heard.param(1), heard.nick if heard.param(1) else ""
        yield from state.happened(room, heard)
        yield Changed(room)


def topic_is(state: State, heard: Heard) -> Events:
    """331: none; 332."""
    room = state.room(heard.param(1))
    if room is not None:
        room.topic = heard.param(2) if heard.message.command == "332" else ""
        room.topic_by = room.topic_by if room.topic else ""
        yield Changed(room)


def topic_by(state: State, heard: Heard) -> Events:
    room = state.room(heard.param(1))
    if room is not None:
        room.topic_by = split_source(heard.param(2))[0]
        yield Changed(room)


def names(state: State, heard: Heard) -> Events:
    room = state.room(heard.param(2))
    if room is not None and room.joined:
        state.membership.name(room, heard.param(3))
    yield from ()


def end_of_names(state: State, heard: Heard) -> Events:
    room = state.room(heard.param(1))
    if room is not None and state.membership.end_names(room):
        yield Changed(room)


HANDLERS: dict[str, Handler] = {
    "JOIN": joined,
    "PART": parted,
    "KICK": kicked,
    "QUIT": quit_,
    "NICK": renamed_person,
    "RENAME": renamed_room,
    "INVITE": invited,
    "MODE": mode,
    "324": modes,
    "TOPIC": topic,
    "331": topic_is,
    "332": topic_is,
    "333": topic_by,
    "353": names,
    "366": end_of_names,
}
