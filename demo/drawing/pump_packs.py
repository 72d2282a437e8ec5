"""Soap: pump dispensers and big canisters with a handle."""

import cv2
import numpy as np
from PIL import Image, ImageDraw

from demo.design import Colour, Design
from demo.drawing.artwork import cap_colour, panel, wrap
from demo.drawing.motifs import shade
from demo.drawing.solids import Pixels, View, Zone, turned
from demo.drawing.textures import Plane, lit, relief

_HEAD = 0.27
_FINE = 3


def pump(design: Design, view: View) -> Pixels:
    """A dispenser: translucent soap, a label, a collar, and a head with its nozzle to one side."""
    head = round(_HEAD * view.height)
    body = _pump_body(design, View(view.height - head, view.width, view.turn, view.pitch))
    sheet = np.zeros((view.height, view.width, 4), np.uint8)
    sheet[head:] = body
    top = _pump_head(design, head + round(0.01 * view.height), view.width, view.turn)
    part = sheet[: top.shape[0]]
    cover = top[..., 3:].astype(np.float32) / 255
    part[..., :3] = (top[..., :3] * cover + part[..., :3] * (1 - cover)).astype(np.uint8)
    part[..., 3] = np.maximum(part[..., 3], top[..., 3])
    return sheet


def _pump_body(design: Design, view: View) -> Pixels:
    slim, liquid = design.package.slim, design.flavour.liquid
    shoulder = 0.05 + 0.2 * slim
    outline = ((0.0, 0.4), (0.02, 0.42), (shoulder, 0.93), (shoulder + 0.06, 1.0), (0.96, 1.0 - 0.08 * (slim > 0.6)),
               (1.0, 0.9))  # fmt: skip
    level = 0.05 + 0.5 * shoulder
    clear = 0.9 if sum(liquid) < 690 else 0.2
    zones = (
        Zone(0, level, shade(liquid, 1.45), 0.6, 0.9), Zone(level, level + 0.012, shade(liquid, 0.75), 0.5),
        Zone(level + 0.012, 1, liquid, 0.55, clear),
    )  # fmt: skip
    picture = turned(outline, zones, (wrap(design, shoulder + 0.1, 0.93),), view)
    return _dip_tube(picture, round(view.height * (shoulder + 0.1)), clear)


def _dip_tube(picture: Pixels, stop: int, clear: float) -> Pixels:
    """The straw inside, seen above the label through clear soap."""
    middle, half = picture.shape[1] // 2, max(1, picture.shape[1] // 40)
    if clear > 0.5 and stop > 2:
        straw = picture[:stop, middle - half : middle + half, :3]
        straw[:] = (straw * 0.84 + 255 * 0.1).astype(np.uint8)
    return picture


def _pump_head(design: Design, height: int, width: int, turn: float) -> Pixels:
    """Collar, stem and nozzle, drawn large and averaged down; most nozzles point to the left."""
    colour: Colour = cap_colour(design) if design.brand.cap or design.package.slim > 0.5 else (240, 240, 238)
    w, h = width * _FINE, height * _FINE
    sheet = Image.new("L", (w, h), 0)
    pen = ImageDraw.Draw(sheet)
    for shape in _head_shapes(0.9 + 0.1 * np.cos(4 * turn)):
        pen.polygon([(x * w, y * h) for x, y in shape], fill=255)
    mask = np.asarray(sheet.resize((width, height), Image.Resampling.BOX))
    if design.package.slim > 0.7:
        mask = np.ascontiguousarray(mask[:, ::-1])
    depth = cv2.distanceTransform((mask > 127).astype(np.uint8), cv2.DIST_L2, 3)
    swell = np.sqrt(np.clip(depth / (0.05 * width + 1), 0, 1)) * 0.06
    diffuse, shine = relief(np.asarray(swell, np.float32), 1.2)
    flat = np.full((height, width, 3), colour, np.float32) * _rings(height)
    return np.dstack([lit(flat, diffuse, shine, 0.5), mask]).astype(np.uint8)


