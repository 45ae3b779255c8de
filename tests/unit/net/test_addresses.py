"""Which addresses are local, and which of this machine's are told to others."""

from __future__ import annotations

import pytest

from hubbub.net.addresses import is_any, is_local, is_loopback, lan_addresses


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.31.0.1",
        "192.168.1.1",
        "169.254.1.1",
        "::1",
        "fd00::1",
        "fe80::1%eth0",
        "::ffff:192.168.1.1",
    ],
)
def test_local(address: str) -> None:
    assert is_local(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "172.32.0.1", "2001:db8::1", "::ffff:8.8.8.8", "0.0.0.0", "example.org", "", "*"]
)
def test_not_local(address: str) -> None:
    assert not is_local(address)


def test_loopback_and_any() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "192.168.1.1", "::", "example.org")))
    assert all(map(is_any, ("0.0.0.0", "::")))
    assert not any(map(is_any, ("127.0.0.1", "::1", "localhost")))


def test_this_machines_addresses_are_such_that_others_can_use_them() -> None:
    found = lan_addresses()
    assert len(found) == len(set(found))
    assert not any(is_loopback(address) or is_any(address) for address in found)
