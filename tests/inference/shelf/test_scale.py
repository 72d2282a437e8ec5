"""Sizes of one design are told apart by what stands beside them."""

import numpy as np
import pytest

from inference.shelf.facings import facings
from inference.shelf.scale import with_sizes
from tests.inference.shelf.shelves import CAN, CANNOT_TELL, LARGE, SIZE, SIZES, SMALL, SURELY_A_CAN, row


def read(products: list[int], found: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> list[int]:
    """What each is taken for, if cans are recognised and bottles look alike."""
    before = np.array([SURELY_A_CAN if product == CAN else CANNOT_TELL for product in products])
    return [int(best) for best in with_sizes(before, facings(found, SIZE), SIZES)[:, :3].argmax(axis=1)]


@pytest.mark.parametrize("scale", [0.6, 1.0, 2.4])
def test_cans_beside_them_tell_the_sizes_of_bottles(scale: float) -> None:
    products = [CAN, SMALL, LARGE, CAN, SMALL]
    assert read(products, row(products, scale)) == products


@pytest.mark.parametrize("scale", [0.6, 1.0, 2.4])
def test_bottles_of_both_sizes_tell_each_other_apart(scale: float) -> None:
    products = [SMALL, LARGE, SMALL, LARGE, LARGE]
    assert read(products, row(products, scale)) == products


def test_a_scale_that_grows_along_the_shelf_is_followed() -> None:
    products = [CAN, SMALL, LARGE, CAN, SMALL, LARGE, CAN, SMALL, LARGE, CAN]
    found = row(products, 0.7, slope=0.0006)
    assert found[8, 3] - found[8, 1] > 1.25 * (found[2, 3] - found[2, 1])
    assert read(products, found) == products


def test_a_bottle_of_which_the_lower_half_is_hidden_keeps_its_size_by_its_width() -> None:
    products = [CAN, SMALL, LARGE, CAN, LARGE, SMALL, CAN]
    found = row(products, 1.0)
    found[2, 3] -= 150
    assert read(products, found) == products


def test_a_bottle_that_the_photos_edge_cuts_keeps_its_size_by_its_width() -> None:
    products = [CAN, SMALL, LARGE, CAN, LARGE, SMALL, CAN]
    found = row(products, 1.0, bottom=200.0)
    found[:, 1] = found[:, 1].clip(0)
    assert (found[:, 1] == 0).sum() == 4
    assert read(products, found) == products


def test_bottles_of_one_size_alone_stay_undecided() -> None:
    before = np.array([CANNOT_TELL] * 6)
    after = with_sizes(before, facings(row([SMALL] * 6, 1.0), SIZE), SIZES)
    np.testing.assert_allclose(after[:, SMALL], after[:, LARGE], atol=0.1)


def test_a_size_that_no_sku_has_speaks_for_another_product() -> None:
    products = [CAN, SMALL, LARGE, CAN, CAN]
    found = row(products, 1.0)
    found[4, :2] = found[4, 2:4] - 1.35 * (found[4, 2:4] - found[4, :2])
    before = np.array([SURELY_A_CAN if product == CAN else CANNOT_TELL for product in products])
    after = with_sizes(before, facings(found, SIZE), SIZES)
    assert after[4, -1] > 2 * before[4, -1]


def test_answers_still_sum_to_one() -> None:
    found = row([CAN, SMALL, LARGE], 1.0)
    after = with_sizes(np.array([CANNOT_TELL] * 3), facings(found, SIZE), SIZES)
    np.testing.assert_allclose(after.sum(axis=1), 1)


@pytest.mark.parametrize("count", [0, 1])
def test_without_neighbours_nothing_changes(count: int) -> None:
    before = np.array([CANNOT_TELL])[:count]
    found = row([SMALL], 1.0)[:count]
    np.testing.assert_array_equal(with_sizes(before, facings(found, SIZE), SIZES), before)


def test_a_sku_whose_size_is_not_known_takes_part_without_one() -> None:
    unmeasured = SIZES.log_sides.copy()
    unmeasured[LARGE] = np.nan
    sizes = type(SIZES)(**{**vars(SIZES), "log_sides": unmeasured})
    after = with_sizes(np.array([SURELY_A_CAN, CANNOT_TELL]), facings(row([CAN, SMALL], 1.0), SIZE), sizes)
    assert np.isfinite(after).all()
    assert after[1, SMALL] > 0.5
