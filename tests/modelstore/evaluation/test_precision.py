"""The curve from the surest answer to all of them."""

from modelstore.evaluation.precision import precision_curve
from tests.modelstore.evaluation.reports import report

RIGHT, WRONG = (0, 0), (0, 1)


def test_it_runs_from_the_surest_answer_to_all() -> None:
    found = precision_curve(report([RIGHT] * 3 + [WRONG]).answers)
    assert [(point.coverage, point.precision) for point in found] == [(0.25, 1), (0.5, 1), (0.75, 1), (1, 0.75)]


def test_it_has_a_hundred_points_at_most() -> None:
    found = precision_curve(report([RIGHT] * 400 + [WRONG] * 100).answers)
    assert len(found) == 100
    assert (found[-1].coverage, found[-1].precision) == (1, 0.8)


def test_its_band_holds_it() -> None:
    assert all(
        point.low <= point.precision <= point.high for point in precision_curve(report([RIGHT, WRONG] * 30).answers)
    )


def test_strangers_with_a_name_are_wrong() -> None:
    assert precision_curve(report([RIGHT, (-1, 0)]).answers)[-1].precision == 0.5
