"""Every kind of photo that people send comes out as RGB, upright and complete."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageOps

from inference.images import decode
from tests.image_input.pictures import chunk, jpeg_with, noise, oriented, photo, png, saved

WHITE = (255, 255, 255)


def _close(found: Image.Image, expected: Image.Image, tolerance: float) -> bool:
    difference = np.asarray(found, dtype=float) - np.asarray(expected.convert("RGB"), dtype=float)
    return found.size == expected.size and float(np.abs(difference).mean()) <= tolerance


@pytest.mark.parametrize(("file_format", "tolerance"), [("PNG", 0), ("JPEG", 3), ("WEBP", 3)])
def test_an_ordinary_photo_keeps_its_pixels(file_format: str, tolerance: float) -> None:
    found = decode(saved(photo(), file_format))
    assert found.mode == "RGB"
    assert _close(found, photo(), tolerance)


@pytest.mark.parametrize("options", [{"progressive": True}, {"subsampling": 0}, {"quality": 20}, {"optimize": True}])
def test_every_usual_way_of_writing_a_jpeg_is_read(options: dict[str, object]) -> None:
    assert _close(decode(saved(photo(), "JPEG", **options)), photo(), 4)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_exif_orientation_is_applied(file_format: str, orientation: int) -> None:
    data = oriented(photo(), file_format, orientation)
    tagged = photo()
    tagged.getexif()[0x0112] = orientation
    assert _close(decode(data), ImageOps.exif_transpose(tagged), 3)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation: int) -> None:
    assert decode(oriented(photo(), "JPEG", orientation)).size == photo().size


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_unreadable_exif_does_not_cost_the_photo() -> None:
    exif = b"Exif\0\0II*\0\xff\xff\xff\xff"
    assert decode(jpeg_with(b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif)).size == (8, 8)


def test_what_is_turned_carries_no_orientation_that_could_turn_it_again() -> None:
    found = decode(oriented(photo(), "JPEG", 6))
    assert not found.info
    assert not found.getexif()


def test_cmyk_is_converted() -> None:
    found = decode(saved(photo().convert("CMYK"), "JPEG", quality=95))
    assert found.mode == "RGB"
    assert _close(found, photo(), 6)


@pytest.mark.parametrize("mode", ["L", "1", "P"])
def test_grey_bilevel_and_palette_are_converted(mode: str) -> None:
    source = photo().convert(mode)
    assert _close(decode(saved(source, "PNG")), source, 0)


def test_sixteen_bits_of_grey_are_scaled_and_not_clipped() -> None:
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    found = np.asarray(decode(saved(Image.fromarray(ramp), "PNG")))
    assert (found == (ramp >> 8)[..., None]).all()


def test_the_transparent_shade_of_sixteen_bits_of_grey_becomes_white() -> None:
    raw = b"\0" + b"\x01\x02" + b"\x01\x03"
    found = decode(png(2, 1, depth=16, colour=0, before=chunk(b"tRNS", b"\x01\x02"), raw=raw))
    assert [found.getpixel((x, 0)) for x in (0, 1)] == [WHITE, (1, 1, 1)]


def test_sixteen_bits_of_colour_keep_their_high_byte() -> None:
    assert decode(png(1, 1, depth=16, raw=b"\0" + bytes([10, 99, 20, 99, 30, 99]))).getpixel((0, 0)) == (10, 20, 30)


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
@pytest.mark.parametrize(("alpha", "expected"), [(255, (200, 0, 0)), (0, WHITE), (102, (233, 153, 153))])
def test_what_shows_through_is_white(file_format: str, alpha: int, expected: tuple[int, int, int]) -> None:
    data = saved(Image.new("RGBA", (4, 4), (200, 0, 0, alpha)), file_format, lossless=True)
    assert decode(data).getpixel((1, 1)) == pytest.approx(expected, abs=1)


def test_grey_with_alpha_is_laid_on_white() -> None:
    assert decode(saved(Image.new("LA", (2, 2), (100, 0)), "PNG")).getpixel((0, 0)) == WHITE


def test_the_transparent_entry_of_a_palette_becomes_white() -> None:
    source = Image.new("P", (2, 1))
    source.putpalette([9, 9, 9, 50, 60, 70])
    source.putpixel((1, 0), 1)
    found = decode(saved(source, "PNG", transparency=0))
    assert [found.getpixel((x, 0)) for x in (0, 1)] == [WHITE, (50, 60, 70)]


def test_the_transparent_colour_of_a_picture_without_alpha_becomes_white() -> None:
    source = Image.new("RGB", (2, 1), (9, 9, 9))
    source.putpixel((1, 0), (50, 60, 70))
    found = decode(saved(source, "PNG", transparency=(9, 9, 9)))
    assert [found.getpixel((x, 0)) for x in (0, 1)] == [WHITE, (50, 60, 70)]


def test_of_a_phone_s_file_with_several_pictures_the_first_is_read() -> None:
    data = saved(photo(), "MPO", save_all=True, append_images=[noise(64, 48)])
    assert _close(decode(data), photo(), 3)


def test_a_film_that_a_phone_appends_to_a_photo_is_not_looked_at() -> None:
    assert decode(saved(photo(), "JPEG") + b"\xff\xda" * 10_000).size == photo().size


def test_threads_do_not_disturb_each_other() -> None:
    files = [oriented(noise(), "JPEG", 1 + number % 8) for number in range(64)]
    alone = [decode(data).tobytes() for data in files]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda data: decode(data).tobytes(), files)) == alone
