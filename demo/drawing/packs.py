"""Each kind of package as a picture: silhouettes, caps and where the artwork goes."""

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from demo.design import Colour, Design
from demo.drawing.label import draw_label
from demo.drawing.motifs import shade
from demo.drawing.solids import Pixels, Wrap, Zone, turned

Painter = Callable[[Design, int, int, float], Pixels]
_STEEL: Colour = (196, 198, 202)
_ART = 300
_SOLID_FACE = 0.6


@lru_cache(maxsize=512)
def _art(design: Design, aspect: float, face: float) -> Pixels:
    width = _ART if aspect <= 1.6 else int(_ART / aspect * 1.6)
    return np.asarray(draw_label(design, width, max(24, int(width * aspect)), face))


def _wrap(design: Design, top: float, bottom: float, gloss: float = 0.22) -> Wrap:
    package = design.package
    aspect = round((bottom - top) * package.height_mm / (package.width_mm * np.pi / 2), 2)
    return Wrap(top, bottom, _art(design, aspect, _SOLID_FACE), gloss)


def _accent(design: Design) -> Colour:
    return design.flavour.colour


def _bottle(design: Design, height: int, width: int, turn: float) -> Pixels:
    slim = design.package.slim
    cap, neck, shoulder = 0.075, 0.12, 0.26 + 0.12 * slim
    throat = 0.34 - 0.04 * slim
    outline = ((0.0, throat + 0.06), (cap, throat + 0.06), (cap + 0.006, throat), (neck, throat), (shoulder, 0.97),
               (shoulder + 0.04, 1.0), (0.84, 1.0), (0.87, 0.95), (0.9, 1.0), (0.975, 1.0), (1.0, 0.88))  # fmt: skip
    liquid, top = design.flavour.liquid, shoulder + 0.03
    zones = (
        Zone(0, cap, _accent(design), 0.3), Zone(cap, neck + 0.05, shade(liquid, 1.4), 0.5, 0.9),
        Zone(neck + 0.05, 1, liquid, 0.55, 0.9),
    )  # fmt: skip
    return turned(outline, zones, (_wrap(design, top, top + 0.4 + 0.06 * slim),), height, width, turn)


def _glass(design: Design, height: int, width: int, turn: float) -> Pixels:
    slim = design.package.slim
    neck, shoulder = 0.28 + 0.08 * slim, 0.44 + 0.06 * slim
    outline = ((0.0, 0.42), (0.05, 0.42), (0.055, 0.36), (neck, 0.4), (shoulder, 1.0), (0.98, 1.0), (1.0, 0.94))
    tint = shade(design.flavour.liquid, 0.62)
    zones = (Zone(0, 0.05, _accent(design), 0.6), Zone(0.05, 1, tint, 0.75, 1.0))
    return turned(outline, zones, (_wrap(design, shoulder + 0.03, 0.9),), height, width, turn)


def _can(design: Design, height: int, width: int, turn: float) -> Pixels:
    rim = 0.03 if design.package.kind == "can" else 0.025
    outline = ((0.0, 0.8), (rim, 0.82), (2.6 * rim, 1.0), (1 - 1.8 * rim, 1.0), (1.0, 0.84))
    zones = (Zone(0, 2.2 * rim, _STEEL, 0.6), Zone(2.2 * rim, 1, shade(_STEEL, 0.8), 0.5))
    return turned(outline, zones, (_wrap(design, 1.6 * rim, 1 - 0.8 * rim, 0.42),), height, width, turn)


def _jar(design: Design, height: int, width: int, turn: float) -> Pixels:
    outline = ((0.0, 0.9), (0.15, 0.9), (0.16, 0.82), (0.2, 0.84), (0.27, 1.0), (0.97, 1.0), (1.0, 0.92))
    zones = (Zone(0, 0.16, _accent(design), 0.3), Zone(0.16, 1, design.flavour.liquid, 0.6, 0.9))
    return turned(outline, zones, (_wrap(design, 0.33, 0.9),), height, width, turn)


def _cup(design: Design, height: int, width: int, turn: float) -> Pixels:
    outline = ((0.0, 1.0), (0.08, 1.0), (0.09, 0.95), (1.0, 0.74 + 0.16 * design.package.slim))
    zones = (Zone(0, 0.09, shade(_accent(design), 1.3), 0.4), Zone(0.09, 1, design.brand.ground, 0.3))
    return turned(outline, zones, (_wrap(design, 0.1, 0.97),), height, width, turn)


