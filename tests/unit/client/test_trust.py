"""Remembered certificates: what is known outlives the client, and nothing else counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from hubbub.client.settings import Settings
from hubbub.client.trust import VERIFIED, Trust

ONE = ":".join(["0A"] * 32)
OTHER = ":".join(["F1"] * 32)


def trust(folder: Path) -> Trust:
    return Trust(Settings.load(folder / "chat.toml"))


def test_what_is_remembered_is_known_to_the_next_client(tmp_path: Path) -> None:
    first = trust(tmp_path)
    assert first.known("h", 1313) == ""
    first.remember("h", 1313, ONE)
    first.remember("h", 6697, VERIFIED)
    again = trust(tmp_path)
    assert (again.known("H", 1313), again.known("h", 6697), again.known("h", 1)) == (ONE, VERIFIED, "")


def test_forgetting(tmp_path: Path) -> None:
    first = trust(tmp_path)
    first.remember("h", 1313, ONE)
    first.forget("h", 1313)
    assert trust(tmp_path).known("h", 1313) == ""
    first.forget("nobody", 1)
    assert "nobody" not in (tmp_path / "chat.toml").read_text()


def test_it_holds_for_all_accounts_on_the_server(tmp_path: Path) -> None:
    path = tmp_path / "chat.toml"
    path.write_text('[servers.a]\nhost = "h"\n[servers.b]\nhost = "h"\n')
    trust(tmp_path).remember("h", 1313, OTHER)
    assert [server.fingerprint for server in Settings.load(path).servers.values()] == [OTHER, OTHER]


def test_a_fingerprint_may_be_written_in_small_letters(tmp_path: Path) -> None:
    (tmp_path / "chat.toml").write_text(f'[servers.a]\nhost = "h"\nfingerprint = "{ONE.lower()}"\n')
    assert trust(tmp_path).known("h", 1313) == ONE


def test_nonsense_is_not_remembered(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a SHA-256 fingerprint"):
        trust(tmp_path).remember("h", 1313, "AB")


def test_what_cannot_be_written_holds_until_the_end_and_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    held = Trust(Settings(path=tmp_path / "file" / "chat.toml"))
    held.remember("h", 1313, ONE)
    assert held.known("h", 1313) == ONE
    assert "can't be written" in held.problem
