"""What an image file says besides the picture, taken out: where it was made, with what, by whom, and whatever hangs on.

Works on the container, so the picture itself stays bit by bit what it was, however large it is. Kept is only what is
needed to show it. JPEG: ITU-T T.81, annex B; PNG: RFC 2083 and its successors; WebP: RFC 9649.
"""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Protocol

from hubbub.files.store import finding_room

UPRIGHT = 1


class Damaged(Exception):
    """It is no image of the kind that it begins like."""


class Bytes(Protocol):
    """A file in memory."""

    def __len__(self) -> int: ...
    def __getitem__(self, part: slice, /) -> bytes: ...


Copy = Callable[[Bytes, BinaryIO], int]


def clean(type: str, source: Path, target: Path) -> int:
    """Write the image without what it says besides; gives the orientation that it said (TIFF, 1 to 8)."""
    if type not in _COPIES:
        raise Damaged
    with (
        source.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        finding_room(),
        target.open("wb") as output,
    ):
        try:
            return _COPIES[type](data, output)
        except (struct.error, IndexError) as error:
            raise Damaged from error


# -- JPEG ----------------------------------------------------------------------------------------------------

_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
"""What ends a scan: a marker that is neither a stuffed byte nor a restart."""
SOI, EOI, SOS, COMMENT = b"\xff\xd8", 0xD9, 0xDA, 0xFE
EXIF = b"Exif\0\0"


def _jpeg(data: Bytes, output: BinaryIO) -> int:
    orientation = UPRIGHT
    output.write(SOI)
    at = 2
    while at < len(data):
        at, marker = _marker_at(data, at)
        if marker == EOI:
            break
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:
            output.write(bytes((0xFF, marker)))
            continue
        end = at + struct.unpack(">H", data[at : at + 2])[0]
        if end < at + 2 or end > len(data):
            raise Damaged
        if marker == 0xE1 and data[at + 2 : at + 8] == EXIF:
            orientation = orientation_in(data[at + 8 : end])
        if marker == SOS:
            # What follows is the picture itself, up to the next marker.
            found = _MARKER.search(data, end)  # type: ignore[call-overload]  # a mmap is a buffer
            end = found.start() if found else len(data)
        if _is_needed(marker, data[at + 2 : min(at + 16, end)]):
            output.write(bytes((0xFF, marker)))
            _copy(data, at, end, output)
        at = end
    output.write(bytes((0xFF, EOI)))
    return orientation


def _marker_at(data: Bytes, at: int) -> tuple[int, int]:
    """The marker at a place, with any fill bytes before it; and what comes after it."""
    if data[at : at + 1] != b"\xff":
        raise Damaged
    while data[at : at + 1] == b"\xff":
        at += 1
    marker = data[at : at + 1]
    if not marker or marker == b"\0":
        raise Damaged
    return at + 1, marker[0]


def _is_needed(marker: int, head: bytes) -> bool:
    """JFIF, the colour profile and Adobe's colour transform; of all else that isn't the picture, nothing."""
    if marker == 0xE0:
        return head.startswith(b"JFIF\0")
    if marker == 0xE2:
        return head.startswith(b"ICC_PROFILE\0")
    if marker == 0xEE:
        return head.startswith(b"Adobe")
    return marker != COMMENT and not 0xE0 <= marker <= 0xEF


def orientation_segment(orientation: int) -> bytes:
    """A JPEG segment that says which side is up and nothing else."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    exif = EXIF + b"MM\0*\0\0\0\x08" + struct.pack(">H", 1) + entry + bytes(4)
    return b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif


# -- PNG -----------------------------------------------------------------------------------------------------

PNG_HEAD = b"\x89PNG\r\n\x1a\n"
PNG_CHUNKS = frozenset(
    (
        b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB bKGD hIST pHYs sPLT cICP mDCV cLLI acTL fcTL fdAT"
    ).split()
)


def _png(data: Bytes, output: BinaryIO) -> int:
    orientation, at = UPRIGHT, len(PNG_HEAD)
    output.write(PNG_HEAD)
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        end = at + 12 + size
        if end > len(data):
            raise Damaged
        if kind == b"eXIf":
            orientation = orientation_in(data[at + 8 : min(end - 4, at + 65_536)])
        if kind in PNG_CHUNKS:
            _copy(data, at, end, output)
        at = end
        if kind == b"IEND":
            return orientation
    raise Damaged


# -- WebP ----------------------------------------------------------------------------------------------------

WEBP_CHUNKS = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
SAYS_EXIF, SAYS_XMP = 0x08, 0x04


def _webp(data: Bytes, output: BinaryIO) -> int:
    orientation = UPRIGHT
    whole = min(8 + struct.unpack("<I", data[4:8])[0], len(data))
    output.write(data[:12])
    at = written = 12
    while at + 8 <= whole:
        kind, size = struct.unpack("<4sI", data[at : at + 8])
        end = at + 8 + size + size % 2
        if at + 8 + size > whole:
            raise Damaged
        if kind == b"EXIF":
            orientation = orientation_in(data[at + 8 : min(end, at + 65_536)].removeprefix(EXIF))
        if kind in WEBP_CHUNKS:
            # The last chunk's filling byte is missing in some files.
            head = data[at : min(at + 9, end)]
            if kind == b"VP8X" and size:
                head = head[:8] + bytes((head[8] & ~(SAYS_EXIF | SAYS_XMP),))
            output.write(head)
            _copy(data, at + len(head), min(end, whole), output)
            output.write(bytes(max(end - whole, 0)))
            written += end - at
        at = end
    output.seek(4)
    output.write(struct.pack("<I", written - 8))
    return orientation


# -- all -----------------------------------------------------------------------------------------------------

PIECE = 1 << 20


def _copy(data: Bytes, start: int, end: int, output: BinaryIO) -> None:
    for at in range(start, end, PIECE):
        output.write(data[at : min(at + PIECE, end)])


def orientation_in(tiff: bytes) -> int:
    """Which side is up, as the first directory of a TIFF structure says it; UPRIGHT if it says nothing sensible."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4], "")
    if not order:
        return UPRIGHT
    try:
        at = struct.unpack(f"{order}I", tiff[4:8])[0]
        for entry in range(struct.unpack(f"{order}H", tiff[at : at + 2])[0]):
            start = at + 2 + 12 * entry
            tag, kind, _count, value = struct.unpack(f"{order}HHIH", tiff[start : start + 10])
            if tag == 0x0112 and kind == 3:
                return value if 1 <= value <= 8 else UPRIGHT
    except struct.error:
        return UPRIGHT
    return UPRIGHT


_COPIES: dict[str, Copy] = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}
