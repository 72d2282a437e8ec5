"""What the comparisons of a canary come to."""

import random

import pytest

from inference.comparison import Comparison
from modelstore import canaries
from modelstore.canary_figures import NOT_FOUND, Called, agreement, figures
from modelstore.models import Canary
from tests.modelstore.test_canaries import SEEN
from tests.tiny_release import SKUS


def test_before_the_first_photo_there_are_none(canary: Canary) -> None:
    assert figures(canary) is None


def test_counts_are_summed_over_photos(canary: Canary) -> None:
    for _ in range(3):
        canaries.keep(canary.pk, SEEN)
    found = figures(canary)
    assert found
    assert (found.photos, found.same, found.different, found.both_unknown) == (3, 18, 3, 3)
    assert (found.found_by_active, found.found_by_candidate) == (0, 3)
    assert (found.active_ms, found.candidate_ms, found.share_moved) == (40, 50, 12.5)


def test_skus_that_differ_are_named_the_most_frequent_first(canary: Canary) -> None:
    for differences in (((0, 1, 2), (None, 2, 1)), ((0, 1, 1), (2, -1, 2))):
        canaries.keep(canary.pk, Comparison(5, 5, 2, 2, 0, 1, 0, 5.0, 1.0, 1.0, differences))
    found = figures(canary)
    assert found
    assert found.called == (
        Called(SKUS[0], SKUS[1], 3),
        Called(SKUS[2], "unknown", 2),
        Called(NOT_FOUND, SKUS[2], 1),
    )


def test_where_nothing_is_named_nothing_agrees() -> None:
    assert agreement([(0, 0)] * 30) is None


def test_agreement_is_a_share_of_facings() -> None:
    found = agreement([(9, 10), (1, 10)])
    assert found
    assert (found.facings, found.per_cent) == (20, 50)


def test_few_photos_have_no_interval() -> None:
    few, enough = (agreement([(9, 10)] * count) for count in (19, 20))
    assert few
    assert enough
    assert (few.interval, enough.interval is None) == (None, False)


def width(photos: list[tuple[int, int]]) -> float:
    found = agreement(photos)
    assert found
    assert found.interval
    return found.interval[1] - found.interval[0]


def test_photos_that_are_right_or_wrong_as_a_whole_count_as_one_each() -> None:
    """50 facings a photo tell no more than one would."""
    whole = [(50, 50)] * 40 + [(0, 50)] * 10
    assert width(whole) == pytest.approx(width([(1, 1)] * 40 + [(0, 1)] * 10), rel=0.05)


def test_agreement_without_exception_is_not_taken_for_certain() -> None:
    found = agreement([(50, 50)] * 20)
    assert found
    assert found.interval
    assert found.interval[0] == pytest.approx(83.9, abs=0.1)
    assert found.interval[1] == pytest.approx(100)


def test_the_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    """Photos whose share of agreement differs, of which thirty are seen."""
    rng, held = random.Random(5), 0
    for _ in range(400):
        shares = [rng.betavariate(9, 1) for _ in range(30)]
        found = agreement([(sum(rng.random() < share for _ in range(20)), 20) for share in shares])
        assert found
        assert found.interval
        held += found.interval[0] <= 90 <= found.interval[1]
    assert held >= 372  # 380 less two standard deviations
