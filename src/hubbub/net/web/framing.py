"""WebSocket frames as the server sends them: never masked, so one encoding of a line serves everybody (RFC 6455, 5.2).

Pure. `frame_text` and `frame_binary` are framings of a Profile; the rest is for the peer.
"""

from __future__ import annotations

import struct

TEXT = 0x81
BINARY = 0x82
CLOSE = 0x88
PONG = 0x8A
LONGEST_REASON = 123
"""Bytes of the reason in a close frame: a control frame holds 125, and two are the code."""


def frame(kind: int, data: bytes) -> bytes:
    """A whole message in one frame."""
    size = len(data)
    if size < 126:
        return bytes((kind, size)) + data
    if size < 65_536:
        return struct.pack("!BBH", kind, 126, size) + data
    return struct.pack("!BBQ", kind, 127, size) + data


def frame_text(line: str) -> bytes:
    """The framing of text.ircv3.net: each line a text frame, without CR LF."""
    return frame(TEXT, line.encode())


def frame_binary(line: str) -> bytes:
    """The framing of binary.ircv3.net."""
    return frame(BINARY, line.encode())


def frame_close(code: int, reason: str) -> bytes:
    short = reason.encode()[:LONGEST_REASON].decode(errors="ignore")
    return frame(CLOSE, struct.pack("!H", code) + short.encode())


def frame_pong(data: bytes) -> bytes:
    return frame(PONG, data)
