"""Reads one shelf with a release, through the code that serves, and keeps what the figures need."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import numpy as np
import torch
from PIL import Image

from demo.build_release import folder_of
from demo.catalogues import Catalogue
from demo.shelf.photo import Photo
from inference.analysis import analyse
from inference.device import choose
from inference.file_store import FolderStore
from inference.loading import LoadedRelease, Loader
from inference.manifest import Manifest, ModelSet, loads
from inference.matching import match
from inference.pipeline import Stopwatch, read_shelf
from inference.results import Facing, Options, Reading

_LOWEST = 0.01


@dataclass(frozen=True)
class Answer:
    """A detection at the release's threshold that shows a facing: what it is, and what it was called."""

    truth: str | None
    name: str
    confidence: float


@dataclass(frozen=True)
class ShelfRead:
    """What one photo adds to the figures. scores and right: of every detection above a confidence of 0.01."""

    scores: tuple[float, ...]
    right: tuple[bool, ...]
    facings: int
    answers: tuple[Answer, ...]
    sos_error: float
    """Mean absolute error of share of shelf over the release's SKUs, in percentage points."""
    seconds: float


def open_release(bundle: Path) -> tuple[ModelSet, LoadedRelease]:
    manifest = loads((bundle / "manifest.json").read_bytes())
    models = ModelSet(name=f"{manifest.category}/{manifest.brand}", digest=manifest.digest(), manifest=manifest)
    return models, Loader(FolderStore(bundle), choose()).load(manifest)


def open_catalogue(catalogue: Catalogue) -> tuple[ModelSet, LoadedRelease]:
    return open_release(folder_of(catalogue))


def read_photo(photo: Photo, models: ModelSet, release: LoadedRelease) -> ShelfRead:
    """Facings that can hardly be seen are neither to be found nor mistakes when found."""
    started = monotonic()
    image = Image.fromarray(photo.image)
    reading = read_shelf(models, release, image, Options(det_conf=_LOWEST), Stopwatch())
    seconds = monotonic() - started
    owners = _owners(photo, reading)
    counted = [(facing, owner) for facing, owner in zip(reading.facings, owners, strict=True) if owner is not None]
    shown = tuple(facing for facing in reading.facings if facing.det_conf >= models.manifest.det_conf)
    served = Reading(reading.release, reading.skus, shown, reading.size, reading.timings)
    return ShelfRead(
        scores=tuple(facing.det_conf for facing, _ in counted),
        right=tuple(owner >= 0 for _, owner in counted),
        facings=len(photo.facings),
        answers=_answers(photo, counted, models.manifest),
        sos_error=_sos_error(photo, served, models.manifest),
        seconds=seconds,
    )


def _owners(photo: Photo, reading: Reading) -> list[int | None]:
    """For every detection its facing, -1 for a mistake, None for a facing that need not be found."""
    found = torch.tensor([facing.box for facing in reading.facings], dtype=torch.float32).reshape(-1, 4)
    truth = torch.tensor([facing.box for facing in (*photo.facings, *photo.hidden)]).reshape(-1, 4)
    return [owner if owner < len(photo.facings) else None for owner in match(found, truth).facing.tolist()]


def _answers(photo: Photo, counted: list[tuple[Facing, int]], manifest: Manifest) -> tuple[Answer, ...]:
    return tuple(
        Answer(photo.facings[owner].sku, facing.sku, facing.sku_conf)
        for facing, owner in counted
        if owner >= 0 and facing.det_conf >= manifest.det_conf
    )


def _sos_error(photo: Photo, served: Reading, manifest: Manifest) -> float:
    truth = Counter(facing.sku for facing in photo.facings)
    total = max(len(photo.facings), 1)
    sos = analyse(served, manifest.sku_conf, show_unknown=False).sos
    return float(np.mean([abs(sos[sku] - 100 * truth[sku] / total) for sku in served.skus]))
