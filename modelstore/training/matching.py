"""Which detection is which facing, and how good the detections are."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.ops import box_iou

OVERLAP = 0.5


@dataclass(frozen=True)
class Match:
    """For every detection the index of its facing, or -1; a facing is given to one detection only."""

    facing: NDArray[np.int64]
    overlap: NDArray[np.float32]
    """With the best facing, taken or not."""


def match(found: torch.Tensor, truth: torch.Tensor) -> Match:
    """found: [N, 4] sorted by confidence, surest first; truth: [M, 4]. The surer detection chooses first."""
    facing = np.full(len(found), -1, np.int64)
    if not len(found) or not len(truth):
        return Match(facing, np.zeros(len(found), np.float32))
    overlaps = box_iou(found, truth).numpy()
    best = overlaps.max(axis=1)
    free = np.ones(len(truth), bool)
    for number, row in enumerate(overlaps):
        choice = int(np.argmax(np.where(free, row, -1)))
        if free[choice] and row[choice] >= OVERLAP:
            facing[number], free[choice] = choice, False
    return Match(facing, np.asarray(best, np.float32))


def average_precision(scores: NDArray[np.float32], right: NDArray[np.bool_], facings: int) -> float:
    """Area under the interpolated precision-recall curve."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(right[order])
    precision = hits / np.arange(1, len(order) + 1)
    recall = hits / max(facings, 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(np.concatenate([[0.0], recall])) * envelope))
