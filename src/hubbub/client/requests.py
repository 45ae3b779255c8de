"""Requests: what we asked the server, and which of its lines is the answer.

Owns labels (labeled-response), and for servers without them the ways to tell an answer all the same. Knows no sockets
and no clock, and not what an answer means. Called by Session for every message and every whole batch.

On servers with labels an answer is what carries the label: one line, one batch, or ACK. On others
1. a question of which we know how its answer ends (_SHAPES) is over when that has come, in the order of asking;
2. after every other command a PING is sent: when its PONG comes, whatever there was to say has been said;
3. an error belongs to the oldest request that it can be about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from hubbub.client.batches import Batch
from hubbub.irc import numerics
from hubbub.irc.names import fold
from hubbub.irc.text import clip, printable
from hubbub.irc.wire import Message

PATIENCE_MS = 30_000
_MOST_OPEN = 1_000
_MOST_ANSWERS = 20_000
"""Lines of one answer without a batch, such as that of LIST; the rest is not kept."""
_LONGEST_FAILURE = 400
_NO_ANSWER = "the server did not answer"
_TOO_MANY = "too much waits for the server"

_OTHER_ERRORS = frozenset(
    {
        numerics.RPL_TRYAGAIN,
        numerics.ERR_INVALIDMODEPARAM,
        numerics.ERR_TOOMANYKNOCK,
        numerics.ERR_CHANOPEN,
        numerics.ERR_KNOCKONCHAN,
        numerics.ERR_NOPRIVS,
        numerics.ERR_MONLISTFULL,
        numerics.ERR_NICKLOCKED,
        numerics.ERR_SASLFAIL,
        numerics.ERR_SASLTOOLONG,
        numerics.ERR_SASLABORTED,
        numerics.ERR_SASLALREADY,
    }
)
"""Errors beside 400 to 599."""
_TALKING = frozenset({"PRIVMSG", "NOTICE", "TAGMSG", "BATCH"})
_AUTHENTICATE = frozenset({"AUTHENTICATE"})
_ERRORS_OF = {
    numerics.ERR_CANNOTSENDTOCHAN: _TALKING,
    numerics.ERR_NORECIPIENT: _TALKING,
    numerics.ERR_NOTEXTTOSEND: _TALKING,
    numerics.ERR_NOMOTD: frozenset({"MOTD"}),
    numerics.ERR_NONICKNAMEGIVEN: frozenset({"NICK"}),
    numerics.ERR_UNKNOWNMODE: frozenset({"MODE"}),
    numerics.ERR_UMODEUNKNOWNFLAG: frozenset({"MODE"}),
    numerics.ERR_HELPNOTFOUND: frozenset({"HELP", "HELPOP"}),
    numerics.ERR_INVALIDCAPCMD: frozenset({"CAP"}),
    numerics.ERR_NICKLOCKED: _AUTHENTICATE,
    numerics.ERR_SASLFAIL: _AUTHENTICATE,
    numerics.ERR_SASLTOOLONG: _AUTHENTICATE,
    numerics.ERR_SASLABORTED: _AUTHENTICATE,
    numerics.ERR_SASLALREADY: _AUTHENTICATE,
}
"""Errors that say by their number what they can be about."""
_STANDARD = frozenset({"FAIL", "WARN", "NOTE"})


@dataclass(slots=True, eq=False)
class Request:
    """Something asked. `done`: there is nothing more to come; `failed`: it was refused or lost, `failure` says why."""

    label: str
    command: str
    params: list[str]
    asked_ms: int = 0
    labelled: bool = True
    answers: list[Message | Batch] = field(default_factory=list)
    done: bool = False
    failed: bool = False
    failure: str = ""
    _callbacks: list[Callable[[Request], None]] = field(default_factory=list, repr=False)

    def then(self, callback: Callable[[Request], None]) -> None:
        """Call it when this is done, which may be now."""
        if self.done:
            callback(self)
        else:
            self._callbacks.append(callback)

    def messages(self) -> Iterator[Message]:
        """The lines of the answers, out of all batches."""
        for answer in self.answers:
            if isinstance(answer, Batch):
                yield from answer.flat()
            else:
                yield answer

    def add(self, answer: Message | Batch) -> None:
        if len(self.answers) < _MOST_ANSWERS:
            self.answers.append(answer)

    def finish(self, failure: str = "") -> None:
        """Once; `failure`: why it came to nothing."""
        if self.done:
            return
        self.done = True
        self.failed = bool(failure)
        self.failure = failure
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback(self)


class Requests:
    """Of one connection: the labels are used once."""

    def __init__(self) -> None:
        self._open: dict[str, Request] = {}
        self._asked = 0

    def __len__(self) -> int:
        return len(self._open)

    def ask(self, *messages: Message, labels: bool, now_ms: int) -> tuple[list[Message], Request]:
        """What to send for this command (or this batch of lines, which is one), and the promise of an answer.

        `labels`: the server has labeled-response.
        """
        self._asked += 1
        label = f"r{self._asked:x}"
        first, *rest = messages
        request = Request(label, first.command, list(first.params), now_ms, labels)
        self._open[label] = request
        if labels:
            tagged = Message(first.command, first.params, first.source, first.tags | {"label": label})
            sent = [tagged, *rest]
        else:
            is_fenced = request.command != "PING" and _shape(request) is None
            sent = [*messages, *([Message("PING", [label])] if is_fenced else [])]
        if len(self._open) > _MOST_OPEN:
            self._finish(next(iter(self._open.values())), _TOO_MANY)
        return sent, request

    def received(self, message: Message | Batch) -> Request | None:
        """The request that this answers, wholly or in part; None: nobody asked for it."""
        label = message.label if isinstance(message, Batch) else message.tags.get("label", "")
        request = self._open.get(label)
        if request is not None and request.labelled:
            if not _is_ack(message):
                request.add(message)
            self._finish(request, _failure_in(message))
            return request
        return self._unlabelled(message)

    def drop(self, request: Request, reason: str) -> None:
        """It was not sent after all."""
        self._finish(request, reason)

    def give_up(self, reason: str) -> None:
        """The connection is lost: nothing that is open will be answered."""
        for request in list(self._open.values()):
            self._finish(request, reason)

    def expire(self, now_ms: int) -> None:
        for request in list(self._open.values()):
            if now_ms - request.asked_ms >= PATIENCE_MS:
                self._finish(request, _NO_ANSWER)

    def _finish(self, request: Request, failure: str = "") -> None:
        self._open.pop(request.label, None)
        request.finish(failure)

    # -- without labels -------------------------------------------------------------------------------------

    def _unlabelled(self, message: Message | Batch) -> Request | None:
        waiting = [request for request in self._open.values() if not request.labelled]
        for request in waiting:
            step = _step(request, message)
            if step is None:
                continue
            if step.is_answer:
                request.add(message)
            if step.is_end:
                self._finish(request, step.failure)
            return request
        return None


class _Step(NamedTuple):
    """What a message is to a request that it belongs to."""

    is_answer: bool = True
    is_end: bool = False
    failure: str = ""


def _step(request: Request, message: Message | Batch) -> _Step | None:
    shape = _shape(request)
    if isinstance(message, Batch):
        if shape is None or message.type not in shape.batches:
            return None
        return _Step(is_end=True) if _is_about(shape, request, message.params) else None
    if is_error(message) and _is_error_of(request, message):
        return _Step(is_end=True, failure=words(message))
    if message.command in _STANDARD:
        return _Step() if message.params[:1] == [request.command] else None
    if shape is None:
        return _step_of_fence(request, message)
    params = message.params[1:] if message.command.isdigit() else message.params
    if message.command in shape.ends and _is_about(shape, request, params):
        return _Step(is_end=True)
    return _Step() if message.command in shape.parts and _is_about(shape, request, params) else None


def _step_of_fence(request: Request, message: Message) -> _Step | None:
    """A PING is its own fence."""
    is_ping = request.command == "PING"
    token = request.params[-1:] if is_ping else [request.label]
    is_over = message.command == "PONG" and message.params[-1:] == token
    return _Step(is_answer=is_ping, is_end=True) if is_over else None


def _is_about(shape: _Shape, request: Request, params: list[str]) -> bool:
    """Whether the answer names what was asked about; where either names nothing, the order decides."""
    if not shape.subject or not params:
        return True
    return bool(request.params) and fold(params[0]) == fold(_subject(request))


def _subject(request: Request) -> str:
    """WHOIS <server> <nick>, CHATHISTORY LATEST <room> …, and for all others the first parameter."""
    if request.command == "WHOIS":
        return request.params[-1]
    return request.params[1 if request.command == "CHATHISTORY" and len(request.params) > 1 else 0]


def _is_error_of(request: Request, message: Message) -> bool:
    if message.command == "FAIL":
        return message.params[:1] == [request.command]
    commands = _ERRORS_OF.get(message.command)
    if commands is not None:
        return request.command in commands
    about = message.params[1:-1]
    if not about or about[0] == "*":
        # Names nothing, as "Insufficient privileges": the order decides among those that end by order alone.
        return _shape(request) is None
    if about[0].upper() == request.command:
        return True
    named = {fold(name) for param in request.params for name in param.split(",")}
    return any(fold(param) in named for param in about)


def _is_ack(message: Message | Batch) -> bool:
    """The answer of a server that has nothing to say."""
    return isinstance(message, Message) and message.command == "ACK"


# -- what an error says --------------------------------------------------------------------------------------


def is_error(message: Message) -> bool:
    """FAIL, or a numeric that says that something can't be done."""
    command = message.command
    return command == "FAIL" or (command.isdigit() and "400" <= command <= "599") or command in _OTHER_ERRORS


