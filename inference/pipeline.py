"""One photo through the three stages. Knows nothing of queues, and nothing of HTTP."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from PIL import Image

from inference.detector import as_tensor
from inference.errors import DeadlineExceeded
from inference.head import surest
from inference.loading import LoadedRelease, embed
from inference.manifest import ModelSet
from inference.results import Facing, Options, Reading, pixel_box


@dataclass
class Stopwatch:
    """Milliseconds by stage. Refuses to begin a stage that nobody waits for any longer."""

    deadline: float
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.monotonic()
        if start >= self.deadline:
            raise DeadlineExceeded("The photo could not be read in time. Try again, or send a smaller one.")
        yield
        self.timings[name] = (time.monotonic() - start) * 1000


def read_shelf(
    models: ModelSet, release: LoadedRelease, image: Image.Image, options: Options, watch: Stopwatch
) -> Reading:
    """Detect, embed, classify each facing, then all together. `image` is RGB and upright; boxes are in its pixels."""
    with watch.stage("detect"):
        pixels = as_tensor(image, release.detector.device)
        found = release.detector.detect(pixels, options.det_conf)
    if not len(found):
        return _reading(models, image, (), watch)
    with watch.stage("embed"):
        features = embed(release, pixels, found[:, :4]).numpy()
    with watch.stage("classify"):
        probabilities = release.head.probabilities(features)
        if release.context:
            probabilities = release.context.applied(probabilities, found.cpu().numpy(), image.size)
        labels, confidences = surest(probabilities, len(models.manifest.labels))
        facings = _facings(models, image, found, labels.tolist(), confidences.tolist())
    return _reading(models, image, facings, watch)


def _facings(
    models: ModelSet, image: Image.Image, found: torch.Tensor, labels: list[int], confidences: list[float]
) -> tuple[Facing, ...]:
    names = models.manifest.labels
    return tuple(
        Facing(label, names[label].name, min(confidence, 1.0), min(row[4], 1.0), pixel_box(row[:4], *image.size))
        for row, label, confidence in zip(found.tolist(), labels, confidences, strict=True)
    )


def _reading(models: ModelSet, image: Image.Image, facings: tuple[Facing, ...], watch: Stopwatch) -> Reading:
    skus = tuple(label.name for label in models.manifest.labels)
    return Reading(models.name, skus, facings, image.size, dict(watch.timings))
