"""The conversation on the screen: a Timeline of any length, of which only what is seen is laid out.

Owns the widget: its colours from the theme, its drawing by single rows, its mouse, and the messages that it posts
when it needs more lines or something is clicked. There is no widget per message and no total height: viewport.py
says which rows are seen. Knows no network. Its owner calls `refresh_lines` after any change.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import fields
from datetime import tzinfo
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from hubbub.client.chat import Chat
from hubbub.client.lines import Line
from hubbub.client.timeline import Timeline
from hubbub.irc.names import fold
from hubbub.tui.blocks import Blocks, Coming
from hubbub.tui.cells import clip
from hubbub.tui.colors import Palette
from hubbub.tui.layout import Shape
from hubbub.tui.markup import META, Reader
from hubbub.tui.viewport import MOST_UNSEEN, Position, Seen, Viewport

_EXPANDED = 200
_WHEEL = 3
_FLASH_SECONDS = 1.5
_PREFETCH = 15
"""Lines before the loaded end at which more is asked for."""


class TimelineView(Widget):
    """See the module. What changes what is seen ends in `refresh_lines`; the next look composes anew."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--time",
        "timeline--dim",
        "timeline--me",
        "timeline--link",
        "timeline--room",
        "timeline--mention",
        "timeline--code",
        "timeline--day",
        "timeline--new",
        "timeline--failed",
        "timeline--notice",
        "timeline--reaction",
        "timeline--own-reaction",
        "timeline--focused",
        "timeline--flash",
        "timeline--hint",
        "timeline--scrollbar",
    }
    DEFAULT_CSS = """
    TimelineView {
        height: 1fr;
        width: 1fr;
        background: $background;
        color: $foreground;
        & > .timeline--time { color: $text-muted; }
        & > .timeline--dim { color: $text-muted; }
        & > .timeline--me { text-style: bold; }
        & > .timeline--link { color: $text-accent; text-style: underline; }
        & > .timeline--room { color: $text-accent; }
        & > .timeline--mention { color: $text-warning; text-style: bold; }
        & > .timeline--code { background: $surface; }
        & > .timeline--day { color: $text-muted; }
        & > .timeline--new { color: $text-error; }
        & > .timeline--failed { color: $text-error; }
        & > .timeline--notice { color: $text-secondary; }
        & > .timeline--reaction { color: $text-muted; }
        & > .timeline--own-reaction { color: $text-primary; text-style: bold; }
        & > .timeline--focused { background: $primary 30%; }
        & > .timeline--flash { background: $warning 30%; }
        & > .timeline--hint { background: $primary; color: $text; text-style: bold; }
        & > .timeline--scrollbar { color: $primary; }
    }
    """

    # -- what it says -------------------------------------------------------------------------------------------

    class Wish(Message):
        """Something that the timeline's owner can do. `timeline`: the one that was shown."""

        def __init__(self, timeline: Timeline) -> None:
            super().__init__()
            self.timeline = timeline

    class NeedOlder(Wish):
        """The view is near the beginning of what is loaded."""

    class NeedNewer(Wish):
        """The view is near the end of what is loaded. A timeline that is live needs nothing."""

    class Followed(Message):
        """The view follows the end from now on, or no longer does."""

        def __init__(self, following: bool) -> None:
            super().__init__()
            self.following = following

    class NickClicked(Message):
        def __init__(self, nick: str, line: Line) -> None:
            super().__init__()
            self.nick = nick
            self.line = line

    class RoomClicked(Message):
        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class LineClicked(Message):
        def __init__(self, line: Line) -> None:
            super().__init__()
            self.line = line

    class LinkClicked(Message):
        def __init__(self, url: str) -> None:
            super().__init__()
            self.url = url

    class ReactionClicked(Message):
        def __init__(self, line: Line, emoji: str) -> None:
            super().__init__()
            self.line = line
            self.emoji = emoji

    class FoldToggled(Message):
        def __init__(self, line: Line, expanded: bool) -> None:
            super().__init__()
            self.line = line
            self.expanded = expanded

    # -- what is shown ------------------------------------------------------------------------------------------

    def __init__(
        self, *, zone: tzinfo | None = None, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.timeline = Timeline()
        self.chat = Chat()
        self.zone = zone
        self._tones = False
        self._coming = Coming.SMART
        self._fold_rows = 12
        self._in_room = True
        self._divider: Line | None = None
        self._flashed: Line | None = None
        self._flash_timer: Timer | None = None
        self._expanded: OrderedDict[Line, None] = OrderedDict()
        self._palette = Palette()
        self._is_palette_stale = True
        self._asked: dict[type[TimelineView.Wish], Line | None] = {}
        self._is_stale = True
        self._told_following = True
        self._base = Style.null()
        self._wanted: Line | None = None
        self._port = self._open_port()

    def show(
        self,
        timeline: Timeline,
        *,
        divider: Line | None = None,
        at: Line | None = None,
        chat: Chat | None = None,
        in_room: bool = True,
    ) -> None:
        """Show this timeline: at a line, in the upper part of the view, or at its end.

        `chat` says who we are, who is known and who is ignored.
        """
        self.timeline = timeline
        self.chat = chat if chat is not None else self.chat
        self._in_room = in_room
        self._divider = divider
        self._flashed = None
        self._asked = {}
        self._port = self._open_port()
        self._wanted = at
        self.refresh_lines()

    def refresh_lines(self) -> None:
        """Something changed. Cheap: nothing is laid out before it is drawn."""
        self._is_stale = True
        self.refresh()

    @property
    def divider(self) -> Line | None:
        return self._divider

    @divider.setter
    def divider(self, line: Line | None) -> None:
        self._divider = line
        self._recut()

    @property
    def coming(self) -> Coming:
        return self._coming

    @coming.setter
    def coming(self, coming: Coming) -> None:
        self._coming = coming
        self._recut()

    @property
    def fold_rows(self) -> int:
        """Of a longer text only so many rows are shown."""
        return self._fold_rows

    @fold_rows.setter
    def fold_rows(self, rows: int) -> None:
        self._fold_rows = max(rows, 1)
        self.refresh_lines()

    @property
    def tones(self) -> bool:
        """Whether this terminal draws skin tones without extra cells (see cells.tame)."""
        return self._tones

    @tones.setter
    def tones(self, tones: bool) -> None:
        self._tones = tones
        self._is_palette_stale = True
        self._port.forget()
        self.refresh_lines()

    @property
    def live_lines(self) -> Sequence[tuple[str, str]]:
        """What people are writing at this moment: (nick, text), drawn under the last line."""
        return self._port.live

    @live_lines.setter
    def live_lines(self, lines: Sequence[tuple[str, str]]) -> None:
        self._port.live = list(lines)
        self.refresh_lines()

    def show_again(self) -> None:
        """Who is ignored, or another thing that all lines depend on, has changed."""
        self._recut()

    @property
    def following(self) -> bool:
        self._look()
        return self._port.following

    @property
    def unseen(self) -> int:
        """What others said below the last row seen, while not following; at most MOST_UNSEEN."""
        self._look()
        return self._port.unseen

    @property
    def visible_lines(self) -> list[Line]:
        """The lines of which something is seen, from top to bottom."""
        self._look()
        return self._port.visible_lines()

    def _open_port(self) -> Viewport:
        return Viewport(self.timeline, self._cut(), self._shape(), self._reader(), self._divider)

    def _recut(self) -> None:
        self._port.blocks = self._cut()
        self.refresh_lines()

    def _cut(self) -> Blocks:
        return Blocks(
            self.timeline,
            divider=self._divider,
            coming=self._coming,
            hides=self._hides,
            expanded=self._expanded.__contains__,
            zone=self.zone,
        )

    def _hides(self, line: Line) -> bool:
        return line.kind.is_said and not line.mine and fold(line.nick) in self.chat.ignored

    def _shape(self) -> Shape:
        """One column at the right is the scrollbar's."""
        width = max(self.content_size.width - 1, 1)
        return Shape(width, fold_rows=self._fold_rows, in_room=self._in_room, zone=self.zone)

    def _reader(self) -> Reader:
        chat = self.chat
        return Reader(
            self._palette, chat.nick, chat.channel_types, knows=chat.people.__contains__, tones=self._tones
        )

    # -- moving -------------------------------------------------------------------------------------------------

    def scroll_rows(self, count: int) -> None:
        """Down, or up with a negative number."""
        self._look()
        if count < 0:
            # Whoever pulls at the beginning asks again.
            self._asked.pop(self.NeedOlder, None)
        self._port.scroll(count)
        self.refresh_lines()

    def page_up(self) -> None:
        self.scroll_rows(-self._page)

    def page_down(self) -> None:
        self.scroll_rows(self._page)

    def to_top(self) -> None:
        """To the beginning of what is loaded."""
        if self.timeline.lines:
            self._port.put_first()
            self.refresh_lines()

    def to_bottom(self) -> None:
        self._wanted = None
        self._port.follow()
        self.refresh_lines()

    def go_to(self, line: Line, flash: bool = True) -> None:
        """Show a line of this timeline, in the upper part of the view, and let it shine for a moment."""
        self._wanted = line
        if flash:
            self._flash(line)
        self.refresh_lines()

    def position(self) -> Position | None:
        """Where somebody is reading, to be kept on disk; None: at the end."""
        self._look()
        return self._port.position()

    def restore(self, position: tuple[str, int, int] | None) -> bool:
        """Back to where somebody was reading; False: that is not loaded, and the nearest line is shown."""
        self.to_bottom()
        found = position is None or self._port.restore(position)
        self.refresh_lines()
        return found

    @property
    def _page(self) -> int:
        return max(self.content_size.height - 2, 1)

    # -- one message marked ---------------------------------------------------------------------------------------

    @property
    def focused(self) -> Line | None:
        return self._port.focused

    def focus_previous(self) -> Line | None:
        """Mark the message above the marked one, or the last that is seen; None: there is none."""
        self._look()
        return self._focused(self._port.focus(self._port.messages_above()))

    def focus_next(self) -> Line | None:
        self._look()
        return self._focused(self._port.focus(self._port.messages_below()))

    def focus_line(self, line: Line) -> Line | None:
        self._look()
        return self._focused(self._port.focus(iter([line])))

    def clear_focus(self) -> None:
        self._port.focused = None
        self.refresh_lines()

    def _focused(self, line: Line | None) -> Line | None:
        self.refresh_lines()
        return line

    def _flash(self, line: Line) -> None:
        self._flashed = line
        if self._flash_timer is not None:
            self._flash_timer.stop()
        self._flash_timer = self.set_timer(_FLASH_SECONDS, self._end_flash)

    def _end_flash(self) -> None:
        self._flashed = None
        self.refresh()

    # -- looking --------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """See to it that the rows are those of now."""
        if not self._is_stale or self.content_size.height <= 0 or self.content_size.width <= 1:
            return
        self._is_stale = False
        self._base = self.rich_style
        self._take_colors()
        self._port.resize(self._shape(), self.content_size.height)
        if self._wanted is not None:
            self._port.put(self._wanted, self.content_size.height // 3)
            self._wanted = None
        self._port.compose()
        self._ask_for_more()
        if self._port.following is not self._told_following:
            self._told_following = self._port.following
            self._tell(self.Followed(self._port.following))

    def _ask_for_more(self) -> None:
        """Once for each beginning and end of what is loaded."""
        lines = self.timeline.lines
        indexes = [seen.at for seen in self._port.rows if seen.at >= 0]
        if not self.timeline.at_start and (not indexes or indexes[0] < _PREFETCH):
            self._ask(self.NeedOlder, lines[0] if lines else None)
        if not indexes or indexes[-1] >= len(lines) - _PREFETCH:
            self._ask(self.NeedNewer, lines[-1] if lines else None)

    def _ask(self, wish: type[TimelineView.Wish], edge: Line | None) -> None:
        if wish in self._asked and self._asked[wish] is edge:
            return
        self._asked[wish] = edge
        self._tell(wish(self.timeline))

    def _tell(self, message: Message) -> None:
        # Ours also where the app's call has led to it: Textual ends the way of a message at whoever sent it.
        self.post_message(message.set_sender(self))

    # -- drawing --------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        self._look()
        base = self._base
        cells = self.content_size.width - 1
        if y >= len(self._port.rows) or cells < 1:
            return Strip.blank(self.content_size.width, base)
        if self._port.unseen and y == self._port.height - 1:
            return self._hint(cells + 1, base)
        seen = self._port.rows[y]
        style = base + self._background_of(seen)
        row = Strip(Segment.apply_style(seen.cells, style)).adjust_cell_length(cells, style)
        return Strip([*row, self._scrollbar(y, base)], cells + 1)

    def _background_of(self, seen: Seen) -> Style:
        if seen.line is None or seen.row < 0:
            return Style.null()
        if seen.line is self._port.focused:
            return self._background("timeline--focused")
        return self._background("timeline--flash") if seen.line is self._flashed else Style.null()

    def _background(self, name: str) -> Style:
        if self._palette.ansi:
            return Style(reverse=True)
        return Style(bgcolor=self.get_component_rich_style(name).bgcolor)

    def _hint(self, cells: int, base: Style) -> Strip:
        unseen = self._port.unseen
        count = f"{MOST_UNSEEN - 1}+" if unseen >= MOST_UNSEEN else str(unseen)
        style = base + self.get_component_rich_style("timeline--hint") + Style(meta={META: ("bottom", "")})
        return Strip([Segment(clip(f" ↓ {count} new ", cells), style)]).adjust_cell_length(cells, base)

    def _scrollbar(self, y: int, base: Style) -> Segment:
        """One mark at the right that shows where in the loaded lines we are, while not at the end."""
        first = next((seen.at for seen in self._port.rows if seen.at >= 0), None)
        if self._port.following or first is None or y != self._thumb(first):
            return Segment(" ", base)
        return Segment("▐", base + self.get_component_rich_style("timeline--scrollbar", partial=True))

    def _thumb(self, index: int) -> int:
        return index * self._port.height // max(len(self.timeline.lines), 1)

    def notify_style_update(self) -> None:
        """The theme may have changed. Textual says so at every change of focus as well."""
        super().notify_style_update()
        self._is_palette_stale = True
        self._is_stale = True

    def _take_colors(self) -> None:
        if not self._is_palette_stale or not self.is_attached:
            return
        self._is_palette_stale = False
        palette = self._make_palette()
        if any(getattr(palette, part.name) != getattr(self._palette, part.name) for part in fields(Palette)):
            self._palette = palette
            self._port.forget()
        self._port.reader = self._reader()

    def _make_palette(self) -> Palette:
        background = self.background_colors[1]
        names = [part.name for part in fields(Palette) if part.name not in ("background", "ansi")]
        parts = {name: self._part(f"timeline--{name.replace('_', '-')}") for name in names}
        return Palette(background=background.rgb, ansi=background.ansi is not None, **parts)

    def _part(self, name: str) -> Style:
        """The style of one part, as far as it differs from the rest of the text."""
        style = self.get_component_rich_style(name)
        own = self.get_component_styles(name)
        colors = Style(
            color=style.color if own.has_rule("color") or own.has_rule("auto_color") else None,
            bgcolor=style.bgcolor if own.has_rule("background") else None,
        )
        return colors + Style(bold=style.bold, italic=style.italic, underline=style.underline)

    # -- events ---------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        self.refresh_lines()
        if self._port.focused is not None:
            self._look()
            self._port.reveal(self._port.focused)
            self.refresh_lines()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_rows(-_WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_rows(_WHEEL)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        what, value = event.style.meta.get(META, ("", ""))
        line = self._line_at(event.y - self.gutter.top)
        if what == "bottom":
            self.to_bottom()
        elif what == "link":
            self.post_message(self.LinkClicked(value))
        elif what == "room":
            self.post_message(self.RoomClicked(value))
        elif line is not None:
            self._clicked(line, what, value)

    def _line_at(self, y: int) -> Line | None:
        self._look()
        return self._port.rows[y].line if 0 <= y < len(self._port.rows) else None

    def _clicked(self, line: Line, what: str, value: str) -> None:
        quoted = self.timeline.find(value) if what == "quote" else None
        if what == "nick":
            self.post_message(self.NickClicked(value, line))
        elif what == "react":
            self.post_message(self.ReactionClicked(line, value))
        elif what == "fold":
            self.toggle_fold(line)
        elif quoted is not None:
            self.go_to(quoted)
        else:
            self.post_message(self.LineClicked(line))

    def toggle_fold(self, line: Line) -> None:
        """Show a long text, or a run of comings and goings, in full, or no longer."""
        self._look()
        block = self._port.block_of(line)
        if block is None:
            return
        for each in block.lines:
            self._expanded.pop(each, None)
        if not block.expanded:
            self._expanded[line] = None
            # What grows must not push its own beginning out of sight.
            self._port.hold()
        if len(self._expanded) > _EXPANDED:
            self._expanded.popitem(last=False)
        self.refresh_lines()
        self.post_message(self.FoldToggled(line, not block.expanded))
