"""One photo through every stage, beside the bare forward passes of the same tensors in the same run."""

import base64
import json
import statistics
from collections import defaultdict
from dataclasses import dataclass

import torch

from bench.bare import bare_ms
from bench.releases import Subject
from inference.annotation import annotate
from inference.detector import as_tensor
from inference.images import decode
from inference.pipeline import Stopwatch, read_shelf
from inference.results import Options, Reading
from skuapi.wire import sku_v2

STAGES = ("decode", "detect", "embed", "classify", "annotate", "encode")


@dataclass(frozen=True)
class Row:
    """Medians in milliseconds. `bare`: forward passes alone; `ratio`: everything over bare."""

    subject: str
    facings: int
    stages: dict[str, float]
    total: float
    bare: float

    @property
    def ratio(self) -> float:
        return self.total / self.bare

    @property
    def per_facing(self) -> float:
        return self.total / max(self.facings, 1)


def measured(subject: Subject, photo: bytes, repeats: int) -> Row:
    text = base64.b64encode(photo).decode()
    runs: dict[str, list[float]] = defaultdict(list)
    for _ in range(repeats + 1):  # the first one warms up, and is dropped
        timings, reading = _one(subject, text)
        for stage, milliseconds in timings.items():
            runs[stage].append(milliseconds)
    stages = {stage: statistics.median(values[1:]) for stage, values in runs.items()}
    bare = bare_ms(subject, *_asked(photo, reading), repeats)
    return Row(subject.name, len(reading.facings), stages, sum(stages.values()), bare)


def _one(subject: Subject, text: str) -> tuple[dict[str, float], Reading]:
    watch = Stopwatch()
    with watch.stage("decode"):
        image = decode(base64.b64decode(text))
    reading = read_shelf(subject.models, subject.release, image, Options(), watch)
    with watch.stage("annotate"):
        picture = annotate(image, reading, 0.5, True)
    with watch.stage("encode"):
        json.dumps(sku_v2.encode(reading, 0.5, True, picture))
    return watch.timings, reading


def _asked(photo: bytes, reading: Reading) -> tuple[torch.Tensor, torch.Tensor]:
    """Pixels, and the boxes that were found in them."""
    boxes = [facing.box for facing in reading.facings]
    return as_tensor(decode(photo), torch.device("cpu")), torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4)
