"""`python -m bench.numbers`: whether the engine answers as the plain pipeline does in float32, one photo at a time.

Rendered shelves of the demo's brands, read by the engine all at once, in every precision of this device.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torchvision.ops import box_iou

from demo.build_release import folder_of
from demo.catalogues import catalogues
from demo.shelves import easy
from inference.device import Placement, choose
from inference.engine import Engine
from inference.file_store import FolderStore
from inference.loading import Loader
from inference.manifest import ModelSet, loads
from inference.pipeline import Stopwatch, read_shelf
from inference.results import Options, Reading

SAME_BOX = 0.99
CLOSE = 0.02


@dataclass(frozen=True)
class Agreement:
    """facings: of the plain pipeline; the others are shares of them. close: probabilities within 0.02."""

    facings: int
    same_boxes: float
    same_skus: float
    close: float
    furthest: float


@dataclass(frozen=True)
class Shelf:
    models: ModelSet
    store: FolderStore
    image: Image.Image


def shelves(count: int) -> Iterator[Shelf]:
    """The brands in turn."""
    for number in range(count):
        catalogue = catalogues()[number % len(catalogues())]
        folder = folder_of(catalogue)
        manifest = loads((folder / "manifest.json").read_bytes())
        models = ModelSet(f"{manifest.category}/{manifest.brand}@1", manifest.digest(), manifest)
        yield Shelf(models, FolderStore(folder), Image.fromarray(easy(catalogue, number).image))


def plainly(shelves: Sequence[Shelf]) -> list[Reading]:
    """The reference: float32 on the CPU, each photo by itself."""
    readings = []
    for shelf in shelves:
        release = Loader(shelf.store, Placement(torch.device("cpu"), torch.float32)).load(shelf.models.manifest)
        readings.append(read_shelf(shelf.models, release, shelf.image, Options(), Stopwatch()))
    return readings


def together(shelves: Sequence[Shelf], placement: Placement) -> list[Reading]:
    """By one engine, all at once."""
    engine = Engine(Loader(_Stores(shelves), placement))
    with ThreadPoolExecutor(len(shelves)) as pool:
        deadline = time.monotonic() + 600
        readings = list(pool.map(lambda s: engine.predict(s.models, s.image, Options(), deadline), shelves))
    engine.close()
    return readings


class _Stores:
    """The files of all bundles."""

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        self.stores = {shelf.store.folder: shelf.store for shelf in shelves}.values()

    def read(self, digest: str) -> bytes:
        for store in self.stores:
            try:
                return store.read(digest)
            except FileNotFoundError:
                continue
        raise FileNotFoundError(digest)


def agreement(reference: Sequence[Reading], answered: Sequence[Reading]) -> Agreement:
    pairs = [_compared(left, right) for left, right in zip(reference, answered, strict=True)]
    overlap, same, difference = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return Agreement(
        len(overlap), float((overlap >= SAME_BOX).mean()), float(same.mean()), float((difference <= CLOSE).mean()),
        float(difference.max()),
    )  # fmt: skip


def _compared(reference: Reading, answered: Reading) -> tuple[NDArray[np.floating], ...]:
    """Of each facing of the reference, and of the one that overlaps it most: overlap, same SKU, difference of
    probabilities. Named or not named is a difference, too."""
    boxes = [torch.tensor([facing.box for facing in reading.facings]).float() for reading in (reference, answered)]
    overlap, match = box_iou(*boxes).max(dim=1)
    matched = [answered.facings[index] for index in match.tolist()]
    both = list(zip(reference.facings, matched, strict=True))
    same = [a.sku == b.sku or max(a.sku_conf, b.sku_conf) < 0.5 for a, b in both]
    difference = [abs(a.sku_conf - b.sku_conf) if a.sku == b.sku else 0.0 for a, b in both]
    return overlap.numpy(), np.array(same, float), np.array(difference)


def placements() -> list[Placement]:
    device = choose().device
    halves = [torch.float16, torch.bfloat16] if device.type == "cuda" else [torch.bfloat16]
    return [Placement(device, dtype) for dtype in (torch.float32, *halves)]


def main(count: int) -> None:
    shown = list(shelves(count))
    reference = plainly(shown)
    print("| the engine, all at once | facings | same boxes | same SKUs | probability within 0.02 | furthest |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for placement in placements():
        found = agreement(reference, together(shown, placement))
        print(
            f"| {placement.device}, {placement.precision} | {found.facings} | {found.same_boxes:.2%} | "
            f"{found.same_skus:.2%} | {found.close:.2%} | {found.furthest:.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.numbers", description=__doc__)
    parser.add_argument("--shelves", type=int, default=12)
    main(parser.parse_args().shelves)
