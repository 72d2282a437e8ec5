"""The flat artwork of a label: ground, brand, flavour, picture and size."""

import math

import numpy as np
from PIL import Image, ImageDraw

from demo.design import Badge, Brand, Colour, Design
from demo.drawing.lettering import write
from demo.drawing.motifs import draw_motif, shade

_WHITE: Colour = (255, 255, 255)


def draw_label(design: Design, width: int, height: int, face: float) -> Image.Image:
    """RGB artwork; everything to be read lies within the middle `face` share of the width."""
    canvas = _ground(design, width, height)
    front = face * width
    upright = height > 0.8 * front
    (_write_upright if upright else _write_wide)(canvas, design, front)
    return canvas


def _write_upright(canvas: Image.Image, design: Design, front: float) -> None:
    x, h = canvas.width / 2, canvas.height
    order = (0.16, 0.69) if design.brand.text_first else (0.47, 0.2)
    radius = min(0.36 * front, 0.155 * h)
    _picture(canvas, design, (x, order[1] * h), radius)
    _brand(canvas, design.brand, (x, order[0] * h), (0.94 * front, 0.2 * h))
    _words(canvas, design, x, 0.35 * h if design.brand.text_first else 0.66 * h, (0.9 * front, 0.09 * h))
    _size(canvas, design, (x, 0.93 * h), (0.55 * front, 0.075 * h))


def _write_wide(canvas: Image.Image, design: Design, front: float) -> None:
    x, h = canvas.width / 2, canvas.height
    side = 0.5 * front - 0.3 * h
    _brand(canvas, design.brand, (x, 0.27 * h), (0.94 * front, 0.42 * h))
    _picture(canvas, design, (x + side, 0.7 * h), min(0.22 * h, 0.2 * front))
    _words(canvas, design, x - 0.17 * front, 0.62 * h, (0.58 * front, 0.2 * h))
    _size(canvas, design, (x - 0.17 * front, 0.9 * h), (0.4 * front, 0.12 * h))


def _picture(canvas: Image.Image, design: Design, centre: tuple[float, float], radius: float) -> None:
    """The flavour's picture, on a pale disc where it would vanish on its own colour."""
    x, y = centre
    colour = design.flavour.colour
    if _distance(_at(canvas, x, y), colour) < 120:
        pale = max(colour) < 230 or min(colour) < 120
        around = (x - 1.2 * radius, y - 1.2 * radius, x + 1.2 * radius, y + 1.2 * radius)
        ImageDraw.Draw(canvas).ellipse(around, fill=shade(colour, 1.8 if pale else 0.6))
    draw_motif(canvas, design.flavour.motif, centre, radius, colour)


def _at(canvas: Image.Image, x: float, y: float) -> Colour:
    pixel = canvas.getpixel((min(max(int(x), 0), canvas.width - 1), min(max(int(y), 0), canvas.height - 1)))
    return pixel if isinstance(pixel, tuple) else _WHITE  # type: ignore[return-value]


def _distance(a: Colour, b: Colour) -> int:
    return sum(abs(p - q) for p, q in zip(a, b, strict=True))


def _field(brand: Brand, design: Design) -> Colour:
    return design.flavour.colour if brand.flavour_ground else brand.ground


def _ground(design: Design, w: int, h: int) -> Image.Image:  # noqa: C901 - one flat list of layouts
    brand = design.brand
    field = _field(brand, design)
    accent = brand.ground if brand.flavour_ground else design.flavour.colour
    canvas = Image.new("RGB", (w, h), field)
    pen = ImageDraw.Draw(canvas)
    match brand.layout:
        case "band":
            pen.rectangle((0, 0.3 * h, w, 0.46 * h), fill=accent)
        case "split":
            pen.rectangle((0, 0.5 * h, w, h), fill=accent)
        case "sweep":
            pen.polygon(((0, 0.62 * h), (w, 0.42 * h), (w, h), (0, h)), fill=accent)
            pen.polygon(((0, 0.62 * h), (w, 0.42 * h), (w, 0.45 * h), (0, 0.66 * h)), fill=shade(accent, 0.75))
        case "stripe":
            for k in range(0, 12, 2):
                pen.rectangle((k * w / 12, 0, (k + 1) * w / 12, h), fill=shade(accent, 1.35))
        case "wave":
            pen.polygon([*_wave(w, h, 0.44), (w, h), (0, h)], fill=accent)
            pen.polygon([*_wave(w, h, 0.47), (w, h), (0, h)], fill=_WHITE)
        case "fade":
            canvas.paste(_fade(w, h, field, shade(accent, 1.25)))
        case "frame":
            pen.rectangle((0, 0, w, 0.06 * h), fill=accent)
            pen.rectangle((0, 0.86 * h, w, h), fill=accent)
        case "block":
            pen.rectangle((0, 0.44 * h, w, 0.88 * h), fill=shade(accent, 1.6))
    return canvas


