"""The door: one listening socket for every kind of client.

Accepts, looks at the first bytes without taking them (MSG_PEEK), and gives the socket to the fitting protocol.
Knows kinds of connections, and nothing of what they say afterwards.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, cast

from hubbub.net.certificates import CertificateError
from hubbub.net.client_certificates import LONGEST_HELLO, is_browser
from hubbub.net.line_peer import LinePeer
from hubbub.net.peer import Peer
from hubbub.net.proxy import LONGEST, BadProxyHeader, read_header
from hubbub.net.sniff import Kind, sniff
from hubbub.net.throttle import Throttle

if TYPE_CHECKING:
    from hubbub.config import Listen
    from hubbub.net.network import Network

log = logging.getLogger("hubbub.net")

SILENCE = 1.0
"""Seconds after which somebody who says nothing is taken for a person …"""
SPARE = 12.0
"""… and where a browser is: it opens connections in advance, and gives up after 10 seconds those it had no use for."""
ACCEPTED_PER_TURN = 64
BACKLOG = 1024
PAUSE = 0.5
"""Seconds without accepting when the process is out of file descriptors."""
HANDSHAKE = 10.0
"""Seconds for a TLS handshake."""
LOOK_AGAIN = 0.05
"""Seconds until somebody is looked at again who was said to have more to say, and had not."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a connection comes from: its socket, the client's address and port, and whether it is encrypted."""

    socket: socket.socket
    ip: str
    port: int
    secure: bool = False

    @property
    def peer_address(self) -> str:
        """Such as 192.0.2.7:50412 or [2001:db8::7]:50412."""
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"


def origin_of(sock: socket.socket, address: tuple[str, int]) -> Origin:
    # An IPv4 client at an IPv6 socket is the IPv4 client that it is.
    ip = address[0].partition("%")[0].removeprefix("::ffff:")
    return Origin(sock, ip, address[1])


def said_first(sock: socket.socket) -> bytes:
    """What has come so far, left where it is."""
    try:
        return sock.recv(LONGEST_HELLO, socket.MSG_PEEK)
    except OSError:
        return b""


