"""Cheap patterns of light and matter: soft noise, paper fibres, foil, sunbursts."""

import zlib
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]


def seed_of(thing: object) -> int:
    """A number that equal values share, in every run."""
    return zlib.crc32(repr(thing).encode())


@lru_cache(maxsize=256)
def noise(height: int, width: int, rows: int, columns: int, seed: int) -> Plane:
    """Smooth noise of mean 0 and deviation about 1, with about rows x columns blobs. Shared: do not write to it."""
    coarse = np.random.default_rng(seed).standard_normal((max(rows, 2), max(columns, 2)), dtype=np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def grid(height: int, width: int) -> tuple[Plane, Plane]:
    """y as a column and x as a row, each from -1 to 1 over the picture."""
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    return y, x


def relief(height_map: Plane, steepness: float) -> tuple[Plane, Plane]:
    """Diffuse light (about 1 where flat) and a highlight (0 to 1) of a surface lit from the upper left.

    `height_map` in shares of its width; `steepness` exaggerates it.
    """
    scale = steepness * height_map.shape[1]
    dx = cv2.Sobel(height_map, cv2.CV_32F, 1, 0, ksize=3) * (scale / 8)
    dy = cv2.Sobel(height_map, cv2.CV_32F, 0, 1, ksize=3) * (scale / 8)
    length = np.sqrt(dx * dx + dy * dy + 1)
    facing = (1 + 0.38 * -dx + 0.5 * -dy) / length
    diffuse = np.clip(0.42 + 0.58 * facing, 0.2, 1.35)
    shine = np.clip((1 + 0.75 * -dx + 0.55 * -dy) / length / 1.365, 0, 1) ** 26
    return np.asarray(diffuse, np.float32), np.asarray(shine, np.float32)


def lit(rgb: Plane, diffuse: Plane, shine: Plane, gloss: float) -> Plane:
    """Colours under that light, 0 to 255."""
    shone = np.clip(shine * gloss, 0, 1)[..., None]
    return np.asarray(np.clip(rgb * diffuse[..., None] * (1 - shone) + 255 * shone, 0, 255), np.float32)
