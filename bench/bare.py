"""The networks alone, on tensors prepared beforehand, at whatever batch size suits them best: what nothing can beat."""

import time
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from bench.releases import Subject
from inference.crops import crop_batch
from inference.detector import letterbox
from inference.encoders import Encoder

PHOTOS = (1, 2, 4)
CROPS = (16, 64, 256)


def bare_ms(subject: Subject, pixels: Tensor, boxes: Tensor, repeats: int = 3) -> float:
    """Milliseconds for one photo: uint8 [3, H, W], and its facings [N, 4]."""
    release = subject.release
    total = detector_ms(subject, pixels, repeats)
    for encoder, spec in zip(release.encoders, release.crops, strict=True):
        crops = _normalised(encoder, crop_batch(pixels.to(encoder.placement.device), boxes, spec))
        total += min(_in_batches(encoder, crops, size, repeats) for size in CROPS if size <= max(len(crops), CROPS[0]))
    return total


def detector_ms(subject: Subject, pixels: Tensor, repeats: int = 3, photos: Sequence[int] = PHOTOS) -> float:
    """Milliseconds for one photo; photos: in one batch, of which the best counts."""
    detector = subject.release.detector
    one = letterbox(pixels.to(detector.device), detector.spec.image_size).pixels
    batches = [one.repeat(count, 1, 1, 1) for count in photos]
    return min(
        median_ms(lambda: detector.forward(batch), repeats, detector.device) / len(batch)  # noqa: B023 - called at once
        for batch in batches
    )


def _in_batches(encoder: Encoder, crops: Tensor, size: int, repeats: int) -> float:
    parts: Sequence[Tensor] = crops.split(size)  # type: ignore[no-untyped-call]
    return median_ms(lambda: [encoder.network(part) for part in parts], repeats, encoder.placement.device)


def _normalised(encoder: Encoder, crops: Tensor) -> Tensor:
    return ((crops.to(encoder.placement.device) - encoder.mean) / encoder.std).to(encoder.placement.dtype)


@torch.inference_mode()
def median_ms(run: Callable[[], object], repeats: int, device: torch.device) -> float:
    times = []
    for _ in range(repeats + 1):  # the first one warms up, and is dropped
        began = time.perf_counter()
        run()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times[1:])[repeats // 2]
