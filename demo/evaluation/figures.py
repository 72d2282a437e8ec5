"""From what was read on many shelves to figures with 95 % intervals (bootstrap over photos)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.catalogues import catalogues
from demo.evaluation.reading import Answer, ShelfRead
from modelstore.training.matching import average_precision

SKU_CONF = 0.5
_BINS = 10
_RESAMPLES = 400
_FLAVOURS = {product.sku: product.design.flavour for known in catalogues() for product in known.products}

Shelves = Sequence[ShelfRead]


@dataclass(frozen=True)
class Figure:
    """A measured value and its 95 % interval."""

    value: float
    low: float
    high: float


def figures(shelves: Shelves) -> dict[str, Figure]:
    """Every figure of the model card for these shelves."""
    return {name: with_interval(measure, shelves) for name, measure in MEASURES.items()}


def with_interval(measure: Callable[[Shelves], float], shelves: Shelves) -> Figure:
    """Photos are drawn anew, whole: facings of one photo are not independent."""
    rng = np.random.default_rng(0)
    draws = (rng.integers(0, len(shelves), len(shelves)) for _ in range(_RESAMPLES))
    values = [measure([shelves[k] for k in draw]) for draw in draws]
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return Figure(measure(shelves), float(low), float(high))


def detection_ap50(shelves: Shelves) -> float:
    scores = np.concatenate([np.array(shelf.scores, np.float32) for shelf in shelves])
    right = np.concatenate([np.array(shelf.right, bool) for shelf in shelves])
    return average_precision(scores, right, sum(shelf.facings for shelf in shelves))


def detection_recall(shelves: Shelves) -> float:
    """At the release's threshold."""
    return sum(len(shelf.answers) for shelf in shelves) / max(sum(shelf.facings for shelf in shelves), 1)


def sku_top1(shelves: Shelves) -> float:
    """Known products on matched boxes, before any threshold."""
    return _mean([answer.name == answer.truth for answer in _known(shelves)])


def wrong_in_size_alone(shelves: Shelves) -> float:
    wrong = [answer for answer in _known(shelves) if answer.name != answer.truth]
    return _mean([_FLAVOURS[answer.name] == _FLAVOURS[answer.truth] for answer in wrong])


def known_kept(shelves: Shelves) -> float:
    return _mean([answer.confidence >= SKU_CONF for answer in _known(shelves)])


def unknown_rejected(shelves: Shelves) -> float:
    return _mean([answer.confidence < SKU_CONF for answer in _answers(shelves) if answer.truth is None])


def named_right(shelves: Shelves) -> float:
    """The share of right names among all that are given, rivals included."""
    return _mean([answer.name == answer.truth for answer in _answers(shelves) if answer.confidence >= SKU_CONF])


def calibration_error(shelves: Shelves) -> float:
    """Expected calibration error of SKU confidences, ten bins; naming a rival is always wrong."""
    answers = _answers(shelves)
    confidence: NDArray[np.float64] = np.array([answer.confidence for answer in answers], float)
    right = np.array([answer.name == answer.truth for answer in answers], float)
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = [(bins == k).mean() * abs(confidence[bins == k].mean() - right[bins == k].mean()) for k in np.unique(bins)]
    return float(np.sum(gaps))


def sos_error_points(shelves: Shelves) -> float:
    return _mean([shelf.sos_error for shelf in shelves])


MEASURES: Mapping[str, Callable[[Shelves], float]] = {
    measure.__name__: measure
    for measure in (
        detection_ap50, detection_recall, sku_top1, wrong_in_size_alone, known_kept, unknown_rejected, named_right,
        calibration_error, sos_error_points,
    )
}  # fmt: skip


def _answers(shelves: Shelves) -> list[Answer]:
    return [answer for shelf in shelves for answer in shelf.answers]


def _known(shelves: Shelves) -> list[Answer]:
    return [answer for answer in _answers(shelves) if answer.truth is not None]


def _mean(values: Sequence[float | bool]) -> float:
    return float(np.mean(values)) if values else float("nan")
