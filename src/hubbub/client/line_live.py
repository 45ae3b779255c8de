"""Live text in the line mode: each key goes out at once, and the lines of others grow.  docs/specs/live-text.md

Owns with whom letters are shared, the line that is being typed, and those that others type. Only what will be said to
the current room is shown to anybody: no command, nothing private, nothing pasted. live_mode puts it around a
LineMode. Knows no I/O: live_client has the clock and the connection, live_screen the terminal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from hubbub.client.live import CAPABILITY, MOST_LINES, NONCE, TAG
from hubbub.client.live_lines import SILENCE_MS, LiveLine
from hubbub.client.live_sending import LiveSending
from hubbub.irc.live import BadUpdate, Kind, read
from hubbub.irc.names import fold, is_channel
from hubbub.irc.text import printable
from hubbub.irc.wire import Message, split_source
from hubbub.plain.commands import LONGEST_ROOM, is_person
from hubbub.plain.saying import NO_ROOM
from hubbub.plain.typed import Say, clean
from hubbub.plain.typed import read as read_typed

_UNSEEN_MS = 10_000
"""Where nobody sees it, all is told again after so long: somebody may have come."""
_MOST_PEOPLE = 50
_MOST_ROOMS = 200
_REFUSALS = frozenset({"401", "403", "404", "442", "477"})

USAGE = "/live on|off|with NAME"
HELP = f"  {USAGE:<22} show what you type as you type it, to those who show theirs: here, nobody, or NAME"
_NO_SUCH_SERVER = "This server has no live text: nothing that you type is seen before Enter."
_ON = "Who shows theirs in {} sees yours, too, while you type: LIVE says so. /live off ends it."
_WITH = "{} sees what you type as you type it, in rooms that allow it, if they show theirs to you."
_OFF = "Nothing that you type is seen before Enter now."


class Talk(Protocol):
    """The line mode, as far as this looks at it."""

    room: str

    @property
    def nick(self) -> str: ...
    @property
    def landed(self) -> bool: ...
    def ignores(self, nick: str) -> bool: ...
    def prefix(self, room: str) -> str: ...
    def show(self, text: str) -> None: ...
    def refuse(self, reason: str) -> None: ...


class Typed(NamedTuple):
    """What somebody types. `room`: as it is written."""

    room: str
    nick: str
    line: LiveLine


class LineLive:
    """Live text of one chat. Times in Unix milliseconds; `new_id` gives ids of lines, which become nonces."""

    def __init__(self, talk: Talk, *, now_ms: Callable[[], int], new_id: Callable[[], str]) -> None:
        self._talk = talk
        self._now_ms = now_ms
        self._offered = False
        self._exists = False
        """Whether the server has it, and has given it to us."""
        self._has_told = self._has_landed = False
        self._everywhere = True
        """In every room that we are in; `/live off` takes it back."""
        self._rooms: set[str] = set()
        """Rooms for which somebody has said `/live on`."""
        self._people: dict[str, str] = {}
        """Those with whom it is shared wherever it is possible, by folded name."""
        self._in: dict[str, str] = {}
        self._allowed: set[str] = set()
        """Rooms that allow it, as far as the server has said."""
        self._refused: set[str] = set()
        """Rooms of which it was said that they don't."""
        self._asked: set[str] = set()
        """Targets of which somebody at the keyboard wants to know what comes of it."""
        self._audience: dict[str, int] = {}
        self._sending = LiveSending(new_id)
        self._sending_to = ""
        self._text = ""
        self._was_on = False
        self._lines: dict[tuple[str, str], Typed] = {}
        """By folded room and folded nick: one author types one line at a time."""
        self._out: list[Message] = []

    def take(self) -> list[Message]:
        """What is to be sent now."""
        taken, self._out = self._out, []
        return taken

    # -- with whom ------------------------------------------------------------------------------------------

    @property
    def is_on(self) -> bool:
        """Whether letters that are typed for the current room leave the screen."""
        return self._is_on(self._talk.room)

    def _is_on(self, room: str) -> bool:
        wanted = self._is_wanted(room) or bool(self._people)
        return self._exists and wanted and self._talk.landed and fold(room) in self._allowed

    def _is_wanted(self, room: str) -> bool:
        return self._everywhere or fold(room) in self._rooms

    def command(self, rest: str) -> None:
        """What stood behind `/live`."""
        word, _, name = rest.strip().partition(" ")
        name = name.strip()
        if not self._exists:
            self._talk.refuse(_NO_SUCH_SERVER)
        elif word == "on" and not name and not self._talk.room:
            self._talk.refuse(NO_ROOM)
        elif word == "on" and not name:
            self._rooms.add(fold(self._talk.room))
            self._asked.add(fold(self._talk.room))
            self._ask("ON", self._talk.room)
        elif word == "off" and not name:
            self._everywhere = False
            self._rooms.clear()
            self._people.clear()
            self._audience.clear()
            self._stop()
            self._ask("OFF")
            self._talk.show(_OFF)
        elif word == "with" and is_person(name):
            self._asked.add(fold(name))
            self._ask("ON", name)
        elif word:
            self._talk.refuse(f"Write it like this: {USAGE}")
        else:
            self._talk.show(self._state())

    def _state(self) -> str:
        if not self._is_wanted(self._talk.room) and not self._people:
            return f"{_OFF} {USAGE}"
        if self._is_wanted(self._talk.room):
            return f"Who shows theirs here sees what you type as you type it, if the room allows it. {USAGE}"
        return f"What you type is seen as you type it by {', '.join(self._people.values())}. {USAGE}"

    def _ask(self, what: str, *target: str) -> None:
        self._out.append(Message("LIVE", [what, *target]))

    # -- what is typed here ---------------------------------------------------------------------------------

    def typed(self, text: str, *, pasted: bool = False) -> None:
        """What stands in the input now. `pasted`: what is new of it was not typed letter by letter."""
        before, self._text = self._text, text
        was_on, self._was_on = self._was_on and fold(self._talk.room) == fold(self._sending_to), self.is_on
        if not self._was_on or not _is_said(text):
            self._sending.note(text, pasted=pasted)
            self._stop()
            return
        self._sending_to = self._talk.room
        # What stood there while it was not shown stays unseen. It counts as shown where a word turned out to be no
        # command by what follows it, as in `who is that`.
        if not was_on or not (_is_said(before) or text.startswith(before)):
            self._sending.note("")
            self._sending.note(before, pasted=True)
        self._sending.typed(text, self._now_ms(), pasted=pasted)
        self.tick()

    def entered(self, text: str) -> str:
        """Enter: the nonce for what is said now; "" where nobody has seen any of it."""
        self._text = ""
        is_said = _is_said(clean(text)) and self.is_on and fold(self._talk.room) == fold(self._sending_to)
        nonce = self._sending.committed() if is_said else ""
        self._stop()
        self._sending.note("")
        return nonce

    def _stop(self) -> None:
        """It will not be said to that room: what was shown there is taken back."""
        self._sending.cancel()
        value = self._sending.take(max(self._sending.due() or 0, self._now_ms()))
        if value is not None:
            self._put(value)

    def _put(self, value: str) -> None:
        if fold(self._sending_to) in self._in:
            self._out.append(Message("TAGMSG", [self._sending_to], tags={TAG: value}))

    def follow(self) -> None:
        """Something has happened: whoever was put out of a room doesn't go on typing in another."""
        if not self.is_on or fold(self._talk.room) != fold(self._sending_to):
            self._stop()
            self._was_on = False
        if self._talk.landed and not self._has_landed:
            # Not before: rooms that the server puts us into are ready for it now.
            self._has_landed = True
            for room in self._in.values():
                self._enter(room)

    def mark(self) -> str:
        """In front of what is typed: whether letters leave the screen, and who sees them."""
        if not self.is_on:
            return ""
        if not _is_said(self._text):
            return "not shown "
        number = self._audience.get(fold(self._talk.room))
        seen = {None: "", 0: "nobody sees this", 1: "1 sees this"}.get(number, f"{number} see this")
        waits = "what was pasted waits for Enter" if self._sending.holds_back else ""
        inside = ", ".join(filter(None, (seen, waits)))
        return f"LIVE ({inside}) " if inside else "LIVE "

    # -- what others type -----------------------------------------------------------------------------------

    def growing(self) -> list[tuple[str, str]]:
        """Who types and what, made fit for a terminal: first in the current room, in the order in which they began."""
        here = fold(self._talk.room)
        lines = sorted(self._lines.values(), key=lambda typed: fold(typed.room) != here)
        return [
            (
                printable(self._talk.prefix(typed.room) + typed.nick),
                printable(typed.line.shown.replace("\n", " / ")),
            )
            for typed in lines
            if typed.line.shown
        ]

    def received(self, message: Message) -> bool:
        """Follow what the server says; True: it was about live text and nothing else."""
        handle = _HANDLERS.get(message.command)
        if handle is not None:
            return handle(self, message)
        if message.command in _REFUSALS and len(message.params) > 1 and self._sending.is_told:
            self._end(message.params[1])
        return False

    def _tagged(self, message: Message) -> bool:
        value, room = message.tags.get(TAG), message.params[0] if message.params else ""
        nick = split_source(message.source)[0]
        # Private letters are not shown, as nothing private that is typed here is.
        if (
            value is not None
            and fold(room) in self._in
            and not self._is_me(nick)
            and not self._talk.ignores(nick)
        ):
            self._update(room, nick, value)
        return True

    def _update(self, room: str, nick: str, value: str) -> None:
        try:
            update = read(value)
        except BadUpdate:
            return
        key = fold(room), fold(nick)
        typed = self._lines.get(key)
        if typed is not None and update.kind is Kind.CANCEL and typed.line.id == update.id:
            del self._lines[key]
        elif typed is None or typed.line.id != update.id:
            if update.kind not in (Kind.NEW, Kind.RESET) or len(self._lines) >= MOST_LINES:
                return
            self._lines.pop(key, None)
            typed = self._lines[key] = Typed(room, nick, LiveLine(update.id))
        if typed is not None:
            typed.line.take(update, self._now_ms())

    def _is_me(self, nick: str) -> bool:
        return fold(nick) == fold(self._talk.nick)

    def _said(self, message: Message) -> bool:
        """The message that takes the place of a line."""
        nonce = message.tags.get(NONCE)
        key = fold("".join(message.params[:1])), fold(split_source(message.source)[0])
        typed = self._lines.get(key)
        if nonce and typed is not None and typed.line.id == nonce:
            del self._lines[key]
        return False

    def _forget(self, room: str = "", nick: str = "") -> None:
        """The lines of a room, of a person, or of a person in a room."""
        for key in list(self._lines):
            if (not room or key[0] == fold(room)) and (not nick or key[1] == fold(nick)):
                del self._lines[key]

    # -- who comes and goes ---------------------------------------------------------------------------------

    def _joined(self, message: Message) -> bool:
        room = message.params[0] if message.params else ""
        mine = self._is_me(split_source(message.source)[0]) and is_channel(room, LONGEST_ROOM)
        if mine and len(self._in) < _MOST_ROOMS:
            self._in[fold(room)] = room
            if self._has_landed:
                self._enter(room)
        return False

    def _enter(self, room: str) -> None:
        if self._exists and self._is_wanted(room):
            self._ask("ON", room)

    def _left(self, message: Message) -> bool:
        """PART and KICK."""
        room = message.params[0] if message.params else ""
        nick = message.params[1] if message.command == "KICK" and len(message.params) > 1 else ""
        nick = nick or split_source(message.source)[0]
        if not self._is_me(nick):
            self._forget(room, nick)
            return False
        self._forget(room)
        self._in.pop(fold(room), None)
        self._allowed.discard(fold(room))
        self._audience.pop(fold(room), None)
        return False

    def _quit(self, message: Message) -> bool:
        self._forget(nick=split_source(message.source)[0])
        return False

    def _renamed(self, message: Message) -> bool:
        old, new = split_source(message.source)[0], message.params[0] if message.params else ""
        if fold(old) in self._people:
            del self._people[fold(old)]
            self._people[fold(new)] = new
        for key in [key for key in self._lines if key[1] == fold(old)]:
            self._lines[key[0], fold(new)] = self._lines.pop(key)._replace(nick=new)
        return False

    def _mode(self, message: Message) -> bool:
        """A room allows it now, or no more; a slow one never does."""
        room, letters = (*message.params, "", "")[:2]
        changed = {letter: _is_set(letters, letter) for letter in "LS" if letter in letters}
        if fold(room) not in self._in or not changed:
            return False
        if changed.get("L") is False or changed.get("S") is True:
            self._end(room)
            self._forget(room)
            return False
        self._refused.discard(fold(room))
        if changed.get("L"):
            self._allowed.add(fold(room))
        self._enter(room)
        return False

    # -- what the server says of it -------------------------------------------------------------------------

    def _cap(self, message: Message) -> bool:
        verb = message.params[1].upper() if len(message.params) > 2 else ""
        names = [name.partition("=")[0] for name in "".join(message.params[-1:]).split()]
        if verb == "LS" and CAPABILITY in names:
            self._offered = True
        elif verb == "ACK" and CAPABILITY in names:
            self._exists = "message-tags" in names
        elif verb == "DEL" and CAPABILITY in names:
            self.lost(stays=True)
        return False

    def ask_for(self, message: Message) -> None:
        """Put the capability into the line mode's request for its own."""
        if self._offered and message.command == "CAP" and message.params[:1] == ["REQ"]:
            message.params[-1] += f" {CAPABILITY}"

    def _welcomed(self, message: Message) -> bool:
        """The end of the greeting: now it is known what the server can do."""
        if not self._exists and not self._has_told:
            self._has_told = True
            self._talk.show(_NO_SUCH_SERVER)
        for name in self._people.values() if self._exists else ():
            self._ask("ON", name)
        return False

    def _live(self, message: Message) -> bool:
        """LIVE ON, OFF and AUDIENCE."""
        what, target, number = (*message.params, "", "", "")[:3]
        if what == "AUDIENCE" and number.isascii() and number.isdigit():
            before = self._audience.get(fold(target), 0)
            self._audience[fold(target)] = int(number)
            if int(number) > before and fold(target) == fold(self._sending_to):
                self._sending.reset()
        elif what == "ON" and fold(target) in self._in:
            self._allowed.add(fold(target))
            if fold(target) in self._asked or not self._has_told:
                self._has_told = True
                self._talk.show(_ON.format(target))
            self._asked.discard(fold(target))
        elif what == "ON" and is_person(target) and len(self._people) < _MOST_PEOPLE:
            self._people[fold(target)] = target
            if fold(target) in self._asked:
                self._talk.show(_WITH.format(target))
            self._asked.discard(fold(target))
        return True

    def _fail(self, message: Message) -> bool:
        """A refusal of LIVE, or of what was typed."""
        about, code, target = (*message.params, "", "", "")[:3]
        if about == "LIVE":
            if fold(target) not in self._refused or fold(target) in self._asked:
                self._talk.show(message.params[-1])
            self._asked.discard(fold(target))
            self._refused.add(fold(target))
            self._allowed.discard(fold(target))
            return True
        if about != "TAGMSG" or not code.startswith("LIVE_"):
            return False
        if code == "LIVE_TOO_MUCH":
            self._sending.reset()
        else:
            self._end(target)
        return True

    def _end(self, room: str) -> None:
        """Nothing is shown there any more until something changes; those who saw it know."""
        self._allowed.discard(fold(room))
        if fold(room) == fold(self._sending_to):
            self._sending.committed()

    # -- time, and the end ----------------------------------------------------------------------------------

    def due(self) -> int | None:
        """When `tick` has something to do."""
        times = [self._due_to_send()]
        times += [typed.line.due() for typed in self._lines.values()]
        times += [typed.line.heard_ms + SILENCE_MS + 1 for typed in self._lines.values()]
        return min((at for at in times if at is not None), default=None)

    def _due_to_send(self) -> int | None:
        due = self._sending.due()
        if due is None or self._audience.get(fold(self._sending_to)) != 0 or not self._sending.is_told:
            return due
        return max(due, self._sending.told_ms + _UNSEEN_MS)

    def tick(self) -> None:
        """Send what is due, play what is due, and forget whom nothing was heard of."""
        now = self._now_ms()
        due = self._due_to_send()
        value = self._sending.take(now) if due is not None and due <= now else None
        if value is not None:
            self._put(value)
        for key, typed in list(self._lines.items()):
            typed.line.advance(now)
            if typed.line.is_over(now):
                del self._lines[key]

    def lost(self, *, stays: bool = False) -> None:
        """The connection is gone, and with it all that was shared. `stays`: only live text is."""
        self._in = self._in if stays else {}
        self._has_landed = stays
        self._offered = self._exists = False
        self._allowed.clear()
        self._audience.clear()
        self._lines.clear()
        self._sending.committed()
        self._out.clear()
        self._was_on = False


_HANDLERS: dict[str, Callable[[LineLive, Message], bool]] = {
    "CAP": LineLive._cap,
    "FAIL": LineLive._fail,
    "JOIN": LineLive._joined,
    "KICK": LineLive._left,
    "LIVE": LineLive._live,
    "MODE": LineLive._mode,
    "NICK": LineLive._renamed,
    "NOTICE": LineLive._said,
    "PART": LineLive._left,
    "PRIVMSG": LineLive._said,
    "QUIT": LineLive._quit,
    "TAGMSG": LineLive._tagged,
    "376": LineLive._welcomed,
    "422": LineLive._welcomed,
}


def _is_said(text: str) -> bool:
    """Whether it would be said to the room as it stands, were Enter pressed now."""
    typed = read_typed(clean(text))
    return typed is None or (isinstance(typed, Say) and text.lstrip()[:1] not in ("/", "\\"))


def _is_set(letters: str, wanted: str) -> bool:
    """Whether the last change of a mode sets it."""
    sign = "+"
    found = False
    for letter in letters:
        if letter in "+-":
            sign = letter
        elif letter == wanted:
            found = sign == "+"
    return found
