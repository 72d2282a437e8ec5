"""Shelf analytics: counts, share of shelf and on-shelf availability."""

from collections import Counter
from dataclasses import dataclass

from inference.results import Reading

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Analysis:
    """total: classified facings; detected: all facings; sos: per cent of all facings, two decimals."""

    total: int
    detected: int
    counts: dict[str, int]
    sos: dict[str, float]
    osa: dict[str, int]


def analyse(reading: Reading, sku_conf: float, show_unknown: bool) -> Analysis:
    """Count every SKU of the release, found or not.

    The share's base is every detected facing, so it does not depend on `show_unknown`.
    """
    known = Counter(facing.sku for facing in reading.facings if facing.sku_conf >= sku_conf)
    detected, total = len(reading.facings), known.total()
    counts = {sku: known[sku] for sku in reading.skus}
    osa = {sku: int(count > 0) for sku, count in counts.items()}
    if show_unknown:
        counts[UNKNOWN] = detected - total
    sos = {sku: round(100 * count / detected, 2) if detected else 0.0 for sku, count in counts.items()}
    return Analysis(total, detected, counts, sos, osa)
