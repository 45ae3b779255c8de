"""What a command needs of the program around it: the place where it is given, and what can be done there.

Owns the protocol only. Everything that IRC does goes through `session`; what belongs to the window, the settings
or the machine is here. ChatApp is one, or has one for each server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from hubbub.client.chat import Conversation
from hubbub.client.lines import Line
from hubbub.client.session import Session
from hubbub.tui.notifications import Quiet


class Setting(NamedTuple):
    """As `/set` shows it."""

    key: str
    value: str
    help: str


class Desk(Protocol):
    """Where a command is given: on which server, in which conversation, at what time."""

    @property
    def session(self) -> Session: ...
    @property
    def conversation(self) -> Conversation:
        """The one that is shown."""
        ...

    @property
    def focused(self) -> Line | None:
        """The message that the keys of message focus would act on."""
        ...

    @property
    def now(self) -> datetime:
        """Local time, with its zone."""
        ...

    @property
    def status(self) -> str:
        """The server, how the connection is and whether it is encrypted, and who we are there, in a line."""
        ...

    # -- words
    def tell(self, text: str) -> None:
        """Shown to the user alone, in the conversation that is shown. May hold line breaks; is plain text."""
        ...

    def refuse(self, reason: str) -> None:
        """Shown as what went wrong."""
        ...

    def follow(self, conversation: Conversation, lines: Sequence[Line], *, made: bool) -> None:
        """These went elsewhere: that they failed, or that nobody is there, is told here.

        `made`: the conversation was opened for them alone, and closes again if they fail.
        """
        ...

    def ask_secret(self, question: str, answered: Callable[[str], None]) -> None:
        """In a dialog that hides what is typed; a dialog that is closed answers nothing."""
        ...

    # -- the window
    def show(self, conversation: Conversation) -> None: ...
    def show_number(self, number: int) -> bool:
        """The conversation with this number in the list; False: there is none."""
        ...

    def clear(self, conversation: Conversation) -> None:
        """Empty the screen of it; what was said can be loaded again."""
        ...

    def go_back(self, conversation: Conversation, *, count: int = 0, since: datetime | None = None) -> None:
        """Load `count` older messages, or those since then, and show the oldest of them."""
        ...

    def open_search(self, text: str) -> None: ...
    def open_help(self) -> None: ...
    def open_editor(self) -> None: ...
    def begin_edit(self, conversation: Conversation, line: Line) -> None:
        """Put the text of a line of ours into the composer; sending it edits the line."""
        ...

    def begin_reply(self, conversation: Conversation, line: Line) -> None:
        """What is sent next is the reply to this line."""
        ...

    # -- the machine
    def copy(self, text: str) -> None: ...
    def open_link(self, url: str) -> None: ...
    def upload(self, path: str, caption: str) -> None:
        """Send a file, or for "" the picture in the clipboard; then its link is said here, behind the caption."""
        ...

    def download(self, url: str, name: str, folder: str) -> None:
        """Into a folder, or for "" where downloads go."""
        ...

    def cancel_transfers(self) -> bool:
        """End the uploads and downloads that were begun here; False: there are none."""
        ...

    def show_invitation(self, room: str, address: str, about: str) -> None:
        """A link into a room, large, and as something that a telephone reads. `about`: how long it is good."""
        ...

    def save_screenshot(self, path: str) -> None:
        """As SVG; for "" to a place of the program's choosing, which it tells."""
        ...

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Later, if the program still runs."""
        ...

    # -- the settings
    def ignore(self, nick: str, wanted: bool) -> None:
        """Session.ignore, remembered."""
        ...

    def keep_live(self) -> None:
        """Remember what Session.live wants here."""
        ...

    def mute(self, conversation: Conversation, wanted: bool) -> None: ...
    def pin(self, conversation: Conversation, wanted: bool) -> None: ...
    def be_quiet(self, quiet: Quiet) -> None: ...
    def themes(self) -> Sequence[str]: ...
    def take_theme(self, name: str) -> None: ...
    def settings(self) -> Sequence[Setting]: ...
    def set(self, key: str, value: str) -> str:
        """Returns why not, or "" when it is done."""
        ...

    # -- the connection
    def connect(self, address: str) -> None:
        """To another server, in addition; an address has been checked."""
        ...

    def disconnect(self, reason: str) -> None: ...
    def reconnect(self) -> None: ...
    def trust(self) -> str:
        """Accept the certificate that was refused; returns why not, or "" when it is done."""
        ...

    def quit(self, reason: str) -> None: ...
