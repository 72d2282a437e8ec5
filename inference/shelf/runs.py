"""Products stand in runs: a neighbour's name is a hint."""

import numpy as np
from numpy.typing import NDArray

from inference.shelf.facings import Array

STRENGTH = 3.0
"""How many times likelier, less one, a name becomes when the neighbour surely has it and runs are certain. Counting
would give far more, but neighbours also err together, and one product in the wrong place must keep its own name."""


def with_neighbours(probabilities: Array, right: NDArray[np.int64], run: float) -> Array:
    """[N, K] once the neighbours to the left and right are taken into account.

    right: [N], index of the neighbour to the right or -1; run: how often two neighbours are the same product, 0 to 1.
    """
    left = np.flatnonzero(right >= 0)
    hints = np.ones_like(probabilities)
    np.multiply.at(hints, left, _hint(probabilities[right[left]], run))
    np.multiply.at(hints, right[left], _hint(probabilities[left], run))
    weighed = probabilities * hints
    return np.asarray(weighed / weighed.sum(axis=1, keepdims=True))


def _hint(neighbour: Array, run: float) -> Array:
    return 1 + run * STRENGTH * neighbour
