"""A peer: one connection with a session, and the way of its bytes in and out.

In: bytes → lines, at most one read's worth of them waiting. While the session is busy, or the sender has used up
its flood budget, the peer's own socket is paused; nobody else waits for it.
Out: what the session has queued is joined into one write per turn of the loop. A reader that is too slow for that
has its bytes kept by the transport, up to the send-queue limit, and is cut off beyond. Who asks for more than they
read is not heard until they have read it.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import deque
from time import perf_counter
from typing import TYPE_CHECKING, cast

from hubbub.core.capability import frame_line
from hubbub.core.reply import Reply
from hubbub.core.session import Session
from hubbub.irc.numerics import ERR_INPUTTOOLONG
from hubbub.irc.text import printable
from hubbub.irc.wire import MAX_CLIENT_TAGS
from hubbub.net.client_certificates import fingerprint_of
from hubbub.net.sniff import is_http

if TYPE_CHECKING:
    from hubbub.core.capability import Frame
    from hubbub.net.door import Origin
    from hubbub.net.network import Network

log = logging.getLogger("hubbub.net")

LINES_PER_TURN = 64
"""Lines of one peer handled before others get their turn …"""
SECONDS_PER_TURN = 0.005
"""… or as many as this takes, as some answers are long …"""
ANSWERS_PER_TURN = 512
"""… or as many as have so much output waiting: it is sent before there is more."""
UNREAD = 262_144
"""Bytes that the other side hasn't taken yet, from which on it is not asked for further lines."""
ENDLESS = 65_536
"""Bytes of a single line after which it is no mistake any more and the connection is closed."""
GRACE = 5.0
"""Seconds that a closing connection has to take what is queued for it."""


