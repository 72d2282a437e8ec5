"""One photo through every stage, beside the bare forward passes of the same tensors in the same run."""

import base64
import io
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import torch
from PIL import Image

from bench.releases import Subject
from inference.annotation import annotate
from inference.crops import crop_batch
from inference.detector import as_tensor, letterbox
from inference.encoders import BATCH, Encoder
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
    bare = _bare(subject, photo, reading, repeats)
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


def _bare(subject: Subject, photo: bytes, reading: Reading, repeats: int) -> float:
    """The three networks alone, on tensors prepared beforehand."""
    release = subject.release
    pixels = as_tensor(Image.open(io.BytesIO(photo)).convert("RGB"), release.detector.device)
    boxes = torch.tensor([facing.box for facing in reading.facings], dtype=torch.float32).reshape(-1, 4)
    batch = letterbox(pixels, release.detector.spec.image_size)[0]
    passes: list[Callable[[], object]] = [lambda: release.detector.network(batch)]
    for encoder, spec in zip(release.encoders, release.crops, strict=True):
        prepared = _normalised(encoder, crop_batch(pixels, boxes, spec))
        passes.append(lambda encoder=encoder, parts=prepared: [encoder.network(part) for part in parts])  # type: ignore[misc]
    return sum(_median_ms(run, repeats, release.detector.device) for run in passes)


def _normalised(encoder: Encoder, crops: torch.Tensor) -> list[torch.Tensor]:
    pixels = ((crops.to(encoder.placement.device) - encoder.mean) / encoder.std).to(encoder.placement.dtype)
    return [pixels[start : start + BATCH] for start in range(0, len(pixels), BATCH)]


@torch.inference_mode()
def _median_ms(run: Callable[[], object], repeats: int, device: torch.device) -> float:
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        run()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[1:])
