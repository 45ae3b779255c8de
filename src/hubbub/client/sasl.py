"""SASL, the client's side: proving with AUTHENTICATE that an account is ours.

https://ircv3.net/specs/extensions/sasl-3.1 and sasl-3.2. EXTERNAL (the TLS client certificate), SCRAM-SHA-256
(RFC 5802, RFC 7677) and PLAIN (RFC 4616), in this order. Knows no connection. Called by Registration.

1. A password goes out as it is only where that is allowed, and never after SCRAM was tried with it in earnest: a
   server that fails at SCRAM on purpose doesn't get it.
2. With SCRAM the server proves that it knows the password, too; one that doesn't has not logged us in.
3. No password is in any repr, reason or exception.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from hubbub.irc import numerics
from hubbub.irc.text import clip, printable
from hubbub.irc.wire import Message

if TYPE_CHECKING:
    from scramp import ScramClient

CHUNK = 400
"""Base64 characters in one AUTHENTICATE; a full chunk is followed by another."""
_LONGEST_CHALLENGE = 16_384
_LONGEST_REASON = 400
_MOST_ITERATIONS = 600_000
"""Of SCRAM's hash, so that no server makes us calculate for seconds."""

_WRONG = "the name or the password is wrong"
_IMPOSTOR = "the server could not prove that it knows the password: it may be another than it says"
_NONSENSE = "the server's answer to the login makes no sense"
_NOT_SAFE = "passwords are sent only over encrypted connections, and the server knows no other login for them"
_NO_MECHANISM = "the server knows no login that works here"
_ENDS = frozenset(
    {
        numerics.ERR_NICKLOCKED,
        numerics.ERR_SASLFAIL,
        numerics.ERR_SASLTOOLONG,
        numerics.ERR_SASLABORTED,
        numerics.ERR_SASLALREADY,
        numerics.ERR_UNKNOWNCOMMAND,
        numerics.ERR_NOTREGISTERED,
        numerics.ERR_NEEDMOREPARAMS,
        "FAIL",
    }
)


class Hopeless(Exception):
    """The exchange can't go on; the text says why, for people."""


class Mechanism(Protocol):
    """`is_used`: the server could test the password with what it has. `is_proven`: it proved all it has to."""

    is_used: bool
    is_proven: bool

    def answer(self, challenge: bytes) -> bytes:
        """What to say to the server; raises Hopeless."""


class Plain:
    """The password itself."""

    def __init__(self, account: str, password: str) -> None:
        self._account = account
        self._password = password
        self.is_used = False
        self.is_proven = True

    def answer(self, challenge: bytes) -> bytes:
        if self.is_used:
            raise Hopeless(_NONSENSE)
        self.is_used = True
        # An unpaired surrogate is no text; an exception about it would carry the password.
        return f"\0{self._account}\0{self._password}".encode("utf-8", "replace")


class External:
    """The certificate of the connection; whose it is, the server knows."""

    def __init__(self) -> None:
        self.is_used = False
        self.is_proven = True

    def answer(self, challenge: bytes) -> bytes:
        return b""


class Scram:
    """A proof that both sides know the password, without showing it. Raises Hopeless for what can't be one."""

    def __init__(self, account: str, password: str, nonce: str = "") -> None:
        # Imported here: it takes longer than all the rest of a client without an account.
        from scramp import ScramClient, ScramException

        try:
            self._client: ScramClient = ScramClient(
                ["SCRAM-SHA-256"], account, password, c_nonce=nonce or None
            )
        except ScramException:
            raise Hopeless("the name or the password holds characters that none can have") from None
        self._steps = iter((self._first, self._final, self._verify))
        self.is_used = False
        self.is_proven = False

    def answer(self, challenge: bytes) -> bytes:
        from scramp import ScramException

        step = next(self._steps, None)
        if step is None:
            raise Hopeless(_NONSENSE)
        try:
            return step(challenge.decode()).encode()
        except (ScramException, UnicodeDecodeError):
            raise Hopeless(self._why(challenge)) from None

    def _first(self, _challenge: str) -> str:
        return str(self._client.get_client_first())

    def _final(self, challenge: str) -> str:
        self._client.set_server_first(challenge)
        if int(self._client.iterations) > _MOST_ITERATIONS:
            raise Hopeless(_NONSENSE)
        self.is_used = True
        return str(self._client.get_client_final())

    def _verify(self, challenge: str) -> str:
        self._client.set_server_final(challenge)
        self.is_proven = True
        return ""

    def _why(self, challenge: bytes) -> str:
        """RFC 5802, section 7: e= says why the server is not content."""
        if challenge.startswith(b"e="):
            return _WRONG
        return _IMPOSTOR if self.is_used else _NONSENSE


