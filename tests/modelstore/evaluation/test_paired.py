"""Two releases on the same products: what differs, and what is chance."""

import numpy as np
import pytest
from scipy.stats import binomtest

from modelstore.evaluation import metrics, resampling
from modelstore.evaluation.answers import Answers
from modelstore.evaluation.paired import chance, paired
from modelstore.evaluation.report import Report
from tests.modelstore.evaluation.reports import SKUS, on_photos, report

RED, GREEN, BLUE = range(3)


def named(right: int, wrong: int, of: int = 40) -> Report:
    """So many rightly, so many wrongly, the rest rightly again."""
    return report([(RED, RED)] * right + [(RED, GREEN)] * wrong + [(RED, RED)] * (of - right - wrong))


def test_a_release_is_neither_worse_nor_better_than_itself() -> None:
    found = paired(named(30, 10), named(30, 10))
    assert (found.photos, found.answers) == (40, 40)
    for figure in (found.top1, found.top5, found.coverage):
        assert (figure.one == figure.other, figure.low, figure.high, figure.worse, figure.better) == (
            True, 0, 0, False, False,
        )  # fmt: skip


def test_five_more_wrong_of_forty_are_worse_and_four_may_be_chance() -> None:
    assert paired(named(40, 0), named(35, 5)).top1.worse
    assert not paired(named(40, 0), named(36, 4)).top1.worse


def test_what_is_worse_one_way_is_better_the_other_way() -> None:
    there, back = paired(named(40, 0), named(30, 10)).top1, paired(named(30, 10), named(40, 0)).top1
    assert (there.worse, there.better, back.worse, back.better) == (True, False, False, True)
    assert (there.one, there.other) == (back.other, back.one) == (1.0, 0.75)
    assert there.low < -0.25 < there.high < 0


def test_coverage_that_falls_far_is_worse() -> None:
    found = paired(named(40, 0), named(0, 30)).coverage
    assert (found.one, found.worse) == (1.0, True)


@pytest.mark.parametrize(("lost", "won"), [(5, 0), (8, 2), (9, 1), (12, 12), (30, 17), (0, 0)])
def test_of_single_products_the_test_is_mcnemars(lost: int, won: int) -> None:
    expected = binomtest(lost, lost + won, alternative="greater").pvalue if lost + won else 1.0
    assert chance([-1] * lost + [1] * won) == pytest.approx(expected)


def test_ten_wrong_on_one_photo_of_twenty_may_be_chance() -> None:
    sound, poor = (
        on_photos(report(said), 10) for said in ([(RED, RED)] * 200, [(RED, GREEN)] * 10 + [(RED, RED)] * 190)
    )
    assert (paired(sound, poor).photos, paired(sound, poor).top1.worse) == (20, False)


def test_of_few_photos_each_product_counts_for_itself() -> None:
    sound, poor = (on_photos(report([(RED, answer)] * 30), 10) for answer in (RED, GREEN))
    assert (paired(sound, poor).photos, paired(sound, poor).top1.worse) == (3, True)


def test_only_photos_that_both_were_asked_about_count() -> None:
    one, other = report([(RED, RED)] * 20), report([(RED, GREEN)] * 20, first=11)
    assert (paired(one, other).photos, paired(one, other).top1.one, paired(one, other).top1.other) == (10, 1, 0)


def test_without_a_common_photo_nothing_is_said() -> None:
    found = paired(report([(RED, RED)] * 20), report([(RED, GREEN)] * 20, first=100))
    assert (found.photos, found.answers, found.top1.worse, found.coverage.worse) == (0, 0, False, False)


def test_skus_are_the_same_by_name_wherever_they_stand() -> None:
    one = report([(RED, RED)] * 10 + [(BLUE, BLUE)] * 10)
    other = report([(2, 2)] * 10 + [(0, 0)] * 10, skus=("BLUE", "GREEN", "RED"))
    assert (paired(one, other).answers, paired(one, other).top1.other) == (20, 1)


def test_products_that_only_one_of_them_knows_do_not_count() -> None:
    one = report([(BLUE, BLUE)] * 10 + [(RED, RED)] * 10)
    other = report([(-1, 0)] * 10 + [(0, 0)] * 10, skus=("RED", "GREEN", "PINK"))
    found = paired(one, other)
    assert (found.answers, found.top1.other, found.missing, found.added) == (10, 1, ("BLUE",), ("PINK",))


def test_a_name_given_to_what_neither_knows_costs_coverage_and_no_top1() -> None:
    said = [(RED, RED)] * 20
    one = report([*said, *[(-1, RED)] * 20])
    given = one.answers
    surer_of_strangers = Answers(given.photos, given.places, given.truth, given.best, given.confidences[::-1].copy())
    found = paired(one, Report(one.kind, SKUS, {}, surer_of_strangers, one.calibration))
    assert (found.answers, found.top1.worse, found.coverage.worse) == (20, False, True)


def test_the_same_reports_compare_the_same() -> None:
    assert paired(named(33, 7), named(30, 9)) == paired(named(33, 7), named(30, 9))


def test_coverage_of_products_that_count_once_is_the_figure_of_the_report() -> None:
    rng = np.random.default_rng(3)
    confidences, right = rng.random(200).round(1), rng.random(200) < 0.9
    measure = resampling.coverage(confidences, right)
    assert measure(np.ones(200)) == metrics.coverage(confidences, right)
    twice = measure(np.full(200, 2.0))
    assert twice == metrics.coverage(confidences, right)
