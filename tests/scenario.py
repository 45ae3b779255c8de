"""Conversations as data: reads tests/scenarios/*.chat and plays them in a world (tests/scenarios/README.md).

A script says who connects, what they send and what each must hear next. Nothing may be heard that the script
doesn't name, so a line too many fails as one too few does. Waiting is always for a line: before somebody else
speaks, a PING proves that what was said before has been done.
"""

from __future__ import annotations

import re
from collections import deque
from pathlib import Path
from typing import NamedTuple, Protocol

SERVER = "test.example"
LONGEST, LONGEST_TAGS = 512, 8191
"""Modern IRC, "Message Format"; message-tags, "Size limit"."""


class Connection(Protocol):
    """One client's connection, in whatever world."""

    def send(self, line: bytes) -> None:
        """Say a line, without its line end."""

    def read(self) -> bytes | None:
        """The next line; None if the server has closed the connection. Raises Silence if nothing comes."""

    def drop(self) -> None:
        """The connection breaks."""


class World(Protocol):
    """A server, in whatever world."""

    def connect(self) -> Connection: ...

    def tick(self) -> None:
        """Let the server's clock show a later time."""


class Silence(Exception):
    """A line was awaited and none came."""


class Step(NamedTuple):
    number: int
    actor: str
    action: str
    text: str


class Script(NamedTuple):
    name: str
    settings: dict[str, str]
    steps: list[Step]


ACTIONS = "connects|joins|opens|breaks off|hears nothing|is closed|ticks"
STEP = re.compile(rf"(?P<actor>\w+)(?:(?P<say>: )|(?P<hear> < )| (?P<action>{ACTIONS})\b ?)(?P<text>.*)")
SETTING = re.compile(r"setting ([a-z_.]+) = (.+)")


def read(path: Path) -> Script:
    """Take a script apart; a line that is none is an error."""
    script = Script(path.stem, {}, [])
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        setting, step = SETTING.fullmatch(line), STEP.fullmatch(line)
        if setting:
            script.settings[setting[1]] = setting[2]
        elif step:
            action = "says" if step["say"] else "hears" if step["hear"] else step["action"]
            script.steps.append(Step(number, step["actor"], action, step["text"]))
        else:
            raise ValueError(f"{path.name}:{number}: what does this mean? {line}")
    return script


# -- lines and patterns --------------------------------------------------------------------------------------


class Line(NamedTuple):
    """A line or a pattern of one, taken apart; values of tags stay as they are written."""

    tags: dict[str, str]
    source: str
    params: list[str]
    """The command first."""

    @classmethod
    def of(cls, text: str) -> Line:
        tags, source = "", ""
        if text.startswith("@"):
            tags, _, text = text[1:].partition(" ")
        if text.startswith(":"):
            source, _, text = text[1:].partition(" ")
        front, colon, trailing = text.partition(" :")
        pairs = (tag.partition("=") for tag in tags.split(";") if tag)
        return cls({key: value for key, _, value in pairs}, source, front.split() + [trailing] * bool(colon))


PART = re.compile(
    r"(?P<rest>\0\.\.\.)(?=\0|$)|\\x(?P<hex>[0-9a-f]{2})|\\(?P<literal>[*{])"
    r"|\{(?P<letter>.)\*(?P<times>\d+)\}|\{(?P<name>\w+)\}|(?P<any>\*)|(?P<text>[^\0\\{*]+|.)",
    re.DOTALL,
)


def matches(pattern: str, text: str, names: dict[str, str]) -> bool:
    """Whether a line is as the pattern says; what it captures is added to `names`."""
    wanted, got = Line.of(pattern), Line.of(text)
    if wanted.tags.keys() not in ({"*"}, got.tags.keys()):
        return False
    # What comes from the server may be written without its name.
    pairs = [(wanted.source or SERVER, got.source or SERVER), (_joined(wanted.params), _joined(got.params))]
    if "*" not in wanted.tags:
        pairs = [(value, got.tags[key]) for key, value in wanted.tags.items()] + pairs
    found: dict[str, str] = {}
    for want, value in pairs:
        match = re.fullmatch(_expression(want, names | found), value)
        if match is None:
            return False
        found |= match.groupdict()
    names |= found
    return True


