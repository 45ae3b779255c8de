"""What all tests share. Because it stands here, this directory is on the path and `hubworld` is found."""

from __future__ import annotations

import pytest

from hubworld import World


@pytest.fixture
def world() -> World:
    """A fresh server without sockets."""
    return World()
