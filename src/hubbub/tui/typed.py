"""What a typed text means in the terminal client: to be said, for one person alone, a command, or a mistake.

Owns what is different from a line typed into the line mode (plain.typed, which is asked for all else): there are
more commands, and a text may have several lines. Pure functions. Called by the composer before Enter (reads_as,
is_secret) and by the app at Enter (read).

1. A text that begins with name: is never said to the room (see plain.typed), however many lines it has.
2. A text that begins with a single / or \\ is never said to the room. Only commands that say something take several
   lines, so a pasted file that happens to begin with / is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches

from hubbub.irc.names import fold, is_nick
from hubbub.plain.commands import LONGEST_NICK
from hubbub.plain.typed import BARE, LONGEST, Do, Mistake, Say, Tell, Typed
from hubbub.plain.typed import read as read_line
from hubbub.tui.commands import find, nearest
from hubbub.tui.commands.talking import SERVICES, is_service

__all__ = ["Do", "Mistake", "Say", "Tell", "Typed", "is_secret", "read", "reads_as"]

_LONGEST_TEXT = 64 * 1024
"""Bytes of a text with several lines; what a server takes of it in one message, it says itself."""
_LONGEST_WORD = 40

# Without IRC's formatting codes, which a text may have.
_CONTROLS = re.compile(
    r"[\x00\x01\x05-\x08\x0b-\x0e\x10\x12-\x15\x17-\x1c\x7f-\x9f\u2028\u2029\ud800-\udfff]"
)
_SPACE = re.compile(r"\s")
_SUBSTITUTION = re.compile(r"[/\\]s/.*", re.DOTALL)
_EQUALS = re.compile(r"=([^\W\d_][^\s=:,.!?]+) +(\S.*)", re.DOTALL)
"""As in devzat: =name text. Not for one letter, so that =D and =P are smileys."""


def read(text: str) -> Typed | None:
    """What it means; None: nothing. What is said keeps its indentation; nothing else is told by it."""
    text = _tidy(text)
    bare = text if "\n" in text else text.lstrip()
    typed = _read(bare)
    return Say(text[: len(text) - len(bare)] + typed.text) if isinstance(typed, Say) else typed


def _read(text: str) -> Typed | None:
    if not text:
        return None
    if len(text.encode(errors="replace")) > (_LONGEST_TEXT if "\n" in text else LONGEST):
        return Mistake("That text is too long, so nothing was sent. Say it in shorter pieces.")
    if text[0] in "/\\":
        return _slash(text)
    if text[0] == "=" and (found := _EQUALS.fullmatch(text)) and is_nick(found[1], LONGEST_NICK):
        return Tell(found[1], found[2])
    first, newline, others = text.partition("\n")
    typed = read_line(first.strip())
    return _with_lines(typed, text, others) if newline and typed else typed


def _tidy(text: str) -> str:
    """Without what no text has, and without blank lines around it. Indentation stays."""
    if not text.isprintable():
        text = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).replace("\t", "    ")
    return text.rstrip().strip("\n")


def _with_lines(typed: Typed, text: str, others: str) -> Typed:
    """Only what the first line says can make it private; bare words are words when more follows."""
    if isinstance(typed, Tell):
        return Tell(typed.name, f"{typed.text}\n{others}")
    if isinstance(typed, Do) and text.partition("\n")[0].strip().lower() not in BARE:
        return Mistake("What is written to server: takes one line, so nothing was done.")
    return typed if isinstance(typed, Mistake) else Say(text)


def _slash(text: str) -> Typed:
    sign = text[0]
    if text[1:2] == sign:
        return Say(text[1:])
    if _SUBSTITUTION.fullmatch(text):
        return Do("s", text[3:])
    word = _SPACE.split(text[1:], 1)[0]
    rest = text[1 + len(word) :]
    found = find(word)
    if found is None:
        return Mistake(_unknown(sign, word))
    if "\n" in rest and not found.lines:
        return Mistake(
            f"{sign}{found.name} takes one line, so nothing was done. To say all of it as text, put one more {sign} "
            "in front of it."
        )
    return Do(found.name, rest.strip())


def _unknown(sign: str, word: str) -> str:
    near = nearest(word)
    meant = f" Is {sign}{near} meant?" if near else ""
    word = word if len(word) <= _LONGEST_WORD else f"{word[:_LONGEST_WORD]}…"
    return f"There is no command {sign}{word}, and nothing was said.{meant} To say it, put one more {sign} in front."


# -- before Enter ---------------------------------------------------------------------------------------------


def reads_as(text: str, is_known: Callable[[str], bool] = lambda name: True) -> str:
    """The mark beside the input: who will read it, where that isn't everybody here. `is_known`: who can."""
    if _is_half_a_command(text):
        return "command"
    typed = read(text)
    if isinstance(typed, Mistake) and text.endswith(":"):
        typed = read(f"{text} …")
    if isinstance(typed, Tell):
        return f"private to {typed.name}" if is_known(typed.name) else "nobody of that name"
    if isinstance(typed, Do):
        return _read_by(typed)
    return "not sent" if isinstance(typed, Mistake) else ""


