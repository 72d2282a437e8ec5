"""The annotated picture: the upright photo with every box and a label that can be read."""

import colorsys
import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from inference.results import Facing, Reading
from inference.typeface import font_for

UNKNOWN_COLOUR = (220, 20, 30)
JPEG_QUALITY = 85


@dataclass(frozen=True)
class _Style:
    line: int
    text: int


def annotate(image: Image.Image, reading: Reading, sku_conf: float, show_unknown: bool) -> bytes:
    """Draw on a copy; returns JPEG bytes of the image's own size. Unknown facings are red."""
    canvas = image.copy()
    draw = ImageDraw.Draw(canvas)
    style = _style(canvas.size, reading)
    shown = [facing for facing in reading.facings if show_unknown or facing.sku_conf >= sku_conf]
    for facing in reversed(shown):
        draw.rectangle(facing.box, outline=_colour(facing, sku_conf), width=style.line)
    for facing in reversed(shown):  # after all boxes, so that no line crosses a label
        _draw_label(draw, facing, sku_conf, style)
    buffer = io.BytesIO()
    canvas.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()


def _style(size: tuple[int, int], reading: Reading) -> _Style:
    """Text as large as a typical facing's width carries, within what the whole picture allows."""
    widths = sorted(facing.box[2] - facing.box[0] for facing in reading.facings) or [size[0]]
    longest = max((len(sku) for sku in reading.skus), default=10)
    fitting = 2 * widths[len(widths) // 2] * 2.6 / max(longest, 8)
    largest = max(11, min(size) // 40)
    return _Style(line=max(2, min(size) // 350), text=round(min(max(fitting, 10), largest)))


def _colour(facing: Facing, sku_conf: float) -> tuple[int, int, int]:
    """One steady colour a SKU, never near the red of unknown facings."""
    if facing.sku_conf < sku_conf:
        return UNKNOWN_COLOUR
    hue = 0.08 + 0.84 * (facing.label * 0.618034 % 1)
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.9, 0.75)
    return round(red * 255), round(green * 255), round(blue * 255)


def _draw_label(draw: ImageDraw.ImageDraw, facing: Facing, sku_conf: float, style: _Style) -> None:
    """White on the box's colour, in two or three short lines inside the box's upper edge."""
    x1, y1, x2, _ = facing.box
    text = _wrapped(_text(facing, sku_conf), x2 - x1, style.text)
    font = font_for(text.replace("\n", ""), style.text)
    left, top, right, bottom = draw.multiline_textbbox((0, 0), text, font=font, spacing=1)
    x = max(0, min(x1, draw.im.size[0] - right - 4))
    draw.rectangle((x, y1, x + right - left + 4, y1 + bottom - top + 4), fill=_colour(facing, sku_conf))
    draw.multiline_text((x + 2 - left, y1 + 2 - top), text, font=font, fill="white", spacing=1)


def _text(facing: Facing, sku_conf: float) -> str:
    name = facing.sku if facing.sku_conf >= sku_conf else "unknown"
    return f"{name} {facing.sku_conf:.0%}"


def _wrapped(text: str, width: int, size: int) -> str:
    """Break at underscores and spaces into lines of about the box's width."""
    room = max(6, int(width / (size * 0.6)))
    lines: list[str] = [""]
    for word in text.replace("_", "_\u200b").replace(" ", " \u200b").split("\u200b"):
        if lines[-1] and len(lines[-1]) + len(word.rstrip()) > room:
            lines.append("")
        lines[-1] += word
    return "\n".join(line.rstrip() for line in lines)
