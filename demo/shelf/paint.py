"""Paints the plane of the shelf fronts, row by row: bay, stock behind, facings, board and what hangs on it."""

from dataclasses import replace

import cv2
import numpy as np

from demo.drawing.motifs import shade
from demo.shelf.arrange import Row, Standing
from demo.shelf.bay import paint_bay, shade_row
from demo.shelf.board import paint_board, paint_hooks
from demo.shelf.camera import Rect, View
from demo.shelf.canvas import NOBODY, Canvas
from demo.shelf.items import Look, Pixels, look, sprite
from demo.shelf.solid import BOXES, ROUND, paint_sides
from demo.shelf.style import Rng, Style

_REAR_LIGHT = 0.62
_SHEET = 30.0


def paint(canvas: Canvas, rows: list[Row], rect: Rect, view: View, style: Style, rng: Rng) -> None:
    """rect: the furniture on the plane. Facing k of all rows together owns its pixels as k + 1."""
    canvas.fill(rect, shade(style.fixture.edge, 0.7))
    first = 1
    for row in rows:
        _paint_row(_strip(canvas, row), row, rect, view, style, rng, first)
        first += len(row.standing)
    for row in rows:
        paint_hooks(canvas, row, rng) if row.hung else paint_board(canvas, row, rect, style, rng)


def _strip(canvas: Canvas, row: Row) -> Canvas:
    """The canvas between a row's ceiling and floor: nothing of the row shows beyond its boards."""
    top, bottom = max(0, canvas.at(0, row.ceiling)[1]), max(0, canvas.at(0, row.floor)[1] + 1)
    origin = canvas.origin[0], canvas.origin[1] + top / canvas.scale
    return Canvas(canvas.image[top:bottom], canvas.owner[top:bottom], canvas.scale, origin)


def _paint_row(strip: Canvas, row: Row, rect: Rect, view: View, style: Style, rng: Rng, first: int) -> None:
    if not strip.image.size:
        return
    paint_bay(strip, row, rect, view, style)
    numbered = sorted(enumerate(row.standing, first), key=lambda pair: _distance(pair[1], view))
    for _, standing in numbered:
        if standing.level == 0 and not standing.lying and not row.hung and rng.random() < style.stocking.rear:
            _paint_rear(strip, standing, view, style)
    for owner, standing in numbered:
        light = float(rng.uniform(0.88, 1.05)) * (1 - min(0.5, standing.depth / 450) * style.exposure.dark)
        _put(strip, standing, view, light, owner)
    shade_row(strip, row, style)


def _distance(standing: Standing, view: View) -> tuple[int, float, int]:
    """Sorts the farthest first."""
    aside = abs(standing.left + standing.width / 2 - view.eye[0])
    return -round(standing.depth / _SHEET), -round(aside), standing.level


def _paint_rear(strip: Canvas, standing: Standing, view: View, style: Style) -> None:
    """The second and third of its kind, darker, mostly hidden by the first."""
    for place in (2, 1):
        depth = standing.depth + place * min(standing.width * 1.04, 150)
        light = _REAR_LIGHT * (1 - 0.35 * style.exposure.dark * place)
        _put(strip, replace(standing, depth=depth, lean=0.0, turn=0.0, variation=0), view, light, NOBODY)


def _put(canvas: Canvas, standing: Standing, view: View, light: float, owner: int) -> None:
    aside = (view.eye[0] - standing.left - standing.width / 2) / view.distance
    wide = min(1.5, float(np.hypot(1, aside))) if standing.item.kind in ROUND and not standing.lying else 1.0
    x, y = view.behind(standing.left + standing.width * (1 - wide) / 2, standing.floor, standing.depth)
    fine = view.shrink(standing.depth) * canvas.scale
    width, height = max(3, round(standing.width * wide * fine)), max(4, round(standing.height * fine))
    left, bottom = canvas.at(x, y)
    if left > canvas.image.shape[1] or left + width < 0:
        return
    drawn = sprite(standing.item, width, height, _look(standing, view, aside), standing.lying)
    drawn = np.asarray(cv2.multiply(drawn, (light, light, light, 1.0)), np.uint8)
    _lay(canvas, standing, drawn, (left, bottom), view, owner)


def _look(standing: Standing, view: View, aside: float) -> Look:
    """Round packs are drawn as seen from where the camera stands; a box's own sides and top are painted apart."""
    if standing.item.kind in BOXES or standing.lying:
        return look(0.4 * standing.turn, 0.0, standing.variation)
    above = (standing.floor - standing.height - view.eye[1]) / view.distance
    pitch = float(np.arctan(above)) if standing.item.kind in ROUND else 0.0
    return look(standing.turn + float(np.arctan(aside)), pitch, standing.variation)


def _lay(canvas: Canvas, standing: Standing, drawn: Pixels, at: tuple[int, int], view: View, owner: int) -> None:
    """at: the lower left corner in pixels."""
    (left, bottom), height = at, drawn.shape[0]
    if owner:
        _crevice(canvas, drawn, left, bottom - height)
    paint_sides(canvas, standing, drawn, view, owner)
    if abs(standing.lean) * height > 1:
        drawn, left, bottom = _leaning(drawn, standing.lean, left, bottom)
    canvas.paste(drawn, left, bottom - drawn.shape[0], owner)


def _crevice(canvas: Canvas, drawn: Pixels, x: int, y: int) -> None:
    """Little light falls between neighbours: a soft dark rim around the silhouette."""
    rim = max(2, drawn.shape[1] // 12)
    alpha = cv2.copyMakeBorder(drawn[..., 3] // 3, rim, 0, rim, rim, cv2.BORDER_CONSTANT)
    soft = cv2.blur(cv2.dilate(alpha, np.ones((1, rim), np.uint8)), (rim, rim))
    shade = np.zeros((*soft.shape, 4), np.uint8)
    shade[..., 3] = soft
    canvas.shade(shade, x - rim, y - rim)


def _leaning(drawn: Pixels, lean: float, left: int, bottom: int) -> tuple[Pixels, int, int]:
    """Turned about the corner it stands on."""
    height, width = drawn.shape[:2]
    side = int(abs(np.sin(lean)) * height) + 2
    drop = int(abs(np.sin(lean)) * width) + 2
    c, s = np.cos(lean), np.sin(lean)
    foot = width if lean > 0 else 0
    move = np.array([[c, -s, side + foot - c * foot + s * height], [s, c, drop + height - s * foot - c * height]])
    size = width + 2 * side, height + drop
    turned = cv2.warpAffine(drawn, move, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(turned, np.uint8), left - side, bottom
