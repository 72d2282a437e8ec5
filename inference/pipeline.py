"""One photo through the three stages, by itself. What the engine computes for many at once must come to the same.

Knows nothing of queues, and nothing of HTTP.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from PIL import Image

from inference.detector import as_tensor
from inference.head import Floats, surest
from inference.loading import LoadedRelease, embed
from inference.manifest import ModelSet
from inference.results import Classification, Facing, Options, Reading, pixel_box

Size = tuple[int, int]


class Stopwatch:
    """Milliseconds by stage."""

    def __init__(self) -> None:
        self.timings: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.monotonic()
        yield
        self.timings[name] = (time.monotonic() - start) * 1000


def read_shelf(
    models: ModelSet, release: LoadedRelease, image: Image.Image, options: Options, watch: Stopwatch
) -> Reading:
    """Detect, embed, classify. `image` is RGB and upright; boxes are in its pixels."""
    with watch.stage("detect"):
        pixels = as_tensor(image, release.detector.device)
        found = release.detector.detect(pixels, options.det_conf)
    if not len(found):
        return reading(models, image.size, (), watch.timings)
    with watch.stage("embed"):
        features = embed(release, pixels, found[:, :4]).numpy()
    with watch.stage("classify"):
        facings = shelf_facings(models, release, found, features, image.size)
    return reading(models, image.size, facings, watch.timings)


def shelf_facings(
    models: ModelSet, release: LoadedRelease, found: torch.Tensor, features: Floats, size: Size
) -> tuple[Facing, ...]:
    """Each facing is classified by itself, then all together. found: [N, 5]; features: [N, D]; size: width, height."""
    if not len(found):
        return ()
    probabilities = release.head.probabilities(features)
    if release.context:
        probabilities = release.context.applied(probabilities, found.numpy(), size)
    return _facings(models, found, probabilities, size)


def product_facing(
    models: ModelSet, release: LoadedRelease, found: torch.Tensor, features: Floats, size: Size
) -> tuple[Facing, ...]:
    """As shelf_facings, of a photo that one product fills: no shelf says anything about its size."""
    return _facings(models, found, release.head.probabilities(features), size)


def _facings(models: ModelSet, found: torch.Tensor, probabilities: Floats, size: Size) -> tuple[Facing, ...]:
    names = models.manifest.labels
    labels, confidences = surest(probabilities, len(names))
    return tuple(
        Facing(label, names[label].name, min(confidence, 1.0), min(row[4], 1.0), pixel_box(row[:4], *size))
        for row, label, confidence in zip(found.tolist(), labels.tolist(), confidences.tolist(), strict=True)
    )


def classification(
    models: ModelSet, release: LoadedRelease, features: Floats, size: Size, timings: dict[str, float]
) -> Classification:
    """features: [1, D], of the whole picture. A row for "none of these" takes probability away, and is no class."""
    classes = tuple(label.name for label in models.manifest.labels)
    watch = Stopwatch()
    with watch.stage("classify"):
        answered = release.head.probabilities(features)[0, : len(classes)]
    confidences = tuple(min(confidence, 1.0) for confidence in answered.tolist())
    return Classification(models.name, classes, confidences, size, timings | watch.timings)


def reading(models: ModelSet, size: Size, facings: tuple[Facing, ...], timings: dict[str, float]) -> Reading:
    skus = tuple(label.name for label in models.manifest.labels)
    return Reading(models.name, skus, facings, size, dict(timings))
