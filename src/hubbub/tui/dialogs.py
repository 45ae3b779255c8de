"""Small questions that lie over the conversation: a line to type, yes or no, one of several.

Owns their look and keys. What is asked and what the answer means is the business of whoever opens them. What others
wrote (names, whois) may be given as it came.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, NamedTuple, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from hubbub.tui import emoji
from hubbub.tui.cells import padded
from hubbub.tui.overlay import Overlay, Picker
from hubbub.tui.row_text import Piece, one_line

Value = TypeVar("Value")

_MOST_ABOUT = 12
_MOST_EMOJI = 60


class Ask(ModalScreen[str | None]):
    """Gives what was typed, or None after Esc. `secret`: it isn't shown."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "close", "close")]
    DEFAULT_CSS = """
    Ask { align: center middle; background: $background 50%; }
    Ask > #box {
        width: 90%; max-width: 70; height: auto;
        border: round $primary; border-subtitle-color: $text-muted; background: $surface; padding: 0 1;
    }
    Ask #question { height: auto; margin-bottom: 1; }
    """

    def __init__(self, question: str, secret: bool = False, *, value: str = "") -> None:
        super().__init__()
        self._question = one_line(question)
        self._value = value
        self.answer = Input(password=secret, compact=True)

    def compose(self) -> ComposeResult:
        box = Vertical(id="box")
        self.answer.value = self._value
        box.border_subtitle = "Enter answers · Esc closes"
        with box:
            yield Static(self._question, id="question", markup=False)
            yield self.answer

    def on_mount(self) -> None:
        self.answer.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value)

    def action_close(self) -> None:
        self.dismiss(None)


class Entry(NamedTuple, Generic[Value]):
    """`key`: takes it at once."""

    label: str
    value: Value
    key: str = ""


class Menu(Overlay[Value]):
    """Gives the value of the entry, or None. `about`: lines above the entries, such as a whois."""

    HINT = "↑↓ choose · Enter takes · Esc closes"
    DEFAULT_CSS = """
    Menu { align: center middle; }
    Menu > #box { width: auto; min-width: 44; max-width: 90%; height: auto; max-height: 90%; }
    Menu > #box > #about { width: auto; height: auto; max-height: 12; color: $text-muted; margin-bottom: 1; }
    Menu > #box > #list { width: 100%; height: auto; min-height: 1; }
    """

    def __init__(self, title: str, entries: Sequence[Entry[Value]], about: Sequence[str] = ()) -> None:
        super().__init__(title)
        self._entries = entries
        self._about = "\n".join(map(one_line, about))

    def content(self) -> ComposeResult:
        if self._about:
            yield Static(self._about, id="about", markup=False)
        yield self.list

    def on_mount(self) -> None:
        self.list.fill(len(self._entries), 0)

    def fit(self, size: Size) -> None:
        """In the middle, as its entries are few and stay the same."""
        about = min(len(self._about.split("\n")), _MOST_ABOUT) + 1 if self._about else 0
        self.list.styles.max_height = max(size.height * 9 // 10 - 2 - about, 1)

    def draw(self, index: int, part: int, width: int) -> list[Piece]:
        entry = self._entries[index]
        return [(f"{entry.key:1}", "heading"), ("  ", ""), (one_line(entry.label), "")]

    def take(self, index: int) -> None:
        self.dismiss(self._entries[index].value)

    def on_key(self, event: Key) -> None:
        for index, entry in enumerate(self._entries):
            if entry.key and event.character == entry.key:
                event.stop()
                self.take(index)
                return


class Confirm(Menu[bool]):
    """Gives True only for a plain yes: after Enter alone, nothing happens to anybody."""

    HINT = "y yes · n no · Esc no"

    def __init__(self, question: str, *, about: Sequence[str] = ()) -> None:
        super().__init__(question, [Entry("No", False, "n"), Entry("Yes", True, "y")], about)

    def action_close(self) -> None:
        self.dismiss(False)


class PickEmoji(Picker[str]):
    """Gives an emoji, or None. What is typed are letters of its name, with or without colons, or the emoji itself."""

    HINT = "↑↓ choose · Enter takes it · Esc closes"
    PLACEHOLDER = "the name of an emoji, such as heart"
    OFTEN = ("👍", "👎", "❤️", "😂", "🎉", "😮", "😢", "🙏", "👀", "🚀")

    def __init__(self, title: str = "React with") -> None:
        super().__init__(title)
        self._found: list[emoji.Named] = []

    def look_up(self, query: str) -> int:
        self._found = self._fitting(query)
        nothing = f"There is no emoji {one_line(query)}. Try other letters."
        self.note.say("" if self._found else nothing, "mention")
        return len(self._found)

    def _fitting(self, query: str) -> list[emoji.Named]:
        if not query.strip(": "):
            return [emoji.Named(emoji.name_of(one), one) for one in self.OFTEN]
        exact = emoji.as_emoji(query)
        others = [one for one in emoji.search(query.strip(), _MOST_EMOJI) if one.emoji != exact]
        return [*([emoji.Named(emoji.name_of(exact), exact)] if exact else []), *others]

    def draw(self, index: int, part: int, width: int) -> list[Piece]:
        found = self._found[index]
        return [(padded(found.emoji, 3), ""), (found.name.replace("_", " "), "")]

    def take(self, index: int) -> None:
        self.dismiss(self._found[index].emoji)


def person_entries(nick: str, *, ignored: bool = False, operator: bool = False) -> list[Entry[str]]:
    """What can be done about somebody; the values are the names of commands. `operator`: we are, in this room."""
    entries = [
        Entry(f"Write to {nick}", "query", "w"),
        Entry(f"Name {nick} in the message", "mention", "m"),
        Entry(f"No longer ignore {nick}", "unignore", "i")
        if ignored
        else Entry(f"Ignore {nick}", "ignore", "i"),
    ]
    if operator:
        entries += [Entry("Make an operator", "op", "o"), Entry("Put out of the room", "kick", "k")]
    return entries
