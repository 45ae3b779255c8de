"""The terminal client from the first key to the last: coming in, what is typed, and leaving the terminal whole.

Owns the networks' beginnings and ends, the composer's answers and the exit code. See shell.py for how the window is
made up of parts. Called by cli.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from textual import events, on

from hubbub.client.address import DEFAULT_PORT, parse_address, to_address
from hubbub.client.connection import Encryption
from hubbub.client.discovery import find
from hubbub.client.events import Phase
from hubbub.client.lines import Line
from hubbub.client.login_name import login_name
from hubbub.client.network import Network
from hubbub.client.outbox import Full
from hubbub.client.passwords import Passwords
from hubbub.client.registration import Identity
from hubbub.client.sending import NothingToSend
from hubbub.client.settings import Described, Settings, SettingsError, describe, find_file
from hubbub.irc.names import fold
from hubbub.irc.text import clip
from hubbub.plain.commands import Unclear
from hubbub.program import as_started
from hubbub.tui import emoji, keys, pasting, terminal, themes
from hubbub.tui.background import BackgroundQuery
from hubbub.tui.blocks import Coming
from hubbub.tui.commands import run as run_command
from hubbub.tui.commands.talking import say_here
from hubbub.tui.commands.talking import tell as tell_person
from hubbub.tui.composer import Composer, Draft, Mode
from hubbub.tui.desk import AppDesk
from hubbub.tui.editor import edit_in_editor
from hubbub.tui.keymap import Context
from hubbub.tui.line_editing import clean
from hubbub.tui.memory import state_folder
from hubbub.tui.on_terminal import run_on_terminal
from hubbub.tui.start import Start, complete
from hubbub.tui.transfers import FileTransfers
from hubbub.tui.typed import Do, Mistake, Say, Tell, read
from hubbub.tui.welcome import Cancelled, CertificateAccepted, Chosen, Known, Left, Named, WelcomeScreen
from hubbub.tui.windows import Window

__all__ = ["ChatApp", "Start", "run"]

OK, USAGE, CONFIG = 0, 2, 78
_AGAIN_SECONDS = 1.5
"""Ctrl+C twice within that time leaves."""
_CHORD_SECONDS = 2.0
_PREVIEW = 60
_JOINS = {"condensed": Coming.SMART, "all": Coming.ALL, "none": Coming.NONE}


class ChatApp(FileTransfers):
    """`welcome` asks for whatever `start` doesn't say."""

    TITLE = "hubbub"

    def __init__(
        self,
        settings: Settings,
        *,
        start: Start | None = None,
        environ: Mapping[str, str] = os.environ,
        state: Path | None = None,
        theme: str = "",
        typed: str = "",
    ) -> None:
        super().__init__(settings, environ=environ, state=state, theme=theme)
        self.start = start or Start()
        self.passwords = Passwords()
        self.last_words = ""
        self._typed_before = typed
        self._interrupted_at = 0.0
        self._chord = ("", 0.0)
        self._kept: dict[str, str] = {}
        """Of networks, by key: the password that the keyring has."""
        self._asked_for: dict[str, list[str]] = {}
        """The rooms that were named with the address of the server."""
        # Textual's own would come first: its Ctrl+C only tells how to quit.
        self._bindings.key_to_bindings.clear()
        for context in (Context.EVERYWHERE, Context.WINDOW):
            for binding in self.keymap.bindings(context):
                self._bindings.bind(
                    binding.key, binding.action, binding.description, show=False, priority=binding.priority
                )
        for binding in self.keymap.bindings(Context.MESSAGES):
            self.view._bindings.bind(binding.key, binding.action, binding.description, show=False)

    # -- the beginning --------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.view.coming = _JOINS[self.settings.show_joins]
        self.composer.focus()
        self.composer.insert(self._typed_before)
        self.set_interval(1, self._tick)
        self.app_suspend_signal.subscribe(self, lambda _: self.terminal.suspended())
        self.app_resume_signal.subscribe(self, lambda _: self._resumed())
        for problem in (*self.settings.warnings, *self.keymap.problems):
            self.notify(problem, severity="warning", markup=False)
        start = self.start
        if start.host and start.name:
            self.add_network(
                start.host,
                start.port,
                name=start.name,
                account=start.account,
                tls=start.tls,
                rooms=start.rooms,
            )
        else:
            self._welcome(to_address(start.host, start.port) if start.host else "")

    def _resumed(self) -> None:
        """Back from the shell or an editor: nothing of ours is on the screen any more."""
        self.terminal.resumed()
        self.call_later(self.action_redraw)

    def _welcome(self, address: str, account: str = "") -> None:
        known = [Known(one.key, to_address(one.host, one.port)) for one in self.settings.servers.values()]
        self.welcome = WelcomeScreen(
            None if address else find(1.5),
            known=known,
            name=self.start.name or login_name(),
            address=address,
            account=account,
        )
        self.push_screen(self.welcome)

    def ask_server(self, network: Network) -> None:
        self._coming = network
        self._welcome(to_address(network.host, network.port) if self.start.is_given else "")

    def ask_name(self, network: Network) -> None:
        if self.welcome is None:
            self._coming = network
            self._welcome(to_address(network.host, network.port))

    def add_network(
        self,
        host: str,
        port: int,
        *,
        name: str,
        account: str = "",
        password: str = "",
        tls: bool | None = None,
        rooms: Sequence[str] = (),
    ) -> Network:
        """Connect to a server, in addition to those that there are."""
        server = self.settings.server(host, port)
        tls = server.tls if tls is None and server.tls != "auto" else tls
        identity = Identity(
            name or server.name or login_name(),
            realname=server.realname,
            account=account or server.account,
            password=password,
        )
        network = Network(
            server.key,
            host,
            port,
            identity,
            self.on_network_events,
            encryption=Encryption.AUTO if tls is None else Encryption.TLS if tls else Encryption.PLAIN,
            trust=self.trust,
            rooms=_rooms([*server.rooms, *rooms]),
        )
        self.networks[network.key] = network
        self._asked_for[network.key] = list(_rooms(rooms))
        self.windows.add(network.key, network.chat.server)
        self._coming = network
        self.run_worker(self._begin(network), name=f"begin {network.key}")
        return network

    def go_to_network(self, address: str, name: str) -> None:
        """Connect there; where there is a connection already, show it."""
        found = parse_address(address)
        port = found.port or DEFAULT_PORT
        network = self.networks.get(self.settings.server(found.host, port).key)
        if network is None:
            self.add_network(found.host, port, name=name, tls=found.tls, rooms=found.rooms)
            return
        if network.phase in (Phase.WAITING, Phase.ENDED):
            network.reconnect_now()
        for room, key in _rooms(found.rooms).items():
            network.session.join(room, key)
        windows = [one for one in self.windows if one.network_key == network.key]
        self.show_window(max(windows, key=lambda window: window.last_shown))

    def first_room(self, network: Network) -> str:
        return next(iter(self._asked_for.get(network.key, ())), "")

    def is_start_room(self, network: Network, name: str) -> bool:
        return fold(name) in map(fold, self._asked_for.get(network.key, ()))

    def ask_password(self, network: Network) -> None:
        """On the first screen, before anything is sent: the account is known, and its password is not."""
        if self.welcome is not None:
            self._in_line[network] = partial(self.ask_password, network)
            return
        self._coming = network
        self._welcome(to_address(network.host, network.port), network.session.identity.account)

    async def _begin(self, network: Network) -> None:
        """With the password from the keyring, where one is kept for the account; else it is asked for."""
        identity = network.session.identity
        if identity.account and not identity.password:
            kept = await self.passwords.get(network.key, identity.account)
            if kept:
                self._kept[network.key] = kept
                network.session.login(identity.account, kept)
            else:
                self.ask_password(network)
                return
        network.start()

    # -- the first screen -----------------------------------------------------------------------------------

    @on(Chosen)
    def _chosen(self, event: Chosen) -> None:
        found = parse_address(event.address)
        tls = True if event.found is not None and event.found.tls else found.tls
        self.start = self.start._replace(host=found.host, port=found.port or DEFAULT_PORT, tls=tls)
        server = self.settings.at(found.host, self.start.port)
        self._coming = self.networks.get(server[0].key) if server else None
        if server and server[0].name and self.welcome is not None:
            self.welcome.use_name(server[0].name)

    @on(Named)
    def _named(self, event: Named) -> None:
        network = self._coming
        if network is not None and network.session.is_connected:
            if event.password and network.chat.nick != event.name:
                network.session.identity = replace(network.session.identity, nick=event.name)
            if event.password:
                network.session.login(event.account, event.password)
            else:
                network.session.take_name(event.name)
        elif network is not None:
            self._restart(network, event)
        else:
            self.add_network(
                self.start.host,
                self.start.port,
                name=event.name,
                account=event.account,
                password=event.password,
                tls=self.start.tls,
                rooms=self.start.rooms,
            )

    def keep_password(self, network: Network) -> None:
        identity = network.session.identity
        if self._kept.get(network.key) != identity.password:
            self._kept[network.key] = identity.password
            self.run_worker(self.passwords.put(network.key, network.chat.account, identity.password))

    def _restart(self, network: Network, event: Named) -> None:
        """Under that name; `as_guest`: without the account that it was to be."""
        session = network.session
        if event.password:
            session.identity = replace(session.identity, nick=event.name)
            session.login(event.account, event.password)
        elif event.as_guest:
            session.identity = replace(session.identity, nick=event.name, account="", password="")
        else:
            session.identity = replace(session.identity, nick=event.name)
        network.reconnect_now()

    @on(CertificateAccepted)
    def _certificate_accepted(self) -> None:
        if self._coming is not None:
            self.trust_certificate(self._coming)

    def trust_certificate(self, network: Network) -> str:
        """People have seen that the new certificate is right; returns why not, or ""."""
        changed = network.certificate_changed
        if changed is None:
            return "There is no new certificate to be trusted."
        self.trust.remember(changed.host, changed.port, changed.seen)
        network.certificate_changed = None
        network.reconnect_now()
        return ""

    @on(Cancelled)
    def _cancelled_coming(self) -> None:
        if self._coming is not None:
            self.stop_trying(self._coming)

    def disconnect(self, network: Network, reason: str) -> None:
        """They wanted it so: nothing that comes of it is an error."""
        self._parting.add(network)
        self.run_worker(network.stop(reason))

    def stop_trying(self, network: Network) -> None:
        network.give_up()

    @on(Left)
    def _left(self) -> None:
        if self.window is None:
            self.exit(OK)
        elif self.welcome is not None:
            network = self._coming
            if network is not None and network.phase is not Phase.ONLINE:
                self.stop_trying(network)
                self.tell("You have not come in. /reconnect tries again.", conversation=network.chat.server)
            self.close_welcome()

    # -- what is typed --------------------------------------------------------------------------------------

    @on(Composer.Submitted)
    def _submitted(self, event: Composer.Submitted) -> None:
        """Said where it was typed, also if another conversation is shown by now."""
        window = event.owner
        about = event.about if isinstance(event.about, Line) else None
        if not isinstance(window, Window) or window not in self.windows:
            self.composer.refuse()
        elif event.mode is Mode.EDIT and about is not None:
            self._accept(window, event.text)
            self.send_edit(window.conversation, about, event.text)
        elif self._take(window, event.text, about):
            self.note_draft()
        else:
            self.composer.refuse()

    def _accept(self, window: Window, text: str) -> None:
        """It is taken: the composer is free, or, where that shows another conversation by now, the draft is."""
        if self.composer.owner is window:
            self.composer.accept()
            return
        self.composer.refuse()
        window.draft = Draft()
        memory = self.memories.get(window.network_key)
        if memory is not None:
            memory.set_draft(window.conversation.name, "")

    def _take(self, window: Window, text: str, reply_to: Line | None) -> bool:
        """Whether it was taken; what was not stays in the composer."""
        typed = read(text)
        if isinstance(typed, Mistake):
            self.status.say(typed.reason, error=True)
            return False
        if isinstance(typed, Tell) and not self.knows(window, typed.name):
            self.tell(_nobody(typed, text), error=True, conversation=window.conversation)
            return False
        if isinstance(typed, Do):
            # Before it is done, as it may show another conversation.
            self._accept(window, text)
            run_command(AppDesk(self, window), typed.command, typed.rest)
            return True
        return typed is not None and self._say(window, typed, reply_to)

    def _say(self, window: Window, typed: Say | Tell, reply_to: Line | None) -> bool:
        problem = self._problem_with(window, typed)
        if problem:
            self.status.say(problem, error=True)
            return False
        text = emoji.with_emoji(typed.text)
        try:
            if isinstance(typed, Tell):
                tell_person(AppDesk(self, window), typed.name, text)
            else:
                say_here(AppDesk(self, window), text, reply_to=reply_to)
        except NothingToSend:
            return False
        except Unclear as unclear:
            self.status.say(str(unclear), error=True)
            return False
        except Full:
            self.status.say("Too much waits for the connection already.", error=True)
            return False
        self._accept(window, typed.text)
        if isinstance(typed, Say) and window is self.window:
            self.back_to_now()
        return True

    def _problem_with(self, window: Window, typed: Say | Tell) -> str:
        conversation = window.conversation
        if isinstance(typed, Tell):
            return ""
        if not conversation.name:
            return "Nobody reads this window but you. /join #room enters a room, Ctrl+K goes to one."
        if not conversation.joined and self.network_of(window).phase is Phase.ONLINE:
            return f"You are not in {conversation.name}. /join {conversation.name} enters it."
        return ""

    @on(Composer.Typing)
    def _typing(self, event: Composer.Typing) -> None:
        if self.window is not None:
            self.network_of(self.window).session.typing(self.window.conversation, event.active)

    @on(Composer.Written)
    def _written(self, event: Composer.Written) -> None:
        window = event.owner
        if isinstance(window, Window) and window.network_key in self.networks:
            live = self.network_of(window).session.live
            if event.edits:
                live.cancel(window.conversation)
            else:
                live.typed(window.conversation, event.text, pasted=event.pasted, said=event.said)
            self.show_live()

    @on(Composer.Completing)
    def _completing(self, event: Composer.Completing) -> None:
        self.status.offer(event.candidates, event.index if event.candidates else None)

    @on(Composer.DraftChanged)
    def _draft_changed(self) -> None:
        self.status.forget()
        self.note_draft()

    @on(Composer.Refused)
    def _refused(self, event: Composer.Refused) -> None:
        self.status.say(event.reason, error=True)

    def action_edit_outside(self) -> None:
        self.run_worker(self._edit_outside(), exclusive=True, group="editor")

    async def _edit_outside(self) -> None:
        text = await edit_in_editor(self, self.composer.text)
        if text is not None:
            self.composer.replace_text(text)

    # -- history on request ---------------------------------------------------------------------------------

    def go_back(self, window: Window, goal: int, since_ms: int) -> None:
        """Load until there are so many lines, or such old ones; then show the oldest that was asked for."""
        self.run_worker(self._go_back(window, goal, since_ms), exclusive=True, group="history")

    async def _go_back(self, window: Window, goal: int, since_ms: int) -> None:
        conversation, timeline = window.conversation, window.conversation.timeline
        while not _is_enough(timeline.lines, goal, since_ms) and not timeline.at_start:
            self.network_of(window).session.load_older(conversation)
            if not conversation.loading:
                # There is no connection, or nothing to load from.
                break
            before = len(timeline)
            while conversation.loading:
                await self.next_news()
            if len(timeline) == before:
                # The server has no more, or doesn't give it.
                break
        if self.window is window and timeline.lines:
            at = timeline.first_after(since_ms) if since_ms else max(len(timeline) - goal, 0)
            self.view.go_to(timeline.lines[min(at, len(timeline) - 1)])

    # -- keys -----------------------------------------------------------------------------------------------

    def action_escape(self) -> None:
        """Drop the selection, then read all and go to the end."""
        if self.view.focused is not None:
            self.leave_messages()
        elif not self.escape_transfers():
            self.back_to_now()

    def action_interrupt(self) -> None:
        if len(self.screen_stack) == 1 and self.composer.has_focus and self.composer.abandon():
            return
        if time.monotonic() - self._interrupted_at < _AGAIN_SECONDS:
            self.leave("")
            return
        self._interrupted_at = time.monotonic()
        self.status.say("Ctrl+C once more leaves. /quit leaves, too.")

    async def action_quit(self) -> None:
        self.leave("")

    def action_toggle_mouse(self) -> None:
        wanted = self.toggle_mouse()
        self.status.say(
            "The mouse works in here again." if wanted else "The mouse selects text now. Alt+M ends that."
        )

    def toggle_mouse(self) -> bool:
        self.mouse_wanted = not self.mouse_wanted
        self.terminal.mouse(self.mouse_wanted)
        return self.mouse_wanted

    mouse_wanted = True

    def action_begin_chord(self, prefix: str) -> None:
        self._chord = (prefix, time.monotonic())
        self.status.say(f"{prefix} …")

    def action_end_chord(self, prefix: str, action: str) -> None:
        self._chord = ("", 0.0)
        self.status.forget()
        self.call_later(self.run_action, action)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "end_chord":
            prefix, since = self._chord
            return prefix == parameters[0] and time.monotonic() - since < _CHORD_SECONDS
        return super().check_action(action, parameters)

    def action_reconnect(self) -> None:
        if self.network is not None:
            self.network.reconnect_now()

    def on_app_focus(self) -> None:
        self.is_focused = True
        self.read_soon()

    def on_app_blur(self) -> None:
        self.is_focused = False

    async def on_event(self, event: events.Event) -> None:
        # What was said in passing has been read by the time of the next key.
        if isinstance(event, events.Key):
            self.status.forget()
        elif isinstance(event, events.Paste):
            # Textual's own inputs would show it as it is, escape sequences and all.
            event.text = clean(event.text)
        await super().on_event(event)

    def on_key(self, event: events.Key) -> None:
        """Letters typed while a message is focused, or elsewhere, belong into the input."""
        focused_on_message = self.view.has_focus and self.view.focused is not None
        if len(self.screen_stack) > 1 or self.composer.has_focus or focused_on_message:
            return
        if event.is_printable:
            self.composer.focus()
            self.composer.on_key(event)

    # -- settings -------------------------------------------------------------------------------------------

    def described_settings(self) -> list[Described]:
        return [one for one in describe() if not one.section and one.key not in ("last", "keys")]

    def take_setting(self, key: str, value: str) -> str:
        """Returns why not, or ""."""
        problem = _no_theme(value) if key == "theme" and not themes.is_known(value) else ""
        problem = problem or self.settings.take(key, value)
        if problem:
            return problem
        self.save_settings()
        self.composer.up_edits = self.settings.up_edits
        self.view.coming = _JOINS[self.settings.show_joins]
        if key == "theme":
            self.theme = themes.choose(self.settings.theme, None, self.environ)
        return ""

    # -- the end --------------------------------------------------------------------------------------------

    def _fatal_error(self) -> None:
        # Textual's own report shows the values of variables, passwords among them. run() prints ours.
        self._close_messages_no_wait()

    def _tick(self) -> None:
        self.note_position()
        self.say_due()
        self.refresh_status()
        # Also if we are killed.
        self.note_position()
        for memory in self.memories.values():
            if memory.problem and self.last_problem != memory.problem:
                self.last_problem = memory.problem
                self.status.say(memory.problem, error=True)

    last_problem = ""

    def leave(self, reason: str, code: int = OK) -> None:
        """Say goodbye on all servers, and end."""
        self.run_worker(self._leave(reason, code), exclusive=True, group="leaving")

    async def _leave(self, reason: str, code: int) -> None:
        self.leave_window()
        network = self.network
        if network is not None:
            address = to_address(network.host, network.port)
            self.last_words = terminal.how_to_come_back(address, network.chat.nick, as_started())
        await asyncio.gather(*(one.stop(reason) for one in self.networks.values()))
        self.exit(code)

    def close_memories(self) -> None:
        for memory in self.memories.values():
            memory.close()


