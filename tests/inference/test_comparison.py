"""How two readings of one photo differ."""

import pytest

from inference.comparison import NO_SKU, Comparison, compare
from inference.results import Box, Facing, Reading

COLA, LEMON = "COLA_330ML", "LEMON_330ML"
ACTIVE, CANDIDATE = (COLA, LEMON), ("NEW_1L", LEMON, COLA)  # the same SKU has another number in each


def place(number: int, shift: int = 0) -> Box:
    return (100 * number + shift, 0, 100 * number + 80 + shift, 100)


def reading(skus: tuple[str, ...], *shown: tuple[int, str, float], **timings: float) -> Reading:
    """shown: where, what, how sure."""
    facings = tuple(Facing(skus.index(sku), sku, sure, 0.9, place(where)) for where, sku, sure in shown)
    return Reading("TINY/ONE@1", skus, facings, (2000, 100), timings)


def compared(active: list[tuple[int, str, float]], candidate: list[tuple[int, str, float]]) -> Comparison:
    return compare(reading(ACTIVE, *active), reading(CANDIDATE, *candidate), 0.5)


@pytest.mark.parametrize(
    ("active", "candidate", "kind"),
    [
        ((0, COLA, 0.9), (0, COLA, 0.6), "same"),
        ((0, COLA, 0.9), (0, LEMON, 0.6), "different"),
        ((0, COLA, 0.9), (0, COLA, 0.4), "named_by_active"),
        ((0, COLA, 0.4), (0, LEMON, 0.6), "named_by_candidate"),
        ((0, COLA, 0.4), (0, LEMON, 0.4), "both_unknown"),
    ],
)
def test_what_both_found_is_counted_by_what_they_called_it(
    active: tuple[int, str, float], candidate: tuple[int, str, float], kind: str
) -> None:
    found = compared([active], [candidate])
    kinds = ("same", "different", "named_by_active", "named_by_candidate", "both_unknown")
    assert {name: getattr(found, name) for name in kinds if getattr(found, name)} == {kind: 1}


def test_the_threshold_is_that_of_the_request() -> None:
    active, candidate = reading(ACTIVE, (0, COLA, 0.4)), reading(CANDIDATE, (0, COLA, 0.4))
    assert compare(active, candidate, 0.3).same == 1


def test_what_one_found_alone_is_no_pair() -> None:
    found = compared([(0, COLA, 0.9), (1, COLA, 0.9)], [(1, COLA, 0.9), (2, LEMON, 0.9), (3, LEMON, 0.2)])
    assert (found.active_facings, found.candidate_facings, found.same, found.both_unknown) == (2, 3, 1, 0)


def test_boxes_that_overlap_by_less_than_half_are_two_facings() -> None:
    active, candidate = reading(ACTIVE, (0, COLA, 0.9)), reading(CANDIDATE)
    shifted = Facing(2, COLA, 0.9, 0.9, place(0, shift=30))
    moved = Reading("TINY/ONE@2", CANDIDATE, (shifted,), (2000, 100), {})
    assert compare(active, moved, 0.5).same == 0
    assert compare(active, candidate, 0.5).same == 0


def test_differences_are_told_by_each_ones_own_labels_the_most_frequent_first() -> None:
    found = compared(
        [(0, COLA, 0.9), (1, COLA, 0.9), (2, LEMON, 0.9), (3, LEMON, 0.2), (4, COLA, 0.9)],
        [(0, LEMON, 0.9), (1, LEMON, 0.9), (2, LEMON, 0.2), (3, "NEW_1L", 0.9), (5, COLA, 0.9)],
    )
    first, *others = found.differences
    assert first == (ACTIVE.index(COLA), CANDIDATE.index(LEMON), 2)
    assert set(others) == {
        (ACTIVE.index(LEMON), NO_SKU, 1),
        (NO_SKU, CANDIDATE.index("NEW_1L"), 1),
        (ACTIVE.index(COLA), None, 1),
        (None, CANDIDATE.index(COLA), 1),
    }


def test_what_is_called_alike_is_no_difference() -> None:
    assert compared([(0, COLA, 0.9), (1, LEMON, 0.1)], [(0, COLA, 0.8), (1, COLA, 0.2)]).differences == ()


@pytest.mark.parametrize(
    ("active", "candidate", "points"),
    [
        ([(0, COLA, 0.9)], [(0, COLA, 0.9)], 0),
        ([(0, COLA, 0.9), (1, COLA, 0.9)], [(0, COLA, 0.9), (1, LEMON, 0.9)], 50),
        ([(0, COLA, 0.9)] * 9, [(0, COLA, 0.9)] * 9 + [(1, COLA, 0.1)], 10),
        ([(0, COLA, 0.9)], [], 100),
        ([], [], 0),
    ],
)
def test_the_share_of_shelf_that_moves_is_told_in_points(
    active: list[tuple[int, str, float]], candidate: list[tuple[int, str, float]], points: float
) -> None:
    assert compared(active, candidate).share_moved == pytest.approx(points)


def test_milliseconds_are_those_of_the_work_and_not_of_the_queue() -> None:
    active, candidate = reading(ACTIVE, queue=900, detect=20, embed=30), reading(CANDIDATE, detect=25.04)
    found = compare(active, candidate, 0.5)
    assert (found.active_ms, found.candidate_ms) == (50, 25)