class Door:
    """One listener."""

    def __init__(
        self,
        network: Network,
        listen: Listen,
        tls: Callable[[bool], ssl.SSLContext],
        throttle: Throttle,
    ) -> None:
        self.network = network
        self.listen = listen
        self.tls = tls
        self.throttle = throttle
        self.socket = self._bind()
        self.port: int = self.socket.getsockname()[1]
        self._tasks: set[asyncio.Task[None]] = set()
        self._sniffing: set[Sniffing] = set()
        self._proxies = [ip_network(proxy) for proxy in listen.proxies]

    def _bind(self) -> socket.socket:
        family, kind, proto, _, address = socket.getaddrinfo(
            self.listen.host, self.listen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        sock = socket.socket(family, kind, proto)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6 and self.listen.host == "::":
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            sock.bind(address)
            sock.listen(BACKLOG)
            sock.setblocking(False)
        except OSError:
            sock.close()
            raise
        return sock

    def open(self) -> None:
        """Begin to accept."""
        self.network.loop.add_reader(self.socket, self._accept)

    def close(self) -> None:
        """Accept nobody any more, and forget those who have not shown yet what they are."""
        if self.socket.fileno() >= 0:
            self.network.loop.remove_reader(self.socket)
            self.socket.close()
        for sniffing in list(self._sniffing):
            sniffing.drop()

    def _accept(self) -> None:
        for _ in range(ACCEPTED_PER_TURN):
            try:
                sock, address = self.socket.accept()
            except (BlockingIOError, InterruptedError):
                return
            except ConnectionAbortedError:
                continue
            except OSError as error:
                log.error("can't accept: %s", error.strerror)
                self._rest()
                return
            try:
                self._receive(sock, address)
            except OSError:
                # It is gone already.
                sock.close()

    def _rest(self) -> None:
        loop = self.network.loop
        loop.remove_reader(self.socket)
        loop.call_later(PAUSE, self._open_again)

    def _open_again(self) -> None:
        if self.socket.fileno() >= 0:
            self.open()

    def _receive(self, sock: socket.socket, address: tuple[str, int]) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        origin = origin_of(sock, address)
        speaks_for_others = self.may_be_proxy(origin.ip)
        if not speaks_for_others and not self.admits(origin):
            return
        if self.listen.kind in ("auto", "tls") or speaks_for_others:
            sniffing = Sniffing(self, origin, admitted=not speaks_for_others)
            self._sniffing.add(sniffing)
            sniffing.look()
        else:
            self.hand_over(origin, Kind(self.listen.kind))

    def may_be_proxy(self, ip: str) -> bool:
        return bool(self._proxies) and any(ip_address(ip) in network for network in self._proxies)

    def admits(self, origin: Origin) -> bool:
        """Whether there is room for one more from there; if not, they are told and sent away."""
        refusal = self.throttle.refusal(origin.ip, self.network.number, self.network.per_address)
        if refusal is None:
            self.network.arrive(origin.ip)
            return True
        log.info("refused from=%s reason=%s", origin.peer_address, refusal)
        with suppress(OSError):
            origin.socket.send(f"ERROR :{refusal}\r\n".encode())
        origin.socket.close()
        return False

    def hand_over(self, origin: Origin, kind: Kind) -> None:
        """Give the socket to the protocol of its kind."""
        task = self.network.loop.create_task(self._start(origin, kind))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _start(self, origin: Origin, kind: Kind) -> None:
        loop = self.network.loop
        try:
            if kind is Kind.TLS:
                secure = replace(origin, secure=True)
                browser = is_browser(said_first(origin.socket))
                await loop.connect_accepted_socket(
                    lambda: Unwrapped(self, secure, Kind.HTTP if browser else Kind.PLAIN),
                    origin.socket,
                    ssl=self.tls(not browser),
                    ssl_handshake_timeout=HANDSHAKE,
                )
            else:
                await loop.connect_accepted_socket(lambda: self.protocol(origin, kind), origin.socket)
                self.network.arrived(origin.ip)
        except CertificateError as error:
            log.error("no encryption: %s", error)
            self.turn_away(origin)
        except OSError as error:
            log.debug("no connection from=%s: %s", origin.peer_address, error)
            self.turn_away(origin)

    def turn_away(self, origin: Origin) -> None:
        """Somebody who was let in has not become a connection."""
        self.network.arrived(origin.ip)
        origin.socket.close()

    def protocol(self, origin: Origin, kind: Kind) -> asyncio.Protocol:
        """The protocol for an unencrypted (or decrypted) connection."""
        if kind is Kind.IRC:
            return Peer(self.network, origin)
        if kind is Kind.HTTP:
            return self.network.web.peer(origin, self)
        return LinePeer(self.network, origin)

    def done(self, sniffing: Sniffing) -> None:
        self._sniffing.discard(sniffing)


class Sniffing:
    """A connection that hasn't shown yet what it is."""

    __slots__ = ("_admitted", "_again", "_deadline", "_has_waited", "_seen", "door", "origin")

    def __init__(self, door: Door, origin: Origin, *, admitted: bool) -> None:
        self.door = door
        self.origin = origin
        self._admitted = admitted
        self._has_waited = False
        """Whether it was given the longer time to say something."""
        self._seen = 0
        self._again: asyncio.TimerHandle | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def look(self) -> None:
        """Peek; decide, or wait for a byte more than there is."""
        sock = self.origin.socket
        try:
            first = sock.recv(LONGEST, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            self._wait(1)
            return
        except OSError:
            self.drop()
            return
        if not first:
            self.drop()
        elif len(first) == self._seen:
            self._look_later()
        else:
            self._seen = len(first)
            self._judge(first)

    def _judge(self, first: bytes) -> None:
        kind = sniff(first)
        if kind is Kind.PROXY and self.door.may_be_proxy(self.origin.ip):
            self._look_behind(first)
        elif kind is None or kind is Kind.PROXY:
            # From anybody else a PROXY header is no way in: what follows is treated as a person's words.
            self._wait(len(first) + 1) if kind is None else self._decide(Kind.PLAIN)
        else:
            self._decide(kind)

    def _look_behind(self, first: bytes) -> None:
        try:
            header = read_header(first)
        except BadProxyHeader as error:
            log.info("refused from=%s reason=%s", self.origin.peer_address, error)
            self.drop()
            return
        if header is None:
            self._wait(len(first) + 1)
            return
        self.origin.socket.recv(header.size)
        self._seen = 0
        if not self._admitted:
            if header.ip:
                self.origin = replace(self.origin, ip=header.ip, port=header.port)
            self._admitted = self.door.admits(self.origin)
        if self._admitted:
            self._wait(1)
        else:
            self._forget()

    def _wait(self, size: int) -> None:
        sock, loop = self.origin.socket, self.door.network.loop
        # Peeking takes nothing, so the socket would stay readable and spin: wake only when there is more.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)
        loop.add_reader(sock, self.look)
        if self._deadline is None:
            self._deadline = loop.call_later(SILENCE, self._silence_is_over)

    def _silence_is_over(self) -> None:
        """Nobody known so far: a person. But a busy loop comes late to its timers, so look a last time."""
        try:
            first = self.origin.socket.recv(LONGEST, socket.MSG_PEEK)
        except OSError:
            first = b""
        if not first and not self._has_waited and self._may_be_browser():
            self._has_waited = True
            self._deadline = self.door.network.loop.call_later(SPARE - SILENCE, self._silence_is_over)
            return
        kind = sniff(first) if first else None
        self._decide(Kind.PLAIN if kind is None or kind is Kind.PROXY else kind)

    def _may_be_browser(self) -> bool:
        # Where only one thing is spoken, nobody is greeted by mistake.
        return self.door.listen.kind == "auto" and self.door.network.expects_browser(self.origin.ip)

    def _look_later(self) -> None:
        """A socket at its end stays readable whatever it is told: don't ask it without pause."""
        loop = self.door.network.loop
        loop.remove_reader(self.origin.socket)
        self._again = loop.call_later(LOOK_AGAIN, self.look)

    def _decide(self, kind: Kind) -> None:
        self._forget()
        if not self._admitted and not self.door.admits(self.origin):
            return
        fixed = self.door.listen.kind
        self.door.hand_over(self.origin, kind if fixed == "auto" else Kind(fixed))

    def _forget(self) -> None:
        sock = self.origin.socket
        for timer in (self._deadline, self._again):
            if timer is not None:
                timer.cancel()
        if sock.fileno() >= 0:
            self.door.network.loop.remove_reader(sock)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        self.door.done(self)

    def drop(self) -> None:
        """It is gone, or unwelcome."""
        self._forget()
        if self._admitted:
            self.door.turn_away(self.origin)
        else:
            self.origin.socket.close()


class Unwrapped(asyncio.Protocol):
    """Inside TLS: looks at the first decrypted bytes, and hands the transport over."""

    def __init__(self, door: Door, origin: Origin, silent: Kind) -> None:
        self.door = door
        self.origin = origin
        self.silent = silent
        """What it is if it says nothing: browsers open connections long before they need them."""
        self.transport: asyncio.Transport
        self._first = b""
        self._deadline: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's, only the same in use.
        self.transport = cast(asyncio.Transport, transport)
        self._deadline = self.door.network.loop.call_later(SILENCE, self._silence_is_over)

    def _silence_is_over(self) -> None:
        network = self.door.network
        if self.silent is Kind.PLAIN and not self._first and network.expects_browser(self.origin.ip):
            self._deadline = network.loop.call_later(SPARE - SILENCE, self._decide, self.silent)
        else:
            self._decide(self.silent)

    def data_received(self, data: bytes) -> None:
        self._first += data
        kind = sniff(self._first)
        if kind is Kind.TLS or kind is Kind.PROXY:
            kind = Kind.PLAIN
        if kind is not None:
            self._decide(kind)

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline.cancel()
        self.door.network.arrived(self.origin.ip)

    def _decide(self, kind: Kind) -> None:
        self._deadline.cancel()
        if self.transport.is_closing():
            return
        protocol = self.door.protocol(self.origin, kind)
        self.transport.set_protocol(protocol)
        protocol.connection_made(self.transport)
        self.door.network.arrived(self.origin.ip)
        if self._first:
            protocol.data_received(self._first)
