"""Trains YOLOv8n from random weights to find products of any kind on rendered shelves.

Writes WEIGHTS/detector.safetensors and detector.json. A loop of its own, with ultralytics' network and
loss: its trainer would want fonts and checkpoints from the network.
"""

import argparse
import copy
import json
import math
import time
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from ultralytics.nn.tasks import DetectionModel, yaml_model_load

import inference.detector  # noqa: F401  (keeps ultralytics from phoning home before it is imported)
from demo.compute import autocast, device
from demo.photo_batches import batches, rendered

SEED = 11
STEPS = 4300
WARM_UP = 200
PEAK_RATE = 2e-3


def architecture() -> dict[str, object]:
    """YOLOv8n with one class."""
    described = {key: value for key, value in yaml_model_load("yolov8n.yaml").items() if key != "yaml_file"}
    return {**described, "nc": 1, "scale": "n"}


def rate(step: int, steps: int) -> float:
    """Learning rate: a linear start, then a cosine down to a hundredth of its peak."""
    if step < WARM_UP:
        return PEAK_RATE * (step + 1) / WARM_UP
    progress = (step - WARM_UP) / max(steps - WARM_UP, 1)
    return PEAK_RATE * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))


def optimiser_for(network: nn.Module) -> torch.optim.Optimizer:
    """Weight decay for the kernels alone, as ultralytics does."""
    kernels = [p for p in network.parameters() if p.ndim > 1 and p.requires_grad]
    others = [p for p in network.parameters() if p.ndim <= 1 and p.requires_grad]
    return torch.optim.AdamW([{"params": kernels, "weight_decay": 5e-4}, {"params": others, "weight_decay": 0.0}])


def follow(average: nn.Module, network: nn.Module, step: int) -> None:
    """Moving average of the weights: what is shipped."""
    keep = 0.999 * (1 - math.exp(-(step + 1) / 150))
    with torch.no_grad():
        for slow, fast in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
            if slow.is_floating_point():
                slow.lerp_(fast, 1 - keep)
            else:
                slow.copy_(fast)


def store(network: nn.Module, weights: Path) -> None:
    """fp16 halves the download; serving computes in bf16 or fp32 anyway."""
    weights.mkdir(parents=True, exist_ok=True)
    halves = {k: v.half() if v.is_floating_point() else v for k, v in network.state_dict().items()}
    save_file({k: v.cpu().contiguous() for k, v in halves.items()}, weights / "detector.safetensors")
    described = {"architecture": architecture(), "image_size": 640, "names": ["product"]}
    (weights / "detector.json").write_text(json.dumps(described, indent=1) + "\n")


def fresh(weights: Path | None, where: torch.device) -> DetectionModel:
    """A network from random weights, or from those that a run left which was cut off."""
    network = DetectionModel(architecture(), ch=3, verbose=False).to(where, memory_format=torch.channels_last)
    network.args = SimpleNamespace(box=7.5, cls=0.5, dfl=1.5)
    if weights:
        network.load_state_dict(load_file(weights / "detector.safetensors", device=str(where)))
    return network


def loss_of(network: DetectionModel, batch: dict[str, Tensor], where: torch.device) -> Tensor:
    """Box, class and distribution loss of a batch, summed."""
    loads = {key: value.to(where) for key, value in batch.items()}
    loads["img"] = loads["img"].float().div_(255).contiguous(memory_format=torch.channels_last)
    with autocast(where):
        loss, _ = network.train().loss(loads)
    return cast(Tensor, loss.sum())


def train(photos: Path, weights: Path, first: int, steps: int, batch: int, workers: int) -> None:
    """A run that was cut off goes on at step `first` with the weights stored last."""
    torch.manual_seed(SEED)
    where = device()
    network = fresh(weights if first else None, where)
    average = copy.deepcopy(network)
    optimiser = optimiser_for(network)
    source = batches(rendered(photos), batch, SEED + first, workers)
    started, shown = time.monotonic(), 0.0
    for step in range(first, steps):
        for group in optimiser.param_groups:
            group["lr"] = rate(step, steps)
        loss = loss_of(network, next(source), where)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(network.parameters(), 10.0)
        optimiser.step()
        follow(average, network, step)
        shown += (float(loss.detach()) / batch - shown) * max(0.01, 1 / (step - first + 1))
        if step % 50 == 0:
            print(f"detector {step}/{steps} loss {shown:.3f} {time.monotonic() - started:.0f} s", flush=True)
        if step % 250 == 249 or step == steps - 1:
            store(average, weights)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--first", type=int, default=0, help="step at which a run that was cut off goes on")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--workers", type=int, default=1, help="processes that prepare photos")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    train(arguments.photos, arguments.weights, arguments.first, arguments.steps, arguments.batch, arguments.workers)
