"""A heap of what a pack tastes or smells of, as a photographer would pile it up."""

import cv2
import numpy as np
from PIL import Image, ImageFilter

from demo.design import Design
from demo.drawing.motifs import shade
from demo.drawing.pictures import draw_motif
from demo.drawing.textures import noise, seed_of


def put_heap(canvas: Image.Image, design: Design, box: tuple[float, float, float, float]) -> None:
    """Fill the box with overlapping pieces, each with a shadow under it."""
    x1, y1, x2, y2 = box
    size = (max(int(x2 - x1), 8), max(int(y2 - y1), 8))
    pile = _pile(design, *size)
    canvas.paste(pile, (int(x1), int(y1)), pile)


def _pile(design: Design, width: int, height: int) -> Image.Image:
    rng = np.random.default_rng(seed_of(design.flavour) + seed_of(design.brand.name))
    radius = (0.3 + 0.22 * rng.random()) * min(width, height)
    piece = _piece(design, int(radius * 2.4))
    shadow = Image.new("RGBA", piece.size, (20, 12, 8, 0))
    shadow.putalpha(piece.getchannel("A").filter(ImageFilter.GaussianBlur(radius / 7)).point(lambda a: a * 0.55))
    sheet = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    for x, y in _places(rng, width, height, radius):
        angle, grow = float(rng.uniform(-50, 50)), float(rng.uniform(0.75, 1.1))
        side = max(4, int(piece.width * grow))
        at = (int(x - side / 2), int(y - side / 2))
        _drop(sheet, shadow.resize((side, side)), (at[0] + int(radius / 9), at[1] + int(radius / 7)))
        _drop(sheet, piece.rotate(angle, Image.Resampling.BILINEAR).resize((side, side)), at)
    return sheet


def _drop(sheet: Image.Image, piece: Image.Image, at: tuple[int, int]) -> None:
    under = Image.new("RGBA", sheet.size, (0, 0, 0, 0))
    under.paste(piece, at)
    sheet.alpha_composite(under)


def _places(rng: np.random.Generator, width: int, height: int, radius: float) -> list[tuple[float, float]]:
    """Back rows first; the middle of the heap is highest."""
    count = int(np.clip(2.2 * width / radius, 4, 9))
    across = rng.permutation(np.linspace(radius, max(width - radius, radius + 1), count))
    depth = np.sort(rng.uniform(0, 1, count))
    middle = 1 - np.abs(across / width - 0.5) * 1.3
    rise = (1 - depth) * middle * (height - 2 * radius)
    return list(zip(across.tolist(), (height - radius - rise).tolist(), strict=True))


def _piece(design: Design, side: int) -> Image.Image:
    """One piece with the soft light and the spots of a photo."""
    sheet = Image.new("RGBA", (side, side), (*shade(design.flavour.colour, 0.7), 0))
    draw_motif(sheet, design.flavour.motif, (side / 2, side / 2), side / 2.5, design.flavour.colour)
    pixels = np.asarray(sheet, np.float32).copy()
    alpha = pixels[..., 3]
    soft = cv2.GaussianBlur(alpha, (0, 0), max(side / 9, 1)) / 255
    spots = 0.06 * noise(side, side, 14, 14, seed_of(design.flavour))
    lean = np.linspace(1.12, 0.86, side, dtype=np.float32)[:, None]
    pixels[..., :3] *= ((0.62 + 0.45 * soft + spots) * lean)[..., None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
