"""From bytes to small square files: what is turned, laid on white and refused."""

from __future__ import annotations

import contextlib
import io
import random
import struct
import zlib

import pytest
from PIL import Image

from catalog.photos.making import CannotMake, make
from catalog.photos.workshop import Workshop
from tests.catalog.photos.pictures import picture

SIZES = (32, 64)
WHITE, RED = (255, 255, 255), (254, 0, 0)


@pytest.fixture
def made(tmp_path):
    def of(content: bytes, sizes=SIZES):
        path = tmp_path / "photo"
        path.write_bytes(content)
        return make(path, sizes=sizes)

    return of


def near(colour, other):
    return all(abs(a - b) <= 12 for a, b in zip(colour, other, strict=True))


def opened(files, side):
    image = Image.open(io.BytesIO(files[side]))
    assert (image.format, image.mode, image.size) == ("WEBP", "RGB", (side, side))
    return image


def test_files_are_squares_on_white_and_never_larger_than_the_photo(made):
    found = made(picture((60, 40)))
    assert (found.width, found.height, sorted(found.files)) == (60, 40, [32, 60])
    image = opened(found.files, 60)
    assert near(image.getpixel((30, 30)), RED)
    assert near(image.getpixel((30, 4)), WHITE)
    assert sorted(made(picture((600, 400))).files) == [32, 64]
    assert sorted(made(picture((34, 34))).files) == [32]


def test_a_photo_is_turned_upright_and_says_nothing_of_its_camera(made):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a camera"
    image = Image.new("RGB", (60, 40), "white")
    image.paste((255, 0, 0), (0, 0, 20, 40))  # its left becomes its top
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, quality=95)
    found = made(out.getvalue())
    assert (found.width, found.height) == (40, 60)
    upright = opened(found.files, 60)
    assert near(upright.getpixel((30, 6)), RED)
    assert near(upright.getpixel((30, 50)), WHITE)
    assert b"a camera" not in found.files[60]
    assert not upright.getexif()


def test_colours_of_printers_palettes_and_grey_are_shown_as_meant(made):
    cmyk = made(picture(mode="CMYK", colour=(0, 255, 255, 0)))
    assert near(opened(cmyk.files, 32).getpixel((16, 16)), RED)
    deep = made(picture(mode="I;16", colour=40_000, kind="PNG"))
    assert near(opened(deep.files, 32).getpixel((16, 16)), (156, 156, 156))


@pytest.mark.parametrize(("mode", "colour"), [("RGBA", (255, 0, 0, 0)), ("LA", (0, 0))])
def test_what_is_seen_through_lies_on_white(made, mode, colour):
    found = made(picture(mode=mode, colour=colour, kind="PNG"))
    assert near(opened(found.files, 32).getpixel((16, 16)), WHITE)


def test_of_a_moving_picture_the_first_frame_is_taken(made):
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("red", "blue", "green")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=50)
    assert near(opened(made(out.getvalue()).files, 32).getpixel((16, 16)), RED)


def bomb() -> bytes:
    """A PNG that says it is 60,000 by 60,000 pixels and holds nothing."""
    size = struct.pack(">II", 60_000, 60_000) + bytes([8, 2, 0, 0, 0])
    chunks = [(b"IHDR", size), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


REFUSED = {
    "empty": b"",
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "page": b"\n<!DOCTYPE HTML><html><body>404</body></html>",
    "not_a_picture": b"%PDF-1.7 and so on",
    "damaged": picture((600, 400), kind="JPEG")[:900],
    "too_many_pixels": bomb(),
    "too_small": picture((1, 1), kind="GIF", mode="L", colour=0),
}


@pytest.mark.parametrize("code", sorted(REFUSED))
def test_what_is_no_photo_is_refused_by_its_bytes(made, code):
    with pytest.raises(CannotMake) as refused:
        made(REFUSED[code])
    assert refused.value.code == code


def test_formats_that_are_not_wanted_are_not_even_tried(made):
    with pytest.raises(CannotMake) as refused:
        made(picture(kind="TIFF"))
    assert refused.value.code == "not_a_picture"


def test_bytes_changed_at_random_never_break_out(made):
    shaken = random.Random(7)
    for kind in ("JPEG", "PNG", "GIF", "WEBP"):
        content = picture((64, 64), kind=kind)
        for _ in range(25):
            damaged = bytearray(content)
            for _ in range(6):
                damaged[shaken.randrange(len(damaged))] = shaken.randrange(256)
            with contextlib.suppress(CannotMake):
                assert made(bytes(damaged)).files


def test_the_child_takes_one_after_the_other_and_one_that_is_too_heavy_is_no_harm(tmp_path):
    good, heavy, page = tmp_path / "good", tmp_path / "heavy", tmp_path / "page"
    good.write_bytes(picture())
    heavy.write_bytes(picture((5000, 5000), mode="RGBA", colour=(1, 2, 3, 4), kind="PNG", compress_level=1))
    page.write_bytes(REFUSED["page"])
    with Workshop(megabytes=160) as workshop:
        first = workshop.make(good, sizes=SIZES)
        assert workshop.make(heavy, sizes=SIZES).error == "too_heavy"
        assert workshop.make(page, sizes=SIZES).error == "page"
        again = workshop.make(good, sizes=SIZES)
    assert sorted(first.files) == [32, 60]
    assert again == first


def test_a_child_that_takes_too_long_is_stopped_and_another_one_started(tmp_path):
    photo = tmp_path / "photo"
    photo.write_bytes(picture())
    with Workshop(seconds=0.0) as workshop:
        assert workshop.make(photo, sizes=SIZES).error == "too_heavy"
        workshop._seconds = 20.0
        assert workshop.make(photo, sizes=SIZES).error == ""


def test_a_jpeg_of_very_many_scans_is_refused_before_it_is_decoded(made):
    photo = picture((400, 300), "blue", progressive=True)
    end, start = photo[-2:], photo.rindex(b"\xff\xda")
    assert end == b"\xff\xd9"
    again = photo[start:-2]
    assert made(photo[:-2] + again * 50 + end).width == 400
    assert made(photo + again * 200).width == 400  # what stands behind its end is not looked at
    with pytest.raises(CannotMake) as refused:
        made(photo[:-2] + again * 120 + end)
    assert refused.value.code == "too_heavy"


def test_a_child_that_works_too_long_is_ended_by_the_system(tmp_path):
    heavy, good = tmp_path / "heavy", tmp_path / "good"
    heavy.write_bytes(picture((6000, 6000), kind="PNG", compress_level=1))
    good.write_bytes(picture())
    with Workshop(working=-1) as workshop:
        workshop.make(good, sizes=SIZES)
        assert workshop.make(heavy, sizes=SIZES).error == "too_heavy"
        workshop._working = 5
        assert workshop.make(heavy, sizes=SIZES).error == ""
