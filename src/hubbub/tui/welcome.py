"""The first screen: which server, and under which name.

Owns the two questions, and everything that can go wrong with the answers. Connects to nothing: it says Chosen and
Named to the app, and is told `connecting`, `refused`, `login_refused`, `failed` or `certificate_changed`. What was
typed stays, whatever happens.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from hubbub.client.address import parse_address, to_address
from hubbub.client.discovery import Found, Origin
from hubbub.irc.names import fold, suggest
from hubbub.tui.cells import padded
from hubbub.tui.overlay import Note
from hubbub.tui.row_text import Piece, one_line, spread
from hubbub.tui.rows import Rows


class Known(NamedTuple):
    """A server of the settings."""

    title: str
    address: str


class _Choice(NamedTuple):
    title: str
    address: str
    origin: str
    found: Found | None = None


class Chosen(Message):
    """A server. `found`: where it wasn't typed."""

    def __init__(self, address: str, found: Found | None = None) -> None:
        super().__init__()
        self.address = address
        self.found = found


class Named(Message):
    """Come in under this name; `account` and `password` are both empty for a guest.

    `as_guest`: rather than with the account that was asked for.
    """

    def __init__(self, name: str, account: str = "", password: str = "", *, as_guest: bool = False) -> None:
        super().__init__()
        self.as_guest = as_guest
        self.name = name
        self.account = account
        self.password = password


class CertificateAccepted(Message):
    """They know why the server's certificate is another one."""


class Cancelled(Message):
    """Stop connecting; they want to change something."""


class Left(Message):
    """They don't want to go on."""


_TITLE = "hubbub"
_NO_SERVER = (
    "No server was found. To start one on this computer, type  hubbub serve  in another terminal. "
    "Or type the address of one above."
)


class _Field(Input):
    """Textual asks for the bindings of an Input only after the letters behind them: Ctrl+U and a name typed at once
    would leave nothing, and a Backspace would take the wrong letter of a password.
    """

    async def _on_key(self, event: events.Key) -> None:
        bound = self._bindings.key_to_bindings.get(event.key)
        # Scrolling is any widget's, and the arrows are the list's here.
        if not bound or bound[0].action.startswith(("scroll_", "page_")):
            await super()._on_key(event)
            return
        event.stop()
        event.prevent_default()
        await self.run_action(bound[0].action)


