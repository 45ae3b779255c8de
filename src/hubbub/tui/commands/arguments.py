"""What stands behind a command: words, people, rooms, numbers of messages, lengths of time.

Owns how these are written, and the sentences for when they are written otherwise. Called by the commands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from hubbub.client.chat import Conversation, Place
from hubbub.client.events import Phase
from hubbub.client.lines import Delivery, Line
from hubbub.irc.names import fold
from hubbub.irc.text import printable
from hubbub.plain.commands import Unclear, is_person, to_room
from hubbub.tui.commands.desk import Desk
from hubbub.tui.commands.registry import Act

_DURATION = re.compile(r"([0-9]{1,5})(s|m|min|h|d|w)")
_UNITS = {"s": "seconds", "m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_MOST_COUNTED = 10_000


def usage(act: Act) -> str:
    return (act.__doc__ or "").partition(": ")[0]


def words(rest: str, count: int, act: Act) -> list[str]:
    """The first words and what is left; every one of them is needed."""
    found = rest.split(None, count - 1) if rest else []
    if len(found) < count:
        raise Unclear(f"Write it like this: {usage(act)}")
    return found


def text(rest: str, act: Act) -> str:
    """All of it, which must not be nothing."""
    return words(rest, 1, act)[0]


def person(word: str) -> str:
    if not is_person(word):
        raise Unclear(f"\"{printable(word)}\" can't be anybody's name.")
    return word


def room_called(desk: Desk, word: str) -> str:
    """The room that somebody means, with or without its #."""
    if desk.session.chat.is_channel(word) and word[0] != "#" and not re.search(r"[\s,\x00-\x1f]", word):
        return word
    return to_room(word)


def room_here(desk: Desk) -> Conversation:
    if not desk.conversation.is_room:
        raise Unclear("This is no room. /join #name takes you into one, /rooms lists them.")
    return desk.conversation


def room_first(desk: Desk, rest: str) -> tuple[str, str]:
    """The name of the room that stands first, or else of the one that is shown; and the rest."""
    word, _, after = rest.partition(" ")
    if word and desk.session.chat.is_channel(word):
        return room_called(desk, word), after.strip()
    return room_here(desk).name, rest


def conversation_first(desk: Desk, rest: str) -> tuple[Conversation, str]:
    """The conversation whose name stands first, if there is one of that name; else the one that is shown."""
    word, _, after = rest.partition(" ")
    found = desk.session.chat.find(word) if word else None
    if found is None and desk.session.chat.is_channel(word):
        raise Unclear(f"You are not in {printable(word)}.")
    return (found, after.strip()) if found is not None else (desk.conversation, rest)


def conversation_called(desk: Desk, name: str) -> Conversation:
    """The one of this name, or the one that is shown where none is given."""
    found = desk.session.chat.find(name) if name else desk.conversation
    if found is None and not desk.session.chat.is_channel(name):
        found = desk.session.chat.find(f"#{name}")
    if found is None:
        raise Unclear(f'There is no conversation "{printable(name)}" here.')
    if found.place is Place.SERVER:
        raise Unclear("This is what the server says; go to a room or a person first.")
    return found


def here(desk: Desk) -> Conversation:
    """Where something can be said."""
    return conversation_called(desk, "")


def direct_partner(desk: Desk) -> str:
    """Whom we talk to alone in the conversation that is shown; "" elsewhere."""
    return desk.conversation.name if desk.conversation.place is Place.DIRECT else ""


def online(desk: Desk) -> None:
    if desk.session.phase is not Phase.ONLINE:
        raise Unclear("There is no connection at the moment.")


def needs(desk: Desk, feature: str, what: str) -> None:
    if not desk.session.can(feature):
        raise Unclear(f"This server can't {what}.")


# -- messages -------------------------------------------------------------------------------------------------


def number_first(rest: str) -> tuple[int, str]:
    """The number that stands first, 0 for none; and the rest."""
    word, _, after = rest.partition(" ")
    if word.isascii() and word.isdigit() and len(word) < 6:
        return int(word), after.strip()
    return 0, rest


def said(desk: Desk) -> Iterator[Line]:
    """What was said here, as far as it is loaded and shown, the last first."""
    ignored = desk.session.chat.ignored
    for line in reversed(desk.conversation.timeline.lines):
        if line.kind.is_said and fold(line.nick) not in ignored:
            yield line


def message(desk: Desk, number: int, *, mine: bool = False) -> Line:
    """Number 1 is the last one said. Without a number the focused one, else the last, or my last."""
    if number:
        return _counted(desk, number)
    if desk.focused is not None and desk.focused.kind.is_said:
        return desk.focused
    for line in said(desk):
        if not mine or (line.mine and not line.redacted):
            return line
    raise Unclear("You said nothing here yet." if mine else "Nobody said anything here yet.")


def _counted(desk: Desk, number: int) -> Line:
    count = 0
    for line in said(desk):
        count += 1
        if count == number:
            return line
        if count == _MOST_COUNTED:
            break
    raise Unclear(f"Only {count} messages are loaded here. The last one is 1.")


def known_to_server(line: Line) -> Line:
    """A line that the server can be told about."""
    if line.redacted:
        raise Unclear("That message was taken back.")
    if line.delivery is Delivery.PENDING:
        raise Unclear("That message is still on its way.")
    if line.delivery is Delivery.FAILED:
        raise Unclear("That message was not sent.")
    if not line.msgid:
        raise Unclear("This server gives messages no ids, so nobody can say which one is meant.")
    return line


# -- time -----------------------------------------------------------------------------------------------------


def duration(word: str) -> timedelta | None:
    """10m, 2h, 1d; None: something else."""
    found = _DURATION.fullmatch(word.lower())
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found and int(found[1]) else None
