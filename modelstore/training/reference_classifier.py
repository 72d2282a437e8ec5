"""A brand's classifier from reference photos alone, with figures that do not flatter: see cross_validation."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from inference.bundle import Regression
from inference.familiarity import Familiarity
from modelstore.training import metrics
from modelstore.training.cross_validation import STRENGTHS, Fold, Stranger, answers, fitted, folds, spaces, strangers
from modelstore.training.familiarity import importance, learn_familiarity, references
from modelstore.training.temperature import best_temperature

Features = NDArray[np.float32]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Trained:
    """A classifier, and how good it is: `metrics` as they stand in the release's manifest."""

    regression: Regression
    metrics: dict[str, float | int]


def fit_references(features: Features, labels: Labels, negatives: Features, encoders: Mapping[str, slice]) -> Trained:
    """features: [N, D]; labels: [N], 0 to K - 1; negatives: [M, D], products that are none of them, M may be 0;
    encoders: the columns of each encoder's embedding, to be measured alone."""
    split = folds(labels)
    within = spaces(features, labels, split)
    answered = {strength: answers(features, labels, split, within, strength) for strength in STRENGTHS}
    softened = {strength: best_temperature(logits, labels) for strength, logits in answered.items()}
    strength = min(softened, key=lambda strength: softened[strength][0])
    temperature = softened[strength][1]
    seen = strangers(features, labels, negatives, split, strength)
    familiarity = _familiarity(features, labels, seen)
    linear = fitted(features, labels, strength)
    measured = _alone(features, labels, split, strength, encoders) | _measured(
        answered[strength], labels, seen, familiarity, temperature
    )
    examples = features[:: max(len(features) // 8, 1)]
    regression = Regression(linear.weight, linear.bias, examples, temperature, familiarity=familiarity)
    return Trained(regression, {"photos": len(labels), "skus": int(labels.max()) + 1, **measured})


def _familiarity(features: Features, labels: Labels, seen: list[Stranger]) -> Familiarity | None:
    inputs, known = (np.concatenate([getattr(one, name) for one in seen]) for name in ("evidence", "known"))
    return learn_familiarity(references(features, labels, int(labels.max()) + 1), inputs, known)


def _alone(
    features: Features, labels: Labels, split: list[Fold], strength: float, encoders: Mapping[str, slice]
) -> dict[str, float | int]:
    parts = {name: features[:, columns] for name, columns in encoders.items()}
    answered = {
        name: answers(part, labels, split, spaces(part, labels, split), strength) for name, part in parts.items()
    }
    return {f"top1_{name}_alone": _rounded(metrics.top(logits, labels, 1)) for name, logits in answered.items()}


def _measured(
    logits: NDArray[np.float64],
    labels: Labels,
    seen: list[Stranger],
    familiarity: Familiarity | None,
    temperature: float,
) -> dict[str, float | int]:
    found: dict[str, float | int] = {"top1": metrics.top(logits, labels, 1), "top5": metrics.top(logits, labels, 5)}
    confidences = softmax(logits / temperature, axis=1).max(axis=1)
    found["coverage_at_95_precision"] = metrics.coverage(confidences, logits.argmax(axis=1) == labels)
    if familiarity is None:
        found["ece"] = metrics.calibration_error(confidences, logits.argmax(axis=1) == labels)
    else:
        found |= _with_strangers(seen, familiarity, temperature)
    return {name: _rounded(value) for name, value in found.items()}


def _with_strangers(seen: list[Stranger], familiarity: Familiarity, temperature: float) -> dict[str, float]:
    """Unknown products are weighed as the release expects them."""
    inputs, known, truth = (
        np.concatenate([getattr(one, name) for one in seen]) for name in ("evidence", "known", "labels")
    )
    logits = np.concatenate([one.logits for one in seen])
    chances = 1 / (1 + np.exp(-(inputs @ familiarity.weights)))
    confidences = chances * softmax(logits / temperature, axis=1).max(axis=1)
    right = np.asarray(known & (logits.argmax(axis=1) == truth))
    return {
        "ece": metrics.calibration_error(confidences, right, importance(known)),
        "unknown_auroc": metrics.unknown_auroc(confidences, known),
        "unknown_fpr95": metrics.false_positive_rate(confidences, known),
        "unknown_rejected_at_0.5": float((confidences[~known] < 0.5).mean()),
        "known_kept_at_0.5": float((confidences[known] >= 0.5).mean()),
    }


def _rounded(value: float) -> float:
    return round(value, 4)
