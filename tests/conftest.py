"""What all tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hubworld import World


@pytest.fixture(autouse=True, scope="session")
def private_runtime_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Servers say where they are to the clients of the tests alone, and not to those of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        yield


@pytest.fixture
def world() -> World:
    """A fresh server without sockets."""
    return World()
