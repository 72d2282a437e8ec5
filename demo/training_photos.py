"""Renders the photos that detector and encoders are trained on, once, into a scratch folder.

No product of the demo catalogue stands on these shelves: what the networks learn is to find and to tell
apart products in general.
"""

import argparse
import multiprocessing
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.design import Design, Product
from demo.invention import invent_family
from demo.shelf.photo import Photo, take_photo

POOL_SEED = 20_000
FAMILIES = 420
PHOTO_SEED = 1_000_000


@dataclass(frozen=True)
class TrainingPhoto:
    """RGB uint8 [H, W, 3]; boxes float32 [N, 4] as x1, y1, x2, y2; the number of each product's design in the pool."""

    image: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    designs: NDArray[np.int64]


@lru_cache(maxsize=1)
def pool() -> list[list[Design]]:
    """The invented families, each of look-alikes."""
    rng = np.random.default_rng(POOL_SEED)
    return [invent_family(rng, int(rng.integers(2, 9))) for _ in range(FAMILIES)]


@lru_cache(maxsize=1)
def numbers() -> dict[Design, int]:
    """Every design of the pool and its class number."""
    designs = dict.fromkeys(design for family in pool() for design in family)
    return {design: number for number, design in enumerate(designs)}


def take(number: int) -> Photo:
    """The photo of that number: some families of the pool side by side."""
    rng = np.random.default_rng(PHOTO_SEED + number)
    families = rng.choice(len(pool()), int(rng.integers(1, 6)), replace=False)
    products = [Product(design) for family in families for design in pool()[family]]
    return take_photo(PHOTO_SEED + number, products)


def write(folder: Path, number: int) -> None:
    """Store one photo; one that is there already is kept, so that an interrupted run goes on."""
    target = folder / f"{number:05d}.jpg"
    if target.exists():
        return
    cv2.setNumThreads(1)
    photo = take(number)
    boxes = np.array([facing.box for facing in photo.facings], np.float32).reshape(-1, 4)
    designs = np.array([numbers()[facing.design] for facing in photo.facings], np.int64)
    np.savez(target.with_suffix(".npz"), boxes=boxes, designs=designs)
    cv2.imwrite(str(target), photo.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])


def load_rgb(path: Path) -> NDArray[np.uint8]:
    """A picture file as uint8 [H, W, 3]. Raises ValueError when it cannot be read."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(f"{path} is no picture")
    return np.array(picture, np.uint8)[..., ::-1].copy()


def read(path: Path) -> TrainingPhoto:
    """A stored photo."""
    truth = np.load(path.with_suffix(".npz"))
    return TrainingPhoto(load_rgb(path), truth["boxes"], truth["designs"])


def render_all(folder: Path, count: int, processes: int) -> None:
    """Fill the folder with photos 0 to count - 1."""
    folder.mkdir(parents=True, exist_ok=True)
    with multiprocessing.get_context("spawn").Pool(processes) as workers:
        workers.map(partial(write, folder), range(count), chunksize=8)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=2600)
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    arguments = parser.parse_args()
    render_all(arguments.folder, arguments.count, arguments.processes)
