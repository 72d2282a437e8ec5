"""Rendered shelves, 1600x1200 unless asked otherwise, with about a given number of facings, as JPEGs of quality 90."""

import io
from dataclasses import dataclass
from functools import cache

from PIL import Image

from demo.catalogues import JORDINA
from demo.shelf.photo import Photo, take_photo
from demo.shelf.style import showcase_style

SIZE = (1600, 1200)
DETECTION_SIZE = (1280, 960)
WIDTHS_MM = (420, 500, 600, 800, 1000, 1300, 1600, 1900, 2200, 2600, 3000, 3500, 4200, 5000)


@dataclass(frozen=True)
class Shelf:
    """A JPEG, and its true boxes as x1, y1, x2, y2 in pixels."""

    jpeg: bytes
    boxes: tuple[tuple[float, float, float, float], ...]


@cache
def shelf(facings: int, size: tuple[int, int] = SIZE) -> Shelf:
    """The further the camera stands back, the more facings: take the nearest stand that shows enough."""
    photos = (_photo(width_mm, size) for width_mm in WIDTHS_MM)
    best = next(photo for photo in photos if len(photo.facings) >= facings)
    buffer = io.BytesIO()
    Image.fromarray(best.image).save(buffer, "JPEG", quality=90)
    return Shelf(buffer.getvalue(), tuple(facing.box for facing in best.facings[:facings]))


def _photo(width_mm: float, size: tuple[int, int]) -> Photo:
    return take_photo(11, JORDINA.products, showcase_style(*size, width_mm, gap=0.02))
