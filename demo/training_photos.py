"""Renders the photos that detector and encoders are trained on, once, into a scratch folder.

No product of a demo catalogue stands on these shelves: what the networks learn is to find and to tell
apart products in general. With a folder of real photos a share of the shelves are collages.
"""

import argparse
import multiprocessing
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from time import monotonic

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.collage.photo import take_collage
from demo.design import Design, Product
from demo.invention import invent_family
from demo.shelf.moods import hard_style
from demo.shelf.photo import Facing, Photo, StyleUnmet, take_photo

POOL_SEED = 20_000
FAMILIES = 900
PHOTO_SEED = 1_000_000
REAL = -1
"""The design number of a real product."""
_COLLAGES = 0.25
_HARD = 0.2
_TRIES, _APART = 20, 50_000


@dataclass(frozen=True)
class TrainingPhoto:
    """RGB uint8 [H, W, 3]; boxes float32 [N, 4] as x1, y1, x2, y2; the number of each product's design in the pool
    (REAL for cut-out photos); the visible share float32 [N]; and boxes [M, 4] of facings too hidden to be learnt."""

    image: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    designs: NDArray[np.int64]
    visible: NDArray[np.float32]
    hidden: NDArray[np.float32]


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


def take(number: int, real: Path | None = None) -> Photo:
    """The photo of that number, of the first of its seeds that gives one."""
    for seed in range(PHOTO_SEED + number, PHOTO_SEED + _TRIES * _APART, _APART):
        with suppress(StyleUnmet):
            return _take(seed, real)
    raise StyleUnmet(f"none of the {_TRIES} seeds of photo {number} gives one")


def _take(seed: int, real: Path | None) -> Photo:
    """Some families of the pool side by side; every fifth photo is hard."""
    rng = np.random.default_rng(seed)
    families = rng.choice(len(pool()), int(rng.integers(1, 13)), replace=False)
    products = [Product(design) for family in families for design in pool()[family]]
    style = hard_style(rng) if rng.random() < _HARD else None
    if real and rng.random() < _COLLAGES:
        return take_collage(seed, products, real, style)
    return take_photo(seed, products, style)


def write(folder: Path, real: Path | None, number: int) -> None:
    """Store one photo; one that is there already is kept, so that an interrupted run goes on."""
    target = folder / f"{number:05d}.jpg"
    if target.exists():
        return
    cv2.setNumThreads(1)
    photo = take(number, real)
    designs = [numbers()[facing.design] if facing.design else REAL for facing in photo.facings]
    np.savez(
        target.with_suffix(".npz"), boxes=_boxes(photo.facings), hidden=_boxes(photo.hidden),
        designs=np.array(designs, np.int64), visible=np.array([f.visible for f in photo.facings], np.float32),
    )  # fmt: skip
    cv2.imwrite(str(target), photo.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])


def _boxes(facings: Iterable[Facing]) -> NDArray[np.float32]:
    return np.array([facing.box for facing in facings], np.float32).reshape(-1, 4)


def load_rgb(path: Path) -> NDArray[np.uint8]:
    """A picture file as uint8 [H, W, 3]. Raises ValueError when it cannot be read."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(f"{path} is no picture")
    return np.array(picture, np.uint8)[..., ::-1].copy()


def read(path: Path) -> TrainingPhoto:
    """A stored photo."""
    truth = np.load(path.with_suffix(".npz"))
    return TrainingPhoto(load_rgb(path), truth["boxes"], truth["designs"], truth["visible"], truth["hidden"])


def render_all(folder: Path, count: int, processes: int, real: Path | None = None) -> None:
    """Fill the folder with photos 0 to count - 1."""
    folder.mkdir(parents=True, exist_ok=True)
    with multiprocessing.get_context("spawn").Pool(processes) as workers:
        _watch(workers.imap_unordered(partial(write, folder, real), range(count), chunksize=8), count)


def _watch(written: Iterable[None], count: int) -> None:
    """One line that says how far it is."""
    start = monotonic()
    for done, _ in enumerate(written, 1):
        left = (monotonic() - start) / done * (count - done)
        if done % 20 == 0 or done == count:
            print(f"\rphotos: {done} of {count}, {left / 60:.1f} minutes left ", end="", flush=True)
    print()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--real", type=Path, metavar="DATA_ROOT", help="folder of the sets of real photos")
    arguments = parser.parse_args()
    render_all(arguments.folder, arguments.count, arguments.processes, arguments.real)
