"""What commands may do in the terminal client: the window, the settings and the machine, for one conversation.

Owns the way from a command's wish to the app. Made by app.py for each command that is given, so that it acts where
it was given although another conversation is shown by the time the server answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hubbub.client.address import to_address
from hubbub.client.chat import Conversation
from hubbub.client.lines import Line
from hubbub.client.session import Session
from hubbub.client.settings import Settings
from hubbub.irc.names import fold
from hubbub.tui import themes
from hubbub.tui.commands.desk import Setting
from hubbub.tui.dialogs import Ask
from hubbub.tui.invitation import Invitation
from hubbub.tui.notifications import Quiet
from hubbub.tui.windows import Window

if TYPE_CHECKING:
    from hubbub.tui.app import ChatApp

_MOST_BACK = 5_000
"""Messages that /history loads at most."""


class AppDesk:
    """A Desk (hubbub.tui.commands.desk) for a window."""

    def __init__(self, app: ChatApp, window: Window) -> None:
        self._app = app
        self._window = window
        self._network = app.network_of(window)

    @property
    def session(self) -> Session:
        return self._network.session

    @property
    def conversation(self) -> Conversation:
        return self._window.conversation

    @property
    def focused(self) -> Line | None:
        return self._app.view.focused

    @property
    def now(self) -> datetime:
        return self._app.now

    @property
    def status(self) -> str:
        network = self._network
        where = to_address(network.host, network.port)
        encrypted = "encrypted" if network.encrypted else "not encrypted"
        account = f", logged in as {network.chat.account}" if network.chat.account else ""
        return (
            f"{network.title} at {where}: {network.phase}, {encrypted}; you are {network.chat.nick}{account}"
        )

    # -- words ----------------------------------------------------------------------------------------------

    def tell(self, text: str) -> None:
        self._app.tell(text, conversation=self._where())

    def refuse(self, reason: str) -> None:
        self._app.tell(reason, error=True, conversation=self._where())

    def _where(self) -> Conversation:
        """Where the answer is looked for: in the conversation that is shown, on the same server."""
        shown = self._app.window
        if shown is not None and shown.network_key == self._window.network_key:
            return shown.conversation
        return self._window.conversation

    def follow(self, conversation: Conversation, lines: Sequence[Line], *, made: bool) -> None:
        self._app.follow(self._window, conversation, lines, made=made)

    def ask_secret(self, question: str, answered: Callable[[str], None]) -> None:
        def closed(answer: str | None) -> None:
            if answer:
                answered(answer)

        self._app.push_screen(Ask(question, secret=True), closed)

    # -- the window -----------------------------------------------------------------------------------------

    def show(self, conversation: Conversation) -> None:
        self._app.show_window(self._app.windows.add(self._network.key, conversation))

    def show_number(self, number: int) -> bool:
        window = self._app.windows.by_number(number)
        if window is not None:
            self._app.show_window(window)
        return window is not None

    def clear(self, conversation: Conversation) -> None:
        conversation.timeline.clear()
        self._app.view.refresh_lines()

    def go_back(self, conversation: Conversation, *, count: int = 0, since: datetime | None = None) -> None:
        goal = len(conversation.timeline) + min(count, _MOST_BACK) if count else _MOST_BACK
        since_ms = int(since.timestamp() * 1000) if since else 0
        self._app.go_back(self._window, goal, since_ms)

    def open_search(self, text: str) -> None:
        self._app.open_search(text)

    def open_help(self) -> None:
        self._app.action_open_help()

    def open_editor(self) -> None:
        self._app.action_edit_outside()

    def begin_edit(self, conversation: Conversation, line: Line) -> None:
        self._app.call_later(self._app.begin_edit, conversation, line)

    def begin_reply(self, conversation: Conversation, line: Line) -> None:
        self._app.call_later(self._app.begin_reply, conversation, line)

    # -- the machine ----------------------------------------------------------------------------------------

    def copy(self, text: str) -> None:
        self._app.copy(text)

    def open_link(self, url: str) -> None:
        self._app.open_link(url)

    def upload(self, path: str, caption: str) -> None:
        self._app.begin_upload(self, self._window, path, caption)

    def download(self, url: str, name: str, folder: str) -> None:
        self._app.begin_download(self, self._window, url, name, folder)

    def cancel_transfers(self) -> bool:
        return self._app.cancel_transfers(self._window)

    def show_invitation(self, room: str, address: str, about: str) -> None:
        def closed(link: str | None) -> None:
            if link:
                self._app.copy(link)

        screen = Invitation(room, address, about, with_qr=not themes.ascii_only(self._app.environ))
        self._app.push_screen(screen, closed)

    def save_screenshot(self, path: str) -> None:
        named = path or f"hubbub-{self.now:%Y%m%d-%H%M%S}.svg"
        where = Path(named).expanduser()
        try:
            where.write_text(self._app.export_screenshot(), encoding="utf-8")
        except OSError as error:
            self.refuse(f"The picture could not be written to {where}: {error.strerror}.")
        else:
            self.tell(f"The picture of the screen is in {where.resolve()}.")

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        self._app.set_timer(seconds, act)

    # -- the settings ---------------------------------------------------------------------------------------

    def ignore(self, nick: str, wanted: bool) -> None:
        self.session.ignore(nick, wanted)
        self._keep(self._app.server_of(self._network).ignored, nick, wanted)
        self._app.view.show_again()

    def keep_live(self) -> None:
        self._app.server_of(self._network).live[:] = self.session.live.names
        self._app.save_settings()
        self._app.show_live()

    def mute(self, conversation: Conversation, wanted: bool) -> None:
        self._app.windows.add(self._network.key, conversation).muted = wanted
        self._keep(self._app.server_of(self._network).muted, conversation.name, wanted)

    def pin(self, conversation: Conversation, wanted: bool) -> None:
        self._app.windows.pin(self._app.windows.add(self._network.key, conversation), wanted)
        self._keep(self._app.server_of(self._network).pinned, conversation.name, wanted)

    def _keep(self, names: list[str], name: str, wanted: bool) -> None:
        kept = [one for one in names if fold(one) != fold(name)]
        names[:] = [*kept, name] if wanted else kept
        self._app.save_settings()
        self._app.refresh_panels()

    def be_quiet(self, quiet: Quiet) -> None:
        self._app.notifier.quiet = quiet
        self._app.refresh_status()

    def themes(self) -> Sequence[str]:
        return [*themes.SHORT]

    def take_theme(self, name: str) -> None:
        self._app.settings.theme = name
        self._app.theme = themes.choose(name, None, self._app.environ)
        self._app.save_settings()

    def settings(self) -> Sequence[Setting]:
        return [
            Setting(one.key, str(getattr(self._app.settings, one.key)), f"{one.help} ({one.allowed})")
            for one in self._app.described_settings()
        ]

    def set(self, key: str, value: str) -> str:
        known = {one.name for one in fields(Settings)}
        if key not in known:
            return f"There is no setting {key}; /set lists them."
        return self._app.take_setting(key, value)

    # -- the connection -------------------------------------------------------------------------------------

    def connect(self, address: str) -> None:
        self._app.go_to_network(address, self.session.chat.nick)

    def disconnect(self, reason: str) -> None:
        self._app.disconnect(self._network, reason)

    def reconnect(self) -> None:
        self._network.reconnect_now()

    def trust(self) -> str:
        return self._app.trust_certificate(self._network)

    def quit(self, reason: str) -> None:
        self._app.leave(reason)
