"""The room between two boards: back wall, floor and ceiling in perspective, and how light falls into it."""

import numpy as np

from demo.design import Colour
from demo.shelf.arrange import Row
from demo.shelf.camera import Rect, View
from demo.shelf.canvas import NOBODY, Canvas
from demo.shelf.style import Style


def paint_bay(strip: Canvas, row: Row, rect: Rect, view: View, style: Style) -> None:
    """Back wall, then whatever of the shelf's floor, ceiling and end walls the camera sees."""
    x1, x2, dim = rect[0], rect[2], 1 - 0.75 * style.exposure.dark
    depth = 15.0 if row.hung else style.fixture.depth_mm
    u1, v1 = view.behind(x1, row.ceiling, depth)
    u2, v2 = view.behind(x2, row.floor, depth)
    strip.fill((x1, row.ceiling, x2, row.floor), _times(style.fixture.back, dim))
    _pattern(strip, row, rect, style, dim)
    if v2 < row.floor:
        strip.polygon(
            [(x1, row.floor), (x2, row.floor), (u2, v2), (u1, v2)], _times(style.fixture.edge, 0.35 + 0.5 * dim), NOBODY
        )  # noqa: E501
    if v1 > row.ceiling:
        strip.polygon(
            [(x1, row.ceiling), (x2, row.ceiling), (u2, v1), (u1, v1)], _times(style.fixture.edge, 0.5 * dim), NOBODY
        )  # noqa: E501
    if u1 > x1:
        strip.polygon(
            [(x1, row.ceiling), (u1, v1), (u1, v2), (x1, row.floor)], _times(style.fixture.back, 0.7 * dim), NOBODY
        )  # noqa: E501
    if u2 < x2:
        strip.polygon(
            [(x2, row.ceiling), (u2, v1), (u2, v2), (x2, row.floor)], _times(style.fixture.back, 0.7 * dim), NOBODY
        )  # noqa: E501


def _times(colour: Colour, light: float) -> Colour:
    return int(min(255, colour[0] * light)), int(min(255, colour[1] * light)), int(min(255, colour[2] * light))


def _pattern(strip: Canvas, row: Row, rect: Rect, style: Style, dim: float) -> None:
    """Holes or slats in the back wall."""
    dark = _times(style.fixture.back, 0.55 * dim)
    if style.fixture.holes == 1 and strip.px(5) >= 1:
        for y in np.arange(row.ceiling + 12, row.floor, 25):
            (rows, _), (first, _) = strip.part((rect[0], y, rect[2], y + 5)), strip.at(rect[0], y)
            for k in range(max(1, round(strip.px(5)))):
                strip.image[rows, max(0, first) + k : max(0, strip.at(rect[2], y)[0]) : max(4, round(strip.px(25)))] = (
                    dark  # noqa: E501
                )
    if style.fixture.holes == 2:
        for y in np.arange(row.ceiling + 40, row.floor, 75):
            strip.fill((rect[0], y, rect[2], y + 4), dark)


def shade_row(strip: Canvas, row: Row, style: Style) -> None:
    """The board above takes light from the tops of the products; fridges are lit from inside instead."""
    height = strip.image.shape[0]
    depth = (np.arange(height, dtype=np.float32) / max(1, strip.px(row.floor - row.ceiling)))[:, None]
    shadow = np.float32(style.exposure.shadow if style.fixture.kind == "gondola" else -0.1)
    light = 1 - shadow * np.exp(-depth * 4) - 0.1 * style.exposure.dark * np.maximum(0, depth - 0.9) * 5
    strip.darken((slice(None), slice(None)), np.asarray(light, np.float32))
