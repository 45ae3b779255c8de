"""Images: without what they say besides the picture, the right way up, with a small one of each."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from hubbub.files import images
from hubbub.files.containers import Damaged, clean, orientation_in, orientation_segment
from hubbub.files.images import NO_PICTURE, SMALL, cleaned, look_at

SECRET = "geheimer Ort"
TYPES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


def picture(width: int = 80, height: int = 40) -> Image.Image:
    """Red on the left and blue on the right."""
    image = Image.new("RGB", (width, height), (250, 0, 0))
    image.paste((0, 0, 250), (width // 2, 0, width, height))
    return image


def exif(orientation: int = 1) -> Image.Exif:
    found = Image.Exif()
    found[0x0112] = orientation
    found[0x010E] = SECRET
    found[0x0132] = "2026:01:31 12:00:00"
    place = found.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (52.0, 31.0, 12.0), "E", (13.0, 24.0, 18.0)
    return found


def photograph(tmp_path: Path, type: str, orientation: int = 1) -> Path:
    path = tmp_path / "photograph"
    options: dict[str, object] = {"exif": exif(orientation)}
    if type == "image/png":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", SECRET)
        text.add_itxt("XML:com.adobe.xmp", SECRET)
        options["pnginfo"] = text
    else:
        options |= {"xmp": SECRET.encode(), "quality": 95}
    if type == "image/jpeg":
        options["comment"] = SECRET
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture().save(path, TYPES[type], icc_profile=profile, **options)
    assert SECRET.encode() in path.read_bytes()
    return path


@pytest.mark.parametrize("type", TYPES)
def test_an_image_says_nothing_but_the_picture(tmp_path: Path, type: str) -> None:
    source, target = photograph(tmp_path, type), tmp_path / "clean"
    cleaned(type, source, target)
    assert SECRET.encode() not in target.read_bytes()
    with Image.open(source) as before, Image.open(target) as after:
        assert dict(after.getexif()) == {}
        assert not after.getexif().get_ifd(0x8825)
        assert after.info.get("xmp") is None
        assert after.info["icc_profile"] == before.info["icc_profile"]
        # The container is another; the picture is the same to the bit.
        assert after.tobytes() == before.tobytes()


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_photograph_that_lies_on_its_side_is_turned(tmp_path: Path, type: str, orientation: int) -> None:
    source, target = photograph(tmp_path, type, orientation), tmp_path / "clean"
    cleaned(type, source, target)
    with Image.open(target) as after:
        assert dict(after.getexif()) == {}
        assert after.size == ((40, 80) if orientation >= 5 else (80, 40))
        red = {2: (60, 20), 3: (60, 20), 4: (20, 20), 5: (20, 20), 6: (20, 20), 7: (20, 60), 8: (20, 60)}[
            orientation
        ]
        colour = after.convert("RGB").getpixel(red)
        assert isinstance(colour, tuple)
        assert colour[0] > 200
    assert SECRET.encode() not in target.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clean", "photograph"]


def test_one_too_large_to_be_turned_says_how_it_lies_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "MOST_POINTS", 100)
    source, target = photograph(tmp_path, "image/jpeg", 6), tmp_path / "clean"
    cleaned("image/jpeg", source, target)
    assert SECRET.encode() not in target.read_bytes()
    with Image.open(target) as after:
        assert dict(after.getexif()) == {0x0112: 6}
    seen = look_at("image/jpeg", target)
    assert (seen.width, seen.height) == (40, 80)
    with Image.open(io.BytesIO(seen.small)) as small:
        assert small.size == (40, 80)


def test_what_hangs_on_behind_an_image_is_cut_off(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "clean"
    for type, name in TYPES.items():
        picture().save(source, name)
        whole = source.read_bytes()
        source.write_bytes(whole + b"PK\x03\x04 a film of where it was taken")
        cleaned(type, source, target)
        assert b"film" not in target.read_bytes()
        assert look_at(type, target).width == 80


def test_animations_stay_what_they_are(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "clean"
    frames = [Image.new("RGB", (20, 20), (shade, 0, 0)) for shade in (0, 120, 240)]
    for type in ("image/png", "image/webp"):
        frames[0].save(
            source, TYPES[type], save_all=True, append_images=frames[1:], exif=exif(6), duration=50
        )
        cleaned(type, source, target)
        with Image.open(target) as after:
            assert getattr(after, "n_frames", 1) == 3
            assert dict(after.getexif()) == {}


def test_a_jpeg_of_several_scans(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "clean"
    noise = Image.effect_noise((200, 200), 90).convert("RGB")
    noise.save(source, "JPEG", progressive=True, quality=95, exif=exif(), restart_marker_blocks=4)
    cleaned("image/jpeg", source, target)
    with Image.open(source) as before, Image.open(target) as after:
        assert after.tobytes() == before.tobytes()


def test_a_small_picture_of_each(tmp_path: Path) -> None:
    path = tmp_path / "image"
    for type, name in (TYPES | {"image/gif": "GIF"}).items():
        picture(1600, 800).save(path, name, **({"exif": exif()} if name != "GIF" else {}))
        seen = look_at(type, path)
        assert (seen.width, seen.height) == (1600, 800)
        assert SECRET.encode() not in seen.small
        with Image.open(io.BytesIO(seen.small)) as small:
            assert small.format == "WEBP"
            assert small.size == (SMALL[0], SMALL[0] // 2)
            assert dict(small.getexif()) == {}


def test_a_bomb_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb"

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 6, 0, 0, 0)
    data = zlib.compress(bytes(1 << 20), 9)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b""))
    seen = look_at("image/png", path)
    assert seen.small == b""


@pytest.mark.parametrize("type", TYPES)
def test_rubbish_is_no_image(tmp_path: Path, type: str) -> None:
    source = photograph(tmp_path, type)
    whole = source.read_bytes()
    source.write_bytes(whole[:12] + b"rubbish" + bytes(20))
    with pytest.raises(Damaged):
        clean(type, source, tmp_path / "clean")
    assert look_at(type, source) == NO_PICTURE


@given(data=st.binary(max_size=300), type=st.sampled_from(sorted(TYPES)), cut=st.integers(0, 400))
def test_whatever_comes_is_cleaned_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, type: str, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("images")
    source = photograph(folder, type)
    source.write_bytes(source.read_bytes()[:cut] + data or b"x")
    try:
        cleaned(type, source, folder / "clean")
    except Damaged:
        return
    look_at(type, folder / "clean")


@given(st.binary(max_size=80))
def test_an_orientation_is_one_of_eight(data: bytes) -> None:
    assert 1 <= orientation_in(data) <= 8
    assert 1 <= orientation_in(b"MM\0*\0\0\0\x08" + data) <= 8


def test_an_orientation_alone() -> None:
    for orientation in range(1, 9):
        assert orientation_in(orientation_segment(orientation)[10:]) == orientation
