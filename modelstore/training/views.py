"""Further views of some photos: learnt with them, and never asked about."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modelstore.training.cross_validation import Fold

Features = NDArray[np.float32]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Views:
    """features: [E, D]; parents: [E], the row of the photo that each shows in another way."""

    features: Features
    parents: NDArray[np.int64]

    def beside(self, features: Features, labels: Labels) -> tuple[Features, Labels]:
        """Behind the photos, each with the label of its own: [N + E, D], [N + E]."""
        return np.concatenate([features, self.features]), np.concatenate([labels, labels[self.parents]])

    def learnt_with(self, split: Sequence[Fold], photos: int) -> list[Fold]:
        """photos: how many of them stand before the views."""
        return [Fold(np.append(fold.learnt, photos + self._of(fold.learnt)), fold.asked) for fold in split]

    def _of(self, photos: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.flatnonzero(np.isin(self.parents, photos))
