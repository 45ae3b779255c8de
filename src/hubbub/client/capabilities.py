"""Capabilities: what a server offers, what of it we ask for, and what is in force.

https://ircv3.net/specs/extensions/capability-negotiation. Owns the CAP subcommands but LS and END, which frame the
registration; what a capability means is for others to know. Called by Registration for every CAP message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hubbub.irc.wire import Message

_MOST_OFFERED = 500
_LONGEST_NAME = 128
_LONGEST_VALUE = 1_024
_ROOM_FOR_NAMES = 400
"""Bytes of names in one REQ: with what the server puts in front, its answer must fit into one line, too."""


class Capabilities:
    """What the server offers, what is in force, and what has been asked for.

    `is_listed`: the server has said all it has. `is_settled`: and has answered to all that was asked.
    """

    def __init__(self, wanted: Iterable[str]) -> None:
        self.wanted = set(wanted)
        self.offered: dict[str, str] = {}
        self.enabled: dict[str, str] = {}
        self.is_listed = False
        self._asked: list[list[str]] = []
        self._refused: set[str] = set()
        self._list: set[str] = set()

    @property
    def is_settled(self) -> bool:
        return self.is_listed and not self._asked

    def received(self, message: Message) -> list[Message]:
        if len(message.params) < 3:
            return []
        handle = _SUBCOMMANDS.get(message.params[1].upper())
        is_continued = len(message.params) > 3 and message.params[2] == "*"
        return handle(self, message.params[-1].split(), is_continued) if handle else []

    def request(self, names: Iterable[str]) -> list[Message]:
        """Ask for these, in as few lines as have room for them."""
        lines: list[list[str]] = []
        room = 0
        for name in names:
            room -= len(name.encode()) + 1
            if room < 0:
                lines.append([])
                room = _ROOM_FOR_NAMES - len(name.encode())
            lines[-1].append(name)
        self._asked += lines
        return [_req(line) for line in lines]

    def _request_wanted(self) -> list[Message]:
        asked = {name for line in self._asked for name in line}
        known = asked | self._refused | self.enabled.keys()
        return self.request(sorted(name for name in self.offered if name in self.wanted - known))

    def _ls(self, words: list[str], is_continued: bool) -> list[Message]:
        self._offer(words)
        if is_continued:
            return []
        self.is_listed = True
        return self._request_wanted()

    def _new(self, words: list[str], _is_continued: bool) -> list[Message]:
        self._offer(words)
        self._refused -= {word.partition("=")[0] for word in words}
        return self._request_wanted() if self.is_listed else []

    def _offer(self, words: list[str]) -> None:
        for word in words:
            name, _, value = word.partition("=")
            has_room = len(self.offered) < _MOST_OFFERED or name in self.offered
            if not has_room or not _is_name(name) or len(value) > _LONGEST_VALUE:
                continue
            self.offered[name] = value
            if name in self.enabled:
                self.enabled[name] = value

    def _del(self, words: list[str], _is_continued: bool) -> list[Message]:
        for name in words:
            self.offered.pop(name, None)
            self.enabled.pop(name, None)
        return []

    def _ack(self, words: list[str], _is_continued: bool) -> list[Message]:
        for word in words:
            # "~" and "=" are what servers of version 301 may put in front.
            name = word.lstrip("-~=")
            if word.startswith("-"):
                self.enabled.pop(name, None)
            elif name in self.offered:
                self.enabled[name] = self.offered[name]
            self._answered(name)
        return []

    def _answered(self, name: str) -> None:
        for line in self._asked:
            if name in line:
                line.remove(name)
                break
        self._asked = [line for line in self._asked if line]

    def _nak(self, words: list[str], _is_continued: bool) -> list[Message]:
        """Of several that are refused together one may be to blame: ask for each by itself."""
        line = self._line_with(words)
        if line is None:
            return []
        self._asked.remove(line)
        if len(line) == 1:
            self._refused.update(line)
            return []
        return [message for name in line for message in self.request([name])]

    def _line_with(self, words: list[str]) -> list[str] | None:
        """The request that is refused; a server need not repeat it, but answers in order."""
        for line in self._asked:
            if any(word in line for word in words):
                return line
        return self._asked[0] if self._asked and not words else None

    def _listed(self, words: list[str], is_continued: bool) -> list[Message]:
        self._list.update(word for word in words if word in self.offered)
        if is_continued:
            return []
        in_force, self._list = self._list, set()
        for name in self.enabled.keys() - in_force:
            del self.enabled[name]
        self.enabled.update({name: self.offered[name] for name in in_force})
        return []


_SUBCOMMANDS: dict[str, Callable[[Capabilities, list[str], bool], list[Message]]] = {
    "LS": Capabilities._ls,
    "NEW": Capabilities._new,
    "DEL": Capabilities._del,
    "ACK": Capabilities._ack,
    "NAK": Capabilities._nak,
    "LIST": Capabilities._listed,
}


def _req(names: list[str]) -> Message:
    return Message("CAP", ["REQ", " ".join(names)])


def _is_name(name: str) -> bool:
    return 0 < len(name) <= _LONGEST_NAME and name[0] not in "-:" and name.isascii() and name.isprintable()
