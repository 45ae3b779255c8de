"""What a typed line means: something to say, something for one person alone, a command, or a mistake.

Owns the reading of what people type and the cutting of long texts into lines. Pure functions; knows no state
and sends nothing. Called by LineMode for every typed line.

1. A line that begins with name: is never said to the room, whether or not anybody has that name (unless it is
   plainly something else: a URL, a smiley, C++).
2. A line that begins with a single / or \\ is never said to the room.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from hubbub.irc.names import is_nick
from hubbub.plain.commands import COMMANDS, LONGEST_NICK, Unclear


class Say(NamedTuple):
    """For everybody in the room."""

    text: str


class Tell(NamedTuple):
    """For one person, written as name: text."""

    name: str
    text: str


class Do(NamedTuple):
    """A command by its own name, with what stood behind it."""

    command: str
    rest: str


class Mistake(NamedTuple):
    """Nothing happens; the reason says why, and what to write instead."""

    reason: str


Typed = Say | Tell | Do | Mistake

LONGEST = 16_384
"""Bytes of one typed line. It is said in many lines if need be, but a pasted file is a mistake."""

BARE = {
    "who": "who",
    "list": "who",
    "help": "help",
    "exit": "quit",
    "bye": "quit",
    "quit": "quit",
    ":q": "quit",
}
"""Words that are commands when they stand alone on the line."""

TO_SERVER = {**BARE, "register": "nick"}
"""What may be written behind server: (where a classroom program expects its commands)."""

RESERVED = frozenset({"server", *(word for word in BARE if word != ":q")})
"""Nobody who uses the line mode can be called so: writing to them would be read as a command."""

# RFC 3986 schemes that are written without //; a word before any other colon may be a name.
_SCHEMES = frozenset(
    {"about", "data", "geo", "javascript", "magnet", "mailto", "news", "sip", "sms", "tel", "urn", "xmpp"}
)
_MOUTH = re.compile(r"[-'^]?[()\[\]{}/\\|*]{1,3}")

# A terminal's own keys, telnet's answers (already decoded as broken bytes) and whatever else isn't text.
_KEYS = re.compile(r"\x1b(?:\[[0-9;?]*[@-~]|O[A-Z]|.)?")
_TELNET = re.compile(r"(?:\ufffd\ufffd)+[\x00-\x1f]")
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def clean(line: str) -> str:
    """The line as text: without control characters, and without white space around it."""
    if line.isascii() and line.isprintable():
        return line.strip()
    line = _TELNET.sub("", line)
    line = _KEYS.sub("", line)
    return _CONTROLS.sub("", line).replace("\t", "    ").strip()


def read(line: str) -> Typed | None:
    """What a clean line means; None: nothing."""
    if not line:
        return None
    if len(line.encode()) > LONGEST:
        return Mistake("That line is too long, so nothing was sent. Say it in shorter pieces.")
    if line[0] in "/\\":
        return _slash(line)
    bare = BARE.get(line.lower())
    return Do(bare, "") if bare else _read_colon(line)


def _slash(line: str) -> Typed:
    if line[1:2] == line[0]:
        return Say(line[1:])
    word, _, rest = line[1:].partition(" ")
    found = COMMANDS.get(word.lower())
    if found is None:
        return Mistake(
            f"There is no command {line[0]}{word}, and nothing was said. /help lists the commands."
        )
    return Do(found.name, rest.strip())


def _read_colon(line: str) -> Typed:
    name, colon, rest = line.partition(":")
    if not colon or not is_nick(name, LONGEST_NICK) or _is_ordinary(name, rest):
        return Say(line)
    text = rest.strip()
    if name.lower() == "server":
        return _to_server(text)
    if not text:
        return Mistake(f"Nothing to send to {name}: write {name}: text. To say it to the room: /say {line}")
    return Tell(name, text)


def _is_ordinary(name: str, rest: str) -> bool:
    """A URL, a path, C++, a smiley: what has a colon in it without being written to anybody."""
    if rest[:2] == "//" or rest[:1] == ":":
        return True
    if name.lower() in _SCHEMES and rest[:1].strip():
        return True
    return (len(name) == 1 and rest[:1] == "\\") or _MOUTH.fullmatch(rest) is not None


def _to_server(text: str) -> Typed:
    word, _, rest = text.partition(" ")
    command = TO_SERVER.get(word.lower())
    if command is None:
        return Mistake("The server understands server:who, server:help and server:exit. Nothing was sent.")
    return Do(command, rest.strip())


def read_name(line: str) -> str | Do | Mistake:
    """The answer to the question for a name: the name as it was written, or a command."""
    is_command = line[:1] in ("/", "\\") or line.lower() in BARE or line.lower().startswith("server:")
    typed = read(line) if is_command else None
    if isinstance(typed, Do) and typed.command == "nick":
        return typed.rest
    return typed if isinstance(typed, Do | Mistake) else line


def split_text(text: str, max_bytes: int) -> list[str]:
    """The text in pieces that fit, cut between words where there are any; only the space at a cut is lost."""
    pieces = []
    while len(text.encode()) > max_bytes:
        cut = _cut(text, max_bytes)
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [piece for piece in [*pieces, text] if piece]


def _cut(text: str, max_bytes: int) -> int:
    fits = len(text.encode()[:max_bytes].decode(errors="ignore"))
    if text[fits : fits + 1] == " ":
        return fits
    space = text.rfind(" ", 0, fits)
    # A cut far back would make a short line out of one long word; then the word itself is cut.
    return space + 1 if space > fits // 2 else max(fits, 1)


def check_name(name: str) -> None:
    """Raises Unclear for what nobody can be called here. Whether it is free, the server knows."""
    if name.lower() in RESERVED:
        raise Unclear(
            f'"{name}" is one of the words that the chat itself understands, so nobody can be called that.'
        )
    if not is_nick(name, LONGEST_NICK):
        raise Unclear(
            f'"{name}" can\'t be a name: it must be one word, begin with a letter and do without :,./#@!?*'
        )
