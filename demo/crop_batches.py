"""Batches for training the encoders: what a camera may do to a crop without making it another product."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from demo.crop_store import Crops

Indices = NDArray[np.int64]
Motion = Callable[[int, torch.Generator], Tensor]
_OCCLUDED = 0.35
_COARSE = 0.4
_GREY = 114.0


def batches(crops: Crops, size: int, side: int, seed: int, workers: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Endless batches of float32 [B, 3, side, side] in 0..255 and int64 [B]; equal for equal seed and workers."""
    source = _Batches(crops, size, side, seed)
    return iter(DataLoader(source, batch_size=None, num_workers=workers, prefetch_factor=4 if workers else None))


class _Batches(IterableDataset[tuple[Tensor, Tensor]]):
    """What each worker process makes."""

    def __init__(self, crops: Crops, size: int, side: int, seed: int) -> None:
        self.crops, self.size, self.side, self.seed = crops, size, side, seed

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        worker = get_worker_info()
        number = worker.id if worker else 0
        order = np.random.default_rng([self.seed, number])
        generator = torch.Generator().manual_seed(self.seed + number)
        while True:
            yield self._batch(*self.crops.draw(order, self.size), generator)

    def _batch(self, drawn: Indices, real: Indices, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        crops = self.crops
        rendered = _moved(torch.from_numpy(crops.pixels[drawn]).float(), self.side, _jitter, generator)
        photos = _moved(torch.from_numpy(crops.real[real]).float(), self.side, _part, generator)
        labels = np.concatenate([crops.labels[drawn], crops.real_labels[real] + crops.first_real])
        return _seen(torch.cat([rendered, photos]), generator), torch.from_numpy(labels)


def _seen(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Light, colour cast, coarse pixels, noise, a hidden part. No mirroring: mirrored lettering is another product."""
    count = len(pixels)
    gain = 0.7 + 0.6 * torch.rand(count, 1, 1, 1, generator=generator)
    cast = 0.92 + 0.16 * torch.rand(count, 3, 1, 1, generator=generator)
    pixels = _coarser(_occluded(pixels, generator) * gain * cast, generator)
    noise = torch.randn(pixels.shape, generator=generator)
    return (pixels + 6 * torch.rand(count, 1, 1, 1, generator=generator) * noise).clamp_(0, 255)


def _coarser(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Some crops come from small facings, enlarged."""
    chosen = torch.rand(len(pixels), generator=generator) < _COARSE
    if chosen.any():
        side = pixels.shape[-1]
        small = int(side * (0.3 + 0.5 * float(torch.rand((), generator=generator))))
        low = functional.interpolate(pixels[chosen], (small, small), mode="bilinear", antialias=True)
        pixels[chosen] = functional.interpolate(low, (side, side), mode="bilinear")
    return pixels


def _occluded(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """What stands before a product hides a strip along one side of it: a piece of another crop of the batch."""
    side = pixels.shape[-1]
    other = pixels.roll(1, 0)
    for number in (torch.rand(len(pixels), generator=generator) < _OCCLUDED).nonzero().flatten().tolist():
        way, share = torch.rand(2, generator=generator).tolist()
        strip = int(side * (0.1 + 0.35 * share))
        part = (slice(None), slice(side - strip, side), slice(None)) if way < 0.4 else (
            slice(None), slice(None), slice(0, strip) if way < 0.7 else slice(side - strip, side))  # fmt: skip
        pixels[number][part] = other[number][part]
    return pixels


def _jitter(count: int, generator: torch.Generator) -> Tensor:
    """Boxes of a detector are never exact: [B, 2, 3], shift and scale by a few per cent."""
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0] = 1 + 0.16 * (torch.rand(count, generator=generator) - 0.5)
    theta[:, 1, 1] = theta[:, 0, 0] * (1 + 0.08 * (torch.rand(count, generator=generator) - 0.5))
    theta[:, :, 2] = 0.12 * (torch.rand(count, 2, generator=generator) - 0.5)
    return theta


def _part(count: int, generator: torch.Generator) -> Tensor:
    """Few real photos have to show much: [B, 2, 3], turned, and cut down to as little as a fifth of their area."""
    angle = 0.35 * torch.randn(count, generator=generator).clamp(-2, 2)
    scale = 0.45 + 0.6 * torch.rand(count, generator=generator)
    stretch = 1 + 0.24 * (torch.rand(count, generator=generator) - 0.5)
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0], theta[:, 0, 1] = scale * angle.cos(), -scale * angle.sin()
    theta[:, 1, 0], theta[:, 1, 1] = scale * stretch * angle.sin(), scale * stretch * angle.cos()
    room = (1 - scale).clamp(min=0.1)[:, None]
    theta[:, :, 2] = 0.7 * room * (2 * torch.rand(count, 2, generator=generator) - 1)
    return theta


def _moved(pixels: Tensor, side: int, motion: Motion, generator: torch.Generator) -> Tensor:
    if not len(pixels):
        return torch.zeros(0, 3, side, side)
    theta = motion(len(pixels), generator)
    grid = functional.affine_grid(theta, [len(pixels), 3, side, side], align_corners=False)
    return functional.grid_sample(pixels - _GREY, grid, align_corners=False) + _GREY
