"""Which box of one set is which of another: detections and facings, or what two releases found. Needs no torch."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

OVERLAP = 0.5


@dataclass(frozen=True)
class Match:
    """For every detection the index of its facing, or -1; a facing is given to one detection only."""

    facing: NDArray[np.int64]
    overlap: NDArray[np.float32]
    """With the best facing, taken or not."""


def match(found: ArrayLike, truth: ArrayLike) -> Match:
    """found: [N, 4] sorted by confidence, surest first; truth: [M, 4]. The surer detection chooses first."""
    boxes, facings = (np.asarray(given, np.float32).reshape(-1, 4) for given in (found, truth))
    facing = np.full(len(boxes), -1, np.int64)
    if not len(boxes) or not len(facings):
        return Match(facing, np.zeros(len(boxes), np.float32))
    overlaps = intersection_over_union(boxes, facings)
    free = np.ones(len(facings), bool)
    for number, row in enumerate(overlaps):
        choice = int(np.argmax(np.where(free, row, -1)))
        if free[choice] and row[choice] >= OVERLAP:
            facing[number], free[choice] = choice, False
    return Match(facing, overlaps.max(axis=1))


def intersection_over_union(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """[N, M], of every pair of boxes, each x1, y1, x2, y2."""
    near = np.maximum(left[:, None, :2], right[:, :2])
    far = np.minimum(left[:, None, 2:], right[:, 2:])
    shared = np.prod(np.maximum(far - near, 0), axis=2)
    union = _areas(left)[:, None] + _areas(right) - shared
    return np.asarray(shared / np.maximum(union, np.finfo(np.float32).tiny), np.float32)


def _areas(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), np.float32)
