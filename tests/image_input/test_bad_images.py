"""310 odd, broken and hostile files: each gives a photo or the error its rule names, and nothing else.

The rule is read from the manifest, which says what Pillow does with each file; the exceptions are
written down here with their reason.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps

from inference.image_errors import ImageError
from inference.image_header import sniff
from inference.images import decode

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

pytestmark = pytest.mark.skipif(not (DATA / "manifest.json").exists(), reason="the real photos are not on this machine")

# The manifest has "ok", because a second load of a broken PNG succeeds; the first one fails, as it should.
DAMAGED = {"broken_data_stream.png", "truncated_end_chunk.png"}
# These say in their header that they are animated; Pillow finds a single frame or none.
ANIMATED_BY_HEADER = {"apng/syntax_num_frames_zero.png"}
BY_FILE = {
    "png_decompression_dos.png": "image_corrupt",  # a text that swells
    "unknown_compression_method.png": "image_corrupt",
    "broken.png": "image_corrupt",
    "truncated_image.png": "image_corrupt",
    "truncated_jpeg.jpg": "image_corrupt",
    "ultrahdr.jpg": "image_corrupt",  # its second half was cut away
    "pil_sample_cmyk.jpg": "photo",
    "hopper_orientation_5.webp": "photo",
    "sugarshack.mpo": "photo",
    "i_trns.png": "photo",  # 16 bits of grey, one shade of which is transparent
    "tRNS_null_1x1.png": "photo",
    "iss634.webp": "image_animated",
    "iss634.apng": "image_animated",
    "iss634.gif": "image_format_unsupported",
    "hopper_webp.tif": "image_format_unsupported",  # a WebP inside a TIFF is a TIFF
}


@cache
def _entries() -> dict[str, dict[str, Any]]:
    if not (DATA / "manifest.json").exists():
        return {}
    entries = json.loads((DATA / "manifest.json").read_text())
    return {entry["path"].removeprefix("bad_images/"): entry for entry in entries if "pillow13" in entry}


def _expected(name: str, data: bytes) -> str:
    entry = _entries()[name]
    if sniff(data) is None:
        return "image_format_unsupported"
    if name in ANIMATED_BY_HEADER or (entry["format"] != "MPO" and (entry["frames"] or 1) > 1):
        return "image_animated"
    return "photo" if entry["pillow13"] == "ok" and name not in DAMAGED else "image_corrupt"


def _answer(data: bytes) -> str:
    try:
        image = decode(data)
    except ImageError as error:
        return error.code
    assert image.mode == "RGB"
    return "photo"


@pytest.mark.parametrize("name", sorted(_entries()))
def test_each_file_gives_a_photo_or_the_error_of_its_rule(name: str) -> None:
    data = (DATA / "bad_images" / name).read_bytes()
    assert _answer(data) == _expected(name, data)


@pytest.mark.parametrize("name", BY_FILE)
def test_the_files_one_would_ask_about_are_answered_as_written_here(name: str) -> None:
    assert _answer((DATA / "bad_images" / name).read_bytes()) == BY_FILE[name]


def _turned_photos() -> list[str]:
    formats = ("JPEG", "MPO", "PNG", "WEBP")
    return [
        name
        for name, entry in sorted(_entries().items())
        if entry["orientation"] and entry["format"] in formats and entry["pillow13"] == "ok"
    ]


@pytest.mark.parametrize("name", _turned_photos())
def test_a_photo_with_an_orientation_comes_out_as_pillow_turns_it(name: str) -> None:
    path = DATA / "bad_images" / name
    with Image.open(path) as tagged:
        upright = _on_white(ImageOps.exif_transpose(tagged))
    assert decode(path.read_bytes()).tobytes() == upright.tobytes()


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA")).convert("RGB")


def test_all_of_them_are_there() -> None:
    assert len(_entries()) == 310
