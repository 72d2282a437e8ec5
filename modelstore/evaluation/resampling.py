"""What chance alone does to a figure: products are drawn anew, whole photos at a time.

Products of one photo share its light and its shop, so they are no independent witnesses. Of a handful of photos nothing
could be said that way, and each product counts for itself; intervals are too narrow then.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from modelstore.evaluation.answers import Flags, Floats, Labels

FEWEST_PHOTOS = 4
DRAWS = 1000
_LARGEST = 4_000_000
"""Products times draws: what one figure may cost, a fraction of a second."""
_FEWEST_DRAWS = 100
Measure = Callable[[NDArray[np.float64]], float]
"""From how much each product counts, [N], to a figure; NaN where there is none."""


def units(photos: Sequence[str], fewest: int = FEWEST_PHOTOS) -> Labels:
    """[N]: what is drawn together has the same number, from 0: a photo, or of fewer photos than that, a product."""
    _, unit = np.unique(np.array(photos, object).astype(str), return_inverse=True)
    together = len(photos) and int(unit.max()) + 1 >= fewest
    return np.asarray(unit if together else np.arange(len(photos)), np.int64)


def draws(unit: Labels) -> Iterator[NDArray[np.float64]]:
    """How often each product is in each draw, [N]; the same draws for the same units."""
    rng, count = np.random.default_rng(0), int(unit.max(initial=-1)) + 1
    for _ in range(int(np.clip(_LARGEST // max(len(unit), 1), _FEWEST_DRAWS, DRAWS))):
        yield np.bincount(rng.integers(0, count, count), minlength=count)[unit].astype(float)


def interval(measure: Measure, unit: Labels, outside: float = 0.05) -> tuple[float, float]:
    """Between which a figure lies, but for so many draws; NaN when no draw has it."""
    if not len(unit):
        return float("nan"), float("nan")
    values = np.array([measure(weights) for weights in draws(unit)])
    values = values[np.isfinite(values)]
    if not len(values):
        return float("nan"), float("nan")
    low, high = np.percentile(values, [50 * outside, 100 - 50 * outside])
    return float(low), float(high)


def share(values: Flags | Floats, among: Flags) -> Measure:
    """The mean of `values` over `among`, both [N]."""
    counted, base = np.where(among, values, 0).astype(float), among.astype(float)
    return lambda weights: float(weights @ counted / total) if (total := weights @ base) else float("nan")


def coverage(confidences: Floats, right: Flags, precision: float = 0.95) -> Measure:
    """`metrics.coverage`, sorted once."""
    order = np.argsort(-confidences, kind="stable")
    surest_first = right[order].astype(float)

    def measure(weights: NDArray[np.float64]) -> float:
        kept = np.cumsum(weights[order])
        enough = np.cumsum(weights[order] * surest_first) >= precision * kept
        return float(kept[enough].max(initial=0) / kept[-1]) if len(kept) and kept[-1] else float("nan")

    return measure
