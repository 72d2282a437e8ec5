"""Trains the two encoders from random weights to tell packaged products apart in general.

Every invented product of demo.training_photos is a class, and so is every class of the GroceryStore
package photos where they are given. Further lessons (demo.attributes) teach
what fruit, container and colours it has. After training the classifiers are thrown away: what is shipped is
a network that turns any product crop into a vector. The demo catalogue is in none of it.
Writes WEIGHTS/{dinov2,clip}.safetensors and .json.
"""

import argparse
import json
import math
import time
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from demo.attributes import Teacher, lessons
from demo.crop_batches import batches
from demo.crop_store import Crops, load_crops
from demo.networks import SPECS, build_network, embed
from demo.train_detector import rate
from modelstore.training.detector.compute import autocast, device

SEED = 12
SHARPNESS = 20.0
MARGIN = 0.1
STEPS = {"clip": 2300, "dinov2": 2700}
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


class Course:
    """An encoder with the classifier and the lessons that teach it."""

    def __init__(self, name: str, classes: int, where: torch.device) -> None:
        spec = SPECS[name]
        self.name, self.where = name, where
        self.network = build_network(name).to(where).train()
        self.classifier = Cosine(spec.width, classes).to(where)
        self.teacher = Teacher(spec.width, lessons(classes)).to(where)
        self.mean, self.std = (torch.tensor(v, device=where).view(1, 3, 1, 1) * 255 for v in (spec.mean, spec.std))
        parts = (self.network, self.classifier, self.teacher)
        self.optimiser = torch.optim.AdamW([p for part in parts for p in part.parameters()], weight_decay=0.05)

    def step(self, pixels: Tensor, truth: Tensor, pace: float) -> tuple[float, float]:
        """Learns from one batch at that rate; the whole loss, and that of the lessons."""
        for group in self.optimiser.param_groups:
            group["lr"] = pace
        pixels, truth = ((pixels.to(self.where) - self.mean) / self.std), truth.to(self.where)
        with autocast(self.where):
            features = embed(self.name, self.network, pixels.contiguous(memory_format=torch.channels_last))
        lesson = self.teacher(features, truth)
        loss = self.classifier(features, truth) + 2 * lesson
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        return float(loss.detach()), float(lesson.detach())


def train(name: str, crops: Crops, weights: Path, steps: int, batch: int, workers: int) -> None:
    """Raises RuntimeError when the loss is no number any more."""
    torch.manual_seed(SEED)
    course = Course(name, crops.classes, device())
    source = batches(crops, batch, SPECS[name].size, SEED, workers)
    started, shown, learnt = time.monotonic(), 0.0, 0.0
    for step in range(steps):
        loss, lesson = course.step(*next(source), PACE[name] * rate(step, steps))
        weight = max(0.02, 1 / (step + 1))
        shown, learnt = shown + (loss - shown) * weight, learnt + (lesson - learnt) * weight
        if not math.isfinite(shown):
            raise RuntimeError(f"training {name} diverged at step {step}")
        if step % 50 == 0:
            passed = time.monotonic() - started
            print(f"{name} {step}/{steps} loss {shown:.3f}, lessons {learnt:.3f}, {passed:.0f} s", flush=True)
        if step % 250 == 249 or step == steps - 1:
            store(name, course.network, weights)


def store(name: str, network: nn.Module, weights: Path) -> None:
    """fp16 halves the download; serving computes in bf16 or fp32 anyway."""
    weights.mkdir(parents=True, exist_ok=True)
    state = network.state_dict()
    save_file(
        {key: value.detach().half().cpu().contiguous() for key, value in state.items()}, weights / f"{name}.safetensors"
    )
    (weights / f"{name}.json").write_text(json.dumps(SPECS[name].described(), indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--grocerystore", type=Path, help="folder with train.txt of the GroceryStore package photos")
    parser.add_argument("--only", choices=sorted(SPECS))
    parser.add_argument("--steps", type=int, help="default: as the shipped weights were trained")
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--workers", type=int, default=1, help="processes that prepare crops")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    everything = load_crops(arguments.photos, arguments.grocerystore)
    for encoder in [arguments.only] if arguments.only else sorted(SPECS):
        steps = arguments.steps or STEPS[encoder]
        train(encoder, everything, arguments.weights, steps, arguments.batch, arguments.workers)
