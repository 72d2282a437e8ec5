"""Is a photo blurred? At the size at which encoders look at it, a sharp photo loses much when it is blurred further.

Measured as the share of fine detail (second differences) that a blur takes away, along the direction that has least to
lose: a camera that moved leaves edges along its way. The logarithm hardly depends on what is printed on the pack.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

BLURRED = 2.5
"""Below it a photo counts as blurred: see docs/training.md for what that catches."""
_SIDE = 192
_DEVIATION = 2.0
_REACH = 8
_NOISE = 0.1
Plane = NDArray[np.float32]


def sharpness(image: Image.Image) -> float:
    """About 4 for a sharp photo, 1 to 2 for a blurred one."""
    scale = _SIDE / max(image.size)
    size = max(8, round(image.width * scale)), max(8, round(image.height * scale))
    way = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    grey = np.asarray(image.convert("L").resize(size, way), np.float32)
    pairs = zip(_detail(grey), _detail(_blurred(grey)), strict=True)
    return min(float(np.log((before.var() + _NOISE) / (after.var() + _NOISE))) for before, after in pairs)


def _detail(grey: Plane) -> list[Plane]:
    """Second differences in four directions."""
    middle = 2 * grey[1:-1, 1:-1]
    ends = ((grey[1:-1, 2:], grey[1:-1, :-2]), (grey[2:, 1:-1], grey[:-2, 1:-1]),
            (grey[2:, 2:], grey[:-2, :-2]), (grey[2:, :-2], grey[:-2, 2:]))  # fmt: skip
    return [one + other - middle for one, other in ends]


def _blurred(grey: Plane) -> Plane:
    """By a Gaussian; the edge goes on as it ends."""
    steps = np.arange(-_REACH, _REACH + 1)
    kernel = np.exp(-0.5 * (steps / _DEVIATION) ** 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        padding = [(_REACH, _REACH) if side == axis else (0, 0) for side in (0, 1)]
        padded = np.pad(grey, padding, "edge")
        grey = np.apply_along_axis(np.convolve, axis, padded, kernel, "valid").astype(np.float32)
    return grey
