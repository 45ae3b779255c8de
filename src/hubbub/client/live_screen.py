"""The terminal of the line client with live text: keys as they are typed, and lines that grow above the prompt.

Owns the terminal while the chat runs, as screen.Terminal. What others type stands between what was said and the prompt,
so that a line takes the place where it grew, and nothing that one reads moves. Knows nothing of the chat. Used by
live_client.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.utils import get_cwidth

from hubbub.client.screen import Completions, Interrupted, Terminal

MOST_ROWS = 5
"""Of lines that others type; more people than that are counted."""
_DIM = "dim"


class View(NamedTuple):
    """`mark`: in front of the prompt. `growing`: who types, and what; fit for a terminal."""

    mark: str
    growing: list[tuple[str, str]]


class LiveTerminal(Terminal):
    """`view` is asked whenever something is drawn. `handles_sigint` False: somebody else takes Ctrl+C as a signal."""

    def __init__(self, complete: Completions, *, handles_sigint: bool = True) -> None:
        super().__init__(self._completing(complete))
        self.on_typed: Callable[[str, bool], None] = lambda _text, _pasted: None
        """Called with what stands in the input now, and whether what is new of it came as a whole."""
        self.view: Callable[[], View] = lambda: View("", [])
        self._handles_sigint = handles_sigint
        self._text = ""
        self._pasting = False
        self._offered: list[str] = []
        """What Tab has just offered: it is typed, though it comes as a whole."""
        self._unshown: list[str] = []
        self._showing: Awaitable[None] | None = None
        """The last of those that write; kept, as nobody waits for it."""
        self._session.default_buffer.on_text_changed += self._changed
        self._session.key_bindings = self._keys()

    # -- typing ---------------------------------------------------------------------------------------------

    def _completing(self, complete: Completions) -> Completions:
        def completions(before: str) -> tuple[str, list[str]]:
            word, found = complete(before)
            self._offered = found
            return word, found

        return completions

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add(Keys.BracketedPaste)
        def paste(event: KeyPressEvent) -> None:
            self._pasting = True
            try:
                event.current_buffer.insert_text(event.data.replace("\r\n", "\n").replace("\r", "\n"))
            finally:
                self._pasting = False

        return keys

    def _changed(self, buffer: Buffer) -> None:
        before, self._text = self._text, buffer.text
        new = _new_part(before, buffer.text)
        if not new and not before:
            return
        # Also what Ctrl+Y and the arrow keys fetch: it may have been said, or not said, to somebody else.
        pasted = self._pasting or (len(new) > 1 and not any(new in offered for offered in self._offered))
        if new:
            self._offered = []
        self.on_typed(buffer.text, pasted)

    async def lines(self) -> AsyncIterator[str]:
        while True:
            self._text = ""
            try:
                text = await self._session.prompt_async(self._prompt, handle_sigint=self._handles_sigint)
            except EOFError:
                return
            except KeyboardInterrupt:
                raise Interrupted from None
            # Pasted, there may be several.
            for line in text.split("\n"):
                yield line

    # -- showing --------------------------------------------------------------------------------------------

    def open(self) -> AbstractContextManager[object]:
        return self._open()

    @contextmanager
    def _open(self) -> Iterator[None]:
        try:
            yield
        finally:
            self._write()

    def show(self, lines: Iterable[str]) -> None:
        before = len(self._unshown)
        self._unshown += lines
        if len(self._unshown) == before:
            return
        if self._session.app.is_running:
            # Drawn together with what grows, whose place the lines may take.
            self._showing = run_in_terminal(self._write)
        else:
            self._write()

    def _write(self) -> None:
        lines, self._unshown = self._unshown, []
        if lines:
            print("\n".join(lines), flush=True)

    def draw(self) -> None:
        """What `view` gives has changed."""
        if self._session.app.is_running:
            self._session.app.invalidate()

    def _prompt(self) -> StyleAndTextTuples:
        if self._session.app.is_done:
            # What stays on the screen is the line alone.
            return [("", "> ")]
        mark, growing = self.view()
        columns = self._session.app.output.get_size().columns
        parts: StyleAndTextTuples = []
        for nick, text in growing[:MOST_ROWS]:
            parts.append((_DIM, f"{fit(nick, text, columns - 1)}\n"))
        if len(growing) > MOST_ROWS:
            parts.append((_DIM, f"… and {len(growing) - MOST_ROWS} more\n"))
        if mark:
            parts.append(("bold", mark))
        return [*parts, ("", "> ")]


def fit(nick: str, text: str, columns: int) -> str:
    """A line that somebody types, in one row: where it is too long, its end."""
    head = f"… {nick}: "
    space = columns - get_cwidth(head)
    if get_cwidth(text) <= space:
        return head + text
    kept: list[str] = []
    space -= 1
    for letter in reversed(text):
        space -= get_cwidth(letter)
        if space < 0:
            break
        kept.append(letter)
    return f"{head}…{''.join(reversed(kept))}"


def _new_part(before: str, after: str) -> str:
    """What was put in at one place."""
    shorter = min(len(before), len(after))
    first = 0
    while first < shorter and before[first] == after[first]:
        first += 1
    last = 0
    while last < shorter - first and before[-1 - last] == after[-1 - last]:
        last += 1
    return after[first : len(after) - last]
