"""A shelf on which real products stand among drawn ones."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from demo.collage.cutouts import Cutout
from demo.collage.sources import cutouts
from demo.design import Product
from demo.shelf.items import Drawn, Item
from demo.shelf.photo import Photo, take_photo_of
from demo.shelf.style import Rng, Style

_REAL_SHARE = (0.4, 0.9)


def take_collage(seed: int, products: Sequence[Product], root: Path, style: Style | None = None) -> Photo:
    """Equal arguments and folders give an equal photo. Raises ValueError where the folder holds no product."""
    real = cutouts(root)
    if not real:
        raise ValueError(f"{root} holds none of the folders of real products")
    rng = np.random.default_rng([seed, 3])
    chosen = _some(real, int(rng.integers(8, 32)), rng)
    drawn: list[Item] = [Drawn(product) for product in products]
    share = float(rng.uniform(*_REAL_SHARE)) if drawn else 1.0
    weights = [share / len(chosen)] * len(chosen) + [(1 - share) / max(len(drawn), 1)] * len(drawn)
    return take_photo_of(seed, [*chosen, *drawn], style, weights)


def _some(real: Sequence[Cutout], count: int, rng: Rng) -> list[Cutout]:
    """As many as wanted, of every folder alike as far as they reach: one of them holds nearly all photos."""
    queues = [[one for one in real if one.source == source] for source in sorted({one.source for one in real})]
    shuffled = [[queue[k] for k in rng.permutation(len(queue))] for queue in queues]
    turns = itertools.chain.from_iterable(itertools.zip_longest(*shuffled))
    return [one for one in turns if one is not None][:count]
