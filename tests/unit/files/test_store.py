"""Contents on the disk: each once, no longer than wanted, and nothing left of what a crash or a full disk broke off."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from hubbub.files.store import DiskFull, Store, finding_room
from hubbub.files.unfinished import Announced, Unfinished, restore

HELLO = hashlib.sha256(b"hello").hexdigest()


def make(tmp_path: Path, data: bytes = b"hello", name: str = "new") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def announced(id: str = "abc", length: int = 5, at_ms: int = 1000) -> Announced:
    return Announced(id=id, owner="1-1", by="alice", topic="", name="x", type="", length=length, at_ms=at_ms)


def test_a_content_lies_under_its_digest_once(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    store = Store(folder, lambda _digest: True)
    for _ in range(2):
        store.adopt(make(tmp_path), HELLO)
        store.release(HELLO)
    assert store.path(HELLO) == folder / HELLO[:2] / HELLO[2:]
    assert store.path(HELLO).read_bytes() == b"hello"
    assert [path for path in folder.rglob("*") if path.is_file()] == [store.path(HELLO)]
    assert not (tmp_path / "new").exists()


def test_what_is_about_to_be_wanted_is_not_deleted(tmp_path: Path) -> None:
    store = Store(tmp_path, lambda _digest: False)
    store.adopt(make(tmp_path), HELLO)
    store.discard(HELLO)
    assert store.path(HELLO).exists()
    store.adopt(make(tmp_path), HELLO)
    store.release(HELLO)
    assert store.path(HELLO).exists()
    store.release(HELLO)
    assert not store.path(HELLO).exists()
    store.discard(HELLO)


def test_what_nobody_wants_is_swept(tmp_path: Path) -> None:
    wanted: set[str] = set()
    store = Store(tmp_path, wanted.__contains__)
    other = hashlib.sha256(b"other").hexdigest()
    for data, digest in ((b"hello", HELLO), (b"other", other)):
        store.path(digest).parent.mkdir()
        store.path(digest).write_bytes(data)
    wanted.add(HELLO)
    assert store.sweep() == 1
    assert store.path(HELLO).exists()
    assert not store.path(other).exists()


def test_some_of_the_disk_stays_free(tmp_path: Path) -> None:
    store = Store(tmp_path, lambda _digest: False)
    store.check_room(1)
    with pytest.raises(DiskFull):
        store.check_room(1 << 60)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_told_from_other_trouble(code: int) -> None:
    with pytest.raises(DiskFull), finding_room():
        raise OSError(code, os.strerror(code))
    with pytest.raises(PermissionError), finding_room():
        raise PermissionError(errno.EACCES, "no")


def test_the_digest_is_the_same_however_the_bytes_have_come(tmp_path: Path) -> None:
    upload = Unfinished(tmp_path, announced())
    upload.begin(resumable=True)
    upload.write(b"he")
    upload.write(bytearray(b"xxx"))
    assert upload.is_complete
    upload.take_back(2)
    assert not upload.is_complete
    upload.pause()
    upload.write(b"llo")
    assert upload.digest() == HELLO

    again = Unfinished(tmp_path, announced(id="def"))
    again.begin(resumable=False)
    again.write(b"hello")
    assert again.digest() == HELLO


def test_an_upload_goes_on_after_a_crash(tmp_path: Path) -> None:
    upload = Unfinished(tmp_path, announced())
    upload.begin(resumable=True)
    upload.write(b"hel")
    upload.pause()
    [found] = restore(tmp_path, 0)
    assert (found.announced, found.offset) == (upload.announced, 3)
    found.write(b"lo")
    assert found.digest() == HELLO
    found.drop()
    assert list(tmp_path.iterdir()) == []


def test_what_can_not_be_gone_on_with_is_deleted(tmp_path: Path) -> None:
    whole = Unfinished(tmp_path, announced(id="whole"))
    whole.begin(resumable=False)
    whole.write(b"he")
    whole.pause()
    old = Unfinished(tmp_path, announced(id="old", at_ms=10))
    old.begin(resumable=True)
    long = Unfinished(tmp_path, announced(id="long", length=1))
    long.begin(resumable=True)
    long.write(b"hello")
    long.pause()
    (tmp_path / "broken.json").write_bytes(b"{")
    (tmp_path / "left.clean").write_bytes(b"x")
    (tmp_path / "alone.json").write_bytes((tmp_path / "old.json").read_bytes())
    assert list(restore(tmp_path, 500)) == []
    assert list(tmp_path.iterdir()) == []


def test_what_an_upload_has_become_is_remembered(tmp_path: Path) -> None:
    upload = Unfinished(tmp_path, announced())
    upload.begin(resumable=True)
    upload.remember(
        Announced(id="abc", owner="1", by="a", topic="", name="x", type="", length=5, at_ms=9, file="F")
    )
    upload.path.unlink()
    [found] = restore(tmp_path, 0)
    assert (found.announced.file, found.offset, found.is_complete) == ("F", 5, True)
