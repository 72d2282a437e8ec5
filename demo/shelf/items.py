"""What can stand on a shelf: drawn products and cut-out photos of real ones, behind one interface."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.design import Design, Product
from demo.drawing.packs import draw_product

Pixels = NDArray[np.uint8]
TURN, PITCH = 0.24, 0.11
_GROWTH = 1.45


class Item(Protocol):
    """Sizes in millimetres."""

    def __hash__(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def width_mm(self) -> float: ...
    @property
    def height_mm(self) -> float: ...
    @property
    def sku(self) -> str | None: ...
    @property
    def design(self) -> Design | None: ...
    def picture(self, height: int, look: "Look") -> Pixels:
        """RGBA uint8 at about that height."""
        ...


@dataclass(frozen=True)
class Look:
    """From where one pack is seen, in steps so that equal facings share a drawing, and which pack of many it is."""

    turn: int = 0
    pitch: int = 0
    variation: int = 0


def look(turn: float, pitch: float, variation: int) -> Look:
    """turn and pitch in radians; seen from below a pack looks as from the front, its foot stands on the board."""
    return Look(int(np.clip(round(turn / TURN), -2, 2)), int(np.clip(round(pitch / PITCH), 0, 3)), variation)


@dataclass(frozen=True)
class Drawn:
    """A product that the renderer draws."""

    product: Product

    @property
    def kind(self) -> str:
        return self.product.design.package.kind

    @property
    def width_mm(self) -> float:
        return self.product.design.package.width_mm

    @property
    def height_mm(self) -> float:
        return self.product.design.package.height_mm

    @property
    def sku(self) -> str | None:
        return self.product.sku

    @property
    def design(self) -> Design:
        return self.product.design

    def picture(self, height: int, look: Look) -> Pixels:
        turn, pitch = TURN * look.turn, PITCH * look.pitch
        return np.asarray(draw_product(self.product.design, height, turn, pitch=pitch, variation=look.variation))


def sprite(item: Item, width: int, height: int, seen: Look, lying: int) -> Pixels:
    """RGB times alpha, and alpha, uint8 [height, width, 4]; lying: quarter turns anticlockwise."""
    upright = width if lying % 2 else height
    level = max(0, int(np.ceil(np.log(max(upright, 1) * 1.1 / 24) / np.log(_GROWTH))))
    master = _master(item, int(24 * _GROWTH**level), seen)
    return np.asarray(cv2.resize(np.rot90(master, lying), (width, height), interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=800)
def _master(item: Item, height: int, seen: Look) -> Pixels:
    """Drawn somewhat larger than needed, then averaged down: letters stay smooth on small facings."""
    drawn = item.picture(height, seen)
    lit = cv2.multiply(drawn[..., :3], cv2.merge([drawn[..., 3]] * 3), scale=1 / 255)
    return np.dstack([lit, drawn[..., 3]])
