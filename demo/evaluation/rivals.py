"""What becomes of products without a label when a detector is fitted to shelves on which only one brand has labels.

    python -m demo.evaluation.rivals

Prints a table of docs/training.md: the demo's detector, fitted to hard rendered shelves in three ways, on others.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from demo.catalogues import JORDINA
from demo.evaluation.detectors import ap50, start
from demo.evaluation.real import DET_CONF
from demo.shelf.photo import Photo
from demo.shelves import hard
from inference.bundle import Network
from inference.detector import Detector
from inference.matching import match
from inference.weights import tensors
from modelstore.training.detector.boxes import Truth, truth
from modelstore.training.detector.fit import fit
from modelstore.training.detector.pictures import no_boxes
from modelstore.training.detector.sight import seen
from modelstore.training.shelf_labels import ShelfPhoto

_FIRST_LEARNT = 100
CPU = torch.device("cpu")


def labelled(photo: Photo, path: Path) -> ShelfPhoto:
    """Written to `path`, with labels for the brand's own products only."""
    Image.fromarray(photo.image).save(path, quality=92)
    own = np.array([facing.box for facing in photo.facings if facing.sku], float).reshape(-1, 4)
    return ShelfPhoto(path, own, ("own",) * len(own))


def ways(truths: Sequence[Truth]) -> dict[str, Sequence[Truth]]:
    return {
        "as background": [replace(one, others=no_boxes(), unsure=no_boxes()) for one in truths],
        "products where found surely, else background": [replace(one, unsure=no_boxes()) for one in truths],
        "products where found surely, spared where found unsurely": truths,
    }


def row(name: str, weights: bytes, network: Network, photos: Sequence[Photo]) -> str:
    detector = Detector(network.spec, tensors(weights), CPU)
    own, others = (np.concatenate([_found(photo, detector, named) for photo in photos]) for named in (True, False))
    shares = " | ".join(f"{100 * share:.1f} %" for share in (own.mean(), others.mean(), ap50(photos, detector)))
    return f"| {name} | {shares} |"


def _found(photo: Photo, detector: Detector, named: bool) -> NDArray[np.bool_]:
    """Which of the brand's products are found at the threshold of serving, or which of the others: bool [N]."""
    boxes = torch.tensor([facing.box for facing in photo.facings])
    found = detector.detect(torch.from_numpy(photo.image).permute(2, 0, 1).contiguous(), DET_CONF)
    hit = np.isin(np.arange(len(boxes)), match(found[:, :4], boxes).facing)
    return np.asarray(hit[[bool(facing.sku) == named for facing in photo.facings]])


def table(learnt: int, asked: int, steps: int) -> None:
    network, photos = start(), [hard(JORDINA, number) for number in range(asked)]
    with TemporaryDirectory() as scratch:
        shelves = [
            labelled(hard(JORDINA, _FIRST_LEARNT + number), Path(scratch) / f"{number}.jpg") for number in range(learnt)
        ]
        loaded = Detector(network.spec, tensors(network.weights), CPU)
        truths = [truth(sight) for sight in seen(shelves, loaded, False, "")]
        print("\n| products without a label | own found | others found | AP50 of all |\n| --- | ---: | ---: | ---: |")
        print(row("(before)", network.weights, network, photos), flush=True)
        for name, material in ways(truths).items():
            print(row(name, fit(network, material, steps, CPU, True), network, photos), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learnt", type=int, default=10, help="shelves to learn from")
    parser.add_argument("--asked", type=int, default=6)
    parser.add_argument("--steps", type=int, default=60)
    arguments = parser.parse_args()
    table(arguments.learnt, arguments.asked, arguments.steps)
