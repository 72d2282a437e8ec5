"""Training crops for the encoders: cut once with serving's own crop function, kept beside the photos."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from demo.training_photos import load_rgb, numbers, read
from inference.crops import CropSpec, crop_batch

Rng = np.random.Generator
SIZE = 128
SPEC = CropSpec(SIZE)
REAL_SIZE = 160
"""Real photos are kept larger: training looks at parts of them."""
_LEAST_SIDE = 14
_PER_PHOTO = 64
_REAL_SHARE = 0.2


@dataclass(frozen=True)
class Crops:
    """Rendered crops uint8 [N, 3, S, S] (a memory map) and labels int64 [N]; real photos uint8 [M, 3, R, R] likewise.

    Classes of real photos are numbered after the invented ones.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    real: NDArray[np.uint8]
    real_labels: NDArray[np.int64]

    @property
    def first_real(self) -> int:
        return len(numbers())

    @property
    def classes(self) -> int:
        return self.first_real + (int(self.real_labels.max()) + 1 if len(self.real_labels) else 0)

    def draw(self, rng: Rng, batch: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Sorted indices of a batch's rendered crops, and of its real photos, which have a fixed share of it."""
        real = int(batch * _REAL_SHARE) if len(self.real) else 0
        return np.sort(rng.integers(0, len(self.labels), batch - real)), rng.integers(0, max(len(self.real), 1), real)


def load_crops(photos: Path, grocerystore: Path | None) -> Crops:
    """Cut the crops, or take those cut before."""
    stored, labels = photos / "crops.npy", photos / "crop_labels.npy"
    if not labels.exists():
        _cut(photos, stored, labels)
    real, real_labels = grocerystore_photos(grocerystore, "train", REAL_SIZE) if grocerystore else _none()
    return Crops(np.load(stored, mmap_mode="r"), np.load(labels), real, real_labels)


def _cut(photos: Path, stored: Path, labels_file: Path) -> None:
    """At most so many of each photo, chosen at random: crowded ones would fill the store with the same products."""
    rng = np.random.default_rng(5)
    paths = sorted(photos.glob("*.jpg"))
    store = open_memmap(stored, mode="w+", dtype=np.uint8, shape=(len(paths) * _PER_PHOTO, 3, SIZE, SIZE))
    labels: list[NDArray[np.int64]] = []
    filled = 0
    for number, path in enumerate(paths):
        photo = read(path)
        chosen = _usable(photo.boxes, photo.designs, rng)
        image = torch.from_numpy(photo.image).permute(2, 0, 1)
        boxes = torch.from_numpy(_jittered(photo.boxes[chosen], rng))
        store[filled : filled + len(chosen)] = crop_batch(image, boxes, SPEC).numpy()
        filled += len(chosen)
        labels.append(photo.designs[chosen])
        if number % 200 == 0:
            print(f"crops: {number} of {len(paths)} photos", flush=True)
    np.save(labels_file, np.concatenate(labels))


def _usable(boxes: NDArray[np.float32], designs: NDArray[np.int64], rng: Rng) -> NDArray[np.int64]:
    large = (boxes[:, 2:] - boxes[:, :2]).min(axis=1, initial=1e9) >= _LEAST_SIDE
    return np.asarray(rng.permutation(np.flatnonzero(large & (designs >= 0)))[:_PER_PHOTO], np.int64)


def _jittered(boxes: NDArray[np.float32], rng: Rng) -> NDArray[np.float32]:
    """As if a detector had found them."""
    extent = np.concatenate([boxes[:, 2:] - boxes[:, :2]] * 2, axis=1)
    return np.asarray(boxes + extent * rng.normal(0, 0.02, boxes.shape), np.float32)


def grocerystore_photos(folder: Path, split: str, size: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Whole photos of the split ("train" or "val"), each the crop of its product, and their classes from 0."""
    rows = [line.split(",") for line in (folder / f"{split}.txt").read_text().splitlines() if line.strip()]
    listed = (folder / "train.txt").read_text().splitlines()
    classes = {fine: number for number, fine in enumerate(sorted({row.split(",")[1].strip() for row in listed if row}))}
    crops = [_whole(folder / row[0].strip(), CropSpec(size)) for row in rows]
    return np.concatenate(crops), np.array([classes[row[1].strip()] for row in rows], np.int64)


def _whole(path: Path, spec: CropSpec) -> NDArray[np.uint8]:
    image = torch.from_numpy(load_rgb(path)).permute(2, 0, 1)
    box = torch.tensor([[0.0, 0.0, image.shape[2], image.shape[1]]])
    return np.asarray(crop_batch(image, box, spec).numpy())


def _none() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    return np.zeros((0, 3, REAL_SIZE, REAL_SIZE), np.uint8), np.zeros(0, np.int64)
