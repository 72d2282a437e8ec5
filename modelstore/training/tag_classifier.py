"""A classifier of whole pictures with tags, any number of which may be right: a calibrated logistic regression each.

Logits are softened and shifted (Platt scaling) on what was answered in cross-validation, and both are folded into the
tag's row, so that a release stores one matrix.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from inference.bundle import Regression
from modelstore.errors import TrainingRefused
from modelstore.evaluation.figures import figures
from modelstore.evaluation.tags import mean_auroc, tag_answers, tag_calibration
from modelstore.training.cross_validation import answers, fitted, folds
from modelstore.training.reference_classifier import Trained

Features = NDArray[np.float32]
Labels = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_BOUNDS = ((-4.0, 4.0), (None, None))
"""Of the logarithm of the slope, so that a tag nobody can tell becomes its share, and never its opposite; and of the
shift."""


@dataclass(frozen=True, eq=False)
class Row:
    """weight: [D]; probabilities: [N], of photos that were not learnt from, where `asked`."""

    weight: Floats
    bias: float
    probabilities: Floats
    asked: Flags


def fit_tags(features: Features, marks: Flags, tags: Sequence[str], photos: Sequence[str], alike: Labels) -> Trained:
    """features: [N, D]; marks: [N, K], whether a photo has a tag; photos: the sha256 of each; alike: [N], the same
    number for near-duplicates. Raises TrainingRefused."""
    rows = [_row(features, marks[:, tag].astype(np.int64), alike, name) for tag, name in enumerate(tags)]
    probabilities, asked = (
        np.stack([getattr(row, name) for row in rows], axis=1) for name in ("probabilities", "asked")
    )
    named = tag_answers(probabilities, marks, asked, photos)
    judged = tag_calibration(named)
    counted = {"photos": len(marks), "tags": len(tags)}
    measured = figures(named, judged, "multi_label") | mean_auroc(named, len(tags))
    examples = features[:: max(len(features) // 8, 1)]
    regression = Regression(np.stack([row.weight for row in rows]), np.array([row.bias for row in rows]), examples)
    return Trained(regression, {**counted, **measured}, "cross-validation", named, judged)


def _row(features: Features, labels: Labels, alike: Labels, name: str) -> Row:
    """labels: [N], 1 for photos with the tag."""
    split = folds(labels, alike)
    asked = np.zeros(len(labels), bool)
    for fold in split:
        asked[fold.asked] = True
    if not labels[asked].any() or labels[asked].all():
        raise TrainingRefused(f"All photos with {name}, or all without it, are nearly the same. Add others.")
    logits = {way: found[:, 1] - found[:, 0] for way, found in answers(features, labels, split).items()}
    scaled = {way: _platt(found[asked], labels[asked]) for way, found in logits.items()}
    way = min(scaled, key=lambda way: scaled[way][0])
    _, slope, shift = scaled[way]
    linear = fitted(features, labels, way)
    weight, bias = slope * (linear.weight[1] - linear.weight[0]), slope * (linear.bias[1] - linear.bias[0]) + shift
    return Row(weight, float(bias), expit(slope * logits[way] + shift), asked)


def _platt(logits: Floats, labels: Labels) -> tuple[float, float, float]:
    """The least mean negative log likelihood, and the slope and shift that reach it. Targets are as if one more photo
    of either kind had been seen, so that few photos make nobody certain."""
    having, lacking = int(labels.sum()), int((1 - labels).sum())
    targets = np.where(labels == 1, (having + 1) / (having + 2), 1 / (lacking + 2))

    def loss(scale: Floats) -> float:
        scaled = np.exp(scale[0]) * logits + scale[1]
        return float((np.logaddexp(0, scaled) - targets * scaled).mean())

    best = minimize(loss, np.zeros(2), method="L-BFGS-B", bounds=_BOUNDS)
    return float(best.fun), float(np.exp(best.x[0])), float(best.x[1])
