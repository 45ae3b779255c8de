"""The window of the terminal client: its widgets, the networks behind them, and what is remembered.

Owns what there is and which conversation is shown. What networks tell is in showing.py, the actions of keys in
navigation.py and message_actions.py, the beginning and the end in app.py: each builds on the one before.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.color import Color
from textual.containers import Horizontal, Vertical
from textual.filter import LineFilter, Monochrome, NoColor

from hubbub.client.chat import Conversation, Place
from hubbub.client.events import Phase
from hubbub.client.lines import Kind, Line
from hubbub.client.network import Network
from hubbub.client.settings import Server, Settings, SettingsError
from hubbub.client.timeline import Timeline
from hubbub.irc.names import fold
from hubbub.tui import live_text, themes
from hubbub.tui.ascii_signs import AsciiSigns
from hubbub.tui.commands.talking import is_service
from hubbub.tui.completion import Argument, files_in
from hubbub.tui.composer import Composer, Draft
from hubbub.tui.input_history import InputHistory
from hubbub.tui.keymap import Keymap, read_keys
from hubbub.tui.memory import Memory, state_file
from hubbub.tui.notifications import Level, Notifier
from hubbub.tui.people_list import PeopleList
from hubbub.tui.room_list import RoomList
from hubbub.tui.status import Banner, Standing, StatusLine, activity_words, typists
from hubbub.tui.terminal import Terminal, driver_write, speaks_osc
from hubbub.tui.timeline_view import TimelineView
from hubbub.tui.top_bar import TopBar
from hubbub.tui.transfer_rows import Transfer, TransferRows
from hubbub.tui.typed import is_secret, reads_as
from hubbub.tui.viewport import Position
from hubbub.tui.windows import Window, Windows

PEOPLE_FROM, ROOMS_FROM = 100, 70
"""Columns from which the panels are shown, unless somebody wants them otherwise."""
_REFRESH_AFTER = 0.05
_READ_AFTER = 0.3
"""Seconds that something must have been seen before it counts as read."""
_WAITS = "waiting for the server; what you type is kept"


class Shell(App[int], inherit_bindings=False):
    """`memory_path`: where drafts are kept; None keeps nothing."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []
    CSS = """
    #panels { height: 1fr; }
    #middle { width: 1fr; border-left: vkey $panel; border-right: vkey $panel; }
    #middle.-alone { border-left: none; }
    RoomList, PeopleList { background: $background; }
    .-hidden { display: none; }
    """

    def __init__(
        self,
        settings: Settings,
        *,
        environ: Mapping[str, str] = os.environ,
        state: Path | None = None,
        theme: str = "",
    ) -> None:
        super().__init__()
        self.settings = settings
        self.environ = environ
        self.state = state
        self.networks: dict[str, Network] = {}
        self.windows = Windows()
        self.memories: dict[str, Memory] = {}
        self.keymap: Keymap = read_keys(settings.keys)
        self.input_history = InputHistory(is_secret=self._is_secret, keep=self._keep_typed)
        self.notifier = Notifier(self._level)
        self.terminal = Terminal(driver_write(self), environ)
        self.is_focused = True
        self.past: Timeline | None = None
        """A piece of history that is shown instead of the conversation's own timeline."""
        self._news = asyncio.Event()
        """For whoever waits for something to happen on a server; a new one after each time."""
        self._panels: dict[str, bool] = {}
        self._shown_text = ""
        self._reading: asyncio.TimerHandle | None = None
        self._refreshing: asyncio.TimerHandle | None = None
        self.rooms_panel = RoomList(self.windows, lambda: self.networks.values(), id="rooms")
        self.people_panel = PeopleList(id="people")
        self.top_bar = TopBar(id="top")
        self.view = TimelineView(id="timeline")
        self.view.can_focus = True
        self.banner = Banner(id="banner")
        self.transfers: list[Transfer] = []
        self.transfer_rows = TransferRows(self.transfers, id="transfers")
        self.status = StatusLine(id="status")
        self.composer = Composer(
            id="composer",
            reads_as=self._reads_as,
            sources=_Sources(self),
            history=self.input_history,
            up_edits=settings.up_edits,
        )
        for one in themes.THEMES:
            self.register_theme(one)
        self.theme = theme or themes.DARK
        # Textual has chosen before it knew the theme, and makes the terminal's own colours black on black.
        self._filters = [NoColor() if isinstance(one, Monochrome) else one for one in self._filters]
        if not speaks_osc(environ):
            self._filters.append(_WithoutLinks())
        if themes.ascii_only(environ):
            self._filters.append(AsciiSigns(environ))

    def compose(self) -> ComposeResult:
        with Horizontal(id="panels"):
            yield self.rooms_panel
            with Vertical(id="middle"):
                yield self.top_bar
                yield self.view
            yield self.people_panel
        yield self.banner
        yield self.transfer_rows
        yield self.status
        yield self.composer

    # -- where we are ---------------------------------------------------------------------------------------

    @property
    def window(self) -> Window | None:
        """The conversation that is shown."""
        return self.windows.current

    @property
    def network(self) -> Network | None:
        return self.networks.get(self.window.network_key) if self.window else None

    def network_of(self, window: Window) -> Network:
        return self.networks[window.network_key]

    def server_of(self, network: Network) -> Server:
        """Its place in the settings."""
        return self.settings.named(network.key) or self.settings.server(network.host, network.port)

    def shows(self, conversation: Conversation) -> bool:
        return self.window is not None and self.window.conversation is conversation

    @property
    def timeline(self) -> Timeline | None:
        """The one that is shown."""
        if self.past is not None:
            # It may be empty as yet, and counts as nothing then.
            return self.past
        return self.window.conversation.timeline if self.window else None

    @property
    def now(self) -> datetime:
        return datetime.now().astimezone()

    def save_settings(self) -> None:
        try:
            self.settings.save()
        except (SettingsError, OSError) as error:
            self.status.say(f"The settings could not be kept: {error}", error=True)

    def _keep_typed(self, conversation: str, text: str) -> None:
        memory = self.memories.get(self.window.network_key) if self.window else None
        if memory is not None:
            memory.add_typed(conversation, text)

    def _level(self, network_key: str, name: str) -> Level:
        window = self.windows.find(network_key, name)
        return Level.MUTED if window is not None and window.muted else Level(self.settings.notifications)

    def _is_secret(self, text: str) -> bool:
        """Of what stands in the composer."""
        owner = self.composer.owner
        return is_secret(text, owner.conversation.name if isinstance(owner, Window) else "")

    def _reads_as(self, text: str) -> str:
        return reads_as(text, self._is_known_here)

    def _is_known_here(self, name: str) -> bool:
        return self.window is None or self.knows(self.window, name)

    def knows(self, window: Window, name: str) -> bool:
        """Whether name: text can be for somebody: who shares a room with us, talks with us, or is a service."""
        chat = self.network_of(window).chat
        folded = fold(name)
        is_here = folded in chat.people or next(chat.rooms_of(name), None) is not None
        return is_here or chat.find(name) is not None or chat.is_me(name) or is_service(name)

    # -- showing a conversation -----------------------------------------------------------------------------

    def show_window(self, window: Window, *, at: Line | None = None) -> None:
        """Leave what is shown, and show this one: where it was left, or at the first unread."""
        if window is not self.window or self.past is not None:
            self.leave_window()
            self._stop_reading()
        else:
            # /join of the room that one is in has emptied the input.
            self.note_draft()
        self.past = None
        self.windows.show(window)
        conversation = window.conversation
        window.shown_divider = conversation.first_unread()
        self._show_timeline(conversation.timeline, window.shown_divider, at)
        if at is None and window.shown_divider is None:
            self.view.restore(self._position_of(window))
        self.input_history.conversation = f"{window.network_key} {fold(conversation.name)}"
        self.composer.owner = window
        self.composer.draft = self._draft_of(window)
        self._shown_text = self.composer.text
        memory = self.memories.get(window.network_key)
        if memory is not None:
            memory.current = conversation.name
        self.refresh_all()
        self.read_soon()

    @property
    def is_writing(self) -> bool:
        """Whether something was typed since this conversation is shown: what is typed goes on being for it."""
        return self.composer.text not in ("", self._shown_text)

    def leave_window(self) -> None:
        """Remember where one was, and what was typed."""
        if self.window is None:
            return
        self.note_draft()
        if self.network is not None:
            # Nobody goes on with it at the moment; it is shown again with the next letter.
            self.network.session.live.cancel(self.window.conversation)
        if self.past is None:
            self.note_position()

    def _show_timeline(self, timeline: Timeline, divider: Line | None, at: Line | None) -> None:
        window = self.window
        assert window is not None
        chat = self.networks[window.network_key].chat
        # The first unread stands in the upper part; where all that is new fits below it, one is at the end.
        self.view.show(
            timeline,
            divider=divider,
            at=at or divider,
            chat=chat,
            in_room=window.conversation.is_room,
        )

    def show_past(self, timeline: Timeline, at: Line | None = None) -> None:
        """A piece of history of this conversation, until Esc."""
        self.past = timeline
        self._show_timeline(timeline, None, at)

    def _draft_of(self, window: Window) -> Draft:
        draft = window.draft
        if isinstance(draft, Draft):
            return draft
        memory = self.memories.get(window.network_key)
        text = memory.draft(window.conversation.name) if memory else ""
        return Draft(text, len(text))

    def note_draft(self) -> None:
        """What is typed is kept, also if we are killed."""
        if self.window is None:
            return
        self.window.draft = self.composer.draft
        memory = self.memories.get(self.window.network_key)
        if memory is not None:
            draft = self.composer.draft
            memory.set_draft(
                self.window.conversation.name, draft.kept if draft.mode == "edit" else draft.text
            )

    def _position_of(self, window: Window) -> tuple[str, int, int] | None:
        """Where one was reading, in this run or the one before; None: at the end."""
        if isinstance(window.position, Position):
            return window.position
        memory = self.memories.get(window.network_key)
        msgid = memory.position(window.conversation.name) if memory else ""
        line = window.conversation.timeline.find(msgid)
        return (msgid, line.time_ms, 0) if line else None

    def note_position(self) -> None:
        if self.window is None or self.past is not None:
            return
        position = self.view.position()
        self.window.position = position
        memory = self.memories.get(self.window.network_key)
        if memory is not None:
            memory.set_position(self.window.conversation.name, position.msgid if position else "")

    def remember(self, network: Network) -> Memory | None:
        """What was remembered for this server."""
        if self.state is None:
            return None
        if network.key not in self.memories:
            path = state_file(network.key, self.state)
            self.memories[network.key] = Memory(path, is_secret=_is_secret_in)
            self.input_history.load(self.memories[network.key].typed)
        return self.memories[network.key]

    # -- drawing anew ---------------------------------------------------------------------------------------

    def refresh_all(self) -> None:
        self.refresh_panels()
        self.view.refresh_lines()

    def refresh_soon(self) -> None:
        """The panels, a moment later: of two hundred messages a second nobody reads two hundred counts."""
        if self._refreshing is None:
            self._refreshing = asyncio.get_running_loop().call_later(_REFRESH_AFTER, self.refresh_panels)

    def refresh_panels(self) -> None:
        """Everything beside the conversation itself. Cheap: what looks the same isn't drawn."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            self._refreshing = None
        window, network = self.window, self.network
        if window is None or network is None or not self.is_running:
            return
        conversation = window.conversation
        people_shown = self._lay_out()
        self.rooms_panel.update_soon()
        self.top_bar.show(
            conversation,
            network.chat,
            title=network.title,
            with_count=not people_shown,
            away=_WAITS if network.phase is not Phase.ONLINE else "",
        )
        self.people_panel.show(conversation if conversation.is_room else None, network.chat)
        self.composer.placeholder = _placeholder(window, network.phase)
        self.show_live()
        self.refresh_status()

    def show_live(self) -> None:
        """What others type here, and whether ours is seen."""
        window, network = self.window, self.network
        if window is None or network is None:
            return
        self.composer.live = live_text.mark(network.session, window.conversation)
        found = live_text.lines(network.session, window.conversation) if self.past is None else []
        if found != self.view.live_lines:
            self.view.live_lines = found

    def refresh_status(self) -> None:
        window, network = self.window, self.network
        if window is None or network is None:
            return
        self.status.stand(
            Standing(
                network.title,
                network.phase,
                network.encrypted,
                network.chat.away,
                self.notifier.quiet.is_quiet(datetime.now()),
                activity_words(self.windows.activity()),
            )
        )
        self.status.tell_typing(typists(window.conversation, network.chat, time.time() * 1000))
        self.terminal.title(window.title, sum(one.conversation.unread for one in self.windows.activity()))

    def _lay_out(self) -> bool:
        """Hide panels before text is cut. Returns whether the people are shown."""
        width = self.size.width
        rooms = self._panels.get("rooms", width >= ROOMS_FROM)
        is_room = self.window is not None and self.window.place is Place.ROOM
        people = self._panels.get("people", width >= PEOPLE_FROM) and is_room
        self.rooms_panel.set_class(not rooms, "-hidden")
        self.people_panel.set_class(not people, "-hidden")
        self.query_one("#middle").set_class(not rooms, "-alone")
        return people

    def toggle_panel(self, name: str, widget: RoomList | PeopleList) -> None:
        """The other way round; where that is how it would be anyway, the width decides again."""
        wanted = widget.has_class("-hidden")
        if wanted == (self.size.width >= (ROOMS_FROM if name == "rooms" else PEOPLE_FROM)):
            self._panels.pop(name, None)
        else:
            self._panels[name] = wanted
        self.refresh_panels()

    def on_resize(self) -> None:
        # Textual takes in the new size after this.
        self.call_next(self.refresh_panels)

    def _set_pointer_shape(self, shape: str) -> None:
        # A console that doesn't know the sequence prints it.
        if speaks_osc(self.environ):
            super()._set_pointer_shape(shape)

    # -- reading --------------------------------------------------------------------------------------------

    def read_soon(self) -> None:
        """What is seen to its end counts as read, a moment later."""
        if self._reading is None:
            self._reading = asyncio.get_running_loop().call_later(_READ_AFTER, self._read)

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _read(self) -> None:
        self._reading = None
        window = self.window
        looking = self.is_focused and len(self.screen_stack) == 1
        if window is None or not looking or self.past is not None or not self.view.following:
            return
        self.network_of(window).session.mark_read(window.conversation)
        self.notifier.seen(self.network_of(window), window.conversation)

    # -- words for people -----------------------------------------------------------------------------------

    def tell(self, text: str, *, error: bool = False, conversation: Conversation | None = None) -> None:
        """To the user alone: lines in the conversation, on this screen only."""
        conversation = conversation or (self.window.conversation if self.window else None)
        if conversation is None:
            self.status.say(text, error)
            return
        line = Line(Kind.ERROR if error else Kind.INFO, time.time_ns() // 1_000_000, text=text)
        conversation.timeline.append(line)
        self.view.refresh_lines()
        if not self.view.following:
            self.status.say(text, error)


def _is_secret_in(text: str, conversation: str) -> bool:
    """`conversation`: its name, with the network's key in front of it where a history holds several networks."""
    return is_secret(text, conversation.rpartition(" ")[2])


