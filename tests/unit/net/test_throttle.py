"""How often and how many at once, on a clock that the test moves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import pytest

from hubbub.config import load
from hubbub.net import throttle
from hubbub.net.network import Network
from hubbub.net.throttle import Throttle

if TYPE_CHECKING:
    from hubbub.net.network import Connection

HERE = "127.0.0.1"
THERE = "198.51.100.7"


class Silent:
    kind = "irc"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def made(clock: Clock, **settings: object) -> Throttle:
    flags = {name.replace("__", "."): value for name, value in settings.items()}
    return Throttle(load(None, {}, flags), clock)


def come(throttle: Throttle, ip: str, times: int) -> list[bool]:
    """Whether each was let in."""
    return [throttle.refusal(ip, 0, {}) is None for _ in range(times)]


def test_so_many_in_so_many_seconds() -> None:
    clock = Clock()
    door = made(clock, throttle__connections=3, throttle__seconds=10.0)
    assert come(door, THERE, 5) == [True, True, True, False, False]
    assert come(door, "198.51.100.8", 1) == [True]
    clock.now += 9.9
    assert come(door, THERE, 1) == [False]
    clock.now += 0.2
    assert come(door, THERE, 4) == [True, True, True, False]


def test_the_window_slides() -> None:
    clock = Clock()
    door = made(clock, throttle__connections=2, throttle__seconds=10.0)
    assert come(door, THERE, 1) == [True]
    clock.now += 6
    assert come(door, THERE, 2) == [True, False]
    clock.now += 6
    assert come(door, THERE, 2) == [True, False]


def test_exempt_networks_and_off() -> None:
    assert all(come(made(Clock(), throttle__connections=1), HERE, 10))
    assert all(come(made(Clock(), throttle__connections=1, throttle__enabled=False), THERE, 10))
    assert all(come(made(Clock(), throttle__connections=1, throttle__exempt=["198.51.100.0/24"]), THERE, 10))
    assert not all(come(made(Clock(), throttle__connections=1, throttle__exempt=[]), HERE, 10))


def test_numbers_at_once() -> None:
    door = made(Clock(), limits__connections=5, limits__connections_per_address=2)
    assert door.refusal(HERE, 4, {HERE: 1}) is None
    assert door.refusal(HERE, 5, {}) == "The server is full; try again later"
    assert door.refusal(HERE, 4, {HERE: 2}) == "Too many connections from your address"
    assert made(Clock()).refusal(HERE, 4, {HERE: 1000}) is None


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "REMEMBERED", 10)
    door = made(Clock(), throttle__connections=1)
    for number in range(11):
        come(door, f"198.51.100.{number}", 1)
    assert come(door, "198.51.100.0", 1) == [True], "the first has been forgotten"
    assert come(door, "198.51.100.10", 1) == [False]


def test_a_network_of_ipv6_counts_as_one_address() -> None:
    door = made(Clock(), throttle__connections=2, limits__connections_per_address=2)
    assert come(door, "2001:db8::1", 1) == come(door, "2001:db8::2", 1) == [True]
    assert come(door, "2001:db8::3", 1) == [False]
    assert come(door, "2001:db8:0:1::3", 1) == [True]
    loop = asyncio.new_event_loop()
    network = Network(load(None, {}, {}), loop)
    loop.close()
    for number in range(2):
        network.add(cast("Connection", Silent()), f"2001:db8:9::{number}")
    assert door.refusal("2001:db8:9::9", 2, network.per_address) == "Too many connections from your address"
    assert door.refusal("2001:db8:a::9", 2, network.per_address) is None
