"""What others see of an address."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.net.cloak import Cloak

PUBLIC = "203.0.113.7"


def test_a_public_address_is_hidden_for_good(tmp_path: Path) -> None:
    cloak = Cloak(tmp_path, "local")
    assert re.fullmatch(r"[a-z2-7]{16}\.cloaked", cloak(PUBLIC))
    assert cloak(PUBLIC) == cloak(PUBLIC)
    assert cloak(PUBLIC) != cloak("203.0.113.8")
    assert Cloak(tmp_path, "local")(PUBLIC) == cloak(PUBLIC), "a ban must mean the same after a restart"
    assert Cloak(tmp_path, "operators")(PUBLIC) == cloak(PUBLIC)


def test_without_the_key_nobody_can_tell(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert Cloak(tmp_path, "local")(PUBLIC) != Cloak(tmp_path / "other", "local")(PUBLIC)


def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    Cloak(tmp_path, "local")(PUBLIC)
    (key,) = tmp_path.iterdir()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_no_key_is_made_before_it_is_needed(tmp_path: Path) -> None:
    Cloak(tmp_path, "local")("192.168.1.7")
    Cloak(tmp_path, "all")(PUBLIC)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("address", ["127.0.0.1", "192.168.1.7", "10.0.0.1", "fe80::1", "fd00::1"])
def test_neighbours_are_shown(tmp_path: Path, address: str) -> None:
    assert Cloak(tmp_path, "local")(address) == address


def test_all_are_shown_if_that_is_wanted(tmp_path: Path) -> None:
    assert Cloak(tmp_path, "all")(PUBLIC) == PUBLIC


@given(st.ip_addresses())
def test_a_host_can_stand_in_a_line(tmp_path_factory: pytest.TempPathFactory, address: object) -> None:
    folder = tmp_path_factory.getbasetemp()
    for shown in (Cloak(folder, "all")(str(address)), Cloak(folder, "local")(str(address))):
        assert re.fullmatch(r"[^:\s][^\s]{0,63}", shown)
