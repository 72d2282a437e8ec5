"""Round bodies: a silhouette turned about its axis, with artwork wrapped around and light from the upper left."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.design import Colour

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
Outline = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Zone:
    """A horizontal part of the body from top to bottom (shares of the height) in one material."""

    top: float
    bottom: float
    colour: Colour
    gloss: float = 0.35
    clear: float = 0.0
    """0: opaque; 1: like glass, light shines through the middle and the rims look dark."""
    ribs: int = 0
    """Grooves around the half that is seen, as on a cap."""


@dataclass(frozen=True)
class Wrap:
    """Artwork around the body between two heights."""

    top: float
    bottom: float
    art: Pixels
    gloss: float = 0.25


@dataclass(frozen=True)
class View:
    """The picture's size, and from where it is seen: radians about the axis, and from above."""

    height: int
    width: int
    turn: float = 0.0
    pitch: float = 0.0


@dataclass(frozen=True)
class _Surface:
    """For every pixel: u across the body (-1 to 1), v down its front (0 to 1 inside), and its cover."""

    u: Plane
    v: Plane
    alpha: Plane


def half_widths(outline: Outline, height: int, width: int) -> Plane:
    """Half the width in pixels of every pixel row, from (height share, width share) points, rounded off."""
    ys, ws = zip(*outline, strict=True)
    rows = (np.arange(height) + 0.5) / height
    raw = np.interp(rows, ys, ws)
    k = max(3, height // 40) | 1
    soft = np.convolve(np.pad(raw, k // 2, mode="edge"), np.ones(k) / k, mode="valid")
    return (soft * width / 2).astype(np.float32)


def turned(outline: Outline, zones: tuple[Zone, ...], wraps: tuple[Wrap, ...], view: View) -> Pixels:
    """RGBA picture of the body: rings bend with the pitch, artwork moves with the turn."""
    seen = _surface(outline, view)
    rows = np.clip(seen.v * view.height, 0, view.height - 1).astype(np.int32)
    table = _materials(zones, view.height)
    rgb, gloss, clear, ribs = table[rows, :3], table[rows, 3], table[rows, 4], table[rows, 5]
    angle = np.arcsin(seen.u) + np.float32(view.turn)
    rgb *= (_through(seen.u, clear) * (1 + 0.16 * np.cos(angle * ribs) * (ribs > 0)))[..., None]
    for wrap in wraps:
        _put_on(rgb, gloss, wrap, seen, angle)
    finished = _light(rgb, seen.u, gloss)
    _lid(finished, rgb, seen)
    return np.dstack([finished, seen.alpha * 255]).astype(np.uint8)


def _surface(outline: Outline, view: View) -> _Surface:
    """Every ring of the body is seen as an ellipse whose front hangs lower by the pitch."""
    sink = math.sin(view.pitch)
    top, bottom = (abs(sink) * share * view.width / 2 for share in (outline[0][1], outline[-1][1]))
    body = max(view.height - top - bottom, 2.0)
    y = np.arange(view.height, dtype=np.float32)[:, None] + 0.5
    table = half_widths(outline, view.height, view.width)
    half = table[np.clip((y[:, 0] - top) / body * view.height, 0, view.height - 1).astype(int)][:, None]
    across = (np.arange(view.width, dtype=np.float32) + 0.5 - view.width / 2)[None, :]
    u = np.clip(across / np.maximum(half, 0.5), -1, 1)
    bulge = np.sqrt(1 - u * u)
    v = (y - top - sink * half * bulge) / body
    reach = np.minimum(y - top + top * bulge, top + body + bottom * bulge - y)
    alpha = np.clip(half - np.abs(across) + 0.5, 0, 1) * np.clip(reach + 0.5, 0, 1)
    return _Surface(u.astype(np.float32), v.astype(np.float32), alpha.astype(np.float32))


def _materials(zones: tuple[Zone, ...], height: int) -> Plane:
    """[height, 6]: red, green, blue, gloss, clearness and ribs of every ring."""
    table = np.zeros((height, 6), np.float32)
    for zone in zones:
        rows = slice(round(zone.top * height), round(zone.bottom * height))
        table[rows] = (*zone.colour, zone.gloss, zone.clear, zone.ribs)
    return table


def _through(u: Plane, clear: Plane) -> Plane:
    square = u * u
    glow = 1 + clear * (0.22 * np.exp(-(((u - 0.1) / 0.45) ** 2)) - 0.35 * square * square * square)
    return np.asarray(glow, np.float32)


def _put_on(rgb: Plane, gloss: Plane, wrap: Wrap, seen: _Surface, angle: Plane) -> None:
    height, width = seen.v.shape
    rows = round((wrap.bottom - wrap.top) * height)
    if rows < 3:
        return
    # The art covers the visible half turn, so its width is pi/2 of the body's: an equal scale front and centre.
    size = (int(width * 1.6) + 2, rows)
    art = cv2.resize(wrap.art, size, interpolation=cv2.INTER_AREA)
    share = (seen.v - wrap.top) / (wrap.bottom - wrap.top)
    map_x = ((angle / np.pi + 0.5) * (size[0] - 1)).astype(np.float32)
    map_y = (share * (rows - 1)).astype(np.float32)
    on = (share >= 0) & (share <= 1)
    printed = cv2.remap(art, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    rgb[on] = printed[on]
    gloss[on] = wrap.gloss


def _light(rgb: Plane, u: Plane, gloss: Plane) -> Plane:
    diffuse = 0.58 + 0.46 * np.sqrt(np.clip(1 - (u + 0.18) ** 2, 0, 1))
    strip = np.exp(-(((u + 0.52) / 0.11) ** 2)) + 0.35 * np.exp(-(((u - 0.68) / 0.07) ** 2))
    sixth = (u * u) ** 2 * (u * u)
    shone = gloss * (strip + 0.25 * sixth * sixth)
    lit = rgb * diffuse[..., None] + (255 - rgb) * shone[..., None]
    return np.asarray(np.clip(lit, 0, 255), np.float32)


def _lid(finished: Plane, rgb: Plane, seen: _Surface) -> None:
    """Above the front edge of the top ring its flat top is seen, below the bottom ring a dark underside."""
    above, below = seen.v < 0, seen.v > 1
    finished[above] = np.clip(rgb[above] * 1.08 + 12, 0, 255)
    finished[below] = rgb[below] * 0.35
