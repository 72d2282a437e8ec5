"""How good detections are, once it is known which of them is which facing."""

import numpy as np
from numpy.typing import NDArray


def average_precision(scores: NDArray[np.float32], right: NDArray[np.bool_], facings: int) -> float:
    """Area under the interpolated precision-recall curve."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(right[order])
    precision = hits / np.arange(1, len(order) + 1)
    recall = hits / max(facings, 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(np.concatenate([[0.0], recall])) * envelope))
