"""Cloaks: the host that others see for an address.

People on this machine and in its private networks are shown as they are; a public address is replaced by a keyed
hash of it, so that a ban still means one address and nobody learns which.
"""

from __future__ import annotations

import hashlib
import os
from base64 import b32encode
from pathlib import Path

from hubbub.net.addresses import is_local

KEY_BYTES = 32


class Cloak:
    """Called with an address, gives the host to show."""

    def __init__(self, data: Path, show_addresses: str) -> None:
        self._file = data / "cloak.key"
        self._show = show_addresses
        self._key = b""

    def __call__(self, address: str) -> str:
        # A host that begins with a colon would be taken for the last parameter.
        shown = f"0{address}" if address.startswith(":") else address
        if self._show == "all" or is_local(address):
            return shown
        return self._hashed(address)

    def _hashed(self, address: str) -> str:
        digest = hashlib.blake2b(address.encode(), key=self._load(), digest_size=10).digest()
        return f"{b32encode(digest).decode().lower()}.cloaked"

    def _load(self) -> bytes:
        """The key, made at first need and kept, so that bans outlive a restart."""
        if not self._key:
            if not self._file.is_file():
                descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(os.urandom(KEY_BYTES))
            self._key = self._file.read_bytes()
        return self._key
