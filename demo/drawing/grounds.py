"""What lies under the words of a label: fields of colour, bands, rays, and the paper or foil itself."""

import math
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageDraw

from demo.design import Brand, Colour, Design
from demo.drawing.motifs import shade
from demo.drawing.textures import Plane, grid, noise, seed_of

_WHITE: Colour = (255, 255, 255)
Layer = Callable[[ImageDraw.ImageDraw, int, int, Colour], None]


def ground(design: Design, width: int, height: int) -> Image.Image:
    """RGB: the brand's layout in the colours of brand and flavour."""
    brand = design.brand
    field = design.flavour.colour if brand.flavour_ground else brand.ground
    accent = brand.ground if brand.flavour_ground else design.flavour.colour
    canvas = Image.new("RGB", (width, height), field)
    if brand.layout in _BLENDS:
        share = _BLENDS[brand.layout](height, width)
        canvas = _blend(field, shade(accent, 1.25), share)
    else:
        _FIELDS[brand.layout](ImageDraw.Draw(canvas), width, height, accent)
    return _finished(canvas, brand)


def _finished(canvas: Image.Image, brand: Brand) -> Image.Image:
    """Printed ink is never flat: a soft unevenness, fibres on kraft, bands of sheen on foil."""
    seed = seed_of(brand)
    light = 1 + 0.018 * noise(canvas.height, canvas.width, 9, 7, seed)
    if brand.finish == "kraft":
        light = light + 0.035 * noise(canvas.height, canvas.width, canvas.height // 3, canvas.width // 8, seed + 1)
    if brand.finish == "foil":
        y, x = grid(canvas.height, canvas.width)
        light = light + 0.09 * np.sin(3.1 * x + 1.7 * y + seed % 7)
    pixels = np.asarray(canvas, np.float32) * light[..., None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _blend(one: Colour, other: Colour, share: Plane) -> Image.Image:
    a, b = np.array(one, np.float32), np.array(other, np.float32)
    return Image.fromarray((a + (b - a) * share[..., None]).astype(np.uint8))


def _fade(height: int, width: int) -> Plane:
    y, x = grid(height, width)
    return np.asarray(np.broadcast_to((y + 1) / 2, (height, width)) + 0 * x, np.float32)


def _glow(height: int, width: int) -> Plane:
    y, x = grid(height, width)
    return np.asarray(np.exp(-((x / 0.8) ** 2) - ((y - 0.25) / 0.7) ** 2), np.float32)


def _rays(height: int, width: int) -> Plane:
    y, x = grid(height, width)
    angle = np.arctan2((y - 0.2) * height, x * width)
    inner = np.exp(-(x**2) - (y - 0.2) ** 2)
    return np.asarray((np.clip(6 * np.sin(14 * angle), -1, 1) * 0.5 + 0.5) * 0.55 * inner, np.float32)


def _band(pen: ImageDraw.ImageDraw, w: int, h: int, accent: Colour) -> None:
    pen.rectangle((0, 0.285 * h, w, 0.5 * h), fill=accent)
    pen.rectangle((0, 0.5 * h, w, 0.515 * h), fill=shade(accent, 0.6))


def _split(pen: ImageDraw.ImageDraw, w: int, h: int, accent: Colour) -> None:
    pen.rectangle((0, 0.5 * h, w, h), fill=accent)


def _sweep(pen: ImageDraw.ImageDraw, w: int, h: int, accent: Colour) -> None:
    pen.polygon(((0, 0.62 * h), (w, 0.42 * h), (w, h), (0, h)), fill=accent)
    pen.polygon(((0, 0.62 * h), (w, 0.42 * h), (w, 0.45 * h), (0, 0.66 * h)), fill=shade(accent, 0.75))


def _stripe(pen: ImageDraw.ImageDraw, w: int, h: int, accent: Colour) -> None:
    for k in range(0, 12, 2):
        pen.rectangle((k * w / 12, 0, (k + 1) * w / 12, h), fill=shade(accent, 1.35))


def _wave(pen: ImageDraw.ImageDraw, w: int, h: int, accent: Colour) -> None:
    pen.polygon([*_crest(w, h, 0.44), (w, h), (0, h)], fill=accent)
    pen.polygon([*_crest(w, h, 0.47), (w, h), (0, h)], fill=_WHITE)


def _crest(w: int, h: int, level: float) -> list[tuple[float, float]]:
    return [(w * k / 40, h * (level + 0.06 * math.sin(9 * k / 40))) for k in range(41)]


def _frame(pen: ImageDraw.ImageDraw, w: int, h: int, accent: Colour) -> None:
    pen.rectangle((0, 0, w, 0.06 * h), fill=accent)
    pen.rectangle((0, 0.86 * h, w, h), fill=accent)
    pen.rectangle((0, 0.085 * h, w, 0.095 * h), fill=shade(accent, 1.3))


def _block(pen: ImageDraw.ImageDraw, w: int, h: int, accent: Colour) -> None:
    pen.rectangle((0, 0.44 * h, w, 0.88 * h), fill=shade(accent, 1.6))


def _arch(pen: ImageDraw.ImageDraw, w: int, h: int, accent: Colour) -> None:
    pen.ellipse((-0.35 * w, 0.46 * h, 1.35 * w, 1.7 * h), fill=shade(accent, 1.3))
    pen.ellipse((-0.35 * w, 0.5 * h, 1.35 * w, 1.74 * h), fill=accent)


def _dots(pen: ImageDraw.ImageDraw, w: int, h: int, accent: Colour) -> None:
    step, r = w / 9, w / 34
    for row in range(int(h / step) + 1):
        for k in range(10):
            x, y = (k + 0.5 * (row % 2)) * step, row * step
            pen.ellipse((x - r, y - r, x + r, y + r), fill=shade(accent, 1.4))


def _checks(pen: ImageDraw.ImageDraw, w: int, h: int, accent: Colour) -> None:
    step = w / 12
    for row in range(int(0.22 * h / step) + 1):
        for k in range(row % 2, 12, 2):
            y = h - (row + 1) * step
            pen.rectangle((k * step, y, (k + 1) * step, y + step), fill=accent)


_BLENDS: Mapping[str, Callable[[int, int], Plane]] = {"fade": _fade, "glow": _glow, "rays": _rays}
_FIELDS: Mapping[str, Layer] = {
    "band": _band, "split": _split, "sweep": _sweep, "stripe": _stripe, "wave": _wave, "frame": _frame,
    "block": _block, "arch": _arch, "dots": _dots, "checks": _checks,
}  # fmt: skip
