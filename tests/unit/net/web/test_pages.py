"""The built client: what is served of it and how, and nothing beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from hubbub.net.web.pages import Built, built

FILES = {
    "index.html": b"<!doctype html>",
    "sw.js": b"self",
    "manifest.webmanifest": b"{}",
    "favicon.svg": b"<svg/>",
    "assets/app-1a2b.js": b"code " * 100,
    "assets/app-1a2b.js.br": b"as brotli",
    "assets/app-1a2b.js.gz": b"as gzip",
    "assets/only.gz": b"an archive of its own",
    ".hidden": b"secret",
    "assets/.vite/manifest.json": b"secret",
}


@pytest.fixture
def client(tmp_path: Path) -> dict[str, Built]:
    for name, body in FILES.items():
        path = tmp_path / "static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    (tmp_path / "outside.txt").write_text("secret")
    return built(tmp_path / "static")


def answer(one: Built, **headers: str) -> Response:
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return one.answer(Request({"type": "http", "method": "GET", "headers": given}))


def test_all_files_are_found_and_no_others(client: dict[str, Built]) -> None:
    assert set(client) == {
        "index.html",
        "sw.js",
        "manifest.webmanifest",
        "favicon.svg",
        "assets/app-1a2b.js",
        "assets/only.gz",
    }


def test_none_if_it_was_not_built(tmp_path: Path) -> None:
    assert built(tmp_path / "nowhere") == {}


@pytest.mark.parametrize(
    ("path", "kind", "caching"),
    [
        ("index.html", "text/html; charset=utf-8", "no-cache"),
        ("sw.js", "text/javascript; charset=utf-8", "no-cache"),
        ("manifest.webmanifest", "application/manifest+json", "no-cache"),
        ("favicon.svg", "image/svg+xml", "no-cache"),
        ("assets/app-1a2b.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
    ],
)
def test_kind_and_caching(client: dict[str, Built], path: str, kind: str, caching: str) -> None:
    response = answer(client[path])
    assert response.body == FILES[path]
    assert response.headers["content-type"] == kind
    assert response.headers["cache-control"] == caching


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.0", None),
        ("", None),
        ("identity", None),
    ],
)
def test_the_best_encoding_that_is_taken(
    client: dict[str, Built], accepted: str, encoding: str | None
) -> None:
    response = answer(client["assets/app-1a2b.js"], accept_encoding=accepted)
    assert response.headers.get("content-encoding") == encoding
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    ending = {"br": ".br", "gzip": ".gz", None: ""}[encoding]
    assert response.body == FILES["assets/app-1a2b.js" + ending]


def test_what_the_browser_has_is_not_sent_again(client: dict[str, Built]) -> None:
    one = client["assets/app-1a2b.js"]
    plain, packed = answer(one).headers["etag"], answer(one, accept_encoding="br").headers["etag"]
    assert plain != packed
    again = answer(one, if_none_match=f'"other", W/{plain}')
    assert (again.status_code, again.body) == (304, b"")
    assert again.headers["etag"] == plain
    assert answer(one, if_none_match=packed).status_code == 200
    assert answer(one, if_none_match=packed, accept_encoding="br").status_code == 304
