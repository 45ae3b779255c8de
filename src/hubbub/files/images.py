"""Pictures: their size, a small one of each, and turning them the right way up.

A picture is never opened before its numbers of points are known to be bearable, and of an animation only its first.
Called in a thread, with a patience; whoever waits no longer gets no small picture, and that is all.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hubbub.files.containers import UPRIGHT, Damaged, clean, orientation_segment
from hubbub.files.store import finding_room

if TYPE_CHECKING:
    from PIL.Image import Image, Transpose

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
MOST_POINTS = 40_000_000
"""Points of a picture that is unpacked whole: four bytes each."""
MOST_POINTS_JPEG = 400_000_000
"""Of a JPEG, which can be unpacked at an eighth of its size."""
SMALL = (480, 480)
SMALL_TYPE = "image/webp"


class Picture(NamedTuple):
    """What is shown of an image before it is there. A size of 0: it could not be told."""

    width: int
    height: int
    small: bytes = b""


NO_PICTURE = Picture(0, 0)


def cleaned(type: str, source: Path, target: Path) -> None:
    """Write the image without what it says besides, the right way up. Raises Damaged."""
    orientation = clean(type, source, target)
    if orientation == UPRIGHT or _turn(type, target, orientation):
        return
    if type == "image/jpeg":
        # Too large to be turned here: it says on which side it lies, as it did, and no more.
        data = target.read_bytes() if target.stat().st_size < (64 << 20) else b""
        if data:
            with finding_room():
                target.write_bytes(data[:2] + orientation_segment(orientation) + data[2:])


def look_at(type: str, path: Path) -> Picture:
    """The size of an image, and a small one. An image that can't be opened has neither."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with _open(type, path) as image:
                return _seen(image)
        except _trouble():
            return NO_PICTURE


def _seen(image: Image) -> Picture:
    width, height = image.size
    most = MOST_POINTS_JPEG if image.format == "JPEG" else MOST_POINTS
    if width * height > most:
        return Picture(width, height)
    from PIL import ImageOps

    try:
        image.draft("RGB", SMALL)
        image.thumbnail(SMALL, reducing_gap=2.0)
        # A JPEG that was too large to be turned still says how it lies.
        shown = ImageOps.exif_transpose(image)
        if (shown.width > shown.height) != (image.width > image.height):
            width, height = height, width
        has_holes = "A" in shown.getbands() or "transparency" in shown.info
        output = io.BytesIO()
        shown = shown.convert("RGBA" if has_holes else "RGB")
        shown.info = {}
        shown.save(output, "WEBP", quality=80, method=2)
    except _trouble():
        return Picture(width, height)
    return Picture(width, height, output.getvalue())


def _open(type: str, path: Path) -> Image:
    from PIL import Image

    return Image.open(path, formats=(FORMATS[type],))


def _trouble() -> tuple[type[Exception], ...]:
    """What Pillow raises for files that are not what they say."""
    from PIL import Image

    return (
        OSError,
        ValueError,
        TypeError,
        SyntaxError,
        EOFError,
        IndexError,
        KeyError,
        ZeroDivisionError,
        OverflowError,
        MemoryError,
        RuntimeError,
        Image.DecompressionBombError,
    )


def _turn(type: str, path: Path, orientation: int) -> bool:
    """Turn a picture the right way up; False if it can't be done here."""
    from PIL import Image

    turn = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }[orientation]
    turned = path.with_suffix(".turned")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            is_turned = _turned(type, path, turn, turned)
        if is_turned:
            turned.replace(path)
        return is_turned
    finally:
        turned.unlink(missing_ok=True)


def _turned(type: str, path: Path, turn: Transpose, target: Path) -> bool:
    try:
        with _open(type, path) as image:
            if image.width * image.height > MOST_POINTS or getattr(image, "n_frames", 1) > 1:
                return False
            profile = image.info.get("icc_profile")
            upright = image.transpose(turn)
        upright.info = {}
        with finding_room():
            upright.save(target, FORMATS[type], icc_profile=profile, **_QUALITY[type])
    except _trouble():
        return False
    return True


_QUALITY: dict[str, dict[str, int]] = {
    "image/jpeg": {"quality": 93, "subsampling": 0},
    "image/png": {},
    "image/webp": {"quality": 93},
}

__all__ = ["Damaged", "Picture", "cleaned", "look_at"]
