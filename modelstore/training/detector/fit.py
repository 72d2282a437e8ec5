"""Fine-tunes a detector on shelf photos."""

import copy
import math
import sys
from collections.abc import Iterable, Sequence
from time import monotonic
from typing import Any

import torch
from torch import nn
from tqdm import tqdm

from inference.bundle import Network
from inference.weights import packed_tensors, tensors
from modelstore.errors import TrainingRefused
from modelstore.training.detector.batches import batches
from modelstore.training.detector.boxes import Truth
from modelstore.training.detector.loop import cosine_rate, halved, learn, trainable
from modelstore.training.detector.loss import ProductLoss

SEED = 23
_FEWEST, _MOST, _EACH = 60, 3000, 6
LONGEST_FIT = 100_000
PEAK_RATE = 2e-4
_WARM_UP = 20
_TIMED = 4
"""Steps after which it is known how long the others will take; the first is slower than they are."""


def usual_steps(photos: int) -> int:
    """In batches of four each photo is seen about 24 times; of thousands, as often as there is time for."""
    return min(max(_FEWEST, _EACH * photos), _MOST)


def fit(start: Network, truths: Sequence[Truth], steps: int, where: torch.device, progress: bool) -> bytes:
    """Weights of the fine-tuned detector as safetensors, in fp16. The same ones for the same photos on one machine.

    Raises TrainingRefused when numbers run away or memory runs out, OSError or ImageError for a photo that is gone."""
    network = _started(start, where)
    average = copy.deepcopy(network)
    network.criterion = ProductLoss(network)
    rates = ((step, cosine_rate(step, steps, PEAK_RATE, min(_WARM_UP, steps // 4))) for step in range(steps))
    try:
        losses = learn(network, average, batches(truths, start.spec.image_size, SEED), rates)
        _watch(losses, steps, len(truths), where, progress)
    except (RuntimeError, MemoryError) as error:
        if isinstance(error, RuntimeError) and "memory" not in str(error):
            raise
        raise TrainingRefused(
            "There is not enough memory to fine-tune this detector. Start from a smaller one with --detector, or use a "
            "machine with more memory."
        ) from error
    return _packed(average)


def _started(start: Network, where: torch.device) -> Any:
    """Batch normalisation keeps the statistics it came with: a few photos of one shop, four at a time, would replace
    what thousands taught by noise. Its scales and shifts learn like any other weight."""
    network = trainable(start.spec.architecture, where)
    network.load_state_dict(tensors(start.weights))
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    return network


def _watch(losses: Iterable[float], steps: int, photos: int, where: torch.device, progress: bool) -> None:
    started = monotonic()
    for step, loss in enumerate(tqdm(losses, desc="detector", unit="step", total=steps, disable=not progress), 1):
        if not math.isfinite(loss):
            raise _diverged(step)
        if step == 1:
            started = monotonic()
        elif step == _TIMED and progress:
            minutes = (monotonic() - started) / (step - 1) * (steps - step) / 60
            say(f"Fine-tuning the detector on {photos} photos: {steps} steps on {where.type}, {_about(minutes)}.")


def _about(minutes: float) -> str:
    return "less than a minute" if minutes < 1 else f"about {math.ceil(minutes)} minutes"


def say(sentence: str) -> None:
    """Beside the progress bars, on stderr: stdout belongs to the answer."""
    tqdm.write(sentence, file=sys.stderr)


def _packed(network: nn.Module) -> bytes:
    weights = halved(network)
    if not all(bool(torch.isfinite(weight).all()) for weight in weights.values()):
        raise _diverged(None)
    return packed_tensors(weights)


def _diverged(step: int | None) -> TrainingRefused:
    when = f"at step {step}" if step else "at its end"
    return TrainingRefused(
        f"Fine-tuning the detector ran away {when}: its numbers are none any more. Nothing was published. Look whether "
        "the boxes fit the photos, start from another detector with --detector, or leave --fit-detector out."
    )
