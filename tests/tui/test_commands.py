"""Every command: what it asks of the server (a real Session), and of the window around it (a desk that takes notes)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hubbub.client.chat import Conversation
from hubbub.client.lines import Kind, Line
from hubbub.irc.wire import parse
from hubbub.plain.commands import COMMANDS as PLAIN_COMMANDS
from hubbub.tui.commands import COMMANDS, all_commands, completions
from hubbub.tui.commands.arguments import duration
from hubbub.tui.commands.messages import links
from hubbub.tui.commands.registry import nearest
from hubbub.tui.completion import Argument
from hubbub.tui.typed import Do, read
from tui.noted_desk import make_desk

# -- what goes to the server ---------------------------------------------------------------------------------


SENT = [
    ("/live on", ["LIVE ON #tea"]),
    ("/live with bob", ["LIVE ON bob"]),
    ("/live everywhere", ["LIVE ON", "LIVE ON #tea"]),
    ("/rtt off", ["LIVE OFF"]),
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


# -- what goes to the app ------------------------------------------------------------------------------------


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
    ("/upload ~/a.png", [("upload", "~/a.png", "")]),
    ('/upload "my cat.png"', [("upload", "my cat.png", "")]),
    ('/upload "my cat.png" on the sofa', [("upload", "my cat.png", "on the sofa")]),
    ("/upload", [("upload", "", "")]),
    ("/upload cancel", [("cancel_transfers",)]),
    ("/get 1", [("download", "https://tea.example/files/pot.png", "", "")]),
    ("/get 1 ~/my pots", [("download", "https://tea.example/files/pot.png", "", "~/my pots")]),
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


# -- what is told --------------------------------------------------------------------------------------------


TOLD = [
    (
        "/live",
        "Nobody sees what you type before you send it. /live on shows it here, /live with NAME to one person.",
    ),
    ("/live off", "Live text is off: nobody sees what you type before you send it."),
    ("/topic", "#tea is about: All about tea (set by bob)"),
    ("/names", "4 people are in #tea:\n  @alice, +carol, bob (away), dan"),
    ("/status", "tea.example, online, TLS\nYou are not logged in, and in 1 room."),
    ("/ignore", "You ignore nobody."),
    ("/ignore bob", "What bob says is no longer shown on this computer. /unignore shows it again."),
    ("/dnd 2h", "Do not disturb until 14:00."),
    ("/dnd off", "You are notified again."),
    ("/mute", "#tea is muted."),
    ("/files", "  1  bob  11:59  https://tea.example/files/pot.png\n/get number takes one."),
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


# -- what is refused -----------------------------------------------------------------------------------------


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
    ("/live maybe", "Write it like this: /live on, /live off, /live with NAME, or /live everywhere"),
    ("/live with", "Write it like this: /live with NAME"),
    ("/live with alice", "That is you."),
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


# -- rules ---------------------------------------------------------------------------------------------------


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
