"""Shelves of the demo's brands, by number: ranges of seeds that never meet."""

from contextlib import suppress
from typing import Literal

import numpy as np

from demo.catalogues import Catalogue, catalogues
from demo.design import Product
from demo.invention import invent_designs
from demo.shelf.moods import hard_style
from demo.shelf.photo import Photo, StyleUnmet, take_photo
from demo.shelf.style import Rng, Style

Split = Literal["training", "calibration", "evaluation"]
_FIRST_SEED: dict[Split, int] = {"training": 3_000_000, "calibration": 4_000_000, "evaluation": 5_000_000}
_SPAN = 1_000_000
_NEXT_BRAND = 10_000_000
_UNKNOWN = (0.1, 0.25)
_UNKNOWN_WHEN_HARD = (1 / 3, 1 / 3)
_NEAR_ENOUGH = 0.08
_HARD, _APART = 500_000, 10_000
"""Numbers from the first on are hard shelves; further tries of one are so far apart."""


def shelf(catalogue: Catalogue, split: Split, number: int, style: Style | None = None) -> Photo:
    """A shelf with part of the catalogue, a tenth to a quarter of its facings unknown."""
    for attempt in range(number, number + _HARD, _APART):
        with suppress(StyleUnmet):
            return _photo(catalogue, split, attempt, style, _UNKNOWN)
    raise ValueError(f"shelf {number} cannot be taken as its style asks")


def easy(catalogue: Catalogue, number: int) -> Photo:
    """The easy half of the evaluation."""
    return shelf(catalogue, "evaluation", number)


def hard(catalogue: Catalogue, number: int) -> Photo:
    """The hard half: over 100 facings from the side, many hidden in part, about a third of them unknown.

    Photos are taken until the share of unknowns is near enough: whole runs stand side by side, so chance moves it far.
    """
    if not 0 <= number < _APART:
        raise ValueError(f"hard shelf number {number} would run into another's second try")
    for attempt in range(_HARD, _SPAN, _APART):
        with suppress(StyleUnmet):
            photo = _hard_photo(catalogue, number + attempt)
            unknown = sum(facing.sku is None for facing in photo.facings)
            if abs(unknown / len(photo.facings) - 1 / 3) <= _NEAR_ENOUGH:
                return photo
    raise ValueError(f"no hard shelf {number} has a third of unknown facings")


def _hard_photo(catalogue: Catalogue, number: int) -> Photo:
    style = hard_style(np.random.default_rng([_seed(catalogue, "evaluation", number), 3]))
    return _photo(catalogue, "evaluation", number, style, _UNKNOWN_WHEN_HARD)


def _photo(catalogue: Catalogue, split: Split, number: int, style: Style | None, unknown: tuple[float, float]) -> Photo:
    seed = _seed(catalogue, split, number)
    rng = np.random.default_rng([seed, 1])
    known, rivals = _assortment(catalogue, rng, share := float(rng.uniform(*unknown)), named=split == "evaluation")
    each = share / (1 - share) * len(known) / len(rivals)
    return take_photo(seed, [*known, *rivals], style, [1.0] * len(known) + [each] * len(rivals))


def _seed(catalogue: Catalogue, split: Split, number: int) -> int:
    if not 0 <= number < _SPAN:
        raise ValueError(f"shelf number {number} would run into the next split")
    return catalogues().index(catalogue) * _NEXT_BRAND + _FIRST_SEED[split] + number


def _assortment(catalogue: Catalogue, rng: Rng, unknown: float, named: bool) -> tuple[list[Product], list[Product]]:
    """Seven or more SKUs, and rivals in about the proportion wanted.

    Rivals are invented for this shelf alone; with `named`, the brands that no training shelf shows join them.
    """
    known = _some(catalogue.products, rng, int(rng.integers(7, len(catalogue.products) + 1)))
    wanted = max(2, round(len(known) * unknown / (1 - unknown)))
    rivals = _some(catalogue.rivals, rng, (wanted + 1) // 2) if named else []
    invented = invent_designs(rng, wanted - len(rivals), catalogue.rival_kinds)
    return known, [*rivals, *(Product(design) for design in invented)]


def _some(products: tuple[Product, ...], rng: Rng, count: int) -> list[Product]:
    return [products[k] for k in rng.permutation(len(products))[:count]]
