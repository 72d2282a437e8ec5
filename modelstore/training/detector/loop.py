"""Training YOLOv8, a loop of our own with ultralytics' network and loss: its trainer would want fonts and checkpoints
from the network."""

import math
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import torch
from torch import Tensor, nn

from inference.detector import detection_model
from modelstore.training.detector.compute import autocast

_LEAST_RATE = 0.01
_LONGEST_GRADIENT = 10.0


def trainable(architecture: dict[str, Any], where: torch.device) -> Any:
    """The network with random weights, its batch normalisation learning too. Raises ReleaseRefused."""
    network = detection_model(architecture).to(where, memory_format=torch.channels_last)
    network.args = SimpleNamespace(box=7.5, cls=0.5, dfl=1.5)
    return network.train()


def cosine_rate(step: int, steps: int, peak: float, warm_up: int) -> float:
    """Learning rate: a linear start, then a cosine down to a hundredth of its peak."""
    if step < warm_up:
        return peak * (step + 1) / warm_up
    progress = (step - warm_up) / max(steps - warm_up, 1)
    return peak * (_LEAST_RATE + (1 - _LEAST_RATE) * 0.5 * (1 + math.cos(math.pi * progress)))


def learn(
    network: Any, average: nn.Module, batches: Iterator[dict[str, Tensor]], rates: Iterable[tuple[int, float]]
) -> Iterator[float]:
    """Take a step for each number of a step and its learning rate; `average` follows. Yields the loss of each batch.

    batches: img uint8 [B, 3, H, W]; batch_idx [N]; cls [N, 1]; bboxes [N, 4] as centre and size, relative."""
    optimiser = _optimiser_for(network)
    for step, learning_rate in rates:
        for group in optimiser.param_groups:
            group["lr"] = learning_rate
        loss = _loss_of(network, next(batches))
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(network.parameters(), _LONGEST_GRADIENT)
        optimiser.step()
        _follow(average, network, step)
        yield float(loss.detach())


def halved(network: nn.Module) -> dict[str, Tensor]:
    """The weights in fp16, half the download; serving computes in bf16 or fp32 anyway."""
    halves = {k: v.half() if v.is_floating_point() else v for k, v in network.state_dict().items()}
    return {k: v.cpu().contiguous() for k, v in halves.items()}


def _optimiser_for(network: nn.Module) -> torch.optim.Optimizer:
    """Weight decay for the kernels alone, as ultralytics does."""
    kernels = [p for p in network.parameters() if p.ndim > 1 and p.requires_grad]
    others = [p for p in network.parameters() if p.ndim <= 1 and p.requires_grad]
    return torch.optim.AdamW([{"params": kernels, "weight_decay": 5e-4}, {"params": others, "weight_decay": 0.0}])


def _loss_of(network: Any, batch: dict[str, Tensor]) -> Tensor:
    """Box, class and distribution loss of a batch, summed."""
    where = next(network.parameters()).device
    loads = {key: value.to(where) for key, value in batch.items()}
    loads["img"] = loads["img"].float().div_(255).contiguous(memory_format=torch.channels_last)
    with autocast(where):
        loss, _ = network.loss(loads)
    return cast(Tensor, loss.sum())


def _follow(average: nn.Module, network: nn.Module, step: int) -> None:
    """Moving average of the weights: what is shipped."""
    keep = 0.999 * (1 - math.exp(-(step + 1) / 150))
    with torch.no_grad():
        for slow, fast in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
            if slow.is_floating_point():
                slow.lerp_(fast, 1 - keep)
            else:
                slow.copy_(fast)
