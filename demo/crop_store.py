"""Training crops for the encoders: cut once with serving's own crop function, kept beside the photos."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from demo.networks import SIZE
from demo.training_photos import load_rgb, numbers, read
from inference.crops import CropSpec, crop_batch

Rng = np.random.Generator
SPEC = CropSpec(SIZE)
_LEAST_SIDE = 12
_REAL_SHARE = 0.08


@dataclass(frozen=True)
class Crops:
    """pixels uint8 [N, 3, S, S] (may be a memory map), labels int64 [N]; the real photos come last."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    real: int

    @property
    def classes(self) -> int:
        return int(self.labels.max()) + 1

    def draw(self, rng: Rng, batch: int) -> NDArray[np.int64]:
        """Sorted indices of a batch; the few real photos have a fixed share of it."""
        invented = len(self.labels) - self.real
        real = int(batch * _REAL_SHARE) if self.real else 0
        chosen = np.concatenate(
            [rng.integers(0, invented, batch - real), invented + rng.integers(0, max(self.real, 1), real)]
        )
        return np.asarray(np.sort(chosen), np.int64)


def load_crops(photos: Path, grocerystore: Path | None) -> Crops:
    """Cut the crops, or take those cut before."""
    stored, labels_file = photos / "crops.npy", photos / "crop_labels.npz"
    if not labels_file.exists():
        _cut(photos, grocerystore, stored, labels_file)
    kept = np.load(labels_file)
    return Crops(np.load(stored, mmap_mode="r"), kept["labels"], int(kept["real"]))


def _cut(photos: Path, grocerystore: Path | None, stored: Path, labels_file: Path) -> None:
    rng = np.random.default_rng(5)
    parts, labels = [], []
    for path in sorted(photos.glob("*.jpg")):
        photo = read(path)
        boxes = _jittered(photo.boxes, rng)
        usable = (photo.boxes[:, 2:] - photo.boxes[:, :2]).min(axis=1) >= _LEAST_SIDE
        image = torch.from_numpy(photo.image).permute(2, 0, 1)
        parts.append(crop_batch(image, torch.from_numpy(boxes[usable]), SPEC).numpy())
        labels.append(photo.designs[usable])
    real, real_labels = _grocerystore(grocerystore) if grocerystore else ([], [])
    parts += real
    all_labels = np.concatenate([*labels, np.array(real_labels, np.int64) + len(numbers())])
    np.save(stored, np.concatenate(parts))
    np.savez(labels_file, labels=all_labels, real=len(real_labels))


def _jittered(boxes: NDArray[np.float32], rng: Rng) -> NDArray[np.float32]:
    """As if a detector had found them."""
    extent = np.concatenate([boxes[:, 2:] - boxes[:, :2]] * 2, axis=1)
    return np.asarray(boxes + extent * rng.normal(0, 0.02, boxes.shape), np.float32)


def _grocerystore(folder: Path) -> tuple[list[NDArray[np.uint8]], list[int]]:
    """Whole photos of the training split, each the crop of its product, and their classes from 0."""
    rows = [line.split(",") for line in (folder / "train.txt").read_text().splitlines() if line.strip()]
    classes = {fine: number for number, fine in enumerate(sorted({row[1].strip() for row in rows}))}
    crops = [_whole(folder / row[0].strip()) for row in rows]
    return crops, [classes[row[1].strip()] for row in rows]


def _whole(path: Path) -> NDArray[np.uint8]:
    image = torch.from_numpy(load_rgb(path)).permute(2, 0, 1)
    box = torch.tensor([[0.0, 0.0, image.shape[2], image.shape[1]]])
    return np.asarray(crop_batch(image, box, SPEC).numpy())
