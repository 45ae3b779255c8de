"""Times as IRCv3 writes them (server-time): UTC with milliseconds, such as 2026-01-31T12:00:00.000Z."""

from __future__ import annotations

from datetime import UTC, datetime


def to_timestamp(time_ms: int) -> str:
    """Unix milliseconds → the form of server-time."""
    moment = datetime.fromtimestamp(time_ms // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time_ms % 1000:03d}Z"


def from_timestamp(text: str) -> int | None:
    """The form of server-time → Unix milliseconds, or None for anything else."""
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
    except ValueError:
        return None
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)
