"""What a shop puts on single packs: promotion stickers, each on one facing only."""

import numpy as np
from PIL import Image, ImageDraw

from demo.design import Colour
from demo.drawing.details import star
from demo.drawing.lettering import write
from demo.drawing.solids import Pixels

_OFFERS = ("NEW", "-20%", "-50%", "2 FOR 1", "+20%", "1+1", "SALE", "OFFER", "جديد", "عرض", "خصم", "0.99", "FREE")
_PAPERS: tuple[tuple[Colour, Colour], ...] = (
    ((255, 222, 30), (190, 16, 30)), ((220, 20, 36), (255, 255, 255)), ((255, 120, 20), (255, 255, 255)),
    ((250, 250, 246), (200, 20, 40)), ((40, 150, 70), (255, 255, 255)), ((30, 90, 190), (255, 255, 255)),
)  # fmt: skip


def with_sticker(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """A copy with a round, jagged or square sticker somewhere on its front; where the pack ends, so does it."""
    height, width = picture.shape[:2]
    r = float(rng.uniform(0.1, 0.2)) * min(height, 1.4 * width)
    at = (float(rng.uniform(0.3, 0.7)) * width, float(rng.uniform(0.3, 0.85)) * height)
    sheet = Image.fromarray(picture[..., :3].copy())
    paper = _sticker(max(int(r * 2), 6), rng)
    sheet.paste(paper, (int(at[0] - paper.width / 2), int(at[1] - paper.height / 2)), paper)
    return np.dstack([np.asarray(sheet), picture[..., 3]])


def _sticker(side: int, rng: np.random.Generator) -> Image.Image:
    ground, ink = _PAPERS[int(rng.integers(len(_PAPERS)))]
    fine = side * 2
    sheet = Image.new("RGBA", (fine, fine), (*ground, 0))
    pen, r = ImageDraw.Draw(sheet), fine / 2
    match int(rng.integers(3)):
        case 0:
            pen.ellipse((0, 0, fine - 1, fine - 1), fill=ground, outline=ink, width=max(1, fine // 30))
        case 1:
            star(pen, (r, r), r, 16, 0.84, ground)
        case _:
            pen.rounded_rectangle((0, 0.2 * fine, fine - 1, 0.8 * fine), 0.06 * fine, fill=ground)
    offer = _OFFERS[int(rng.integers(len(_OFFERS)))]
    write(sheet, offer, "SansBold", (r, r), (1.5 * r, 0.75 * r), ink)
    return sheet.rotate(float(rng.uniform(-14, 14)), Image.Resampling.BICUBIC).resize((side, side))
