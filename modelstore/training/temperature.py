"""How far logits must be softened to be honest."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

_BOUNDS = (-3, 4)


def best_temperature(logits: NDArray[np.floating], labels: NDArray[np.int64]) -> tuple[float, float]:
    """The least mean negative log likelihood of the labels, and the temperature that reaches it."""

    def loss(log_temperature: float) -> float:
        scaled = log_softmax(logits / np.exp(log_temperature), axis=1)
        return float(-scaled[np.arange(len(labels)), labels].mean())

    best = minimize_scalar(loss, bounds=_BOUNDS, method="bounded")
    return float(best.fun), float(np.exp(best.x))
