"""Servers and browsers for the tests of the browser client.

Where Chromium or the built client is missing these tests are skipped, and say why; with HUBBUB_TESTS=all (.ci/run) that
is a failure.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn

import pytest

from serving import RunningServer, Serve

ROOT = Path(__file__).parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
browsing = pytest.importorskip("browsing")


def missing(what: str) -> NoReturn:
    if os.environ.get("HUBBUB_TESTS") == "all":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def client() -> None:
    """The built client, fresh; of several test processes one builds it."""
    tool = ROOT / "tools" / "build_web.py"
    with (ROOT / "tests" / "web" / "conftest.py").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run([sys.executable, str(tool)], capture_output=True, text=True, check=False)
    if done.returncode:
        missing(done.stderr.strip() or "the browser client can't be built")


@pytest.fixture(scope="module")
def playwright(client: None) -> Iterator[Any]:
    """Per module: it keeps an event loop running in this thread, which other tests could not bear."""
    if not Path(browsing.CHROMIUM).exists():
        missing("chromium is not installed")
    with playwright_api.sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Any) -> Iterator[Any]:
    started = browsing.launched(playwright)
    yield started
    started.close()


@pytest.fixture
def serve(client: None, tmp_path: Path) -> Iterator[Serve]:
    """Starts servers with settings of their own, on one data folder; they are stopped after the test."""
    with ExitStack() as running:

        def start(settings: dict[str, object] | None = None, **options: Any) -> RunningServer:
            return running.enter_context(RunningServer(tmp_path / "server", settings, **options))

        yield start


@pytest.fixture
def visit(browser: Any) -> Iterator[Any]:
    """Somebody with a fresh profile; nothing may go wrong on their page that they don't know of."""
    visitors: list[Any] = []

    def begin(server: RunningServer, name: str = "", path: str = "/", **options: Any) -> Any:
        context = browser.new_context(**({"viewport": browsing.DESK} | options))
        visitor = browsing.Visitor(context, server, closes=context.close)
        visitors.append(visitor)
        if name:
            visitor.enter(name, path)
        return visitor

    yield begin
    problems = [problem for visitor in visitors for problem in visitor.problems]
    for visitor in visitors:
        visitor.close()
    assert not problems


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, which finds what hinders people."""
    if not AXE.is_file():
        missing("axe-core is not installed: cd web && npm ci")
    return AXE.read_text()
