"""Paints the flat scene: back wall, shelf boards with price tags, products with their shadows."""

import zlib
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from demo.design import Colour, Design
from demo.drawing.lettering import font
from demo.drawing.motifs import shade
from demo.drawing.packs import draw_product
from demo.shelf.arrange import Row, Standing
from demo.shelf.style import Rng, Style

Pixels = NDArray[np.uint8]
Layer = NDArray[np.float32]
_STEP = 0.16
"""Artwork is turned in steps of some radians, so that equal facings share one drawing."""


def paint(rows: list[Row], style: Style, rng: Rng) -> Pixels:
    """RGB [height, width, 3] of the shelf seen straight on."""
    canvas = np.empty((style.height, style.width, 3), np.uint8)
    canvas[:] = style.back
    for row in rows:
        _shade_bay(canvas, row)
    for row in rows:
        _behind(canvas, row, rng)
        for standing in row.standing:
            _put(canvas, standing, float(rng.uniform(0.9, 1.06)))
    sheet = Image.fromarray(canvas)
    for row in rows:
        _board(sheet, row, style, rng)
    return np.asarray(sheet)


def _shade_bay(canvas: Pixels, row: Row) -> None:
    """Under every shelf it is darker than at its front: light comes from the aisle above."""
    top, floor = max(0, int(row.ceiling)), min(canvas.shape[0], int(row.floor))
    if floor <= top:
        return
    depth = (np.arange(top, floor) - row.ceiling) / max(row.floor - row.ceiling, 1)
    light = 0.42 + 0.5 * np.minimum(1, depth / 0.55) - 0.22 * np.maximum(0, (depth - 0.8) / 0.2)
    canvas[top:floor] = (canvas[top:floor] * light[:, None, None]).astype(np.uint8)


def _behind(canvas: Pixels, row: Row, rng: Rng) -> None:
    """The second row of stock, darker and a little smaller, mostly hidden by the first."""
    for standing in row.standing:
        if standing.stacked or rng.random() < 0.25:
            continue
        w, h = standing.width * 0.94, standing.height * 0.94
        lift = 0.035 * standing.height
        back = Standing(standing.product, standing.left + 0.03 * standing.width, standing.floor - lift, w, h, 0.0)
        _put(canvas, back, 0.42)


@lru_cache(maxsize=400)
def _sprite(design: Design, width: int, height: int, step: int) -> Layer:
    """RGB times alpha, and alpha. Drawn larger, then averaged down: letters stay smooth on small facings."""
    drawn = draw_product(design, max(24, int(height * (2 if height < 220 else 1.3))), _STEP * step)
    alpha = drawn[..., 3:].astype(np.float32) / 255
    layer = np.concatenate([drawn[..., :3] * alpha, alpha], axis=2)
    return np.asarray(cv2.resize(layer, (width, height), interpolation=cv2.INTER_AREA), np.float32)


def _put(canvas: Pixels, standing: Standing, brightness: float) -> None:
    step = int(np.clip(round(standing.turn / _STEP), -2, 2))
    height, width = max(6, round(standing.height)), max(4, round(standing.width))
    x, y = round(standing.left), round(standing.floor) - height
    left, top = max(0, x), max(0, y)
    right, bottom = min(canvas.shape[1], x + width), min(canvas.shape[0], y + height)
    if right <= left or bottom <= top:
        return
    _contact_shadow(canvas, x, width, round(standing.floor))
    layer = _sprite(standing.product.design, width, height, step)
    part = layer[top - y : bottom - y, left - x : right - x]
    under = canvas[top:bottom, left:right]
    canvas[top:bottom, left:right] = np.clip(part[..., :3] * brightness + under * (1 - part[..., 3:]), 0, 255)


def _contact_shadow(canvas: Pixels, x: int, width: int, floor: int) -> None:
    """What stands on the board darkens the wall beside its foot a little."""
    reach = max(2, width // 9)
    for grow, light in ((reach, 0.94), (reach // 2, 0.86)):
        left, right = max(0, x - grow), min(canvas.shape[1], x + width + grow)
        top, bottom = max(0, floor - grow), min(canvas.shape[0], floor + 1)
        if right > left and bottom > top:
            canvas[top:bottom, left:right] = (canvas[top:bottom, left:right] * light).astype(np.uint8)


def _board(sheet: Image.Image, row: Row, style: Style, rng: Rng) -> None:
    scale = style.width / style.view_mm
    top, thick = row.floor, style.edge_mm * scale
    if top > sheet.height:
        return
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((0, top, sheet.width, top + thick), fill=style.edge)
    pen.rectangle((0, top, sheet.width, top + 0.12 * thick), fill=shade(style.edge, 1.3))
    pen.rectangle((0, top + 0.9 * thick, sheet.width, top + 1.02 * thick), fill=shade(style.edge, 0.6))
    tagged, last = None, -1e9
    for standing in row.standing:
        if standing.product != tagged and standing.left - last > 70 * scale and rng.random() < 0.9:
            _tag(pen, standing.left + 0.12 * standing.width, top + 0.12 * thick, thick * 0.74, standing.product.design)
            tagged, last = standing.product, standing.left


def _tag(pen: ImageDraw.ImageDraw, x: float, y: float, height: float, design: Design) -> None:
    """A price tag; the same product has the same price on every shelf."""
    digest = zlib.crc32(repr(design).encode())
    width = height * 1.75
    paper: Colour = (255, 226, 70) if digest % 7 == 0 else (252, 252, 250)
    pen.rectangle((x, y, x + width, y + height), fill=paper, outline=(150, 150, 150))
    price = f"{digest // 7 % 9}.{('25', '45', '50', '75', '90', '95')[digest // 63 % 6]}"
    if height > 9:
        pen.text((x + 0.62 * width, y + 0.45 * height), price, (30, 30, 34), font("Spartan", int(0.52 * height)), "mm")
    for k in range(6):
        bar = x + (0.06 + 0.035 * k) * width
        pen.line((bar, y + 0.55 * height, bar, y + 0.88 * height), fill=(60, 60, 60), width=1 + k % 2)
