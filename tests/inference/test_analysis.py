"""Counts, share of shelf and availability, by hand."""

import pytest

from inference.analysis import analyse
from inference.results import Facing, Reading

SKUS = ("COLA", "WATER", "JUICE")


def facing(label: int, sku_conf: float) -> Facing:
    return Facing(label, SKUS[label], sku_conf, 0.9, (0, 0, 10, 20))


def reading(*facings: Facing) -> Reading:
    return Reading("DRINKS/ONE@1", SKUS, facings, (100, 100), {})


SHELF = reading(facing(0, 0.9), facing(0, 0.8), facing(1, 0.6), facing(1, 0.4))


def test_only_facings_above_the_threshold_are_counted() -> None:
    assert analyse(SHELF, 0.5, False).counts == {"COLA": 2, "WATER": 1, "JUICE": 0}


def test_a_facing_exactly_at_the_threshold_is_counted() -> None:
    assert analyse(SHELF, 0.6, False).counts["WATER"] == 1


def test_total_counts_classified_and_detected_counts_all_facings() -> None:
    analysis = analyse(SHELF, 0.5, False)
    assert (analysis.total, analysis.detected) == (3, 4)


@pytest.mark.parametrize("show_unknown", [True, False])
def test_the_share_of_shelf_is_of_all_facings_whatever_is_shown(show_unknown: bool) -> None:
    sos = analyse(SHELF, 0.5, show_unknown).sos
    assert (sos["COLA"], sos["WATER"], sos["JUICE"]) == (50.0, 25.0, 0.0)


def test_the_share_of_shelf_has_two_decimals() -> None:
    assert analyse(reading(*[facing(i, 0.9) for i in range(3)]), 0.5, False).sos["COLA"] == 33.33


def test_availability_says_whether_there_is_one() -> None:
    assert analyse(SHELF, 0.5, False).osa == {"COLA": 1, "WATER": 1, "JUICE": 0}


def test_unknown_facings_are_counted_when_they_are_shown() -> None:
    analysis = analyse(SHELF, 0.5, True)
    assert (analysis.counts["unknown"], analysis.sos["unknown"]) == (1, 25.0)


def test_unknown_facings_are_not_listed_otherwise() -> None:
    analysis = analyse(SHELF, 0.5, False)
    assert "unknown" not in {**analysis.counts, **analysis.sos}


def test_unknown_is_never_available_or_missing() -> None:
    assert "unknown" not in analyse(SHELF, 0.5, True).osa


def test_an_empty_shelf_is_all_zeros() -> None:
    analysis = analyse(reading(), 0.5, True)
    assert (analysis.total, analysis.detected) == (0, 0)
    assert set(analysis.sos.values()) == {0.0}
