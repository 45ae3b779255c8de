"""How often one address may ask for links that aren't there."""

from __future__ import annotations

from hubbub.net.web import invites
from hubbub.net.web.invites import SECONDS, STRIKES, Strikes


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_an_address_has_so_many_strikes_within_the_time() -> None:
    clock = Clock()
    strikes = Strikes(clock)
    for _ in range(STRIKES):
        assert not strikes.are_too_many("192.0.2.1")
        strikes.add("192.0.2.1")
        clock.now += SECONDS / STRIKES / 2
    assert strikes.are_too_many("192.0.2.1")
    assert not strikes.are_too_many("192.0.2.2")
    clock.now += SECONDS / 2
    assert not strikes.are_too_many("192.0.2.1")


def test_whoever_has_one_ipv6_address_has_the_network() -> None:
    strikes = Strikes(Clock())
    for number in range(STRIKES):
        strikes.add(f"2001:db8::{number:x}")
    assert strikes.are_too_many("2001:db8::ffff:1")
    assert not strikes.are_too_many("2001:db8:1::1")


def test_what_is_remembered_has_a_limit() -> None:
    strikes = Strikes(Clock())
    for number in range(invites.REMEMBERED + 10):
        strikes.add(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(strikes._times) == invites.REMEMBERED


def test_old_strikes_are_forgotten() -> None:
    clock = Clock()
    strikes = Strikes(clock)
    strikes.add("192.0.2.1")
    clock.now += SECONDS
    assert not strikes.are_too_many("192.0.2.1")
    assert strikes._times == {}
