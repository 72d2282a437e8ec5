"""The classifier: a logistic regression on the concatenated embeddings."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.errors import InvalidOutput, ReleaseRefused
from inference.familiarity import Familiarity, familiarity_from
from inference.manifest import HeadSpec, Task
from inference.weights import Array, packed

Floats = NDArray[np.float32]
NOTHING_MORE: Mapping[str, Array] = {}


@dataclass(frozen=True)
class Head:
    """weight: float32 [rows, D]; bias: float32 [rows]; rows as in the manifest's labels, the reject row last.

    temperature: divides the logits, those of the SKUs alone when `familiarity` decides whether it is any of them.
    independent: each row is a tag that may go with any other.
    """

    weight: Floats
    bias: Floats
    temperature: float
    reject: int | None
    familiarity: Familiarity | None = None
    independent: bool = False

    def probabilities(self, features: Floats) -> Floats:
        """float32 [N, D] -> float32 [N, K] or, with a reject row or familiarity, [N, K + 1], the last for "none".

        Rows sum to one, but for those of independent tags. Raises InvalidOutput on NaN.
        """
        logits = features @ self.weight.T + self.bias
        if not np.isfinite(logits).all():
            raise InvalidOutput("The classifier answered numbers that are none. Tell the operator.")
        if self.independent:
            return sigmoid(logits / self.temperature)
        if self.familiarity is None:
            return softmax(logits / self.temperature)
        known = self.familiarity.known(features, self.log_odds(logits))[:, None]
        return np.concatenate([softmax(logits[:, : self.reject] / self.temperature) * known, 1 - known], axis=1)

    def log_odds(self, logits: Floats) -> Floats:
        """[N]: that it is any of the SKUs, against the reject row where there is one."""
        skus: Floats = np.logaddexp.reduce(logits[:, : self.reject], axis=1)
        return skus if self.reject is None else skus - logits[:, self.reject]


def softmax(logits: Floats) -> Floats:
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


def sigmoid(logits: Floats) -> Floats:
    return np.asarray(np.exp(-np.logaddexp(0, -logits)), dtype=np.float32)  # no overflow, however sure it is


def surest(probabilities: Floats, labels: int) -> tuple[NDArray[np.int64], Floats]:
    """The best SKU's row, and its probability, for each of N facings.

    What lies behind the `labels` SKUs takes probability away from them, and is never an answer.
    """
    best = probabilities[:, :labels].argmax(axis=1)
    return best, probabilities[np.arange(len(best)), best]


def head_from(spec: HeadSpec, stored: dict[str, Array], labels: int, task: Task = "sku") -> Head:
    """labels: how many SKUs, classes or tags. Raises ReleaseRefused when the arrays do not fit the manifest."""
    rows = labels + (spec.reject is not None)
    weight, bias = stored.get("weight"), stored.get("bias")
    if weight is None or bias is None or weight.ndim != 2 or weight.shape[0] != rows or bias.shape != (rows,):
        raise ReleaseRefused("The classifier's weights do not fit its labels. Train the release again.")
    if spec.reject not in (None, labels) or not spec.temperature > 0:
        raise ReleaseRefused("The classifier's reject row or temperature is wrong. Train the release again.")
    familiarity = familiarity_from(stored, weight.shape[1])
    if familiarity is not None and task != "sku":
        raise ReleaseRefused("A classifier of whole pictures knows no strangers. Train the release again.")
    independent = task == "multi_label"
    return Head(
        weight.astype(np.float32), bias.astype(np.float32), spec.temperature, spec.reject, familiarity, independent
    )


def packed_head(
    coefficients: NDArray[np.floating], intercepts: NDArray[np.floating], more: Mapping[str, Array] = NOTHING_MORE
) -> bytes:
    """scikit-learn's `coef_` [K or 1, D] and `intercept_` as safetensors bytes, and what else the release carries.

    A binary LogisticRegression has one row and a sigmoid; two rows of half its size, one negated, give
    the same probabilities through the softmax.
    """
    if len(coefficients) == 1:
        coefficients = np.concatenate([-coefficients / 2, coefficients / 2])
        intercepts = np.concatenate([-intercepts / 2, intercepts / 2])
    return packed_rows(coefficients, intercepts, more)


def packed_rows(
    weight: NDArray[np.floating], bias: NDArray[np.floating], more: Mapping[str, Array] = NOTHING_MORE
) -> bytes:
    """Rows as they are: one for each label, or each independent tag, of which there may be a single one."""
    return packed({"weight": weight.astype(np.float32), "bias": bias.astype(np.float32), **more})
