"""The small pictures on labels: fruit and other signs of a flavour, drawn in a square."""

import math
from collections.abc import Callable, Mapping

from PIL import ImageDraw

from demo.design import Colour

Pen = ImageDraw.ImageDraw
Motif = Callable[[Pen, float, float, float, Colour], None]


def shade(colour: Colour, factor: float) -> Colour:
    """Darker below 1, towards white above 1."""
    if factor <= 1:
        return (int(colour[0] * factor), int(colour[1] * factor), int(colour[2] * factor))
    t = min(factor - 1, 1.0)
    return tuple(int(c + (255 - c) * t) for c in colour)  # type: ignore[return-value]


def disc(pen: Pen, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
    pen.ellipse((x - rx, y - ry, x + rx, y + ry), fill=colour)


def leaf(pen: Pen, x: float, y: float, r: float, angle: float, colour: Colour = (52, 128, 44)) -> None:
    tip = (x + r * math.cos(angle), y - r * math.sin(angle))
    edge = [(t, 0.3 * math.sin(math.pi * t**0.8)) for t in (0.0, 0.15, 0.35, 0.55, 0.75, 0.9, 1.0)]
    both = [*edge, *((t, -bulge) for t, bulge in reversed(edge))]
    across, along = math.sin(angle), math.cos(angle)
    pen.polygon([(x + r * (t * along + b * across), y + r * (b * along - t * across)) for t, b in both], colour)
    pen.line((x, y, *tip), shade(colour, 0.75), max(1, int(r / 14)))


def ball(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    disc(pen, x, y, r, r, shade(colour, 0.72))
    disc(pen, x - 0.06 * r, y - 0.06 * r, 0.9 * r, 0.9 * r, colour)
    disc(pen, x - 0.35 * r, y - 0.4 * r, 0.22 * r, 0.16 * r, shade(colour, 1.65))


def _apple(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    ball(pen, x - 0.28 * r, y, 0.72 * r, colour)
    ball(pen, x + 0.28 * r, y, 0.72 * r, colour)
    pen.line((x, y - 0.5 * r, x + 0.1 * r, y - r), fill=(90, 60, 30), width=max(2, int(r / 9)))
    leaf(pen, x + 0.08 * r, y - 0.8 * r, 0.7 * r, 0.4)


def _orange(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    ball(pen, x, y, 0.9 * r, colour)
    leaf(pen, x, y - 0.75 * r, 0.7 * r, 0.6)
    leaf(pen, x, y - 0.75 * r, 0.6 * r, 2.4)


def _slice(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    disc(pen, x, y, r, r, colour)
    disc(pen, x, y, 0.86 * r, 0.86 * r, shade(colour, 1.8))
    for k in range(8):
        pen.pieslice((x - 0.78 * r, y - 0.78 * r, x + 0.78 * r, y + 0.78 * r), k * 45 + 5, k * 45 + 40, fill=colour)


def _lemon(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    _slice(pen, x - 0.25 * r, y, 0.75 * r, colour)
    for angle in (0.2, 1.0, -0.6):
        leaf(pen, x + 0.35 * r, y, 0.75 * r, angle)


def _mango(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    disc(pen, x, y + 0.05 * r, 0.95 * r, 0.68 * r, shade(colour, 0.75))
    disc(pen, x - 0.08 * r, y, 0.85 * r, 0.58 * r, colour)
    disc(pen, x + 0.35 * r, y + 0.15 * r, 0.4 * r, 0.35 * r, (226, 92, 40))
    leaf(pen, x - 0.3 * r, y - 0.55 * r, 0.8 * r, 0.5)


def _pomegranate(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    ball(pen, x, y + 0.1 * r, 0.85 * r, colour)
    pen.polygon([(x + dx * r, y - dy * r) for dx, dy in ((-0.3, 1), (-0.1, 0.8), (0, 1.02), (0.1, 0.8), (0.3, 1),
                                                         (0.18, 0.6), (-0.18, 0.6))], shade(colour, 0.85))  # fmt: skip
    for dx, dy in ((0.1, 0.1), (0.3, 0.25), (0.15, 0.4), (-0.05, 0.3), (0.35, 0.0)):
        disc(pen, x + dx * r, y + dy * r, 0.1 * r, 0.1 * r, shade(colour, 1.7))


def _grapes(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    for row in range(4):
        for col in range(4 - row):
            ball(pen, x + (col - (3 - row) / 2) * 0.5 * r, y + (row * 0.42 - 0.5) * r, 0.28 * r, colour)
    leaf(pen, x, y - 0.6 * r, 0.7 * r, 0.7)


def _strawberry(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    pen.polygon(((x - 0.8 * r, y - 0.3 * r), (x + 0.8 * r, y - 0.3 * r), (x, y + r)), colour)
    disc(pen, x - 0.35 * r, y - 0.28 * r, 0.48 * r, 0.4 * r, colour)
    disc(pen, x + 0.35 * r, y - 0.28 * r, 0.48 * r, 0.4 * r, colour)
    for k in range(9):
        disc(pen, x + (k % 3 - 1) * 0.32 * r, y + (k // 3 - 1) * 0.3 * r, 0.05 * r, 0.08 * r, (250, 230, 140))
    for angle in (0.3, 1.2, 1.9, 2.8):
        leaf(pen, x, y - 0.55 * r, 0.6 * r, angle)


def _cherry(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    for dx in (-0.5, 0.5):
        pen.line((x + dx * r, y + 0.2 * r, x, y - r), fill=(70, 90, 30), width=max(2, int(r / 10)))
        ball(pen, x + dx * r, y + 0.45 * r, 0.45 * r, colour)
    leaf(pen, x, y - 0.95 * r, 0.7 * r, 0.1)


def _pineapple(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    for angle in (0.8, 1.2, 1.57, 1.9, 2.3):
        leaf(pen, x, y - 0.2 * r, 0.9 * r, angle)
    disc(pen, x, y + 0.35 * r, 0.55 * r, 0.7 * r, colour)
    for k in range(-3, 4):
        pen.line((x + (0.15 * k - 0.3) * r, y + 0.9 * r, x + (0.15 * k + 0.3) * r, y - 0.2 * r), shade(colour, 0.7))


def _bubbles(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    for k in range(12):
        angle, distance, size = k * 2.4, (0.25 + 0.065 * k) * r, (0.08 + 0.012 * (k % 5)) * r
        disc(pen, x + distance * math.cos(angle), y + distance * math.sin(angle), size, size, shade(colour, 1.75))


def _mountain(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    for dx, h in ((-0.4, 0.7), (0.45, 0.55), (0.0, 1.0)):
        top = (x + dx * r, y + 0.6 * r - 1.4 * h * r)
        pen.polygon(((x + (dx - 0.6) * r, y + 0.6 * r), top, (x + (dx + 0.6) * r, y + 0.6 * r)), shade(colour, 0.9))
        pen.polygon(
            ((top[0] - 0.2 * r, top[1] + 0.45 * h * r), top, (top[0] + 0.2 * r, top[1] + 0.45 * h * r)), (255,) * 3
        )


def _drop(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    disc(pen, x, y + 0.3 * r, 0.65 * r, 0.65 * r, colour)
    pen.polygon(((x - 0.6 * r, y + 0.1 * r), (x, y - r), (x + 0.6 * r, y + 0.1 * r)), colour)
    disc(pen, x - 0.25 * r, y + 0.35 * r, 0.14 * r, 0.22 * r, shade(colour, 1.7))


def _herb(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    for k in range(5):
        leaf(pen, x, y + (0.8 - 0.35 * k) * r, 0.85 * r, 0.5 if k % 2 else 2.6, colour)


def _bean(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    for dx, dy in ((-0.4, 0.2), (0.4, 0.1), (0.0, -0.4)):
        disc(pen, x + dx * r, y + dy * r, 0.42 * r, 0.3 * r, colour)
        pen.line(
            (x + (dx - 0.35) * r, y + dy * r, x + (dx + 0.35) * r, y + dy * r), shade(colour, 0.5), max(2, int(r / 12))
        )


def _splash(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    points = []
    for k in range(18):
        d = r * (0.95 if k % 2 else 0.55 + 0.1 * (k % 3))
        points.append((x + d * math.cos(k * math.pi / 9), y + d * math.sin(k * math.pi / 9)))
    pen.polygon(points, shade(colour, 1.5))
    disc(pen, x, y, 0.45 * r, 0.45 * r, colour)


def _flower(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    for k in range(6):
        disc(pen, x + 0.55 * r * math.cos(k * 1.047), y + 0.55 * r * math.sin(k * 1.047), 0.36 * r, 0.36 * r, colour)
    disc(pen, x, y, 0.3 * r, 0.3 * r, (250, 214, 70))


def _ray(x: float, y: float, angle: float, inner: float, outer: float) -> list[tuple[float, float]]:
    points = ((inner, angle - 0.16), (outer, angle), (inner, angle + 0.16))
    return [(x + d * math.cos(a), y + d * math.sin(a)) for d, a in points]


def _sun(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    for k in range(12):
        pen.polygon(_ray(x, y, k * math.pi / 6, 0.6 * r, r), colour)
    disc(pen, x, y, 0.5 * r, 0.5 * r, colour)


def _star(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    corners = [(r if k % 2 else 0.42 * r, k * math.pi / 5) for k in range(10)]
    pen.polygon([(x + d * math.sin(a), y + d * math.cos(a)) for d, a in corners], colour)


def _crescent(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    pen.arc((x - 0.8 * r, y - 0.8 * r, x + 0.8 * r, y + 0.8 * r), 40, 320, fill=colour, width=max(3, int(0.35 * r)))


def _crown(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    corners = ((-0.9, 0.6), (-0.9, -0.5), (-0.4, 0.1), (0, -0.8), (0.4, 0.1), (0.9, -0.5), (0.9, 0.6))
    pen.polygon([(x + dx * r, y + dy * r) for dx, dy in corners], colour)


def _rings(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    for k in (0.95, 0.6):
        pen.ellipse((x - k * r, y - k * r, x + k * r, y + k * r), outline=colour, width=max(2, int(0.16 * r)))


def _chevrons(pen: Pen, x: float, y: float, r: float, colour: Colour) -> None:
    for dy in (-0.5, 0.0, 0.5):
        pen.line(
            ((x - 0.8 * r, y + (dy + 0.3) * r), (x, y + (dy - 0.3) * r), (x + 0.8 * r, y + (dy + 0.3) * r)),
            colour,
            max(2, int(0.2 * r)),
        )


FRUIT: Mapping[str, Motif] = {
    "apple": _apple, "orange": _orange, "slice": _slice, "lemon": _lemon, "mango": _mango,
    "pomegranate": _pomegranate, "grapes": _grapes, "strawberry": _strawberry, "cherry": _cherry,
    "pineapple": _pineapple, "bubbles": _bubbles, "mountain": _mountain, "herb": _herb, "bean": _bean,
    "splash": _splash, "flower": _flower,
}  # fmt: skip
MARKS: Mapping[str, Motif] = {
    "sun": _sun, "star": _star, "crescent": _crescent, "crown": _crown, "drop": _drop, "rings": _rings,
    "chevrons": _chevrons, "leaf": _herb, "peak": _mountain, "bloom": _flower,
}  # fmt: skip