class WelcomeScreen(Screen[None]):
    """`found`: what there is, told again whenever there is more; None: nobody looks. `name`: the usual one.

    `address`: a server that is chosen already; only the name is asked for. `problem`: why we are here again.
    `account`: one whose password alone is asked for; without it one comes in as somebody else.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "back", "back"),
        # Before the field, which would copy.
        Binding("ctrl+c", "leave", "leave", priority=True),
        ("up,ctrl+p", "step(-1)", "up"),
        ("down,ctrl+n", "step(1)", "down"),
        Binding("tab", "next_field", "next field", priority=True),
        ("f2", "password", "password"),
        ("f4", "accept", "accept the certificate"),
    ]
    DEFAULT_CSS = """
    WelcomeScreen { align: center middle; }
    WelcomeScreen > #welcome { width: 100%; max-width: 76; height: auto; max-height: 100%; padding: 0 2; }
    WelcomeScreen #title { text-style: bold; color: $text-primary; margin-bottom: 1; }
    WelcomeScreen #servers, WelcomeScreen #naming { height: auto; }
    WelcomeScreen #choices { height: auto; max-height: 6; margin: 0 0 1 0; }
    WelcomeScreen Input { margin-bottom: 1; }
    WelcomeScreen .question { height: auto; }
    WelcomeScreen #problem { height: auto; margin-bottom: 1; }
    WelcomeScreen #problem.-error { color: $text-error; text-style: bold; }
    WelcomeScreen .-hidden { display: none; }
    """

    def __init__(
        self,
        found: AsyncIterator[Sequence[Found]] | None = None,
        *,
        known: Sequence[Known] = (),
        name: str = "",
        address: str = "",
        problem: str = "",
        account: str = "",
    ) -> None:
        super().__init__()
        self._account = account
        """Whose password the field takes; "": of whoever is named in the field above."""
        self._name_of_account = name or account
        self._asks_account = bool(account)
        """The name is settled, and the password alone is asked for."""
        self._came_for_account = bool(account)
        self._offers_password = False
        """The name is taken, perhaps by ourselves."""
        self._search = found
        self._first_problem = problem
        self._known = [_Choice(one.title, one.address, "known") for one in known]
        self._choices = list(self._known)
        self._server = _Choice(address, address, "") if address else None
        self._given = address
        self._usual_name = name
        self._sent_name = ""
        self._refused_name = ""
        self._busy = False
        self._warned = False
        self._distrusted = False
        self.choices = Rows(self._draw, id="choices")
        self.address = _Field(placeholder="host or host:port", compact=True, id="address")
        self.nick = _Field(compact=True, id="name")
        self.password = _Field(password=True, compact=True, id="password", classes="-hidden")
        self.hint = Note(id="hint")

    def compose(self) -> ComposeResult:
        # An Input takes a value only where an app is running.
        self.nick.value = self._usual_name
        with Vertical(id="welcome"):
            yield Static(_TITLE, id="title", markup=False)
            with Vertical(id="servers"):
                yield Static("Looking for a server…", id="looking", classes="question", markup=False)
                yield self.choices
                yield Static("Or type an address:", id="or", classes="question", markup=False)
                yield self.address
            with Vertical(id="naming"):
                yield Static("What shall others call you?", id="who", classes="question", markup=False)
                yield self.nick
                yield Static("", id="secret", classes="question -hidden", markup=False)
                yield self.password
            yield Static("", id="problem", markup=False)
            yield self.hint

    def on_mount(self) -> None:
        self._fill(None)
        if self._asks_account:
            self._show_password(True)
        self._show_step()
        if self._first_problem:
            self._say(self._first_problem, error=True)
        if self._search is not None:
            self.run_worker(self._look(self._search), exclusive=True)
        elif self._server is None:
            self._tell_looking(is_over=True)

    # -- told by the app ------------------------------------------------------------------------------------

    def use_name(self, name: str) -> None:
        """The one that was used at that server, unless they have typed another."""
        if self.nick.value == self._usual_name:
            self._usual_name = name
            self._fill_in(name)

    def connecting(self, words: str = "") -> None:
        """What goes on, after Chosen or Named. As long as no name was sent, one may be typed meanwhile."""
        self._say(words or f"Connecting to {self._server.title if self._server else 'the server'}…")
        self._tell_keys()

    def refused(self, name: str, reason: str, suggestion: str) -> None:
        """The name isn't free: another one stands in the field, unless they have typed on."""
        self._busy = False
        self._refused_name = name
        typed_on = self.nick.value not in (name, self._sent_name)
        if not typed_on:
            self._fill_in(suggestion or name)
        words = f"{name}: {reason.rstrip('. ')}."
        words += f" {suggestion} is free: press Enter." if suggestion else " Choose another one."
        if not self._asks_account:
            self._account = self._name_of_account = name
        self._offers_password = True
        if typed_on:
            self._say(f"{words} If {name} is you: F2, then your password.", error=True)
            self._to_naming()
            return
        # What is typed now may be a password, and never is a name.
        self._say(f"{words} If {name} is you, type your password.", error=True)
        self._show_password(True)
        self._to_naming()

    def login_refused(self, account: str, reason: str) -> None:
        self._busy = self._offers_password = False
        self._account = account
        # Nobody can see what is wrong in it.
        self.password.value = ""
        self._say(
            f"{account}: {reason.rstrip('. ')}. Type the password again, or F2 to come as a guest.",
            error=True,
        )
        self._show_password(True)
        self._to_naming()

    def failed(self, reason: str, advice: str = "") -> None:
        """The connection came to nothing. Enter tries again."""
        self._busy = False
        self._say(f"{reason.rstrip('. ')}. {advice or 'Enter tries again.'}", error=True)
        self._show_step()

    def certificate_changed(self, title: str, known: str, shown: str) -> None:
        """`known`, `shown`: the fingerprints."""
        self._busy = False
        self._distrusted = True
        self._say(
            f"{title} shows another certificate than before.\n"
            f"Before  {_in_rows(known)}\nNow     {_in_rows(shown)}\n"
            "Ask whoever runs the server. If this is the new one, F4 goes on. If nobody knows of it, somebody "
            "may be listening in: press Esc.",
            error=True,
            rows=True,
        )
        self._show_step()

    # -- servers --------------------------------------------------------------------------------------------

    async def _look(self, search: AsyncIterator[Sequence[Found]]) -> None:
        is_first = True
        async for found in search:
            self._take_in(found)
            here = [one for one in found if one.origin is Origin.HERE]
            if is_first and len(here) == 1:
                self._go_straight(here[0])
            is_first = False
        self._tell_looking(is_over=True)
        if len(self._choices) == 1 and self._choices[0].found is not None:
            self._go_straight(self._choices[0].found)

    def _take_in(self, found: Sequence[Found]) -> None:
        """What is chosen stays so, though others come before it."""
        chosen = self._choices[self.choices.chosen] if self.choices.chosen is not None else None
        known = {choice.address for choice in self._known}
        fresh = [choice for choice in map(_to_choice, found) if choice.address not in known]
        self._choices = [*self._known, *fresh]
        self._fill(chosen)
        self._tell_keys()
        self._tell_looking(is_over=False)

    def _fill(self, chosen: _Choice | None) -> None:
        places = [
            at for at, choice in enumerate(self._choices) if chosen and choice.address == chosen.address
        ]
        wanted = None if self.address.value.strip() else (places[0] if places else 0)
        self.choices.fill(len(self._choices), wanted)

    def _tell_looking(self, *, is_over: bool) -> None:
        words = "Where to?" if self._choices else "Looking for a server…"
        if is_over and not self._choices:
            words = "Which server?"
            if self._server is None and not self.query_one("#problem", Static).content:
                self._say(_NO_SERVER)
        self.query_one("#looking", Static).update(words)
        self.query_one("#or", Static).update("Or type an address:" if self._choices else "Its address:")

    def _go_straight(self, found: Found) -> None:
        """There is nothing to choose from, and they have begun nothing else."""
        untouched = self._server is None and not self._known and not self.address.value
        if untouched:
            self._choose(_to_choice(found))

    def _choose(self, choice: _Choice) -> None:
        self._server = choice
        self._say("")
        self._show_step()
        self.post_message(Chosen(choice.address, choice.found))

    def _choose_typed(self, text: str) -> None:
        try:
            parse_address(text)
        except ValueError as error:
            self._say(str(error), error=True)
            return
        self._choose(_Choice(text, text, ""))

    # -- name and password ----------------------------------------------------------------------------------

    def _send_name(self) -> None:
        secret = self.password.value if self._has_password else ""
        if self._asks_account and not secret:
            self._say(f"Type the password of {self._account}, or press F2 to come as a guest.", error=True)
            return
        name = self._name_of_account if secret and self._account else self.nick.value.strip()
        if not name or " " in name:
            self._say("A name is one word, without spaces." if name else "Type a name, please.", error=True)
            return
        self._sent_name = name
        self._busy = True
        self.connecting()
        account = (self._account or name) if secret else ""
        self.post_message(Named(name, account, secret, as_guest=self._came_for_account and not secret))

    def _come_as_guest(self) -> None:
        """Under another name than the account's."""
        account, self._account, self._asks_account = self._account, "", False
        self.password.value = ""
        self._show_password(False)
        if fold(self.nick.value) in (fold(account), fold(self._name_of_account)):
            self._fill_in(suggest(account, lambda name: fold(name) == fold(account)))
        self._say("")
        self._show_step()

    @property
    def _has_password(self) -> bool:
        return not self.password.has_class("-hidden")

    def _show_password(self, wanted: bool) -> None:
        self.password.set_class(not wanted, "-hidden")
        self.query_one("#secret").set_class(not wanted, "-hidden")
        if not wanted:
            self._account = ""
        self._tell_secret()
        (self.password if wanted else self.nick).focus()
        self._tell_keys()

    def _tell_secret(self) -> None:
        name = self._account or self.nick.value.strip()
        guest = "" if self._asks_account else " (empty: come as a guest)"
        words = f"Password of {one_line(name)}{guest}" if name else "Password"
        self.query_one("#secret", Static).update(words)

    def _fill_in(self, name: str) -> None:
        self.nick.value = name
        self.nick.cursor_position = len(name)

    def _to_naming(self) -> None:
        self._show_step()
        if self._has_password:
            self.password.focus()

    # -- what is seen ---------------------------------------------------------------------------------------

    def _show_step(self) -> None:
        naming = self._server is not None
        self.query_one("#servers").display = not naming
        self.query_one("#naming").display = naming and not self._distrusted
        self.query_one("#who").display = self.nick.display = not self._asks_account
        title = f"{_TITLE} · {one_line(self._server.title)}" if self._server is not None else _TITLE
        self.query_one("#title", Static).update(title)
        name_field = self.password if self._asks_account else self.nick
        (name_field if naming else self.address).focus()
        self._tell_keys()

    def _say(self, text: str, *, error: bool = False, rows: bool = False) -> None:
        lines = text.split("\n") if rows else [text]
        sign = "! " if error and text else ""
        problem = self.query_one("#problem", Static)
        problem.set_class(error, "-error")
        problem.update(sign + "\n".join(map(one_line, lines)))

    def _tell_keys(self) -> None:
        self._warned = False
        if self._distrusted:
            self.hint.say("F4 trusts the new certificate · Esc does not")
        elif self._busy:
            self.hint.say("Esc stops")
        elif self._server is None:
            self.hint.say(f"Enter goes on · {'↑↓ choose · ' if len(self._choices) > 1 else ''}Esc leaves")
        elif self._asks_account:
            self.hint.say("Enter comes in · F2 or Esc: as a guest, under another name")
        elif self._offers_password:
            field = "Tab another name" if self._has_password else "F2 password"
            self.hint.say(f"Enter comes in · {field} · Esc {'leaves' if self._given else 'goes back'}")
        else:
            secret = "F2 no password" if self._has_password else "F2 password"
            self.hint.say(f"Enter comes in · {secret} · Esc {'leaves' if self._given else 'goes back'}")

    def _draw(self, index: int, part: int, width: int) -> list[Piece]:
        choice = self._choices[index]
        address = choice.address if choice.address != choice.title else ""
        left = [(padded(one_line(choice.title), width * 2 // 5), "strong"), (f" {one_line(address)}", "")]
        return spread(left, [(choice.origin, "muted")], width)

    # -- keys and the mouse ---------------------------------------------------------------------------------

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.input is self.address and event.value.strip():
            self.choices.choose(None)
        elif event.input is self.address and self.choices.chosen is None:
            self.choices.choose(0)
        elif event.input is self.nick:
            self._tell_secret()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._busy or self._distrusted:
            return
        if self._server is not None:
            self._send_name()
        elif self.choices.chosen is not None:
            self._choose(self._choices[self.choices.chosen])
        elif self.address.value.strip():
            self._choose_typed(self.address.value.strip())

    def on_rows_clicked(self, event: Rows.Clicked) -> None:
        event.stop()
        self._choose(self._choices[event.index])

    def action_step(self, step: int) -> None:
        if self._server is not None:
            return
        if self.choices.chosen is None:
            self.choices.choose(0)
        else:
            self.choices.move(step)

    def action_next_field(self) -> None:
        if self._server is None or self._asks_account:
            return
        if not self._has_password:
            self.action_password()
        else:
            (self.nick if self.password.has_focus else self.password).focus()

    def action_password(self) -> None:
        """Shows the field, with the name that they want back; once more hides it again."""
        if self._server is None:
            return
        if self._asks_account:
            self._come_as_guest()
        elif self._offers_password:
            self._account = self._name_of_account = self._refused_name
            self._show_password(True)
        else:
            if not self._has_password and self._refused_name:
                self._account = self._name_of_account = self._refused_name
            self._show_password(not self._has_password)

    def action_accept(self) -> None:
        if self._distrusted:
            self._distrusted = False
            self._busy = bool(self._sent_name)
            self._show_step()
            self.connecting()
            self.post_message(CertificateAccepted())

    def action_back(self) -> None:
        """One step: out of connecting, to the servers, and out; not past what was typed without a word."""
        if self._busy or self._distrusted:
            self._busy = self._distrusted = False
            self._sent_name = ""
            self._say("")
            self._show_step()
            self.post_message(Cancelled())
        elif self._asks_account:
            self._come_as_guest()
        elif self._server is not None and not self._given:
            self._server = None
            self._say("")
            self._show_step()
            self.post_message(Cancelled())
        elif self._has_typed() and not self._warned:
            self.hint.say("Esc once more leaves", "mention")
            self._warned = True
        else:
            self.post_message(Left())

    def action_leave(self) -> None:
        self.post_message(Left())

    def _has_typed(self) -> bool:
        return bool(self.address.value or self.password.value or self.nick.value != self._usual_name)


def _in_rows(fingerprint: str) -> str:
    """A SHA-256 fingerprint is longer than a narrow screen."""
    half = 16 * 3
    if len(fingerprint) <= half:
        return fingerprint
    return f"{fingerprint[:half].rstrip(':')}\n        {fingerprint[half:]}"


def _to_choice(found: Found) -> _Choice:
    origin = "this computer" if found.origin is Origin.HERE else "network"
    return _Choice(found.name, to_address(found.host, found.port), origin, found)
