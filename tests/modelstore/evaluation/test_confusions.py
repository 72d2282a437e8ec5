"""What a report makes of wrong answers."""

from dataclasses import replace

import numpy as np
import pytest

from modelstore.evaluation.confusions import confusions, twins, weak_skus
from modelstore.evaluation.report import Kind, Learnt, Report
from tests.modelstore.evaluation.reports import digest, report

RED, GREEN, BLUE = range(3)


def photos(sku: str, count: int, first: int = 100) -> list[Learnt]:
    return [Learnt(digest(first + number), "reference", sku) for number in range(count)]


def test_the_most_frequent_confusion_comes_first_with_its_answers() -> None:
    found = confusions(report([(RED, GREEN), (BLUE, RED), (RED, GREEN), (RED, RED), (GREEN, GREEN)]))
    assert [(one.sku, one.taken_for, one.count, one.of, one.answers) for one in found] == [
        (RED, GREEN, 2, 3, (0, 2)),
        (BLUE, RED, 1, 1, (1,)),
    ]


def test_a_stranger_with_a_name_is_no_confusion_of_skus() -> None:
    assert confusions(report([(-1, RED), (RED, RED)])) == []


def test_a_sku_is_weak_below_nine_in_ten() -> None:
    said = [(RED, RED)] * 9 + [(RED, BLUE)] + [(GREEN, GREEN)] * 8 + [(GREEN, BLUE)] * 2 + [(BLUE, BLUE)]
    assert [(weak.sku, weak.asked, weak.right) for weak in weak_skus(report(said))] == [(GREEN, 10, 8)]


def weak_green(learnt: list[Learnt], *said: tuple[int, int], kind: Kind = "held-out shelves") -> str:
    (weak,) = weak_skus(replace(report([(RED, RED), (BLUE, BLUE), *said], learnt=learnt), kind=kind))
    return weak.advice


def test_a_sku_that_is_taken_for_one_other_is_to_be_photographed_beside_it() -> None:
    assert "Mostly taken for BLUE" in weak_green(photos("GREEN", 20), (GREEN, BLUE), (GREEN, BLUE))


def test_a_sku_with_few_photos_needs_more_of_them() -> None:
    assert "It has 5 photos: 3 more" in weak_green(photos("GREEN", 5), (GREEN, BLUE), (GREEN, RED))


def test_a_sku_whose_photos_are_all_alike_needs_others() -> None:
    assert "nearly the same" in weak_green(photos("GREEN", 5))


def test_a_sku_that_no_held_out_shelf_shows_needs_more_shelves() -> None:
    shelf = Learnt(digest(9), "shelf", None, ((0, 0, 9, 9, "GREEN"),))
    assert "No shelf that was held out shows it" in weak_green([shelf])


def test_a_sku_that_no_photo_of_an_evaluation_shows_needs_photos_to_judge_by() -> None:
    assert "None of these photos shows it" in weak_green(photos("GREEN", 5), kind="photos")


def test_a_sku_with_many_photos_needs_photos_as_shelves_show_it() -> None:
    assert "as shelves show it" in weak_green(photos("GREEN", 20), (GREEN, BLUE), (GREEN, RED))


def test_skus_that_are_mixed_as_if_by_chance_may_be_one_product() -> None:
    mixed = [(RED, RED), (RED, GREEN), (GREEN, RED), (GREEN, GREEN), (BLUE, BLUE)]
    assert [(pair.one, pair.other) for pair in twins(report(mixed))] == [(RED, GREEN)]


def test_a_single_confusion_makes_no_twins() -> None:
    assert twins(report([(RED, GREEN), (GREEN, GREEN), (BLUE, BLUE)])) == []


@pytest.mark.parametrize(("second", "expected"), [("GREEN", [(RED, GREEN)]), ("RED", [])])
def test_skus_that_share_a_photo_may_be_one_product(second: str, expected: list[tuple[int, int]]) -> None:
    bare = report([(RED, RED)], learnt=[*photos("RED", 1), *photos(second, 1, first=200)])
    prints = np.repeat(bare.fingerprints[:1], 2, axis=0)
    same = Report(bare.kind, bare.skus, {}, bare.answers, bare.calibration, bare.learnt, prints)
    assert [(pair.one, pair.other) for pair in twins(same)] == expected