def _is_half_a_command(text: str) -> bool:
    """The name of a command that is still being typed."""
    text = text.strip()
    return text[:1] in ("/", "\\") and text[1:2] != text[:1] and " " not in text and "\n" not in text


def _read_by(typed: Do) -> str:
    if typed.command in ("msg", "query") and " " in typed.rest and typed.rest[0] not in "#&":
        return f"private to {typed.rest.split()[0].removeprefix('=').removesuffix(':')}"
    return {"say": "", "me": "", "shrug": "", "slap": "", "re": "", "reply": "private"}.get(
        typed.command, "command"
    )


# -- what nothing may keep ------------------------------------------------------------------------------------

_PASSWORD_WORDS = (
    "identify",
    "login",
    "register",
    "password",
    "passwd",
    "pass",
    "authenticate",
    "auth",
    "oper",
    "key",
)
"""Words of services and servers, before a password. Not all of them are commands here."""
_SERVICE_COMMANDS = frozenset({*SERVICES, "ns", "cs", "ms", "hs", "bs", "os"}) - {"q"}
_SETS_KEY = re.compile(r"(?:^|\s)[-+][-+a-zA-Z]*k[-+a-zA-Z]*(?:\s|$)")
_CLOSE = 0.7


def is_secret(text: str, conversation_name: str = "") -> bool:
    """Whether there may be a password or a key in it, also where it is misspelled: no history and no draft keeps it.

    `conversation_name`: where it is written. To a service everything is secret.
    """
    text = text.strip()
    if not text:
        return False
    if is_service(conversation_name):
        return True
    if text[0] in "/\\":
        word, *rest = text[1:].split(None, 1) or [""]
        return text[1:2] != text[0] and bool(rest) and _is_secret_command(word.lower(), rest[0])
    first, _, behind = text.partition(" ")
    name, colon, _ = first.partition(":")
    return bool(colon or first[0] == "=") and (bool(behind) or bool(colon)) and _is_like_service(name)


def _is_secret_command(word: str, behind: str) -> bool:
    if word in _SERVICE_COMMANDS:
        return True
    found = find(word)
    if found is None and get_close_matches(word, _PASSWORD_WORDS, 1, _CLOSE):
        return True
    if found is None and behind.split()[0].lower() in _PASSWORD_WORDS:
        # Whatever it was to be: what stands behind it is for a service.
        return True
    found = found or find(nearest(word))
    if found is None:
        return False
    if found.name in ("join", "server"):
        return " " in behind or "@" in behind
    if found.name == "mode":
        return _SETS_KEY.search(behind) is not None
    if found.name in ("msg", "query"):
        return _is_like_service(behind.partition(" ")[0]) and " " in behind
    return found.secret


def _is_like_service(target: str) -> bool:
    """Also with the server behind it (NickServ@services.example), and where a letter is wrong."""
    name = fold(target.removeprefix("=").partition("@")[0].removesuffix(":"))
    return name in SERVICES or bool(get_close_matches(name, SERVICES - {"q"}, 1, 0.8))
