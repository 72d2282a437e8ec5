"""Asks the demo's releases about the 200 shelves of the model card, and puts the report into their bundles."""

import argparse
import multiprocessing
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image

from demo.build_release import folder_of
from demo.catalogues import Catalogue, catalogues
from demo.evaluation.reading import open_catalogue
from demo.evaluation.rendered import HALVES, Half
from demo.shelf_examples import gather
from demo.shelves import easy, hard
from inference.loading import LoadedRelease
from inference.manifest import loads, sha256
from modelstore.evaluation.answers import calibration
from modelstore.evaluation.figures import figures
from modelstore.evaluation.report import Report
from modelstore.evaluation.shelves import shelf_answers, shelf_figures
from modelstore.training.labelled_shelf import LabelledShelf
from modelstore.training.report import pictures

SHELVES = 100
"""Of each half, for the brands in turn."""
Asked = tuple[LabelledShelf, bytes]
"""With the photo as a JPEG, by whose sha256 the shelf goes."""
_opened: dict[str, LoadedRelease] = {}


def judge(catalogue: Catalogue, turn: int, workers: "multiprocessing.pool.Pool") -> Report:
    tasks = [(half, number) for half in HALVES for number in range(turn, SHELVES, len(catalogues()))]
    asked = workers.map(partial(_ask, catalogue), tasks, chunksize=1)
    return _report([shelf for shelf, _ in asked], {shelf.photo: jpeg for shelf, jpeg in asked}, catalogue)


def _report(shelves: Sequence[LabelledShelf], photos: dict[str, bytes], catalogue: Catalogue) -> Report:
    _, release = open_catalogue(catalogue)
    answered = [_answers(shelf, release)[shelf.told] for shelf in shelves]
    named = shelf_answers(shelves, np.concatenate(answered)[:, : len(catalogue.skus)])
    judged = calibration(named)
    metrics = {
        "shelves": len(shelves), "skus": len(catalogue.skus), "crops": len(named),
        **figures(named, judged), **shelf_figures(shelves, named, len(catalogue.skus)),
    }  # fmt: skip
    bare = Report("photos", tuple(catalogue.skus), metrics, named, judged)
    return replace(bare, pictures=dict(pictures(bare, {shelf.photo: shelf for shelf in shelves}, photos.__getitem__)))


def _answers(shelf: LabelledShelf, release: LoadedRelease) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    alone = release.head.probabilities(shelf.features)
    return release.context.applied(alone, shelf.found, shelf.size) if release.context else alone


def _ask(catalogue: Catalogue, task: tuple[Half, int]) -> Asked:
    half, number = task
    if catalogue.brand not in _opened:
        _opened[catalogue.brand] = open_catalogue(catalogue)[1]
    photo = (easy if half == "easy" else hard)(catalogue, number)
    jpeg = BytesIO()
    Image.fromarray(photo.image).save(jpeg, "JPEG", quality=90)
    shelf = gather(photo, _opened[catalogue.brand], catalogue.skus, sha256(jpeg.getvalue()))
    return shelf, jpeg.getvalue()


def put(report: Report, folder: Path) -> None:
    """Into a bundle, in place of the one it carries."""
    manifest, data = loads((folder / "manifest.json").read_bytes()), report.dumps()
    (folder / f"{sha256(data)}.safetensors").write_bytes(data)
    changed = replace(manifest, report=sha256(data), metrics=dict(report.metrics))
    (folder / "manifest.json").write_bytes(changed.dumps())
    if manifest.report and manifest.report != changed.report:
        (folder / f"{manifest.report}.safetensors").unlink(missing_ok=True)


def _alone() -> None:
    """As many processes as cores: one thread each."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    with multiprocessing.get_context("spawn").Pool(parser.parse_args().processes, _alone) as pool:
        for position, brand in enumerate(catalogues()):
            found = judge(brand, position, pool)
            put(found, folder_of(brand))
            print(f"{brand.brand}: {found.metrics}", flush=True)
