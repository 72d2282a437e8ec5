"""Batches for training the detector: photos scaled, cropped, mirrored and recoloured at random."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from demo.training_photos import read
from modelstore.training.detector.pictures import Rng, Sample, collated, mirrored, recoloured, windowed

INPUT = 640
"""The scale serving uses: the photo's longer side in pixels."""
WINDOW = 448
"""Training sees square windows of that scaled photo: as much to learn per pixel, and more photos a minute."""


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
            yield collated([_augmented(_choose(self.paths, rng), rng) for _ in range(self.size)])


def _choose(paths: list[Path], rng: Rng) -> Sample:
    photo = read(paths[int(rng.integers(len(paths)))])
    return Sample(photo.image, photo.boxes)


def _augmented(sample: Sample, rng: Rng) -> Sample:
    seen = windowed(sample, INPUT, WINDOW, rng)
    return mirrored(Sample(recoloured(seen.image, rng), seen.boxes), rng)
