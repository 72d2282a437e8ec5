"""Which detection is which facing."""

import numpy as np
import torch
from torchvision.ops import box_iou

from inference.matching import match

LEFT, RIGHT = (0.0, 0.0, 10.0, 10.0), (20.0, 0.0, 30.0, 10.0)


def test_a_facing_is_given_to_the_surer_of_two_detections() -> None:
    found = torch.tensor([LEFT, LEFT, RIGHT])
    assert match(found, torch.tensor([RIGHT, LEFT])).facing.tolist() == [1, -1, 0]


def test_a_box_with_little_overlap_matches_nothing() -> None:
    assert match([(7.0, 0.0, 17.0, 10.0)], [LEFT]).facing.tolist() == [-1]


def test_an_empty_shelf_matches_nothing() -> None:
    assert match(torch.tensor([LEFT]), torch.zeros(0, 4)).facing.tolist() == [-1]


def test_boxes_without_any_area_match_nothing() -> None:
    assert match([(5, 5, 5, 5)], [(5, 5, 5, 5)]).facing.tolist() == [-1]


def test_overlaps_are_those_of_torchvision() -> None:
    rng = np.random.default_rng(3)
    corners = rng.uniform(0, 100, (2, 40, 2))
    left, right = (np.concatenate([corner, corner + rng.uniform(5, 60, (40, 2))], axis=1) for corner in corners)
    known = box_iou(torch.from_numpy(left), torch.from_numpy(right)).max(dim=1).values
    np.testing.assert_allclose(match(left, right).overlap, known, atol=1e-6)
