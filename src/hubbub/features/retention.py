"""Retention by room: MODE #room +H <days>.

The mode, its announcement and the removal are in core.retention, for the server calls it, too.
"""

from __future__ import annotations

from hubbub.core.retention import RETENTION

__all__ = ["RETENTION"]
