"""The label of a design, drawn once for each of its shapes and kept."""

from functools import lru_cache

import cv2
import numpy as np

from demo.design import Colour, Design
from demo.drawing.label import draw_label
from demo.drawing.solids import Pixels, Wrap

_WIDTH = 300
_SOLID_FACE = 0.6
_PANEL_FACE = 0.92


@lru_cache(maxsize=512)
def _art(design: Design, aspect: float, face: float) -> Pixels:
    width = _WIDTH if aspect <= 1.6 else int(_WIDTH / aspect * 1.6)
    return np.asarray(draw_label(design, width, max(24, int(width * aspect)), face))


def wrap(design: Design, top: float, bottom: float, gloss: float = 0.22) -> Wrap:
    """The label around a round body; it covers the half that is seen."""
    package = design.package
    aspect = round((bottom - top) * package.height_mm / (package.width_mm * np.pi / 2), 2)
    return Wrap(top, bottom, _art(design, aspect, _SOLID_FACE), gloss)


def panel(design: Design, height: int, width: int) -> Pixels:
    """RGB of the label flat, at the size wanted."""
    art = _art(design, round(height / max(width, 1), 2), _PANEL_FACE)
    return np.asarray(cv2.resize(art, (max(width, 1), max(height, 1)), interpolation=cv2.INTER_AREA), np.uint8)


def cap_colour(design: Design) -> Colour:
    """Of caps, lids and pumps: the brand's own, or else the flavour's."""
    return design.brand.cap or design.flavour.colour
