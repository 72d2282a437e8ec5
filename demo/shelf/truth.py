"""What of every facing can be seen in the photo: its box and its visible share, from the owner of each pixel."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects

from demo.design import Design
from demo.shelf.arrange import Row, Standing
from demo.shelf.camera import View
from demo.shelf.canvas import Owners
from demo.shelf.items import Look, sprite

Box = tuple[float, float, float, float]
LEAST_VISIBLE = 0.35
"""Facings of which less is visible are left out of `Photo.facings`; nobody would count them."""
_LEAST_SHOWN = 0.06
_LEAST_SIDE = 4


@dataclass(frozen=True)
class Facing:
    """The truth about one product in a photo.

    box: x1, y1, x2, y2 in pixels around the part that can be seen, inside the image.
    visible: 0 to 1, the share of its front's silhouette that is inside the image and hidden by nothing; a side or
    a lid in view makes up for hidden front.
    design: None for a photo of a real product.
    """

    box: Box
    sku: str | None
    design: Design | None
    row: int
    visible: float = 1.0


def facings(rows: list[Row], owner: Owners, view: View) -> list[Facing]:
    """Every facing of which a few pixels are visible, in the order of the rows."""
    numbered = [(number, standing) for number, row in enumerate(rows) for standing in row.standing]
    if not numbered:
        return []
    places = find_objects(owner, len(numbered))
    seen = np.bincount(owner.ravel(), minlength=len(numbered) + 1)[1:]
    whole = _areas([standing for _, standing in numbered], view)
    found: list[Facing] = []
    for (number, standing), place, pixels, area in zip(numbered, places, seen, whole, strict=True):
        if place is None:
            continue
        (y1, y2), (x1, x2) = ((part.start, part.stop) for part in place)
        visible = float(min(1.0, pixels / max(area, 1.0)))
        if visible >= _LEAST_SHOWN and min(x2 - x1, y2 - y1) >= _LEAST_SIDE:
            box = float(x1), float(y1), float(x2), float(y2)
            found.append(Facing(box, standing.item.sku, standing.item.design, number, round(visible, 3)))
    return found


def _areas(standing: list[Standing], view: View) -> NDArray[np.float64]:
    """Pixels that each silhouette would cover if nothing hid it."""
    corners = np.array([_corners(one, view) for one in standing]).reshape(-1, 2)
    (x1, y1), (x2, y2), (x3, y3), (x4, y4) = view.project(corners).reshape(-1, 4, 2).transpose(1, 2, 0)
    quads = np.abs((x1 - x3) * (y2 - y4) - (x2 - x4) * (y1 - y3)) / 2
    return np.asarray(quads * np.array([_solidity(one) for one in standing]), np.float64)


def _corners(one: Standing, view: View) -> list[tuple[float, float]]:
    x1, y1 = view.behind(one.left, one.floor - one.height, one.depth)
    x2, y2 = view.behind(one.left + one.width, one.floor, one.depth)
    return [(x1, y1), (x2, y1), (x2, y2), (x1, y2)]


def _solidity(one: Standing) -> float:
    """The share of its upright rectangle that the silhouette covers."""
    alpha = sprite(one.item, 24, 48, Look(), one.lying)[..., 3]
    return float((alpha > 127).mean())
