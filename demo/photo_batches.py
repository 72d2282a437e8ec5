"""Batches for training the detector: photos scaled, cropped, mirrored and recoloured at random."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from demo.training_photos import read

Rng = np.random.Generator
Pixels = NDArray[np.uint8]
Boxes = NDArray[np.float32]
INPUT = 640
"""The scale serving uses: the photo's longer side in pixels."""
WINDOW = 448
"""Training sees square windows of that scaled photo: as much to learn per pixel, and more photos a minute."""
_PAD = 114
_LEAST_SEEN = 0.4


@dataclass(frozen=True)
class Sample:
    """One photo, RGB, and its boxes [N, 4] as x1, y1, x2, y2."""

    image: Pixels
    boxes: Boxes


def rendered(folder: Path) -> list[Path]:
    """Photos written by demo.training_photos, in a stable order."""
    return sorted(folder.glob("*.jpg"))


def batches(paths: list[Path], size: int, seed: int, workers: int) -> Iterator[dict[str, Tensor]]:
    """Endless batches in the form that ultralytics' loss expects; the same ones for the same seed and workers.

    img uint8 [B, 3, H, W]; batch_idx [N]; cls [N, 1]; bboxes [N, 4] as centre and size, relative.
    """
    source = _Batches(paths, size, seed)
    return iter(DataLoader(source, batch_size=None, num_workers=workers, prefetch_factor=4 if workers else None))


class _Batches(IterableDataset[dict[str, Tensor]]):
    """What each worker process makes."""

    def __init__(self, paths: list[Path], size: int, seed: int) -> None:
        self.paths, self.size, self.seed = paths, size, seed

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        worker = get_worker_info()
        rng = np.random.default_rng([self.seed, worker.id if worker else 0])
        cv2.setNumThreads(1)
        while True:
            yield _collate([_augmented(_choose(self.paths, rng), rng) for _ in range(self.size)])


def _choose(paths: list[Path], rng: Rng) -> Sample:
    photo = read(paths[int(rng.integers(len(paths)))])
    return Sample(photo.image, photo.boxes)


def _augmented(sample: Sample, rng: Rng) -> Sample:
    scale = INPUT / max(sample.image.shape[:2]) * float(np.exp(rng.uniform(-0.35, 0.4)))
    size = round(sample.image.shape[1] * scale), round(sample.image.shape[0] * scale)
    image = cv2.resize(sample.image, size, interpolation=cv2.INTER_LINEAR if rng.random() < 0.7 else cv2.INTER_AREA)
    dx, dy = _offset(size[0], rng), _offset(size[1], rng)
    canvas = np.full((WINDOW, WINDOW, 3), _PAD, np.uint8)
    part = image[max(dy, 0) : dy + WINDOW, max(dx, 0) : dx + WINDOW]
    top, left = max(-dy, 0), max(-dx, 0)
    canvas[top : top + part.shape[0], left : left + part.shape[1]] = part
    seen = (left, top, left + part.shape[1], top + part.shape[0])
    boxes = _kept(sample.boxes * scale - np.array([dx, dy, dx, dy], np.float32), seen)
    return _mirrored(Sample(_recoloured(canvas, rng), boxes), rng)


def _offset(have: int, rng: Rng) -> int:
    """Where the window begins; negative where the photo is smaller than the window."""
    low, high = min(0, have - WINDOW), max(0, have - WINDOW)
    return int(rng.integers(low, high + 1))


def _kept(boxes: Boxes, seen: tuple[int, int, int, int]) -> Boxes:
    low, high = np.array([seen[0], seen[1]] * 2, np.float32), np.array([seen[2], seen[3]] * 2, np.float32)
    cut = np.clip(boxes, low, high)
    area = (cut[:, 2] - cut[:, 0]) * (cut[:, 3] - cut[:, 1])
    whole = np.maximum((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), 1e-6)
    return np.asarray(cut[(area > _LEAST_SEEN * whole) & (area > 30)], np.float32)


def _mirrored(sample: Sample, rng: Rng) -> Sample:
    if rng.random() < 0.5:
        return sample
    boxes = sample.boxes.copy()
    boxes[:, [0, 2]] = sample.image.shape[1] - sample.boxes[:, [2, 0]]
    return Sample(np.ascontiguousarray(sample.image[:, ::-1]), boxes)


def _recoloured(image: Pixels, rng: Rng) -> Pixels:
    gain = rng.uniform(0.65, 1.35) * rng.uniform(0.85, 1.15, 3)
    curve = np.clip((np.arange(256)[:, None] / 255) ** rng.uniform(0.75, 1.3) * 255 * gain, 0, 255).astype(np.uint8)
    return np.stack([curve[:, channel][image[..., channel]] for channel in range(3)], axis=2)


def _collate(samples: list[Sample]) -> dict[str, Tensor]:
    images = torch.from_numpy(np.stack([sample.image for sample in samples])).permute(0, 3, 1, 2)
    boxes = torch.from_numpy(np.concatenate([sample.boxes for sample in samples]))
    centre, extent = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    owner = torch.repeat_interleave(torch.arange(len(samples)), torch.tensor([len(sample.boxes) for sample in samples]))
    return {
        "img": images, "batch_idx": owner.float(), "cls": torch.zeros(len(boxes), 1),
        "bboxes": torch.cat([centre, extent], dim=1) / WINDOW,
    }  # fmt: skip
