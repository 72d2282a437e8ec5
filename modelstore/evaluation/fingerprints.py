"""Photos that are nearly the same: one re-encoded, resized, or taken a moment later without moving.

A fingerprint is the photo at 16 x 16 pixels in colour. Two that correlate almost perfectly are no two witnesses: copies
in low quality, of half the size or a quarter brighter reach 0.99, while the nearest of 864 photos of groceries, many of
them taken a step apart, reach 0.96. A copy that was cropped by more than a hundredth is not recognised.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 16
LENGTH = SIDE * SIDE * 3
ALIKE = 0.98
_ROWS = 512
_FLATTEST = 2.0
Fingerprints = NDArray[np.uint8]


def fingerprint(image: Image.Image) -> Fingerprints:
    """[768] of an RGB photo."""
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=2.0)).reshape(LENGTH)


def near_duplicates(some: Fingerprints, others: Fingerprints) -> Iterator[tuple[int, int]]:
    """Pairs of rows, [N, 768] and [M, 768], that show nearly the same photo."""
    right = _normalised(others)
    for start in range(0, len(some), _ROWS):
        close = _normalised(some[start : start + _ROWS]) @ right.T >= ALIKE
        yield from ((start + int(row), int(column)) for row, column in np.argwhere(close))


def groups(prints: Fingerprints) -> NDArray[np.int64]:
    """[N]: photos that are near-duplicates of each other, directly or through others, have the same number."""
    number = np.arange(len(prints))
    for one, other in near_duplicates(prints, prints):
        if one < other:
            number[number == number[other]] = number[one]
    return number


def _normalised(prints: Fingerprints) -> NDArray[np.float32]:
    """Without brightness, tint and contrast; a photo of one colour is like no other."""
    pixels = prints.reshape(len(prints), SIDE * SIDE, 3).astype(np.float32)
    centred = (pixels - pixels.mean(axis=1, keepdims=True)).reshape(len(prints), LENGTH)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(np.where(length > _FLATTEST * SIDE, centred / np.maximum(length, 1e-6), 0), np.float32)
