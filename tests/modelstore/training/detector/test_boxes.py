"""What a detector learns from: labels, and products that it is sure of already."""

from pathlib import Path

import numpy as np
import torch

from modelstore.training.detector.boxes import Truth, truth
from modelstore.training.detector.sight import Sight
from modelstore.training.shelf_labels import ShelfPhoto

LABEL = (0.0, 0.0, 100.0, 200.0)
RIVAL = (150.0, 0.0, 250.0, 200.0)


def told(labels: list[tuple[float, ...]], *found: tuple[float, ...]) -> Truth:
    boxes = np.array(labels, float).reshape(-1, 4)
    photo = ShelfPhoto(Path("shelf.jpg"), boxes, ("SKU",) * len(labels))
    return truth(Sight(photo, torch.tensor(found).reshape(-1, 5)))


def test_a_sure_find_beside_the_labels_is_a_product_too() -> None:
    known = told([LABEL], (*LABEL, 0.9), (*RIVAL, 0.7))
    assert known.others.tolist() == [list(RIVAL)]
    assert known.products.tolist() == [list(LABEL), list(RIVAL)]


def test_an_unsure_find_beside_the_labels_may_be_one_or_not() -> None:
    known = told([LABEL], (*RIVAL, 0.3))
    assert (known.others.tolist(), known.unsure.tolist()) == ([], [list(RIVAL)])


def test_what_is_hardly_found_is_background() -> None:
    known = told([LABEL], (*RIVAL, 0.1))
    assert len(known.products) == 1
    assert len(known.unsure) == 0


def test_a_find_within_a_label_or_around_it_is_no_product_of_its_own() -> None:
    known = told([LABEL], (20, 80, 80, 130, 0.9), (-10, -10, 260, 210, 0.9))
    assert len(known.others) == len(known.unsure) == 0


def test_neighbours_that_overlap_a_little_are_products() -> None:
    assert len(told([LABEL], (80, 0, 180, 200, 0.9)).others) == 1


def test_the_label_of_a_bottle_found_beside_the_bottle_may_be_one_or_not() -> None:
    known = told([LABEL], (*RIVAL, 0.9), (160, 80, 240, 130, 0.8))
    assert known.others.tolist() == [list(RIVAL)]
    assert known.unsure.tolist() == [[160, 80, 240, 130]]


def test_photos_without_labels_or_finds_have_no_boxes() -> None:
    assert told([], (*RIVAL, 0.9)).products.tolist() == [list(RIVAL)]
    assert told([]).products.shape == (0, 4)
