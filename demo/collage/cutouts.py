"""A product cut out of a real photo, as something that can stand on a rendered shelf."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from demo.shelf.items import Look, Pixels

LARGEST = 420
_DARKEST, _BRIGHTEST = 85.0, 165.0


@dataclass(frozen=True)
class Cutout:
    """pixels: RGBA uint8. Two cutouts of one source and name are equal."""

    source: str
    name: str
    kind: str
    width_mm: float
    height_mm: float
    pixels: Pixels = field(compare=False, repr=False)
    sku: None = None
    design: None = None

    def picture(self, height: int, look: Look) -> Pixels:
        """A photo cannot be turned; it is only scaled."""
        width = max(4, round(height * self.pixels.shape[1] / self.pixels.shape[0]))
        way = cv2.INTER_AREA if height < self.pixels.shape[0] else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(self.pixels, (width, height), interpolation=way), np.uint8)


def framed(source: str, name: str, height_mm: float, picture: Pixels, corner: float = 0.06) -> Cutout:
    """A tight crop becomes a pack with rounded, slightly soft edges."""
    height, width = picture.shape[:2]
    alpha = np.zeros((height, width), np.uint8)
    reach = max(2, int(corner * min(height, width)))
    cv2.rectangle(alpha, (reach, 1), (width - 1 - reach, height - 2), 255, -1)
    cv2.rectangle(alpha, (1, reach), (width - 2, height - 1 - reach), 255, -1)
    for x in (reach, width - 1 - reach):
        for y in (reach, height - 1 - reach):
            cv2.circle(alpha, (x, y), reach - 1, 255, -1)
    return masked(source, name, "photo", height_mm, picture, alpha)


def masked(source: str, name: str, kind: str, height_mm: float, picture: Pixels, alpha: Pixels) -> Cutout:
    """The part of an RGB picture that the mask keeps, evenly bright and no larger than needed."""
    soft = cv2.GaussianBlur(alpha, (0, 0), 1.0)
    pixels = np.dstack([_lit(picture, alpha), soft])
    scale = min(1.0, LARGEST / max(pixels.shape[:2]))
    size = max(4, round(pixels.shape[1] * scale)), max(4, round(pixels.shape[0] * scale))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Cutout(source, name, kind, round(height_mm * size[0] / size[1], 1), height_mm, small)


def _lit(picture: Pixels, alpha: Pixels) -> Pixels:
    """Photos were taken in the dark and in the sun; the renderer adds its own light."""
    mean = max(1.0, float(picture[alpha > 127].mean())) if (alpha > 127).any() else 128.0
    gain = float(np.clip(mean, _DARKEST, _BRIGHTEST)) / mean
    return np.asarray(cv2.convertScaleAbs(picture, alpha=min(gain, 2.5)), np.uint8)
