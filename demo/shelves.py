"""JORDINA's shelves, by number: three ranges of seeds that never meet."""

from typing import Literal

import numpy as np

from demo.catalogue import jordina
from demo.design import Product
from demo.invention import DRINKS, invent_designs
from demo.shelf.photo import Photo, take_photo

Split = Literal["training", "calibration", "evaluation"]
_FIRST_SEED: dict[Split, int] = {"training": 3_000_000, "calibration": 4_000_000, "evaluation": 5_000_000}
_SPAN = 1_000_000


def shelf(split: Split, number: int) -> Photo:
    """A shelf with part of the catalogue, and rivals that were invented for this photo alone."""
    if not 0 <= number < _SPAN:
        raise ValueError(f"shelf number {number} would run into the next split")
    seed = _FIRST_SEED[split] + number
    rng = np.random.default_rng([seed, 1])
    catalogue = jordina()
    chosen = rng.permutation(len(catalogue))[: int(rng.integers(7, len(catalogue) + 1))]
    rivals = invent_designs(rng, int(rng.integers(2, 8)), DRINKS)
    return take_photo(seed, [*(catalogue[k] for k in chosen), *(Product(design) for design in rivals)])