def run(
    host: str,
    port: int | None,
    *,
    name: str = "",
    account: str = "",
    tls: bool | None = None,
    rooms: Sequence[str] = (),
    theme: str = "",
    config: str = "",
) -> int:
    """The whole chat on this terminal; returns the exit code."""
    if theme and not themes.is_known(theme):
        print(f"hubbub: --theme: {_no_theme(theme)}", file=sys.stderr)
        return USAGE
    query = BackgroundQuery()
    query.ask()
    for stale in ("COLUMNS", "LINES"):
        # Where they are exported they would count more than the terminal itself, and never change.
        os.environ.pop(stale, None)
    try:
        settings = Settings.load(find_file(config, os.environ))
    except SettingsError as error:
        query.answer()
        print("\n".join(f"hubbub: {problem}" for problem in error.problems), file=sys.stderr)
        return CONFIG
    if not themes.is_known(settings.theme):
        query.answer()
        print(f"hubbub: {settings.path}: theme: {_no_theme(settings.theme)}", file=sys.stderr)
        return CONFIG
    start = complete(settings, Start(host, port or 0, name, account, tls, tuple(rooms)))
    answer = query.answer()
    keys.install()
    pasting.install()
    app = ChatApp(
        settings,
        start=start,
        state=state_folder(os.environ),
        theme=themes.choose(settings.theme, answer.background, os.environ, flag=theme),
        typed=answer.typed,
    )
    return run_on_terminal(app)


def _no_theme(name: str) -> str:
    return f'there is no theme "{name}"; there are {", ".join(themes.SHORT)}, and auto'


def _rooms(names: Sequence[str]) -> dict[str, str]:
    """ "#tea key" → the room and its key."""
    return {name: key for name, _, key in (room.partition(" ") for room in names)}


def _nobody(typed: Tell, text: str) -> str:
    """What was written like a text for somebody, and may have been for the room."""
    first = text.partition("\n")[0]
    say = clip(first, _PREVIEW)
    return (
        f'No one is called "{typed.name}" here, so nothing was sent. To say it to the room: '
        f"/say {say}{'' if say == text else '…'} · to somebody who is away: /msg {typed.name} …"
    )


def _is_enough(lines: Sequence[Line], goal: int, since_ms: int) -> bool:
    return len(lines) >= goal or bool(since_ms and lines and lines[0].time_ms < since_ms)
