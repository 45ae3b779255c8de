"""Answers that come in many lines and are shown together, sorted: the people of WHO and the rooms of LIST.

Owns the collecting and its bounds. Called by LineMode.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from hubbub.irc.names import fold
from hubbub.irc.text import printable
from hubbub.irc.wire import Message
from hubbub.plain.shown import to_person

WHOX_TOKEN = "731"  # noqa: S105  # WHOX calls so what tells the answers to one question from those to another
WHOX_FIELDS = f"%tcuhnfrp,{WHOX_TOKEN}"
"""p, the address that somebody is connected from, is hubbub's own; servers ignore fields they don't know."""

_MOST = 200


@dataclass(slots=True)
class People:
    """Who is here, from 354 or 352 until 315."""

    lines: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, message: Message) -> str:
        """Returns the name, or "" for a reply that is not to our question."""
        params = message.params
        if message.command == "352":
            return self._add(params[5], params[6], params[3]) if len(params) > 6 else ""
        # 354 with our fields: token, channel, user, host, nick, flags, (address), real name
        if len(params) < 8 or params[1] != WHOX_TOKEN:
            return ""
        return self._add(params[5], params[6], params[7] if len(params) > 8 else params[4])

    def _add(self, nick: str, flags: str, address: str) -> str:
        self.count += 1
        if len(self.lines) < _MOST:
            self.lines.append(to_person(nick, flags, address))
        return nick

    def show(self, mask: str) -> Iterator[str]:
        where = "connected" if mask == "*" else f"in {mask}" if mask.startswith("#") else f"called {mask}"
        yield printable(f"{_people(self.count)} {where}{':' if self.count else '.'}")
        yield from sorted(self.lines, key=fold)
        yield from _more(self.count - len(self.lines))


@dataclass(slots=True)
class RoomList:
    """The rooms there are, from 322 until 323; the largest first."""

    lines: list[tuple[int, str]] = field(default_factory=list)
    count: int = 0

    def add(self, message: Message) -> None:
        room, people, topic = [*message.params[1:4], "", "", ""][:3]
        self.count += 1
        number = int(people) if people.isascii() and people.isdigit() and len(people) < 10 else 0
        if len(self.lines) < _MOST:
            about = f"  {topic}" if topic else ""
            who = "1 person" if number == 1 else f"{number} people"
            self.lines.append((-number, printable(f"  {room}  {who}{about}")))

    def show(self) -> Iterator[str]:
        yield "The rooms:" if self.lines else "There is no room to be seen."
        yield from [line for _, line in sorted(self.lines)]
        yield from _more(self.count - len(self.lines))


def _people(count: int) -> str:
    if not count:
        return "Nobody is"
    return "1 person is" if count == 1 else f"{count} people are"


def _more(count: int) -> Iterator[str]:
    if count > 0:
        yield f"  and {count} more"
