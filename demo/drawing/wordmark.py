"""The brand's name as it stands on every pack: letters, mark and the shape behind them."""

import math
from functools import lru_cache

from PIL import Image, ImageDraw

from demo.design import Badge, Brand, Colour
from demo.drawing.lettering import write
from demo.drawing.motifs import shade
from demo.drawing.pictures import draw_motif

_FINE = 2
"""Drawn so many times larger, then averaged down: Pillow draws shapes without smoothing their edges."""


def put_wordmark(
    canvas: Image.Image, brand: Brand, centre: tuple[float, float], box: tuple[float, float], outlined: bool
) -> None:
    """Paste the brand around a centre. Outlined where ink and ground are too alike to be read."""
    mark = _wordmark(brand, int(box[0] * 1.06 * _FINE), int(box[1] * 1.25 * _FINE), outlined)
    canvas.paste(mark, (int(centre[0] - mark.width / 2), int(centre[1] - mark.height / 2)), mark)


@lru_cache(maxsize=64)
def _wordmark(brand: Brand, w: int, h: int, outlined: bool) -> Image.Image:
    sheet = Image.new("RGBA", (w, h), (*brand.badge_colour, 0))
    inner = _badge(sheet, brand.badge, brand.badge_colour)
    mark = 0.2 * w if w > 2.2 * h else 0.0
    if mark:
        draw_motif(sheet, brand.mark, (mark * 0.75, h / 2), min(mark * 0.42, 0.3 * h), brand.ink)
    outline = _contrast(brand.ink) if outlined else None
    # Stretching the word to a fixed box keeps long and short names equally readable on a small facing.
    box = ((w - 1.4 * mark) * inner, h * 0.62)
    write(sheet, brand.name, brand.font, (w / 2 + mark / 2, h / 2), box, brand.ink, outline=outline)
    turned = sheet.rotate(brand.tilt, Image.Resampling.BICUBIC, expand=True)
    return turned.reduce(_FINE)


def _contrast(ink: Colour) -> Colour:
    return (250, 250, 250) if sum(ink) < 380 else (30, 26, 34)


def _badge(sheet: Image.Image, badge: Badge, colour: Colour) -> float:  # noqa: C901 - one flat list of shapes
    """Draw the shape behind the brand; returns the share of its width that text may fill."""
    w, h = sheet.size
    pen = ImageDraw.Draw(sheet)
    rim = shade(colour, 1.6)
    match badge:
        case "oval":
            pen.ellipse((0, 0, w - 1, h - 1), fill=colour, outline=rim, width=max(1, h // 24))
            return 0.86
        case "plate":
            pen.rounded_rectangle((0, 0.06 * h, w - 1, 0.94 * h), 0.25 * h, fill=colour)
            return 0.92
        case "ribbon":
            ends = ((0, 0.1), (1, 0.1), (0.94, 0.5), (1, 0.9), (0, 0.9), (0.06, 0.5))
            pen.polygon([(x * w, y * h) for x, y in ends], colour)
            return 0.84
        case "disc":
            r = min(w, h) / 2
            pen.ellipse((w / 2 - 1.2 * r, 0, w / 2 + 1.2 * r, h - 1), fill=colour)
            return 0.9
        case "shield":
            sides = ((0.04, 0.02), (0.96, 0.02), (0.96, 0.7), (0.5, 1.0), (0.04, 0.7))
            pen.polygon([(x * w, y * h) for x, y in sides], colour, rim, max(1, h // 30))
            return 0.84
        case "cloud":
            for k in range(5):
                x = (0.14 + 0.18 * k) * w
                r = h * (0.34 + 0.13 * math.sin(math.pi * k / 4))
                pen.ellipse((x - 0.2 * w, h / 2 - r, x + 0.2 * w, h / 2 + r), fill=colour)
            return 0.88
        case "flag":
            edge = [(w * k / 20, h * (0.12 + 0.06 * math.sin(k / 3))) for k in range(21)]
            pen.polygon([*edge, *((x, y + 0.72 * h) for x, y in reversed(edge))], colour)
            return 0.9
        case "none":
            return 0.96