def _wave(w: int, h: int, level: float) -> list[tuple[float, float]]:
    return [(w * k / 40, h * (level + 0.06 * math.sin(9 * k / 40))) for k in range(41)]


def _fade(w: int, h: int, top: Colour, bottom: Colour) -> Image.Image:
    t = np.linspace(0, 1, h, dtype=np.float32)[:, None, None]
    column = (1 - t) * np.array(top, np.float32) + t * np.array(bottom, np.float32)
    return Image.fromarray(np.repeat(column, w, axis=1).astype(np.uint8))


def _brand(canvas: Image.Image, brand: Brand, centre: tuple[float, float], box: tuple[float, float]) -> None:
    w, h = int(box[0] * 1.06), int(box[1] * 1.25)
    sticker = Image.new("RGBA", (w, h), (*brand.badge_colour, 0))
    inner = _badge(sticker, brand.badge, brand.badge_colour)
    ink = brand.ink
    mark = 0.2 * w if w > 2.2 * h else 0.0
    if mark:
        draw_motif(sticker, brand.mark, (mark * 0.75, h / 2), min(mark * 0.42, 0.3 * h), ink)
    # Stretching the word to a fixed box keeps long and short names equally readable on a small facing.
    write(sticker, brand.name, brand.font, (w / 2 + mark / 2, h / 2), ((w - 1.4 * mark) * inner, h * 0.62), ink)
    turned = sticker.rotate(brand.tilt, Image.Resampling.BICUBIC, expand=True)
    canvas.paste(turned, (int(centre[0] - turned.width / 2), int(centre[1] - turned.height / 2)), turned)


def _badge(sticker: Image.Image, badge: Badge, colour: Colour) -> float:
    """Draw the shape behind the brand; returns the share of its width that text may fill."""
    w, h = sticker.size
    pen = ImageDraw.Draw(sticker)
    match badge:
        case "oval":
            pen.ellipse((0, 0, w - 1, h - 1), fill=colour, outline=shade(colour, 1.6), width=max(1, h // 24))
            return 0.86
        case "plate":
            pen.rounded_rectangle((0, 0.06 * h, w - 1, 0.94 * h), 0.25 * h, fill=colour)
            return 0.92
        case "ribbon":
            pen.polygon(
                ((0, 0.1 * h), (w, 0.1 * h), (0.94 * w, h / 2), (w, 0.9 * h), (0, 0.9 * h), (0.06 * w, h / 2)), colour
            )
            return 0.84
        case "disc":
            r = min(w, h) / 2
            pen.ellipse((w / 2 - 1.2 * r, 0, w / 2 + 1.2 * r, h - 1), fill=colour)
            return 0.9
        case "none":
            return 0.96


def _readable_on(colour: Colour) -> Colour:
    return (38, 34, 32) if 0.3 * colour[0] + 0.6 * colour[1] + 0.1 * colour[2] > 150 else _WHITE


def _words(canvas: Image.Image, design: Design, x: float, y: float, box: tuple[float, float]) -> None:
    below = y + 1.05 * box[1]
    for text, font_name, line in ((design.flavour.name, "Spartan", y), (design.flavour.arabic, "DejaVu", below)):
        ink = _readable_on(_at(canvas, x - 0.4 * box[0], line))
        write(canvas, text, font_name, (x, line), box, ink, weight=int(font_name == "DejaVu"))


def _size(canvas: Image.Image, design: Design, centre: tuple[float, float], box: tuple[float, float]) -> None:
    write(canvas, design.package.size, "Spartan", centre, box, _readable_on(_at(canvas, *centre)))
