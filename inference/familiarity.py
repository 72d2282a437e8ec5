"""Is a product one of the brand's at all? How near its embedding comes to any the brand was trained on.

A classifier extrapolates: a rival's pack may lie far out on the side of some SKU. Nearness to what was seen does not.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.errors import ReleaseRefused

Floats = NDArray[np.float32]
References = NDArray[np.floating]
_STEEPEST = 30.0


@dataclass(frozen=True)
class Familiarity:
    """references: [R, D], of unit length, in half precision once they are loaded, for many brands in memory;
    weights: float32 [3], of a constant, of the classifier's log odds that it is any of the SKUs, and of the cosine to
    the nearest reference: a logistic regression on held-out shelves.
    """

    references: References
    weights: Floats

    def known(self, features: Floats, log_odds: Floats) -> Floats:
        """The probability that each of N products is one of the brand's: features [N, D], log_odds [N]."""
        score = evidence(self.references, features, log_odds) @ self.weights
        return np.asarray(1 / (1 + np.exp(-np.clip(score, -_STEEPEST, _STEEPEST))), np.float32)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """As they are stored beside the classifier's weights."""
        return {"familiarity.references": self.references.astype(np.float16), "familiarity.weights": self.weights}


def evidence(references: References, features: Floats, log_odds: Floats) -> Floats:
    """[N, 3]: what the logistic regression is fitted on."""
    unit = features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
    nearest = (unit @ references.T.astype(np.float32)).max(axis=1) if len(features) else np.zeros(0)
    bounded = np.clip(log_odds, -_STEEPEST, _STEEPEST)
    return np.stack([np.ones_like(bounded), bounded, nearest], axis=1).astype(np.float32)


def familiarity_from(stored: Mapping[str, NDArray[np.generic]], length: int) -> Familiarity | None:
    """None when the release carries none. Raises ReleaseRefused for arrays that do not fit embeddings [length]."""
    references, weights = stored.get("familiarity.references"), stored.get("familiarity.weights")
    if references is None and weights is None:
        return None
    if references is None or weights is None or references.ndim != 2 or references.shape[1] != length:
        raise ReleaseRefused("The classifier's reference embeddings do not fit it. Train the release again.")
    if not len(references) or weights.shape != (3,):
        raise ReleaseRefused("The classifier's reference embeddings are incomplete. Train the release again.")
    return Familiarity(references.astype(np.float16), weights.astype(np.float32))
