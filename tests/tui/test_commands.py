"""Every command: what it asks of the server (a real Session), and of the window around it (a desk that takes notes)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from hubbub.client.chat import Conversation, Member, Place
from hubbub.client.events import Phase
from hubbub.client.lines import Delivery, Kind, Line
from hubbub.client.registration import Identity
from hubbub.client.session import Session
from hubbub.irc.wire import Message, parse
from hubbub.plain.commands import COMMANDS as PLAIN_COMMANDS
from hubbub.tui.commands import COMMANDS, Desk, Setting, all_commands, completions, run, tell
from hubbub.tui.commands.arguments import duration
from hubbub.tui.commands.messages import links
from hubbub.tui.commands.registry import nearest
from hubbub.tui.completion import Argument
from hubbub.tui.typed import Do, Tell, read

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
CAPABILITIES = (
    "message-tags echo-message batch labeled-response draft/multiline draft/message-redaction draft/search "
    "hubbub.chat/message-edit draft/chathistory server-time draft/account-registration draft/metadata-2"
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

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name not in _WANTED:
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


_WANTED = frozenset(Desk.__dict__)


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


# -- what goes to the server ----------------------------------------------------------------------------------

SENT = [
    ("/msg bob hi there", ["PRIVMSG bob :hi there"]),
    ("\\send bob hi", ["PRIVMSG bob :hi"]),
    ("/w =bob hi", ["PRIVMSG bob :hi"]),
    ("/dm bob: hi", ["PRIVMSG bob :hi"]),
    ("bob: hi", ["PRIVMSG bob :hi"]),
    ("/msg #tea hi", ["PRIVMSG #tea :hi"]),
    ("/msg NickServ identify secret", ["PRIVMSG NickServ :identify secret"]),
    ("nickserv: identify secret", ["PRIVMSG nickserv :identify secret"]),
    ("/query bob psst", ["PRIVMSG bob :psst"]),
    ("/reply me too", ["PRIVMSG bob :me too"]),
    ("/say bob: hi", ["PRIVMSG #tea :bob: hi"]),
    ("/me waves", ["PRIVMSG #tea :\x01ACTION waves\x01"]),
    ("/shrug dunno", ["PRIVMSG #tea :dunno ¯\\_(ツ)_/¯"]),
    ("/slap bob", ["PRIVMSG #tea :\x01ACTION slaps bob around a bit with a large trout\x01"]),
    ("/join #milk", ["JOIN #milk"]),
    ("/join milk key", ["JOIN #milk key"]),
    ("/cd #milk", ["JOIN #milk"]),
    ("/part", ["PART #tea"]),
    ("/part #tea bye all", ["PART #tea :bye all"]),
    ("/close", ["PART #tea"]),
    ("/cycle", ["PART #tea", "JOIN #tea"]),
    ("/rooms", ["LIST"]),
    ("/rooms *tea*", ["LIST *tea*"]),
    ("/topic Green tea", ["TOPIC #tea :Green tea"]),
    ("/topic -delete", ["TOPIC #tea :"]),
    ("/topic #milk", ["TOPIC #milk"]),
    ("/invite eve", ["INVITE eve #tea"]),
    ("/invite eve milk", ["INVITE eve #milk"]),
    ("/kick bob be nice", ["KICK #tea bob :be nice"]),
    ("/kick #milk bob", ["KICK #milk bob"]),
    ("/ban", ["MODE #tea b"]),
    ("/bans", ["MODE #tea b"]),
    ("/ban bob", ["MODE #tea +b bob!*@*"]),
    ("/ban carol", ["MODE #tea +b ~a:carol"]),
    ("/ban dan", ["MODE #tea +b dan!*@*"]),
    ("/ban stranger", ["MODE #tea +b stranger!*@*"]),
    ("/ban 10.0.0.1", ["MODE #tea +b *!*@10.0.0.1"]),
    ("/ban ~a:eve 2h", ["MODE #tea +b ~a:eve"]),
    ("/unban bob", ["MODE #tea b"]),
    ("/kickban bob out", ["MODE #tea +b bob!*@*", "KICK #tea bob out"]),
    ("/mode", ["MODE #tea"]),
    ("/mode +o bob", ["MODE #tea +o bob"]),
    ("/mode #milk +m", ["MODE #milk +m"]),
    ("/mode alice +i", ["MODE alice +i"]),
    ("/op bob carol", ["MODE #tea +oo bob carol"]),
    ("/deop a b c d e f g", ["MODE #tea -oooooo a b c d e f", "MODE #tea -o g"]),
    ("/voice bob", ["MODE #tea +v bob"]),
    ("/devoice bob", ["MODE #tea -v bob"]),
    ("who", ["WHO * %tcuhnfrp,731"]),
    ("/list #milk", ["WHO #milk %tcuhnfrp,731"]),
    ("/names #milk", ["NAMES #milk"]),
    ("/whois bob", ["WHOIS bob bob"]),
    ("/whowas bob", ["WHOWAS bob"]),
    ("/nick alicia", ["NICK alicia"]),
    ("/setname Alice L.", ["SETNAME :Alice L."]),
    ("/away at lunch", ["AWAY :at lunch"]),
    ("/away", ["AWAY away"]),
    ("/back", ["AWAY"]),
    ("/status brewing", ["METADATA * SET status brewing"]),
    ("/status -delete", ["METADATA * SET status"]),
    ("/edit good evening", ["EDITMSG #tea m2 :good evening"]),
    ("/edit 2 good evening", ["EDITMSG #tea m2 :good evening"]),
    ("/s/morning/night/", ["EDITMSG #tea m2 :good night"]),
    ("/s/o/0/g", ["EDITMSG #tea m2 :g00d m0rning"]),
    ("/s/o/\\//g 2", ["EDITMSG #tea m2 :g//d m/rning"]),
    ("/s/ morning/", ["EDITMSG #tea m2 good"]),
    ("/delete", ["REDACT #tea m2"]),
    ("/delete 2 rude", ["REDACT #tea m2 rude"]),
    ("/re 3 yes", ["@+draft/reply=m1;+reply=m1 PRIVMSG #tea :yes"]),
    ("/re yes", ["@+draft/reply=m3;+reply=m3 PRIVMSG #tea :yes"]),
    ("/react :+1:", ["@+reply=m3;+draft/reply=m3;+draft/react=👍 TAGMSG #tea"]),
    ("/react heart", ["@+reply=m3;+draft/reply=m3;+draft/react=❤️ TAGMSG #tea"]),
    ("/react ❤", ["@+reply=m3;+draft/reply=m3;+draft/react=❤️ TAGMSG #tea"]),
    ("/react 3 🎉", ["@+reply=m1;+draft/reply=m1;+draft/react=🎉 TAGMSG #tea"]),
    ("/register secret", ["REGISTER * * secret"]),
    ("/claim secret", ["REGISTER * * secret"]),
    ("/sessions", ["NS SESSIONS"]),
    ("/sessions logout others", ["NS SESSIONS logout others"]),
    ("/ns info bob", ["NS info bob"]),
    ("/ns", ["NS HELP"]),
    ("/cs op #tea", ["CS op #tea"]),
    ("/oper root secret", ["OPER root secret"]),
    ("/wallops hear me", ["WALLOPS :hear me"]),
    ("/kill bob spam", ["KILL bob spam"]),
    ("/rehash", ["REHASH"]),
    ("/quote TIME", ["TIME"]),
    ("/raw @+a=b PRIVMSG #tea :x y", ["@+a=b PRIVMSG #tea :x y"]),
    ("/ping", ["PING hubbub"]),
    ("/version", ["VERSION"]),
    ("/motd", ["MOTD"]),
    ("/uptime", ["STATS u"]),
]


@pytest.mark.parametrize(("typed", "lines"), SENT, ids=[typed for typed, _ in SENT])
def test_what_goes_to_the_server(typed: str, lines: list[str]) -> None:
    desk = make_desk()
    desk.session.chat.offered["hubbub.chat/message-edit"] = ""
    desk.type(typed)
    assert [_sorted_tags(line) for line in desk.sent()] == [_sorted_tags(line) for line in lines]
    assert not desk.refused


def _sorted_tags(line: str) -> tuple[dict[str, str], str, list[str]]:
    message = parse(line)
    return message.tags, message.command, message.params


# -- what goes to the app -------------------------------------------------------------------------------------

NOTED: list[tuple[str, list[tuple[Any, ...]]]] = [
    ("/join #tea", [("show", "#tea")]),
    ("/query bob", [("show", "bob")]),
    ("/ignore bob", [("ignore", "bob", True)]),
    ("/mute", [("mute", "#tea", True)]),
    ("/mute bob", [("mute", "bob", True)]),
    ("/unmute tea", [("mute", "#tea", False)]),
    ("/pin", [("pin", "#tea", True)]),
    ("/unpin bob", [("pin", "bob", False)]),
    ("/edit", [("begin_edit", "#tea", "good morning")]),
    ("/re 3", [("begin_reply", "#tea", "good tea at https://tea.example/files/pot.png, isn't it")]),
    ("/copy 2", [("copy", "good morning")]),
    ("/open", [("open_link", "https://example.org/a_(b)")]),
    ("/open 3", [("open_link", "https://tea.example/files/pot.png")]),
    ("/upload ~/a.png", [("upload", "~/a.png")]),
    ('/upload "my cat.png"', [("upload", "my cat.png")]),
    ("/upload", [("upload", "")]),
    ("/get 1", [("open_link", "https://tea.example/files/pot.png")]),
    ("/search in:#tea pot", [("open_search", "in:#tea pot")]),
    ("/history", [("go_back", "#tea", ("count", 50))]),
    ("/history 200", [("go_back", "#tea", ("count", 200))]),
    ("/history 1h", [("go_back", "#tea", ("since", datetime(2026, 1, 31, 11, 0, tzinfo=UTC)))]),
    ("/clear", [("clear", "#tea")]),
    ("/buffer 1", [("show_number", 1)]),
    ("/buffer bob", [("show", "bob")]),
    ("/screenshot a.svg", [("save_screenshot", "a.svg")]),
    ("help", [("open_help",)]),
    ("/editor", [("open_editor",)]),
    ("/theme light", [("take_theme", "light")]),
    ("/theme auto", [("take_theme", "auto")]),
    ("/set mouse false", [("set", "mouse", "false")]),
    ("/server tea.example:1313", [("connect", "tea.example:1313")]),
    ("/connect tea.example", [("connect", "tea.example")]),
    ("/disconnect later", [("disconnect", "later")]),
    ("/reconnect", [("reconnect",)]),
    ("/trust", [("trust",)]),
    ("/quit so long", [("quit", "so long")]),
    ("exit", [("quit", "")]),
    (":q", [("quit", "")]),
    ("\\quit", [("quit", "")]),
]


@pytest.mark.parametrize(("typed", "notes"), NOTED, ids=[typed for typed, _ in NOTED])
def test_what_is_asked_of_the_app(typed: str, notes: list[tuple[Any, ...]]) -> None:
    desk = make_desk()
    desk.type(typed)
    found = [tuple(_named(part) for part in note) for note in desk.notes]
    assert found == notes
    assert not desk.refused


def _named(part: object) -> object:
    if isinstance(part, Conversation):
        return part.name
    return part.text if isinstance(part, Line) else part


# -- what is told ---------------------------------------------------------------------------------------------

TOLD = [
    ("/topic", "#tea is about: All about tea (set by bob)"),
    ("/names", "4 people are in #tea:\n  @alice, +carol, bob (away), dan"),
    ("/status", "tea.example, online, TLS\nYou are not logged in, and in 1 room."),
    ("/ignore", "You ignore nobody."),
    ("/ignore bob", "What bob says is no longer shown on this computer. /unignore shows it again."),
    ("/dnd 2h", "Do not disturb until 14:00."),
    ("/dnd off", "You are notified again."),
    ("/mute", "#tea is muted."),
    ("/files", "  1  bob: https://tea.example/files/pot.png\n/get number opens one."),
    (
        "/lastlog GOOD",
        "  11:59  bob    good tea at https://tea.example/files/pot.png, isn't it\n  11:59  alice  good morning",
    ),
    ("/theme", "Themes: dark, light, auto."),
    ("/set", "mouse = true\ntheme = auto"),
    ("/set mouse on", "mouse = true"),
    ("/set mouse", "mouse = true   Whether the mouse works."),
    (
        "/help topic",
        "/topic [text]: show or set what the room is about (Tab: change it); /topic -delete removes it\nAlso: /t",
    ),
    ("bob: hi", "To bob alone: hi"),
]


@pytest.mark.parametrize(("typed", "told"), TOLD, ids=[typed for typed, _ in TOLD])
def test_what_is_told(typed: str, told: str) -> None:
    desk = make_desk()
    desk.type(typed)
    assert desk.told == [told]
    assert not desk.refused


# -- what is refused ------------------------------------------------------------------------------------------

REFUSED = [
    ("/msg bob", "Write it like this: /msg name text"),
    ("/msg ,, hi", "\",,\" can't be anybody's name, so nothing was sent."),
    ("/msg #milk hi", "You are not in #milk, so nothing was sent. /join #milk goes there."),
    ("/query #tea", "#tea is a room; /join #tea goes there."),
    ("/me", "Write it like this: /me waves"),
    ("/join", "Write it like this: /join #room [key]"),
    ("/join a,b", '"a,b" can\'t be the name of a room.'),
    ("/part #milk", "You are not in #milk."),
    ("/close #milk", 'There is no conversation "#milk" here.'),
    ("/kick", "Write it like this: /kick name [reason]"),
    ("/kick a.b", "\"a.b\" can't be anybody's name."),
    ("/ban bob soon", '"soon" is no time. Write 30m, 2h or 1d.'),
    ("/mode :x", "Write it like this: /mode [#room] [changes]"),
    ("/nick", "You are alice. /nick name changes that."),
    (
        "/nick exit",
        '"exit" is one of the words that the chat itself understands, so nobody can be called that.',
    ),
    ("/whois", "Write it like this: /whois name"),
    ("/ignore alice", "That is you."),
    ("/unignore bob", "You don't ignore bob."),
    ("/mute nobody", 'There is no conversation "nobody" here.'),
    ("/dnd tomorrow", '"tomorrow" is no time. Write /dnd 2h, /dnd 22:00-07:00, /dnd on or /dnd off.'),
    ("/edit 1 x", "Only what you said yourself can be changed."),
    ("/edit 9", "Only 3 messages are loaded here. The last one is 1."),
    ("/s/x/y/", '"x" is not in that message.'),
    ("/s/good morning//", "Nothing would be left of it. /delete takes it back."),
    ("/s/", "Write it like this: /s/old/new/ [number]"),
    ("/react", "Write it like this: /react [number] :emoji:"),
    (
        "/react :nosuchthing:",
        "There is no emoji :nosuchthing:. Tab behind the first letters shows which there are.",
    ),
    ("/react thumbs", "There is no emoji thumbs. 👍 :thumbsup:, 👎 :thumbsdown:"),
    ("/react nice one", "There is no emoji nice one."),
    ("/copy x", "A number is enough: 1 is the last message, 2 the one before."),
    ("/open 2", "There is no link in it."),
    ("/get 7", "There is no file 7 here. /files lists them."),
    ("/lastlog coffee", 'Nobody said "coffee" in what is loaded here.'),
    ("/history soon", "Write it like this: /history [50]"),
    ("/buffer 77", "There is no conversation 77 in the list."),
    ("/theme pink", 'There is no theme "pink". There are dark, light, auto.'),
    ("/set nothing", 'There is no setting "nothing". /set lists them.'),
    ("/set mouse maybe", "mouse: true or false is needed."),
    ("/help lgoin", "There is no command /lgoin; is /login meant?"),
    ("/server ftp://x", "ftp:// is not understood here; links begin with irc:// or ircs://."),
    ("/passwd x", "You are not logged in. /login does that, /register makes your name yours."),
    ("/kill bob", "Write it like this: /kill name reason"),
    ("/quote @a", "That is no line of IRC"),
]


@pytest.mark.parametrize(("typed", "reason"), REFUSED, ids=[typed for typed, _ in REFUSED])
def test_what_is_refused(typed: str, reason: str) -> None:
    desk = make_desk()
    desk.type(typed)
    assert [said[: len(reason)] for said in desk.refused] == [reason]
    assert not desk.sent()


def test_every_command_is_tried_here() -> None:
    tried = set()
    for typed in [*(typed for typed, *_ in [*SENT, *NOTED, *TOLD]), *_ELSEWHERE]:
        meaning = read(typed)
        if isinstance(meaning, Do):
            tried.add(meaning.command)
    assert {command.name for command in all_commands()} - tried == set()


_ELSEWHERE = ("/login x", "/passwd", "/unignore bob")
"""In tests of their own, below."""


# -- rules ----------------------------------------------------------------------------------------------------


def test_every_command_explains_itself() -> None:
    for command in all_commands():
        assert command.usage, command.name
        assert command.summary, command.name
        words = command.usage.split()[0]
        assert words in (f"/{command.name}", "who") or words.startswith("/s/"), command.usage


def test_what_works_in_the_line_mode_works_here() -> None:
    assert set(PLAIN_COMMANDS) <= set(COMMANDS)


def test_completion_knows_what_stands_behind_a_command() -> None:
    table = completions()
    assert table["whois"] is table["msg"] is Argument.NICK
    assert table["join"] is table["j"] is Argument.ROOM
    assert table["upload"] is Argument.PATH
    assert table["react"] is Argument.EMOJI
    assert table["topic"] is Argument.TOPIC
    assert table["nick"] is Argument.TEXT


def test_nearest() -> None:
    assert nearest("jion") == "join"
    assert nearest("xyzzy") == ""


def test_duration() -> None:
    for word, seconds in (("30m", 1800), ("2h", 7200), ("1d", 86400), ("90s", 90), ("5min", 300)):
        length = duration(word)
        assert length is not None
        assert length.total_seconds() == seconds
    for word in ("", "h", "0h", "1x", "2 h", "99999999h"):
        assert duration(word) is None


def test_links() -> None:
    line = Line(
        Kind.MESSAGE, 0, text="a https://a.b/c, (http://d.e/f) <https://g.h/i?j=k> ftp://l https://x.y/(z)."
    )
    assert links(line) == ["https://a.b/c", "http://d.e/f", "https://g.h/i?j=k", "https://x.y/(z)"]
    line.redacted = True
    assert links(line) == []


# -- where one is ---------------------------------------------------------------------------------------------


def test_in_a_direct_conversation() -> None:
    desk = make_desk("bob")
    desk.type("/whois")
    assert desk.sent() == ["WHOIS bob bob"]
    desk.type("/reply hello")
    desk.type("bob: hello")
    assert desk.told == []
    desk.type("/kick bob")
    assert desk.refused == ["This is no room. /join #name takes you into one, /rooms lists them."]


def test_closing_a_direct_conversation_leaves_nothing() -> None:
    desk = make_desk("bob")
    desk.type("/close")
    assert desk.sent() == []
    assert desk.session.chat.find("bob") is None


def test_where_the_server_speaks_nothing_can_be_said() -> None:
    desk = make_desk("")
    for typed in ("/say hi", "/me waves", "/part", "/close", "/upload x"):
        desk.type(typed)
    assert len(desk.refused) == 5
    assert desk.sent() == []


def test_without_a_connection() -> None:
    desk = make_desk()
    desk.session.phase = Phase.WAITING
    desk.type("/whois bob")
    desk.type("/register x")
    desk.type("/cycle")
    desk.type("nickserv: identify secret")
    assert desk.refused[-1:] == ["There is no connection."]
    assert desk.refused[:-1] == ["There is no connection.", *["There is no connection at the moment."] * 2]


def test_on_a_server_that_can_do_little() -> None:
    desk = make_desk()
    desk.session.chat.capabilities = {}
    desk.session.chat.offered = {}
    desk.session.chat.tokens = {}
    for typed in (
        "/edit x",
        "/delete",
        "/react :+1:",
        "/search x",
        "/history",
        "/upload",
        "/status x",
        "/claim x",
    ):
        desk.type(typed)
    assert desk.refused == [
        "This server can't change what was said.",
        "This server can't take messages back.",
        "This server can't carry reactions.",
        "This server can't search; /lastlog words looks through what is loaded here.",
        "This server can't show what was said before.",
        "This server takes no files (it announces no place for them, FILEHOST).",
        "This server can't show others a status; /away text does something like it.",
        "This server can't keep names; on some /msg NickServ HELP says how.",
    ]
    desk.type("who")
    assert desk.sent() == ["WHO #tea"]


# -- which message --------------------------------------------------------------------------------------------


def test_the_focused_message_is_meant_where_no_number_is_given() -> None:
    desk = make_desk()
    desk.focused = desk.conversation.timeline.find("m1")
    desk.type("/delete")
    desk.type("/delete yes")
    desk.type("/re ok")
    desk.type("/copy")
    assert desk.sent() == ["REDACT #tea m1", "@+reply=m1;+draft/reply=m1 PRIVMSG #tea :ok"]
    assert desk.notes[0][1].startswith("good tea")


def test_numbers_count_what_is_said_and_shown() -> None:
    desk = make_desk()
    desk.conversation.timeline.append(Line(Kind.JOIN, NOW_MS, "eve"))
    say(desk.conversation, "eve", "spam", 9)
    desk.session.chat.ignored.add("eve")
    desk.type("/copy 1")
    assert desk.notes[0][1].startswith("see (")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"redacted": True}, "That message was taken back."),
        ({"delivery": Delivery.PENDING}, "That message is still on its way."),
        ({"delivery": Delivery.FAILED}, "That message was not sent."),
        ({"msgid": ""}, "This server gives messages no ids, so nobody can say which one is meant."),
    ],
)
def test_a_message_that_the_server_does_not_know(change: dict[str, Any], reason: str) -> None:
    desk = make_desk()
    line = desk.conversation.timeline.find("m3")
    assert line is not None
    for name, value in change.items():
        setattr(line, name, value)
    desk.type("/react 1 :+1:")
    assert desk.refused == [reason]


def test_what_somebody_else_said_is_taken_back_only_after_a_yes() -> None:
    desk = make_desk()
    desk.type("/delete 1 rude")
    assert desk.refused == [
        'carol said that: "see (https://example.org/a_(b))". /delete 1 yes takes it back; a reason may follow.'
    ]
    desk.type("/delete 1 yes rude")
    assert desk.sent() == ["REDACT #tea m3 rude"]
    desk.type("/delete 1 yes")
    assert len(desk.refused) == 2
    assert not desk.sent()


def test_a_yes_is_only_for_the_message_that_was_asked_about() -> None:
    desk = make_desk()
    desk.type("/delete 1")
    say(desk.conversation, "dan", "meanwhile", 9)
    desk.type("/delete 1 yes")
    assert desk.refused[-1].startswith('dan said that: "meanwhile".')
    assert not desk.sent()


def test_one_can_join_a_reaction_that_is_only_a_word() -> None:
    desk = make_desk()
    line = desk.conversation.timeline.find("m3")
    assert line is not None
    line.reactions["lol"] = ["bob"]
    desk.type("/react lol")
    assert "+draft/react=lol" in desk.sent()[0]


def test_a_second_reaction_takes_the_first_back() -> None:
    desk = make_desk()
    line = desk.conversation.timeline.find("m3")
    assert line is not None
    line.reactions["👍"] = ["Alice"]
    desk.type("/react 👍")
    assert "+draft/unreact=👍" in desk.sent()[0]


# -- secrets --------------------------------------------------------------------------------------------------


def test_passwords_are_asked_for_where_nobody_sees_them() -> None:
    desk = make_desk()
    desk.type("/register")
    assert desk.question == "A password for alice, which will be yours:"
    desk.answer("secret")
    assert desk.question == "The same password once more:"
    desk.answer("secret")
    desk.type("/oper root")
    desk.answer("secret2")
    assert desk.sent() == ["REGISTER * * secret", "OPER root secret2"]
    desk.type("/login")
    assert desk.question == "The password of alice:"
    desk.type("/login carol")
    assert desk.question == "The password of carol:"
    desk.session.chat.account = "alice"
    desk.type("/passwd")
    desk.answer("new secret")
    desk.answer("new secret")
    assert desk.sent()[-1] == "NS SET PASSWORD :new secret"


def test_a_new_password_that_was_mistyped_changes_nothing() -> None:
    desk = make_desk()
    desk.type("/register")
    desk.answer("secret")
    desk.answer("sectre")
    assert desk.refused == [
        "These were two different passwords, so nothing was changed. /register asks again."
    ]
    assert not desk.sent()


def test_login_with_a_password() -> None:
    desk = make_desk()
    desk.type("/login carol my secret")
    desk.session.received(
        parse(":tea.example 900 me me!me@tea.example carol :You are now logged in as carol")
    )
    assert desk.session.identity.account == "carol"
    assert desk.session.identity.password == "my secret"


def test_what_is_said_to_nickserv_stays_in_no_conversation() -> None:
    desk = make_desk()
    desk.type("/msg NickServ identify secret")
    assert desk.session.chat.find("NickServ") is None


# -- answers --------------------------------------------------------------------------------------------------


def test_unignoring() -> None:
    desk = make_desk()
    desk.session.ignore("bob", True)
    desk.type("/unignore Bob")
    assert desk.notes == [("ignore", "Bob", False)]


def test_an_answer_is_told() -> None:
    desk = make_desk()
    desk.type("/whois bob")
    desk.answered(
        ":t 311 alice bob bobby host.example * :Bob B.",
        ":t 319 alice bob :@#tea #milk",
        ":t 330 alice bob bob :is logged in as",
        ":t 318 alice bob :End",
    )
    assert desk.told == ["bob (Bob B.), bobby@host.example\n  in #milk @#tea\n  logged in as bob"]


def test_a_refusal_is_told_in_our_words_where_we_have_some() -> None:
    desk = make_desk()
    desk.type("/whois nobody")
    desk.answered(":t 401 alice nobody :No such nick/channel")
    desk.type("/kick bob")
    desk.answered(":t FAIL KICK NO_WAY bob :Not today")
    assert desk.refused == ['No one is called "nobody" here.', "Not today"]


def test_a_name_that_is_taken() -> None:
    desk = make_desk()
    desk.type("/nick bob")
    desk.answered(":t 433 alice bob :Nickname is already in use")
    assert desk.refused == ['"bob" is taken.']


def test_an_empty_list_of_bans() -> None:
    desk = make_desk()
    desk.type("/bans")
    desk.answered(":t 368 alice #tea :End")
    assert desk.told == ["Nobody is banned from #tea."]


@pytest.mark.parametrize(
    ("whom", "masks"),
    [
        ("bob", ["*!*@h2", "bob!*@*"]),
        ("BOB", ["*!*@h2", "bob!*@*"]),
        ("carol", ["~a:carol"]),
        ("2", ["~a:carol"]),
        ("*!*@h2", ["*!*@h2"]),
        ("10.0.0.1", ["*!*@10.0.0.1"]),
    ],
)
def test_unban_takes_back_all_that_mean_somebody(whom: str, masks: list[str]) -> None:
    desk = make_desk()
    desk.type(f"/unban {whom}")
    listed = ["*!*@h2", "~a:carol", "bob!*@*", "*!*@10.0.0.1"]
    desk.answered(
        *(f":t 367 alice #tea {mask} alice!a@b 1700000000" for mask in listed), ":t 368 alice #tea :End"
    )
    assert desk.sent() == [f"MODE #tea -b {mask}" for mask in masks]


def test_unban_of_somebody_who_is_not_banned() -> None:
    desk = make_desk()
    for whom in ("dan", "0", "7"):
        desk.type(f"/unban {whom}")
        desk.answered(":t 367 alice #tea *!*@h2 alice 1700000000", ":t 368 alice #tea :End")
    assert [reason.split(".")[0] for reason in desk.refused] == [
        f"No ban of #tea means {whom}" for whom in ("dan", "0", "7")
    ]


def test_a_ban_for_a_while_is_taken_back_by_the_program() -> None:
    desk = make_desk()
    desk.type("/ban bob 2h")
    assert desk.later == []
    desk.answered(":alice!a@h1 MODE #tea +b bob!*@*")
    assert desk.told == [
        "bob is banned for 2 hours; the ban is lifted by this client, so it stays if you leave before. "
        "/unban bob lifts it."
    ]
    [(seconds, act)] = desk.later
    assert seconds == 7200
    act()
    assert desk.sent() == ["MODE #tea -b bob!*@*"]


def test_modes_are_told_in_words() -> None:
    desk = make_desk()
    desk.type("/mode")
    desk.answered(":t 324 alice #tea +nti")
    desk.type("/mode #milk")
    desk.answered(":t 324 alice #milk +")
    desk.type("/mode alice")
    desk.answered(":t 221 alice +ix")
    assert desk.told == [
        "#tea: only people in the room may write to it, topic only by operators, by invitation only.",
        "#milk has no rules of its own.",
        "You: unseen by people who share no room with you, +x.",
    ]


def test_ping_tells_how_long_it_took() -> None:
    desk = make_desk()
    desk.type("/ping")
    desk.answered(":t PONG t hubbub")
    assert desk.told[0].startswith("The server answered in ")


def test_registering_tells_what_the_server_says() -> None:
    desk = make_desk()
    desk.type("/register secret")
    desk.answered(":t REGISTER SUCCESS alice :Your name is yours now")
    assert desk.told == ["Your name is yours now"]


def test_too_much_is_refused() -> None:
    desk = make_desk()
    desk.session.phase = Phase.WAITING
    for _ in range(1_000):
        desk.session.say(desk.conversation, "x")
    desk.type("/say one more")
    assert desk.refused == ["Too much waits for the connection already."]
