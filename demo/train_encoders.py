"""Trains the two encoders from random weights to tell packaged products apart in general.

Every invented product of demo.training_photos is a class, and so is every class of the GroceryStore
package photos where they are given. Further lessons (demo.attributes) teach
what fruit, container and colours it has. After training the classifiers are thrown away: what is shipped is
a network that turns any product crop into a vector. The demo catalogue is in none of it.
Writes demo/weights/{dinov2,clip}.safetensors and .json.
"""

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from demo.attributes import Teacher, lessons
from demo.crop_store import Crops, load_crops
from demo.networks import SPECS, build_network, embed
from demo.train_detector import WEIGHTS, rate

SEED = 12
SHARPNESS = 20.0
MARGIN = 0.1
STEPS = {"clip": 800, "dinov2": 900}
PACE = {"clip": 1.0, "dinov2": 0.5}
"""Convolutions bear a higher learning rate than a transformer."""


class Cosine(nn.Module):
    """A classifier on the unit sphere (CosFace): look-alikes are pushed apart by a margin."""

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.centres = nn.Parameter(0.03 * torch.randn(classes, width))  # short: Adam turns short vectors faster

    def forward(self, features: Tensor, truth: Tensor) -> Tensor:
        cosine = functional.normalize(features.float()) @ functional.normalize(self.centres).T
        return functional.cross_entropy(
            SHARPNESS * (cosine - MARGIN * functional.one_hot(truth, len(self.centres))), truth
        )


def augmented(crops: Tensor, generator: torch.Generator) -> Tensor:
    """Light, colour cast, blur and a hidden part change what a camera sees, never which product it is.

    uint8 [B, 3, S, S] -> float32 in 0..255. No mirroring: mirrored lettering is another product.
    """
    count = len(crops)
    gain = 0.75 + 0.5 * torch.rand(count, 1, 1, 1, generator=generator)
    cast_ = 0.94 + 0.12 * torch.rand(count, 3, 1, 1, generator=generator)
    pixels = crops.float() * gain * cast_
    if torch.rand((), generator=generator) < 0.3:
        side = crops.shape[-1]
        small = int(side * (0.35 + 0.5 * float(torch.rand((), generator=generator))))
        low = functional.interpolate(pixels, (small, small), mode="bilinear", antialias=True)
        pixels = functional.interpolate(low, (side, side), mode="bilinear")
    pixels = pixels + 6 * torch.rand(count, 1, 1, 1, generator=generator) * torch.randn(
        pixels.shape, generator=generator
    )
    return _moved(pixels, generator).clamp_(0, 255)


def _moved(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Boxes of a detector are never exact: shift and scale by a few per cent."""
    count = len(pixels)
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0] = 1 + 0.16 * (torch.rand(count, generator=generator) - 0.5)
    theta[:, 1, 1] = theta[:, 0, 0] * (1 + 0.08 * (torch.rand(count, generator=generator) - 0.5))
    theta[:, :, 2] = 0.12 * (torch.rand(count, 2, generator=generator) - 0.5)
    grid = functional.affine_grid(theta, list(pixels.shape), align_corners=False)
    return functional.grid_sample(pixels, grid, padding_mode="border", align_corners=False)


def train(name: str, crops: Crops, steps: int, batch: int) -> None:
    torch.manual_seed(SEED)
    generator = torch.Generator().manual_seed(SEED)
    order = np.random.default_rng(SEED)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    spec = SPECS[name]
    network = build_network(name).to(device).train()
    classifier = Cosine(spec.width, crops.classes).to(device)
    teacher = Teacher(spec.width, lessons(crops.classes)).to(device)
    parameters = [p for part in (network, classifier, teacher) for p in part.parameters()]
    optimiser = torch.optim.AdamW(parameters, weight_decay=0.05)
    mean, std = (torch.tensor(v, device=device).view(1, 3, 1, 1) * 255 for v in (spec.mean, spec.std))
    started, shown, learnt = time.monotonic(), 0.0, 0.0
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = PACE[name] * rate(step, steps)
        chosen = crops.draw(order, batch)
        pixels = (augmented(torch.from_numpy(crops.pixels[chosen]), generator).to(device) - mean) / std
        truth = torch.from_numpy(crops.labels[chosen]).to(device)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda"):
            features = embed(name, network, pixels.contiguous(memory_format=torch.channels_last))
        lesson = teacher(features, truth)
        loss = classifier(features, truth) + 2 * lesson
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        weight = max(0.02, 1 / (step + 1))
        shown += (float(loss.detach()) - shown) * weight
        learnt += (float(lesson.detach()) - learnt) * weight
        if step % 25 == 0:
            passed = time.monotonic() - started
            print(f"{name} {step}/{steps} loss {shown:.3f}, lessons {learnt:.3f}, {passed:.0f} s", flush=True)
        if step % 100 == 99 or step == steps - 1:
            store(name, network)
    if not math.isfinite(shown):
        raise RuntimeError(f"training {name} diverged")


def store(name: str, network: nn.Module) -> None:
    """fp16 halves the download; serving computes in bf16 or fp32 anyway."""
    WEIGHTS.mkdir(exist_ok=True)
    state = network.state_dict()
    save_file(
        {key: value.detach().half().cpu().contiguous() for key, value in state.items()}, WEIGHTS / f"{name}.safetensors"
    )
    (WEIGHTS / f"{name}.json").write_text(json.dumps(SPECS[name].described(), indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--grocerystore", type=Path, help="folder with train.txt of the GroceryStore package photos")
    parser.add_argument("--only", choices=sorted(SPECS))
    parser.add_argument("--steps", type=int, help="default: as the shipped weights were trained")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    everything = load_crops(arguments.photos, arguments.grocerystore)
    for encoder in [arguments.only] if arguments.only else sorted(SPECS):
        train(encoder, everything, arguments.steps or STEPS[encoder], arguments.batch)
