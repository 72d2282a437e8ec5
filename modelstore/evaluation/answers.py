"""What a release answered to products that it had not learnt from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Labels = NDArray[np.int64]
Flags = NDArray[np.bool_]
BEST = 5
ARRAYS = ("places", "truth", "best", "confidences")
OTHER = -1


@dataclass(frozen=True, eq=False)
class Answers:
    """N products. photos: the sha256 of each one's photo; places: [N], which product of its photo it is;
    truth: [N], the SKU's row, or OTHER for none of them; best: [N, 5], rows, surest first, -1 behind the last SKU;
    confidences: [N, 5]."""

    photos: tuple[str, ...]
    places: Labels
    truth: Labels
    best: Labels
    confidences: Floats

    def __len__(self) -> int:
        return len(self.photos)

    def part(self, rows: Labels) -> "Answers":
        arrays = (getattr(self, name)[rows] for name in ARRAYS)
        return Answers(tuple(self.photos[row] for row in rows), *arrays)

    def joined(self, others: Sequence["Answers"]) -> "Answers":
        parts = (self, *others)
        arrays = (np.concatenate([getattr(part, name) for part in parts]) for name in ARRAYS)
        return Answers(tuple(photo for part in parts for photo in part.photos), *arrays)

    @property
    def known(self) -> Flags:
        return np.asarray(self.truth >= 0)

    @property
    def right(self) -> Flags:
        return np.asarray(self.known & (self.best[:, 0] == self.truth))

    @property
    def among_best(self) -> Flags:
        return np.asarray(self.known & (self.best == self.truth[:, None]).any(axis=1))

    @property
    def surest(self) -> Floats:
        """[N]: how sure the first answer is."""
        return self.confidences[:, 0]


@dataclass(frozen=True, eq=False)
class Calibration:
    """M answers with as many strangers among them as a shop may have. confidences: [M]; right: [M]; known: [M], whether
    the product is one of the SKUs; weights: [M], how much each counts for calibration."""

    confidences: Floats
    right: Flags
    known: Flags
    weights: Floats


def answers(probabilities: Floats, truth: Labels, photos: Sequence[str], places: Labels | None = None) -> Answers:
    """probabilities: [N, K], of the SKUs alone."""
    count = min(BEST, probabilities.shape[1])
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :count]
    padding = ((0, 0), (0, BEST - count))
    return Answers(
        tuple(photos),
        np.zeros(len(truth), np.int64) if places is None else places,
        truth,
        np.pad(best, padding, constant_values=-1),
        np.pad(np.take_along_axis(probabilities, best, axis=1), padding).astype(np.float32),
    )


def calibration(named: Answers) -> Calibration:
    """Where the answers already have strangers among them, each counts the same."""
    return Calibration(named.surest, named.right, named.known, np.ones(len(named)))
