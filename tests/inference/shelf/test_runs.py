"""Neighbours on a shelf, and what their names are worth."""

import numpy as np
import pytest

from inference.shelf.facings import right_neighbours
from inference.shelf.runs import with_neighbours
from tests.inference.shelf.shelves import CAN, LARGE, SMALL, row

SURE, UNSURE = [0.96, 0.02, 0.02], [0.40, 0.45, 0.15]


def test_each_facing_of_a_row_has_the_next_as_its_neighbour() -> None:
    found = np.concatenate([row([CAN, SMALL, LARGE], 1.0, 500.0), row([SMALL, SMALL], 1.0, 900.0)])
    assert right_neighbours(found[:, :4]).tolist() == [1, 2, -1, 4, -1]


def test_what_stands_beyond_a_gap_is_no_neighbour() -> None:
    found = row([SMALL, SMALL], 1.0)
    found[1, [0, 2]] += 200
    assert right_neighbours(found[:, :4]).tolist() == [-1, -1]


def test_no_boxes_have_no_neighbours() -> None:
    assert right_neighbours(np.zeros((0, 4))).tolist() == []


def test_a_doubtful_facing_between_two_of_a_kind_is_one_of_them() -> None:
    after = with_neighbours(np.array([SURE, UNSURE, SURE]), np.array([1, 2, -1]), 0.7)
    assert after[1].argmax() == 0


def test_a_facing_that_is_sure_of_itself_keeps_its_name() -> None:
    after = with_neighbours(np.array([SURE, [0.02, 0.96, 0.02], SURE]), np.array([1, 2, -1]), 0.7)
    assert after[1].argmax() == 1


@pytest.mark.parametrize(("right", "run"), [([-1, -1, -1], 0.7), ([1, 2, -1], 0.0)])
def test_without_neighbours_or_runs_nothing_changes(right: list[int], run: float) -> None:
    before = np.array([SURE, UNSURE, SURE])
    np.testing.assert_allclose(with_neighbours(before, np.array(right), run), before)
