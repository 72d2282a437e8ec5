"""Every photo is answered by a classifier that never saw it; some also by one that never saw its SKU.

Folds split photos, never crops of one photo, and near-duplicates stay together. With each fold a group of SKUs is left
out as well: to that classifier they are unknown products, and from them the release learns what an unknown product
looks like.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.familiarity import evidence
from modelstore.training.familiarity import references
from modelstore.training.spaces import WAYS, Linear, Way

Features = NDArray[np.float32]
Labels = NDArray[np.int64]
Floats = NDArray[np.float64]
FOLDS = 5
_FEWEST = 3


@dataclass(frozen=True)
class Fold:
    """Positions of the photos that are learnt from, and of those that are asked about."""

    learnt: NDArray[np.int64]
    asked: NDArray[np.int64]


def folds(labels: Labels, alike: Labels | None = None) -> list[Fold]:
    """Up to five; the same for the same labels. Every classifier learns every SKU, and every photo is asked about once.

    alike: [N], the same number for photos that are near-duplicates of each other. A SKU whose photos all are is learnt
    each time and never asked about."""
    numbers = np.arange(len(labels)) if alike is None else alike
    rng = np.random.default_rng(0)
    fold = np.full(len(labels), -1)
    for sku in range(int(labels.max()) + 1):
        own = np.flatnonzero(labels == sku)
        kinds, kind = np.unique(numbers[own], return_inverse=True)
        if len(kinds) > 1:
            fold[own] = ((rng.permutation(len(kinds)) + sku) % FOLDS)[kind]
    asked = [np.flatnonzero(fold == number) for number in np.unique(fold[fold >= 0])]
    return [Fold(np.setdiff1d(np.arange(len(labels)), some), some) for some in asked]


def answers(features: Features, labels: Labels, split: Sequence[Fold], ways: Sequence[Way] = WAYS) -> dict[Way, Floats]:
    """Logits [N, K] of classifiers that did not see the photo, fitted in each of these ways."""
    logits = {way: np.zeros((len(labels), int(labels.max()) + 1)) for way in ways}
    for fold in split:
        seen, named = features[fold.learnt], labels[fold.learnt]
        opened = {space: space(seen, named) for space in {way.space for way in ways}}  # that takes longer than fitting
        for way in ways:
            linear = opened[way.space].fitted(seen, named, way.strength)
            logits[way][fold.asked] = linear.logits(features[fold.asked])
    return logits


def fitted(features: Features, labels: Labels, way: Way) -> Linear:
    return way.space(features, labels).fitted(features, labels, way.strength)


@dataclass(frozen=True)
class Stranger:
    """What a classifier says that knew only some SKUs: evidence [N, 3], logits [N, K] with -inf for those it did not
    know, the true labels [N] with -1 for negatives, and whether it could know them [N]."""

    evidence: NDArray[np.float32]
    logits: Floats
    labels: Labels
    known: NDArray[np.bool_]


def strangers(
    features: Features, labels: Labels, negatives: Features, split: Sequence[Fold], way: Way
) -> list[Stranger]:
    """One for each fold; with three SKUs or fewer none is left out, and only negatives are unknown."""
    return [
        _stranger(features, labels, negatives, fold, _left_out(labels, number, len(split)), way)
        for number, fold in enumerate(split)
    ]


def _left_out(labels: Labels, fold: int, count: int) -> NDArray[np.int64]:
    skus = np.arange(int(labels.max()) + 1)
    return skus[skus % count == fold] if len(skus) > _FEWEST else skus[:0]


def _stranger(
    features: Features, labels: Labels, negatives: Features, fold: Fold, unknown: NDArray[np.int64], way: Way
) -> Stranger:
    learnt = fold.learnt[~np.isin(labels[fold.learnt], unknown)]
    present, rows = np.unique(labels[learnt], return_inverse=True)
    linear = fitted(features[learnt], rows, way)
    asked = np.union1d(fold.asked, np.flatnonzero(np.isin(labels, unknown)))
    shown = np.concatenate([features[asked], negatives])
    truth = np.concatenate([labels[asked], np.full(len(negatives), -1)])
    answered = linear.logits(shown)
    kept = references(features[learnt], rows, len(present))
    odds = np.logaddexp.reduce(answered, axis=1).astype(np.float32)
    logits = np.full((len(shown), int(labels.max()) + 1), -np.inf)
    logits[:, present] = answered
    return Stranger(evidence(kept, shown, odds), logits, truth, np.isin(truth, present))
