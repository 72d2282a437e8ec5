"""The small things that real labels are full of: small print, bar codes, seals, stars, figures."""

import math
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageDraw

from demo.design import Colour, Design
from demo.drawing.lettering import write
from demo.drawing.motifs import shade
from demo.drawing.textures import seed_of

Rng = np.random.Generator
_RED: Colour = (214, 24, 36)
_CALLS = ("NEW", "+20%", "100%", "1+1", "جديد", "PLUS", "ECO")


def put_details(canvas: Image.Image, design: Design, front: float) -> None:
    """Draw what the brand puts on all its packs, at the same places on each."""
    rng = np.random.default_rng(seed_of(design.brand))
    if front < 0.8 * canvas.width:
        _back_of_label(canvas, (canvas.width - front) / 2, rng)
    for name in design.brand.details:
        if name in _DETAILS:
            _DETAILS[name](canvas, design, front, rng)


def small_print(
    pen: ImageDraw.ImageDraw, box: tuple[float, float, float, float], ink: Colour, rng: Rng, lines: int
) -> None:
    """Words too small to be read, as rows of dashes."""
    x1, y1, x2, y2 = box
    step = (y2 - y1) / max(lines, 1)
    for k in range(lines):
        y, x = y1 + k * step, x1
        stop = x2 - (x2 - x1) * float(rng.uniform(0, 0.35))
        while x < stop:
            word = (x2 - x1) * float(rng.uniform(0.1, 0.34))
            pen.line((x, y, min(x + word, stop), y), ink, max(1, int(0.4 * step)))
            x += word + max(2.0, 0.4 * step)


def bar_code(pen: ImageDraw.ImageDraw, box: tuple[float, float, float, float], rng: Rng) -> None:
    """Black bars on white."""
    x1, y1, x2, y2 = box
    pen.rectangle(box, fill=(252, 252, 252))
    widths = rng.integers(1, 4, 22)
    edges = x1 + (x2 - x1) * (0.06 + 0.88 * np.cumsum(widths) / widths.sum())
    for left, right in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        pen.rectangle((left, y1 + 0.08 * (y2 - y1), max(left, right - 1), y2 - 0.15 * (y2 - y1)), fill=(20, 20, 20))


def _ink(canvas: Image.Image, x: float, y: float) -> Colour:
    pixel = canvas.getpixel((min(max(int(x), 0), canvas.width - 1), min(max(int(y), 0), canvas.height - 1)))
    light = isinstance(pixel, tuple) and 0.3 * pixel[0] + 0.6 * pixel[1] + 0.1 * pixel[2] > 140
    return (60, 56, 56) if light else (226, 226, 222)


def _back_of_label(canvas: Image.Image, margin: float, rng: Rng) -> None:
    """Left and right of the front: ingredients and the bar code, seen when a round pack is turned."""
    pen, w, h = ImageDraw.Draw(canvas), canvas.width, canvas.height
    ink = _ink(canvas, 0.4 * margin, 0.3 * h)
    small_print(pen, (0.08 * margin, 0.12 * h, 0.8 * margin, 0.7 * h), ink, rng, 14)
    small_print(pen, (w - 0.8 * margin, 0.15 * h, w - 0.1 * margin, 0.55 * h), ink, rng, 9)
    bar_code(pen, (w - 0.8 * margin, 0.64 * h, w - 0.1 * margin, 0.86 * h), rng)


def _lines(canvas: Image.Image, design: Design, front: float, rng: Rng) -> None:
    w, h = canvas.size
    x1 = w / 2 - 0.46 * front
    ink = _ink(canvas, x1, 0.975 * h)
    small_print(ImageDraw.Draw(canvas), (x1, 0.972 * h, w / 2 + 0.46 * front, 0.995 * h), ink, rng, 1)


def _claims(canvas: Image.Image, design: Design, front: float, rng: Rng) -> None:
    """A column of little round icons at the side."""
    pen, w, h = ImageDraw.Draw(canvas), canvas.width, canvas.height
    x, r = w / 2 + 0.42 * front, 0.05 * front
    for k in range(3):
        y = 0.52 * h + 2.5 * r * k
        pen.ellipse((x - r, y - r, x + r, y + r), fill=(250, 250, 248), outline=shade(design.brand.badge_colour, 0.9))
        pen.line((x - 0.5 * r, y, x + 0.5 * r, y), shade(design.flavour.colour, 0.7), max(1, int(0.5 * r)))