def _placeholder(window: Window, phase: Phase) -> str:
    if phase is Phase.ENDED:
        return "Not connected; what you type is kept. /reconnect connects again"
    if phase is not Phase.ONLINE:
        return f"{_WAITS[0].upper()}{_WAITS[1:]}"
    if window.place is Place.SERVER:
        return "/join #room enters a room; F1 lists what else there is"
    where = window.conversation.name
    return f"Message {where}" if window.conversation.joined else f"You are not in {where}: /join {where}"


class _WithoutLinks(LineFilter):
    """For a console that would print the sequences of links."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(text, style.update_link(None) if style is not None and style.link else style, control)
            for text, style, control in segments
        ]


class _Sources:
    """What Tab completes, as things are at this moment."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    @property
    def channel_types(self) -> str:
        network = self._shell.network
        return network.chat.channel_types if network else "#"

    def topic(self) -> str:
        return self._shell.window.conversation.topic if self._shell.window else ""

    def speakers(self) -> Iterator[tuple[str, int]]:
        window, network = self._shell.window, self._shell.network
        if window is None or network is None:
            return
        for member in window.conversation.members.values():
            if not network.chat.is_me(member.nick):
                yield member.nick, member.spoke_ms
        if window.place is Place.DIRECT:
            yield window.conversation.name, 1

    def nicks(self) -> Iterator[str]:
        network = self._shell.network
        if network is not None:
            yield from (person.nick for person in network.chat.people.values())

    def rooms(self) -> Iterator[str]:
        network = self._shell.network
        if network is not None:
            yield from (one.name for one in network.chat.conversations.values() if one.is_room)

    def commands(self) -> Mapping[str, Argument]:
        from hubbub.tui.commands.registry import completions

        return completions()

    def files(self, directory: str) -> Iterator[tuple[str, bool]]:
        yield from files_in(directory)
