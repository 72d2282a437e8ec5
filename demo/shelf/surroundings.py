"""What is to be seen beyond the furniture: floor, ceiling, the rest of the aisle. No product stands there."""

import cv2
import numpy as np

from demo.design import Colour
from demo.shelf.camera import Rect
from demo.shelf.canvas import Canvas, Pixels
from demo.shelf.style import Rng, Style

_FLOORS: tuple[Colour, ...] = ((188, 182, 172), (150, 150, 152), (204, 200, 194), (120, 96, 74), (96, 98, 100))
_FRAME = 40.0


def paint_surroundings(canvas: Canvas, rect: Rect, style: Style, rng: Rng) -> None:
    """Everything outside the furniture; the furniture itself stays black."""
    if not any(style.fixture.ends):
        return
    height, width = canvas.image.shape[:2]
    canvas.image[:] = _haze(height, width, rng)
    if style.fixture.kind != "gondola":
        canvas.image[:] = canvas.image // 4 + np.uint8(rng.integers(5, 60))
    _floor(canvas, rect, rng)
    _frame(canvas, rect, style)


def _haze(height: int, width: int, rng: Rng) -> Pixels:
    """The far side of the aisle, out of focus: blocks of colour below a bright ceiling."""
    coarse = np.empty((24, 32, 3), np.float32)
    coarse[:] = rng.uniform(70, 210, 3) * 0.3 + 100
    for _ in range(int(rng.integers(3, 40))):
        y, x = int(rng.integers(4, 22)), int(rng.integers(0, 30))
        coarse[y : y + int(rng.integers(1, 8)), x : x + int(rng.integers(1, 8))] = rng.uniform(20, 235, 3)
    coarse[: int(rng.integers(2, 7))] = rng.uniform(140, 250)
    soft = cv2.GaussianBlur(coarse, (0, 0), float(rng.uniform(0.4, 1.4)))
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 255), np.uint8)


def _floor(canvas: Canvas, rect: Rect, rng: Rng) -> None:
    rows, _ = canvas.part((-1e6, rect[3], 1e6, 1e6))
    count = canvas.image.shape[0] - rows.start
    if count <= 0 or not rng.random() < 0.9:
        return
    colour = np.array(_FLOORS[int(rng.integers(len(_FLOORS)))], np.float32)
    light = np.linspace(0.45, 1.05, count, dtype=np.float32)
    canvas.image[rows.start :] = (colour * light[:, None]).clip(0, 255).astype(np.uint8)[:, None]
    for k in range(1, 6):
        y = rows.start + int(count * (k / 6) ** 1.6)
        cv2.line(canvas.image, (0, y), (canvas.image.shape[1], y), (colour * 0.7).tolist(), 1, cv2.LINE_AA)


def _frame(canvas: Canvas, rect: Rect, style: Style) -> None:
    """End panels, header and foot of the furniture."""
    wide = _FRAME if style.fixture.kind == "gondola" else 1.6 * _FRAME
    colour = style.fixture.edge if style.fixture.kind == "gondola" else (30, 30, 32)
    x1, y1, x2, y2 = rect
    canvas.fill((x1 - wide, y1 - wide, x2 + wide, y2 + 2 * wide), colour)


def lamps(canvas: Canvas, rect: Rect, rng: Rng) -> None:
    """A lamp below the header of a fridge."""
    x, y = canvas.at(float(rng.uniform(rect[0], rect[2])), rect[1] + 30)
    glow = np.zeros(canvas.image.shape[:2], np.uint8)
    cv2.ellipse(glow, (x, y), (max(2, round(canvas.px(60))), max(2, round(canvas.px(22)))), 0, 0, 360, 255, -1)
    part = canvas.part((rect[0], rect[1] - 60, rect[2], rect[1] + 260))
    soft = cv2.GaussianBlur(glow[part], (0, 0), max(1.0, canvas.px(26)))
    canvas.image[part] = cv2.add(canvas.image[part], cv2.merge([soft] * 3))
