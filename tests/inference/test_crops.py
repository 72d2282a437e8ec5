"""The one crop function, against a straightforward one made of Pillow's."""

from math import ceil

import numpy as np
import pytest
import torch
from PIL import Image

from inference.crops import CropSpec, crop_batch, grown_boxes
from inference.detector import as_tensor
from tests.tiny_release import photo

CPU = torch.device("cpu")
SPEC = CropSpec(56)


def crops_of(image: Image.Image, boxes: list[list[float]], spec: CropSpec = SPEC) -> torch.Tensor:
    return crop_batch(as_tensor(image, CPU), torch.tensor(boxes).reshape(-1, 4), spec)


def reference(image: Image.Image, box: list[float], spec: CropSpec) -> Image.Image:
    """Grow, clip, cut, scale with antialiasing, and centre on grey."""
    x1, y1, x2, y2 = box
    dx, dy = (x2 - x1) * spec.margin, (y2 - y1) * spec.margin
    cut = image.crop(
        (max(0, int(x1 - dx)), max(0, int(y1 - dy)), ceil(min(x2 + dx, image.width)), ceil(min(y2 + dy, image.height)))
    )
    scale = spec.size / max(cut.size)
    size = max(1, round(cut.width * scale)), max(1, round(cut.height * scale))
    canvas = Image.new("RGB", (spec.size, spec.size), (spec.pad,) * 3)
    canvas.paste(cut.resize(size, Image.Resampling.BILINEAR), ((spec.size - size[0]) // 2, (spec.size - size[1]) // 2))
    return canvas


@pytest.mark.parametrize(
    "box",
    [
        pytest.param([40.0, 30, 100, 200], id="tall"),
        pytest.param([40.0, 30, 300, 90], id="wide"),
        pytest.param([100.0, 100, 120, 120], id="enlarged"),
        pytest.param([0.0, 0, 320, 240], id="whole picture"),
        pytest.param([290.0, 200, 320, 240], id="in the corner"),
        pytest.param([12.4, 17.7, 99.1, 181.3], id="between pixels"),
    ],
)
def test_a_crop_equals_pillows_within_two_grey_levels(box: list[float]) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    image = Image.fromarray(noise)
    ours = crops_of(image, [box])[0].permute(1, 2, 0).numpy().astype(int)
    theirs = np.asarray(reference(image, box, SPEC)).astype(int)
    assert np.abs(ours - theirs).max() <= 2


def test_the_margin_grows_the_box_on_each_side() -> None:
    boxes = torch.tensor([[100.0, 100, 200, 140]])
    assert grown_boxes(boxes, 0.05, 1000, 1000) == [(95, 98, 205, 142)]


def test_a_grown_box_stays_inside_the_picture() -> None:
    boxes = torch.tensor([[0.0, 0, 50, 50], [280, 200, 320, 240]])
    assert grown_boxes(boxes, 0.2, 320, 240) == [(0, 0, 60, 60), (272, 192, 320, 240)]


@pytest.mark.parametrize("box", [[5.0, 5, 5, 5], [319.9, 239.9, 320, 240], [320.0, 240, 320, 240], [0.0, 0, 0.2, 0.2]])
def test_a_box_without_area_still_is_one_pixel(box: list[float]) -> None:
    left, top, right, bottom = grown_boxes(torch.tensor([box]), 0.05, 320, 240)[0]
    assert 0 <= left < right <= 320
    assert 0 <= top < bottom <= 240


def test_a_tall_box_has_bars_of_equal_width_left_and_right() -> None:
    white = Image.new("RGB", (100, 100), "white")
    crop = crops_of(white, [[0.0, 0, 50, 100]], CropSpec(56, margin=0))[0, 0]
    grey = (crop == SPEC.pad).all(dim=0).nonzero().flatten().tolist()
    assert grey == [*range(14), *range(42, 56)]


def test_the_bars_have_the_grey_level_of_the_release() -> None:
    crop = crops_of(Image.new("RGB", (100, 100), "white"), [[0.0, 0, 50, 100]], CropSpec(56, pad=7))
    assert crop[0, :, 0, 0].tolist() == [7, 7, 7]


def test_no_box_gives_no_crop() -> None:
    assert crops_of(photo(), []).shape == (0, 3, 56, 56)


@pytest.mark.parametrize(("width", "height"), [(1, 500), (500, 1), (1, 1)])
def test_a_picture_one_pixel_wide_can_be_cropped(width: int, height: int) -> None:
    crop = crops_of(Image.new("RGB", (width, height), "white"), [[0.0, 0, width, height]])
    assert crop.shape == (1, 3, 56, 56)
    assert crop.max() == 255


def test_crops_do_not_depend_on_their_neighbours() -> None:
    boxes = [[10.0, 10, 60, 120], [80.0, 20, 150, 140], [160.0, 40, 220, 200]]
    together, alone = crops_of(photo(), boxes), [crops_of(photo(), [box])[0] for box in boxes]
    assert torch.equal(together, torch.stack(alone))


def test_memory_layout_of_the_picture_does_not_matter() -> None:
    pixels, boxes = as_tensor(photo(), CPU), torch.tensor([[10.0, 10, 60, 120]])
    assert not pixels.is_contiguous()
    assert torch.equal(crop_batch(pixels, boxes, SPEC), crop_batch(pixels.contiguous(), boxes, SPEC))
