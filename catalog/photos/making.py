"""From the bytes of a photo to small square files: turned upright, on white, without metadata. Pure; run in `child`.

Formats are told by the bytes alone. Nothing is decoded before its size in pixels is known; of moving pictures the
first frame is taken.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageCms, ImageOps

#: Vendors' pictures are of these; Pillow reads many more formats, by code that fewer have looked at.
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF")
MOST_PIXELS: Final = 40_000_000
#: One pixel that counts readers, a spacer, a bullet.
SMALLEST: Final = 24
#: Of one JPEG.
MOST_SCANS: Final = 100
#: Stuffed bytes and restarts within a scan are no markers of a part.
_MARKER: Final = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_BARE: Final = frozenset({0x01, 0xD8})
#: Side by side with method 4, the default: a third quicker, files 7 % larger.
_METHOD: Final = 2
_QUALITY: Final = 80
#: A last file is worth making where it is so much larger than the one before.
_WORTH: Final = 1.2
_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
#: What damaged files make Pillow's readers raise.
_DAMAGE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    struct.error,
    zlib.error,
    EOFError,
)


class CannotMake(Exception):
    """No photo can be made of it; `code` says why, see `messages.WORDS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Made:
    """Width and height as it is looked at, and its files by their side in pixels."""

    width: int
    height: int
    files: dict[int, bytes]


def make(path: Path, *, sizes: Sequence[int]) -> Made:
    """Raises CannotMake; MemoryError where the process's limit is too narrow."""
    _sniff(path)
    _count_scans(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its size we judge ourselves, of odd metadata nobody
            with Image.open(path, formats=FORMATS) as image:
                return _made(image, sizes)
    except Image.UnidentifiedImageError as error:
        raise CannotMake("not_a_picture") from error
    except Image.DecompressionBombError as error:
        raise CannotMake("too_many_pixels") from error
    except _DAMAGE as error:
        raise CannotMake("damaged") from error


def _sniff(path: Path) -> None:
    """Names what is often found at the address of a photo. Pillow would not take it either."""
    with path.open("rb") as file:
        head = file.read(1024).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        raise CannotMake("empty")
    if b"<svg" in head:
        raise CannotMake("svg")
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        raise CannotMake("page")


def _count_scans(path: Path) -> None:
    """A progressive JPEG may have any number of scans, each of some bytes and each a walk over all its pixels; cameras and
    programs write ten or so. Markers as in ITU-T T.81, B.1.1.
    """
    with path.open("rb") as file:
        content = file.read(2)
        if content != b"\xff\xd8":
            return
        content += file.read()
    place, scans = 2, 0
    while found := _MARKER.search(content, place):
        kind, place = found[1][0], found.end()
        if kind == _END_OF_IMAGE:
            return
        scans += kind == _START_OF_SCAN
        if scans > MOST_SCANS:
            raise CannotMake("too_heavy")
        if kind not in _BARE:
            place += int.from_bytes(content[place : place + 2])


def _made(image: Image.Image, sizes: Sequence[int]) -> Made:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise CannotMake("too_many_pixels")
    if min(width, height) < 1 or max(width, height) < SMALLEST:
        raise CannotMake("too_small")
    turn = _turn(image)
    if turn in {5, 6, 7, 8}:
        width, height = height, width
    largest = max(sizes)
    image.draft(
        "RGB", (largest, largest)
    )  # a JPEG is decoded at half, a quarter or an eighth where that is enough
    image.seek(0)
    image.load()
    if image.mode in {"P", "PA", "1"}:
        image = image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")
    elif image.mode.startswith("I"):
        image = image.point(lambda value: value / 256).convert("L")  # 16 bits a pixel
    profile = image.info.get("icc_profile")
    if max(image.size) > largest:
        image.thumbnail((largest, largest), Image.Resampling.LANCZOS)
    image = _plain(image, profile)
    if turn in _TURNS:
        image = image.transpose(_TURNS[turn])
    return Made(width, height, _files(image, _sides(max(width, height), sizes)))


def _turn(image: Image.Image) -> int:
    """How the camera was held (EXIF 2.32, 4.6.4). Metadata is often damaged, and no reason to refuse a photo."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except _DAMAGE:
        return 1


def _plain(image: Image.Image, profile: bytes | None) -> Image.Image:
    """In sRGB, on white. Without its colour profile a photo from a camera or a printer would look dull."""
    ground = None
    if image.has_transparency_data:
        image = image.convert("RGBA")
        ground = image.getchannel("A")
        image = image.convert("RGB")
    if profile and image.mode in {"RGB", "CMYK", "L"}:
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
            image = turned or image
        except (ImageCms.PyCMSError, *_DAMAGE):
            pass  # a profile of another kind of picture, or a damaged one
    if image.mode != "RGB":
        image = image.convert("RGB")
    if ground is not None:
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=ground)
        image = white
    return image


def _sides(longest: int, sizes: Sequence[int]) -> list[int]:
    """Never larger than the photo is."""
    sides = [side for side in sorted(sizes) if side < longest]
    own = min(longest, max(sizes))
    if not sides or own >= sides[-1] * _WORTH:
        sides.append(own)
    return sides


def _files(image: Image.Image, sides: Sequence[int]) -> dict[int, bytes]:
    """From large to small, each from the one before."""
    files = {}
    for side in sorted(sides, reverse=True):
        image = (
            ImageOps.contain(image, (side, side), Image.Resampling.LANCZOS)
            if max(image.size) > side
            else image
        )
        square = image if image.size == (side, side) else _on_white(image, side)
        out = io.BytesIO()
        square.save(out, "WEBP", quality=_QUALITY, method=_METHOD)
        files[side] = out.getvalue()
    return files


def _on_white(image: Image.Image, side: int) -> Image.Image:
    square = Image.new("RGB", (side, side), "white")
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square
