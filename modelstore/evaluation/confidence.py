"""What confidences are worth, of answers that count more or less: quick enough for a thousand draws."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modelstore.evaluation.answers import Calibration, Flags, Floats, Labels
from modelstore.evaluation.resampling import Measure

TENTHS = 10
_KEPT = 0.95
Weights = NDArray[np.float64]


def bins(confidences: Floats) -> Labels:
    """[N]: in which tenth each lies."""
    return np.asarray(np.clip((confidences * TENTHS).astype(int), 0, TENTHS - 1), np.int64)


def calibration_error(judged: Calibration) -> Measure:
    """`metrics.calibration_error`."""
    which, gaps = bins(judged.confidences), judged.weights * (judged.confidences - judged.right)

    def measure(weights: Weights) -> float:
        total = weights @ judged.weights
        summed = np.bincount(which, weights=weights * gaps, minlength=TENTHS)
        return float(np.abs(summed).sum() / total) if total else float("nan")

    return measure


@dataclass(frozen=True, eq=False)
class _Ranked:
    """Scores that are the same count as one: order [N], and where each starts in it."""

    order: Labels
    starts: Labels

    def summed(self, weights: Weights, among: Flags) -> Weights:
        """From the highest score to the lowest."""
        return np.asarray(np.add.reduceat((weights * among)[self.order], self.starts))


def _ranked(scores: Floats) -> _Ranked:
    order = np.argsort(-scores, kind="stable")
    return _Ranked(order, np.flatnonzero(np.diff(scores[order], prepend=np.inf) != 0))


def auroc(scores: Floats, known: Flags) -> Measure:
    """`metrics.unknown_auroc`."""
    ranked = _ranked(scores)

    def measure(weights: Weights) -> float:
        own, others = ranked.summed(weights, known), ranked.summed(weights, ~known)
        below = others.sum() - np.cumsum(others) + others / 2
        pairs = own.sum() * others.sum()
        return float(own @ below / pairs) if pairs else float("nan")

    return measure


def false_positives(scores: Floats, known: Flags) -> Measure:
    """`metrics.false_positive_rate`."""
    ranked = _ranked(scores)

    def measure(weights: Weights) -> float:
        own, others = ranked.summed(weights, known), ranked.summed(weights, ~known)
        if not own.sum() or not others.sum():
            return float("nan")
        passed = np.argmax(np.cumsum(own) >= _KEPT * own.sum())
        return float(np.cumsum(others)[passed] / others.sum())

    return measure
