"""Figures with intervals: the figures of the manifest, and no narrower than the photos allow."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from modelstore.evaluation import metrics
from modelstore.evaluation.answers import Calibration, calibration
from modelstore.evaluation.estimates import Estimate, alone, estimates
from modelstore.evaluation.figures import figures
from modelstore.evaluation.report import Report, report_from
from tests.modelstore.evaluation.reports import on_photos, report

RED, GREEN = 0, 1


def mixed(right: int = 50, wrong: int = 10, strangers: int = 0) -> Report:
    return report([(RED, RED)] * right + [(RED, GREEN)] * wrong + [(-1, RED)] * strangers)


def judged(seed: int, digits: int) -> Report:
    """Confidences, many of which are the same, and strangers who weigh more."""
    rng, known = np.random.default_rng(seed), np.arange(80) < 50
    confidences = np.where(known, rng.beta(4, 2, 80), rng.beta(2, 4, 80)).round(digits)
    return replace(
        mixed(),
        metrics={},
        calibration=Calibration(confidences, known & (rng.random(80) < 0.8), known, np.where(known, 1.0, 2.0)),
    )


@pytest.mark.parametrize("strangers", [0, 12])
def test_they_are_what_the_manifest_says(strangers: int) -> None:
    told = mixed(strangers=strangers)
    assert {name: one.value for name, one in estimates(told).items()} == told.metrics


def test_answers_that_were_kept_with_fewer_digits_change_no_figure() -> None:
    told = judged(0, 9)
    written = replace(told, metrics=figures(told.answers, told.calibration))
    kept = report_from(written.dumps())
    assert {name: one.value for name, one in estimates(kept).items()} == written.metrics


def test_what_the_answers_do_not_bear_out_is_not_believed() -> None:
    assert estimates(replace(mixed(30, 30), metrics={"top1": 0.99}))["top1"].value == 0.5


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("digits", [1, 2, 9])
def test_strangers_and_ties_are_counted_as_the_manifest_counts_them(seed: int, digits: int) -> None:
    told = judged(seed, digits)
    expected = figures(told.answers, told.calibration)
    assert {name: one.value for name, one in estimates(told).items()} == pytest.approx(expected, abs=2e-4)


def test_an_interval_holds_its_figure() -> None:
    for name, one in estimates(judged(0, 2)).items():
        assert one.low is not None, name
        assert one.high is not None, name
        assert one.low <= one.value <= one.high, name


def test_top1_has_about_the_interval_of_as_many_coins() -> None:
    found = estimates(mixed(160, 40))["top1"]
    expected = binomtest(160, 200).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.015)


def test_products_that_share_photos_tell_less() -> None:
    apart, together = (estimates(told)["top1"] for told in (mixed(150, 50), on_photos(mixed(150, 50), 10)))
    assert width(together) > 2 * width(apart)


def test_so_do_confidences_on_shelves_where_each_answer_is_judged_once() -> None:
    strangers = mixed(150, 50, strangers=100)
    apart, together = (
        estimates(told)["known_kept_at_0.5"] for told in (halved(strangers), halved(on_photos(strangers, 10)))
    )
    assert width(together) > 2 * width(apart)


def halved(told: Report) -> Report:
    """Every photo's products are all sure, or all unsure."""
    sure = (np.arange(len(told.answers)) // 10) % 2 == 0
    confidences = np.where(sure[:, None], told.answers.confidences, told.answers.confidences / 3)
    given = replace(told.answers, confidences=confidences)
    return replace(told, answers=given, calibration=calibration(given))


def width(found: Estimate) -> float:
    assert found.low is not None
    assert found.high is not None
    return found.high - found.low


def test_all_of_thirty_right_is_not_certain() -> None:
    found = estimates(mixed(30, 0))["top1"]
    assert (found.value, found.high) == (1, 1)
    assert found.low == pytest.approx(0.886, abs=0.002)


def test_what_needs_the_shelves_has_no_interval() -> None:
    told = replace(mixed(), metrics={"sos_error_points": 0.8, "photos": 12})
    assert estimates(told)["sos_error_points"] == Estimate(0.8)
    assert "photos" not in estimates(told)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "0.9", None, True, [1]])
def test_what_is_no_number_is_left_out(value: object) -> None:
    assert "odd" not in estimates(replace(mixed(), metrics={"odd": value}))  # type: ignore[dict-item]
    assert alone(replace(mixed(), metrics={"top1_odd_alone": value})) == {}  # type: ignore[dict-item]


def test_one_encoder_alone_has_an_interval_where_photos_are_single_products() -> None:
    told = replace(mixed(), metrics={"top1_dinov2_alone": 0.8})
    assert alone(told) == {"dinov2": Estimate(0.8)}
    found = alone(replace(told, kind="cross-validation"))["dinov2"]
    assert (found.low, found.high) == pytest.approx((0.682, 0.882), abs=0.002)


def test_fpr95_is_that_of_the_first_threshold_that_keeps_enough() -> None:
    known = np.array([True] * 20 + [False] * 4)
    scores = np.array([0.9] * 18 + [0.5, 0.1] + [0.95, 0.6, 0.5, 0.2])
    assert metrics.false_positive_rate(scores, known) == 0.75
