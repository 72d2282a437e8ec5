"""Measures the release on rendered shelves that nothing was trained or calibrated on.

Prints a table, then one line of JSON.
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import numpy as np
import torch
from PIL import Image

from demo.build_release import BUNDLE
from demo.catalogue import jordina
from demo.matching import average_precision, match
from demo.shelf.photo import Photo
from demo.shelves import shelf
from inference.analysis import analyse
from inference.device import choose
from inference.file_store import FolderStore
from inference.loading import LoadedRelease, Loader
from inference.manifest import Manifest, ModelSet, loads
from inference.pipeline import Stopwatch, read_shelf
from inference.results import Options, Reading

_LOWEST = 0.01
_BINS = 10
_FLAVOURS = {product.sku: product.design.flavour for product in jordina()}


@dataclass
class Tally:
    """What was found on all shelves so far. Detections of every confidence count for AP50 alone."""

    scores: list[float] = field(default_factory=list)
    right_box: list[bool] = field(default_factory=list)
    facings: int = 0
    found: int = 0
    top1: list[bool] = field(default_factory=list)
    size_alone: list[bool] = field(default_factory=list)
    """Of the wrong names: was the flavour right?"""
    kept: list[bool] = field(default_factory=list)
    kept_right: list[bool] = field(default_factory=list)
    rejected: list[bool] = field(default_factory=list)
    confidence: list[float] = field(default_factory=list)
    sos_error: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def evaluate(shelves: int, bundle: Path = BUNDLE) -> dict[str, float]:
    """Read `shelves` unseen shelves with the release and compare with the truth."""
    models, release = open_release(bundle)
    tally = Tally()
    for number in range(shelves):
        photo = shelf("evaluation", number)
        started = monotonic()
        reading = read(models, release, photo)
        tally.seconds.append(monotonic() - started)
        _count(tally, photo, reading, models.manifest)
    return summary(tally)


def open_release(bundle: Path) -> tuple[ModelSet, LoadedRelease]:
    manifest = loads((bundle / "manifest.json").read_bytes())
    models = ModelSet(name=f"{manifest.category}/{manifest.brand}", digest=manifest.digest(), manifest=manifest)
    return models, Loader(FolderStore(bundle), choose()).load(manifest)


def read(models: ModelSet, release: LoadedRelease, photo: Photo) -> Reading:
    """Everything above a confidence of 0.01."""
    image = Image.fromarray(photo.image)
    return read_shelf(models, release, image, Options(det_conf=_LOWEST), Stopwatch(monotonic() + 60))


def _count(tally: Tally, photo: Photo, reading: Reading, manifest: Manifest) -> None:
    found = torch.tensor([facing.box for facing in reading.facings], dtype=torch.float32).reshape(-1, 4)
    truth = torch.tensor([facing.box for facing in photo.facings]).reshape(-1, 4)
    matched = match(found, truth).facing
    tally.facings += len(truth)
    tally.scores += [facing.det_conf for facing in reading.facings]
    tally.right_box += (matched >= 0).tolist()
    shown = tuple(facing for facing in reading.facings if facing.det_conf >= manifest.det_conf)
    for facing, owner in zip(shown, matched.tolist(), strict=False):
        if owner >= 0:
            _count_sku(tally, photo.facings[owner].sku, facing.sku, facing.sku_conf, manifest.sku_conf)
    served = Reading(reading.release, reading.skus, shown, reading.size, reading.timings)
    tally.sos_error.append(_sos_error(photo, served, manifest))


def _count_sku(tally: Tally, truth: str | None, answer: str, confidence: float, threshold: float) -> None:
    tally.found += 1
    tally.confidence.append(confidence)
    tally.kept_right.append(answer == truth)
    if truth is None:
        tally.rejected.append(confidence < threshold)
        return
    tally.top1.append(answer == truth)
    if answer != truth:
        tally.size_alone.append(_FLAVOURS[answer] == _FLAVOURS[truth])
    tally.kept.append(confidence >= threshold)


def _sos_error(photo: Photo, served: Reading, manifest: Manifest) -> float:
    """Mean absolute error of share of shelf over all SKUs, in percentage points."""
    truth = Counter(facing.sku for facing in photo.facings)
    total = max(len(photo.facings), 1)
    sos = analyse(served, manifest.sku_conf, show_unknown=False).sos
    return float(np.mean([abs(sos[sku] - 100 * truth[sku] / total) for sku in served.skus]))


def _mean(values: Sequence[float | bool]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _calibration_error(tally: Tally) -> float:
    """Expected calibration error of SKU confidences, ten bins; naming a rival is always wrong."""
    confidence, right = np.array(tally.confidence), np.array(tally.kept_right, float)
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = [(bins == k).mean() * abs(confidence[bins == k].mean() - right[bins == k].mean()) for k in np.unique(bins)]
    return float(np.sum(gaps))


def summary(tally: Tally) -> dict[str, float]:
    kept = np.array(tally.confidence) >= 0.5
    scores, right = np.array(tally.scores, np.float32), np.array(tally.right_box)
    figures = {
        "facings": tally.facings,
        "detection_ap50": average_precision(scores, right, tally.facings),
        "detection_recall": tally.found / max(tally.facings, 1),
        "sku_top1": _mean(tally.top1),
        "wrong_in_size_alone": _mean(tally.size_alone),
        "known_kept": _mean(tally.kept),
        "unknown_rejected": _mean(tally.rejected),
        "named_right": float(np.array(tally.kept_right)[kept].mean()),
        "calibration_error": _calibration_error(tally),
        "sos_error_points": _mean(tally.sos_error),
        "seconds_per_photo": float(np.median(tally.seconds)),
    }
    return {name: round(value, 4) for name, value in figures.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shelves", type=int, default=60)
    parser.add_argument("--bundle", type=Path, default=BUNDLE)
    arguments = parser.parse_args()
    result = evaluate(arguments.shelves, arguments.bundle)
    for name, value in result.items():
        print(f"{name:<20} {value}")
    print(json.dumps(result))
