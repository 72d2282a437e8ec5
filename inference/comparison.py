"""How two releases differ on one photo, under the thresholds that the photo was asked with."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from inference.analysis import UNKNOWN
from inference.matching import match
from inference.results import Facing, Reading

Difference = tuple[int | None, int | None, int]
"""Label of the active release, label of the candidate, facings. A label is a number into the release's SKUs, `NO_SKU`
for a product below the threshold, None for one that was not found."""
NO_SKU = -1
OF_THE_QUEUE = "queue"


@dataclass(frozen=True)
class Comparison:
    """Facings that both found (boxes overlap by half), by what each called them; the rest one of them found alone.

    share_moved: percentage points of the shelf that have another name, 0 to 100; *_ms: without the time in the queue.
    """

    active_facings: int
    candidate_facings: int
    same: int
    different: int
    named_by_active: int
    named_by_candidate: int
    both_unknown: int
    share_moved: float
    active_ms: float
    candidate_ms: float
    differences: tuple[Difference, ...]


def compare(active: Reading, candidate: Reading, sku_conf: float) -> Comparison:
    """sku_conf: below it a facing is `unknown`, as in the answer."""
    pairs = list(_pairs(active, candidate))
    kinds = Counter(_kind(left, right, sku_conf) for left, right in pairs if left and right)
    return Comparison(
        active_facings=len(active.facings),
        candidate_facings=len(candidate.facings),
        same=kinds["same"],
        different=kinds["different"],
        named_by_active=kinds["named_by_active"],
        named_by_candidate=kinds["named_by_candidate"],
        both_unknown=kinds["both_unknown"],
        share_moved=round(_share_moved(active, candidate, sku_conf), 2),
        active_ms=round(_milliseconds(active), 1),
        candidate_ms=round(_milliseconds(candidate), 1),
        differences=_differences(pairs, sku_conf),
    )


def _pairs(active: Reading, candidate: Reading) -> Iterator[tuple[Facing | None, Facing | None]]:
    """Every facing of either reading once, with its counterpart in the other."""
    boxes = ([facing.box for facing in reading.facings] for reading in (candidate, active))
    owners = match(*boxes).facing.tolist()
    for facing, owner in zip(candidate.facings, owners, strict=True):
        yield (active.facings[owner] if owner >= 0 else None), facing
    taken = set(owners)
    yield from ((facing, None) for number, facing in enumerate(active.facings) if number not in taken)


def _name(facing: Facing, sku_conf: float) -> str:
    return facing.sku if facing.sku_conf >= sku_conf else UNKNOWN


def _kind(active: Facing, candidate: Facing, sku_conf: float) -> str:
    left, right = _name(active, sku_conf), _name(candidate, sku_conf)
    if left == right:
        return "both_unknown" if left == UNKNOWN else "same"
    if UNKNOWN not in (left, right):
        return "different"
    return "named_by_active" if right == UNKNOWN else "named_by_candidate"


def _differences(pairs: list[tuple[Facing | None, Facing | None]], sku_conf: float) -> tuple[Difference, ...]:
    """The most frequent first."""
    differing = Counter(
        (_label(left, sku_conf), _label(right, sku_conf))
        for left, right in pairs
        if not (left and right and _name(left, sku_conf) == _name(right, sku_conf))
    )
    return tuple((left, right, facings) for (left, right), facings in differing.most_common())


def _label(facing: Facing | None, sku_conf: float) -> int | None:
    if facing is None:
        return None
    return facing.label if facing.sku_conf >= sku_conf else NO_SKU


def _share_moved(active: Reading, candidate: Reading, sku_conf: float) -> float:
    """Half the sum of what each name gains or loses of its share of shelf; an empty shelf is all nothing."""
    left, right = _shares(active, sku_conf), _shares(candidate, sku_conf)
    return sum(abs(left.get(name, 0.0) - right.get(name, 0.0)) for name in left.keys() | right.keys()) / 2


def _shares(reading: Reading, sku_conf: float) -> dict[str | None, float]:
    if not reading.facings:
        return {None: 100.0}
    counts = Counter(_name(facing, sku_conf) for facing in reading.facings)
    return {name: 100 * count / len(reading.facings) for name, count in counts.items()}


def _milliseconds(reading: Reading) -> float:
    return sum(duration for stage, duration in reading.timings.items() if stage != OF_THE_QUEUE)
