"""A linear classifier for few photos: logistic regression in one of two spaces, whichever answers better.

In the one, embeddings are whitened within SKUs, shrunk towards equal spread, and projected onto the span of the SKUs'
means (linear discriminant analysis). With a handful of photos the logistic regression there is hardly more than the
nearest mean, a prototype. In the other every number of the embedding is scaled to unit variance, and nothing is left
out: that is better where photos of a SKU come in groups, each of which looks different. Both are linear, so a release
stores one matrix.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
SHRINKAGE = 0.5


@dataclass(frozen=True)
class Linear:
    """weight: [K, D]; bias: [K]."""

    weight: Floats
    bias: Floats

    def logits(self, features: NDArray[np.floating]) -> Floats:
        return np.asarray(features @ self.weight.T + self.bias)


@dataclass(frozen=True)
class Projection:
    """centre: [D]; matrix: [D, R]."""

    centre: Floats
    matrix: Floats

    def fitted(self, features: NDArray[np.floating], labels: Labels, strength: float) -> Linear:
        """Rows in the order of the labels, each of which must occur."""
        model = LogisticRegression(C=strength, max_iter=500).fit((features - self.centre) @ self.matrix, labels)
        weight, bias = model.coef_, model.intercept_
        if len(weight) == 1:  # two SKUs: one row and a sigmoid
            weight, bias = np.concatenate([-weight / 2, weight / 2]), np.concatenate([-bias / 2, bias / 2])
        full = weight @ self.matrix.T
        return Linear(full, bias - full @ self.centre)


def discriminant(features: NDArray[np.floating], labels: Labels) -> Projection:
    """features: [N, D]; labels: [N], 0 to K - 1, each of which occurs. R is less than K."""
    exact = features.astype(np.float64)
    means = np.stack([exact[labels == label].mean(axis=0) for label in range(int(labels.max()) + 1)])
    spread, directions = np.linalg.eigh(_within(exact - means[labels]))
    whitening = (directions / np.sqrt(spread)) @ directions.T
    _, sizes, span = np.linalg.svd((means - means.mean(axis=0)) @ whitening, full_matrices=False)
    kept = span[sizes > 1e-6 * max(sizes[0], 1e-12)]
    return Projection(means.mean(axis=0), whitening @ kept.T)


def _within(residuals: Floats) -> Floats:
    """The covariance within SKUs, shrunk: a handful of photos says little about 900 dimensions."""
    covariance = residuals.T @ residuals / len(residuals)
    level = max(np.trace(covariance) / len(covariance), 1e-8)
    return np.asarray((1 - SHRINKAGE) * covariance + SHRINKAGE * level * np.eye(len(covariance)))


def standardised(features: NDArray[np.floating], labels: Labels) -> Projection:
    """As `discriminant`, but R is D. A number that is the same for all photos is not learnt from."""
    exact = features.astype(np.float64)
    spread = exact.std(axis=0)
    spread[spread <= 1e-6 * spread.max(initial=0)] = 1
    return Projection(exact.mean(axis=0), np.diag(1 / spread))


@dataclass(frozen=True)
class Way:
    """How a classifier is fitted. strength: scikit-learn's C; the larger, the less it is regularised."""

    space: Callable[[NDArray[np.floating], Labels], Projection]
    strength: float


WAYS = (
    *(Way(discriminant, strength) for strength in (0.01, 0.1, 1.0)),
    *(Way(standardised, strength) for strength in (0.01, 0.1)),
)
