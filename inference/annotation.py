"""The annotated picture: the upright photo with every box and a label that can be read."""

import colorsys
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median

from PIL import Image, ImageDraw

from inference.analysis import UNKNOWN
from inference.lettering import length, line_height, line_mask, wrapped
from inference.results import Facing, Reading

Colour = tuple[int, int, int]
UNKNOWN_COLOUR: Colour = (214, 16, 28)
WHITE: Colour = (255, 255, 255)
DARK_ENOUGH = 0.17  # relative luminance: white on it has a contrast of 4.7, above the 4.5 that WCAG asks for
JPEG_QUALITY = 85
LABEL_SHARE = 0.34  # of a typical box, which its label may cover
TALLEST_LABEL = 0.6  # of the height of its own box
PROBE = 64  # size at which texts are measured to choose the size for a picture


@dataclass(frozen=True)
class _Style:
    line: int
    text: int


def annotate(
    image: Image.Image,
    reading: Reading,
    sku_conf: float,
    show_unknown: bool,
    labels: bool = True,
    stroke: int | None = None,
) -> bytes:
    """Draw on a copy; returns JPEG bytes of the image's own size. Unknown facings are red.

    stroke: width of the lines in pixels; None: what suits the picture.
    """
    canvas = image.copy()
    shown = [facing for facing in reading.facings if show_unknown or facing.sku_conf >= sku_conf]
    style = _style(canvas.size, shown, sku_conf)
    draw = ImageDraw.Draw(canvas)
    for facing in reversed(shown):
        draw.rectangle(facing.box, outline=_colour(facing, sku_conf), width=stroke or style.line)
    for facing in reversed(shown if labels else []):  # after all boxes, so that no line crosses a label
        _draw_label(canvas, facing, sku_conf, style)
    return as_jpeg(canvas)


def as_jpeg(canvas: Image.Image) -> bytes:
    buffer = io.BytesIO()
    canvas.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()


def _style(size: tuple[int, int], shown: Sequence[Facing], sku_conf: float) -> _Style:
    """One text size for the picture: so large that the longest names fill their share of a typical box."""
    smallest, largest = max(9, min(size) // 115), max(11, min(size) // 42)
    if not shown:
        return _Style(2, smallest)
    width = median(facing.box[2] - facing.box[0] for facing in shown)
    height = median(facing.box[3] - facing.box[1] for facing in shown)
    lengths = sorted(length(f"{_name(facing, sku_conf)} 100%", PROBE) / PROBE for facing in shown)
    long = lengths[int(0.9 * (len(lengths) - 1))]
    filling = (LABEL_SHARE * width * height / (1.16 * long)) ** 0.5
    line = max(2, min(min(size) // 400, int(width) // 25))
    return _Style(line, round(min(max(filling, smallest), largest)))


def _name(facing: Facing, sku_conf: float) -> str:
    return facing.sku if facing.sku_conf >= sku_conf else UNKNOWN


def _percent(facing: Facing, sku_conf: float) -> str:
    """Nothing for unknown facings: "unknown 0 %" would read as if nobody were sure of that."""
    return f"{facing.sku_conf:.0%}" if facing.sku_conf >= sku_conf else ""


def _colour(facing: Facing, sku_conf: float) -> Colour:
    return _sku_colour(facing.label) if facing.sku_conf >= sku_conf else UNKNOWN_COLOUR


@cache
def _sku_colour(label: int) -> Colour:
    """One steady colour a SKU, dark enough for white text, and never near the red of unknown facings."""
    hue = 0.11 + 0.76 * (label * 0.618034 % 1)
    colour = colorsys.hsv_to_rgb(hue, 0.95 - 0.3 * (label % 2), 0.85)
    while _luminance(colour) > DARK_ENOUGH:
        colour = (colour[0] * 0.96, colour[1] * 0.96, colour[2] * 0.96)
    red, green, blue = (round(channel * 255) for channel in colour)
    return red, green, blue


def _luminance(colour: tuple[float, float, float]) -> float:
    red, green, blue = (float(channel**2.2) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _draw_label(canvas: Image.Image, facing: Facing, sku_conf: float, style: _Style) -> None:
    """White on the box's colour, inside the box's upper edge, so that neighbours stay free."""
    x1, y1, x2, y2 = facing.box
    step, pad = line_height(style.text), style.line
    room = max(x2 - x1 - 2 * pad, 3 * style.text)
    most = max(1, int((y2 - y1) * TALLEST_LABEL / step))
    lines = wrapped(_name(facing, sku_conf), _percent(facing, sku_conf), style.text, room, most)
    masks = [line_mask(line, style.text, room) for line in lines]
    width = max(mask.width for mask in masks) + 2 * pad
    x, y = max(0, min(x1, canvas.width - width)), max(0, min(y1, canvas.height - step * len(masks) - pad))
    canvas.paste(_colour(facing, sku_conf), (x, y, x + width, y + step * len(masks) + pad))
    for row, mask in enumerate(masks):
        canvas.paste(WHITE, (x + pad, y + pad // 2 + row * step), mask)
