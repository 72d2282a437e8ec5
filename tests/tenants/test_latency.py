"""Percentiles from counts in steps."""

import pytest

from tenants.latency import BOUNDS, COLUMNS, column_of, percentile


def counts(**by_column: int) -> list[int]:
    return [by_column.get(name, 0) for name in COLUMNS]


@pytest.mark.parametrize(
    ("milliseconds", "column"),
    [(0, "within_4_ms"), (4, "within_4_ms"), (4.1, "within_8_ms"), (100, "within_128_ms"), (1e9, "within_65536_ms")],
)
def test_an_answer_counts_with_the_smallest_bound_that_it_keeps(milliseconds: float, column: str) -> None:
    assert column_of(milliseconds) == column


def test_without_answers_there_is_no_percentile() -> None:
    assert percentile(counts(), 0.5) is None


def test_half_of_one_step_lies_in_its_middle() -> None:
    assert percentile(counts(within_128_ms=10), 0.5) == 96


def test_a_percentile_lies_in_the_step_that_reaches_its_share() -> None:
    both = counts(within_128_ms=90, within_1024_ms=10)
    assert (percentile(both, 0.5) or 0) <= 128
    assert 512 < (percentile(both, 0.95) or 0) <= 1024


def test_all_answers_are_within_the_last_bound() -> None:
    assert percentile(counts(within_65536_ms=3), 1.0) == BOUNDS[-1]
