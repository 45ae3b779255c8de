"""What a browser is told of a file: nothing by which it would run anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.files.kinds import ANYTHING, IMAGES, content_type, file_type, image_type, is_shown

PNG, JPEG, GIF, WEBP = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\0\0\0\0WEBP"


@pytest.mark.parametrize(
    ("head", "declared", "name", "type"),
    [
        (PNG, "text/html", "x.html", "image/png"),
        (JPEG, "", "", "image/jpeg"),
        (GIF, "", "", "image/gif"),
        (WEBP, "image/png", "", "image/webp"),
        (b"<svg", "image/png", "x.png", ANYTHING),
        (b"<svg", "image/svg+xml", "x.svg", ANYTHING),
        (b"<htm", "text/html; charset=utf-8", "x.txt", ANYTHING),
        (b"<htm", "", "x.html", ANYTHING),
        (b"<htm", "application/xhtml+xml", "x", ANYTHING),
        (b"<?xm", "text/xml", "x", ANYTHING),
        (b"aler", "text/javascript", "x", ANYTHING),
        (b"aler", "", "x.js", ANYTHING),
        (b"%PDF", "application/pdf", "x.pdf", "application/pdf"),
        (b"hell", "text/plain", "x", "text/plain"),
        (b"hell", "text/x-python", "x.py", "text/plain"),
        (b"a,b\n", "text/csv", "x.csv", "text/plain"),
        (b"hell", "application/x-www-form-urlencoded", "x.txt", "text/plain"),
        (b"ID3\x03", "audio/mp3", "x", "audio/mpeg"),
        (b"\0\0\0\0", "video/mp4", "x", "video/mp4"),
        (b"\0\0\0\0", "nonsense", "x", ANYTHING),
        (b"\0\0\0\0", "video/mp4\r\nX: y", "x", ANYTHING),
        (b"\0\0\0\0", "x-special/anything", "x", ANYTHING),
    ],
)
def test_the_type_of_a_file(head: bytes, declared: str, name: str, type: str) -> None:
    assert file_type(head, declared, name) == type


@pytest.mark.parametrize(
    ("type", "shown"), [("text/plain", True), ("application/pdf", False), (ANYTHING, False)]
)
def test_what_is_shown(type: str, shown: bool) -> None:
    assert is_shown(type) == shown


def test_text_is_utf_8() -> None:
    assert content_type("text/plain") == "text/plain; charset=utf-8"
    assert content_type("image/png") == "image/png"


@given(st.binary(max_size=16), st.text(max_size=40), st.text(max_size=20))
def test_nothing_that_runs_has_a_type(head: bytes, declared: str, name: str) -> None:
    type = file_type(head, declared, name)
    assert not any(word in type for word in ("html", "svg", "xml", "script", "css"))
    assert type.isascii()
    assert type.isprintable()
    assert type not in IMAGES or type == image_type(head)
