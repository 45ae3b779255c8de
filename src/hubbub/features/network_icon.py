"""draft/ICON: an image that stands for the network.  https://ircv3.net/specs/extensions/network-icon"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.capability import isupport

if TYPE_CHECKING:
    from hubbub.config import Settings


def _icon(settings: Settings) -> str | bool:
    # Modern IRC, RPL_ISUPPORT: a value may not hold these two as they are.
    return settings.server.icon.replace("\\", "\\x5C").replace("=", "\\x3D") or False


isupport("draft/ICON", _icon)
