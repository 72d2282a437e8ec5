"""The picture of the shelf plane while it is painted, and which facing owns each of its pixels."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.design import Colour
from demo.shelf.camera import Rect, View

Pixels = NDArray[np.uint8]
Owners = NDArray[np.uint16]
_LARGEST = 4_500_000
NOBODY = 0


@dataclass(frozen=True)
class Canvas:
    """image RGB uint8 [h, w, 3]; owner uint16 [h, w]: 1 + number of the facing seen there, or NOBODY."""

    image: Pixels
    owner: Owners
    scale: float
    origin: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[int, int]:
        """The pixel of a point of the plane (millimetres)."""
        return round((x - self.origin[0]) * self.scale), round((y - self.origin[1]) * self.scale)

    def px(self, mm: float) -> float:
        return mm * self.scale

    def fill(self, rect: Rect, colour: Colour) -> None:
        """A rectangle that hides what is behind it."""
        part = self.part(rect)
        self.image[part], self.owner[part] = colour, NOBODY

    def part(self, rect: Rect) -> tuple[slice, slice]:
        """The pixels of a rectangle of the plane, inside the canvas."""
        (x1, y1), (x2, y2) = self.at(rect[0], rect[1]), self.at(rect[2], rect[3])
        return slice(max(0, y1), max(0, y2)), slice(max(0, x1), max(0, x2))

    def polygon(self, points: list[tuple[float, float]], colour: Colour, owner: int) -> None:
        corners = np.array([self.at(x, y) for x, y in points], np.int32)
        cv2.fillPoly(self.image, [corners], colour, cv2.LINE_AA)
        cv2.fillPoly(self.owner, [corners], owner)

    def paste(self, sprite: Pixels, x: int, y: int, owner: int) -> None:
        """Lay premultiplied RGBA over the pixels from (x, y)."""
        height, width = sprite.shape[:2]
        left, top = max(0, x), max(0, y)
        right, bottom = min(self.image.shape[1], x + width), min(self.image.shape[0], y + height)
        if right <= left or bottom <= top:
            return
        part = sprite[top - y : bottom - y, left - x : right - x]
        under, alpha = self.image[top:bottom, left:right], part[..., 3]
        through = cv2.multiply(under, cv2.merge([255 - alpha] * 3), scale=1 / 255)
        self.image[top:bottom, left:right] = cv2.add(through, np.ascontiguousarray(part[..., :3]))
        self.owner[top:bottom, left:right][alpha > 127] = owner

    def shade(self, black: Pixels, x: int, y: int) -> None:
        """Like paste, but with a shadow: nobody loses a pixel by it."""
        height, width = black.shape[:2]
        area = slice(max(0, y), max(0, y + height)), slice(max(0, x), max(0, x + width))
        kept = self.owner[area].copy()
        self.paste(black, x, y, NOBODY)
        self.owner[area] = kept

    def darken(self, part: tuple[slice, slice], light: NDArray[np.float32]) -> None:
        """Multiply a part by some light that broadcasts over its rows and columns."""
        area = self.image[part]
        self.image[part] = np.clip(area * light[..., None], 0, 255).astype(np.uint8)


def blank(view: View, rect: Rect, resolution: float) -> Canvas:
    """A canvas for that part of the plane, as fine as the photo in its middle, if that is not too large."""
    area = (rect[2] - rect[0]) * (rect[3] - rect[1])
    scale = min(resolution, float(np.sqrt(_LARGEST / area)))
    shape = int((rect[3] - rect[1]) * scale) + 2, int((rect[2] - rect[0]) * scale) + 2
    return Canvas(np.zeros((*shape, 3), np.uint8), np.zeros(shape, np.uint16), scale, (rect[0], rect[1]))
