"""One line of IRC with its tags, source, command and parameters: from text and back to text.

Owns the grammar of Modern IRC and of IRCv3 message-tags, and nothing about what a command means.
Knows no bytes: net cuts lines out of a stream, measures them and decodes them.
Called for every line that comes in and every line that goes out, so both ways stay short.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

MAX_LINE = 512  # bytes, CR LF included, tags not
MAX_CLIENT_TAGS = 4096  # bytes, the leading "@" and the space after the tags included

# Simple bots look for " :" in front of the text, so these always carry it, needed or not.
_COLON_ALWAYS = frozenset({"PRIVMSG", "NOTICE", "TOPIC", "QUIT", "ERROR", "WALLOPS", "332", "353"})

_ESCAPES = str.maketrans({";": "\\:", " ": "\\s", "\\": "\\\\", "\r": "\\r", "\n": "\\n"})
_UNESCAPES = {":": ";", "s": " ", "r": "\r", "n": "\n"}


class BadLine(ValueError):
    """They broke the grammar; reason says how, in words fit for the one who sent it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Message:
    """A line taken apart. A tag without a value and one with an empty value are both ""."""

    __slots__ = ("command", "params", "source", "tags")

    def __init__(
        self,
        command: str,
        params: Sequence[str] = (),
        source: str = "",
        tags: Mapping[str, str] | None = None,
    ) -> None:
        self.command = command
        self.params = list(params)
        self.source = source
        self.tags: dict[str, str] = dict(tags) if tags else {}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        return (
            self.command == other.command
            and self.params == other.params
            and self.source == other.source
            and self.tags == other.tags
        )

    __hash__ = None  # type: ignore[assignment]  # params and tags may change

    def __repr__(self) -> str:
        return f"Message({self.command!r}, {self.params!r}, source={self.source!r}, tags={self.tags!r})"

    def to_line(self) -> str:
        return format_line(self.command, self.params, self.source, self.tags)


def parse(line: str) -> Message:
    if "\r" in line or "\n" in line or "\0" in line:
        raise BadLine("a line may not hold NUL, CR or LF")
    message = Message.__new__(Message)
    message.source = ""
    message.tags = {}
    if line[:1] == "@":
        tags, _, line = line[1:].partition(" ")
        message.tags = parse_tags(tags)
        line = line.lstrip(" ")
    if line[:1] == ":":
        message.source, _, line = line[1:].partition(" ")
        if not message.source:
            raise BadLine("empty source")
    front, colon, text = line.partition(" :")
    params = front.split(" ")
    if "" in params:
        params = [param for param in params if param]
    if not params:
        raise BadLine("no command")
    message.command = _to_command(params.pop(0))
    if colon:
        params.append(text)
    message.params = params
    return message


def format_line(
    command: str, params: Sequence[str], source: str = "", tags: Mapping[str, str] | None = None
) -> str:
    """The line without CR LF. Raises BadLine for what the grammar cannot carry."""
    _to_command(command)
    line = _format_params(command, params) if params else command
    if source:
        if " " in source:
            raise BadLine("a source may not hold a space")
        line = f":{source} {line}"
    if tags:
        line = f"@{format_tags(tags)} {line}"
    if "\r" in line or "\n" in line or "\0" in line:
        raise BadLine("a line may not hold NUL, CR or LF")
    return line


def _format_params(command: str, params: Sequence[str]) -> str:
    last = params[-1]
    front = " ".join([command, *params[:-1]])
    # One check for all but the last: none is empty, holds a space or begins with a colon.
    if front.count(" ") != len(params) - 1 or "  " in front or " :" in front or front[-1] == " ":
        raise BadLine("only the last parameter may be empty, hold a space or begin with a colon")
    if not last or last[0] == ":" or " " in last or command in _COLON_ALWAYS:
        return f"{front} :{last}"
    return f"{front} {last}"


@lru_cache(maxsize=512)
def _to_command(word: str) -> str:
    """Checked and in capitals; kept, as nearly every line brings one of a few."""
    if word.isascii() and (word.isalpha() or (len(word) == 3 and word.isdigit())):
        return word.upper()
    raise BadLine("a command is letters or three digits")


def parse_tags(text: str) -> dict[str, str]:
    """What stands between "@" and the space. message-tags: the last of several equal keys wins."""
    tags = {}
    for tag in text.split(";"):
        key, _, value = tag.partition("=")
        if key:
            tags[key] = unescape_tag(value)
    return tags


def format_tags(tags: Mapping[str, str]) -> str:
    return ";".join([_format_tag(key, value) for key, value in tags.items()])


def _format_tag(key: str, value: str) -> str:
    if not key or " " in key or ";" in key or "=" in key:
        raise BadLine("a tag's key may not be empty or hold a space, semicolon or equals sign")
    return f"{key}={escape_tag(value)}" if value else key


def escape_tag(value: str) -> str:
    # Most values hold nothing to escape, and looking is five times cheaper than translating.
    if not (" " in value or ";" in value or "\\" in value or "\r" in value or "\n" in value):
        return value
    return value.translate(_ESCAPES)


def unescape_tag(value: str) -> str:
    """message-tags: an unknown escape loses its backslash, and so does one at the end."""
    if "\\" not in value:
        return value
    letters = iter(value)
    return "".join([_unescaped(next(letters, "")) if letter == "\\" else letter for letter in letters])


def _unescaped(letter: str) -> str:
    return _UNESCAPES.get(letter, letter)


def split_source(source: str) -> tuple[str, str, str]:
    """nick, user and host of nick!user@host; what is missing is "", and a server name is a nick."""
    front, _, host = source.partition("@")
    nick, _, user = front.partition("!")
    return nick, user, host
