"""What fine-tuning makes of the demo's detector: on real fridges it has not learnt from, and on what it knew before.

    python -m demo.evaluation.detectors --data FOLDER [--folds 1]

FOLDER holds azure_fridge and demo_shelves. Prints the table of docs/training.md. In each fold every third photo of the
fridges is held out, another third each time.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import numpy as np
import torch

from demo.build_release import folder_of
from demo.catalogues import catalogues
from demo.evaluation.reading import open_catalogue
from demo.evaluation.real import crackers, detect, fridges
from demo.shelf.photo import Facing, Photo
from demo.shelves import easy, hard
from inference.bundle import Network
from inference.detector import Detector
from inference.file_store import FolderStore, verified
from inference.weights import tensors
from modelstore.training.detector.boxes import Truth
from modelstore.training.detector.fine_tuning import FineTuned, fine_tuned
from modelstore.training.detector.pictures import Boxes, no_boxes
from modelstore.training.detector.precision import precision
from modelstore.training.detector.sight import LOWEST, Sight
from modelstore.training.shelf_labels import ShelfPhoto

FOLDS = 3


def start() -> Network:
    """The detector that the demo's brands share."""
    catalogue = catalogues()[0]
    spec = open_catalogue(catalogue)[0].manifest.detector
    store = FolderStore(folder_of(catalogue))
    return Network(spec, verified(store, spec.weights), verified(store, spec.golden))


def shelf_photos(data: Path) -> list[ShelfPhoto]:
    """The fridges, with a box around every product that somebody labelled."""
    labelled = fridges(data / "azure_fridge")
    return [ShelfPhoto(one.photo, one.boxes.numpy().astype(float), ("labelled",) * len(one.boxes)) for one in labelled]


def known_before(shelves: int) -> list[Photo]:
    """Rendered shelves of the model card, easy and hard in turn."""
    brands = catalogues()
    return [(hard if number % 2 else easy)(brands[number % len(brands)], number) for number in range(shelves)]


def ap50(photos: Sequence[Photo], detector: Detector) -> float:
    """Facings that can hardly be seen are neither to be found nor mistakes when found."""
    shelves = [ShelfPhoto(Path("rendered"), _boxes(photo.facings).astype(float), ()) for photo in photos]
    truths = [
        Truth(shelf, _boxes(photo.facings), _boxes(photo.hidden), no_boxes())
        for shelf, photo in zip(shelves, photos, strict=True)
    ]
    images = [torch.from_numpy(photo.image).permute(2, 0, 1).contiguous() for photo in photos]
    found = [detector.detect(image.to(detector.device), LOWEST) for image in images]
    return precision(truths, [Sight(shelf, boxes) for shelf, boxes in zip(shelves, found, strict=True)]).ap50


def _boxes(facings: Sequence[Facing]) -> Boxes:
    return np.array([facing.box for facing in facings], np.float32).reshape(-1, 4)


def table(data: Path, folds: int, steps: int, shelves: int, where: torch.device) -> None:
    network, photos, rendered = start(), shelf_photos(data), known_before(shelves)
    known, crackers_known = _known(network, rendered, data, where)
    print("\n| detector | fridges learnt from | held out | AP50 there | crackers | rendered shelves | minutes |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for fold in range(folds):
        held_out = [number % FOLDS == fold for number in range(len(photos))]
        began = monotonic()
        found = fine_tuned(network, photos, held_out, where, steps, progress=True)
        minutes = (monotonic() - began) / 60
        if not fold:
            print(f"| at the start | | | | {100 * crackers_known:.1f} % | {100 * known:.1f} % | |")
        print(_row(found, len(photos), _known(found.network, rendered, data, where), minutes), flush=True)


def _row(found: FineTuned, photos: int, known: tuple[float, float], minutes: float) -> str:
    name = "fine-tuned" if found.used else "fine-tuned, not used"
    before, after = found.before.ap50, found.after.ap50
    rendered, real = known
    return (
        f"| {name} | {photos - found.photos} | {found.photos} | {100 * before:.1f} → {100 * after:.1f} % | "
        f"{100 * real:.1f} % | {100 * rendered:.1f} % | {minutes:.1f} |"
    )


def _known(network: Network, rendered: Sequence[Photo], data: Path, where: torch.device) -> tuple[float, float]:
    """AP50 on rendered shelves and on the crackers."""
    detector = Detector(network.spec, tensors(network.weights), where)
    return ap50(rendered, detector), detect(crackers(data / "demo_shelves"), detector).ap50


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=FOLDS, choices=range(1, FOLDS + 1))
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--shelves", type=int, default=10, help="rendered ones, to see what is forgotten")
    arguments = parser.parse_args()
    where = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    table(arguments.data, arguments.folds, arguments.steps, arguments.shelves, where)
