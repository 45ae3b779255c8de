"""What kind of thing a file is, and what a browser may do with it. Pure.

What a client says is believed only as far as it does no harm: an image is one if it begins like one, and what a
browser would run is never given a type by which it does.
"""

from __future__ import annotations

import mimetypes
import re

ANYTHING = "application/octet-stream"
TEXT = "text/plain"
SHOWN = frozenset(
    {
        TEXT,
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/avif",
        "audio/aac",
        "audio/flac",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "audio/opus",
        "audio/wav",
        "audio/webm",
        "video/mp4",
        "video/ogg",
        "video/webm",
    }
)
"""Types that a browser may show in place; it runs nothing of them."""
IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Known by their first bytes; nothing else is given these types."""
PASSIVE = frozenset(
    {
        "application/gzip",
        "application/json",
        "application/pdf",
        "application/vnd.debian.binary-package",
        "application/x-7z-compressed",
        "application/x-tar",
        "application/x-xz",
        "application/zip",
        "application/zstd",
        "image/heic",
        "image/heif",
        "video/quicktime",
        "video/x-matroska",
    }
)
"""Types that are told, for whoever downloads it."""
ACTIVE_TEXTS = (
    "html",
    "xml",
    "javascript",
    "ecmascript",
    "css",
    "xsl",
    "cache-manifest",
    "vcard",
    "calendar",
)
UNSAID = frozenset({"", ANYTHING, "application/x-www-form-urlencoded", "multipart/form-data"})
"""What programs say that don't know."""
_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,80}")
OTHER_NAMES = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/x-flac": "audio/flac",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "application/ogg": "audio/ogg",
    "application/x-zip-compressed": "application/zip",
}


def image_type(head: bytes) -> str:
    """Of an image that is known by its first 12 bytes; "" for all else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    return ""


def file_type(head: bytes, declared: str, name: str) -> str:
    """The type under which a file is kept and given out."""
    found = image_type(head)
    if found:
        return found
    said = declared.partition(";")[0].strip().lower()
    if said in UNSAID:
        said = mimetypes.guess_type(name)[0] or ""
    said = OTHER_NAMES.get(said, said)
    if not _TYPE.fullmatch(said) or said in IMAGES:
        return ANYTHING
    if said.startswith("text/"):
        return ANYTHING if any(word in said for word in ACTIVE_TEXTS) else TEXT
    return said if said in SHOWN | PASSIVE else ANYTHING


def is_shown(type: str) -> bool:
    """Whether a browser may show it where it is; else it is downloaded."""
    return type in SHOWN


def content_type(type: str) -> str:
    return f"{TEXT}; charset=utf-8" if type == TEXT else type