def _joined(params: list[str]) -> str:
    """Parameters as one text, each after a NUL, which none can hold."""
    return "".join(f"\0{param}" for param in params)


def _expression(pattern: str, names: dict[str, str]) -> str:
    return "".join(_part(part, names) for part in PART.finditer(pattern))


def _part(part: re.Match[str], names: dict[str, str]) -> str:
    if part["rest"]:
        return r"(?:\0[^\0]*)*"
    if part["any"]:
        return r"[^\0]*"
    if part["name"]:
        name = part["name"]
        return re.escape(names[name]) if name in names else f"(?P<{name}>[^ ;\\0]+)"
    if part["hex"]:
        return re.escape(chr(int(part["hex"], 16)))
    return re.escape(part["literal"] or (part["letter"] or "") * int(part["times"] or 0) or part["text"])


def to_bytes(text: str, names: dict[str, str]) -> bytes:
    """A line to send: {name} is what was captured, {x*9} a row of letters, \\xff one byte."""
    text = re.sub(r"\{(.)\*(\d+)\}", lambda found: found[1] * int(found[2]), text)
    text = re.sub(r"\{(\w+)\}", lambda found: names.get(found[1], found[0]), text)
    return re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), text.encode())


# -- playing -------------------------------------------------------------------------------------------------


class Actor:
    """Somebody in the conversation: a connection, and what it has been told and not yet been asked about."""

    def __init__(self, name: str, connection: Connection) -> None:
        self.name = name
        self.connection = connection
        self.inbox: deque[str] = deque()
        self.is_closed = False
        self.has_spoken = False
        self._tokens = 0

    def send(self, line: bytes) -> None:
        self.has_spoken = True
        self.connection.send(line)

    def next_line(self) -> str | None:
        """The next line; None if the connection was closed."""
        if self.inbox:
            return self.inbox.popleft()
        data = None if self.is_closed else self.connection.read()
        if data is None:
            self.is_closed = True
            return None
        return self._checked(data)

    def settle(self) -> None:
        """Return when all that it has said is done and all that it is told for that is in the inbox."""
        self.has_spoken = False
        if self.is_closed:
            return
        self._tokens += 1
        token = f"settled-{self._tokens}"
        self.connection.send(b"PING " + token.encode())
        unheard = self.inbox
        self.inbox = deque()
        while (line := self.next_line()) is not None and Line.of(line).params[-1] != token:
            unheard.append(line)
        self.inbox = unheard

    def _checked(self, data: bytes) -> str:
        """What holds for every line that a server sends."""
        tags = data.index(b" ") + 1 if data.startswith(b"@") else 0
        assert len(data) - tags + 2 <= LONGEST, f"{self.name} was sent a line of {len(data) - tags + 2} bytes"
        assert tags <= LONGEST_TAGS, f"{self.name} was sent {tags} bytes of tags"
        assert not {0, 10, 13}.intersection(data), f"{self.name} was sent NUL, CR or LF within a line"
        # UTF8ONLY: nothing but UTF-8 is relayed, so this raises only if the server is wrong.
        return data.decode()


