"""All crops of a photo at once, against the one crop function."""

import numpy as np
import pytest
import torch

from inference import batched_crops
from inference.batched_crops import resized
from inference.crops import CropSpec, crop_batch

SPEC = CropSpec(56, margin=0)


@pytest.fixture(scope="module")
def image() -> torch.Tensor:
    """Noise, where every pixel counts."""
    return torch.from_numpy(np.random.default_rng(1).integers(0, 255, (3, 300, 400), dtype=np.uint8))


def random_boxes(count: int) -> torch.Tensor:
    rng = np.random.default_rng(2)
    left, top = rng.integers(0, 390, count), rng.integers(0, 290, count)
    right = np.minimum(400, left + rng.integers(1, 300, count))
    bottom = np.minimum(300, top + rng.integers(1, 250, count))
    return torch.from_numpy(np.stack([left, top, right, bottom], axis=1))


def test_they_are_those_of_the_one_crop_function_within_two_grey_levels(image: torch.Tensor) -> None:
    boxes = random_boxes(200)
    together, one_by_one = resized(image, boxes, 56, 114), crop_batch(image, boxes.float(), SPEC)
    assert (together.int() - one_by_one.int()).abs().max() <= 2


@pytest.mark.parametrize(
    "box",
    [
        pytest.param([0, 0, 400, 300], id="whole picture"),
        pytest.param([399, 299, 400, 300], id="one pixel in the corner"),
        pytest.param([10, 10, 11, 300], id="one column"),
        pytest.param([100, 100, 110, 110], id="enlarged"),
    ],
)
def test_extreme_boxes_are_cut_alike(image: torch.Tensor, box: list[int]) -> None:
    boxes = torch.tensor([box, [20, 20, 90, 200]])
    together, one_by_one = resized(image, boxes, 56, 114), crop_batch(image, boxes.float(), SPEC)
    assert (together.int() - one_by_one.int()).abs().max() <= 2


def test_the_bars_have_the_grey_level_of_the_release(image: torch.Tensor) -> None:
    crop = resized(image, torch.tensor([[0, 0, 50, 100]]), 56, 7)[0]
    bars = (crop == 7).all(dim=0).all(dim=0).nonzero().flatten().tolist()
    assert bars == [*range(14), *range(42, 56)]


def test_however_little_fits_into_memory_the_crops_are_the_same(
    image: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    boxes = random_boxes(40)
    expected = resized(image, boxes, 56, 114)
    monkeypatch.setattr(batched_crops, "MOST_PIXELS", 50_000)
    assert (resized(image, boxes, 56, 114).int() - expected.int()).abs().max() <= 1


def test_no_box_gives_no_crop(image: torch.Tensor) -> None:
    assert resized(image, torch.zeros(0, 4, dtype=torch.int64), 56, 114).shape == (0, 3, 56, 56)
