"""Searching: the line in which one asks, what was found, and the lines of a thread.

Owns how a question is read (a pure function) and how what was found looks. Asks no server: the app hands in a
function that does, and gets what was chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple, Protocol

from textual.app import ComposeResult
from textual.events import Resize
from textual.widgets import Input

from hubbub.client.lines import Kind, Line
from hubbub.irc.times import to_timestamp
from hubbub.tui.cells import clip, wrap
from hubbub.tui.overlay import Overlay, Picker
from hubbub.tui.row_text import Piece, one_line, spread

_LONGEST = 20_000
"""Letters of one message that are looked through for the words."""


# -- what is asked for ---------------------------------------------------------------------------------------


class Wanted(NamedTuple):
    """What is looked for; times as IRCv3 writes them. `problem`: why it can't be asked like this."""

    text: str = ""
    room: str = ""
    nick: str = ""
    after: str = ""
    before: str = ""
    has: tuple[str, ...] = ()
    problem: str = ""

    @property
    def words(self) -> list[str]:
        """What is highlighted: words, and "phrases" without their quotes."""
        return [word.strip('"') for word in _TOKEN.findall(self.text) if word.strip('"')]

    @property
    def attributes(self) -> dict[str, str]:
        """As Session.search takes them (soju.im/search)."""
        named = {
            "text": self.text,
            "in": self.room,
            "from": self.nick,
            "after": self.after,
            "before": self.before,
        }
        return {name: value for name, value in (named | {"has": ",".join(self.has)}).items() if value}


