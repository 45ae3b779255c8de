"""What networks tell, on the screen: lines, counts, windows, notifications.

Owns the way from an event of a Session to whatever must look different. Called by Network with all events of one
moment, so that two hundred messages cost one look at the panels.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import cached_property, partial, singledispatchmethod
from typing import NamedTuple

from hubbub.client.chat import Chat, Conversation, Place
from hubbub.client.events import (
    Added,
    Changed,
    Closed,
    Event,
    LiveChanged,
    Loaded,
    LoginRefused,
    NameRefused,
    Opened,
    Phase,
    PhaseChanged,
    SelfChanged,
    Told,
    Updated,
)
from hubbub.client.lines import Delivery, Line
from hubbub.client.network import Network
from hubbub.client.outbox import DOUBTFUL
from hubbub.client.settings import Server
from hubbub.irc.names import fold
from hubbub.irc.text import clip, printable
from hubbub.tui.notifications import deliver
from hubbub.tui.shell import Shell
from hubbub.tui.terminal import Mode
from hubbub.tui.welcome import WelcomeScreen
from hubbub.tui.windows import Window

_HINT = "F1 help · Ctrl+K rooms and people · Alt+↑ messages"
_PREVIEW = 100


class _Elsewhere(NamedTuple):
    """`origin`: the window where it was typed. `made`: the conversation was opened for it alone."""

    origin: Window
    made: bool


class Showing(Shell):
    """`welcome`: the first screen, while it is there; `_coming`: the network that it is about."""

    welcome: WelcomeScreen | None = None

    _coming: Network | None = None

    _login_refused: LoginRefused | None = None

    _hinted = False

    @cached_property
    def _parting(self) -> set[Network]:
        """Those that people have left themselves."""
        return set()

    @cached_property
    def _in_line(self) -> dict[Network, Callable[[], None]]:
        """Networks with a question for the first screen, while it is about another one."""
        return {}

    @cached_property
    def _elsewhere(self) -> dict[Line, _Elsewhere]:
        """Lines that went elsewhere than to the conversation where they were typed."""
        return {}

    @cached_property
    def _origins(self) -> dict[Conversation, Window]:
        """By direct conversation, the window from which something was said there last."""
        return {}

    @cached_property
    def _placed(self) -> set[Window]:
        """Windows whose first page has come."""
        return set()

    @cached_property
    def _remembered(self) -> dict[str, str]:
        """By network, the conversation that was shown when the program ended last."""
        return {}

    @cached_property
    def _settled(self) -> set[str]:
        """The networks that we have come back to: nobody is taken away from where they are then."""
        return set()

    @cached_property
    def _titles(self) -> dict[Window, str]:
        """As they were when the list was put in order."""
        return {}

    def on_network_events(self, network: Network, events: list[Event]) -> None:
        """Everything that has happened there since the last call."""
        if not self.is_running:
            return
        for event in events:
            self._show_event(event, network)
        self.refresh_soon()
        self._news.set()
        self._news = asyncio.Event()

    async def next_news(self) -> None:
        """Until anything has happened on any server."""
        await self._news.wait()

    @singledispatchmethod
    def _show_event(self, event: Event, network: Network) -> None:
        raise TypeError(f"nobody shows {event!r}")

    # -- the connection -------------------------------------------------------------------------------------

    @_show_event.register
    def _(self, event: PhaseChanged, network: Network) -> None:
        if event.phase is Phase.ONLINE:
            self._arrived(network)
        if network in self._parting and event.phase is Phase.ENDED:
            event = PhaseChanged(Phase.ENDED)
        elif event.phase is not Phase.WAITING:
            self._parting.discard(network)
        if self.welcome is None and self.window is None and event.reason:
            # The first attempt came to nothing: people decide what to try.
            self.ask_server(network)
        if self._is_coming(network):
            self._tell_welcome(event, network)
        elif self.network is network:
            self.banner.show(event)

    def _is_coming(self, network: Network) -> bool:
        """Whether the first screen is about this network."""
        return self.welcome is not None and network is self._coming

    def close_welcome(self) -> None:
        """Whoever else has a question may ask it now."""
        welcome, self.welcome = self.welcome, None
        if self.screen is welcome:
            self.pop_screen()
        self.composer.focus()
        for network in list(self._in_line):
            ask = self._in_line.pop(network)
            if network.phase is not Phase.ONLINE:
                ask()
                return

    def _arrived(self, network: Network) -> None:
        if network.key in self._remembered:
            self._settled.add(network.key)
        self.windows.add(network.key, network.chat.server)
        server = self.server_of(network)
        _note_name(server, network)
        self.settings.last = server.key
        if network.connection is not None and network.connection.first_use:
            self.tell(
                f"The certificate of {network.title} is remembered from now on. Its fingerprint: "
                f"{network.connection.fingerprint}",
                conversation=network.chat.server,
            )
        self.save_settings()
        memory = self.remember(network)
        is_first = network.key not in self._remembered
        if is_first:
            current = memory.current if memory is not None else ""
            # The room that was asked for now, unless the one of last time was asked for as well.
            asked = not self.is_start_room(network, current) and self.first_room(network)
            self._remembered[network.key] = asked or current
        for nick in self._ignored(network):
            network.session.ignore(nick, True)
        if is_first:
            network.session.live.restore(server.live)
        if self._is_coming(network):
            self.close_welcome()
        if self.window is None:
            # What was typed while the program started is for the conversation that comes.
            typed = self.composer.text
            self.show_window(self.windows.add(network.key, network.chat.server))
            self.composer.insert(typed)
        if is_first:
            self._open_again(network)

    def first_room(self, network: Network) -> str:
        """Which room was asked for when the program was started, or ""."""
        raise NotImplementedError

    def _open_again(self, network: Network) -> None:
        """Talks with people in which something was being written, and the one that was shown last."""
        memory = self.memories.get(network.key)
        names = [*memory.drafts(), memory.current] if memory is not None else []
        for name in names:
            if name and not network.chat.is_channel(name):
                network.session.converse(name)

    def _ignored(self, network: Network) -> list[str]:
        return self.server_of(network).ignored

    def _tell_welcome(self, event: PhaseChanged, network: Network) -> None:
        if event.phase is Phase.CONNECTING:
            self._on_welcome(lambda welcome: welcome.connecting())
        elif network.certificate_changed is not None and event.phase is Phase.ENDED:
            changed = network.certificate_changed
            self._on_welcome(
                lambda welcome: welcome.certificate_changed(network.title, changed.known, changed.seen)
            )
        elif event.phase in (Phase.WAITING, Phase.ENDED) and event.reason:
            self.stop_trying(network)
            self._on_welcome(lambda welcome: welcome.failed(event.reason))

    def _on_welcome(self, tell: Callable[[WelcomeScreen], None]) -> None:
        """Tell the first screen something, once it is built."""
        welcome = self.welcome
        if welcome is None:
            return

        def built() -> None:
            if welcome is self.welcome:
                tell(welcome)

        welcome.call_later(built)

    def ask_server(self, network: Network) -> None:
        """The first screen, to ask where to and under which name."""
        raise NotImplementedError

    def stop_trying(self, network: Network) -> None:
        """On the first screen people decide when to try again."""
        raise NotImplementedError

    @_show_event.register
    def _(self, event: NameRefused, network: Network) -> None:
        if self.welcome is not None and not self._is_coming(network):
            self._in_line[network] = partial(self._show_event, event, network)
            return
        self.ask_name(network)
        self._on_welcome(lambda welcome: welcome.refused(event.name, event.reason, event.suggestion))
        login, self._login_refused = self._login_refused, None
        if login is not None and fold(login.account) == fold(event.name):
            # The name is theirs, as far as we know: it is the password that is asked for again.
            self._on_welcome(lambda welcome: welcome.login_refused(login.account, login.reason))

    @_show_event.register
    def _(self, event: LoginRefused, network: Network) -> None:
        if self._is_coming(network):
            self._login_refused = event
            self._on_welcome(lambda welcome: welcome.login_refused(event.account, event.reason))
        else:
            self.tell(
                f"The login to {event.account} was refused: {event.reason} /login tries again.",
                error=True,
                conversation=None if self.network is network else network.chat.server,
            )

    def ask_name(self, network: Network) -> None:
        """The first screen, to ask for another name."""
        raise NotImplementedError

    # -- what was said --------------------------------------------------------------------------------------

    @_show_event.register
    def _(self, event: Added, network: Network) -> None:
        window = self.windows.add(network.key, event.conversation)
        if self.shows(event.conversation):
            self.view.refresh_lines()
            if event.line.counts_as_unread and window.shown_divider is None and not self._is_looking():
                window.shown_divider = event.line
                self.view.divider = event.line
            self.read_soon()
        self._notify(network, event)

    def _is_looking(self) -> bool:
        return self.is_focused and self.view.following

    def _notify(self, network: Network, event: Added) -> None:
        notice = self.notifier.consider(
            network,
            event.conversation,
            event.line,
            visible=self.shows(event.conversation) and len(self.screen_stack) == 1,
            focused=self.is_focused,
            now=self.now,
            live=event.live,
        )
        if notice is not None:
            deliver(self.terminal, notice, Mode(self.settings.notify))

    def say_due(self) -> None:
        """What was held back, about once a second."""
        for notice in self.notifier.due(self.now):
            deliver(self.terminal, notice, Mode(self.settings.notify))

    @_show_event.register
    def _(self, event: Updated, network: Network) -> None:
        if self.shows(event.conversation):
            self.view.refresh_lines()
        if event.line.delivery is not Delivery.PENDING:
            followed = self._elsewhere.pop(event.line, None)
            if followed is not None and event.line.delivery is Delivery.FAILED:
                self._tell_failed(network, event.conversation, event.line, followed)

    def follow(
        self, origin: Window, conversation: Conversation, lines: Sequence[Line], *, made: bool
    ) -> None:
        """These were typed here and went elsewhere: whoever typed them is told here what becomes of them."""
        self._origins[conversation] = origin
        for line in lines:
            self._elsewhere[line] = _Elsewhere(origin, made)

    def _tell_failed(
        self, network: Network, conversation: Conversation, line: Line, followed: _Elsewhere
    ) -> None:
        if self.shows(conversation):
            # It stands there, with the reason.
            return
        name = printable(conversation.name)
        reason = printable(line.failure).rstrip(". ")
        self.tell(
            f"Not sent to {name}: {clip(printable(line.text), _PREVIEW)} ({reason})",
            error=True,
            conversation=followed.origin.conversation if followed.origin in self.windows else None,
        )
        said = [one for one in conversation.timeline if one.kind.is_said]
        nothing_else = all(one.delivery is Delivery.FAILED for one in said)
        if followed.made and nothing_else and line.failure != DOUBTFUL:
            network.session.close(conversation)

    @_show_event.register
    def _(self, event: Loaded, network: Network) -> None:
        window = self.windows.of(event.conversation)
        is_page = not event.older and event.timeline is event.conversation.timeline
        is_first = is_page and window is not None and window not in self._placed
        if is_first and window is not None:
            self._placed.add(window)
        if window is None or window is not self.window:
            return
        self.view.refresh_lines()
        if event.timeline is self.past:
            self.show_loaded_past()
        elif is_first:
            # Only now is it known where one was reading, and what is new.
            self.show_window(window)
            self._hint(window)

    def _hint(self, window: Window) -> None:
        """Somebody who comes into an empty room for the first time is told where to look."""
        memory = self.memories.get(window.network_key)
        is_empty = not any(line.kind.is_said for line in window.conversation.timeline)
        if window.place is Place.ROOM and is_empty and not self._hinted and not (memory and memory.helped):
            self._hinted = True
            self.tell(_HINT, conversation=window.conversation)

    def note_position(self) -> None:
        """Not before what is there has come: it would be the end, whatever was remembered."""
        if self.window in self._placed:
            super().note_position()

    def show_loaded_past(self) -> None:
        """A piece of the past has come."""
        raise NotImplementedError

    # -- conversations --------------------------------------------------------------------------------------

    @_show_event.register
    def _(self, event: Opened, network: Network) -> None:
        window = self.windows.add(network.key, event.conversation)
        server = self.server_of(network)
        window.muted = _is_in(window, server.muted)
        if _is_in(window, server.pinned):
            self.windows.pin(window, True)
        self._titles.setdefault(window, window.title)
        if event.conversation.is_room and (event.asked or self.is_start_room(network, window.title)):
            self._keep_room(server, event.conversation, network)
        if event.asked or self._is_first_choice(network, window):
            self._go_to_opened(window, asked=event.asked)

    def _go_to_opened(self, window: Window, *, asked: bool) -> None:
        """Nobody is taken away from what they write; what was written before there was a room goes along."""
        before = self.window
        if before is not None and before.place is Place.SERVER and not asked and self.is_writing:
            draft = self.composer.draft
            self.composer.clear()
            self.show_window(window)
            if not self.composer.text:
                self.composer.insert(draft.text)
        elif not self.is_writing or before is window:
            self.show_window(window)
        elif asked:
            self.status.say(f"You are in {printable(window.title)} now. Ctrl+K goes there.")

    def is_start_room(self, network: Network, name: str) -> bool:
        """Whether the room was named when the program was started."""
        raise NotImplementedError

    def _keep_room(self, server: Server, room: Conversation, network: Network) -> None:
        """It is entered the next time, too."""
        key = network.session.key_of(room.name) or room.key
        known = next((one for one in server.rooms if _is_room(one, room.name)), "")
        wanted = f"{room.name} {key}" if key else known or room.name
        if wanted != known:
            server.rooms = [*(one for one in server.rooms if one != known), wanted]
            self.save_settings()

    def _forget_room(self, server: Server, name: str) -> None:
        kept = [one for one in server.rooms if not _is_room(one, name)]
        if kept != server.rooms:
            server.rooms = kept
            self.save_settings()

    def _is_first_choice(self, network: Network, window: Window) -> bool:
        """Where one was last time; until that is there, the first room."""
        if window.last_shown or network.key in self._settled:
            return False
        if self.window is not None and self.window.network_key != network.key:
            return False
        is_remembered = window.key == (network.key, fold(self._remembered.get(network.key, "")))
        if window.place is Place.DIRECT:
            return is_remembered
        if self.window is not None and self.window.place is not Place.SERVER:
            return is_remembered
        return True

    @_show_event.register
    def _(self, event: Closed, network: Network) -> None:
        window = self.windows.of(event.conversation)
        if window is None:
            return
        if event.conversation.is_room and _is_gone(event.conversation, network.chat):
            self._forget_room(self.server_of(network), event.conversation.name)
        elif event.reason:
            # Put out of it: what was said stays to be read, and why.
            self.tell(event.reason, error=True, conversation=event.conversation)
            return
        self.close_window(window)

    def close_window(self, window: Window) -> None:
        was_shown = window is self.window
        if was_shown:
            self.leave_window()
        self.windows.remove(window)
        if was_shown and self.window is not None:
            self.show_window(self.window)

    @_show_event.register
    def _(self, event: Changed, network: Network) -> None:
        window = self.windows.of(event.conversation)
        if window is not None and window.title != self._titles.get(window):
            server = self.server_of(network)
            renamed = [one for one in server.rooms if _is_room(one, self._titles.get(window, ""))]
            if renamed:
                self._forget_room(server, self._titles[window])
                self._keep_room(server, event.conversation, network)
            self._titles[window] = window.title
            self.windows.renamed(window)
        if self.shows(event.conversation):
            self.people_panel.update_soon()

    @_show_event.register
    def _(self, event: LiveChanged, network: Network) -> None:
        if self.shows(event.conversation):
            self.show_live()

    @_show_event.register
    def _(self, event: SelfChanged, network: Network) -> None:
        if network.phase is Phase.ONLINE and _note_name(self.server_of(network), network):
            self.save_settings()
        identity = network.session.identity
        if (
            network.chat.account
            and identity.password
            and fold(identity.account) == fold(network.chat.account)
        ):
            self.keep_password(network)

    def keep_password(self, network: Network) -> None:
        """It has let us in: the system's keyring may have it, for the next time."""
        raise NotImplementedError

    @_show_event.register
    def _(self, event: Told, network: Network) -> None:
        if network in self._parting:
            # That it closes the connection, as it was asked to.
            return
        shown = (
            event.conversation if event.conversation is not None and self._has(event.conversation) else None
        )
        origin = self._origins.get(shown) if shown is not None and not self.shows(shown) else None
        if origin is not None and origin in self.windows:
            # Such as that somebody is away: it is looked for where one has written to them.
            shown = origin.conversation
        if shown is None and self.network is not network:
            shown = network.chat.server
        self.tell(event.text, error=event.error, conversation=shown)

    def _has(self, conversation: Conversation) -> bool:
        return self.windows.of(conversation) is not None


def _is_in(window: Window, names: list[str]) -> bool:
    return window.key[1] in {fold(name) for name in names}


def _is_room(kept: str, name: str) -> bool:
    """Whether an entry of the settings ("#tea", "#tea key") is this room."""
    return fold(kept.partition(" ")[0]) == fold(name)


def _is_gone(room: Conversation, chat: Chat) -> bool:
    """We have left it; one that we were put out of stays."""
    return chat.find(room.name) is not room


def _note_name(server: Server, network: Network) -> bool:
    """What we are called belongs into the settings, but no guest's name beside an account. True: it is new."""
    account = network.chat.account
    if not account and server.account:
        return False
    before = server.name, server.account
    server.name, server.account = network.session.name, account or server.account
    return before != (server.name, server.account)
