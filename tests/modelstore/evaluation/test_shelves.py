"""Figures about whole shelves, on one with four facings."""

import numpy as np
import pytest

from modelstore.evaluation.answers import Answers
from modelstore.evaluation.shelves import shelf_answers, shelf_figures
from modelstore.training.labelled_shelf import ELSEWHERE, NOTHING, OTHER, UNTOLD, LabelledShelf

SIZE = (400, 300)
RED, GREEN = 0, 1


def shelf(labels: list[int], scores: list[float], standing: list[int], places: list[int]) -> LabelledShelf:
    left = np.arange(len(labels)) * 50.0
    found = np.stack([left, left * 0 + 10, left + 40, left * 0 + 110, np.array(scores)], axis=1)
    features = np.zeros((len(labels), 2), np.float32)
    return LabelledShelf(
        found, SIZE, features, np.array(labels), "a" * 64, np.array(standing), np.array(places)
    )  # fmt: skip


def named(one: LabelledShelf, probabilities: list[list[float]]) -> Answers:
    return shelf_answers([one], np.array(probabilities, np.float32)[one.told])


SHELF = shelf(
    labels=[RED, GREEN, OTHER, NOTHING, UNTOLD],
    scores=[0.9, 0.8, 0.7, 0.6, 0.5],
    standing=[RED, RED, GREEN, OTHER],
    places=[1, 2, 3, ELSEWHERE + 3, ELSEWHERE + 4],
)
"""Of two RED one is found; something that is no product is found, and part of one."""
SAID = [[0.9, 0.1], [0.2, 0.7], [0.6, 0.1], [0.1, 0.1], [0.9, 0.0]]
"""The rival gets a name, what is no product gets none."""


def test_a_product_goes_by_the_place_of_its_label() -> None:
    assert named(SHELF, SAID).places.tolist() == [1, 2, 3, ELSEWHERE + 3]


def test_what_is_part_of_a_product_is_neither_right_nor_wrong() -> None:
    assert named(SHELF, SAID).truth.tolist() == [RED, GREEN, OTHER, OTHER]


def test_end_to_end_figures_count_what_was_never_found() -> None:
    found = shelf_figures([SHELF], named(SHELF, SAID), 2)
    assert found["detection_recall"] == 0.75
    assert found["named_precision"] == pytest.approx(2 / 3, abs=1e-3)
    assert found["named_recall"] == pytest.approx(2 / 3, abs=1e-3)


def test_share_of_shelf_is_off_by_so_many_points() -> None:
    """RED is 2 of 4, said to be 2 of 4; GREEN is 1 of 4, and said to be."""
    assert shelf_figures([SHELF], named(SHELF, SAID), 2)["sos_error_points"] == 0


def test_without_labels_of_others_there_is_neither_ap_nor_share_of_shelf() -> None:
    own = shelf([RED], [0.9], [RED], [0])
    assert {"detection_ap50", "sos_error_points"}.isdisjoint(shelf_figures([own], named(own, [[0.9, 0.1]]), 2))