def _facts(canvas: Image.Image, design: Design, front: float, rng: Rng) -> None:
    """Nutrition figures in a row of small panels."""
    pen, w, h = ImageDraw.Draw(canvas), canvas.width, canvas.height
    side = 0.055 * front
    start = 0.23 if design.brand.composition == "left" else -0.48
    for k in range(4):
        x, y = w / 2 + start * front + 1.12 * side * k, 0.915 * h
        pen.rounded_rectangle((x, y, x + side, y + 1.3 * side), 0.2 * side, fill=(250, 250, 250), outline=(90, 90, 90))
        small_print(pen, (x + 0.15 * side, y + 0.3 * side, x + 0.9 * side, y + 1.2 * side), (40, 40, 44), rng, 3)


def _seal(canvas: Image.Image, design: Design, front: float, rng: Rng) -> None:
    pen, w, h = ImageDraw.Draw(canvas), canvas.width, canvas.height
    x, y, r = w / 2 - 0.37 * front, 0.545 * h, 0.085 * front
    gold: Colour = (214, 170, 60) if rng.random() < 0.6 else (60, 130, 70)
    star(pen, (x, y), r, 18, 0.88, gold)
    pen.ellipse((x - 0.72 * r, y - 0.72 * r, x + 0.72 * r, y + 0.72 * r), outline=(250, 246, 230), width=1)
    small_print(pen, (x - 0.5 * r, y - 0.25 * r, x + 0.5 * r, y + 0.4 * r), (250, 246, 230), rng, 3)


def _burst(canvas: Image.Image, design: Design, front: float, rng: Rng) -> None:
    """A starburst with a word on it."""
    w, h = canvas.size
    upper = design.brand.composition != "hero" and h > 0.8 * front
    centre = (w / 2 + 0.37 * front, (0.5 if upper else 0.8) * h)
    r = 0.12 * front
    paper: Colour = _RED if sum(design.flavour.colour) > 420 or design.flavour.colour[2] > 90 else (255, 226, 50)
    star(ImageDraw.Draw(canvas), centre, r, 14, 0.8, paper)
    ink: Colour = (255, 255, 255) if paper == _RED else (120, 10, 20)
    write(canvas, _CALLS[int(rng.integers(len(_CALLS)))], "SansBold", centre, (1.3 * r, 0.62 * r), ink)


def star(
    pen: ImageDraw.ImageDraw, centre: tuple[float, float], r: float, points: int, inner: float, fill: Colour
) -> None:
    """A star or a jagged disc."""
    corners = [(r * (inner if k % 2 else 1), math.pi * k / points) for k in range(2 * points)]
    pen.polygon([(centre[0] + d * math.cos(a), centre[1] + d * math.sin(a)) for d, a in corners], fill)


def _corner(canvas: Image.Image, design: Design, front: float, rng: Rng) -> None:
    """A coloured corner with a word across it."""
    w, size = canvas.width, 0.3 * front
    left = w / 2 - front / 2
    pen = ImageDraw.Draw(canvas)
    pen.polygon(((left, 0), (left + size, 0), (left, size)), (255, 220, 40))
    word = Image.new("RGBA", (int(size), int(0.3 * size)), (0, 0, 0, 0))
    write(word, "XL" if rng.random() < 0.3 else "EXTRA", "SansBold", (size / 2, 0.15 * size),
          (0.62 * size, 0.2 * size), (150, 16, 24))  # fmt: skip
    turned = word.rotate(45, Image.Resampling.BICUBIC, expand=True)
    canvas.paste(turned, (int(left + 0.32 * size - turned.width / 2), int(0.32 * size - turned.height / 2)), turned)


def put_window(canvas: Image.Image, design: Design, front: float) -> None:
    """A clear window through which the content shows, crumbs of its colour; words are printed over it."""
    w, h = canvas.size
    rng = np.random.default_rng(seed_of(design.brand))
    box = (int(w / 2 - 0.36 * front), int(0.66 * h), int(w / 2 + 0.36 * front), int(0.88 * h))
    content = Image.new("RGB", (max(box[2] - box[0], 1), max(box[3] - box[1], 1)), shade(design.flavour.liquid, 0.45))
    pen, r = ImageDraw.Draw(content), 0.07 * front
    for _ in range(46):
        x, y = float(rng.uniform(0, content.width)), float(rng.uniform(0, content.height))
        tone = shade(design.flavour.liquid, float(rng.uniform(0.65, 1.25)))
        size = r * float(rng.uniform(0.5, 1.2))
        pen.ellipse((x - size, y - 0.7 * size, x + size, y + 0.7 * size), fill=tone, outline=shade(tone, 0.7))
    mask = Image.new("L", content.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, content.width - 1, content.height - 1), 0.3 * content.height, fill=255
    )
    canvas.paste(content, box[:2], mask)


_DETAILS: Mapping[str, Callable[[Image.Image, Design, float, Rng], None]] = {
    "lines": _lines, "claims": _claims, "facts": _facts, "seal": _seal, "burst": _burst, "corner": _corner,
}  # fmt: skip