_TOKEN = re.compile(r'"[^"]*"|\S+')
_OPERATOR = re.compile(r"(in|from|after|before|has):(\S+)", re.IGNORECASE)
_AGO = re.compile(r"([0-9]{1,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_DATES = ("%Y-%m-%d", "%Y-%m", "%Y", "%d.%m.%Y", "%Y-%m-%dT%H:%M")


def parse_search(query: str, now: datetime) -> Wanted:
    """in:#room from:name after:2026-11-20 before:yesterday has:link words "and phrases". `now`: with its time zone."""
    words: list[str] = []
    wanted: dict[str, str] = {}
    has: list[str] = []
    for token in _TOKEN.findall(query):
        operator = _OPERATOR.fullmatch(token)
        if operator is None:
            words.append(token)
        elif (name := operator[1].lower()) == "has":
            has.append(operator[2].lower())
        else:
            wanted[name] = operator[2]
    return _checked(" ".join(words), wanted, tuple(has), now)


def _checked(text: str, wanted: dict[str, str], has: tuple[str, ...], now: datetime) -> Wanted:
    result = Wanted(text, wanted.get("in", ""), wanted.get("from", ""), has=has)
    for name in ("after", "before"):
        if name not in wanted:
            continue
        moment = read_moment(wanted[name], now)
        if moment is None:
            return result._replace(problem=f"{name}: a date, such as 2026-11-20, yesterday, 3d, 2w or 5h.")
        result = result._replace(after=moment) if name == "after" else result._replace(before=moment)
    if unknown := [one for one in has if one != "link"]:
        return result._replace(problem=f"has:{unknown[0]} is not known; there is has:link.")
    return result


def read_moment(text: str, now: datetime) -> str | None:
    """A date, a word or a span of time, as the server writes it."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    named = {"now": now, "today": today, "yesterday": today - timedelta(days=1)}
    if text.lower() in named:
        return _stamp(named[text.lower()])
    if ago := _AGO.fullmatch(text.lower()):
        return _stamp(now - timedelta(**{_UNITS[ago[2]]: int(ago[1])}))
    for form in _DATES:
        try:
            moment = datetime.strptime(text, form)
        except ValueError:
            continue
        return _stamp(moment.replace(tzinfo=now.tzinfo)) if moment.year >= 1970 else None
    return None


def _stamp(moment: datetime) -> str:
    return to_timestamp(max(int(moment.astimezone(UTC).timestamp() * 1000), 0))


# -- what was found ------------------------------------------------------------------------------------------


class Hit(Protocol):
    """A message that was found, and where."""

    @property
    def conversation(self) -> str: ...
    @property
    def line(self) -> Line: ...


def excerpt(text: str, words: Sequence[str], width: int) -> list[Piece]:
    """As much of the text as fits, with the first of the words in it, and all of them marked."""
    text = one_line(text, _LONGEST)
    found = _pattern(words).search(text) if words else None
    start = 0
    # Some of what stands before is context too.
    if found is not None and found.end() > width - 1:
        start = max(found.start() - width // 3, 0)
    shown = clip(("…" if start else "") + text[start : start + 4 * width], width)
    return _marked(shown, words)


def _marked(text: str, words: Sequence[str]) -> list[Piece]:
    if not words:
        return [(text, "")]
    pieces: list[Piece] = []
    at = 0
    for found in _pattern(words).finditer(text):
        pieces += [(text[at : found.start()], ""), (found[0], "match")]
        at = found.end()
    return [*pieces, (text[at:], "")]


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)


def moment_words(time_ms: int, now: datetime) -> str:
    """12:31 today, 20 Nov 12:31 this year, 20 Nov 2025 before."""
    moment = datetime.fromtimestamp(time_ms / 1000, now.tzinfo)
    if moment.date() == now.date():
        return f"{moment:%H:%M}"
    return f"{moment.day} {moment:%b %H:%M}" if moment.year == now.year else f"{moment.day} {moment:%b %Y}"


def looked_at(wanted: Wanted, now: datetime) -> str:
    """Where was searched, in words."""
    parts = [f"“{wanted.text}”" if wanted.text else "anything"]
    parts.append(f"in {wanted.room}" if wanted.room else "in all your rooms and direct conversations")
    parts += [f"from {wanted.nick}"] if wanted.nick else []
    parts += [f"with a {one}" for one in wanted.has]
    for name, stamp in (("after", wanted.after), ("before", wanted.before)):
        if stamp:
            moment = datetime.fromisoformat(stamp).astimezone(now.tzinfo)
            parts.append(f"{name} {moment.day} {moment:%b %Y %H:%M}")
    return " ".join(parts)


Found = Callable[[Sequence[Hit], str], None]
"""What was found; or why nothing can be."""

Search = Callable[[Mapping[str, str], Found], None]
"""Begins a search; such as Session.search."""


def _local_now() -> datetime:
    return datetime.now().astimezone()


class SearchScreen(Picker[Hit]):
    """Enter searches for what stands in the line; when that is found already, it goes to the chosen message."""

    LINES = 2
    HINT = "Enter searches · Esc returns"
    PLACEHOLDER = "words, in:#room from:name after:yesterday has:link"

    def __init__(
        self,
        search: Search,
        query: str = "",
        *,
        title: str = "Search",
        clock: Callable[[], datetime] = _local_now,
    ) -> None:
        super().__init__(title, query)
        self._search = search
        self._clock = clock
        self._hits: list[Hit] = []
        self._wanted = Wanted()
        self._asked = ""
        self._is_done = False

    def on_mount(self) -> None:
        super().on_mount()
        if self.query_line.value.strip():
            self._begin()
        else:
            self.note.say(
                "Words are found anywhere in a message; in: from: after: before: has: narrow it down."
            )

    # -- asking ---------------------------------------------------------------------------------------------

    def look_up(self, query: str) -> int:
        """While one types, what was found last stays."""
        self.hint(self.HINT if query != self._asked else "↑↓ choose · Enter goes there · Esc returns")
        return len(self._hits)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.look_up(event.value)

    def action_take(self) -> None:
        if self.query_line.value != self._asked:
            self._begin()
        else:
            super().action_take()

    def take(self, index: int) -> None:
        self.dismiss(self._hits[index])

    def _begin(self) -> None:
        wanted = parse_search(self.query_line.value, self._clock())
        if wanted.problem or not wanted.attributes:
            self.note.say(wanted.problem or "What for?", "bad")
            return
        self._hits, self._asked, self._is_done, self._wanted = [], self.query_line.value, False, wanted
        self._show()
        self._search(wanted.attributes, partial(self._found, wanted))

    def _found(self, wanted: Wanted, hits: Sequence[Hit], failure: str) -> None:
        """May be called several times. What comes after another search was begun, or for a closed screen, is late."""
        if wanted is not self._wanted or not self.is_attached:
            return
        self._hits += hits
        self._is_done = True
        self._show()
        if failure:
            self.note.say(f"The search failed: {failure}", "bad")

    def _show(self) -> None:
        self.look_again(chosen=self.list.chosen or 0)
        self.note.say(self._summary())

    def _summary(self) -> str:
        words = looked_at(self._wanted, self._clock())
        if not self._is_done:
            return f"Looking for {words} …"
        if not self._hits:
            return f"Nothing found: {words}."
        count = "1 message" if len(self._hits) == 1 else f"{len(self._hits)} messages"
        return f"{count}: {words}"

    def draw(self, index: int, part: int, width: int) -> Sequence[Piece]:
        hit = self._hits[index]
        if part:
            return [("  ", ""), *excerpt(hit.line.text, self._wanted.words, width - 2)]
        left = [(one_line(hit.conversation), "heading"), ("  ", ""), (one_line(hit.line.nick), "strong")]
        return spread(left, [(moment_words(hit.line.time_ms, self._clock()), "muted")], width)


# -- a thread ------------------------------------------------------------------------------------------------


class LinesScreen(Overlay[Line]):
    """Some lines in full, such as a thread; gives the one to go to, or None."""

    HINT = "↑↓ choose · Enter goes there · Esc returns"

    def __init__(
        self, title: str, lines: Sequence[Line], *, clock: Callable[[], datetime] = _local_now
    ) -> None:
        super().__init__(title)
        self._lines = lines
        self._now = clock()
        self._rows: list[tuple[int, list[Piece]]] = []
        self._line = 0

    def content(self) -> ComposeResult:
        yield self.list

    def on_mount(self) -> None:
        self._lay_out()

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        width = max(self.list.scrollable_content_region.width - 4, 10)
        self._rows = [(at, row) for at, line in enumerate(self._lines) for row in self._rows_of(line, width)]
        self.list.fill(len(self._rows))
        self._go(self._line)

    def _rows_of(self, line: Line, width: int) -> list[list[Piece]]:
        head: list[Piece] = [
            (one_line(line.nick), "strong"),
            (f"  {moment_words(line.time_ms, self._now)}", "muted"),
            *([("  edited", "muted")] if line.edited_ms else []),
        ]
        return [head, *([("  " + row, "")] for row in _text_rows(line, width))]

    def _go(self, line: int) -> None:
        if not self._rows:
            return
        self._line = min(max(line, 0), len(self._lines) - 1)
        own = [at for at, (index, _) in enumerate(self._rows) if index == self._line]
        self.list.reveal_lines(own[0], own[-1] + 1)
        self.list.refresh()

    def draw(self, index: int, part: int, width: int) -> list[Piece]:
        return self._rows[index][1]

    def marks(self, index: int) -> bool:
        return self._rows[index][0] == self._line

    def action_step(self, step: int) -> None:
        self._go(self._line + step)

    def action_page(self, direction: int) -> None:
        if not self._rows:
            return
        height = max(self.list.size.height - 1, 1)
        at = next((at for at, (index, _) in enumerate(self._rows) if index == self._line), 0)
        beyond = min(max(at + direction * height, 0), len(self._rows) - 1)
        self._go(self._rows[beyond][0])

    def action_take(self) -> None:
        if self._lines:
            self.dismiss(self._lines[self._line])

    def take(self, index: int) -> None:
        self.dismiss(self._lines[self._rows[index][0]])


def _text_rows(line: Line, width: int) -> list[str]:
    if line.redacted:
        return ["(taken back)"]
    text = f"* {line.nick} {line.text}" if line.kind is Kind.ACTION else line.text
    safe = [one_line(part, _LONGEST) for part in text.split("\n")[:200]]
    return [part[begin:end] for part in safe for begin, end in wrap(part, width)]