class Play:
    """One script in one world."""

    def __init__(self, script: Script, world: World) -> None:
        self.script = script
        self.world = world
        self.actors: dict[str, Actor] = {}
        self.names: dict[str, str] = {}
        self.heard: deque[str] = deque(maxlen=12)

    def run(self) -> None:
        """Play it to the end, and see that nobody was told more than the script says."""
        for step in self.script.steps:
            try:
                self._do(step)
            except (AssertionError, Silence) as failure:
                raise AssertionError(self._explained(step, failure)) from failure
        for actor in self.actors.values():
            self._settle_all_but(None)
            actor.settle()
            assert not actor.inbox, (
                f"{self.script.name}: at the end {actor.name} also heard {list(actor.inbox)}"
            )

    def _explained(self, step: Step, failure: Exception) -> str:
        before = "\n  ".join(self.heard)
        where = f"{self.script.name}.chat:{step.number}: {step.actor} {step.action} {step.text}"
        return f"{where}\n{failure}\nlast lines:\n  {before}"

    def _do(self, step: Step) -> None:
        if step.action == "ticks":
            self._settle_all_but(None)
            self.world.tick()
        elif step.action in ("opens", "connects"):
            self._settle_all_but(None)
            actor = self.actors[step.actor] = Actor(step.actor, self.world.connect())
            if step.action == "connects":
                self._register(actor, step.text)
        else:
            _ACTIONS[step.action](self, self.actors[step.actor], step.text)

    def _settle_all_but(self, actor: Actor | None) -> None:
        for other in self.actors.values():
            if other is not actor and other.has_spoken:
                other.settle()

    def _register(self, actor: Actor, caps: str) -> None:
        lines = [f"NICK {actor.name}", f"USER {actor.name} 0 * :{actor.name}"]
        if caps:
            lines = [f"CAP REQ :{caps}", *lines, "CAP END"]
        for line in lines:
            actor.send(line.encode())
        actor.settle()
        codes = [Line.of(line).params[0] for line in actor.inbox]
        assert "001" in codes, f"{actor.name} could not register: {list(actor.inbox)}"
        assert not caps or matches("CAP * ACK *", actor.inbox[0], {}), actor.inbox[0]
        actor.inbox.clear()

    def _say(self, actor: Actor, text: str) -> None:
        self._settle_all_but(actor)
        line = to_bytes(text, self.names)
        self.heard.append(f"{actor.name}: {text}")
        actor.send(line)

    def _join(self, actor: Actor, rooms: str) -> None:
        """Enter rooms, which everybody there takes notice of without a word in the script."""
        self._settle_all_but(actor)
        assert not actor.inbox, f"{actor.name} also heard {list(actor.inbox)}"
        actor.send(f"JOIN {rooms}".encode())
        actor.settle()
        joins = [line for line in actor.inbox if Line.of(line).params[0] == "JOIN"]
        assert joins, f"{actor.name} could not join: {list(actor.inbox)}"
        actor.inbox.clear()
        source = Line.of(joins[0]).source
        for other in self.actors.values():
            if other is not actor:
                other.settle()
                seen = [line for line in other.inbox if matches(f"@* :{source} JOIN ...", line, {})]
                other.inbox = deque(line for line in other.inbox if line not in seen)

    def _hear(self, actor: Actor, pattern: str) -> None:
        skipping = pattern.startswith("... ") or pattern == "..."
        pattern = pattern.removeprefix("...").removeprefix(" ")
        if not pattern:
            self._settle_all_but(None)
            actor.settle()
            actor.inbox.clear()
            return
        while (line := actor.next_line()) is not None:
            self.heard.append(f"{actor.name} < {line}")
            if matches(pattern, line, self.names):
                return
            assert skipping, f"{actor.name} heard: {line}"
        raise Silence(f"{actor.name}'s connection was closed")

    def _hear_nothing(self, actor: Actor, _text: str) -> None:
        self._settle_all_but(None)
        actor.settle()
        assert not actor.inbox, f"{actor.name} heard {list(actor.inbox)}"

    def _closed(self, actor: Actor, _text: str) -> None:
        line = actor.next_line()
        assert line is None, f"{actor.name} is not cut off but hears: {line}"

    def _break_off(self, actor: Actor, _text: str) -> None:
        self._settle_all_but(None)
        actor.connection.drop()
        actor.is_closed = True


_ACTIONS = {
    "says": Play._say,
    "joins": Play._join,
    "hears": Play._hear,
    "hears nothing": Play._hear_nothing,
    "is closed": Play._closed,
    "breaks off": Play._break_off,
}
