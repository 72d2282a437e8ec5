"""The 200 rendered shelves of the model card: half easy, half hard, the three brands in turn."""

import multiprocessing
from collections.abc import Iterator
from typing import Literal

import cv2
import torch

from demo.catalogues import catalogues
from demo.evaluation.reading import ShelfRead, open_catalogue, read_photo
from demo.shelves import easy, hard
from inference.loading import LoadedRelease
from inference.manifest import ModelSet

Half = Literal["easy", "hard"]
HALVES: tuple[Half, ...] = ("easy", "hard")
_opened: dict[int, tuple[ModelSet, LoadedRelease]] = {}


def read_all(shelves: int, processes: int) -> dict[tuple[Half, str], list[ShelfRead]]:
    """What was read on so many shelves of each half, by half and brand."""
    tasks = [(half, number) for half in HALVES for number in range(shelves)]
    found: dict[tuple[Half, str], list[ShelfRead]] = {}
    with multiprocessing.get_context("spawn").Pool(processes, _alone) as workers:
        results = workers.imap(_read, tasks, chunksize=1)
        for (half, number), read in zip(tasks, _shown(results, len(tasks)), strict=True):
            found.setdefault((half, catalogues()[number % len(catalogues())].brand), []).append(read)
    return found


def _shown(results: Iterator[ShelfRead], count: int) -> Iterator[ShelfRead]:
    """The results, with one line that says how many there are."""
    for number, result in enumerate(results, 1):
        print(f"\rshelves: {number} of {count} ", end="", flush=True)
        yield result
    print()


def _alone() -> None:
    """As many processes as cores: one thread each."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)


def _read(task: tuple[Half, int]) -> ShelfRead:
    half, number = task
    turn = number % len(catalogues())
    catalogue = catalogues()[turn]
    if turn not in _opened:
        _opened[turn] = open_catalogue(catalogue)
    photo = easy(catalogue, number) if half == "easy" else hard(catalogue, number)
    return read_photo(photo, *_opened[turn])
