"""Bars of the right height, and numbers that people can read."""

import pytest

from staff.charts import Part, bars
from staff.templatetags.charts import duration, share, short


def test_parts_stand_on_top_of_each_other() -> None:
    (bar,) = bars("T", ["now"], [Part("a", "x", [5]), Part("b", "y", [15])]).bars
    assert [(segment.bottom, segment.height) for segment in bar.segments] == [(0, 25), (25, 75)]


def test_parts_that_are_not_stacked_stand_in_front_of_each_other() -> None:
    (bar,) = bars("T", ["now"], [Part("p95", "x", [20]), Part("p50", "y", [10])], stacked=False).bars
    assert [(segment.bottom, segment.height) for segment in bar.segments] == [(0, 100), (0, 50)]


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 4), (4, 4), (5, 8), (9, 12), (13, 20), (21, 40), (121, 200), (201, 400)]
)
def test_the_grid_ends_at_a_round_number_no_less_than_the_highest_bar(highest: int, top: int) -> None:
    assert bars("T", ["now"], [Part("a", "x", [highest])]).levels[-1] == (top, 100)


def test_the_last_bar_has_its_label_and_no_more_have_one_than_there_is_room_for() -> None:
    shown = [bar.shown for bar in bars("T", [str(hour) for hour in range(24)], [Part("a", "x", [1] * 24)]).bars]
    assert shown[-1]
    assert sum(shown) == 4


def test_a_limit_is_drawn_at_its_height() -> None:
    line = bars("T", ["now"], [Part("a", "x", [10])], ("quota", 20)).line
    assert line
    assert line.height == 100


def test_a_limit_far_above_the_bars_is_told_instead() -> None:
    chart = bars("T", ["now"], [Part("a", "x", [10])], ("Quota", 1000))
    assert (chart.line, chart.note, chart.levels[-1][0]) == (None, "Quota: 1,000, far above this chart.", 12)


def test_nothing_at_all_is_empty() -> None:
    assert bars("T", ["now"], [Part("a", "x", [0])]).is_empty


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (999, "999"), (1000, "1k"), (1250, "1.25k"), (40_000_000, "40M"), (2e9, "2G")]
)
def test_numbers_beside_the_grid_are_short(value: float, text: str) -> None:
    assert short(value) == text


@pytest.mark.parametrize(("value", "text"), [(None, "–"), (0.4, "0 ms"), (240.2, "240 ms"), (12_345, "12.3 s")])
def test_durations_have_their_unit(value: float | None, text: str) -> None:
    assert duration(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (0, "0 %"), (0.001, "0.10 %"), (0.123, "12.3 %"), (1, "100 %")]
)
def test_shares_are_per_cent(value: float | None, text: str) -> None:
    assert share(value) == text
