"""Every picture and mark by its name."""

from collections.abc import Mapping

from PIL import Image, ImageDraw

from demo.design import Colour
from demo.drawing.motifs import FRUIT, MARKS, Motif
from demo.drawing.motifs_pantry import PANTRY

PICTURES: Mapping[str, Motif] = {**FRUIT, **PANTRY}
"""What stands for a flavour; the marks of brands are in MARKS."""


def draw_motif(canvas: Image.Image, name: str, centre: tuple[float, float], radius: float, colour: Colour) -> None:
    """Draw a flavour's picture or a brand's mark around a centre."""
    motif = PICTURES.get(name) or MARKS[name]
    motif(ImageDraw.Draw(canvas), centre[0], centre[1], radius, colour)
