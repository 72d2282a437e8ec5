"""The real service with a detector that does what its photo says: for each way to fail there is a colour."""

from skuapi.wsgi import application  # noqa: I001 - sets Django up, which the next imports need

import os
import signal
import time
from collections.abc import Sequence

import torch
from torch import Tensor

from inference import engine
from inference.detector import Detector

COLOURS = {
    "hangs": (255, 0, 0),
    "crashes": (0, 0, 255),
    "loses_device": (0, 255, 0),
    "raises": (255, 255, 0),
    "slow": (0, 255, 255),
    "crowded": (255, 0, 255),
}
CROWD = 2000
SLOW_SECONDS = 3.0
engine.STUCK_SECONDS = 2.0 + SLOW_SECONDS
_real = Detector.detect_batch


def _detect(self: Detector, images: Sequence[Tensor], confidences: Sequence[float]) -> list[Tensor]:
    shown = {tuple(image[:, 0, 0].tolist()) for image in images}
    if COLOURS["hangs"] in shown:
        time.sleep(3600)
    if COLOURS["crashes"] in shown:
        os.kill(os.getpid(), signal.SIGSEGV)
    if COLOURS["loses_device"] in shown:
        raise torch.AcceleratorError("CUDA error: an illegal memory access was encountered")
    if COLOURS["raises"] in shown:
        raise RuntimeError("no kernel for this")
    if COLOURS["slow"] in shown:
        time.sleep(SLOW_SECONDS)
    found = _real(self, images, confidences)
    return [_crowd() if tuple(image[:, 0, 0].tolist()) == COLOURS["crowded"] else boxes
            for image, boxes in zip(images, found, strict=True)]  # fmt: skip


def _crowd() -> Tensor:
    """Boxes of 5 x 5 pixels, side by side."""
    number = torch.arange(CROWD)
    x, y = 5.0 * (number % 50), 5.0 * (number // 50)
    return torch.stack([x, y, x + 5, y + 5, torch.full((CROWD,), 0.9)], dim=1)


Detector.detect_batch = _detect  # type: ignore[method-assign]

__all__ = ["application"]
