"""Shelf edges and what is fixed to them: rails, price tags, talkers, wobblers, banners; and hooks."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from demo.design import Colour
from demo.drawing.lettering import font, write
from demo.drawing.motifs import shade
from demo.shelf.arrange import Row
from demo.shelf.camera import Rect
from demo.shelf.canvas import NOBODY, Canvas, Pixels
from demo.shelf.style import Rng, Style

_PAPERS: tuple[tuple[Colour, Colour], ...] = (
    ((252, 252, 250), (30, 30, 34)), ((255, 226, 70), (30, 30, 34)), ((214, 30, 36), (255, 255, 255)),
    ((206, 212, 206), (40, 44, 40)), ((250, 250, 250), (200, 24, 30)),
)  # fmt: skip
_CENTS = ("25", "45", "49", "50", "75", "90", "95", "99")


def paint_board(canvas: Canvas, row: Row, rect: Rect, style: Style, rng: Rng) -> None:
    """The front edge below a row, with its rail in front of the products' feet."""
    thick, floor = style.fixture.edge_mm, row.floor
    _rail(canvas, row, rect, style, rng)
    canvas.fill((rect[0], floor, rect[2], floor + thick), style.fixture.edge)
    canvas.fill((rect[0], floor, rect[2], floor + 0.1 * thick), shade(style.fixture.edge, 1.15))
    canvas.fill((rect[0], floor + 0.88 * thick, rect[2], floor + thick), shade(style.fixture.edge, 0.55))
    if rng.random() < 0.3:
        canvas.fill((rect[0], floor + 0.3 * thick, rect[2], floor + 0.36 * thick), shade(style.fixture.edge, 0.8))
    _tags(canvas, row, style, rng)
    _signs(canvas, row, rect, style, rng)


def _rail(canvas: Canvas, row: Row, rect: Rect, style: Style, rng: Rng) -> None:
    lip = style.fixture.lip_mm
    if not lip:
        return
    if rng.random() < 0.5:
        wires = [row.floor - lip, row.floor - 0.5 * lip]
        for y in wires:
            canvas.fill((rect[0], y - 2, rect[2], y + 2), (176, 178, 180))
    else:
        part = canvas.part((rect[0], row.floor - lip, rect[2], row.floor))
        canvas.image[part] = canvas.image[part] // 4 * 3 + 56


def _tags(canvas: Canvas, row: Row, style: Style, rng: Rng) -> None:
    """One below every run of equal products; the paper is the same along a row, but for offers."""
    thick, usual, last = style.fixture.edge_mm, int(rng.choice([0, 0, 0, 1, 3, 4])), -1e9
    height, item = min(thick, 42) * float(rng.uniform(0.7, 1.25)), None
    for standing in row.standing:
        if standing.item != item and standing.left - last > 45 and rng.random() < style.fixture.tags:
            paper = int(rng.integers(5)) if rng.random() < 0.1 else usual
            label = _tag(paper, int(rng.integers(900)), max(3, round(canvas.px(height))))
            x, y = canvas.at(standing.left + float(rng.uniform(0, 0.4)) * standing.width, row.floor + 0.12 * thick)
            canvas.paste(label, x, y, NOBODY)
            item, last = standing.item, standing.left


@lru_cache(maxsize=256)
def _tag(paper: int, number: int, height: int) -> Pixels:
    ground, ink = _PAPERS[paper]
    width = round(height * (1.4 + 0.15 * (number % 7)))
    sheet = Image.new("RGBA", (width, height), (*ground, 255))
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((0, 0, width - 1, height - 1), outline=(*shade(ground, 0.62), 255))
    if height > 8:
        price = f"{number % 10}.{_CENTS[number // 10 % 8]}"
        pen.text((0.62 * width, 0.58 * height), price, ink, font("Spartan", int(0.52 * height)), "mm")
    for k in range(6):
        bar = (0.06 + 0.035 * k) * width
        pen.line((bar, 0.55 * height, bar, 0.88 * height), fill=shade(ink, 1.5), width=1 + k % 2)
    pen.line((0.08 * width, 0.2 * height, 0.7 * width, 0.2 * height), fill=shade(ink, 1.6), width=max(1, height // 14))
    return np.asarray(sheet)


def _signs(canvas: Canvas, row: Row, rect: Rect, style: Style, rng: Rng) -> None:
    """Offers that hang from the edge or stick up before the products."""
    for _ in range(int(rng.poisson(style.fixture.signs * (rect[2] - rect[0]) / 1000))):
        round_one = rng.random() < 0.35
        width = float(rng.uniform(60, 110) if round_one else rng.uniform(70, 220))
        height = width if round_one else float(rng.uniform(45, 110))
        size = max(6, round(canvas.px(width))), max(6, round(canvas.px(height)))
        up = float(rng.choice([0.0, 0.35, 0.8])) * height
        x, y = canvas.at(float(rng.uniform(rect[0], rect[2])), row.floor + 0.2 * style.fixture.edge_mm - up)
        canvas.paste(_sign(size, round_one, rng), x, y, NOBODY)


def _sign(size: tuple[int, int], round_one: bool, rng: Rng) -> Pixels:
    """Loud colours and a few words, none of them a product."""
    ground, ink = _PAPERS[int(rng.choice([0, 1, 1, 2, 2, 4]))]
    if rng.random() < 0.3:
        ground = tuple(rng.integers(20, 255, 3).tolist())
    sheet = Image.new("RGBA", size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(sheet)
    outline = (0, 0, size[0] - 1, size[1] - 1)
    pen.ellipse(outline, (*ground, 255)) if round_one else pen.rectangle(outline, (*ground, 255))
    words = str(rng.choice(["SALE", "-30%", "2 FOR 1", "NEW", "OFFER", "خصم", "عرض", "1.99", "-50%"]))
    if size[1] > 14:
        write(sheet, words, "SansBold", (size[0] / 2, size[1] / 2), (0.8 * size[0], 0.55 * size[1]), ink)
    return np.asarray(sheet)


def paint_hooks(canvas: Canvas, row: Row, rng: Rng) -> None:
    """Bags hang from steel hooks, some with a tag at the tip."""
    tagged = rng.random() < 0.5
    for standing in row.standing:
        x, y = standing.left + standing.width / 2, standing.floor - standing.height
        canvas.fill((x - 2.5, y - 4, x + 2.5, y + 12), (182, 184, 188))
        if tagged:
            label = _tag(0, int(rng.integers(900)), max(3, round(canvas.px(22))))
            canvas.paste(label, *canvas.at(x - 16, y - 2), NOBODY)
