"""What each of the two encoders is worth without the other on the demo's catalogues.

    python -m demo.evaluation.encoders_alone

Prints a table of docs/training.md: brands fitted as train_release fits them, from fewer shelves than those that ship.
"""

import argparse
import multiprocessing
from functools import partial

import cv2
import numpy as np
import torch

from demo.build_release import example_photo
from demo.catalogues import Catalogue, catalogues
from demo.evaluation.reading import open_catalogue
from demo.shelf_examples import gather
from inference.loading import LoadedRelease
from modelstore.training.classifier import Crops
from modelstore.training.labelled_shelf import LabelledShelf
from modelstore.training.shelf_classifier import fit_shelves

FIGURES = ("top1", "top1_dinov2_alone", "top1_open_clip_alone")
_held: list[LoadedRelease] = []


def _hold() -> None:
    """As many processes as cores: one thread each."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    _held.append(open_catalogue(catalogues()[0])[1])


def _seen(catalogue: Catalogue, number: int) -> LabelledShelf:
    return gather(example_photo(catalogue, "training", number), _held[0], catalogue.skus)


def row(catalogue: Catalogue, shelves: int, workers: "multiprocessing.pool.Pool") -> str:
    seen = workers.map(partial(_seen, catalogue), range(shelves), chunksize=1)
    columns = open_catalogue(catalogue)[1].columns_by_kind
    nothing = Crops(np.zeros((0, seen[0].features.shape[1]), np.float32), np.zeros(0, np.int64))
    found = fit_shelves(seen, catalogue.skus, nothing, encoders=columns).metrics
    shares = " | ".join(f"{100 * found[name]:.1f} %" for name in FIGURES)
    return f"| {catalogue.category}/{catalogue.brand} | {found['crops']} | {shares} |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shelves", type=int, default=60, help="of each brand; a third is held out")
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    arguments = parser.parse_args()
    print("\n| brand | crops | both | DINOv2 alone | CLIP alone |\n| --- | ---: | ---: | ---: | ---: |")
    with multiprocessing.get_context("spawn").Pool(arguments.processes, _hold) as pool:
        for brand in catalogues():
            print(row(brand, arguments.shelves, pool), flush=True)
