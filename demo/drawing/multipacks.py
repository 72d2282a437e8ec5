"""Six of a kind in shrink wrap, of which the front three are seen."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw

from demo.design import Design, Kind
from demo.drawing.lettering import write
from demo.drawing.round_packs import bottle, can
from demo.drawing.soft_packs import film
from demo.drawing.solids import Pixels, View
from demo.drawing.textures import seed_of

_ABREAST = 3


def bottle_pack(design: Design, view: View) -> Pixels:
    return _pack(design, view, "bottle", bottle)


def can_pack(design: Design, view: View) -> Pixels:
    return _pack(design, view, "can", can)


def _single(design: Design, kind: Kind) -> Design:
    package = design.package
    size = package.size.split(" x ")[-1]
    return replace(design, package=replace(package, kind=kind, width_mm=package.width_mm / _ABREAST, size=size))


def _pack(design: Design, view: View, kind: Kind, draw: Callable[[Design, View], Pixels]) -> Pixels:
    """Three side by side before their darker second row, film around them, a printed patch on the film."""
    single = _single(design, kind)
    each = view.width // _ABREAST
    units = [draw(single, View(view.height, each, view.turn + lean)) for lean in (-0.2, 0.05, 0.25)]
    sheet = np.zeros((view.height, view.width, 4), np.uint8)
    row = np.concatenate(units, axis=1)
    sheet[:, : row.shape[1]] = row
    behind = np.roll(sheet, each // 2, axis=1)
    behind[..., :3] = (behind[..., :3] * 0.45).astype(np.uint8)
    whole = np.where(sheet[..., 3:] > 127, sheet, behind)
    wrapped = film(_wrapped(whole), seed_of(single))
    return _patch(wrapped, design)


def _wrapped(pixels: Pixels) -> Pixels:
    """Between the necks, film covers the dark inside from the shoulders down."""
    covered = pixels.copy()
    lower = round(0.3 * pixels.shape[0])
    empty = covered[lower:, :, 3] < 128
    covered[lower:][empty] = (58, 58, 62, 255)
    return covered


def _patch(pixels: Pixels, design: Design) -> Pixels:
    height, width = pixels.shape[:2]
    sheet = Image.fromarray(pixels)
    y, r = 0.84 * height, 0.13 * min(height, width)
    pen = ImageDraw.Draw(sheet)
    pen.rounded_rectangle((width / 2 - 2.4 * r, y - 0.6 * r, width / 2 + 2.4 * r, y + 0.6 * r), 0.3 * r,
                          fill=(*design.brand.badge_colour, 255))  # fmt: skip
    write(sheet, design.package.size, "Spartan", (width / 2, y), (4.2 * r, 0.8 * r), design.brand.ink)
    return np.asarray(sheet)
