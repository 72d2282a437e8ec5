"""The SKU classifier: a logistic regression on the concatenated embeddings."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.errors import InvalidOutput, ReleaseRefused
from inference.manifest import HeadSpec
from inference.weights import Array, packed

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Head:
    """weight: float32 [K, D]; bias: float32 [K]; rows as in the manifest's labels, the reject row last."""

    weight: Floats
    bias: Floats
    temperature: float
    reject: int | None

    def probabilities(self, features: Floats) -> Floats:
        """float32 [N, D] -> float32 [N, K], rows summing to one. Raises InvalidOutput on NaN."""
        logits = (features @ self.weight.T + self.bias) / self.temperature
        if not np.isfinite(logits).all():
            raise InvalidOutput("The classifier answered numbers that are none. Tell the operator.")
        weights = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)

    def classify(self, features: Floats) -> tuple[NDArray[np.int64], Floats]:
        """The best SKU's row, and its probability, for each of N features.

        The reject row takes probability away from SKUs, and is never an answer.
        """
        probabilities = self.probabilities(features)
        if self.reject is not None:
            probabilities[:, self.reject] = -1
        best = probabilities.argmax(axis=1)
        return best, probabilities[np.arange(len(best)), best]


def head_from(spec: HeadSpec, stored: dict[str, Array], labels: int) -> Head:
    """Raises ReleaseRefused when the arrays do not fit the manifest."""
    rows = labels + (spec.reject is not None)
    weight, bias = stored.get("weight"), stored.get("bias")
    if weight is None or bias is None or weight.ndim != 2 or weight.shape[0] != rows or bias.shape != (rows,):
        raise ReleaseRefused("The classifier's weights do not fit its labels. Train the release again.")
    if spec.reject not in (None, labels) or not spec.temperature > 0:
        raise ReleaseRefused("The classifier's reject row or temperature is wrong. Train the release again.")
    return Head(weight.astype(np.float32), bias.astype(np.float32), spec.temperature, spec.reject)


def packed_head(coefficients: NDArray[np.floating], intercepts: NDArray[np.floating]) -> bytes:
    """scikit-learn's `coef_` [K or 1, D] and `intercept_` as safetensors bytes.

    A binary LogisticRegression has one row and a sigmoid; two rows of half its size, one negated, give
    the same probabilities through the softmax.
    """
    if len(coefficients) == 1:
        coefficients = np.concatenate([-coefficients / 2, coefficients / 2])
        intercepts = np.concatenate([-intercepts / 2, intercepts / 2])
    return packed({"weight": coefficients.astype(np.float32), "bias": intercepts.astype(np.float32)})
