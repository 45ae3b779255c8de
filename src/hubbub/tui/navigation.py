"""Actions of keys: from one conversation to another, through what was said, and what is shown beside it.

Owns the ways; an action x of the keymap is action_x here, in message_actions.py or in app.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual import on

from hubbub.client.chat import Conversation
from hubbub.client.lines import Line
from hubbub.client.network import Network
from hubbub.client.timeline import Timeline
from hubbub.irc.names import fold
from hubbub.tui.help_sheet import HelpSheet
from hubbub.tui.hits import Hit as Found
from hubbub.tui.hits import SearchScreen
from hubbub.tui.people_list import PersonClicked
from hubbub.tui.room_list import WindowClicked
from hubbub.tui.showing import Showing
from hubbub.tui.switcher import Switcher
from hubbub.tui.timeline_view import TimelineView
from hubbub.tui.windows import Window


class Navigation(Showing):
    """Knows nothing of commands."""

    # -- other conversations --------------------------------------------------------------------------------

    def _go(self, window: Window | None) -> None:
        if window is not None and window is not self.window:
            self.show_window(window)

    def action_next_room(self) -> None:
        self._go(self.windows.next())

    def action_previous_room(self) -> None:
        self._go(self.windows.previous_in_order())

    def action_last_room(self) -> None:
        self._go(self.windows.previous())

    def action_go_to_number(self, number: int) -> None:
        self._go(self.windows.by_number(number))

    def action_next_activity(self) -> None:
        window = self.windows.next_activity()
        if window is None:
            self.status.say("Nothing is new.")
        self._go(window)

    def action_open_switcher(self) -> None:
        titles = {network.key: network.title for network in self.networks.values()}
        self.push_screen(Switcher(self.windows, titles), partial(self._switched, self.network))

    def _switched(self, network: Network | None, chosen: Window | str | None) -> None:
        if isinstance(chosen, Window):
            self._go(chosen)
        elif chosen and network is not None:
            self.open_by_name(chosen, network)

    def open_by_name(self, name: str, network: Network | None = None) -> None:
        """A room is joined, a person written to."""
        network = network or self.network
        assert network is not None
        if network.chat.is_channel(name):
            network.session.join(name)
        else:
            self.show_window(self.windows.add(network.key, network.session.converse(name)))

    def show_conversation(self, conversation: Conversation) -> None:
        """One that has a window."""
        window = self.windows.of(conversation)
        if window is not None:
            self.show_window(window)

    @on(WindowClicked)
    def _window_clicked(self, event: WindowClicked) -> None:
        self._go(event.window)
        self.composer.focus()

    @on(PersonClicked)
    def _person_clicked(self, event: PersonClicked) -> None:
        self.open_by_name(event.nick)
        self.composer.focus()

    @on(TimelineView.NickClicked)
    def _nick_clicked(self, event: TimelineView.NickClicked) -> None:
        self.composer.insert(f"{event.nick}, " if not self.composer.text else event.nick)
        self.composer.focus()

    @on(TimelineView.RoomClicked)
    def _room_clicked(self, event: TimelineView.RoomClicked) -> None:
        network = self.network
        known = network.chat.find(event.name) if network else None
        if known is not None and known.joined:
            self.show_conversation(known)
        elif network is not None:
            self.open_by_name(event.name)

    # -- through what was said ------------------------------------------------------------------------------

    def action_page_up(self) -> None:
        self.view.page_up()

    def action_page_down(self) -> None:
        self.view.page_down()

    def action_go_to_oldest(self) -> None:
        self.view.to_top()

    def action_go_to_newest(self) -> None:
        self.back_to_now()

    def back_to_now(self) -> None:
        """To the end of what is going on, which is then read."""
        window = self.window
        if window is None:
            return
        if self.past is not None:
            self.past = None
            self._show_timeline(window.conversation.timeline, None, None)
        self.view.to_bottom()
        self.view.divider = window.shown_divider = None
        self.network_of(window).session.mark_read(window.conversation)
        self.refresh_panels()

    @on(TimelineView.NeedOlder)
    def _need_older(self, event: TimelineView.NeedOlder) -> None:
        if self.window is not None and event.timeline is self.timeline:
            self.network_of(self.window).session.load_older(self.window.conversation, event.timeline)

    @on(TimelineView.NeedNewer)
    def _need_newer(self, event: TimelineView.NeedNewer) -> None:
        if self.window is not None and event.timeline is self.past:
            self.network_of(self.window).session.load_newer(self.window.conversation, event.timeline)

    @on(TimelineView.Followed)
    def _followed(self, event: TimelineView.Followed) -> None:
        if event.following:
            self.read_soon()

    def action_first_unread(self) -> None:
        window = self.window
        line = (window.shown_divider or window.conversation.first_unread()) if window else None
        if line is None:
            self.status.say("Nothing here is unread.")
        else:
            self.view.go_to(line)

    def action_next_mention(self) -> None:
        self._go_to_mention(older=False)

    def action_previous_mention(self) -> None:
        self._go_to_mention(older=True)

    def _go_to_mention(self, *, older: bool) -> None:
        line = next(self._mentions(older=older), None)
        if line is None:
            self.status.say(
                f"Nobody mentioned you {'before' if older else 'after'} this, as far as is loaded."
            )
            return
        self._mention = line
        self.view.go_to(line)

    _mention: Line | None = None

    def _mentions(self, *, older: bool) -> Iterator[Line]:
        timeline = self.timeline or Timeline()
        seen = self.view.visible_lines
        here = self._mention if self._mention in seen else (seen[0 if older else -1] if seen else None)
        if here is None:
            return
        at = timeline.index(here)
        lines = reversed(timeline.lines[:at]) if older else iter(timeline.lines[at + 1 :])
        yield from (line for line in lines if line.mentions_me)

    # -- search ---------------------------------------------------------------------------------------------

    def action_open_search(self) -> None:
        self.open_search("")

    def open_search(self, query: str) -> None:
        network = self.network
        if network is None:
            return
        if not network.session.can("search"):
            self.tell(
                f"{network.title} has no search. /lastlog word looks through what is loaded here.", error=True
            )
            return
        self.push_screen(
            SearchScreen(network.session.search, query, title="Search"), partial(self._found, network)
        )

    def _found(self, network: Network, hit: Found | None) -> None:
        if hit is None:
            return
        conversation = network.chat.find(hit.conversation)
        if conversation is None:
            self.status.say(f"You are not in {hit.conversation} any more.", error=True)
            return
        self.go_to_line(conversation, hit.line)

    def go_to_line(self, conversation: Conversation, line: Line) -> None:
        """Where it stands; what isn't loaded is fetched with what was said around it."""
        window = self.windows.of(conversation)
        if window is None:
            self.status.say("That conversation is closed.", error=True)
            return
        loaded = conversation.timeline.find(line.msgid)
        if loaded is not None:
            if not self.shows(conversation) or self.past is not None:
                self.show_conversation(conversation)
            self.view.go_to(loaded)
            return
        if not self.shows(conversation):
            self.show_conversation(conversation)
        timeline = self.network_of(window).session.past(conversation, line.msgid, line.time_ms)
        self._looked_for = line.msgid
        self.show_past(timeline)
        self.status.say("What was said then. Esc returns.")

    _looked_for = ""

    def show_loaded_past(self) -> None:
        """A piece of the past has come: show the message that it was fetched for."""
        line = self.past.find(self._looked_for) if self.past is not None else None
        if line is not None:
            self._looked_for = ""
            self.view.go_to(line)

    # -- beside it ------------------------------------------------------------------------------------------

    def action_toggle_rooms(self) -> None:
        self.toggle_panel("rooms", self.rooms_panel)

    def action_toggle_people(self) -> None:
        self.toggle_panel("people", self.people_panel)

    def action_open_help(self) -> None:
        for memory in self.memories.values():
            memory.set_helped()
        self.push_screen(HelpSheet(self.keymap), self._helped)

    def _helped(self, command: str | None) -> None:
        """A command that was chosen in the help is written, to be finished."""
        if command:
            self.composer.replace_text(command)
            self.composer.focus()

    def action_redraw(self) -> None:
        self.refresh(repaint=True, layout=True)
        self.refresh_all()

    def find_window(self, network_key: str, name: str) -> Window | None:
        return self.windows.find(network_key, fold(name))
