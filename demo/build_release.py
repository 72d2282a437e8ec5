"""Fits the classifiers of the demo's brands and writes their release bundles under demo/bundles."""

import argparse
import multiprocessing
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch

from demo.catalogues import Catalogue, catalogues
from demo.shelf.moods import hard_style
from demo.shelf.photo import Photo
from demo.shelf_examples import gather
from demo.shelves import Split, shelf
from demo.trained import loaded, parts
from inference.bundle import Network, write_bundle
from inference.file_store import SHARED
from inference.loading import LoadedRelease
from modelstore.training.classifier import fit
from modelstore.training.labelled_shelf import LabelledShelf

BUNDLES = Path(__file__).parent / "bundles"
_EVERY_HARD = 3


def folder_of(catalogue: Catalogue, bundles: Path = BUNDLES) -> Path:
    return bundles / f"{catalogue.category}-{catalogue.brand}".lower().replace("_", "-")


def build(weights: Path, bundles: Path, training: int, calibration: int, processes: int) -> None:
    """Render so many shelves of each brand for each purpose, fit, write."""
    networks = parts(weights)
    with multiprocessing.get_context("spawn").Pool(processes, _hold, (networks,)) as workers:
        for catalogue in catalogues():
            learnt = workers.map(partial(_examples, catalogue, "training"), range(training), chunksize=1)
            held_out = workers.map(partial(_examples, catalogue, "calibration"), range(calibration), chunksize=1)
            _write(catalogue, networks, learnt, held_out, bundles)
    _forget_unused(bundles)


def _write(
    catalogue: Catalogue,
    networks: tuple[Network, ...],
    learnt: Sequence[LabelledShelf],
    held_out: Sequence[LabelledShelf],
    bundles: Path,
) -> None:
    crops = [sum(len(shelf.labels) for shelf in shelves) for shelves in (learnt, held_out)]
    print(f"{catalogue.brand}: {crops[0]} and {crops[1]} crops", flush=True)
    regression = fit(learnt, held_out, len(catalogue.skus))
    detector, *encoders = networks
    manifest = write_bundle(
        folder_of(catalogue, bundles), catalogue.category, catalogue.brand, catalogue.skus, detector, encoders,
        regression, share=True,
    )  # fmt: skip
    print(f"{catalogue.brand}: {manifest.digest()[:12]}, temperature {regression.temperature:.2f}", flush=True)


def _forget_unused(bundles: Path) -> None:
    """Networks of an earlier build."""
    named = "".join(path.read_text() for path in bundles.glob("*/manifest.json"))
    for path in (bundles / SHARED).glob("*.safetensors"):
        if path.stem not in named:
            path.unlink()


_held: list[LoadedRelease] = []


def _hold(networks: tuple[Network, ...]) -> None:
    """A worker process keeps its networks from shelf to shelf."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    _held.append(loaded(networks))


def _examples(catalogue: Catalogue, split: Split, number: int) -> LabelledShelf:
    return gather(example_photo(catalogue, split, number), _held[0], catalogue.skus)


def example_photo(catalogue: Catalogue, split: Split, number: int) -> Photo:
    """Every third shelf is as hard as those of the evaluation."""
    style = None if number % _EVERY_HARD else hard_style(np.random.default_rng([number, 8]))
    return shelf(catalogue, split, number, style)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--bundles", type=Path, default=BUNDLES)
    parser.add_argument("--training", type=int, default=240, help="shelves of each brand")
    parser.add_argument("--calibration", type=int, default=60)
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    arguments = parser.parse_args()
    build(arguments.weights, arguments.bundles, arguments.training, arguments.calibration, arguments.processes)
