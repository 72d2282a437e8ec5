"""One call from a seed to a shelf photo and the truth about it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.design import Design, Product
from demo.shelf.arrange import Row, Standing, arrange
from demo.shelf.camera import Matrix, photograph, seen_box, viewpoint
from demo.shelf.paint import paint
from demo.shelf.planogram import Plan, stock
from demo.shelf.style import Rng, Style, random_style

Box = tuple[float, float, float, float]
_LEAST_SEEN = 0.35


@dataclass(frozen=True)
class Facing:
    """The truth about one product in a photo: x1, y1, x2, y2 in pixels, inside the image."""

    box: Box
    sku: str | None
    design: Design
    row: int


@dataclass(frozen=True)
class Photo:
    """RGB uint8 [height, width, 3] and every facing of which enough is in view."""

    image: NDArray[np.uint8]
    facings: tuple[Facing, ...]


def take_photo(seed: int, products: Sequence[Product], style: Style | None = None) -> Photo:
    """Equal arguments give an equal photo."""
    rng = np.random.default_rng(seed)
    style = style or random_style(rng)
    return _expose(arrange(products, style, rng), style, rng)


def take_planned_photo(seed: int, plan: Plan, style: Style) -> Photo:
    """A photo of a shelf that was stocked to a plan."""
    rng = np.random.default_rng(seed)
    return _expose(stock(plan, style, rng), style, rng)


def _expose(rows: list[Row], style: Style, rng: Rng) -> Photo:
    canvas = paint(rows, style, rng)
    matrix = viewpoint(style, rng)
    image = photograph(canvas, matrix, style, rng)
    return Photo(image, tuple(_truth(rows, matrix, style)))


def _truth(rows: list[Row], matrix: Matrix, style: Style) -> list[Facing]:
    facings: list[Facing] = []
    for number, row in enumerate(rows):
        for standing in row.standing:
            box = _clipped(seen_box(matrix, _outer(standing)), style)
            if box:
                facings.append(Facing(box, standing.product.sku, standing.product.design, number))
    return facings


def _outer(standing: Standing) -> Box:
    return standing.left, standing.floor - standing.height, standing.left + standing.width, standing.floor


def _clipped(box: Box, style: Style) -> Box | None:
    x1, y1, x2, y2 = max(0.0, box[0]), max(0.0, box[1]), min(style.width, box[2]), min(style.height, box[3])
    whole = (box[2] - box[0]) * (box[3] - box[1])
    if x2 - x1 < 4 or y2 - y1 < 4 or (x2 - x1) * (y2 - y1) < _LEAST_SEEN * whole:
        return None
    return x1, y1, x2, y2
