"""Batches of shelf photos for fine-tuning, made while the network is busy with the one before."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
import torch
from torch import Tensor

from inference.detector import STRIDE, as_tensor, letterbox
from inference.images import decode
from modelstore.training.detector.augmentation import augmented
from modelstore.training.detector.boxes import Truth
from modelstore.training.detector.pictures import PAD, Pixels, Rng, Sample, collated, within

_LARGER = 1.5
_MEMORY = 512 * 2**20
_PIXELS = 4 * 640 * 640
_MOST = 8
T = TypeVar("T")


def batches(truths: Sequence[Truth], size: int, seed: int) -> Iterator[dict[str, Tensor]]:
    """Endless batches as `collated` has them, the same ones for the same seed; each photo in its turn.

    size: of the photo's longer side when serving."""
    return _ahead(_batches(_Photos(truths, size), size, np.random.default_rng(seed)))


def _batches(photos: "_Photos", size: int, rng: Rng) -> Iterator[dict[str, Tensor]]:
    turns = _turns(len(photos.truths), rng)
    count = max(1, min(_MOST, _PIXELS // photos.side**2))
    while True:
        reduced = [photos.reduced(next(turns)) for _ in range(count)]
        yield collated([augmented(one.served, one.larger, size, rng) for one in reduced])


def _turns(count: int, rng: Rng) -> Iterator[int]:
    while True:
        yield from rng.permutation(count).tolist()


def _ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, one of them in preparation."""
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(next, items)
        while True:
            ready = waiting.result()
            waiting = thread.submit(next, items)
            yield ready


@dataclass(frozen=True, eq=False)
class _Reduced:
    """served: a square with the photo as serving scales it; larger: up to one and a half times that."""

    served: Sample
    larger: Sample

    @property
    def bytes(self) -> int:
        return self.served.image.nbytes + self.larger.image.nbytes


class _Photos:
    """Photos in the sizes that training needs, kept in memory as far as it goes and read again beyond that."""

    def __init__(self, truths: Sequence[Truth], size: int) -> None:
        self.truths, self.size = truths, size
        self.side = -(-size // STRIDE) * STRIDE
        self._kept: dict[int, _Reduced] = {}
        self._room = _MEMORY

    def reduced(self, number: int) -> _Reduced:
        found = self._kept.get(number) or self._read(self.truths[number])
        if number not in self._kept and found.bytes <= self._room:
            self._kept[number] = found
            self._room -= found.bytes
        return found

    def _read(self, truth: Truth) -> _Reduced:
        pixels = as_tensor(decode(truth.photo.path.read_bytes()), torch.device("cpu"))
        return _Reduced(self._served(pixels, truth), self._larger(pixels, truth))

    def _served(self, pixels: Tensor, truth: Truth) -> Sample:
        batch, scale, left, top = letterbox(pixels, self.size)
        shown = batch[0].mul(255).round().byte().permute(1, 2, 0).numpy()
        canvas = np.full((self.side, self.side, 3), PAD, np.uint8)
        canvas[: shown.shape[0], : shown.shape[1]] = shown
        offset = np.array([left, top] * 2, np.float32)
        right, bottom = left + round(pixels.shape[2] * scale), top + round(pixels.shape[1] * scale)
        sample = Sample(canvas, truth.products * np.float32(scale) + offset, truth.unsure * np.float32(scale) + offset)
        return within(sample, (left, top, right, bottom))

    def _larger(self, pixels: Tensor, truth: Truth) -> Sample:
        scale = np.float32(min(1.0, _LARGER * self.size / max(pixels.shape[1:])))
        size = max(1, round(pixels.shape[2] * scale)), max(1, round(pixels.shape[1] * scale))
        whole: Pixels = np.ascontiguousarray(pixels.permute(1, 2, 0).numpy())
        image = np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_LINEAR), np.uint8)
        return Sample(image, truth.products * scale, truth.unsure * scale)
