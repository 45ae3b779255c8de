"""METADATA: keys and values of people and rooms (display-name, avatar, status …), and being told when they change.

https://ircv3.net/specs/extensions/metadata (draft/metadata-2) and its successor draft/metadata-3, as proposed in
https://github.com/ircv3/ircv3-specifications/pull/613: other error codes, numerics for news, batches at more places.

Everybody sets their own, room operators their room's. A room that one may not see is answered like one that isn't
there, and of a room's members only those are told whom NAMES would show. What a connection subscribes to is its own
affair and this node's.
"""

from __future__ import annotations

from hubbub.features.metadata import commands

__all__ = ["commands"]
