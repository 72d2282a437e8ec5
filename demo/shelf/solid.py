"""The sides and tops of boxes that are seen from beside or from above."""

import numpy as np

from demo.design import Colour
from demo.shelf.arrange import Standing
from demo.shelf.camera import View
from demo.shelf.canvas import Canvas
from demo.shelf.items import Pixels

ROUND = {"bottle", "glass", "can", "slim_can", "jar", "cup", "pump", "tube"}
BOXES = {"box", "brick", "case", "can_pack", "photo"}
_LEAST = 2.0


def paint_sides(canvas: Canvas, standing: Standing, drawn: Pixels, view: View, owner: int) -> None:
    """What shows of a product besides its front, before the front is laid over it."""
    if standing.item.kind in BOXES:
        _block(canvas, standing, drawn, view, owner)


def _corners(standing: Standing, view: View, thick: float) -> tuple[float, float, float, float]:
    x1, y1 = view.behind(standing.left, standing.floor - standing.height, standing.depth + thick)
    x2, y2 = view.behind(standing.left + standing.width, standing.floor, standing.depth + thick)
    return x1, y1, x2, y2


def _block(canvas: Canvas, standing: Standing, drawn: Pixels, view: View, owner: int) -> None:
    thick = min(max(0.45 * min(standing.width, standing.height), 25), 110)
    x1, y1, x2, y2 = _corners(standing, view, 0)
    u1, v1, u2, v2 = _corners(standing, view, thick)
    if (y1 - v1) * canvas.scale > _LEAST:
        canvas.polygon([(x1, y1), (x2, y1), (u2, v1), (u1, v1)], _mean(drawn[:4], 1.06), owner)
    if (u2 - x2) * canvas.scale > _LEAST:
        canvas.polygon([(x2, y1), (x2, y2), (u2, v2), (u2, v1)], _mean(drawn[:, -6:], 0.62), owner)
    if (x1 - u1) * canvas.scale > _LEAST:
        canvas.polygon([(x1, y1), (x1, y2), (u1, v2), (u1, v1)], _mean(drawn[:, :6], 0.74), owner)


def _mean(edge: Pixels, light: float) -> Colour:
    solid = edge[edge[..., 3] > 200][:, :3]
    red, green, blue = np.clip(solid.mean(axis=0) * light, 0, 255).astype(int).tolist() if len(solid) else (90, 90, 90)
    return red, green, blue
