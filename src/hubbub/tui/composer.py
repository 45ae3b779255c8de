"""The box in which people write: keys, marks, drafts, history, completion and paste.

Owns what a key does to the text, how the box looks, and when the app hears of it. What the text is and how it lies
in rows is in line_editing.py. Must not know what a text means, the connection, or any other widget: what it has to
ask (how a text would be read, what is secret, what there is to complete) is given by app.py, which it tells
everything by messages.

1. Enter changes nothing by itself: the app answers Submitted by accept() or refuse(). Keys that come before the
   answer wait for it, so that none is lost or sent with the wrong line.
2. Nothing gets into the text but through clean().
3. Keys that mean nothing here go on to the app.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from hubbub.tui.completion import Completion, Sources, begin
from hubbub.tui.input_history import HistorySearch, InputHistory
from hubbub.tui.line_editing import (
    LineEditor,
    Row,
    clean,
    clusters,
    column_of,
    place_at,
    row_of,
    width,
    wrap,
)

_TYPING_EVERY = 3.0
_ANSWER_WITHIN = 0.5
"""Seconds after which keys no longer wait for the answer to Submitted."""

_PROMPT = "> "
_CHORDS = ("alt+", "ctrl+", "super+", "meta+", "hyper+")


class Mode(StrEnum):
    """What the text in the box is for."""

    SAY = "say"
    EDIT = "edit"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Draft:
    """All that is to be remembered of a box that isn't shown.

    `kept`: what an edit has pushed aside. `about`: the app's, what an edit or a reply is about.
    """

    text: str = ""
    cursor: int = 0
    mode: Mode = Mode.SAY
    mark: str = ""
    kept: str = ""
    kept_cursor: int = 0
    about: object = None


class Composer(Widget, can_focus=True):
    """Grows from one row to `max_rows`, then scrolls. `mark` stands above the text."""

    DEFAULT_CSS = """
    Composer {
        height: auto;
        background: $background;
        color: $foreground;
        pointer: text;
        & > .composer--prompt { color: $text-muted; }
        & > .composer--mark { color: $text-accent; }
        & > .composer--live { color: $text-error; text-style: bold; }
        & > .composer--placeholder { color: $text-muted; }
        & > .composer--cursor { text-style: reverse; }
        &.-editing > .composer--prompt { color: $text-warning; }
        &.-editing > .composer--mark { color: $text-warning; }
        &.-private > .composer--prompt { color: $text-error; text-style: bold; }
        &.-apart > .composer--prompt { color: $text-accent; }
        &.-searching > .composer--prompt { color: $text-accent; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "composer--prompt",
        "composer--mark",
        "composer--live",
        "composer--placeholder",
        "composer--cursor",
    }
    ALLOW_SELECT = False

    mark: reactive[str] = reactive("", init=False)
    live: reactive[str] = reactive("", init=False)
    """Who sees what is typed as it is typed; "" while nobody does."""
    placeholder: reactive[str] = reactive("", init=False)

    class Submitted(Message):
        """Enter was pressed. Answer by accept() or refuse(). `owner`, `about`: as the app had set them then."""

        def __init__(self, text: str, mode: Mode, owner: object = None, about: object = None) -> None:
            super().__init__()
            self.text = text
            self.mode = mode
            self.owner = owner
            self.about = about

    class EditLast(Message):
        """↑ in the empty box: the last own message is to be edited."""

    class Cancelled(Message):
        """Esc ended an edit or a reply."""

        def __init__(self, mode: Mode) -> None:
            super().__init__()
            self.mode = mode

    class DraftChanged(Message):
        """There is another text in the box."""

    class Written(Message):
        """There is other text in the box, or it is for something else. `owner`: as the app had set it then.

        `pasted`: what is new was not typed, but pasted, recalled or brought back. `said`: Enter makes a message of it
        that all here may read. `edits`: it is an earlier message that is being edited.
        """

        def __init__(self, text: str, owner: object, *, pasted: bool, said: bool, edits: bool) -> None:
            super().__init__()
            self.text = text
            self.owner = owner
            self.pasted = pasted
            self.said = said
            self.edits = edits

    class Typing(Message):
        """Something for this conversation is being written, or (False) it was taken away again."""

        def __init__(self, active: bool) -> None:
            super().__init__()
            self.active = active

    class Completing(Message):
        """What Tab offers has changed. No candidates: nothing is offered any more."""

        def __init__(self, candidates: list[str], index: int) -> None:
            super().__init__()
            self.candidates = candidates
            self.index = index

    class Refused(Message):
        """It doesn't fit; `text` is what was pasted, cleaned, or typed."""

        def __init__(self, reason: str, text: str) -> None:
            super().__init__()
            self.reason = reason
            self.text = text

    def __init__(
        self,
        *,
        reads_as: Callable[[str], str] = lambda text: "",
        sources: Sources | None = None,
        history: InputHistory | None = None,
        up_edits: bool = True,
        nick_suffix: str = ", ",
        max_rows: int = 8,
        max_lines: int = 200,
        max_bytes: int = 16_384,
        clock: Callable[[], float] = monotonic,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """`reads_as`: "private to bob", "command", "not sent"; "" for what is said to everybody here."""
        super().__init__(id=id, classes=classes)
        self.reads_as = reads_as
        self.sources = sources
        self.history = history if history is not None else InputHistory()
        self.up_edits = up_edits
        self.nick_suffix = nick_suffix
        self.max_rows = max_rows
        self.max_lines = max_lines
        self.max_bytes = max_bytes
        self.mode = Mode.SAY
        self.owner: object = None
        """Where the text belongs, by whatever the app likes; another one with every draft that it puts here."""
        self.about: object = None
        """What an edit or a reply is about; nothing once that is over."""
        self._clock = clock
        self._editor = LineEditor()
        self._kept = ("", 0)
        self._completion: Completion | None = None
        self._search: HistorySearch | None = None
        self._held: list[events.Key | events.Paste] | None = None
        self._patience: Timer | None = None
        self._typing_since: float | None = None
        self._pasted = False
        self._reading = ""
        self._known_text = ""
        self._written = ("", False, False)
        """What Written last told."""
        self._goal: int | None = None  # the column that ↑ and ↓ try to keep
        self._top = 0

    # -- what the app may do ---------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return self._editor.text

    @property
    def cursor(self) -> int:
        return self._editor.cursor

    @property
    def candidates(self) -> list[str]:
        """What Tab goes round among; empty where there is no choice."""
        offered = self._completion
        return offered.labels if offered is not None and not offered.is_settled else []

    @property
    def index(self) -> int:
        return self._completion.index if self._completion is not None else -1

    @property
    def draft(self) -> Draft:
        return Draft(self.text, self.cursor, self.mode, self.mark, *self._kept, about=self.about)

    @draft.setter
    def draft(self, draft: Draft) -> None:
        """Another conversation is shown: nothing of the one before stays, but what was killed can be yanked."""
        self._end_completion()
        self._search = None
        self._typing_since = None
        self.history.stop()
        self._kept = (clean(draft.kept), draft.kept_cursor)
        self._load(draft.text, draft.cursor)
        self._enter_mode(draft.mode, draft.mark, loaded=True)
        self.about = draft.about

    def begin_edit(self, text: str, mark: str = "editing your message (Esc cancels)") -> None:
        """Show a text to be changed; what has been typed comes back afterwards."""
        self._end_completion()
        self._search = None
        if self.mode is not Mode.EDIT:
            self._kept = (self.text, self.cursor)
        self._stop_typing()
        self._load(text)
        self._enter_mode(Mode.EDIT, mark)

    def begin_reply(self, mark: str) -> None:
        """What has been typed becomes the reply."""
        if self.mode is Mode.EDIT:
            self.cancel()
        self._enter_mode(Mode.REPLY, mark)

    def cancel(self) -> bool:
        """End an edit or a reply; False: there is none."""
        if self.mode is Mode.SAY:
            return False
        if self.mode is Mode.EDIT:
            self._load(*self._kept)
        self._enter_mode(Mode.SAY, "")
        return True

    def accept(self) -> None:
        """What was submitted has been taken: it is remembered, and the box is free for the next.

        To be called before another draft is put here (as /join does).
        """
        self.history.add(self.text)
        self._typing_since = None
        self.clear()
        self._answered()

    def refuse(self) -> None:
        """What was submitted stays where it is."""
        self._answered()

    def clear(self) -> None:
        """Empty; after an edit, what it had pushed aside."""
        kept = self._kept if self.mode is Mode.EDIT else ("", 0)
        self._kept = ("", 0)
        self._load(*kept)
        self._enter_mode(Mode.SAY, "")

    def replace_text(self, text: str) -> None:
        """Another text for the same purpose; undo brings the old one back."""
        self._editor.replace(0, len(self.text), clean(text))
        self._settle(pasted=True)

    def insert(self, text: str) -> None:
        self._editor.insert(text)
        self._settle(pasted=True)

    def abandon(self) -> bool:
        """Ctrl+C: give up what is written, but so that ↑ brings it back; False: there was nothing."""
        if self.mode is not Mode.SAY:
            return self._cancel_by_key()
        if not self.text:
            return False
        self.history.add(self.text)
        self._stop_typing()
        self._load("")
        self._settle()
        return True

    # -- keys ------------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        if self._held is not None and (event.key in _ACTIONS or _letters(event)):
            self._held.append(event)
        elif not self._press(event):
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        if self._held is not None:
            self._held.append(event)
        else:
            self._paste(event.text)

    def _press(self, event: events.Key) -> bool:
        """Whether the key means something here."""
        if self._search is not None and self._press_in_search(event):
            return True
        action = _ACTIONS.get(event.key)
        if event.key not in _KEEPS_COMPLETION:
            self._end_completion()
        if event.key not in _KEEPS_COLUMN:
            self._goal = None
        letters = "" if action else _letters(event)
        handled = action(self) if action else bool(letters) and self._type(letters)
        self._settle(by_key=True, pasted=event.key in _NOT_TYPED)
        return handled

    def _type(self, letters: str) -> bool:
        if self._fits(letters):
            self._editor.type(letters)
        return True

    def _paste(self, pasted: str) -> None:
        text = clean(pasted).rstrip("\n")
        if self._search is not None:
            self._search.look_for(self._search.query + text.replace("\n", " "))
        elif self._fits(text):
            self._end_completion()
            self._editor.insert(text)
            self._pasted = self._pasted or "\n" in text
        self._settle(by_key=True, pasted=True)

    def _fits(self, more: str) -> bool:
        text = self.text + more
        lines, size = text.count("\n") + 1, len(text.encode())
        if lines <= self.max_lines and size <= self.max_bytes:
            return True
        reason = f"That would be {lines} lines and {size:,} bytes in one message; "
        reason += (
            f"at most {self.max_lines} lines and {self.max_bytes:,} bytes can be sent. Nothing was added."
        )
        self._tell(self.Refused(reason, more))
        return False

    # -- what keys do ----------------------------------------------------------------------------------------

    def _submit(self) -> bool:
        text = self.text.strip("\n").rstrip()
        if text:
            self._held = []
            self._patience = self.set_timer(_ANSWER_WITHIN, self._release)
            self._tell(self.Submitted(text, self.mode, self.owner, self.about))
        return True

    def _answered(self) -> None:
        if self._held is not None and self.is_attached:
            self.call_next(self._release)

    def _release(self) -> None:
        """What was typed while Submitted had no answer. Another Enter among it lets the rest wait again."""
        held, self._held = self._held or [], None
        if self._patience is not None:
            self._patience.stop()
        for at, event in enumerate(held):
            if self._held is not None:
                self._held += held[at:]
                return
            if isinstance(event, events.Paste):
                self._paste(event.text)
            else:
                self._press(event)

    def _newline(self) -> bool:
        return self._type("\n")

    def _up(self) -> bool:
        if self._move_rows(-1):
            return True
        if self.mode is Mode.EDIT:
            return True
        if self.up_edits and not self.text and self.mode is Mode.SAY and not self.history.is_browsing:
            self._tell(self.EditLast())
            return True
        return self._recall(self.history.older(self.text))

    def _down(self) -> bool:
        return self._move_rows(1) or self._recall(self.history.newer(self.text))

    def _older_anywhere(self) -> bool:
        return self._recall(self.history.older(self.text, everywhere=True)) or True

    def _newer_anywhere(self) -> bool:
        return self._recall(self.history.newer(self.text)) or True

    def _recall(self, text: str | None) -> bool:
        if text is None:
            return bool(self.text)
        self._editor.replace(0, len(self.text), clean(text))
        return True

    def _move_rows(self, by: int) -> bool:
        rows = self._rows()
        at = row_of(rows, self.cursor)
        if not 0 <= at + by < len(rows):
            return False
        if self._goal is None:
            self._goal = column_of(self.text, rows[at], self.cursor)
        self._editor.go(self._within(rows, at + by, self._goal))
        return True

    def _within(self, rows: list[Row], at: int, column: int) -> int:
        """The place at a column of a row; never the first of the next row, which is the same place in the text."""
        place = place_at(self.text, rows[at], column)
        if place > rows[at].start and row_of(rows, place) != at:
            return rows[at].start + clusters(self.text[rows[at].start : rows[at].end])[-1].start
        return place

    def _escape(self) -> bool:
        if self._completion is not None and self.candidates:
            start, end, word = self._completion.undo()
            self._end_completion()
            self._editor.replace(start, end, word)
            return True
        self._end_completion()
        return self._cancel_by_key()

    def _cancel_by_key(self) -> bool:
        mode = self.mode
        if not self.cancel():
            return False
        self._tell(self.Cancelled(mode))
        return True

    # -- completion ------------------------------------------------------------------------------------------

    def _complete(self, by: int) -> bool:
        if self._completion is not None and self._completion.is_settled:
            self._end_completion()
        if self._completion is None:
            # Also with nothing to complete the key stays here: Textual would go on to the next widget.
            if self.sources is None or not self.text:
                return True
            self._completion = begin(self.text, self.cursor, self.sources, suffix=self.nick_suffix)
        if self._completion is not None:
            self._editor.replace(*self._completion.step(self.text, by), by="complete")
            self._tell(self.Completing(self.candidates, self.index))
        return True

    def _end_completion(self) -> None:
        offered = bool(self.candidates)
        self._completion = None
        if offered:
            self._tell(self.Completing([], -1))

    # -- searching the history -------------------------------------------------------------------------------

    def _begin_search(self) -> bool:
        self._search = HistorySearch(self.history)
        return True

    def _press_in_search(self, event: events.Key) -> bool:
        """False: the search is over, its text taken, and the key does what it always does."""
        search = self._search
        if search is None:
            return False
        letters = _letters(event)
        if event.key in ("escape", "ctrl+c", "ctrl+g"):
            self._search = None
        elif event.key in ("ctrl+r", "up"):
            search.older()
        elif event.key == "down":
            search.newer()
        elif event.key == "backspace":
            search.look_for(_without_last(search.query))
        elif letters and event.key not in _ACTIONS:
            search.look_for(search.query + letters)
        else:
            self._take_found()
            self._settle(pasted=True)
            return event.key == "enter"
        self._settle()
        return True

    def _take_found(self) -> None:
        search, self._search = self._search, None
        if search is not None and search.found:
            self._editor.replace(0, len(self.text), clean(search.found))

    # -- after every change ----------------------------------------------------------------------------------

    def _load(self, text: str, cursor: int | None = None) -> None:
        self._editor.load(text, cursor)
        self._pasted = False

    def _enter_mode(self, mode: Mode, mark: str, *, loaded: bool = False) -> None:
        self.mode = mode
        self.about = None
        self.mark = clean(mark).replace("\n", " ")
        self._settle(loaded=loaded)

    def _settle(self, *, by_key: bool = False, pasted: bool = False, loaded: bool = False) -> None:
        """The text may be another now: say so, and show it."""
        self._reading = "" if self.mode is Mode.EDIT else self.reads_as(self.text)
        self._pasted = self._pasted and "\n" in self.text
        if self.text != self._known_text:
            self._known_text = self.text
            self._tell(self.DraftChanged())
            if by_key:
                self._note_typing()
        self._tell_written(pasted=pasted or loaded, loaded=loaded)
        self.set_class(self.mode is Mode.EDIT, "-editing")
        self.set_class(self.mode is Mode.REPLY, "-replying")
        self.set_class(self._reading.startswith("private"), "-private")
        self.set_class(bool(self._reading) and not self._reading.startswith("private"), "-apart")
        self.set_class(self._search is not None, "-searching")
        self.refresh(layout=self._height(self.size.width) != self.size.height)

    def _tell_written(self, *, pasted: bool, loaded: bool) -> None:
        """What came with a draft is shown to nobody before somebody goes on with it."""
        edits = self.mode is Mode.EDIT
        said = not edits and not loaded and not self._reading and not _is_command(self.text)
        if loaded or self._written != (self.text, said, edits):
            self._written = (self.text, said, edits)
            self._tell(self.Written(self.text, self.owner, pasted=pasted, said=said, edits=edits))

    def _note_typing(self) -> None:
        if self.mode is Mode.EDIT or self._reading or _is_command(self.text) or not self.text.strip():
            self._stop_typing()
            return
        now = self._clock()
        if self._typing_since is None or now - self._typing_since >= _TYPING_EVERY:
            self._typing_since = now
            self._tell(self.Typing(True))

    def _stop_typing(self) -> None:
        if self._typing_since is not None:
            self._typing_since = None
            self._tell(self.Typing(False))

    def _tell(self, message: Message) -> None:
        # Ours also where the app's call has led to it: Textual ends the way of a message at whoever sent it.
        if self.is_attached:
            self.post_message(message.set_sender(self))

    # -- how it looks ----------------------------------------------------------------------------------------

    def watch_mark(self) -> None:
        self.refresh(layout=True)

    def watch_live(self) -> None:
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._height(width)

    def on_resize(self) -> None:
        self._goal = None

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self._end_completion()
        self.refresh()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        offset = event.get_content_offset(self)
        if offset is None or self._search is not None:
            return
        self._end_completion()
        self._goal = None
        rows = self._rows()
        at = min(max(offset.y - len(self._head()) + self._top, 0), len(rows) - 1)
        self._editor.go(self._within(rows, at, max(offset.x - width(self._prompt()), 0)))
        self._settle()

    def _shown(self) -> tuple[str, int]:
        """The text and the cursor: those of the hit, while the history is searched."""
        if self._search is None:
            return self.text, self.cursor
        found = clean(self._search.found)
        return found, len(found)

    def _rows(self, cells: int | None = None) -> list[Row]:
        # One column stays free for the cursor behind the last letter.
        cells = self.size.width if cells is None else cells
        return wrap(self._shown()[0], cells - width(self._prompt(cells)) - 1)

    def _height(self, cells: int) -> int:
        return len(self._head()) + min(len(self._rows(cells)), self.max_rows)

    def _head(self) -> list[str]:
        """What stands above the text: no row, or one."""
        said = [self.live, self.mark, self._counted()]
        return [" · ".join(filter(None, said))] if any(said) else []

    def _counted(self) -> str:
        if not self._pasted:
            return ""
        lines = self.text.count("\n") + 1
        return f"{lines} lines, {len(self.text):,} characters — Enter sends them as one message"

    def _prompt(self, cells: int | None = None) -> str:
        cells = self.size.width if cells is None else cells
        if self._search is not None:
            no = "no " if self._search.missed else ""
            return _clip(f"({no}search: {self._search.query}) ", cells // 2)
        return _clip(f"{self._reading} ▸ ", cells // 2) if self._reading else _PROMPT

    def render_line(self, y: int) -> Strip:
        head = self._head()
        if y < len(head):
            style = self.get_component_rich_style("composer--live" if self.live else "composer--mark")
            return self._strip([Segment(_clip(head[0], self.size.width), style)])
        text, cursor = self._shown()
        rows = self._rows()
        current = row_of(rows, cursor)
        self._keep_in_view(current, len(rows))
        at = self._top + y - len(head)
        if at >= len(rows):
            return self._strip([])
        segments = [self._margin(is_first=at == self._top)]
        if not text and self._search is None and self.placeholder:
            segments += self._placeholder()
        else:
            segments += self._row(text, rows[at], cursor if at == current else None)
        if at == current and self.has_focus:
            self._place_terminal_cursor(y, column_of(text, rows[at], cursor))
        return self._strip(segments)

    def _keep_in_view(self, current: int, count: int) -> None:
        shown = max(self.size.height - len(self._head()), 1)
        self._top = min(max(self._top, current - shown + 1), current, max(count - shown, 0))

    def _margin(self, *, is_first: bool) -> Segment:
        prompt = self._prompt()
        if not is_first:
            return Segment(" " * width(prompt), self.rich_style)
        return Segment(prompt, self.get_component_rich_style("composer--prompt"))

    def _placeholder(self) -> list[Segment]:
        text = _clip(clean(self.placeholder).replace("\n", " "), self.size.width - len(_PROMPT) - 1)
        muted = self.get_component_rich_style("composer--placeholder")
        return [Segment(text[:1] or " ", self._cursor_style()), Segment(text[1:], muted)]

    def _row(self, text: str, row: Row, cursor: int | None) -> list[Segment]:
        style = self.rich_style
        if cursor is None:
            return [Segment(text[row.start : row.end], style)]
        line = text[cursor : row.end]
        under = line[: clusters(line)[0].end] if line else " "
        return [
            Segment(text[row.start : cursor], style),
            Segment(under, self._cursor_style()),
            Segment(line[len(under) :], style),
        ]

    def _cursor_style(self) -> Style:
        return self.get_component_rich_style("composer--cursor") if self.has_focus else self.rich_style

    def _place_terminal_cursor(self, y: int, column: int) -> None:
        # It is hidden, but input methods open their windows there.
        origin = self.content_region.offset
        self.app.cursor_position = origin + Offset(width(self._prompt()) + column, y)

    def _strip(self, segments: list[Segment]) -> Strip:
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)


def _edit(change: Callable[[LineEditor], object]) -> Callable[[Composer], bool]:
    """A key that belongs to the box even where there is nothing left to change."""

    def act(composer: Composer) -> bool:
        change(composer._editor)
        return True

    return act


_ACTIONS: Mapping[str, Callable[[Composer], bool]] = {
    "enter": Composer._submit,
    **dict.fromkeys(("alt+enter", "shift+enter", "ctrl+j"), Composer._newline),
    "tab": lambda composer: composer._complete(1),
    "shift+tab": lambda composer: composer._complete(-1),
    "escape": Composer._escape,
    "up": Composer._up,
    "down": Composer._down,
    "ctrl+up": Composer._older_anywhere,
    "ctrl+down": Composer._newer_anywhere,
    "ctrl+r": Composer._begin_search,
    "ctrl+c": Composer.abandon,
    "left": _edit(LineEditor.left),
    "right": _edit(LineEditor.right),
    **dict.fromkeys(("alt+b", "ctrl+left"), _edit(LineEditor.word_left)),
    **dict.fromkeys(("alt+f", "ctrl+right"), _edit(LineEditor.word_right)),
    **dict.fromkeys(("home", "ctrl+a"), _edit(LineEditor.line_start)),
    **dict.fromkeys(("end", "ctrl+e"), _edit(LineEditor.line_end)),
    "ctrl+home": _edit(LineEditor.text_start),
    "ctrl+end": _edit(LineEditor.text_end),
    **dict.fromkeys(("backspace", "ctrl+h", "shift+backspace"), _edit(LineEditor.delete_left)),
    **dict.fromkeys(("delete", "ctrl+d"), _edit(LineEditor.delete_right)),
    "ctrl+w": _edit(LineEditor.kill_blank_word),
    **dict.fromkeys(("alt+backspace", "ctrl+backspace"), _edit(LineEditor.kill_word_left)),
    **dict.fromkeys(("alt+d", "alt+delete", "ctrl+delete"), _edit(LineEditor.kill_word_right)),
    "ctrl+u": _edit(LineEditor.kill_line_start),
    "ctrl+k": lambda composer: composer._editor.kill_line_end(),
    "ctrl+y": _edit(LineEditor.yank),
    "alt+y": _edit(LineEditor.yank_pop),
    "ctrl+t": _edit(LineEditor.transpose),
    **dict.fromkeys(("ctrl+underscore", "ctrl+minus", "ctrl+shift+minus"), _edit(LineEditor.undo)),
    **dict.fromkeys(("alt+underscore", "alt+shift+minus"), _edit(LineEditor.redo)),
}
"""What a key does; False: nothing, it is for the app. The names are those of keys.py."""

_NOT_TYPED = frozenset(
    {
        *("up", "down", "ctrl+up", "ctrl+down", "ctrl+r", "ctrl+y", "alt+y"),
        *("ctrl+underscore", "ctrl+minus", "ctrl+shift+minus", "alt+underscore", "alt+shift+minus"),
    }
)
"""Keys that bring text back from somewhere: it may be what was pasted, or was for others."""
_KEEPS_COMPLETION = frozenset({"tab", "shift+tab", "escape"})
_KEEPS_COLUMN = frozenset({"up", "down"})


def _letters(event: events.Key) -> str:
    """What the key writes. Joiners count, though they aren't printable: they come between the halves of an emoji."""
    if event.character is None or event.key.startswith(_CHORDS) or event.character in "\r\n\t":
        return ""
    return clean(event.character)


def _is_command(text: str) -> bool:
    return text[:1] in ("/", "\\") and text[1:2] != text[:1]


def _without_last(text: str) -> str:
    """The text without its last letter."""
    return text[: clusters(text)[-1].start] if text else ""


def _clip(text: str, cells: int) -> str:
    if width(text) <= cells:
        return text
    return text[: place_at(text, Row(0, len(text)), max(cells - 1, 0))] + "…"
