"""What networks tell, on the screen: lines, counts, windows, notifications.

Owns the way from an event of a Session to whatever must look different. Called by Network with all events of one
moment, so that two hundred messages cost one look at the panels.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, singledispatchmethod

from hubbub.client.chat import Conversation, Place
from hubbub.client.events import (
    Added,
    Changed,
    Closed,
    Event,
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
from hubbub.client.network import Network
from hubbub.irc.names import fold
from hubbub.tui.notifications import deliver
from hubbub.tui.shell import Shell
from hubbub.tui.terminal import Mode
from hubbub.tui.welcome import WelcomeScreen
from hubbub.tui.windows import Window


class Showing(Shell):
    """`welcome`: the first screen, while it is there."""

    welcome: WelcomeScreen | None = None

    _login_refused: LoginRefused | None = None

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

    @singledispatchmethod
    def _show_event(self, event: Event, network: Network) -> None:
        raise TypeError(f"nobody shows {event!r}")

    # -- the connection -------------------------------------------------------------------------------------

    @_show_event.register
    def _(self, event: PhaseChanged, network: Network) -> None:
        if event.phase is Phase.ONLINE:
            self._arrived(network)
        if self.welcome is None and self.window is None and event.reason:
            # The first attempt came to nothing: people decide what to try.
            self.ask_server(network)
        if self.welcome is not None:
            self._tell_welcome(event, network)
        elif self.network is network:
            self.banner.show(event)

    def _arrived(self, network: Network) -> None:
        if network.key in self._remembered:
            self._settled.add(network.key)
        self.windows.add(network.key, network.chat.server)
        server = self.server_of(network)
        server.name = network.session.name
        server.account = network.chat.account or server.account
        self.settings.last = server.key
        if network.connection is not None and network.connection.first_use:
            self.tell(
                f"The certificate of {network.title} is remembered from now on. Its fingerprint: "
                f"{network.connection.fingerprint}",
                conversation=network.chat.server,
            )
        self.save_settings()
        memory = self.remember(network)
        self._remembered.setdefault(network.key, memory.current if memory is not None else "")
        for nick in self._ignored(network):
            network.session.ignore(nick, True)
        if self.welcome is not None:
            welcome, self.welcome = self.welcome, None
            if self.screen is welcome:
                self.pop_screen()
            self.composer.focus()
        if self.window is None:
            self.show_window(self.windows.add(network.key, network.chat.server))

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
        self.ask_name(network)
        self._on_welcome(lambda welcome: welcome.refused(event.name, event.reason, event.suggestion))
        login, self._login_refused = self._login_refused, None
        if login is not None and fold(login.account) == fold(event.name):
            # The name is theirs, as far as we know: it is the password that is asked for again.
            self._on_welcome(lambda welcome: welcome.login_refused(login.account, login.reason))

    @_show_event.register
    def _(self, event: LoginRefused, network: Network) -> None:
        if self.welcome is not None:
            self._login_refused = event
            self._on_welcome(lambda welcome: welcome.login_refused(event.account, event.reason))
        else:
            self.tell(
                f"The login to {event.account} was refused: {event.reason} /login tries again.", error=True
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
        if event.asked or self._is_first_choice(network, window):
            self.show_window(window)

    def _is_first_choice(self, network: Network, window: Window) -> bool:
        """Where one was last time; until that is there, the first room."""
        if window.last_shown or network.key in self._settled:
            return False
        if self.window is not None and self.window.place is not Place.SERVER:
            return window.key == (network.key, fold(self._remembered.get(network.key, "")))
        return self.window is None or self.window.network_key == network.key

    @_show_event.register
    def _(self, event: Closed, network: Network) -> None:
        window = self.windows.of(event.conversation)
        if window is None:
            return
        if event.reason:
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
            self._titles[window] = window.title
            self.windows.renamed(window)
        if self.shows(event.conversation):
            self.people_panel.update_soon()

    @_show_event.register
    def _(self, event: SelfChanged, network: Network) -> None:
        account = network.chat.account
        server = self.server_of(network)
        if network.phase is Phase.ONLINE and (server.name, server.account) != (network.session.name, account):
            server.name, server.account = network.session.name, account or server.account
            self.save_settings()
        if account and network.session.identity.password:
            self.keep_password(network)

    def keep_password(self, network: Network) -> None:
        """It has let us in: the system's keyring may have it, for the next time."""
        raise NotImplementedError

    @_show_event.register
    def _(self, event: Told, network: Network) -> None:
        shown = (
            event.conversation if event.conversation is not None and self._has(event.conversation) else None
        )
        if shown is None and self.network is not network:
            shown = network.chat.server
        self.tell(event.text, error=event.error, conversation=shown)

    def _has(self, conversation: Conversation) -> bool:
        return self.windows.of(conversation) is not None


def _is_in(window: Window, names: list[str]) -> bool:
    return window.key[1] in {fold(name) for name in names}
