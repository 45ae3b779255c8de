"""A desk that takes notes of what commands ask of it, around a session in a room and a talk, without a server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from hubbub.client.chat import Conversation, Member, Place
from hubbub.client.lines import Kind, Line
from hubbub.client.registration import Identity
from hubbub.client.session import Session
from hubbub.irc.wire import Message, parse
from hubbub.tui.commands import Desk, Setting, run, tell
from hubbub.tui.typed import Do, Tell, read

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
CAPABILITIES = (
    "message-tags echo-message batch labeled-response draft/multiline draft/message-redaction draft/search "
    "hubbub.chat/live hubbub.chat/message-edit draft/chathistory server-time draft/account-registration "
    "draft/metadata-2"
)
TOKENS = (
    "CHATHISTORY=1000 WHOX EXTBAN=~,am ACCOUNTEXTBAN=a MODES=6 soju.im/FILEHOST=https://tea.example/files/"
)


class NotedDesk:
    """Writes down what commands want of the app."""

    def __init__(self, session: Session, conversation: Conversation) -> None:
        self.session = session
        self.conversation = conversation
        self.focused: Line | None = None
        self.now = NOW
        self.status = "tea.example, online, TLS"
        self.notes: list[tuple[Any, ...]] = []
        self.told: list[str] = []
        self.refused: list[str] = []
        self.question = ""
        self.answer: Callable[[str], None] = lambda secret: None
        self.later: list[tuple[float, Callable[[], None]]] = []

    def tell(self, text: str) -> None:
        self.told.append(text)

    def refuse(self, reason: str) -> None:
        self.refused.append(reason)

    def ask_secret(self, question: str, answered: Callable[[str], None]) -> None:
        self.question, self.answer = question, answered

    def show_number(self, number: int) -> bool:
        self.notes.append(("show_number", number))
        return number == 1

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        self.later.append((seconds, act))

    def themes(self) -> Sequence[str]:
        return ["dark", "light"]

    def settings(self) -> Sequence[Setting]:
        return [Setting("mouse", "true", "Whether the mouse works."), Setting("theme", "auto", "Colours.")]

    def set(self, key: str, value: str) -> str:
        self.notes.append(("set", key, value))
        return "mouse: true or false is needed." if value == "maybe" else ""

    def trust(self) -> str:
        self.notes.append(("trust",))
        return ""

    def cancel_transfers(self) -> bool:
        self.notes.append(("cancel_transfers",))
        return True

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name not in WANTED:
            raise AttributeError(name)

        def note(*args: Any, **named: Any) -> None:
            self.notes.append((name, *args, *named.items()))

        return note

    # -- for tests

    def type(self, text: str) -> None:
        typed = read(text)
        if isinstance(typed, Tell):
            tell(self, typed.name, typed.text)
        else:
            assert isinstance(typed, Do), typed
            run(self, typed.command, typed.rest)

    def sent(self) -> list[str]:
        """What went to the server, without labels and nonces."""
        lines = []
        for message in self.session.take_messages():
            tags = {
                key: value
                for key, value in message.tags.items()
                if key not in ("label", "+hubbub.chat/nonce")
            }
            tags = {key: value for key, value in tags.items() if "nonce" not in key}
            lines.append(Message(message.command, message.params, tags=tags).to_line())
        return lines

    def answered(self, *lines: str) -> None:
        """The server answers the last question with these lines."""
        label = [
            message.tags["label"] for message in self.session.take_messages() if "label" in message.tags
        ][-1]
        if len(lines) == 1:
            self.session.received(parse(f"@label={label} {lines[0]}"))
            return
        self.session.received(parse(f"@label={label} :tea.example BATCH +1 labeled-response"))
        for line in lines:
            self.session.received(parse(f"@batch=1 {line}"))
        self.session.received(parse(":tea.example BATCH -1"))


WANTED = frozenset(Desk.__dict__)


def make_session() -> Session:
    nonces = iter(range(1000))
    session = Session(Identity("alice"), now_ms=lambda: NOW_MS, nonce=lambda: f"n{next(nonces)}")
    session.connected(safe=True)
    for line in (
        f"CAP * LS :{CAPABILITIES}",
        f"CAP * ACK :{CAPABILITIES}",
        "001 alice :Welcome",
        f"005 alice {TOKENS} :are supported",
        "376 alice :End",
    ):
        session.received(parse(f":tea.example {line}"))
    session.received(parse(":alice!alice@h1 JOIN #tea"))
    without_history(session)
    chat = session.chat
    room = chat.open("#tea")
    room.joined = True
    room.topic, room.topic_by = "All about tea", "bob"
    for nick, host, ranks in (
        ("alice", "h1", "o"),
        ("bob", "h2", ""),
        ("carol", "h3", "v"),
        ("dan", "h3", ""),
    ):
        person = chat.person(nick)
        person.host, person.user = host, nick
        room.members[nick] = Member(person, ranks)
    chat.person("carol").account = "carol"
    chat.person("bob").away = "lunch"
    say(room, "bob", "good tea at https://tea.example/files/pot.png, isn't it", 1)
    say(room, "alice", "good morning", 2)
    say(room, "carol", "see (https://example.org/a_(b))", 3)
    talk = chat.open("bob", Place.DIRECT)
    say(talk, "bob", "psst", 4)
    chat.open("", Place.SERVER)
    return session


def without_history(session: Session) -> None:
    """The server has none of what the session asks for on arrival."""
    while messages := session.take_messages():
        for message in messages:
            if message.command == "CHATHISTORY":
                kind = "draft/chathistory-targets" if message.params[0] == "TARGETS" else "chathistory #tea"
                label = message.tags["label"]
                session.received(parse(f"@label={label} :tea.example BATCH +h {kind}"))
                session.received(parse(":tea.example BATCH -h"))


def say(conversation: Conversation, nick: str, text: str, at: int, **more: Any) -> Line:
    line = Line(Kind.MESSAGE, NOW_MS - 60_000 + at, nick, text, msgid=f"m{at}", mine=nick == "alice", **more)
    conversation.timeline.append(line)
    return line


def make_desk(where: str = "#tea") -> NotedDesk:
    session = make_session()
    conversation = session.chat.find(where)
    assert conversation is not None
    return NotedDesk(session, conversation)
