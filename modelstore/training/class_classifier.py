"""A classifier of whole pictures, each of one class: as reference_classifier, without anything but the classes.

Every picture is one of them, so nothing is learnt of strangers, and confidences sum to one.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from inference.bundle import Regression
from modelstore.errors import TrainingRefused
from modelstore.evaluation.answers import answers as from_probabilities
from modelstore.evaluation.answers import calibration
from modelstore.evaluation.figures import figures
from modelstore.training.cross_validation import answers, fitted, folds
from modelstore.training.reference_classifier import Trained, alone, best_way

Features = NDArray[np.float32]
Labels = NDArray[np.int64]


def fit_classes(
    features: Features,
    labels: Labels,
    encoders: Mapping[str, slice],
    photos: Sequence[str],
    alike: Labels,
) -> Trained:
    """features: [N, D]; labels: [N], 0 to K - 1; encoders: the columns of each encoder's embedding; photos: the sha256
    of each; alike: [N], the same number for near-duplicates. Raises TrainingRefused."""
    split = folds(labels, alike)
    if not split:
        raise TrainingRefused("All photos of each class are nearly the same. Add photos from other sides and days.")
    asked = np.sort(np.concatenate([fold.asked for fold in split]))
    answered = answers(features, labels, split)
    way, temperature = best_way(answered, labels, asked)
    probabilities = softmax(answered[way][asked] / temperature, axis=1)
    named = from_probabilities(probabilities, labels[asked], [photos[row] for row in asked])
    counted = {"photos": len(labels), "classes": int(labels.max()) + 1}
    measured = alone(features, labels, split, way, encoders) | figures(named, calibration(named), "single_label")
    linear = fitted(features, labels, way)
    examples = features[:: max(len(features) // 8, 1)]
    regression = Regression(linear.weight, linear.bias, examples, temperature)
    return Trained(regression, {**counted, **measured}, "cross-validation", named, calibration(named))
