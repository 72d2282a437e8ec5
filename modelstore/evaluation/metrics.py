"""Figures about a classifier, from answers to photos that it was not fitted on."""

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score, roc_curve

Floats = NDArray[np.floating]
Labels = NDArray[np.int64]
Flags = NDArray[np.bool_]


def coverage(confidences: Floats, right: Flags, precision: float = 0.95) -> float:
    """The largest share of answers that can be kept, surest first, so that this share of them is right."""
    order = np.argsort(-confidences, kind="stable")
    kept = np.arange(1, len(order) + 1)
    enough = np.cumsum(right[order]) >= precision * kept
    return float(kept[enough].max(initial=0) / len(order))


def calibration_error(confidences: Floats, right: Flags, weights: Floats | None = None, bins: int = 10) -> float:
    """Expected calibration error: the mean distance between confidence and share of right answers, over ten bins."""
    weight = np.ones(len(confidences)) if weights is None else np.asarray(weights, float)
    which = np.minimum((confidences * bins).astype(int), bins - 1)
    gaps = [abs((weight * (confidences - right))[which == k].sum()) for k in range(bins)]
    return float(np.sum(gaps) / weight.sum())


def unknown_auroc(known_scores: Floats, known: Flags) -> float:
    """How well a score tells the brand's products from others: 1 is always, 0.5 is chance."""
    return float(roc_auc_score(known, known_scores))


def false_positive_rate(known_scores: Floats, known: Flags, kept: float = 0.95) -> float:
    """Share of other products that pass a threshold which keeps 95 % of the brand's (FPR95)."""
    passed, found, _ = roc_curve(known, known_scores)
    return float(passed[np.argmax(found >= kept)])
