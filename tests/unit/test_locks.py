"""Lock files and package settings name packages and their hashes, and no place to fetch them from."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import strip_lock  # noqa: E402 -- found through the path set above

NPM_LOCK = ROOT / "web" / "package-lock.json"
FILES = [
    *sorted(ROOT.glob("requirements*.lock")),
    ROOT / "pyproject.toml",
    NPM_LOCK,
    ROOT / "web" / "package.json",
    ROOT / "web" / ".npmrc",
]
HOST = "https:" + "//host.example"
"""Put together, so that whoever searches the project for addresses of packages finds none."""
PLACES = re.compile(r"://|git\+|\bfunding\b|\bregistry *=|--(?:extra-)?index-url|--find-links|--trusted-host")


def places(text: str) -> list[str]:
    """The lines that name a place."""
    return [line.strip() for line in text.splitlines() if PLACES.search(line)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_place_is_named(path: Path) -> None:
    assert places(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        f'"resolved": "{HOST}/a/-/a-1.0.0.tgz",',
        '"funding": {',
        '"a": "git+ssh://git@example.org/a.git",',
        "registry=//packages.example/npm/",
        "--extra-index-url packages.example",
        "--index-url=packages.example",
        f"a @ {HOST}/a-1.0.whl",
    ],
)
def test_a_place_would_be_found(line: str) -> None:
    assert places(f"first\n  {line}\nlast") == [line]


def test_the_lock_is_as_the_tool_leaves_it() -> None:
    assert strip_lock.stripped(NPM_LOCK.read_text(encoding="utf-8")) == NPM_LOCK.read_text(encoding="utf-8")


def test_a_new_lock_loses_addresses_and_keeps_hashes_and_links(tmp_path: Path) -> None:
    package = {"version": "1.0.0", "resolved": f"{HOST}/a.tgz", "integrity": "sha512-AA=="}
    link = {"resolved": "parts/b", "link": True}
    lock = {
        "lockfileVersion": 3,
        "packages": {
            "": {"name": "web"},
            "node_modules/a": package | {"funding": {"url": HOST}},
            "node_modules/b": link,
        },
    }
    path = tmp_path / "package-lock.json"
    path.write_text(json.dumps(lock))
    strip_lock.main([str(path)])
    left = json.loads(path.read_text())["packages"]
    assert left == {
        "": {"name": "web"},
        "node_modules/a": {"version": "1.0.0", "integrity": "sha512-AA=="},
        "node_modules/b": link,
    }
