"""A brand's classifier from reference photos alone, with figures that do not flatter: see cross_validation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from inference.bundle import Regression
from inference.familiarity import Familiarity
from modelstore.errors import TrainingRefused
from modelstore.evaluation.answers import Answers, Calibration, calibration
from modelstore.evaluation.answers import answers as from_probabilities
from modelstore.evaluation.figures import figures
from modelstore.evaluation.report import Kind
from modelstore.training.cross_validation import Fold, Stranger, answers, fitted, folds, strangers
from modelstore.training.familiarity import importance, learn_familiarity, references
from modelstore.training.spaces import Way
from modelstore.training.temperature import best_temperature
from modelstore.training.views import Views

Features = NDArray[np.float32]
Labels = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Trained:
    """A classifier, and how good it is: `metrics` as they stand in the release's manifest, and what they come from."""

    regression: Regression
    metrics: dict[str, float | int]
    kind: Kind
    answers: Answers
    calibration: Calibration


def fit_references(
    features: Features,
    labels: Labels,
    negatives: Features,
    encoders: Mapping[str, slice],
    photos: Sequence[str] | None = None,
    alike: Labels | None = None,
    views: Views | None = None,
) -> Trained:
    """features: [N, D]; labels: [N], 0 to K - 1; negatives: [M, D], products that are none of them, M may be 0;
    encoders: the columns of each encoder's embedding, to be measured alone; photos: the sha256 of each of the N;
    alike: [N], the same number for photos that are near-duplicates; views: of some of the N. Raises TrainingRefused."""
    digests = photos or [f"{row:064x}" for row in range(len(labels))]
    split = folds(labels, alike)
    if not split:
        raise TrainingRefused("All photos of each SKU are nearly the same. Add photos from other sides and days.")
    asked, count = np.sort(np.concatenate([fold.asked for fold in split])), len(labels)
    if views:
        split = views.learnt_with(split, count)
        features, labels = views.beside(features, labels)
    answered = answers(features, labels, split)
    way, temperature = best_way(answered, labels, asked)
    seen = strangers(features, labels, negatives, split, way)
    familiarity = _familiarity(features, labels, seen)
    linear = fitted(features, labels, way)
    named = from_probabilities(
        softmax(answered[way][asked] / temperature, axis=1), labels[asked], [digests[row] for row in asked]
    )
    judged = calibration(named) if familiarity is None else _with_strangers(seen, familiarity, temperature)
    measured = alone(features, labels, split, way, encoders) | figures(named, judged)
    examples = features[:: max(len(features) // 8, 1)]
    regression = Regression(linear.weight, linear.bias, examples, temperature, familiarity=familiarity)
    counted = {"photos": count, "skus": int(labels.max()) + 1}
    return Trained(regression, {**counted, **measured}, "cross-validation", named, judged)


def best_way(answered: Mapping[Way, Floats], labels: Labels, asked: Labels) -> tuple[Way, float]:
    """With its temperature. answered: logits [N, K] of each way; asked: rows that count."""
    softened = {way: best_temperature(logits[asked], labels[asked]) for way, logits in answered.items()}
    best = min(softened, key=lambda way: softened[way][0])
    return best, softened[best][1]


def _familiarity(features: Features, labels: Labels, seen: list[Stranger]) -> Familiarity | None:
    inputs, known = (np.concatenate([getattr(one, name) for one in seen]) for name in ("evidence", "known"))
    return learn_familiarity(references(features, labels, int(labels.max()) + 1), inputs, known)


def alone(
    features: Features, labels: Labels, split: list[Fold], way: Way, encoders: Mapping[str, slice]
) -> dict[str, float | int]:
    """Top-1 of each encoder without the other."""
    asked = np.concatenate([fold.asked for fold in split])
    found = {}
    for name, columns in encoders.items():
        part = features[:, columns]
        logits = answers(part, labels, split, [way])[way]
        found[f"top1_{name}_alone"] = round(float((logits[asked].argmax(axis=1) == labels[asked]).mean()), 4)
    return found


def _with_strangers(seen: list[Stranger], familiarity: Familiarity, temperature: float) -> Calibration:
    """Unknown products are weighed as the release expects them."""
    inputs, known, truth = (
        np.concatenate([getattr(one, name) for one in seen]) for name in ("evidence", "known", "labels")
    )
    logits = np.concatenate([one.logits for one in seen])
    chances = 1 / (1 + np.exp(-(inputs @ familiarity.weights)))
    confidences = chances * softmax(logits / temperature, axis=1).max(axis=1)
    right = np.asarray(known & (logits.argmax(axis=1) == truth))
    return Calibration(confidences.astype(np.float32), right, known, importance(known))
