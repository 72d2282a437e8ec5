"""One call from a seed to a shelf photo and the truth about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.design import Product
from demo.shelf.arrange import Row, arrange
from demo.shelf.camera import Rect, View, aim, window
from demo.shelf.canvas import Canvas, Owners, Pixels, blank
from demo.shelf.exposure import expose
from demo.shelf.foreground import put_in_front
from demo.shelf.items import Drawn, Item
from demo.shelf.moods import random_style
from demo.shelf.paint import paint
from demo.shelf.planogram import Plan, stock
from demo.shelf.style import Rng, Style
from demo.shelf.surroundings import lamps, paint_surroundings
from demo.shelf.truth import LEAST_VISIBLE, Facing, facings

__all__ = ["Facing", "Photo", "StyleUnmet", "take_photo", "take_photo_of", "take_planned_photo"]
OCCLUDED = 0.7
"""A facing of which no more is visible counts as occluded."""
_ATTEMPTS = 12
_SPARE = 0.06
"""Some of those in view turn out to be hidden, and some at the edge to be seen."""


class StyleUnmet(ValueError):
    """No photo of this seed has what its style asks for: another seed will."""


Arranger = Callable[[Style, View, Rect, Rng], list[Row]]


@dataclass(frozen=True)
class Photo:
    """RGB uint8 [height, width, 3], every facing of which enough is in view, and those of which too little is.

    `hidden` facings are neither products to be found nor mistakes when found.
    """

    image: NDArray[np.uint8]
    facings: tuple[Facing, ...]
    hidden: tuple[Facing, ...] = ()


def take_photo(
    seed: int, products: Sequence[Product], style: Style | None = None, weights: Sequence[float] | None = None
) -> Photo:
    """Equal arguments give an equal photo. weights: how often each product is put on the shelf, relatively."""
    return take_photo_of(seed, [Drawn(product) for product in products], style, weights)


def take_photo_of(
    seed: int, items: Sequence[Item], style: Style | None = None, weights: Sequence[float] | None = None
) -> Photo:
    """Like take_photo, for anything that can stand on a shelf.

    Drawn again, deterministically, until the style's demands are met. Raises StyleUnmet if they never are.
    """
    shares = list(weights) if weights is not None else [1.0] * len(items)
    style = style or random_style(np.random.default_rng([seed, 1]))
    for attempt in range(_ATTEMPTS):
        rng = np.random.default_rng([seed, 2, attempt])
        style, view, rect, rows = _fitting(style, lambda *given: arrange(items, shares, *given), rng)
        photo = _taken(rows, rect, view, style, rng)
        if _meets(photo, style):
            return photo
        style = _corrected(style, photo)
    raise StyleUnmet(f"no photo of seed {seed} meets the style's demands")


def take_planned_photo(seed: int, plan: Plan, style: Style) -> Photo:
    """A photo of a shelf that was stocked to a plan."""
    rng = np.random.default_rng(seed)
    view = aim(style)
    return _taken(stock(plan, style, rng), _furniture(window(view), style), view, style, rng)


def _fitting(style: Style, fill: Arranger, rng: Rng) -> tuple[Style, View, Rect, list[Row]]:
    """The style with its view widened or narrowed until it holds the wanted number of facings."""
    low, high = style.facings[0] * (1 + _SPARE), style.facings[1] * (1 - _SPARE)
    for _ in range(_ATTEMPTS):
        view = aim(style)
        rect = _furniture(window(view), style)
        rows = fill(style, view, rect, rng)
        count = _in_view(rows, view)
        if low <= count <= high:
            break
        wanted = 1.15 * low if count < low else 0.85 * high
        style = replace(style, view_mm=style.view_mm * float(np.clip((wanted / max(count, 1)) ** 0.5, 0.5, 1.6)))
    return style, view, rect, rows


def _furniture(seen: Rect, style: Style) -> Rect:
    """The furniture's front on the plane: a little beyond the view, or short of it where its end is shown."""
    (x1, y1, x2, y2), (left, top, right, bottom) = seen, style.fixture.ends
    w, h = x2 - x1, y2 - y1
    return (x1 + left * w if left else x1 - 60, y1 + top * h if top else y1, x2 - right * w if right else x2 + 60,
            y2 - bottom * h if bottom else y2)  # fmt: skip


def _in_view(rows: list[Row], view: View) -> int:
    middles = np.array([(s.left + s.width / 2, s.floor - s.height / 2) for row in rows for s in row.standing])
    if not len(middles):
        return 0
    points = view.project(middles)
    return int(((points > 0) & (points < np.array(view.size))).all(axis=1).sum())


def _taken(rows: list[Row], rect: Rect, view: View, style: Style, rng: Rng) -> Photo:
    image, owner = _through_lens(_painted(rows, rect, view, style, rng), view)
    put_in_front(image, owner, style, rng)
    found = facings(rows, owner, view)
    enough = tuple(facing for facing in found if facing.visible >= LEAST_VISIBLE)
    hidden = tuple(facing for facing in found if facing.visible < LEAST_VISIBLE)
    return Photo(expose(image, style, rng), enough, hidden)


def _painted(rows: list[Row], rect: Rect, view: View, style: Style, rng: Rng) -> Canvas:
    canvas = blank(view, window(view), style.width / style.view_mm)
    paint_surroundings(canvas, rect, style, rng)
    paint(canvas, rows, rect, view, style, rng)
    if style.fixture.kind != "gondola":
        lamps(canvas, rect, rng)
    return canvas


def _through_lens(canvas: Canvas, view: View) -> tuple[Pixels, Owners]:
    x, y = view.plane_grid()
    x, y = (x - canvas.origin[0]) * canvas.scale - 0.5, (y - canvas.origin[1]) * canvas.scale - 0.5
    image = cv2.remap(canvas.image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    owner = cv2.remap(canvas.owner, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(image, np.uint8), np.asarray(owner, np.uint16)


def _meets(photo: Photo, style: Style) -> bool:
    low, high = style.facings
    return low <= len(photo.facings) <= high and _occluded(photo) >= style.occluded


def _occluded(photo: Photo) -> float:
    return float(np.mean([facing.visible <= OCCLUDED for facing in photo.facings])) if photo.facings else 0.0


def _corrected(style: Style, photo: Photo) -> Style:
    """More or less in view where the count is off, more in front of each other where too few are occluded."""
    (low, high), count = style.facings, len(photo.facings)
    wider = 1.12 if count < low else 0.93 if count > high else 1.0
    crowd = min(1.0, style.stocking.crowd + (0.15 if _occluded(photo) < style.occluded else 0.0))
    return replace(style, view_mm=style.view_mm * wider, stocking=replace(style.stocking, crowd=crowd))
