"""How long answers took, as counts in fixed steps: they add up over hours and tenants, and percentiles do not."""

from collections.abc import Sequence

BOUNDS: tuple[int, ...] = tuple(1 << power for power in range(2, 17))
"""Milliseconds, 4 to 65,536, each twice the one before; what takes longer counts with the last."""
COLUMNS = tuple(f"within_{bound}_ms" for bound in BOUNDS)
"""Of a rollup: answers that took at most so long, and longer than the bound before."""


def column_of(milliseconds: float) -> str:
    position = next((at for at, bound in enumerate(BOUNDS) if milliseconds <= bound), len(BOUNDS) - 1)
    return COLUMNS[position]


def percentile(counts: Sequence[int], share: float) -> float | None:
    """Milliseconds that this share of the answers did not exceed, evenly spread inside a step; None without answers.

    counts: in the order of BOUNDS. Off by less than the width of a step: at most a factor of two.
    """
    wanted, seen = share * sum(counts), 0
    if not wanted:
        return None
    for bound, count in zip(BOUNDS, counts, strict=True):
        if count and seen + count >= wanted:
            return bound / 2 * (1 + (wanted - seen) / count)
        seen += count
    return float(BOUNDS[-1])
