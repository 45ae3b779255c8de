"""A session: one client's connection as the hub sees it, from its first line to its last.

Owns what belongs to the connection and not to the person: capabilities, output queue, registration under way, and
the order of its commands. Knows no socket: net gives it lines and takes its output.

Commands of a session run one after another. A command starts when all facts that earlier ones proposed have been
applied; only messages may follow each other without waiting (Command.pipelined), and no more than WINDOW of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from hubbub.core.capability import RENEGOTIATED, Capability, Frame, frame_line, profile_for
from hubbub.core.client_batch import ClientBatch, hear
from hubbub.core.command import is_pipelined
from hubbub.core.delivery import enter, leave
from hubbub.core.reply import Reply, label_of
from hubbub.irc.numerics import ERR_INPUTTOOLONG
from hubbub.irc.wire import MAX_CLIENT_TAGS, BadLine, Message, parse, parse_tags

if TYPE_CHECKING:
    from hubbub.core.accounts import Account
    from hubbub.core.hub import Hub
    from hubbub.core.model import User

WINDOW = 128
"""Messages of one session that may be on their way to the disk at the same time."""

Part = TypeVar("Part")


class Link(Protocol):
    """The connection beneath a session."""

    def flush(self) -> None:
        """Write what the session has queued."""

    def resume(self) -> None:
        """The session takes lines again."""

    def close(self) -> None:
        """Send what is queued, then close."""


class Session:
    """One connection. Before registration `user` is None."""

    __slots__ = (
        "_batches",
        "_parts",
        "_running",
        "_waiting",
        "account",
        "batch",
        "caps",
        "closed",
        "debt",
        "fd",
        "fingerprint",
        "frame",
        "host",
        "hub",
        "id",
        "in_order",
        "ip",
        "is_operator",
        "leaving",
        "link",
        "negotiating",
        "out",
        "password_given",
        "peer_address",
        "pending",
        "profile",
        "secure",
        "since_ms",
        "user",
        "version",
        "wanted_nick",
        "wanted_user",
    )

    def __init__(
        self,
        hub: Hub,
        link: Link,
        *,
        ip: str,
        peer_address: str,
        secure: bool = False,
        frame: Frame = frame_line,
    ) -> None:
        self.hub = hub
        self.link = link
        self.id = hub.next_session_id()
        self.ip = ip
        self.peer_address = peer_address
        self.host = hub.host_shown_for(ip)
        self.secure = secure
        self.since_ms = hub.clock()
        self.frame = frame
        self.caps = 0
        self.version = 301
        self.profile = profile_for(0, frame)
        self.out: list[bytes] = []
        """Queued output. The list itself stays the same: audiences hold it."""
        self.fd = -1
        """The socket, while net may write to it directly (hubbub.fanout); -1 otherwise."""
        self.user: User | None = None
        self.account: Account | None = None
        """Whom it has logged in as."""
        self.fingerprint = ""
        """SHA-256 of its TLS client certificate, lower-case hex; "" without one."""
        self.is_operator = False
        """Whether OPER was given on this very connection."""
        self.negotiating = False
        self.wanted_nick = ""
        self.wanted_user: tuple[str, str] | None = None
        self.password_given = False
        self.pending = 0
        """Facts proposed by this session that have not been applied yet."""
        self.debt = 0
        """What its commands have cost beyond one each, until net takes it off the flood budget."""
        self.in_order = False
        """Whether something other than messages is under way, so that even a message has to wait."""
        self.leaving: str | None = None
        """The reason, once the connection is on its way out."""
        self.closed = False
        self.batch: ClientBatch | None = None
        """What this client has opened with BATCH, until it closes it."""
        self._waiting: Message | None = None
        self._running = False
        self._batches = 0
        self._parts: dict[type, object] = {}

    @property
    def display_nick(self) -> str:
        """How numerics address this client: its nick, or * before registration."""
        return self.user.nick if self.user else self.wanted_nick or "*"

    @property
    def busy(self) -> bool:
        """Whether further lines must wait in the connection."""
        return self._running or self._waiting is not None or self.pending >= WINDOW

    @property
    def idle(self) -> bool:
        """Whether nothing of what it said is still under way."""
        return not self._running and self._waiting is None and not self.pending

    def has(self, capability: Capability) -> bool:
        return bool(self.caps & capability.bit)

    def part(self, kind: type[Part]) -> Part:
        """A feature's own record about this connection, made at first use."""
        found = self._parts.get(kind)
        if found is None:
            found = self._parts[kind] = kind()
        return found  # type: ignore[return-value]  # the key is the value's type

    def next_batch(self) -> str:
        """A reference tag for a batch, unique in this connection."""
        self._batches += 1
        return f"b{self._batches}"

    # -- out ------------------------------------------------------------------------------------------------

    def send(self, line: str) -> None:
        """Queue one line (without CR LF) for this client alone."""
        self.out.append(self.frame(line))
        self.hub.outbox.mark(self)

    def set_caps(self, caps: int) -> None:
        """Change the negotiated capabilities; standing audiences are told."""
        rooms = list(self.user.channels.values()) if self.user else []
        for channel in rooms:
            leave(channel.audience, self)
        before, self.caps = self.caps, caps
        self.profile = profile_for(caps, self.frame)
        for channel in rooms:
            enter(channel.audience, self)
        # A group that was left this turn is no longer flushed for this session.
        self.hub.outbox.mark(self)
        for watcher in RENEGOTIATED:
            watcher(self, before)

    # -- in -------------------------------------------------------------------------------------------------

    def receive(self, line: bytes) -> None:
        """Take one line without its line end. Call only while not busy."""
        if self.leaving is not None or not self._fits(line):
            return
        try:
            message = parse(line.decode())
        except UnicodeDecodeError:
            reply = Reply(self, label_of(self, Message(_verb(line), tags=_tags(line))))
            reply.fail(_verb(line), "INVALID_UTF8", "This server takes UTF-8 only; the line was dropped")
            reply.done()
            self.lose_line()
            return
        except BadLine:
            if line:
                self.lose_line()
            return
        self.take(message)

    def take(self, message: Message) -> None:
        """Run a command now, or once what is under way has been applied."""
        if self.pending and (self.in_order or not is_pipelined(message.command)):
            self._waiting = message
            return
        hear(self, message)

    def _fits(self, line: bytes) -> bool:
        # message-tags: 4,096 bytes for the tags with @ and space, and the announced length for the rest, each its own.
        if len(line) <= self.hub.settings.limits.line - 2 and len(line) <= MAX_CLIENT_TAGS:
            return True
        tags = line.find(b" ") + 1 if line.startswith(b"@") else 0
        if tags <= MAX_CLIENT_TAGS and len(line) - tags <= self.hub.settings.limits.line - 2:
            return True
        Reply(self).numeric(ERR_INPUTTOOLONG, "Input line was too long and has been dropped")
        self.lose_line()
        return False

    def lose_line(self) -> None:
        """A line could not be read: a batch that lacks it must not be taken for the whole."""
        if self.batch is not None:
            self.batch.lose_line()

    def started(self) -> None:
        """An asynchronous command has begun; nothing else of this session runs meanwhile."""
        self._running = True

    def finished(self) -> None:
        """The asynchronous command has ended."""
        self._running = False
        self._go_on()

    def settled(self) -> None:
        """One of its facts has been applied or refused."""
        self.pending -= 1
        if not self.pending:
            self.in_order = False
        self._go_on()

    def _go_on(self) -> None:
        if self.pending == 0 and not self._running:
            if self._waiting is not None:
                message, self._waiting = self._waiting, None
                if self.leaving is None:
                    hear(self, message)
            if self.leaving is not None and self.idle:
                self.hub.depart(self)
        if not self.busy and not self.closed:
            self.link.resume()


def _tags(line: bytes) -> dict[str, str]:
    """The tags of a line that is not UTF-8 somewhere."""
    front = line.partition(b" ")[0].decode(errors="replace")
    return parse_tags(front[1:]) if front.startswith("@") else {}


def _verb(line: bytes) -> str:
    """The command of a line that is not UTF-8, as far as it can be named in an answer; else *."""
    words = [word for word in line.split(b" ", 3) if not word.startswith((b"@", b":"))]
    return words[0].decode().upper() if words and words[0].isalpha() and len(words[0]) < 32 else "*"
