"""Photos of single packs, some of them damaged, with what is the matter with each: the demo's tags learn from them.

As at the end of a packing line: always the same dozen products, invented for it, in another light and turn each time.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from demo.design import Design, Kind
from demo.drawing.damage import dented, stained, torn
from demo.drawing.packs import draw_product
from demo.invention import invent_designs
from demo.reference_photo import photographed

TAGS = ("dent", "torn_label", "stain", "severe")
KINDS: tuple[Kind, ...] = ("can", "jar", "carton", "brick", "box")
PRODUCTS, PRODUCTS_SEED = 12, 17
_DAMAGES = {"torn_label": torn, "stain": stained, "dent": dented}
"""In this order, so that none hides another: a tear is not pressed flat by a dent."""
_SHARE = 0.4
"""Of packs with each kind of damage."""
_SLIGHT, _SEVERE = (0.18, 0.26), (0.36, 0.5)
"""Shares of the pack's shorter side. Nothing lies between: what is severe is a matter of opinion there."""


@dataclass(frozen=True, eq=False)
class DamagedPack:
    """image: RGB uint8 [H, W, 3]; tags: of TAGS."""

    image: NDArray[np.uint8]
    tags: frozenset[str]


@cache
def products() -> tuple[Design, ...]:
    return tuple(invent_designs(np.random.default_rng(PRODUCTS_SEED), PRODUCTS, KINDS))


def take_damaged(seed: int) -> DamagedPack:
    """Always the same for the same seed."""
    rng = np.random.default_rng([seed, 17])
    design = products()[int(rng.integers(PRODUCTS))]
    turn, pitch = float(rng.uniform(-0.35, 0.35)), float(rng.uniform(0, 0.2))
    pack = draw_product(design, int(rng.integers(500, 700)), turn, pitch=pitch)
    tags = {name for name in _DAMAGES if rng.random() < _SHARE}
    severe = bool(tags) and rng.random() < 0.5  # noqa: PLR2004 - half of the damaged packs
    for name in [damage for damage in _DAMAGES if damage in tags]:
        pack = _DAMAGES[name](pack, float(rng.uniform(*(_SEVERE if severe else _SLIGHT))), rng)
    return DamagedPack(photographed(pack, rng), frozenset(tags | ({"severe"} if severe else set())))
