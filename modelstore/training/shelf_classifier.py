"""A brand's classifier from labelled shelves, with or without reference photos."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inference.head import surest
from modelstore.errors import TrainingRefused
from modelstore.training import metrics
from modelstore.training.classifier import Crops, fit, judged
from modelstore.training.labelled_shelf import LabelledShelf
from modelstore.training.reference_classifier import Trained

_FEWEST_SHELVES = 4
_HELD_OUT = 3
"""Every third shelf that shows one of the SKUs decides how sure answers are, and what they are worth."""


def fit_shelves(shelves: Sequence[LabelledShelf], skus: Sequence[str], crops: Crops) -> Trained:
    """crops: reference photos, and negatives labelled with the number of SKUs. Raises TrainingRefused.

    Figures are of the shelves held out, on which regularisation and calibration were chosen, but no name was learnt."""
    telling = [shelf for shelf in shelves if (shelf.labels >= 0).any()]
    if len(telling) < _FEWEST_SHELVES:
        raise TrainingRefused(
            f"The detector finds labelled products on {len(telling)} shelf photos; {_FEWEST_SHELVES} are needed. Add "
            "photos, or use a detector that suits them with --detector."
        )
    held_out = telling[_HELD_OUT - 1 :: _HELD_OUT]
    learnt = [shelf for shelf in shelves if shelf not in held_out]
    _check_every_sku(learnt, skus, crops)
    regression = fit(learnt, held_out, len(skus), crops)
    figures = _figures(*judged(regression, held_out, len(skus)), len(skus))
    return Trained(regression, {"shelves": len(telling), "skus": len(skus), **figures})


def _check_every_sku(shelves: Sequence[LabelledShelf], skus: Sequence[str], crops: Crops) -> None:
    seen = {int(label) for shelf in shelves for label in shelf.labels} | set(crops.labels.tolist())
    missing = [sku for row, sku in enumerate(skus) if row not in seen]
    if missing:
        raise TrainingRefused(
            f"Too little is shown of {', '.join(missing[:10])}: label them on more shelves, or add reference photos."
        )
    if len(skus) < 2 and len(skus) not in seen and not any((shelf.labels < 0).any() for shelf in shelves):
        raise TrainingRefused("One SKU and nothing else: a classifier needs something to tell it from. Add negatives.")


def _figures(answers: NDArray[np.float32], labels: NDArray[np.int64], skus: int) -> dict[str, float | int]:
    """answers: [N, K + 1] or [N, K]; labels: [N], K for what is none of the SKUs."""
    known = labels < skus
    best, confidences = surest(answers, skus)
    right = np.asarray(best == labels)
    found: dict[str, float | int] = {"crops": len(labels), "ece": metrics.calibration_error(confidences, right)}
    if known.any():
        found |= {
            "top1": float(right[known].mean()),
            "top5": metrics.top(answers[known][:, :skus], labels[known], 5),
            "known_kept_at_0.5": float((confidences[known] >= 0.5).mean()),
            "coverage_at_95_precision": metrics.coverage(confidences, right),
        }
    if known.any() and not known.all():
        found |= {
            "unknown_auroc": metrics.unknown_auroc(confidences, known),
            "unknown_fpr95": metrics.false_positive_rate(confidences, known),
            "unknown_rejected_at_0.5": float((confidences[~known] < 0.5).mean()),
        }
    return {name: round(value, 4) for name, value in found.items()}