class Login:
    """One attempt. `done`: it is over; `failed`: in vain, and `reason` says why, in words for people.

    `by`: the mechanism that is tried, and in the end the one that it was done by.

    `mechanisms`: what the server offers; empty where it doesn't say. `certificate`: the connection shows one.
    """

    def __init__(
        self,
        account: str,
        password: str,
        *,
        mechanisms: Sequence[str] = (),
        may_send_plain: bool = False,
        certificate: bool = False,
        nonce: str = "",
    ) -> None:
        self.account = account
        self.done = False
        self.failed = False
        self.reason = ""
        self.by = ""
        self._may_send_plain = may_send_plain
        self._offered = {name.upper() for name in mechanisms if name}
        self._makers: dict[str, Callable[[], Mechanism]] = {}
        if certificate:
            self._makers["EXTERNAL"] = External
        if password:
            self._makers["SCRAM-SHA-256"] = lambda: Scram(account, password, nonce)
        if password and may_send_plain:
            self._makers["PLAIN"] = lambda: Plain(account, password)
        self._mechanism: Mechanism | None = None
        self._challenge = ""
        self._is_heard = False

    def start(self) -> list[Message]:
        return self._next("")

    def abort(self, reason: str) -> list[Message]:
        """Stop it; it is done when the server has confirmed that."""
        self.reason = reason
        self._makers = {}
        return [Message("AUTHENTICATE", ["*"])]

    def received(self, message: Message) -> list[Message]:
        if self.done:
            return []
        if message.command == "AUTHENTICATE" and message.params:
            return self._challenged(message.params[0])
        if message.command == numerics.RPL_SASLSUCCESS:
            return self._succeeded()
        if message.command == numerics.RPL_SASLMECHS and len(message.params) > 1:
            self._offered = {name.upper() for name in message.params[1].split(",")}
        elif message.command in _ENDS and _is_about_login(message):
            return self._refused(message)
        return []

    # -- mechanisms -----------------------------------------------------------------------------------------

    def _next(self, reason: str) -> list[Message]:
        """Begin with the best mechanism that is left."""
        for name in [name for name in self._makers if not self._offered or name in self._offered]:
            make = self._makers.pop(name)
            try:
                self._mechanism = make()
            except Hopeless as problem:
                reason = reason or str(problem)
                continue
            self.by = name
            self._challenge = ""
            self._is_heard = False
            return [Message("AUTHENTICATE", [name])]
        return self._fail(self.reason or reason or self._why_none())

    def _why_none(self) -> str:
        is_plain_wanted = "PLAIN" in self._offered and not self._may_send_plain
        return _NOT_SAFE if is_plain_wanted else _NO_MECHANISM

    def _fail(self, reason: str) -> list[Message]:
        self.done = self.failed = True
        self.reason = reason
        self._makers = {}
        self._mechanism = None
        return []

    # -- what the server says -------------------------------------------------------------------------------

    def _challenged(self, chunk: str) -> list[Message]:
        self._is_heard = True
        self._challenge += "" if chunk == "+" else chunk
        if len(self._challenge) > _LONGEST_CHALLENGE:
            return self._give_up(_NONSENSE)
        if len(chunk) == CHUNK or self._mechanism is None or self.reason:
            return []
        whole, self._challenge = self._challenge, ""
        try:
            answer = self._mechanism.answer(b64decode(whole, validate=True))
        except ValueError:
            return self._give_up(_NONSENSE)
        except Hopeless as problem:
            return self._give_up(str(problem))
        return _chunks(answer)

    def _give_up(self, reason: str) -> list[Message]:
        self._fail(reason)
        return [Message("AUTHENTICATE", ["*"])]

    def _succeeded(self) -> list[Message]:
        if self._mechanism is None or not self._mechanism.is_proven:
            return self._fail(self.reason or _IMPOSTOR)
        self.done = True
        self._makers = {}
        self._mechanism = None
        return []

    def _refused(self, message: Message) -> list[Message]:
        if message.command == numerics.ERR_SASLABORTED and not self._is_heard and not self.reason:
            # That was the attempt before this one.
            return []
        reason = clip(printable(message.params[-1]), _LONGEST_REASON) if message.params else ""
        was_tested = self._mechanism is not None and self._mechanism.is_used
        if message.command != numerics.ERR_SASLFAIL or was_tested:
            return self._fail(self.reason or reason or _WRONG)
        return self._next(reason)


def _chunks(data: bytes) -> list[Message]:
    encoded = b64encode(data).decode()
    pieces = [encoded[start : start + CHUNK] for start in range(0, len(encoded), CHUNK)]
    if len(encoded) % CHUNK == 0:
        pieces.append("+")
    return [Message("AUTHENTICATE", [piece]) for piece in pieces]


def _is_about_login(message: Message) -> bool:
    """Of the errors that can be about any command, those about ours."""
    if message.command == "FAIL":
        return message.params[:1] == ["AUTHENTICATE"]
    if message.command in (numerics.ERR_UNKNOWNCOMMAND, numerics.ERR_NEEDMOREPARAMS):
        return message.params[1:2] == ["AUTHENTICATE"]
    return True
