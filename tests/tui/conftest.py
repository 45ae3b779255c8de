"""A server for the tests that try the whole terminal client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from serving import RunningServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with usual settings (and neither flood protection nor a lobby) that a module's tests share."""
    with RunningServer(tmp_path_factory.mktemp("server")) as running:
        yield running
