"""Where a file from the web is put, whatever others call it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hubbub.client.downloading import Download, Failed, downloads_folder, name_in, safe_name
from hubbub.client.http import Answer, Asking, NoAnswer


@given(st.text(max_size=300))
@example("../../etc/passwd")
@example("." * 10)
@example("a\u202egnp.exe")
@example("x" * 300 + ".tar.gz")
@example("日" * 200 + ".png")
@example("con.txt")
def test_a_name_stays_in_its_folder(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert safe not in (".", "..")
    assert not safe.startswith(".")
    assert not set(safe) & set('/\\:*?"<>|\x00\n\x1b\u202e')
    assert len(safe.encode()) <= 140
    assert Path("folder", safe).parent == Path("folder")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("my cat.png", "my cat.png"),
        ("../../.bashrc", "_.._.bashrc"),
        (".profile", "profile"),
        ("a/b\\c.txt", "a_b_c.txt"),
        ("nul.txt", "_nul.txt"),
        ("", "file"),
        ("...", "file"),
    ],
)
def test_safe_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_the_name_in_a_link() -> None:
    assert name_in("https://x/f/a/my%20cat.png?x=1") == "my cat.png"
    assert name_in("https://x/f/a/..%2F..%2Fetc%2Fpasswd") == "_.._etc_passwd"
    assert name_in("https://x/") == "file"


def test_where_downloads_go(tmp_path: Path) -> None:
    assert downloads_folder({"XDG_DOWNLOAD_DIR": str(tmp_path)}) == tmp_path
    assert downloads_folder({}).is_absolute()


def fetch(folder: Path, *answers: tuple[Answer, bytes], name: str = "a.txt") -> Path:
    left = list(answers)

    async def http(asking: Asking) -> Answer:
        asked.append(asking.url)
        answer, content = left.pop(0)
        asking.on_head(answer)
        if asking.sink is not None and answer.status == 200:
            await asking.sink(content)
        return answer

    asked: list[str] = []
    return asyncio.run(Download(http, "https://x/f/a/a.txt", folder, name).run())


OK = Answer(200, {"content-length": "4"})


def test_never_over_another_file(tmp_path: Path) -> None:
    names = [fetch(tmp_path / "new", (OK, content)).name for content in (b"one", b"two", b"three")]
    assert names == ["a.txt", "a (2).txt", "a (3).txt"]
    assert [(tmp_path / "new" / name).read_bytes() for name in names] == [b"one", b"two", b"three"]


def test_not_through_a_link_that_lies_there(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "victim")
    assert fetch(tmp_path, (OK, b"x")).name == "a (2).txt"
    assert not (tmp_path / "victim").exists()


def test_follows_a_few_redirects_but_not_out_of_encryption(tmp_path: Path) -> None:
    moved = Answer(302, {"location": "/g/b"})
    assert fetch(tmp_path / "a", (moved, b""), (OK, b"x")).read_bytes() == b"x"
    for answers, words in (
        ([(Answer(302, {"location": "http://y/"}), b"")], "without encryption"),
        ([(moved, b"")] * 4, "without end"),
        ([(Answer(404, {}), b"")], "not there any more"),
        ([(Answer(500, {}), b"")], r"\(500\)"),
    ):
        with pytest.raises(Failed, match=words):
            fetch(tmp_path / "b", *answers)
        assert list((tmp_path / "b").iterdir()) == []


def test_nothing_is_left_of_half_a_file(tmp_path: Path) -> None:
    async def breaks(asking: Asking) -> Answer:
        assert asking.sink is not None
        await asking.sink(b"half")
        raise NoAnswer("the connection was lost")

    with pytest.raises(NoAnswer):
        asyncio.run(Download(breaks, "https://x/a", tmp_path).run())
    assert list(tmp_path.iterdir()) == []


def test_no_folder_to_write_to(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Failed, match="Nothing can be written to"):
        fetch(tmp_path / "file", (OK, b"x"))
