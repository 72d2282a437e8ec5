"""What stands on the picture of a classification."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from inference.class_banner import with_classes

GREY = Image.new("RGB", (320, 240), (128, 128, 128))


def pixels(image: Image.Image, classes: list[tuple[str, float]]) -> Any:
    picture = Image.open(io.BytesIO(with_classes(image, classes)))
    assert (picture.format, picture.size) == ("JPEG", image.size)
    return np.asarray(picture, dtype=int)


def rows(picture: Any) -> int:
    """How many of them anything was written on."""
    return int((np.abs(picture - 128).max(axis=(1, 2)) > 60).sum())


def test_without_classes_the_photo_is_left_as_it_is() -> None:
    assert rows(pixels(GREY, [])) == 0


def test_every_class_has_a_line() -> None:
    one, two = (rows(pixels(GREY, [("dent", 0.9), ("severe", 0.4)][:count])) for count in (1, 2))
    assert two == 2 * one > 0


def test_words_never_cover_more_than_the_upper_half() -> None:
    assert rows(pixels(Image.new("RGB", (60, 30), (128, 128, 128)), [(f"class {n}", 0.1) for n in range(9)])) <= 18


@pytest.mark.parametrize("size", [(1, 1), (3, 400), (400, 3), (32, 32)])
def test_any_photo_can_be_written_on(size: tuple[int, int]) -> None:
    pixels(Image.new("RGB", size), [("a name that is much too long for a photo so narrow", 0.5)])


def test_any_script_can_be_read() -> None:
    latin, arabic = (pixels(GREY, [(name, 0.5)]) for name in ("???", "تفاح"))
    assert np.abs(latin - arabic).max() > 60


def test_the_photo_itself_is_not_drawn_on() -> None:
    with_classes(GREY, [("dent", 0.9)])
    assert GREY.getextrema() == ((128, 128),) * 3
