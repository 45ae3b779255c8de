"""The two inner loops of delivery. A leaf: core appends with one, net sends with the other.

A small C module does the same where a compiler was there when hubbub was installed; the functions here are what
they mean, and serve everywhere else. HUBBUB_PURE=1 in the environment chooses them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Protocol, TypeVar


class Sender(Protocol):
    """What sending needs of a session."""

    out: list[bytes]
    """What is queued."""
    fd: int
    """The non-blocking socket that may be written to directly, or -1 if the session's link has to do it."""


S = TypeVar("S", bound=Sender)


def append_to_all(outs: Mapping[Any, list[bytes]], data: bytes) -> None:
    """Append the same bytes to every list among the values."""
    for out in outs.values():
        out.append(data)


def send_pending(sessions: Iterable[S]) -> list[S]:
    """Send what each session has queued, joined into one write.

    The result are the sessions that are not finished: they can't be written to directly, or their socket didn't
    take everything, and `out` holds what it left.
    """
    left: list[S] = []
    for session in sessions:
        if session.fd < 0 or (session.out and not _sent(session)):
            left.append(session)
    return left


def _sent(session: Sender) -> bool:
    out = session.out
    data = out[0] if len(out) == 1 else b"".join(out)
    try:
        sent = os.write(session.fd, data)
    except OSError:
        # Whatever it was, the ordinary way of writing will meet it again.
        sent = 0
    out[:] = [data[sent:]] if sent < len(data) else []
    return sent == len(data)


pure_append_to_all, pure_send_pending = append_to_all, send_pending

if not os.environ.get("HUBBUB_PURE"):
    with suppress(ImportError):
        # mypy can't see a compiled module, which takes the place of the functions above.
        from hubbub._fanout import append_to_all, send_pending  # type: ignore[import-not-found,no-redef]
