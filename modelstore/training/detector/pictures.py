"""What every detector's training does to its pictures: windows of scaled photos, mirrored and recoloured at random."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Rng = np.random.Generator
Pixels = NDArray[np.uint8]
Boxes = NDArray[np.float32]
PAD = 114
_LEAST_SEEN = 0.4
_LEAST_AREA = 30
_SCALES = (-0.35, 0.4)


def no_boxes() -> Boxes:
    return np.zeros((0, 4), np.float32)


@dataclass(frozen=True, eq=False)
class Sample:
    """A picture, RGB uint8 [H, W, 3]; boxes [N, 4] of its products as x1, y1, x2, y2; spared [M, 4], where nobody knows
    whether there is a product."""

    image: Pixels
    boxes: Boxes
    spared: Boxes = field(default_factory=no_boxes)


def windowed(sample: Sample, size: int, side: int, rng: Rng) -> Sample:
    """A square window of the photo scaled to about `size` pixels. What the window hardly shows is spared."""
    scale = size / max(sample.image.shape[:2]) * float(np.exp(rng.uniform(*_SCALES)))
    scaled = round(sample.image.shape[1] * scale), round(sample.image.shape[0] * scale)
    image = cv2.resize(sample.image, scaled, interpolation=cv2.INTER_LINEAR if rng.random() < 0.7 else cv2.INTER_AREA)
    dx, dy = _offset(scaled[0], side, rng), _offset(scaled[1], side, rng)
    canvas = np.full((side, side, 3), PAD, np.uint8)
    part = image[max(dy, 0) : dy + side, max(dx, 0) : dx + side]
    top, left = max(-dy, 0), max(-dx, 0)
    canvas[top : top + part.shape[0], left : left + part.shape[1]] = part
    seen = (left, top, left + part.shape[1], top + part.shape[0])
    moved = np.array([dx, dy, dx, dy], np.float32)
    return within(Sample(canvas, sample.boxes * scale - moved, sample.spared * scale - moved), seen)


def _offset(have: int, side: int, rng: Rng) -> int:
    """Where the window begins; negative where the photo is smaller than the window."""
    low, high = min(0, have - side), max(0, have - side)
    return int(rng.integers(low, high + 1))


def within(sample: Sample, seen: tuple[int, int, int, int]) -> Sample:
    """Boxes cut where the photo ends: x1, y1, x2, y2 of what can be seen. Those of which little is left are spared."""
    boxes, shown = _cut(sample.boxes, seen)
    spared, _ = _cut(sample.spared, seen)
    together = np.concatenate([spared, boxes[~shown]])
    return Sample(sample.image, boxes[shown], together[_area(together) > 0])


def _cut(boxes: Boxes, seen: tuple[int, int, int, int]) -> tuple[Boxes, NDArray[np.bool_]]:
    """The boxes cut, and whether enough of each is left."""
    low, high = np.array([seen[0], seen[1]] * 2, np.float32), np.array([seen[2], seen[3]] * 2, np.float32)
    cut = np.asarray(np.clip(boxes, low, high), np.float32)
    area = _area(cut)
    return cut, np.asarray((area > _LEAST_SEEN * np.maximum(_area(boxes), 1e-6)) & (area > _LEAST_AREA))


def _area(boxes: Boxes) -> Boxes:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), np.float32)


def mirrored(sample: Sample, rng: Rng) -> Sample:
    """Left and right change places half the time: a detector does not read."""
    if rng.random() < 0.5:
        return sample
    width = sample.image.shape[1]
    return Sample(
        np.ascontiguousarray(sample.image[:, ::-1]), _mirrored(sample.boxes, width), _mirrored(sample.spared, width)
    )


def _mirrored(boxes: Boxes, width: int) -> Boxes:
    turned = boxes.copy()
    turned[:, [0, 2]] = width - boxes[:, [2, 0]]
    return turned


def recoloured(image: Pixels, rng: Rng) -> Pixels:
    """Brightness, white balance and contrast of another light."""
    gain = rng.uniform(0.65, 1.35) * rng.uniform(0.85, 1.15, 3)
    curve = np.clip((np.arange(256)[:, None] / 255) ** rng.uniform(0.75, 1.3) * 255 * gain, 0, 255).astype(np.uint8)
    return np.stack([curve[:, channel][image[..., channel]] for channel in range(3)], axis=2)


def collated(samples: Sequence[Sample]) -> dict[str, Tensor]:
    """Square samples of one size as ultralytics' loss expects them.

    img uint8 [B, 3, S, S]; batch_idx [N]; cls [N, 1]; bboxes [N, 4] as centre and size, relative; and for our own loss
    spared [M, 5]: number of the sample and x1, y1, x2, y2 in pixels."""
    images = torch.from_numpy(np.stack([sample.image for sample in samples])).permute(0, 3, 1, 2)
    boxes = torch.from_numpy(np.concatenate([sample.boxes for sample in samples]))
    spared = torch.from_numpy(np.concatenate([sample.spared for sample in samples]))
    centre, extent = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    return {
        "img": images,
        "batch_idx": _owners([len(sample.boxes) for sample in samples]),
        "cls": torch.zeros(len(boxes), 1),
        "bboxes": torch.cat([centre, extent], dim=1) / images.shape[-1],
        "spared": torch.cat([_owners([len(sample.spared) for sample in samples])[:, None], spared], dim=1),
    }


def _owners(counts: Sequence[int]) -> Tensor:
    return torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts)).float()
