"""Pillow bags and stand-up pouches: foil that bulges, creases and shines."""

import cv2
import numpy as np

from demo.design import Design
from demo.drawing.artwork import cap_colour, panel
from demo.drawing.motifs import shade
from demo.drawing.solids import Pixels, View, Zone, turned
from demo.drawing.textures import Plane, grid, lit, noise, relief, seed_of


def bag(design: Design, view: View, crease: int = 0) -> Pixels:
    """A pillow bag: crimped seals at both ends, blown up between them."""
    height, width = view.height, view.width
    y, x = grid(height, width)
    seal = 0.9
    inside = np.clip(1 - np.abs(y / seal), 0, 1)
    puff = np.sqrt(np.clip(1 - x * x, 0, 1)) * inside**0.42
    creases = _creases(design, height, width, inside, crease)
    front = _bent(_placed(panel(design, round(0.89 * height), width), height, 0.42), creases, 0.018)
    surface = 0.16 * puff + 0.012 * creases
    surface = np.where(np.abs(y) > seal, 0.0022 * np.sin(np.arange(width) * 6.283 * 44 / width)[None, :], surface)
    diffuse, shine = relief(surface.astype(np.float32), 1.5)
    gloss = 0.2 if design.brand.finish == "kraft" else 0.75
    rgb = lit(front, diffuse, shine, gloss)
    return np.dstack([rgb, 255 * _pillow(view, x, y, seal)]).astype(np.uint8)


def _placed(front: Pixels, height: int, share: float) -> Pixels:
    """Print that is to be read keeps off seals and folds; its ground goes on to the edges, `share` of it above."""
    spare = height - front.shape[0]
    above = round(share * spare)
    return np.asarray(cv2.copyMakeBorder(front, above, spare - above, 0, 0, cv2.BORDER_REPLICATE), np.uint8)


def _creases(design: Design, height: int, width: int, inside: Plane, crease: int) -> Plane:
    """Folds that run into the seals, and a few soft dents between them."""
    seed = seed_of(design.package) + 31 * crease
    folds = noise(height, width, 5, 17, seed) * (0.9 - 0.85 * np.minimum(1, 2.6 * inside))
    dents = noise(height, width, 6, 4, seed + 1) * 0.5 + noise(height, width, 13, 9, seed + 2) * 0.16
    return np.asarray(folds + dents * np.minimum(1, 4 * inside), np.float32)


def _bent(front: Pixels, creases: Plane, strength: float) -> Plane:
    """Print follows the creases."""
    height, width = creases.shape
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    map_x = columns + creases * strength * width * 0.5
    map_y = rows + creases * strength * width * 0.4
    return np.asarray(cv2.remap(front, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _pillow(view: View, x: Plane, y: Plane, seal: float) -> Plane:
    """Full width at the seals, drawn in where the bag is blown up; the seal's edge is cut in a zigzag."""
    drawn_in = 0.07 * np.clip(1 - (y / seal) ** 4, 0, 1) ** 0.6 - 0.03 * np.cos(2 * y) ** 2
    side = (0.985 - drawn_in - np.abs(x)) * view.width / 2
    teeth = 0.008 * np.abs(((np.arange(view.width) * 40 / view.width) % 2) - 1)[None, :]
    end = (0.997 - teeth - np.abs(y)) * view.height / 2
    return np.asarray(np.clip(side + 0.5, 0, 1) * np.clip(end + 0.5, 0, 1), np.float32)


def pouch(design: Design, view: View, crease: int = 0) -> Pixels:
    """A stand-up refill pouch with a gusset at its foot and, mostly, a spout."""
    height, width = view.height, view.width
    spout = round((0.07 if design.package.slim < 0.75 else 0.0) * height)
    body = _pouch_body(design, View(height - spout, width, view.turn), crease)
    sheet = np.zeros((height, width, 4), np.uint8)
    if spout:
        _put_spout(sheet, design, spout)
    sheet[spout:] = np.where(body[..., 3:] > 127, body, np.maximum(sheet[spout:], body))
    return sheet


def _pouch_body(design: Design, view: View, crease: int) -> Pixels:
    height, width = view.height, view.width
    y, x = grid(height, width)
    belly = np.clip((y + 0.9) / 1.5, 0, 1)
    puff = np.sqrt(np.clip(1 - (x / 0.93) ** 2, 0, 1)) * belly**0.7 * np.clip((1.08 - y) / 0.3, 0.3, 1) ** 0.5
    folds = _creases(design, height, width, np.asarray(np.broadcast_to(belly * 0.5, puff.shape), np.float32), crease)
    front = _bent(_placed(panel(design, round(0.88 * height), width), height, 0.3), folds, 0.012)
    diffuse, shine = relief(np.asarray(0.13 * puff + 0.008 * folds, np.float32), 1.4)
    rgb = lit(front, diffuse * _gusset(y, x), shine, 0.55)
    return np.dstack([rgb, 255 * _pouch_cover(view, x, y)]).astype(np.uint8)


def _gusset(y: Plane, x: Plane) -> Plane:
    """The curved fold at the foot, and the welded seams left and right."""
    fold = 0.74 + 0.12 * x * x
    shadow = 1 - 0.3 * np.exp(-(((y - fold) / 0.02) ** 2)) - 0.14 * (y > fold)
    seam = 1 + 0.1 * np.exp(-(((np.abs(x) - 0.93) / 0.012) ** 2))
    return np.asarray(shadow * seam, np.float32)


def _pouch_cover(view: View, x: Plane, y: Plane) -> Plane:
    narrow = 0.05 * np.clip(-y, 0, 1) + 0.03 * np.sin(3 * y) ** 2
    side = (0.99 - narrow - np.abs(x)) * view.width / 2
    corner = np.clip(np.abs(x) - 0.84, 0, 1) / 0.16
    ends = (1 - 0.05 * corner**2 * (0.4 + (y > 0)) - np.abs(y)) * view.height / 2
    return np.asarray(np.clip(side + 0.5, 0, 1) * np.clip(ends + 0.5, 0, 1), np.float32)


def _put_spout(sheet: Pixels, design: Design, size: int) -> None:
    height, width = round(1.3 * size), round(1.5 * size)
    cap = cap_colour(design)
    colour = shade(design.flavour.colour, 0.85) if min(cap) > 235 else cap
    zones = (Zone(0, 0.62, colour, 0.4, ribs=22), Zone(0.62, 1, (238, 238, 236), 0.3))
    drawn = turned(((0.0, 0.92), (0.6, 1.0), (0.62, 0.6), (1.0, 0.6)), zones, (), View(height, width))
    middle = sheet.shape[1] * (0.5 if design.package.slim < 0.4 else 0.22)
    left = max(0, round(middle - width / 2))
    sheet[:height, left : left + width] = drawn[:, : sheet.shape[1] - left]


def film(pixels: Pixels, seed: int, strength: float = 0.5) -> Pixels:
    """The same picture under shrink wrap: streaks of light and a dull veil."""
    height, width = pixels.shape[:2]
    streaks = noise(height, width, 5, 14, seed) + 0.6 * noise(height, width, 22, 9, seed + 1)
    _, shine = relief(np.asarray(0.012 * streaks, np.float32), 1.6)
    rgb = pixels[..., :3].astype(np.float32)
    veil = (0.06 + strength * shine)[..., None]
    return np.dstack([np.clip(rgb * (1 - veil) + 250 * veil, 0, 255).astype(np.uint8), pixels[..., 3]])
