"""How large a brand's products are, learnt from shelves with labels: no one has to measure them.

A photo's scale and the products' sizes explain each other, so they are estimated in turns, robustly, since a part of
many facings is hidden.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inference.shelf.facings import Array, right_neighbours
from inference.shelf.sizes import SIDES, Sizes
from modelstore.training.labelled_shelf import OTHER, LabelledShelf

_TURNS = 15
_ROBUST_TURNS = 8
_FEWEST = 4
"""Whole facings of known products that a photo must show to have a scale."""
_OUTLYING = 0.08
_STIFFNESS = np.diag([1e-6, 0.1, 0.1])
_LEAST_SPREAD = 0.03
_WIDER = 1.3
"""On shelves that were not learnt from, sizes scatter more."""
_ALIKE = 0.08
_PRODUCT_OUTSIDE = np.array([[0.0, 0.4], [0.0, 0.4]])


def learn_sizes(shelves: Sequence[LabelledShelf], skus: int) -> Sizes | None:
    """None when no photo shows enough."""
    usable = [shelf for shelf in shelves if all(len(_whole(shelf, side)) >= _FEWEST for side in SIDES)]
    if not usable:
        return None
    log_sides = np.stack([_one_side(usable, skus, side) for side in SIDES], axis=1)
    scales = [[_scale(shelf, log_sides, side) for side in SIDES] for shelf in usable]
    narrower = np.median([width[0] - height[0] for height, width in scales])
    residuals = [_residuals(usable, log_sides, scales, side) for side in SIDES]
    log_sides[:, 1] += narrower
    spread = np.array([max(1.48 * np.median(np.abs(rest[rest > -0.1])), _LEAST_SPREAD) for rest in residuals])
    less = [rest < -3 * deviation for rest, deviation in zip(residuals, spread, strict=True)]
    odd = max(np.mean(rest > 3 * deviation) for rest, deviation in zip(residuals, spread, strict=True))
    hidden_by = np.concatenate([-rest[which] for rest, which in zip(residuals, less, strict=True)])
    return Sizes(
        log_sides=log_sides,
        common=_common(log_sides),
        spread=spread * _WIDER,
        others=_others(usable, scales, narrower),
        hidden=np.clip([1.5 * which.mean() for which in less], 0.02, 0.5),
        depth=float(hidden_by.mean()) if len(hidden_by) else 0.3,
        odd=float(np.clip(odd, 0.01, 0.2)),
    )


def learn_run(shelves: Sequence[LabelledShelf]) -> float:
    """How often two products side by side are the same."""
    same = [shelf.labels[left] == shelf.labels[right] for shelf in shelves for left, right in _neighbours(shelf)]
    return float(np.mean(same)) if same else 0.0


def _neighbours(shelf: LabelledShelf) -> list[tuple[int, int]]:
    right = right_neighbours(shelf.seen.boxes)
    return [(k, int(r)) for k, r in enumerate(right) if r >= 0 and shelf.labels[k] >= 0 and shelf.labels[r] >= OTHER]


def _whole(shelf: LabelledShelf, side: int) -> NDArray[np.intp]:
    """Known products that the photo's edge does not cut."""
    return np.flatnonzero((shelf.labels >= 0) & ~shelf.seen.beyond[:, side])


def _one_side(shelves: Sequence[LabelledShelf], skus: int, side: int) -> Array:
    """[K]: mean zero, NaN for a SKU that stands on none of the shelves."""
    known = np.zeros((skus, len(SIDES)))
    for _ in range(_TURNS):
        rests = np.concatenate([_rests(shelf, _scale(shelf, known, side), side) for shelf in shelves])
        labels = np.concatenate([shelf.labels[_whole(shelf, side)] for shelf in shelves])
        middles = np.array(
            [np.median(rests[labels == sku]) if (labels == sku).any() else np.nan for sku in range(skus)]
        )
        known[:, side] = middles - np.nanmean(middles)
    return known[:, side]


def _scale(shelf: LabelledShelf, log_sides: Array, side: int) -> Array:
    """The photo's scale [3], by regression with weights that fall for outliers."""
    whole = _whole(shelf, side)
    place, implied = shelf.seen.place[whole], _implied(shelf, log_sides, side)
    scale = np.array([np.median(implied), 0.0, 0.0])
    for _ in range(_ROBUST_TURNS):
        weight = 1 / (1 + ((implied - place @ scale) / _OUTLYING) ** 2)
        scale = np.linalg.solve((place.T * weight) @ place + _STIFFNESS, (place.T * weight) @ implied)
    return scale


def _implied(shelf: LabelledShelf, log_sides: Array, side: int) -> Array:
    whole = _whole(shelf, side)
    return np.asarray(shelf.seen.log_sides[whole, side] - np.nan_to_num(log_sides[shelf.labels[whole], side]))


def _rests(shelf: LabelledShelf, scale: Array, side: int) -> Array:
    whole = _whole(shelf, side)
    return np.asarray(shelf.seen.log_sides[whole, side] - shelf.seen.place[whole] @ scale)


def _residuals(shelves: Sequence[LabelledShelf], log_sides: Array, scales: list[list[Array]], side: int) -> Array:
    return np.concatenate(
        [
            _implied(shelf, log_sides, side) - shelf.seen.place[_whole(shelf, side)] @ scale[side]
            for shelf, scale in zip(shelves, scales, strict=True)
        ]
    )


def _others(shelves: Sequence[LabelledShelf], scales: list[list[Array]], narrower: float) -> Array:
    """Mean and deviation of products that are none of the SKUs: [2, 2]."""
    found = _PRODUCT_OUTSIDE.copy()
    for side in SIDES:
        rests = [
            (shelf.seen.log_sides[:, side] - shelf.seen.place @ scale[side])[
                (shelf.labels == OTHER) & ~shelf.seen.beyond[:, side]
            ]
            for shelf, scale in zip(shelves, scales, strict=True)
        ]
        together = np.concatenate(rests) + side * narrower
        if len(together) >= _FEWEST:
            found[side] = together.mean(), max(together.std(), _ALIKE)
    return found


def _common(log_sides: Array) -> Array:
    """The sizes that occur, those of nearly the same size once."""
    kept: list[Array] = []
    for sides in log_sides[np.isfinite(log_sides).all(axis=1)]:
        if all(np.abs(sides - other).max() > _ALIKE for other in kept):
            kept.append(sides)
    return np.array(kept)
