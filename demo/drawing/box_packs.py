"""Cartons, bricks, boxes and cases: flat fronts, with what is seen of side and top."""

import math

import cv2
import numpy as np
from PIL import Image, ImageDraw

from demo.design import Colour, Design
from demo.drawing.artwork import cap_colour, panel
from demo.drawing.details import bar_code, small_print
from demo.drawing.motifs import shade
from demo.drawing.solids import Pixels, View
from demo.drawing.textures import Plane, noise, seed_of


def box(design: Design, view: View) -> Pixels:
    """A folding box."""
    lid = round(min(0.16, math.sin(max(view.pitch, 0)) * 0.35) * view.height)
    front = _flat(design, panel(design, view.height - lid, view.width), view.turn)
    return _under_lid(front, lid, view.turn) if lid else front


def _flat(design: Design, front: Pixels, turn: float) -> Pixels:
    """A box seen nearly from the front: the front and a sliver of the side that turns towards us."""
    height, width = front.shape[:2]
    sliver = max(1, int(width * min(0.2, abs(turn) * 0.5 + 0.01)))
    face = cv2.resize(front, (width - sliver, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    slope = np.linspace(1.05, 0.92, width - sliver, dtype=np.float32)[None, :]
    face *= (slope + 0.02 * noise(height, width - sliver, 5, 4, seed_of(design.package)))[..., None]
    edge = _side(design, height, sliver) * (0.66 if turn > 0 else 0.84)
    whole = np.concatenate([face, edge] if turn > 0 else [edge, face], axis=1)
    at = width - sliver if turn > 0 else sliver
    whole[:, max(at - 1, 0) : at + 1] *= 1.12
    return np.dstack([np.clip(whole, 0, 255), np.full((height, width), 255.0)]).astype(np.uint8)


def _side(design: Design, height: int, width: int) -> Plane:
    """The narrow side: nutrition table and bar code, pressed together by the view."""
    ground = design.flavour.colour if design.brand.flavour_ground else design.brand.ground
    sheet = Image.new("RGB", (60, 160), shade(ground, 0.94))
    pen, rng = ImageDraw.Draw(sheet), np.random.default_rng(seed_of(design.brand))
    ink: Colour = (50, 48, 48) if sum(ground) > 380 else (230, 230, 230)
    small_print(pen, (6, 40, 54, 104), ink, rng, 9)
    bar_code(pen, (10, 118, 50, 148), rng)
    return np.asarray(cv2.resize(np.asarray(sheet), (width, height), interpolation=cv2.INTER_AREA), np.float32)


def _under_lid(front: Pixels, lid: int, turn: float) -> Pixels:
    """The top of the box above its front: the front's colours, lighter, and narrower at the back."""
    height, width = front.shape[:2]
    strip = cv2.resize(front[: max(height // 5, 2), :, :3], (width, lid), interpolation=cv2.INTER_AREA)
    light = np.clip(strip.astype(np.float32) * 1.12 + 10, 0, 255)
    y, x = np.mgrid[0:lid, 0:width].astype(np.float32)
    lean = np.clip(0.5 + 1.5 * turn, 0, 1)
    inset = (1 - y / lid) * 0.07 * width
    cover = (x >= inset * lean) & (x <= width - 1 - inset * (1 - lean))
    top = np.dstack([light, cover * 255.0]).astype(np.uint8)
    return np.concatenate([top, front])


def case(design: Design, view: View) -> Pixels:
    """A cardboard multipack: a box with a hand hole and a torn-off line."""
    picture = box(design, view)
    height, width = picture.shape[:2]
    sheet = Image.fromarray(picture)
    pen = ImageDraw.Draw(sheet)
    x, y, r = 0.5 * width, 0.045 * height, 0.03 * height
    pen.rounded_rectangle((x - 0.11 * width, y, x + 0.11 * width, y + 1.6 * r), r, fill=(34, 26, 20, 255))
    pen.line((x - 0.11 * width, y + 1.6 * r, x + 0.11 * width, y + 1.6 * r), (210, 176, 130, 255), 1)
    for k in range(24):
        dash = (0.02 + k * 0.04) * width
        pen.line((dash, 0.2 * height, dash + 0.02 * width, 0.2 * height), (*shade(design.brand.ground, 0.7), 255), 1)
    return np.asarray(sheet)


def brick(design: Design, view: View) -> Pixels:
    """A small drinks brick: its folded top edge catches the light."""
    picture = _flat(design, panel(design, view.height, view.width), view.turn)
    lid = max(2, view.height // 28)
    picture[:lid, :, :3] = np.minimum(255, picture[:lid, :, :3].astype(np.int16) + 50).astype(np.uint8)
    return picture


def carton(design: Design, view: View) -> Pixels:
    """A gable-top carton with a screw cap."""
    height, width = view.height, view.width
    roof = int(height * 0.16)
    body = _flat(design, panel(design, height - roof, width), view.turn)
    sheet = Image.new("RGBA", (width * 2, roof * 2), (0, 0, 0, 0))
    _gable(ImageDraw.Draw(sheet), design, width * 2, roof * 2)
    _screw_cap(ImageDraw.Draw(sheet), cap_colour(design), width * 2, roof * 2)
    top = np.asarray(sheet.resize((width, roof), Image.Resampling.BOX))
    return np.concatenate([top, body])


def _gable(pen: ImageDraw.ImageDraw, design: Design, w: int, r: int) -> None:
    ground = design.flavour.colour if design.brand.flavour_ground else design.brand.ground
    if design.package.slim > 0.45:
        ground = design.flavour.colour
    slant = 0.05 + 0.08 * design.package.slim
    pen.polygon(((0, r), (slant * w, 0.3 * r), ((1 - slant) * w, 0.3 * r), (w, r)), (*shade(ground, 0.9), 255))
    pen.polygon(((w, r), ((1 - slant) * w, 0.3 * r), ((1 - 2.4 * slant) * w, r)), (*shade(ground, 0.72), 255))
    pen.rectangle((slant * w, 0, (1 - slant) * w, 0.3 * r), (*shade(ground, 1.12), 255))
    pen.line((slant * w, 0.3 * r, (1 - slant) * w, 0.3 * r), (*shade(ground, 0.6), 255), max(1, r // 24))
    pen.line((0, r - 1, w, r - 1), (*shade(ground, 0.7), 255), max(1, r // 20))


def _screw_cap(pen: ImageDraw.ImageDraw, colour: Colour, w: int, r: int) -> None:
    pen.ellipse((0.35 * w, 0.42 * r, 0.65 * w, 0.96 * r), (*shade(colour, 0.5), 255))
    pen.ellipse((0.36 * w, 0.38 * r, 0.64 * w, 0.88 * r), (*shade(colour, 0.78), 255))
    pen.ellipse((0.37 * w, 0.34 * r, 0.63 * w, 0.76 * r), (*shade(colour, 1.1), 255))
    pen.ellipse((0.42 * w, 0.42 * r, 0.53 * w, 0.54 * r), (*shade(colour, 1.45), 255))
