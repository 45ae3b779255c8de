"""Registration: from a fresh connection to a welcome, and what stays negotiable afterwards.

Owns capabilities, the login and the taking of a name while we come in. Knows no sockets; holds passwords, and sends
them only as sasl.py allows. Called by Session with every message that is not part of a batch; take_events() says
what people must decide.

Its PASS, AUTHENTICATE and NICKSERV messages carry secrets: nobody may log them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hubbub.client.capabilities import Capabilities
from hubbub.client.events import LoginRefused, NameRefused
from hubbub.client.sasl import Login
from hubbub.irc import numerics
from hubbub.irc.names import fold, suggest, to_user
from hubbub.irc.text import clip, plain, printable
from hubbub.irc.wire import Message

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
    "hubbub.chat/invite-link",
    "hubbub.chat/live",
    "hubbub.chat/message-edit",
    "hubbub.chat/upload",
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

_LONGEST_REASON = 400
_SHORT_NICK = 9
"""Characters that every server takes (RFC 1459)."""
_CLOSING = re.compile(r"closing link:? .*?\((.*)\)", re.IGNORECASE | re.DOTALL)
NOT_SAFE = "the connection is not encrypted, so the password was not sent"
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
    `proved_by`: the mechanism that has logged us in; PLAIN also stands for NickServ, which is told the same.
    """

    def __init__(self, identity: Identity, wanted: Sequence[str] = WANTED, *, nonce: str = "") -> None:
        self.identity = identity
        self.nick = _without_breaks(identity.nick)
        self.account = ""
        self.proved_by = ""
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
        self._earlier_names: set[str] = set()
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
        nick = _without_breaks(nick)
        if not self.registered:
            self._earlier_names.add(fold(self.nick))
            self.nick = nick
        return [Message("NICK", [nick])]

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
            return self._login_refused(NOT_SAFE)
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
        if login.failed and not self._is_login_due:
            self._login_refused(login.reason, login.account)
        if login.failed:
            return self._go_on()
        self.proved_by = login.by
        self.account = self.account or login.account
        return [*self._retry_name(), *self._go_on()]

    def _retry_name(self) -> list[Message]:
        """The name that was refused to a guest may be ours now."""
        if self.registered or fold(self.nick) not in self._refused_names:
            return []
        self._refused_names.clear()
        return [Message("NICK", [self.nick])]

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
            login, self._login = self._login, None
            self._login_refused(_NO_LOGIN, login.account)
        return sent + self._go_on()

    def _unknown_command(self, message: Message) -> list[Message]:
        """That the server doesn't know CAP needs no answer: it welcomes us without."""
        if not self._asked_nickserv or message.params[1:2] != ["NICKSERV"]:
            return []
        self._asked_nickserv = False
        return self._login_refused(_NO_LOGIN)

    def _bad_subcommand(self, _message: Message) -> list[Message]:
        return [] if self._capabilities.is_listed else self._end()

    def _name_refused(self, message: Message) -> list[Message]:
        about = {fold(param) for param in message.params[1:-1]}
        if self.registered or (about & self._earlier_names and fold(self.nick) not in about):
            # About a name for which another one has been given since.
            return []
        self._refused_names.add(fold(self.nick))
        suggestion = self._suggest(message.command == numerics.ERR_ERRONEUSNICKNAME)
        self._events.append(NameRefused(self.nick, _words(message), suggestion))
        return []

    def _suggest(self, is_malformed: bool) -> str:
        def is_refused(name: str) -> bool:
            return fold(name) in self._refused_names

        if not is_malformed:
            return suggest(self.nick, is_refused)
        # Something that all servers take: a short name in ASCII.
        ascii_only = unicodedata.normalize("NFKD", self.nick).encode("ascii", "ignore").decode()
        return suggest(ascii_only[:_SHORT_NICK], is_refused, _SHORT_NICK)

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
            self.proved_by = "PLAIN" if self._asked_nickserv else self.proved_by
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
    numerics.ERR_UNKNOWNCOMMAND: Registration._unknown_command,
    numerics.ERR_INVALIDCAPCMD: Registration._bad_subcommand,
    numerics.RPL_LOGGEDIN: Registration._logged_in,
    numerics.RPL_LOGGEDOUT: Registration._logged_out,
    **dict.fromkeys(_NAME_REFUSED, Registration._name_refused),
    **dict.fromkeys(_KEPT_OUT, Registration._kept_out),
}


def _names(message: Message) -> set[str]:
    return {word.partition("=")[0] for word in message.params[-1].split()}


def _words(message: Message) -> str:
    text = printable(message.params[-1]).strip() if message.params else ""
    return clip(text, _LONGEST_REASON) or "the server gave no reason"


def _without_breaks(text: str) -> str:
    """Fit for one line, whatever was typed or stored."""
    return text.translate({0: None, 10: " ", 13: None})
