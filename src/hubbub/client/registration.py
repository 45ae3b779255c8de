"""Registration: from a fresh connection to a welcome, and what stays negotiable afterwards.

Owns capabilities, the login and the taking of a name while we come in. Knows no sockets; holds passwords, and sends
them only as sasl.py allows. Called by Session with every message that is not part of a batch; take_events() says
what people must decide.

Its PASS, AUTHENTICATE and NICKSERV messages carry secrets: nobody may log them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from hubbub.client.events import LoginRefused, NameRefused
from hubbub.client.sasl import Login
from hubbub.irc import numerics
from hubbub.irc.names import fold, suggest, to_user
from hubbub.irc.text import clip, plain, printable
from hubbub.irc.wire import BadLine, Message

WANTED = (
    "account-notify",
    "account-tag",
    "away-notify",
    "batch",
    "cap-notify",
    "chghost",
    "account-registration",
    "draft/account-registration",
    "channel-rename",
    "draft/channel-rename",
    "chathistory",
    "draft/chathistory",
    "event-playback",
    "draft/event-playback",
    "message-redaction",
    "draft/message-redaction",
    "multiline",
    "draft/multiline",
    "read-marker",
    "draft/read-marker",
    "draft/relaymsg",
    "search",
    "draft/search",
    "soju.im/search",
    "echo-message",
    "extended-join",
    "extended-monitor",
    "hubbub.chat/message-edit",
    "invite-notify",
    "labeled-response",
    "message-tags",
    "multi-prefix",
    "sasl",
    "server-time",
    "setname",
    "standard-replies",
    "userhost-in-names",
    "znc.in/self-message",
)
"""What a client of ours makes use of. sasl is asked for only when there is something to log in with."""

_MOST_OFFERED = 500
_LONGEST_NAME = 128
_LONGEST_VALUE = 1_024
_ROOM_FOR_NAMES = 400
"""Bytes of names in one REQ: with what the server puts in front, its answer must fit into one line, too."""
_LONGEST_REASON = 400
_SHORT_NICK = 9
"""Characters that every server takes (RFC 1459)."""
_CLOSING = re.compile(r"closing link:? .*?\((.*)\)", re.IGNORECASE | re.DOTALL)
_NOT_SAFE = "the connection is not encrypted, so the password was not sent"
_NO_LOGIN = "there are no accounts on this server, or no login that we know"
_REPLACED = "another login was begun"

_NAME_REFUSED = frozenset(
    {
        numerics.ERR_ERRONEUSNICKNAME,
        numerics.ERR_NICKNAMEINUSE,
        numerics.ERR_NICKCOLLISION,
        numerics.ERR_UNAVAILRESOURCE,
    }
)
_NAME_CODES = frozenset({"ACCOUNT_EXISTS", "BAD_ACCOUNT_NAME", "NEED_NICK"})
"""Of FAIL REGISTER: it is the name that can't be had."""
_KEPT_OUT = frozenset({"463", numerics.ERR_PASSWDMISMATCH, numerics.ERR_YOUREBANNEDCREEP})
_NO_CAPABILITIES = frozenset(
    {numerics.ERR_UNKNOWNCOMMAND, numerics.ERR_NOTREGISTERED, numerics.ERR_NEEDMOREPARAMS}
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we want to be. `account`: where it isn't the nick. `certificate`: the connection shows one of ours.

    `may_send_plain`: the connection is encrypted or stays on this machine, so a password may go out as it is.
    """

    nick: str
    user: str = ""
    realname: str = ""
    account: str = ""
    password: str = field(default="", repr=False)
    server_password: str = field(default="", repr=False)
    may_send_plain: bool = False
    certificate: bool = False


class Registration:
    """Of one connection. `nick`: the one that is asked for, and from `registered` on the one that we have got.

    `account`: which we are logged in to, or "". `refused`: why the server doesn't want us, in words for people.
    """

    def __init__(self, identity: Identity, wanted: Sequence[str] = WANTED, *, nonce: str = "") -> None:
        self.identity = identity
        self.nick = _without_breaks(identity.nick)
        self.account = ""
        self.registered = False
        self.refused = ""
        self._account = identity.account or identity.nick
        self._password = identity.password
        self._nonce = nonce
        self._capabilities = Capabilities([name for name in wanted if name not in ("sasl", "sts")])
        if self._has_proof:
            self._capabilities.wanted.add("sasl")
        self._is_negotiating = True
        self._is_login_due = self._has_proof
        self._asked_nickserv = False
        self._login: Login | None = None
        self._refused_names: set[str] = set()
        self._events: list[NameRefused | LoginRefused] = []

    @property
    def offered(self) -> dict[str, str]:
        """Capabilities of the server, with their values. The same dict all the time."""
        return self._capabilities.offered

    @property
    def enabled(self) -> dict[str, str]:
        """Those in force, with their values. The same dict all the time."""
        return self._capabilities.enabled

    @property
    def is_logging_in(self) -> bool:
        return self._login is not None

    def take_events(self) -> list[NameRefused | LoginRefused]:
        """What has happened since the last call."""
        events, self._events = self._events, []
        return events

    # -- what we do -----------------------------------------------------------------------------------------

    def start(self) -> list[Message]:
        identity = self.identity
        user = to_user(identity.user or identity.nick)
        realname = plain(_without_breaks(identity.realname)).strip() or self.nick
        password = _without_breaks(identity.server_password)
        return [
            *([Message("PASS", [password])] if password else []),
            Message("CAP", ["LS", "302"]),
            Message("NICK", [self.nick]),
            Message("USER", [user, "0", "*", realname]),
        ]

    def take_name(self, nick: str) -> list[Message]:
        """Try another name; what the server says comes as NameRefused, or as the welcome."""
        if not self.registered:
            self.nick = _without_breaks(nick)
        return [Message("NICK", [_without_breaks(nick)])]

    def login_again(self, account: str, password: str) -> list[Message]:
        """Log in now, be it before or after the welcome; LoginRefused says if it was in vain."""
        self._account, self._password = account, password
        self._is_login_due = True
        self._capabilities.wanted.add("sasl")
        if self._login is not None:
            return self._login.abort(_REPLACED)
        if "sasl" in self.enabled:
            return self._go_on()
        if "sasl" in self.offered:
            self._is_negotiating = not self.registered
            return self._capabilities.request(["sasl"])
        return self._ask_nickserv() if self.registered else []

    def _ask_nickserv(self) -> list[Message]:
        # The command, not a message to whoever calls themselves NickServ.
        self._is_login_due = False
        if not self.identity.may_send_plain:
            return self._login_refused(_NOT_SAFE)
        self._asked_nickserv = True
        return [Message("NICKSERV", ["IDENTIFY", self._account, _without_breaks(self._password)])]

    # -- what the server says -------------------------------------------------------------------------------

    def received(self, message: Message) -> list[Message]:
        """What to answer. Messages that have nothing to do with coming in change nothing."""
        handle = _HANDLERS.get(message.command)
        sent = handle(self, message) if handle else []
        return sent + self._continue_login(message)

    def _continue_login(self, message: Message) -> list[Message]:
        login = self._login
        if login is None:
            return []
        sent = login.received(message)
        return sent + self._login_is_over(login) if login.done else sent

    def _login_is_over(self, login: Login) -> list[Message]:
        self._login = None
        if not login.failed:
            self.account = self.account or login.account
        elif not self._is_login_due:
            self._login_refused(login.reason, login.account)
        return self._go_on()

    def _welcome(self, message: Message) -> list[Message]:
        if self.registered or not message.params:
            return []
        self.registered = True
        self._is_negotiating = False
        self.refused = ""
        self.nick = message.params[0]
        if self._is_login_due and self._login is None and "sasl" not in self.enabled:
            self._is_login_due = False
            self._login_refused(_NO_LOGIN)
        return []

    def _cap(self, message: Message) -> list[Message]:
        sent = self._capabilities.received(message)
        subcommand = message.params[1].upper() if len(message.params) > 1 else ""
        if subcommand == "NEW" and self._has_proof and not self.account and "sasl" in _names(message):
            # Accounts can be reached again.
            self._is_login_due = True
        if self._login is not None and "sasl" not in self.enabled:
            self._login.abort(_NO_LOGIN)
            login, self._login = self._login, None
            self._login_refused(_NO_LOGIN, login.account)
        return sent + self._go_on()

    def _no_capabilities(self, message: Message) -> list[Message]:
        """The server knows no CAP, or not the form that we use."""
        subject = message.params[1].upper() if len(message.params) > 1 else ""
        if self._asked_nickserv and subject == "NICKSERV":
            self._asked_nickserv = False
            return self._login_refused(_NO_LOGIN)
        if subject == "CAP" and not self._capabilities.is_listed:
            self._is_negotiating = False
        return []

    def _bad_subcommand(self, _message: Message) -> list[Message]:
        return [] if self._capabilities.is_listed else self._end()

    def _name_refused(self, message: Message) -> list[Message]:
        if self.registered:
            return []
        self._refused_names.add(fold(self.nick))
        suggestion = self._suggest(message.command == numerics.ERR_ERRONEUSNICKNAME)
        self._events.append(NameRefused(self.nick, _words(message), suggestion))
        return []

    def _suggest(self, is_malformed: bool) -> str:
        wanted = self.nick
        if is_malformed:
            # Something that all servers take: a short name in ASCII.
            wanted = unicodedata.normalize("NFKD", wanted).encode("ascii", "ignore").decode()[:_SHORT_NICK]
        return suggest(wanted, lambda name: fold(name) in self._refused_names)

    def _failed(self, message: Message) -> list[Message]:
        command, code, *_ = [*message.params, "", ""]
        if command == "*" and code == "ACCOUNT_REQUIRED":
            self._refuse(message)
        elif command == "NICK" or (command == "REGISTER" and code in _NAME_CODES):
            return self._name_refused(message)
        return []

    def _refuse(self, message: Message) -> list[Message]:
        """The first reason is the best one: what follows is only that the connection is closed."""
        reason = _words(message)
        closing = _CLOSING.match(reason)
        self.refused = self.refused or (closing[1] if closing else reason)
        return []

    def _kept_out(self, message: Message) -> list[Message]:
        return [] if self.registered else self._refuse(message)

    def _logged_in(self, message: Message) -> list[Message]:
        if len(message.params) > 2:
            self.account = message.params[2]
            self._asked_nickserv = False
        return []

    def _logged_out(self, _message: Message) -> list[Message]:
        self.account = ""
        return []

    # -- what comes next ------------------------------------------------------------------------------------

    @property
    def _has_proof(self) -> bool:
        return bool(self._password or self.identity.certificate)

    def _go_on(self) -> list[Message]:
        """Log in, or end the negotiation, as soon as nothing is in the way of it."""
        if self._login is not None or not self._capabilities.is_settled:
            return []
        if self._is_login_due and "sasl" in self.enabled:
            return self._log_in()
        if self._is_login_due and self.registered:
            # The server has refused the capability.
            self._is_login_due = False
            return self._login_refused(_NO_LOGIN)
        return self._end()

    def _log_in(self) -> list[Message]:
        self._is_login_due = False
        self._login = Login(
            self._account,
            self._password,
            mechanisms=self.offered.get("sasl", "").split(","),
            may_send_plain=self.identity.may_send_plain,
            certificate=self.identity.certificate,
            nonce=self._nonce,
        )
        sent = self._login.start()
        return self._login_is_over(self._login) if self._login.done else sent

    def _end(self) -> list[Message]:
        if not self._is_negotiating or self.registered:
            return []
        self._is_negotiating = False
        return [Message("CAP", ["END"])]

    def _login_refused(self, reason: str, account: str = "") -> list[Message]:
        self._events.append(LoginRefused(account or self._account, reason))
        return []


_Handler = Callable[[Registration, Message], list[Message]]
_HANDLERS: dict[str, _Handler] = {
    numerics.RPL_WELCOME: Registration._welcome,
    "CAP": Registration._cap,
    "FAIL": Registration._failed,
    "ERROR": Registration._refuse,
    numerics.ERR_INVALIDCAPCMD: Registration._bad_subcommand,
    numerics.RPL_LOGGEDIN: Registration._logged_in,
    numerics.RPL_LOGGEDOUT: Registration._logged_out,
    **dict.fromkeys(_NO_CAPABILITIES, Registration._no_capabilities),
    **dict.fromkeys(_NAME_REFUSED, Registration._name_refused),
    **dict.fromkeys(_KEPT_OUT, Registration._kept_out),
}


class Capabilities:
    """What the server offers, what is in force, and what has been asked for.

    `is_listed`: the server has said all it has. `is_settled`: and has answered to all that was asked.
    https://ircv3.net/specs/extensions/capability-negotiation
    """

    def __init__(self, wanted: Iterable[str]) -> None:
        self.wanted = set(wanted)
        self.offered: dict[str, str] = {}
        self.enabled: dict[str, str] = {}
        self.is_listed = False
        self._asked: list[list[str]] = []
        self._refused: set[str] = set()
        self._list: set[str] = set()

    @property
    def is_settled(self) -> bool:
        return self.is_listed and not self._asked

    def received(self, message: Message) -> list[Message]:
        if len(message.params) < 3:
            return []
        handle = _SUBCOMMANDS.get(message.params[1].upper())
        is_continued = len(message.params) > 3 and message.params[2] == "*"
        return handle(self, message.params[-1].split(), is_continued) if handle else []

    def request(self, names: Iterable[str]) -> list[Message]:
        """Ask for these, in as few lines as have room for them."""
        lines: list[list[str]] = []
        room = 0
        for name in names:
            room -= len(name.encode()) + 1
            if room < 0:
                lines.append([])
                room = _ROOM_FOR_NAMES - len(name.encode())
            lines[-1].append(name)
        self._asked += lines
        return [_req(line) for line in lines]

    def _request_wanted(self) -> list[Message]:
        asked = {name for line in self._asked for name in line}
        known = asked | self._refused | self.enabled.keys()
        return self.request(sorted(name for name in self.offered if name in self.wanted - known))

    def _ls(self, words: list[str], is_continued: bool) -> list[Message]:
        self._offer(words)
        if is_continued:
            return []
        self.is_listed = True
        return self._request_wanted()

    def _new(self, words: list[str], _is_continued: bool) -> list[Message]:
        self._offer(words)
        self._refused -= {word.partition("=")[0] for word in words}
        return self._request_wanted() if self.is_listed else []

    def _offer(self, words: list[str]) -> None:
        for word in words:
            name, _, value = word.partition("=")
            has_room = len(self.offered) < _MOST_OFFERED or name in self.offered
            if not has_room or not _is_name(name) or len(value) > _LONGEST_VALUE:
                continue
            self.offered[name] = value
            if name in self.enabled:
                self.enabled[name] = value

    def _del(self, words: list[str], _is_continued: bool) -> list[Message]:
        for name in words:
            self.offered.pop(name, None)
            self.enabled.pop(name, None)
        return []

    def _ack(self, words: list[str], _is_continued: bool) -> list[Message]:
        for word in words:
            name = word.removeprefix("-")
            if word.startswith("-"):
                self.enabled.pop(name, None)
            elif name in self.offered:
                self.enabled[name] = self.offered[name]
            self._answered(name)
        return []

    def _answered(self, name: str) -> None:
        for line in self._asked:
            if name in line:
                line.remove(name)
                break
        self._asked = [line for line in self._asked if line]

    def _nak(self, words: list[str], _is_continued: bool) -> list[Message]:
        """Of several that are refused together one may be to blame: ask for each by itself."""
        line = self._line_with(words)
        if line is None:
            return []
        self._asked.remove(line)
        if len(line) == 1:
            self._refused.update(line)
            return []
        return [message for name in line for message in self.request([name])]

    def _line_with(self, words: list[str]) -> list[str] | None:
        """The request that is refused; a server need not repeat it, but answers in order."""
        for line in self._asked:
            if any(word in line for word in words):
                return line
        return self._asked[0] if self._asked and not words else None

    def _listed(self, words: list[str], is_continued: bool) -> list[Message]:
        self._list.update(word for word in words if word in self.offered)
        if is_continued:
            return []
        in_force, self._list = self._list, set()
        for name in self.enabled.keys() - in_force:
            del self.enabled[name]
        self.enabled.update({name: self.offered[name] for name in in_force})
        return []


_SUBCOMMANDS: dict[str, Callable[[Capabilities, list[str], bool], list[Message]]] = {
    "LS": Capabilities._ls,
    "NEW": Capabilities._new,
    "DEL": Capabilities._del,
    "ACK": Capabilities._ack,
    "NAK": Capabilities._nak,
    "LIST": Capabilities._listed,
}


def _req(names: list[str]) -> Message:
    return Message("CAP", ["REQ", " ".join(names)])


def _is_name(name: str) -> bool:
    return 0 < len(name) <= _LONGEST_NAME and name[0] not in "-:" and name.isascii() and name.isprintable()


def _names(message: Message) -> set[str]:
    return {word.partition("=")[0] for word in message.params[-1].split()}


def _words(message: Message) -> str:
    text = printable(message.params[-1]).strip() if message.params else ""
    return clip(text, _LONGEST_REASON) or "the server gave no reason"


def _without_breaks(text: str) -> str:
    """Fit for one line, whatever was typed or stored."""
    return text.translate({0: None, 10: " ", 13: None})
