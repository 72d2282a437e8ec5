"""The one crop function, for training and for serving.

A difference between the two costs more accuracy than any choice of model, so nothing else in
the project cuts products out of photos.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from inference.batched_crops import resized

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class CropSpec:
    """How a box becomes an encoder's input: recorded in every release.

    size: side of the square crop in pixels; margin: share of the box added on each side;
    pad: grey level (0-255) of the letterbox bars.
    """

    size: int
    margin: float = 0.05
    pad: int = 114


def crop_batch(image: Tensor, boxes: Tensor, spec: CropSpec) -> Tensor:
    """Cut every box out of `image`, letterboxed to a square.

    image: uint8 [3, H, W], RGB; boxes: [N, 4] as x1, y1, x2, y2 in pixels of the image.
    Returns uint8 [N, 3, size, size] on the image's device; N may be 0.
    """
    grown = grown_boxes(boxes, spec.margin, image.shape[2], image.shape[1])
    if image.device.type != "cpu" and grown:
        return resized(image, torch.tensor(grown), spec.size, spec.pad)
    crops = torch.full((len(boxes), 3, spec.size, spec.size), spec.pad, dtype=torch.uint8)
    for crop, box in zip(crops, grown, strict=True):
        _paste_letterboxed(image, box, crop)
    return crops


def grown_boxes(boxes: Tensor, margin: float, width: int, height: int) -> list[Box]:
    """Grow by the margin, clip to the image, and round outwards to at least one pixel."""
    return [_grown(values, margin, width, height) for values in boxes.tolist()]


def _grown(box: Sequence[float], margin: float, width: int, height: int) -> Box:
    x1, y1, x2, y2 = box
    dx, dy = (x2 - x1) * margin, (y2 - y1) * margin
    left = min(max(int(x1 - dx), 0), width - 1)
    top = min(max(int(y1 - dy), 0), height - 1)
    right = min(max(int(x2 + dx + 0.999), left + 1), width)
    bottom = min(max(int(y2 + dy + 0.999), top + 1), height)
    return left, top, right, bottom


def _paste_letterboxed(image: Tensor, box: Box, canvas: Tensor) -> None:
    """Resize one cut-out, antialiased, and centre it on its canvas [3, size, size] in place."""
    left, top, right, bottom = box
    size = canvas.shape[1]
    scale = size / max(right - left, bottom - top)
    height = max(1, round((bottom - top) * scale))
    width = max(1, round((right - left) * scale))
    cut = image[:, top:bottom, left:right].unsqueeze(0)
    y, x = (size - height) // 2, (size - width) // 2
    scaled = functional.interpolate(cut, (height, width), mode="bilinear", antialias=True)
    canvas[:, y : y + height, x : x + width] = scaled[0]