def words(message: Message) -> str:
    """What a server says for people, fit to be shown: the last parameter."""
    text = message.params[-1] if message.params else ""
    if text.startswith("is ") and len(message.params) > 2:
        # 472 z :is unknown mode char to me
        text = f"{message.params[1]} {text}"
    text = printable(text).strip()
    return clip(text, _LONGEST_FAILURE) or "the server refused it"


def _failure_in(answer: Message | Batch) -> str:
    """Why the server refused; "" for an answer without an error. History may hold anything, and is none."""
    if isinstance(answer, Message):
        return words(answer) if is_error(answer) else ""
    if answer.type != "labeled-response":
        return ""
    for message in answer.messages:
        if isinstance(message, Message) and is_error(message):
            return words(message)
    return ""


# -- questions whose end is known ----------------------------------------------------------------------------


class _Shape(NamedTuple):
    """How an answer looks. `ends`: the last line of it (commands); `subject`: its first parameter is the subject."""

    ends: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    batches: frozenset[str] = frozenset()
    subject: bool = True


def _lines(ends: str, parts: str = "", *, subject: bool = True) -> _Shape:
    return _Shape(frozenset(ends.split()), frozenset(parts.split()), subject=subject)


_SHAPES = {
    "WHOIS": _lines("318", "301 276 307 311 312 313 317 319 320 330 335 338 378 379 671 760"),
    "WHOWAS": _lines("369", "301 312 314 330 338"),
    "WHO": _lines("315", "352 354", subject=False),
    "LIST": _lines("323", "321 322", subject=False),
    "MOTD": _lines("376", "372 375", subject=False),
    "HELP": _lines("706", "704 705", subject=False),
    "INFO": _lines("374", "371", subject=False),
    "LINKS": _lines("365", "364", subject=False),
    "VERSION": _lines("351", subject=False),
    "TIME": _lines("391", subject=False),
    "STATS": _lines("219", "211 212 216 242 243"),
    "ISON": _lines("303", subject=False),
    "USERHOST": _lines("302", subject=False),
    "AWAY": _lines("305 306", subject=False),
    "MARKREAD": _lines("MARKREAD"),
    "REGISTER": _lines("REGISTER", subject=False),
    "VERIFY": _lines("VERIFY", subject=False),
    "SEARCH": _Shape(batches=frozenset({"search", "draft/search", "soju.im/search"}), subject=False),
}
_HISTORY = _Shape(batches=frozenset({"chathistory"}))
_TARGETS = _Shape(batches=frozenset({"draft/chathistory-targets", "chathistory-targets"}), subject=False)
_NAMES = _lines("366")
_TOPIC = _lines("331 332")
_MODES = _lines("324")
_OWN_MODES = _lines("221", subject=False)
_INVITATIONS = _lines("337", "336", subject=False)
_WATCHED = _lines("733", "732", subject=False)
_LISTS = {
    "b": _lines("368", "367"),
    "e": _lines("349", "348"),
    "I": _lines("347", "346"),
    "q": _lines("729", "728"),
}


