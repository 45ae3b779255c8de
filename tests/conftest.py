"""What all tests share."""

from __future__ import annotations

import pytest

from hubworld import World


@pytest.fixture
def world() -> World:
    """A fresh server without sockets."""
    return World()
