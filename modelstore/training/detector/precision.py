"""How good a detector is on shelf photos of which nothing was learnt."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inference.matching import match
from modelstore.training.detector.boxes import Truth
from modelstore.training.detector.sight import Sight
from modelstore.training.matching import average_precision

_SHOWN = 0.25
"""The confidence from which serving shows a detection, unless a release says otherwise."""


@dataclass(frozen=True)
class Precision:
    """ap50: of labelled boxes; others: products without a label that the detector which training starts from is sure
    of, and `others_found` of them found here. Finding those is no mistake."""

    ap50: float
    others: int
    others_found: int


def precision(truths: Sequence[Truth], sights: Sequence[Sight]) -> Precision:
    """truths and sights: of the same photos."""
    scores, right, found = [], [], 0
    for truth, sight in zip(truths, sights, strict=True):
        facing = match(sight.found[:, :4], truth.products).facing
        confidence = sight.found[:, 4].numpy()
        other = facing >= len(truth.labelled)
        found += int((confidence[other] >= _SHOWN).sum())
        scores.append(confidence[~other])
        right.append(facing[~other] >= 0)
    labelled = sum(len(truth.labelled) for truth in truths)
    ap50 = average_precision(np.concatenate(scores), np.concatenate(right), labelled)
    return Precision(ap50, sum(len(truth.others) for truth in truths), found)
