"""Trains YOLOv8n from random weights to find products of any kind on rendered shelves.

Writes WEIGHTS/detector.safetensors and detector.json.
"""

import argparse
import copy
import json
import time
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from ultralytics.nn.tasks import yaml_model_load

import inference.detector  # noqa: F401  (keeps ultralytics from phoning home before it is imported)
from demo.photo_batches import batches, rendered
from modelstore.training.detector.compute import device
from modelstore.training.detector.loop import cosine_rate, halved, learn, trainable

SEED = 11
STEPS = 4300
WARM_UP = 200
PEAK_RATE = 2e-3


def architecture() -> dict[str, object]:
    """YOLOv8n with one class."""
    described = {key: value for key, value in yaml_model_load("yolov8n.yaml").items() if key != "yaml_file"}
    return {**described, "nc": 1, "scale": "n"}


def rate(step: int, steps: int) -> float:
    return cosine_rate(step, steps, PEAK_RATE, WARM_UP)


def store(network: nn.Module, weights: Path) -> None:
    weights.mkdir(parents=True, exist_ok=True)
    save_file(halved(network), weights / "detector.safetensors")
    described = {"architecture": architecture(), "image_size": 640, "names": ["product"]}
    (weights / "detector.json").write_text(json.dumps(described, indent=1) + "\n")


def fresh(weights: Path | None, where: torch.device) -> Any:
    """A network from random weights, or from those that a run left which was cut off."""
    network = trainable(architecture(), where)
    if weights:
        network.load_state_dict(load_file(weights / "detector.safetensors", device=str(where)))
    return network


def train(photos: Path, weights: Path, first: int, steps: int, batch: int, workers: int) -> None:
    """A run that was cut off goes on at step `first` with the weights stored last."""
    torch.manual_seed(SEED)
    network = fresh(weights if first else None, device())
    average = copy.deepcopy(network)
    source = batches(rendered(photos), batch, SEED + first, workers)
    rates = ((step, rate(step, steps)) for step in range(first, steps))
    started, shown = time.monotonic(), 0.0
    for step, loss in enumerate(learn(network, average, source, rates), first):
        shown += (loss / batch - shown) * max(0.01, 1 / (step - first + 1))
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
