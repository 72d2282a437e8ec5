"""How many answers can be kept, surest first, and what share of them is right."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modelstore.evaluation.answers import Answers
from modelstore.evaluation.resampling import draws, units

_POINTS = 100
_BAND = (2.5, 97.5)
_DIGITS = 4
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Point:
    """Of this share of the answers (coverage), that share is right; low, high: its 95 % interval."""

    coverage: float
    precision: float
    low: float
    high: float


def precision_curve(given: Answers) -> tuple[Point, ...]:
    """At up to a hundred coverages, from the surest answers to all of them."""
    if not len(given):
        return ()
    order = np.argsort(-given.surest, kind="stable")
    right = given.right[order].astype(float)
    kept = np.unique(np.linspace(1, len(order), min(_POINTS, len(order))).round().astype(int))
    each = np.ones(len(order))
    drawn = [_precisions(weights[order], right, kept / len(order)) for weights in draws(units(given.photos))]
    low, high = np.percentile(drawn, _BAND, axis=0)
    rows = np.stack([kept / len(order), _precisions(each, right, kept / len(order)), low, high], axis=1)
    return tuple(Point(*row) for row in rows.round(_DIGITS).tolist())


def _precisions(weights: Floats, right: Floats, coverages: Floats) -> Floats:
    kept = np.cumsum(weights)
    last = np.searchsorted(kept, coverages * kept[-1] - 1e-9)
    return np.asarray(np.cumsum(weights * right)[last] / np.maximum(kept[last], 1e-9))