class Peer(asyncio.Protocol):
    """A connection that speaks IRC."""

    __slots__ = (
        "_again",
        "_born",
        "_closing",
        "_discarding",
        "_eof",
        "_fd",
        "_heard_at",
        "_lines",
        "_paused",
        "_pinged",
        "_since",
        "_tail",
        "_tokens",
        "_tokens_at",
        "_unread",
        "network",
        "origin",
        "session",
        "transport",
    )

    def __init__(self, network: Network, origin: Origin) -> None:
        self.network = network
        self.origin = origin
        self.transport: asyncio.Transport
        self.session: Session
        self._fd = -1
        """The socket, if it may be written to directly while nothing waits in the transport."""
        self._tail = b""
        self._lines: deque[bytes] = deque()
        self._discarding = 0
        self._paused = False
        self._closing = False
        self._eof = False
        self._again: asyncio.Handle | None = None
        self._born = self._heard_at = self._since = self._tokens_at = network.loop.time()
        self._tokens = float(network.settings.flood.burst)
        self._pinged = False
        self._unread = False
        """Whether it is left unheard until it has read what it asked for."""

    # -- the connection -------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's, only the same in use.
        self.transport = cast(asyncio.Transport, transport)
        self._open(frame_line)

    def _open(self, frame: Frame) -> None:
        """From here on there is a session."""
        hub, origin = self.network.hub, self.origin
        self.session = Session(
            hub,
            self,
            ip=origin.ip,
            peer_address=origin.peer_address,
            secure=origin.secure,
            frame=frame,
        )
        if origin.secure:
            self.session.fingerprint = fingerprint_of(self.transport.get_extra_info("ssl_object"))
        if self.writes_directly and not self.origin.secure and sys.platform != "win32":
            self._fd = self.session.fd = self.origin.socket.fileno()
        # Any backlog counts, so that pause_writing tells at once when a direct send would overtake it.
        self.transport.set_write_buffer_limits(high=0)
        hub.connect(self.session)
        self.network.add(self, origin.ip)
        log.info("connected connection=%d from=%s kind=%s", self.session.id, origin.peer_address, self.kind)

    kind = "irc"
    writes_directly = True
    """Whether what the session queues is what goes over the wire."""

    def connection_lost(self, exc: Exception | None) -> None:
        self._closing = True
        self._write_no_more()
        self._lines.clear()
        self._tail = b""
        self.network.remove(self, self.origin.ip)
        self.network.hub.disconnect(self.session, str(exc) if exc else "Connection closed")
        log.info("closed connection=%d reason=%s", self.session.id, printable(self.session.leaving or ""))

    def eof_received(self) -> bool:
        """The other side has said all it has to say: hear it out, then let it go."""
        if self._closing:
            return False
        self._eof = True
        if not self._paused:
            self._work()
        return not self.origin.secure

    # -- in -------------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        if self._closing:
            return
        now = self.network.loop.time()
        self._heard_at = now
        self._pinged = False
        if self._tail:
            data = self._tail + data
        else:
            self._since = now
        lines = data.split(b"\n")
        self._tail = lines.pop()
        if lines:
            self._since = now
            if self._discarding:
                self._discarding = 0
                del lines[0]
            self._lines.extend(lines)
        if len(self._tail) > self._longest():
            self._drop_tail()
        if self._again is None:
            self._work()

    @property
    def _half_heard(self) -> bool:
        """Whether a line has begun and not ended yet."""
        return bool(self._tail)

    def _longest(self) -> int:
        """Bytes of the longest line that can still be right, with its CR."""
        return MAX_CLIENT_TAGS + self.network.settings.limits.line

    def _drop_tail(self) -> None:
        """An unfinished line is too long already: say so once, and forget it as it comes."""
        if not self._discarding:
            Reply(self.session).numeric(ERR_INPUTTOOLONG, "Input line was too long and has been dropped")
            self.session.lose_line()
        self._discarding += len(self._tail)
        self._tail = b" "
        if self._discarding > ENDLESS:
            self.end("A line without an end")

    def _work(self) -> None:
        """Handle what has come, as far as the session, the flood budget and fairness allow."""
        self._again = None
        self._unread = self._has_work and self._reads_too_slowly()
        if not self._unread:
            self._take_turn()
        self._pause_or_resume()
        if self._eof and not self._has_work and self.session.idle:
            self._heard_out()

    def _take_turn(self) -> None:
        end = perf_counter() + SECONDS_PER_TURN
        for _ in range(LINES_PER_TURN):
            if not self._may_go_on():
                return
            self._next()
            # The loop's own clock may stand still meanwhile.
            if perf_counter() > end or len(self.session.out) > ANSWERS_PER_TURN:
                break
        if self._has_work and self._again is None:
            self._work_later(0)

    def _reads_too_slowly(self) -> bool:
        if self._closing or self.session.fd >= 0:
            return False
        # A quarter, as one answer may take half of what may wait.
        return self.transport.get_write_buffer_size() > min(
            UNREAD, self.network.settings.limits.send_queue // 4
        )

    def _has_read(self) -> None:
        """The transport has less to write, or says so: TLS tells of it by either call."""
        if self._unread and not self._reads_too_slowly():
            self._heard_at = self._since = self.network.loop.time()
            self.resume()

    def _heard_out(self) -> None:
        """All is done that was said before the end of its input."""
        self.network.hub.disconnect(self.session, "Connection closed")

    @property
    def _has_work(self) -> bool:
        """Whether anything that came in is still to be handled."""
        return bool(self._lines)

    def _may_go_on(self) -> bool:
        if not self._lines or self.session.busy or self.session.leaving is not None:
            return False
        return not self.network.settings.flood.enabled or self._afford()

    def _next(self) -> None:
        """Handle one line."""
        line = self._lines.popleft()
        if self.session.user is None and self._is_a_browser(line):
            return
        self.session.receive(line[:-1] if line.endswith(b"\r") else line)

    def _is_a_browser(self, line: bytes) -> bool:
        """Whatever is HTTP never becomes chat, also where it came too late for the door, or at a door for chat only."""
        if not is_http(line):
            return False
        self._lines.clear()
        self.end("That is HTTP, and this is a chat")
        return True

    def _afford(self) -> bool:
        """Take one token; without one, come back when there is."""
        flood = self.network.settings.flood
        now = self.network.loop.time()
        self._tokens = min(flood.burst, self._tokens + (now - self._tokens_at) * flood.rate)
        self._tokens_at = now
        if self.session.debt:
            self._tokens -= self.session.debt
            self.session.debt = 0
        if self._tokens >= 1:
            self._tokens -= 1
            return True
        if self._again is None:
            self._work_later((1 - self._tokens) / flood.rate)
        return False

    def _work_later(self, delay: float) -> None:
        loop = self.network.loop
        self._again = loop.call_later(delay, self._work) if delay else loop.call_soon(self._work)

    def _pause_or_resume(self) -> None:
        wanted = self._has_work
        if wanted != self._paused and not self.transport.is_closing():
            self._paused = wanted
            if wanted:
                self.transport.pause_reading()
            else:
                self.transport.resume_reading()

    def resume(self) -> None:
        """The session takes lines again (Link). Not at once: we may be deep inside the hub."""
        if self._again is None and (self._has_work or self._eof):
            self._work_later(0)

    # -- out ------------------------------------------------------------------------------------------------

    @property
    def waiting(self) -> int:
        """Bytes that the other side has not taken yet (Connection)."""
        return self.transport.get_write_buffer_size()

    def flush(self) -> None:
        """Write what the socket didn't take at once (Link)."""
        out = self.session.out
        data = b"".join(out)
        out.clear()
        self.write(data)

    def write(self, data: bytes) -> None:
        """Hand bytes to the transport, which keeps them in order; until it has none left, all goes that way."""
        if not data or self._closing:
            return
        self.session.fd = -1
        self.transport.write(data)
        waiting = self.transport.get_write_buffer_size()
        if not waiting:
            self.session.fd = self._fd
        elif waiting > self.network.settings.limits.send_queue:
            self._cut_off()

    def _cut_off(self) -> None:
        """It reads too slowly. That a session which ends so has a last word doesn't make it one more."""
        if self.session.leaving is None:
            log.info("cut off connection=%d reason=send queue", self.session.id)
            self.network.cut_off += 1
            self.network.hub.disconnect(self.session, "Send queue exceeded: the client reads too slowly")
        self.transport.abort()

    def pause_writing(self) -> None:
        self.session.fd = -1
        self._has_read()

    def resume_writing(self) -> None:
        self.session.fd = self._fd
        self._has_read()

    def _write_no_more(self) -> None:
        """From here on the number of the socket may become somebody else's."""
        self._fd = self.session.fd = -1

    def close(self) -> None:
        """Send what is queued, then close (Link)."""
        if self._closing:
            return
        self.flush()
        self._closing = True
        self._write_no_more()
        self._lines.clear()
        self._tail = b""
        self._let_go()
        # A reader that takes nothing would keep a closing transport open for ever.
        self.network.loop.call_later(GRACE, self.transport.abort)

    def _let_go(self) -> None:
        """Nothing more will be written, and nothing heard."""
        if (self._paused or self._discarding) and self.transport.can_write_eof():
            # RFC 9112, 9.6: closing with something unread resets the connection, and the reason may not arrive.
            self.transport.write_eof()
            if self._paused:
                self.transport.resume_reading()
        else:
            self.transport.close()

    # -- the clock and the end ------------------------------------------------------------------------------

    def check(self, now: float) -> None:
        """Find out about silent clients, half lines and registrations that don't end (Connection)."""
        time = self.network.settings.time
        user = self.session.user
        if self._paused:
            # It is we who don't listen: a PONG or the rest of a line may be waiting. Who reads nothing is silent.
            self._since = now
            self._heard_at = self._heard_at if self._unread else now
        if self._half_heard and now - self._since > time.registration:
            self.end("Your line has no end")
        elif user is None:
            if now - self._born > time.registration:
                self.end("Registration timed out")
        elif time.idle and self.network.hub.clock() - user.last_spoke_ms > time.idle * 1000:
            self.end("Nothing said for too long")
        else:
            self._check_silence(now - self._heard_at)

    def _check_silence(self, silence: float) -> None:
        time = self.network.settings.time
        if silence > time.ping_interval + time.ping_timeout and self._pinged:
            self.end(f"Ping timeout: {int(silence)} seconds")
        elif silence > time.ping_interval and not self._pinged:
            self._pinged = True
            self.session.send(f"PING :{self.network.hub.name}")

    def end(self, reason: str) -> None:
        """Say why, and close (Connection)."""
        if self.session.leaving is None and not self._closing:
            self.session.send(f"ERROR :Closing link: {self.session.host} ({reason})")
        self.network.hub.disconnect(self.session, reason)
