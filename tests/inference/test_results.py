"""What an engine answers cannot be nonsense."""

import pytest

from inference.results import Facing, pixel_box


@pytest.mark.parametrize("box", [(5, 5, 5, 10), (5, 5, 10, 5), (-1, 0, 5, 5), (9, 0, 5, 5)])
def test_a_box_without_area_or_outside_is_no_facing(box: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="is no box"):
        Facing(0, "COLA", 0.5, 0.5, box)


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_a_confidence_outside_zero_to_one_is_no_facing(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        Facing(0, "COLA", confidence, 0.5, (0, 0, 1, 1))


@pytest.mark.parametrize(
    ("values", "box"),
    [
        ([1.4, 2.6, 10.5, 20.4], (1, 3, 10, 20)),
        ([-5.0, -5, 500, 500], (0, 0, 100, 50)),
        ([7.1, 7.1, 7.2, 7.2], (7, 7, 8, 8)),
        ([99.9, 49.9, 100, 50], (99, 49, 100, 50)),
    ],
)
def test_a_pixel_box_lies_inside_the_picture_and_is_never_empty(values: list[float], box: tuple[int, ...]) -> None:
    assert pixel_box(values, 100, 50) == box
