"""The flat artwork of a label: ground, brand, flavour, picture and size, put together in one of four ways."""

from PIL import Image, ImageDraw

from demo.design import Brand, Colour, Design
from demo.drawing.details import put_details, put_window
from demo.drawing.grounds import ground
from demo.drawing.heap import put_heap
from demo.drawing.lettering import write
from demo.drawing.motifs import shade
from demo.drawing.pictures import draw_motif
from demo.drawing.wordmark import put_wordmark

_WHITE: Colour = (255, 255, 255)
_DARK: Colour = (38, 34, 32)
Box = tuple[float, float]


def draw_label(design: Design, width: int, height: int, face: float) -> Image.Image:
    """RGB artwork; everything to be read lies within the middle `face` share of the width."""
    canvas = ground(design, width, height)
    front = face * width
    if "window" in design.brand.details:
        put_window(canvas, design, front)
    if height <= 0.8 * front:
        _wide(canvas, design, front)
    else:
        _COMPOSITIONS[design.brand.composition](canvas, design, front)
    put_details(canvas, design, front)
    return canvas


def _centre(canvas: Image.Image, design: Design, front: float) -> None:
    x, h = canvas.width / 2, canvas.height
    order = (0.16, 0.69) if design.brand.text_first else (0.47, 0.2)
    radius = min(0.36 * front, 0.155 * h)
    _picture(canvas, design, (x, order[1] * h), radius)
    _brand(canvas, design.brand, (x, order[0] * h), (0.94 * front, 0.2 * h))
    _words(canvas, design, x, 0.35 * h if design.brand.text_first else 0.66 * h, (0.9 * front, 0.09 * h))
    _size(canvas, design, (x, 0.93 * h), (0.48 * front, 0.075 * h))


def _hero(canvas: Image.Image, design: Design, front: float) -> None:
    x, h = canvas.width / 2, canvas.height
    put_heap(canvas, design, (x - 0.5 * front, 0.5 * h, x + 0.5 * front, 0.9 * h))
    _brand(canvas, design.brand, (x, 0.18 * h), (0.96 * front, 0.25 * h))
    _words(canvas, design, x, 0.38 * h, (0.86 * front, 0.085 * h))
    _size(canvas, design, (x + 0.26 * front, 0.94 * h), (0.42 * front, 0.075 * h))


def _left(canvas: Image.Image, design: Design, front: float) -> None:
    x, h = canvas.width / 2, canvas.height
    put_heap(canvas, design, (x - 0.1 * front, 0.48 * h, x + 0.52 * front, 0.96 * h))
    _brand(canvas, design.brand, (x - 0.08 * front, 0.15 * h), (0.78 * front, 0.18 * h))
    _words(canvas, design, x - 0.14 * front, 0.32 * h, (0.64 * front, 0.075 * h))
    _size(canvas, design, (x - 0.26 * front, 0.92 * h), (0.4 * front, 0.08 * h))


def _banner(canvas: Image.Image, design: Design, front: float) -> None:
    x, h = canvas.width / 2, canvas.height
    _brand(canvas, design.brand, (x, 0.15 * h), (0.94 * front, 0.22 * h))
    _picture(canvas, design, (x, 0.45 * h), min(0.34 * front, 0.15 * h))
    strip = shade(design.flavour.colour, 0.72)
    ImageDraw.Draw(canvas).rectangle((0, 0.635 * h, canvas.width, 0.86 * h), fill=strip)
    _words(canvas, design, x, 0.695 * h, (0.9 * front, 0.09 * h))
    _size(canvas, design, (x, 0.93 * h), (0.48 * front, 0.075 * h))


def _wide(canvas: Image.Image, design: Design, front: float) -> None:
    x, h = canvas.width / 2, canvas.height
    if design.brand.composition in ("hero", "left"):
        put_heap(canvas, design, (x, 0.36 * h, x + 0.5 * front, 0.98 * h))
    else:
        _picture(canvas, design, (x + 0.5 * front - 0.3 * h, 0.7 * h), min(0.22 * h, 0.2 * front))
    _brand(canvas, design.brand, (x, 0.25 * h), (0.94 * front, 0.42 * h))
    _words(canvas, design, x - 0.2 * front, 0.55 * h, (0.55 * front, 0.14 * h))
    _size(canvas, design, (x - 0.2 * front, 0.9 * h), (0.4 * front, 0.11 * h))


_COMPOSITIONS = {"centre": _centre, "hero": _hero, "left": _left, "banner": _banner}


def _picture(canvas: Image.Image, design: Design, centre: Box, radius: float) -> None:
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


def _brand(canvas: Image.Image, brand: Brand, centre: Box, box: Box) -> None:
    behind = _at(canvas, *centre) if brand.badge == "none" else brand.badge_colour
    put_wordmark(canvas, brand, centre, box, _distance(behind, brand.ink) < 190)


def _readable_on(colour: Colour) -> Colour:
    return _DARK if 0.3 * colour[0] + 0.6 * colour[1] + 0.1 * colour[2] > 150 else _WHITE


def _words(canvas: Image.Image, design: Design, x: float, y: float, box: Box) -> None:
    """The flavour in both scripts, the second line below the first."""
    lines = ((design.flavour.name, design.brand.words_font, y), (design.flavour.arabic, "SansBold", y + 1.05 * box[1]))
    for text, font_name, line in lines:
        _put_words(canvas, text, font_name, (x, line), box)


def _put_words(canvas: Image.Image, text: str, font_name: str, centre: Box, box: Box) -> None:
    """Dark on light or light on dark; outlined where the ground changes under the words."""
    x, y = centre
    around = [_at(canvas, x + dx * box[0], y + dy * box[1]) for dx in (-0.3, 0.0, 0.3) for dy in (-0.3, 0.3)]
    inks = [_readable_on(colour) for colour in around]
    ink = max(_DARK, _WHITE, key=inks.count)
    other = next((other for other in inks if other != ink), None)
    write(canvas, text, font_name, centre, box, ink, outline=other)


def _size(canvas: Image.Image, design: Design, centre: Box, box: Box) -> None:
    _put_words(canvas, design.package.size, "Spartan", centre, box)
