"""Round bodies: a silhouette turned about its axis, with artwork wrapped around and light from the upper left."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.design import Colour

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Zone:
    """A horizontal part of the body from top to bottom (shares of the height) in one material."""

    top: float
    bottom: float
    colour: Colour
    gloss: float = 0.35
    clear: float = 0.0
    """0: opaque; 1: like glass, light shines through the middle and the rims look dark."""


@dataclass(frozen=True)
class Wrap:
    """Artwork around the body between two heights."""

    top: float
    bottom: float
    art: Pixels
    gloss: float = 0.25


def half_widths(outline: tuple[tuple[float, float], ...], height: int, width: int) -> Plane:
    """Half the width in pixels of every pixel row, from (height share, width share) points, rounded off."""
    ys, ws = zip(*outline, strict=True)
    rows = (np.arange(height) + 0.5) / height
    raw = np.interp(rows, ys, ws)
    k = max(3, height // 40) | 1
    soft = np.convolve(np.pad(raw, k // 2, mode="edge"), np.ones(k) / k, mode="valid")
    return (soft * width / 2).astype(np.float32)


def turned(outline: tuple[tuple[float, float], ...], zones: tuple[Zone, ...], wraps: tuple[Wrap, ...],
           height: int, width: int, turn: float) -> Pixels:  # fmt: skip
    """RGBA picture of the body; `turn` (radians) rotates the artwork about the axis."""
    half = half_widths(outline, height, width)
    across = (np.arange(width, dtype=np.float32) + 0.5 - width / 2)[None, :]
    u: Plane = np.clip(across / np.maximum(half[:, None], 0.5), -1, 1).astype(np.float32)
    alpha = np.clip(half[:, None] - np.abs(across) + 0.5, 0, 1)
    colour, gloss, clear = _materials(zones, height)
    rgb = np.broadcast_to(colour[:, None, :], (height, width, 3)).copy()
    rgb *= _through(u, clear[:, None])[..., None]
    for wrap in wraps:
        _put_on(rgb, gloss, wrap, u, turn)
    lit = _light(rgb, u, gloss[:, None])
    return np.dstack([lit, alpha * 255]).astype(np.uint8)


def _materials(zones: tuple[Zone, ...], height: int) -> tuple[Plane, Plane, Plane]:
    colour = np.zeros((height, 3), np.float32)
    gloss, clear = np.zeros(height, np.float32), np.zeros(height, np.float32)
    for zone in zones:
        rows = slice(round(zone.top * height), round(zone.bottom * height))
        colour[rows], gloss[rows], clear[rows] = zone.colour, zone.gloss, zone.clear
    return colour, gloss, clear


def _through(u: Plane, clear: Plane) -> Plane:
    glow = 1 + clear * (0.22 * np.exp(-(((u - 0.1) / 0.45) ** 2)) - 0.35 * u**6)
    return np.asarray(glow, np.float32)


def _put_on(rgb: Plane, gloss: Plane, wrap: Wrap, u: Plane, turn: float) -> None:
    height = rgb.shape[0]
    top, bottom = round(wrap.top * height), round(wrap.bottom * height)
    if bottom - top < 3:
        return
    # The art covers the visible half turn, so its width is pi/2 of the body's: an equal scale front and centre.
    size = (int(rgb.shape[1] * 1.6) + 2, bottom - top)
    art = cv2.resize(wrap.art, size, interpolation=cv2.INTER_AREA)
    part = u[top:bottom]
    angle = np.arcsin(part) + turn
    map_x = ((angle / np.pi + 0.5) * (size[0] - 1)).astype(np.float32)
    map_y = np.broadcast_to(np.arange(bottom - top, dtype=np.float32)[:, None], part.shape).copy()
    rgb[top:bottom] = cv2.remap(art, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    gloss[top:bottom] = wrap.gloss


def _light(rgb: Plane, u: Plane, gloss: Plane) -> Plane:
    diffuse = 0.58 + 0.46 * np.sqrt(np.clip(1 - (u + 0.18) ** 2, 0, 1))
    strip = np.exp(-(((u + 0.52) / 0.11) ** 2)) + 0.35 * np.exp(-(((u - 0.68) / 0.07) ** 2))
    lit = rgb * diffuse[..., None] + (255 - rgb) * (gloss * strip)[..., None]
    return np.asarray(np.clip(lit, 0, 255), np.float32)
