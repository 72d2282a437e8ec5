"""What is no photo is refused by its own rule, and what is hostile is refused before it costs anything."""

import random
import struct
import subprocess
import sys
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

from inference.image_errors import ImageCorrupt, ImageError
from inference.image_header import read_header
from inference.images import ImageLimits, decode
from tests.image_input.pictures import (
    PNG_MAGIC,
    animated,
    chunk,
    jpeg_of_scans,
    jpeg_of_size,
    jpeg_with,
    noise,
    photo,
    png,
    saved,
    webp,
    webp_bomb,
    webp_canvas,
)

DEFAULT = ImageLimits()
MEGABYTE_OF_NOTHING = zlib.compress(bytes(1 << 20), 9)


def _code(data: bytes, limits: ImageLimits = DEFAULT) -> str:
    with pytest.raises(ImageError) as refused:
        decode(data, limits)
    assert "`image`" in str(refused.value)
    return refused.value.code


def test_nothing_is_empty() -> None:
    assert _code(b"") == "image_empty"


def test_one_byte_above_the_limit_is_too_large_and_the_limit_itself_is_not() -> None:
    data = saved(photo(), "JPEG")
    assert _code(data, ImageLimits(max_bytes=len(data) - 1)) == "image_too_large"
    assert decode(data, ImageLimits(max_bytes=len(data))).size == photo().size


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_one_pixel_above_the_limit_is_too_many_and_the_limit_itself_is_not(file_format: str) -> None:
    data = saved(photo(64, 48), file_format)
    assert _code(data, ImageLimits(max_pixels=64 * 48 - 1)) == "image_too_many_pixels"
    assert decode(data, ImageLimits(max_pixels=64 * 48)).size == (64, 48)


@pytest.mark.parametrize("file_format", ["GIF", "BMP", "TIFF", "PPM", "ICO", "JPEG2000", "AVIF", "TGA", "PDF"])
def test_other_formats_are_refused_by_content_whatever_their_name(file_format: str) -> None:
    assert _code(saved(photo(), file_format)) == "image_format_unsupported"


@pytest.mark.parametrize(
    "data",
    [b"\0", b"<html>", b"not an image", b"\xff\xd8", PNG_MAGIC[:7], b"RIFF\0\0\0\0WAVE", b"GIF89a", b"<svg/>"],
)
def test_what_begins_like_no_image_is_an_unsupported_format(data: bytes) -> None:
    assert _code(data) == "image_format_unsupported"


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
def test_an_animation_is_refused(file_format: str) -> None:
    assert _code(animated(file_format)) == "image_animated"


def test_an_animation_of_one_frame_is_refused_too() -> None:
    assert _code(png(1, 1, before=chunk(b"acTL", struct.pack(">II", 1, 0)), raw=bytes(4))) == "image_animated"


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("kept", [0.02, 0.3, 0.6, 0.9, 0.999])
def test_a_cut_off_file_is_refused(file_format: str, kept: float) -> None:
    data = saved(noise(), file_format)
    assert _code(data[: int(len(data) * kept)]) == "image_corrupt"


def test_a_cut_off_progressive_jpeg_is_refused() -> None:
    data = saved(noise(), "JPEG", progressive=True)
    assert _code(data[: len(data) // 2]) == "image_corrupt"


HUGE = {
    "jpeg": jpeg_of_size(65_000, 65_000),
    "png": png(60_000, 60_000),
    "png of a side that fits no integer": png(0xFFFFFFFF, 0xFFFFFFFF),
    "lossy webp": webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a\xff\x3f\xff\x3f" + bytes(20)),
    "lossless webp": webp_bomb(),
    "webp with a canvas": webp_canvas(1 << 24, 1 << 24),
}


@pytest.mark.parametrize("name", HUGE)
def test_a_huge_picture_is_refused_by_its_header(name: str) -> None:
    assert _code(HUGE[name]) == "image_too_many_pixels"


NONSENSE = {
    "jpeg without a height": jpeg_of_size(8, 0),
    "jpeg without a frame": b"\xff\xd8\xff\xe0\0\x10" + bytes(14) + b"\xff\xd9",
    "jpeg that ends in a marker": b"\xff\xd8\xff\xe1",
    "png without a width": png(0, 8),
    "png without a header": PNG_MAGIC + chunk(b"IDAT", b"") + chunk(b"IEND", b""),
    "png with a second header": png(
        4, 4, before=chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)), raw=bytes(52)
    ),
    "png with too long a transparency": png(
        4, 4, colour=3, before=chunk(b"PLTE", bytes(768)) + chunk(b"tRNS", bytes(300)), raw=bytes(20)
    ),
    "webp of an unknown kind": webp(b"VP9 ", bytes(30)),
    "webp without pixels": webp_canvas(8, 8),
    "webp that ends early": b"RIFF\x04\0\0\0WEBP",
    "webp whose canvas is smaller than its picture": webp_canvas(8, 8)[:30] + saved(noise(), "WEBP")[12:],
}