def _shape(request: Request) -> _Shape | None:
    """None: how the answer ends can't be known."""
    special = _SPECIAL.get(request.command)
    if special is not None:
        return special(request.params)
    return _SHAPES.get(request.command)


def _of_topic(params: list[str]) -> _Shape | None:
    return _TOPIC if len(params) == 1 else None


def _of_names(params: list[str]) -> _Shape | None:
    return _NAMES if params and "," not in params[0] else None


def _of_mode(params: list[str]) -> _Shape | None:
    if len(params) == 1:
        return _MODES if params[0][:1] in ("#", "&", "+", "!") else _OWN_MODES
    return _LISTS.get(params[1].lstrip("+")) if len(params) == 2 else None


def _of_history(params: list[str]) -> _Shape:
    return _TARGETS if params and params[0].upper() == "TARGETS" else _HISTORY


def _of_invite(params: list[str]) -> _Shape | None:
    return None if params else _INVITATIONS


def _of_monitor(params: list[str]) -> _Shape | None:
    return _WATCHED if params[:1] in (["L"], ["l"]) else None


_SPECIAL: dict[str, Callable[[list[str]], _Shape | None]] = {
    "TOPIC": _of_topic,
    "NAMES": _of_names,
    "MODE": _of_mode,
    "CHATHISTORY": _of_history,
    "INVITE": _of_invite,
    "MONITOR": _of_monitor,
}
