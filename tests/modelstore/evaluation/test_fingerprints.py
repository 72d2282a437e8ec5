"""Near-duplicates are found, and photos that are only alike are not."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from modelstore.evaluation.fingerprints import fingerprint, groups, near_duplicates
from tests import tiny_release

SHELF = Path(__file__).parents[3] / "demo" / "photos" / "shelf.jpg"


def recompressed(image: Image.Image) -> Image.Image:
    out = BytesIO()
    image.save(out, "JPEG", quality=40)
    return Image.open(out).convert("RGB")


def _warmer(level: int) -> int:
    return level * 9 // 10 + 25


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "in low quality": recompressed,
    "of half the size": lambda image: image.resize((image.width // 2, image.height // 2)),
    "a fifth brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "warmer": lambda image: Image.merge(
        "RGB", [image.getchannel(0).point(lambda v: v * 9 // 10 + 25), *image.split()[1:]]
    ),
}


def pairs(*images: Image.Image) -> list[tuple[int, int]]:
    prints = np.stack([fingerprint(image) for image in images])
    return [(one, other) for one, other in near_duplicates(prints, prints) if one < other]


@pytest.mark.parametrize("change", list(CHANGES))
def test_a_copy_is_found(change: str) -> None:
    image = Image.open(SHELF).convert("RGB")
    assert pairs(image, CHANGES[change](image)) == [(0, 1)]


def test_another_photo_is_not() -> None:
    assert pairs(tiny_release.photo(seed=1), tiny_release.photo(seed=2)) == []


def test_photos_of_one_colour_are_alike_nobody() -> None:
    assert pairs(Image.new("RGB", (50, 50), "red"), Image.new("RGB", (60, 60), "red")) == []


def test_near_duplicates_of_near_duplicates_are_one_group() -> None:
    rng = np.random.default_rng(0)
    start, step = rng.normal(128, 40, (16, 16, 3)), rng.normal(0, 6, (16, 16, 3))
    chain = [(start + number * step).clip(0, 255).astype(np.uint8).reshape(-1) for number in range(4)]
    prints = np.stack([*chain, rng.integers(0, 255, 768, dtype=np.uint8)])
    assert (0, 3) not in set(near_duplicates(prints, prints))
    assert groups(prints).tolist() == [0, 0, 0, 0, 4]