@pytest.mark.parametrize("name", NONSENSE)
def test_a_header_that_makes_no_sense_is_corrupt(name: str) -> None:
    assert _code(NONSENSE[name]) == "image_corrupt"


def _tiny_png(before: bytes) -> bytes:
    return png(4, 4, before=before, raw=bytes(4 * 13))


COSTLY = {
    "a thousand segments": jpeg_with(b"\xff\xfe\0\x02" * 1_000),
    "a million segments": jpeg_with(b"\xff\xfe\0\x02" * 1_000_000),
    "megabytes between segments": jpeg_with(b"\xff\xe0\0\x02" + b"\0" * 4_000_000),
    "megabytes of fill bytes": jpeg_with(b"\xff" * 4_000_000),
    "a hundred scans": jpeg_of_scans(100),
    "thousands of compressed texts": _tiny_png(chunk(b"zTXt", b"\0\0" + MEGABYTE_OF_NOTHING) * 3_000),
    "thousands of profiles": _tiny_png(chunk(b"iCCP", b"p\0\0" + MEGABYTE_OF_NOTHING) * 3_000),
    "hundreds of thousands of chunks": _tiny_png(chunk(b"tEXt", b"") * 400_000),
    "hundreds of thousands of pieces": _tiny_png(chunk(b"IDAT", b"") * 400_000),
}


@pytest.mark.parametrize("name", COSTLY)
def test_a_file_built_to_waste_time_is_refused_before_a_decoder_sees_it(name: str) -> None:
    with pytest.raises(ImageCorrupt):
        read_header(COSTLY[name])


def test_a_text_that_swells_to_a_hundred_megabytes_is_refused() -> None:
    assert _code(_tiny_png(chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(10**8), 9)))) == "image_corrupt"


def test_a_photo_with_as_many_parts_as_editors_write_is_no_waste_of_time() -> None:
    assert decode(jpeg_with(b"\xff\xe1\x27\x10" + bytes(9_998) + b"\xff\xfe\0\x02" * 300)).size == (8, 8)
    assert decode(jpeg_of_scans(20)).size == (64, 64)
    assert decode(_tiny_png(chunk(b"tEXt", b"key\0value") * 200)).size == (4, 4)


def test_odd_exif_neither_warns_nor_stays_in_memory() -> None:
    """In a process of its own, because pytest replaces the warning filters."""
    entries = b"".join(struct.pack("<HHII", tag, 4, 1 << 20, 1 << 20) for tag in range(5_000))
    exif = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 5_000) + entries
    data = jpeg_with(b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    script = (
        "import sys; from inference.images import decode; decode(sys.stdin.buffer.read());"
        "from PIL import TiffImagePlugin as t; print(len(getattr(t, '__warningregistry__', {})) < 10)"
    )
    ran = _python(script, data)
    assert (ran.stdout, ran.stderr) == (b"True\n", b"")


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_flipped_bytes_give_an_image_or_an_image_error(file_format: str) -> None:
    dice = random.Random(file_format)
    original = saved(photo(40, 30), file_format)
    for _ in range(400):
        data = bytearray(original)
        for _ in range(dice.randint(1, 8)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        with suppress(ImageError):
            assert decode(bytes(data)).mode == "RGB"


def test_the_worst_of_them_together_stay_within_300_mb() -> None:
    """With the address space limited, what allocates by a hostile header dies of it."""
    script = (
        "import resource, struct, sys; from inference.images import decode;"
        "from inference.image_errors import ImageError\n"
        "used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 300_000_000,) * 2)\n"
        "while head := sys.stdin.buffer.read(4):\n"
        "    try: decode(sys.stdin.buffer.read(struct.unpack('>I', head)[0]))\n"
        "    except ImageError as error: print(error.code)\n"
    )
    files = [*HUGE.values(), *COSTLY.values(), NONSENSE["png with a second header"]]
    ran = _python(script, b"".join(struct.pack(">I", len(data)) + data for data in files))
    codes = ["image_too_many_pixels"] * len(HUGE) + ["image_corrupt"] * (len(COSTLY) + 1)
    assert (ran.stdout.decode().split(), ran.stderr) == (codes, b"")


def _python(script: str, stdin: bytes) -> subprocess.CompletedProcess[bytes]:
    root = Path(__file__).resolve().parents[2]
    return subprocess.run([sys.executable, "-c", script], input=stdin, capture_output=True, cwd=root, check=False)
