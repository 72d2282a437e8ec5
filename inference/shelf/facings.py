"""Boxes of one photo, as the shelf's context needs them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
HEIGHT, WIDTH = 0, 1

_BORDER = 0.004
"""A box that ends so near the photo's edge, as a share of its long side, goes on beyond it."""
_SAME_ROW = 0.5
_ADJACENT = 1.6


@dataclass(frozen=True)
class Facings:
    """N facings.

    boxes: [N, 4] in pixels; log_sides: [N, 2], logarithms of height and width; beyond: [N, 2], whether the box is cut
    by the photo's edge in height, in width; place: [N, 3] as 1, x, y from the middle, in long sides of the photo;
    weight: [N], the detector's confidence.
    """

    boxes: Array
    log_sides: Array
    beyond: NDArray[np.bool_]
    place: Array
    weight: Array


def facings(found: Array, size: tuple[int, int]) -> Facings:
    """found: [N, 5], boxes and confidences; size: width and height of the photo."""
    boxes, (width, height) = found[:, :4], size
    x1, y1, x2, y2 = boxes.T
    longest = max(width, height)
    near = _BORDER * longest
    middle = np.stack([x1 + x2 - width, y1 + y2 - height], axis=1) / (2 * longest)
    return Facings(
        boxes=boxes,
        log_sides=np.log(np.maximum(np.stack([y2 - y1, x2 - x1], axis=1), 1.0)),
        beyond=np.stack([(y1 < near) | (y2 > height - near), (x1 < near) | (x2 > width - near)], axis=1),
        place=np.concatenate([np.ones((len(found), 1)), middle], axis=1),
        weight=found[:, 4],
    )


def right_neighbours(boxes: Array) -> NDArray[np.int64]:
    """For each of N boxes the one that stands next to it on the same shelf, to its right; -1 where none does."""
    if not len(boxes):
        return np.zeros(0, np.int64)
    x1, y1, x2, y2 = boxes.T
    shared = np.minimum(y2[:, None], y2) - np.maximum(y1[:, None], y1)
    row = shared > _SAME_ROW * np.minimum((y2 - y1)[:, None], y2 - y1)
    step = ((x1 + x2) - (x1 + x2)[:, None]) / 2
    adjacent = row & (step > 0) & (step < _ADJACENT * np.minimum((x2 - x1)[:, None], x2 - x1))
    nearest = np.where(adjacent, step, np.inf).argmin(axis=1)
    return np.where(adjacent.any(axis=1), nearest, -1)
