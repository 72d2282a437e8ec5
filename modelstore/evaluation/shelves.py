"""Figures about whole shelves: what was found, what was named rightly, and how far off share of shelf is."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from modelstore.evaluation.answers import OTHER, Answers, answers
from modelstore.evaluation.figures import SURE
from modelstore.training.labelled_shelf import NOTHING, LabelledShelf
from modelstore.training.matching import average_precision

DET_CONF = 0.25
"""The default threshold of detections."""
Floats = NDArray[np.floating]


def shelf_answers(shelves: Sequence[LabelledShelf], probabilities: Floats) -> Answers:
    """probabilities: [N, K], of the SKUs, for all that the labels tell of, shelf by shelf."""
    truth = np.concatenate([shelf.labels[shelf.told] for shelf in shelves])
    photos = [shelf.photo for shelf in shelves for _ in range(int(shelf.told.sum()))]
    places = np.concatenate([_places(shelf) for shelf in shelves])
    return answers(probabilities, np.maximum(truth, OTHER), photos, places)


def shelf_figures(shelves: Sequence[LabelledShelf], named: Answers, skus: int) -> dict[str, float | int]:
    """What only labels of every product can tell, those of others included, is left out where there are none."""
    standing = np.concatenate([shelf.standing for shelf in shelves])
    if not len(standing):
        return {}
    labels, scores = (np.concatenate(parts) for parts in zip(*map(_told, shelves), strict=True))
    found = scores >= DET_CONF
    given = found & (named.surest >= SURE)
    right = given & named.right
    measured = {
        "detection_recall": float((found & (labels != NOTHING)).sum() / len(standing)),
        "named_precision": float(right.sum() / max(given.sum(), 1)),
        "named_recall": float(right.sum() / max((standing >= 0).sum(), 1)),
    }
    if (standing == OTHER).any():
        measured["detection_ap50"] = average_precision(scores.astype(np.float32), labels != NOTHING, len(standing))
        measured["sos_error_points"] = _sos_error(shelves, named, skus)
    return {name: round(value, 4) for name, value in measured.items()}


def _places(shelf: LabelledShelf) -> NDArray[np.int64]:
    """The same place on a photo whatever detector found it."""
    return np.flatnonzero(shelf.told) if shelf.places is None else shelf.places[shelf.told]


def _told(shelf: LabelledShelf) -> tuple[NDArray[np.int64], Floats]:
    return shelf.labels[shelf.told], shelf.found[shelf.told, 4]


def _sos_error(shelves: Sequence[LabelledShelf], named: Answers, skus: int) -> float:
    """Mean absolute error over the SKUs, in percentage points, averaged over the photos."""
    start, errors = 0, []
    for shelf in shelves:
        count = int(shelf.told.sum())
        best, sure = named.best[start : start + count, 0], named.surest[start : start + count]
        found = _told(shelf)[1] >= DET_CONF
        shown = np.bincount(best[found & (sure >= SURE)], minlength=skus) / max(found.sum(), 1)
        true = np.bincount(shelf.standing[shelf.standing >= 0], minlength=skus) / max(len(shelf.standing), 1)
        errors.append(100 * np.abs(shown - true).mean())
        start += count
    return float(np.mean(errors))
