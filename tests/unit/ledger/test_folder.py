"""One server at a time holds a data folder."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hubbub.core.ledger import LedgerError
from hubbub.ledger.folder import lock_folder

HOLD = """
import sys, pathlib
from hubbub.ledger.folder import lock_folder
with lock_folder(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_folder_is_made_for_its_owner(tmp_path: Path) -> None:
    with lock_folder(tmp_path / "deep" / "data"):
        assert (tmp_path / "deep" / "data").is_dir()
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "deep" / "data").stat().st_mode) == 0o700


def test_a_second_lock_says_who_holds_it(tmp_path: Path) -> None:
    with lock_folder(tmp_path), pytest.raises(LedgerError) as refusal:
        lock_folder(tmp_path)
    assert str(refusal.value) == (
        f"{tmp_path} is in use by another hubbub server (pid {os.getpid()}); "
        "stop it or choose another folder with --data."
    )


def test_a_lock_let_go_can_be_taken(tmp_path: Path) -> None:
    lock = lock_folder(tmp_path)
    lock.close()
    lock.close()
    lock_folder(tmp_path).close()


def test_the_lock_of_a_killed_server_is_gone(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline().strip() == b"held"
        with pytest.raises(LedgerError, match=rf"pid {other.pid}"):
            lock_folder(tmp_path)
        other.kill()
    lock_folder(tmp_path).close()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match=r"Can't use .*file/data as the data folder"):
        lock_folder(tmp_path / "file" / "data")
