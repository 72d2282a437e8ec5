"""What a canary has seen so far, in figures."""

import json
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, median, quantiles
from typing import Any

from inference.analysis import UNKNOWN
from inference.comparison import NO_SKU
from modelstore.catalogue import label_names
from modelstore.models import Canary

FEWEST_PHOTOS = 20
"""With fewer, an interval would promise more than it can hold."""
SHOWN = 20
NOT_FOUND = "not found"
Z = 1.96


@dataclass(frozen=True)
class Agreement:
    """Per cent of the facings that both found and at least one named; the 95 % interval where there are enough photos.

    Facings of one photo are right or wrong together, so photos are what is counted: the interval is Wilson's, for as
    many independent facings as would scatter from photo to photo as these do.
    """

    facings: int
    per_cent: float
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Called:
    """How often the active release called a facing `active`, and the candidate called it `candidate`."""

    active: str
    candidate: str
    facings: int


@dataclass(frozen=True)
class Figures:
    """Means, medians and sums over the photos compared. share_moved: percentage points of a photo's shelf that have
    another name, on average and as much as one photo in twenty exceeds; *_ms: medians."""

    photos: int
    newest: datetime
    agreement: Agreement | None
    same: int
    different: int
    named_by_active: int
    named_by_candidate: int
    both_unknown: int
    found_by_active: int
    found_by_candidate: int
    share_moved: float
    share_moved_seldom: float
    active_ms: float
    candidate_ms: float
    called: tuple[Called, ...]
    called_otherwise: int
    """Facings of pairs too rare to be among `called`."""


def figures(canary: Canary) -> Figures | None:
    """None before the first comparison."""
    rows: list[Any] = [*canary.comparisons.values_list(named=True)]  # ten thousand instances would take a second
    if not rows:
        return None
    found_by_both = sum(_named(row) + row.both_unknown for row in rows)
    called = _called(canary, rows)
    moved = [row.share_moved for row in rows]
    return Figures(
        photos=len(rows),
        newest=rows[0].at,
        agreement=agreement([(row.same, _named(row)) for row in rows]),
        same=sum(row.same for row in rows),
        different=sum(row.different for row in rows),
        named_by_active=sum(row.named_by_active for row in rows),
        named_by_candidate=sum(row.named_by_candidate for row in rows),
        both_unknown=sum(row.both_unknown for row in rows),
        found_by_active=sum(row.active_facings for row in rows) - found_by_both,
        found_by_candidate=sum(row.candidate_facings for row in rows) - found_by_both,
        share_moved=fmean(moved),
        share_moved_seldom=quantiles(moved, n=20)[-1] if len(rows) >= FEWEST_PHOTOS else max(moved),
        active_ms=median(row.active_ms for row in rows),
        candidate_ms=median(row.candidate_ms for row in rows),
        called=tuple(called[:SHOWN]),
        called_otherwise=sum(pair.facings for pair in called[SHOWN:]),
    )


def _named(row: Any) -> int:
    """Facings that both found and at least one named."""
    named: int = row.same + row.different + row.named_by_active + row.named_by_candidate
    return named


def agreement(photos: Iterable[tuple[int, int]]) -> Agreement | None:
    """photos: of each, facings named alike and facings named by either; None where none was named."""
    counted = [(same, named) for same, named in photos if named]
    facings = sum(named for _, named in counted)
    if not facings:
        return None
    share = sum(same for same, _ in counted) / facings
    interval = None
    if len(counted) >= FEWEST_PHOTOS:
        interval = _wilson(share, _independent_facings(counted, share, facings))
    return Agreement(facings, 100 * share, interval)


def _independent_facings(photos: list[tuple[int, int]], share: float, facings: int) -> float:
    """How many would scatter as these do: at most all of them; as many as photos where nothing scatters."""
    count = len(photos)
    residuals = sum((same - share * named) ** 2 for same, named in photos)
    if not residuals:
        return float(count)
    variance = residuals * count / (count - 1) / facings**2
    student = Z + (Z**3 + Z) / (4 * (count - 1))  # the variance is an estimate, too: its t quantile, nearly
    return min(float(facings), share * (1 - share) / variance * (Z / student) ** 2)


def _wilson(share: float, count: float) -> tuple[float, float]:
    """In per cent."""
    centre = share + Z**2 / (2 * count)
    reach = Z * math.sqrt(share * (1 - share) / count + Z**2 / (4 * count**2))
    low, high = ((centre + side * reach) / (1 + Z**2 / count) for side in (-1, 1))
    return 100 * max(0.0, low), 100 * min(1.0, high)


def _called(canary: Canary, rows: Iterable[Any]) -> list[Called]:
    """Names that differ, the most frequent first."""
    counts = Counter[tuple[int | None, int | None]]()
    for row in rows:
        for active, candidate, facings in json.loads(row.differences):
            counts[active, candidate] += facings
    skus = label_names([canary.active, canary.candidate])
    left, right = skus[canary.active_id], skus[canary.candidate_id]
    return [
        Called(_name(left, active), _name(right, candidate), facings)
        for (active, candidate), facings in counts.most_common()
    ]


def _name(skus: list[str], label: int | None) -> str:
    if label is None:
        return NOT_FOUND
    return UNKNOWN if label == NO_SKU else skus[label]
