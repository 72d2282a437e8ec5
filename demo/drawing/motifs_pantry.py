"""More pictures on labels: scents of soaps and what snacks taste of, drawn like the fruit in motifs."""

import math
from collections.abc import Mapping

from demo.design import Colour
from demo.drawing.motifs import Motif, Pen, ball, disc, leaf, shade

_STEM: Colour = (70, 120, 52)


def _rose(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    for angle in (3.6, 5.8):
        leaf(pen, x, y + 0.2 * r, 1.05 * r, angle)
    for k in range(7):
        size, angle = (0.8 - 0.1 * k) * r, 2.4 * k
        tone = shade(colour, 0.72 + 0.09 * k)
        disc(pen, x + 0.14 * r * math.cos(angle), y + 0.14 * r * math.sin(angle), size, size, tone)


def _lavender(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    for lean in (-0.42, 0.0, 0.42):
        pen.line((x, y + r, x + lean * r, y - 0.5 * r), _STEM, max(2, int(r / 14)))
        for k in range(6):
            at = 0.2 - 0.22 * k
            for side in (-1, 1):
                bud = x + lean * r * (0.7 - 0.6 * at) + side * 0.1 * r
                disc(pen, bud, y + at * r, 0.13 * r, 0.1 * r, shade(colour, 0.8 + 0.08 * k))


def _aloe(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    for k, angle in enumerate((0.35, 2.8, 0.75, 2.4, 1.15, 2.0, 1.57)):
        tip = (x + 1.05 * r * math.cos(angle), y + 0.75 * r - 1.6 * r * math.sin(angle))
        foot = 0.2 * r
        pen.polygon(((x - foot, y + 0.75 * r), tip, (x + foot, y + 0.75 * r)), shade(colour, 0.72 + 0.09 * k))


def _almond(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    for dx, dy, angle in ((-0.4, 0.2, 0.7), (0.35, 0.25, 2.3), (0.0, -0.35, 1.5)):
        tail = (x + (dx - 0.5 * math.cos(angle)) * r, y + (dy + 0.5 * math.sin(angle)) * r)
        leaf(pen, *tail, 1.1 * r, angle, shade(colour, 0.66))
        leaf(pen, tail[0], tail[1] - 0.06 * r, 1.0 * r, angle, colour)


def _crisp(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    for dx, dy, size in ((-0.42, -0.25, 0.58), (0.42, -0.15, 0.56), (-0.1, 0.36, 0.66)):
        cx, cy = x + dx * r, y + dy * r
        disc(pen, cx, cy, size * r, 0.74 * size * r, (190, 122, 30))
        disc(pen, cx - 0.03 * r, cy - 0.04 * r, 0.94 * size * r, 0.67 * size * r, (246, 206, 104))
        disc(pen, cx + 0.1 * r, cy + 0.06 * r, 0.56 * size * r, 0.34 * size * r, (232, 176, 70))
        disc(pen, cx - 0.2 * r, cy - 0.14 * r, 0.2 * size * r, 0.1 * size * r, (255, 238, 180))
    for k in range(6):
        disc(pen, x + (k % 3 - 1) * 0.5 * r, y + (k // 3 - 0.4) * 0.5 * r, 0.035 * r, 0.035 * r, shade(colour, 0.6))


def _cheese(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    pen.polygon(((x - r, y), (x + 0.9 * r, y - 0.6 * r), (x + 0.9 * r, y), (x - r, y + 0.1 * r)), (255, 226, 120))
    pen.polygon(((x - r, y), (x + 0.9 * r, y), (x + 0.9 * r, y + 0.65 * r), (x - r, y + 0.65 * r)), (248, 190, 50))
    for dx, dy, size in ((-0.5, 0.3, 0.17), (0.1, 0.42, 0.13), (0.5, 0.22, 0.15), (0.45, -0.24, 0.1)):
        disc(pen, x + dx * r, y + dy * r, size * r, size * r, shade(colour, 0.85))


def _tomato(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    ball(pen, x, y + 0.1 * r, 0.85 * r, colour)
    for k in range(5):
        leaf(pen, x, y - 0.62 * r, 0.5 * r, 0.2 + 0.7 * k)


def _chilli(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    red = colour if colour[0] > 120 else (214, 30, 28)
    for side in (-1, 1):
        curve = [(side * (0.1 + 0.75 * t**1.6) * r, (-0.6 + 1.5 * t) * r, 0.26 * (1 - t) ** 0.6) for t in _steps(14)]
        for dx, dy, half in curve:
            disc(pen, x + dx, y + dy, half * r, half * r, shade(red, 0.75 if side < 0 else 1.0))
        pen.line((x + side * 0.1 * r, y - 0.7 * r, x, y - r), _STEM, max(2, int(r / 9)))


def _steps(count: int) -> list[float]:
    return [k / (count - 1) for k in range(count)]


def _wheat(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    pen.line((x, y + r, x, y - 0.6 * r), shade(colour, 0.7), max(2, int(r / 12)))
    for k in range(5):
        for angle in (0.9, 2.24):
            leaf(pen, x, y + (0.45 - 0.3 * k) * r, 0.55 * r, angle, shade(colour, 0.85 + 0.1 * (k % 2)))
    leaf(pen, x, y - 0.5 * r, 0.5 * r, 1.57, colour)


def _biscuit(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    disc(pen, x, y, 0.95 * r, 0.95 * r, (166, 108, 46))
    disc(pen, x - 0.03 * r, y - 0.04 * r, 0.88 * r, 0.88 * r, (222, 170, 96))
    for k in range(9):
        spot = 0.55 * r * (k > 0)
        disc(pen, x + spot * math.cos(0.8 * k), y + spot * math.sin(0.8 * k), 0.1 * r, 0.1 * r, shade(colour, 0.5))


def _cup(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    pen.arc((x + 0.3 * r, y - 0.3 * r, x + r, y + 0.5 * r), 250, 100, fill=(236, 236, 232), width=max(2, int(r / 7)))
    pen.polygon(((x - 0.8 * r, y - 0.4 * r), (x + 0.6 * r, y - 0.4 * r), (x + 0.4 * r, y + 0.7 * r),
                 (x - 0.6 * r, y + 0.7 * r)), (244, 244, 240))  # fmt: skip
    disc(pen, x - 0.1 * r, y - 0.4 * r, 0.7 * r, 0.2 * r, shade(colour, 0.6))
    disc(pen, x - 0.1 * r, y + 0.72 * r, 0.8 * r, 0.12 * r, (222, 222, 218))


def _fish(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    pen.polygon(((x + 0.4 * r, y), (x + r, y - 0.45 * r), (x + r, y + 0.45 * r)), shade(colour, 0.7))
    disc(pen, x - 0.15 * r, y, 0.8 * r, 0.42 * r, shade(colour, 0.8))
    disc(pen, x - 0.15 * r, y - 0.06 * r, 0.74 * r, 0.32 * r, shade(colour, 1.2))
    disc(pen, x - 0.6 * r, y - 0.1 * r, 0.08 * r, 0.08 * r, (20, 20, 24))


PANTRY: Mapping[str, Motif] = {
    "rose": _rose, "lavender": _lavender, "aloe": _aloe, "almond": _almond, "crisp": _crisp, "cheese": _cheese,
    "tomato": _tomato, "chilli": _chilli, "wheat": _wheat, "biscuit": _biscuit, "cup": _cup, "fish": _fish,
}  # fmt: skip
