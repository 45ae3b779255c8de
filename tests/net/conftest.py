"""Servers for the tests that use real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from serving import RunningServer, Serve


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with usual settings (and neither flood protection nor a lobby) that a module's tests share."""
    with RunningServer(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts servers with settings of their own, on one data folder; they are stopped after the test."""
    with ExitStack() as running:

        def start(settings: dict[str, object] | None = None, **options: Any) -> RunningServer:
            return running.enter_context(RunningServer(tmp_path, settings, **options))

        yield start
