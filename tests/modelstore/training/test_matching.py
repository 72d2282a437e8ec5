"""Scoring of detections."""

import numpy as np
import torch

from modelstore.training.matching import average_precision, match

LEFT, RIGHT = (0.0, 0.0, 10.0, 10.0), (20.0, 0.0, 30.0, 10.0)


def test_a_facing_is_given_to_the_surer_of_two_detections() -> None:
    found = torch.tensor([LEFT, LEFT, RIGHT])
    assert match(found, torch.tensor([RIGHT, LEFT])).facing.tolist() == [1, -1, 0]


def test_a_box_with_little_overlap_matches_nothing() -> None:
    assert match(torch.tensor([(7.0, 0.0, 17.0, 10.0)]), torch.tensor([LEFT])).facing.tolist() == [-1]


def test_an_empty_shelf_matches_nothing() -> None:
    assert match(torch.tensor([LEFT]), torch.zeros(0, 4)).facing.tolist() == [-1]


def test_perfect_detections_have_an_average_precision_of_one() -> None:
    assert average_precision(np.array([0.9, 0.8], np.float32), np.array([True, True]), 2) == 1.0


def test_a_false_detection_ranked_first_halves_the_precision() -> None:
    assert average_precision(np.array([0.9, 0.8], np.float32), np.array([False, True]), 1) == 0.5
