"""The opening paragraph says what the figures bear out, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from modelstore.evaluation.answers import Calibration
from modelstore.evaluation.page.figures import span, written
from modelstore.evaluation.page.words import how_measured, intervals, listed, opening
from modelstore.evaluation.report import Kind, Report
from modelstore.evaluation.summary import summarised
from tests.modelstore.evaluation.reports import on_photos, report

RED, GREEN, BLUE = range(3)
SOUND = [(RED, RED)] * 20 + [(GREEN, GREEN)] * 20 + [(BLUE, BLUE)] * 20


def said(told: Report) -> str:
    return opening(summarised(told, "TINY/ONE@1")).replace("\u00a0", " ")


def with_confidences(surplus: float, count: int = 400) -> Report:
    """Confidences of 0.7, right so much less often."""
    right = np.arange(count) < round((0.7 - surplus) * count)
    judged = Calibration(np.full(count, 0.7), right, np.ones(count, bool), np.ones(count))
    return replace(report(SOUND), calibration=judged)


def test_it_begins_with_what_is_named_rightly_of_how_many() -> None:
    told = report([(RED, RED)] * 45 + [(RED, GREEN)] * 15)
    assert said(told).startswith("Of 60 products that it had not learnt from, it names 75.0 % rightly")


def test_what_can_be_answered_without_a_person_follows() -> None:
    assert "If 95 % of its names are to be right, it can answer 100 % of what it sees by itself." in said(report(SOUND))


def test_strangers_who_lower_that_share_are_told_of() -> None:
    told = said(report([*SOUND, *[(-1, RED)] * 20]))
    assert "of what it sees by itself, of which 25.0 % is no product of its SKUs." in told


def test_where_no_answer_can_be_kept_it_says_so() -> None:
    assert "a person has to look at each" in said(report([(RED, GREEN)] * 20))


@pytest.mark.parametrize(
    ("surplus", "expected"),
    [
        (0, "as honest as so many answers can show"),
        (0.2, "too high, by 20.0 points"),
        (-0.2, "too low, by 20.0 points"),
    ],
)
def test_confidences_are_judged(surplus: float, expected: str) -> None:
    assert expected in said(with_confidences(surplus))


def test_strangers_are_told_of_where_there_are_any() -> None:
    assert "other products" not in said(report(SOUND))
    assert "0 % of other products get no name" in said(report([*SOUND, *[(-1, RED)] * 5]))


def test_the_weakest_are_named_with_how_weak_they_are() -> None:
    weak = [(RED, GREEN)] * 3 + [(RED, RED)]
    assert "Weak: RED (1 of 4 right)." in said(report([*weak, *SOUND[20:]]))


def test_where_none_is_weak_it_says_so() -> None:
    assert "Every SKU that was asked about is named rightly at least nine times in ten." in said(report(SOUND))


def test_a_sku_that_nobody_asked_about_is_no_strength() -> None:
    assert "Of 1 SKU nothing is known" in said(report(SOUND[:40]))


def test_twins_are_named() -> None:
    assert "RED and GREEN may be one product under two names" in said(report([(RED, GREEN), (GREEN, RED), *SOUND[40:]]))


def test_cross_validation_warns_of_other_days() -> None:
    told = report(SOUND)
    assert "other days" not in said(told)
    assert "Expect less on photos of other days." in said(replace(told, kind="cross-validation"))


@pytest.mark.parametrize(
    ("each", "expected"), [(1, "whole: products of one photo"), (10, "Those of 6 photos are rough"), (30, "too narrow")]
)
def test_intervals_from_few_photos_are_owned_up_to(each: int, expected: str) -> None:
    assert expected in intervals(summarised(on_photos(report(SOUND), each), "TINY/ONE@1"))


@pytest.mark.parametrize("kind", ["cross-validation", "held-out shelves", "photos"])
def test_every_kind_of_measurement_has_words(kind: Kind) -> None:
    assert len(how_measured(summarised(replace(report(SOUND), kind=kind), "X"))) > 60


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B and C"),
        (list("ABCDE"), "A, B, C and 2 more"),
    ],
)
def test_three_are_named_and_the_rest_counted(names: str, expected: str) -> None:
    assert listed(list(names)) == expected


@pytest.mark.parametrize(("value", "expected"), [(1, "100 %"), (0, "0 %"), (0.9999, "99.9 %"), (0.5, "50.0 %")])
def test_what_is_not_quite_all_is_not_written_as_100(value: float, expected: str) -> None:
    assert written(value).replace("\u00a0", " ") == expected


def test_a_span_has_its_unit_once() -> None:
    assert span(0.1, 0.2).replace("\u00a0", " ") == "10.0 to 20.0 %"