def _head_shapes(reach: float) -> tuple[tuple[tuple[float, float], ...], ...]:
    tip = 0.5 - 0.44 * reach
    nozzle = ((tip, 0.12), (tip + 0.03, 0.05), (0.38, 0.02), (0.6, 0.0), (0.67, 0.04), (0.68, 0.27), (0.4, 0.27),
              (tip + 0.11, 0.21), (tip + 0.08, 0.31), (tip, 0.3))  # fmt: skip
    stem = ((0.45, 0.2), (0.55, 0.2), (0.55, 0.62), (0.45, 0.62))
    collar = ((0.36, 0.56), (0.64, 0.56), (0.7, 0.66), (0.71, 1.0), (0.29, 1.0), (0.3, 0.66))
    return nozzle, stem, collar


def _rings(height: int) -> Plane:
    """The stem is shaded by the head above it, the collar is grooved."""
    y = np.linspace(0, 1, height, dtype=np.float32)
    tone = np.where((y > 0.2) & (y < 0.56), 0.86 + 0.2 * (y - 0.2), 1.0)
    return np.asarray(np.where(np.abs(y - 0.68) < 0.02, 0.82, tone)[:, None, None], np.float32)


def jug(design: Design, view: View) -> Pixels:
    """A canister: off-centre neck, a handle cut out beside it, a broad label."""
    height, width = view.height, view.width
    mask = _jug_mask(design, height, width)
    depth = cv2.distanceTransform((mask > 127).astype(np.uint8), cv2.DIST_L2, 5)
    swell = np.sqrt(1 - (1 - np.clip(depth / (0.16 * width), 0, 1)) ** 2) * 0.11
    diffuse, shine = relief(np.asarray(cv2.GaussianBlur(swell, (0, 0), 1.2), np.float32), 1.3)
    rgb = _jug_colours(design, height, width)
    return np.dstack([lit(rgb, diffuse, shine, 0.5), mask]).astype(np.uint8)


def _jug_mask(design: Design, height: int, width: int) -> Pixels:
    w, h = width * _FINE, height * _FINE
    sheet = Image.new("L", (w, h), 0)
    pen = ImageDraw.Draw(sheet)
    pen.rounded_rectangle((0.01 * w, 0.2 * h, 0.99 * w, 0.998 * h), 0.1 * w, fill=255)
    pen.polygon([(0.1 * w, 0.26 * h), (0.18 * w, 0.11 * h), (0.5 * w, 0.11 * h), (0.92 * w, 0.24 * h)], fill=255)
    pen.rounded_rectangle((0.17 * w, 0.0, 0.47 * w, 0.1 * h), 0.02 * w, fill=255)
    pen.rectangle((0.21 * w, 0.08 * h, 0.43 * w, 0.13 * h), fill=255)
    pen.rounded_rectangle((0.58 * w, 0.235 * h, 0.86 * w, 0.34 * h), 0.05 * w, fill=0)
    mask = np.asarray(sheet.resize((width, height), Image.Resampling.BOX))
    return np.ascontiguousarray(mask[:, ::-1]) if design.package.slim > 0.6 else mask


def _jug_colours(design: Design, height: int, width: int) -> Plane:
    """Plastic above and below, the label in between, the cap at the top."""
    rgb: Plane = np.empty((height, width, 3), np.float32)
    rgb[:] = design.flavour.liquid
    rgb *= np.linspace(1.03, 0.9, height, dtype=np.float32)[:, None, None]
    cap = cap_colour(design)
    rgb[: round(0.1 * height)] = shade(design.flavour.colour, 0.85) if min(cap) > 235 else cap
    top, bottom, side = round(0.38 * height), round(0.94 * height), round(0.05 * width)
    rgb[top:bottom, side : width - side] = panel(design, bottom - top, width - 2 * side)
    return rgb
