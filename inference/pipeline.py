"""One photo through the three stages. Knows nothing of queues, and nothing of HTTP."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from PIL import Image

from inference.detector import as_tensor
from inference.errors import DeadlineExceeded, GaveWay
from inference.head import surest
from inference.loading import LoadedRelease, embed, embed_whole
from inference.manifest import ModelSet
from inference.results import Facing, Options, Reading, pixel_box


@dataclass
class Stopwatch:
    """Milliseconds by stage. Refuses to begin a stage that nobody waits for any longer."""

    deadline: float
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.check()
        start = time.monotonic()
        yield
        self.timings[name] = (time.monotonic() - start) * 1000

    def check(self) -> None:
        if time.monotonic() >= self.deadline:
            raise DeadlineExceeded("The photo could not be read in time. Try again, or send a smaller one.")

    def portions(self, boxes: torch.Tensor) -> Iterator[torch.Tensor]:
        """Which boxes are embedded in one go: all of them."""
        yield boxes


@dataclass
class IdleStopwatch(Stopwatch):
    """Of a reading that gives way to others: it stops before the next stage, or portion of boxes, once one waits."""

    others_wait: Callable[[], bool] = field(kw_only=True)
    portion: int = field(kw_only=True)

    def check(self) -> None:
        if self.others_wait():
            raise GaveWay
        super().check()

    def portions(self, boxes: torch.Tensor) -> Iterator[torch.Tensor]:
        for start in range(0, len(boxes), self.portion):
            self.check()
            yield boxes[start : start + self.portion]


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
        features = torch.cat([embed(release, pixels, some) for some in watch.portions(found[:, :4])]).numpy()
    with watch.stage("classify"):
        probabilities = release.head.probabilities(features)
        if release.context:
            probabilities = release.context.applied(probabilities, found.cpu().numpy(), image.size)
        labels, confidences = surest(probabilities, len(models.manifest.labels))
        facings = _facings(models, image, found, labels.tolist(), confidences.tolist())
    return _reading(models, image, facings, watch)


def read_product(
    models: ModelSet, release: LoadedRelease, image: Image.Image, options: Options, watch: Stopwatch
) -> Reading:
    """As read_shelf, of a photo that one product fills: always one facing, the whole photo."""
    pixels = as_tensor(image, release.detector.device)
    whole = torch.tensor([[0.0, 0.0, image.width, image.height, 1.0]])
    with watch.stage("embed"):
        features = embed_whole(release, [pixels]).numpy()
    with watch.stage("classify"):
        labels, confidences = surest(release.head.probabilities(features), len(models.manifest.labels))
        facings = _facings(models, image, whole, labels.tolist(), confidences.tolist())
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
