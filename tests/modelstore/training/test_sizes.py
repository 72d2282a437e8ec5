"""Sizes and runs are learnt from labelled shelves: nobody measures a product."""

import numpy as np
import pytest

from modelstore.training.labelled_shelf import OTHER, UNTOLD, LabelledShelf
from modelstore.training.sizes import learn_run, learn_sizes
from tests.inference.shelf.shelves import CAN, LARGE, MILLIMETRES, SIZE, SMALL, row

PRODUCTS = [CAN, SMALL, LARGE, LARGE, SMALL, CAN]


def shelf(products: list[int], scale: float, slope: float = 0.0, seed: int = 0) -> LabelledShelf:
    found = row(products, scale, slope=slope)
    found[:, 1] -= np.random.default_rng(seed).normal(scale=2, size=len(found))
    return LabelledShelf(found, SIZE, np.zeros((len(found), 1), np.float32), np.array(products))


def shelves() -> list[LabelledShelf]:
    return [
        shelf(PRODUCTS, scale, slope, k) for k, (scale, slope) in enumerate([(0.6, 0.0), (1.0, 0.0003), (1.6, 0.0)])
    ]


def test_differences_between_learnt_sizes_are_those_of_the_products() -> None:
    sizes = learn_sizes(shelves(), 3)
    assert sizes is not None
    learnt = sizes.log_sides - sizes.log_sides[CAN]
    np.testing.assert_allclose(learnt, np.log(MILLIMETRES / MILLIMETRES[CAN]), atol=0.03)


def test_a_part_that_is_hidden_does_not_shrink_the_product() -> None:
    hidden = shelf(PRODUCTS, 1.0)
    hidden.found[2, 1] += 120
    sizes = learn_sizes([*shelves(), LabelledShelf(hidden.found, SIZE, hidden.features, hidden.labels)], 3)
    assert sizes is not None
    assert sizes.log_sides[LARGE, 0] - sizes.log_sides[SMALL, 0] == pytest.approx(np.log(310 / 220), abs=0.03)


def test_a_sku_on_no_shelf_has_no_size() -> None:
    sizes = learn_sizes(shelves(), 4)
    assert sizes is not None
    assert np.isnan(sizes.log_sides[3]).all()
    assert np.isfinite(sizes.log_sides[:3]).all()


def test_shelves_that_show_too_little_teach_nothing() -> None:
    assert learn_sizes([shelf([CAN, SMALL], 1.0)], 3) is None
    assert learn_sizes([], 3) is None


def test_runs_are_counted_between_neighbours_that_are_told() -> None:
    one = shelf([CAN, CAN, SMALL, LARGE], 1.0)
    labels = np.array([CAN, CAN, OTHER, UNTOLD])
    assert learn_run([LabelledShelf(one.found, SIZE, one.features, labels)]) == 0.5
    assert learn_run([]) == 0.0
