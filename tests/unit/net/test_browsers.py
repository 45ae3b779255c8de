"""Where browsers are, and how long the door waits for somebody silent from there; on a clock that the test moves."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.config import load
from hubbub.net import browsers
from hubbub.net.browsers import RECENT, Browsers
from hubbub.net.door import SILENCE, SPARE, Door, Origin, Sniffing, Unwrapped
from hubbub.net.network import Network
from hubbub.net.sniff import Kind

HERE = "192.0.2.7"
THERE = "198.51.100.7"


# -- the books -----------------------------------------------------------------------------------------------


def test_while_one_is_there_and_for_a_while_after() -> None:
    known = Browsers()
    assert not known.are_at(HERE, 0)
    known.come(HERE)
    known.come(HERE)
    known.go(HERE, 100)
    assert known.are_at(HERE, 1000)
    known.go(HERE, 1000)
    assert known.are_at(HERE, 1000 + RECENT)
    assert not known.are_at(HERE, 1000.1 + RECENT)
    assert not known.are_at(THERE, 1000)


def test_those_long_gone_are_forgotten() -> None:
    known = Browsers()
    for number in range(100):
        known.come(f"{number}")
        known.go(f"{number}", number * RECENT)
    assert len(known) <= 3


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsers, "REMEMBERED", 10)
    known = Browsers()
    for number in range(100):
        known.come(f"{number}")
        known.go(f"{number}", 0)
    assert len(known) == 10
    assert known.are_at("99", 1)
    assert not known.are_at("0", 1)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 20))))
def test_it_is_as_counted(steps: list[tuple[str, bool, int]]) -> None:
    known, now = Browsers(), 0
    number = dict.fromkeys("abc", 0)
    last = dict.fromkeys("abc", -1000)
    for address, comes, later in steps:
        now += later
        if comes:
            known.come(address)
            number[address] += 1
        elif number[address]:
            known.go(address, now)
            number[address] -= 1
            last[address] = now
        for one in "abc":
            assert known.are_at(one, now) == (number[one] > 0 or now - last[one] <= RECENT)


class Loop:
    """Time that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, act: Callable[..., None], *args: Any) -> Timer:
        self.timers.append(Timer(self.now + delay, lambda: act(*args)))
        return self.timers[-1]

    def add_reader(self, *_args: Any) -> None:
        """Who has something to say is looked at by the test."""

    remove_reader = add_reader

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        for timer in [timer for timer in self.timers if timer.due <= self.now]:
            self.timers.remove(timer)
            if not timer.cancelled:
                timer.act()


class Timer:
    def __init__(self, due: float, act: Callable[[], None]) -> None:
        self.due = due
        self.act = act
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Connection(SimpleNamespace):
    kind: str
    __hash__ = object.__hash__


# -- the door ------------------------------------------------------------------------------------------------


class World:
    """A door that notes what it takes a connection for."""

    def __init__(self, kind: str = "auto") -> None:
        self.loop = Loop()
        self.network = Network(load(None, {}, {}), cast(asyncio.AbstractEventLoop, self.loop))
        self.taken_for: list[Kind] = []
        self.ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        self.origin = Origin(theirs, HERE, 50_412)
        self.door = cast(
            Door,
            SimpleNamespace(
                network=self.network,
                listen=SimpleNamespace(kind=kind),
                may_be_proxy=lambda _ip: False,
                done=lambda _sniffing: None,
                hand_over=lambda _origin, kind: self.taken_for.append(kind),
                protocol=self._protocol,
            ),
        )

    def _protocol(self, _origin: Origin, kind: Kind) -> asyncio.Protocol:
        self.taken_for.append(kind)
        return asyncio.Protocol()

    def browses(self, address: str = HERE, kind: str = "http") -> Connection:
        connection = Connection(kind=kind)
        self.network.add(cast(Any, connection), address)
        return connection

    def close(self) -> None:
        self.ours.close()
        self.origin.socket.close()


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


def silent(world: World) -> Sniffing:
    """A connection that has come in and says nothing."""
    sniffing = Sniffing(world.door, world.origin, admitted=True)
    sniffing.look()
    return sniffing


def test_the_silent_are_greeted_after_a_second(world: World) -> None:
    world.browses(THERE)
    world.browses(HERE, "irc")
    silent(world)
    world.loop.pass_time(SILENCE)
    assert world.taken_for == [Kind.PLAIN]


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_where_a_browser_is_they_are_given_more_time(world: World, kind: str) -> None:
    silent(world)
    world.browses(kind=kind)
    world.loop.pass_time(SILENCE)
    world.loop.pass_time(SPARE - SILENCE - 0.1)
    assert world.taken_for == []
    world.loop.pass_time(0.1)
    assert world.taken_for == [Kind.PLAIN]


def test_where_a_browser_was_a_moment_ago_too(world: World) -> None:
    world.network.remove(cast(Any, world.browses()), HERE)
    world.loop.pass_time(RECENT - SILENCE)
    silent(world)
    world.loop.pass_time(SILENCE)
    assert world.taken_for == []


def test_what_comes_late_on_a_spare_connection_is_answered(world: World) -> None:
    world.browses()
    sniffing = silent(world)
    world.loop.pass_time(SILENCE)
    world.ours.send(b"GET / HTTP/1.1\r\n")
    sniffing.look()
    assert world.taken_for == [Kind.HTTP]
    world.loop.pass_time(SPARE)
    assert world.taken_for == [Kind.HTTP]


def test_who_has_said_something_is_no_spare_connection(world: World) -> None:
    world.browses()
    world.ours.send(b"NIC")
    silent(world)
    world.loop.pass_time(SILENCE)
    assert world.taken_for == [Kind.PLAIN]


def test_a_network_of_ipv6_is_one_address(world: World) -> None:
    world.browses("2001:db8::1")
    assert world.network.expects_browser("2001:db8::2")
    assert not world.network.expects_browser("2001:db8:0:1::2")


def test_where_only_one_thing_is_spoken_nobody_waits() -> None:
    world = World("tls")
    world.browses()
    silent(world)
    world.loop.pass_time(SILENCE)
    assert world.taken_for == [Kind.TLS]
    world.close()


# -- inside TLS ----------------------------------------------------------------------------------------------


def unwrapped(world: World, silent: Kind) -> Unwrapped:
    world.network.arrive(HERE)
    made = Unwrapped(world.door, world.origin, silent)
    transport = SimpleNamespace(is_closing=lambda: False, set_protocol=lambda _protocol: None)
    made.connection_made(cast(asyncio.BaseTransport, transport))
    return made


def test_inside_tls_it_is_the_same(world: World) -> None:
    unwrapped(world, Kind.PLAIN)
    world.loop.pass_time(SILENCE)
    assert world.taken_for == [Kind.PLAIN]
    world.browses()
    spare = unwrapped(world, Kind.PLAIN)
    world.loop.pass_time(SILENCE)
    assert world.taken_for == [Kind.PLAIN]
    spare.data_received(b"GET / HTTP/1.1\r\n")
    unwrapped(world, Kind.PLAIN)
    world.loop.pass_time(SILENCE)
    world.loop.pass_time(SPARE - SILENCE)
    assert world.taken_for == [Kind.PLAIN, Kind.HTTP, Kind.PLAIN]


def test_who_says_that_it_is_a_browser_is_one_at_once(world: World) -> None:
    world.browses()
    unwrapped(world, Kind.HTTP)
    world.loop.pass_time(SILENCE)
    assert world.taken_for == [Kind.HTTP]