def _pump(design: Design, height: int, width: int, turn: float) -> Pixels:
    outline = ((0.0, 0.5), (0.05, 0.5), (0.055, 0.16), (0.14, 0.16), (0.145, 0.42), (0.22, 0.44), (0.3, 0.95),
               (0.36, 1.0), (0.97, 1.0), (1.0, 0.92))  # fmt: skip
    zones = (Zone(0, 0.22, (244, 244, 242), 0.3), Zone(0.22, 1, design.flavour.liquid, 0.5, 0.5))
    picture = turned(outline, zones, (_wrap(design, 0.38, 0.92),), height, width, turn)
    nozzle = slice(round(0.005 * height), round(0.04 * height)), slice(round(0.05 * width), width // 2)
    picture[nozzle] = (226, 226, 224, 255)
    return picture


def _panel(design: Design, height: int, width: int) -> Pixels:
    art = _art(design, round(height / width, 2), 0.92)
    return np.asarray(cv2.resize(art, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _flat(front: Pixels, turn: float) -> Pixels:
    """A box seen nearly from the front: the front and a sliver of the side that turns towards us."""
    height, width = front.shape[:2]
    sliver = max(1, int(width * min(0.14, abs(turn) * 0.35 + 0.02)))
    face = cv2.resize(front, (width - sliver, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    face *= np.linspace(1.04, 0.93, width - sliver, dtype=np.float32)[None, :, None]
    edge = np.repeat(front[:, -1:, :].astype(np.float32) * (0.62 if turn > 0 else 0.8), sliver, axis=1)
    whole = np.concatenate([face, edge] if turn > 0 else [edge, face], axis=1)
    return np.dstack([np.clip(whole, 0, 255), np.full((height, width), 255.0)]).astype(np.uint8)


def _carton(design: Design, height: int, width: int, turn: float) -> Pixels:
    """A gable-top or flat-top carton with a screw cap."""
    roof = int(height * 0.15)
    body = _flat(_panel(design, height - roof, width), turn)
    sheet = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(sheet)
    ground = (*shade(design.flavour.colour, 0.9), 255)
    slant = 0.12 + 0.1 * design.package.slim
    pen.polygon(((0, roof), (slant * width, 0.45 * roof), ((1 - slant) * width, 0.45 * roof), (width, roof)), ground)
    pen.rectangle(
        (slant * width, 0.2 * roof, (1 - slant) * width, 0.48 * roof), (*shade(design.flavour.colour, 1.2), 255)
    )
    pen.ellipse((0.36 * width, 0.42 * roof, 0.64 * width, 0.9 * roof), (*shade(design.brand.badge_colour, 0.7), 255))
    pen.ellipse((0.38 * width, 0.36 * roof, 0.62 * width, 0.78 * roof), (*shade(design.brand.badge_colour, 1.25), 255))
    sheet.paste(Image.fromarray(body), (0, roof))
    return np.asarray(sheet)


def _brick(design: Design, height: int, width: int, turn: float) -> Pixels:
    """A small drinks brick: flat top seen a little from above, straw on the side."""
    picture = _flat(_panel(design, height, width), turn)
    lid = max(2, height // 28)
    picture[:lid, :, :3] = np.minimum(255, picture[:lid, :, :3].astype(np.int16) + 50).astype(np.uint8)
    if design.package.slim > 0.6:
        x, w = int(0.8 * width), max(1, width // 16)
        picture[int(0.1 * height) : int(0.75 * height), x : x + w, :3] = (240, 240, 240)
    return picture


def _box(design: Design, height: int, width: int, turn: float) -> Pixels:
    return _flat(_panel(design, height, width), turn)


def _bag(design: Design, height: int, width: int, turn: float) -> Pixels:
    """A pillow bag: crimped ends and soft creases of light."""
    front = _panel(design, height, width).astype(np.float32)
    y, x = np.mgrid[-1 : 1 : complex(height), -1 : 1 : complex(width)].astype(np.float32)
    phase = 7 * design.package.slim + turn
    crease = 0.09 * np.sin(5 * x + 3 * y + phase) * np.cos(4 * y - 2 * x + phase)
    light = np.clip(1.06 - 0.42 * np.abs(x) ** 3 - 0.25 * y**6 + crease, 0.3, 1.25)
    light *= np.where(np.abs(y) > 0.94, 0.82 + 0.12 * np.sin(90 * y), 1.0)
    bulge = np.clip((1 - 0.07 * (1 - y**2) ** 0.5 * -1 - np.abs(x) - 0.06 * np.cos(2.2 * y)) * width / 2, 0, 1)
    return np.dstack([np.clip(front * light[..., None], 0, 255), bulge * 255]).astype(np.uint8)


_PAINTERS: dict[str, Painter] = {
    "bottle": _bottle, "glass": _glass, "can": _can, "slim_can": _can, "jar": _jar, "cup": _cup, "pump": _pump,
    "carton": _carton, "brick": _brick, "box": _box, "bag": _bag,
}  # fmt: skip


def draw_product(design: Design, height: int, turn: float = 0.0) -> Pixels:
    """RGBA picture [height, width, 4] of one product, seen from the front, turned by some radians."""
    width = max(4, round(height * design.package.width_mm / design.package.height_mm))
    return _PAINTERS[design.package.kind](design, height, width, turn)
