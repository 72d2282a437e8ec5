"""What happens to packs on the way to a shelf: dents, torn labels, stains. Each is drawn into the picture of one pack.

size: of the damage, in shares of the pack's shorter side.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.drawing.solids import Pixels

Rng = np.random.Generator
Field = NDArray[np.float32]
_PAPER = (236, 230, 218)
_SPILLS = ((70, 42, 20), (40, 34, 26), (96, 60, 14))


def dented(pack: Pixels, size: float, rng: Rng) -> Pixels:
    """Pressed in: what is printed there is drawn together, and its rim throws light and shade."""
    x, y, radius = _spot(pack, size, rng)
    height, width = pack.shape[:2]
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    dx, dy = across - x, (down - y) * float(rng.uniform(0.7, 1.4))
    away = np.hypot(dx, dy) / radius
    depth = np.exp(-2.5 * away**2)
    moved = cv2.remap(
        pack, across + (0.55 * depth * dx).astype(np.float32), down + (0.55 * depth * dy).astype(np.float32),
        cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return _shaded(moved, _relief(depth.astype(np.float32), radius))


def _relief(depth: Field, radius: float) -> Field:
    """Light falls from the upper left: the near wall of a hollow is dark, the far one bright."""
    slope_y, slope_x = np.gradient(depth)
    return np.asarray(radius * (-slope_x - 1.3 * slope_y) * 0.75 - 0.18 * depth, np.float32)


def _shaded(pack: Pixels, light: Field) -> Pixels:
    lit = pack.astype(np.float32)
    lit[..., :3] += 150 * light[..., None]
    return lit.clip(0, 255).astype(np.uint8)


def torn(pack: Pixels, size: float, rng: Rng) -> Pixels:
    """A ragged piece of the print is gone: bare paper shows, with fibres, and the edge stands up."""
    x, y, radius = _spot(pack, size, rng)
    hole = _blob(pack.shape[:2], (x, y), radius, rng, ragged=0.35)
    fibres = cv2.GaussianBlur(rng.normal(0, 26, pack.shape[:2]).astype(np.float32), (0, 0), 1.2)
    paper = np.array(_PAPER, np.float32) * float(rng.uniform(0.85, 1.05)) + 2 * fibres[..., None]
    shadow = cv2.GaussianBlur(hole, (0, 0), max(1.0, 0.08 * radius)) * (1 - hole)
    torn_off = pack.astype(np.float32)
    torn_off[..., :3] = torn_off[..., :3] * (1 - 0.65 * shadow[..., None])
    torn_off[..., :3] = torn_off[..., :3] * (1 - hole[..., None]) + paper * hole[..., None]
    return torn_off.clip(0, 255).astype(np.uint8)


def stained(pack: Pixels, size: float, rng: Rng) -> Pixels:
    """Something was spilt over it: a dark patch with a darker rim, and drops that ran down."""
    x, y, radius = _spot(pack, size, rng)
    wet = _blob(pack.shape[:2], (x, y), radius, rng, ragged=0.15)
    for _ in range(int(rng.integers(2, 5))):
        start = x + float(rng.uniform(-0.7, 0.7)) * radius
        wide, length = max(2, int(0.12 * radius)), float(rng.uniform(0.8, 2.0)) * radius
        cv2.line(wet, (int(start), int(y)), (int(start), int(y + length)), 1.0, wide, cv2.LINE_AA)
    wet = cv2.GaussianBlur(wet, (0, 0), max(1.0, 0.03 * radius))
    rim = np.clip(wet - cv2.GaussianBlur(wet, (0, 0), max(1.5, 0.12 * radius)), 0, 1)
    cover = ((0.62 * wet + 0.9 * rim).clip(0, 0.95))[..., None]
    spilt = pack.astype(np.float32)
    colour = np.array(_SPILLS[int(rng.integers(len(_SPILLS)))], np.float32)
    spilt[..., :3] = spilt[..., :3] * (1 - cover) + colour * cover
    return spilt.clip(0, 255).astype(np.uint8)


def _spot(pack: Pixels, size: float, rng: Rng) -> tuple[float, float, float]:
    """The middle and the radius of a damage, on the pack: x, y, radius."""
    height, width = pack.shape[:2]
    x = float(rng.uniform(0.25, 0.75)) * width
    inside = np.flatnonzero(pack[:, int(x), 3] > 200)  # noqa: PLR2004 - opaque
    low, high = np.quantile(inside, (0.2, 0.8)) if len(inside) else (0.3 * height, 0.7 * height)
    return x, float(rng.uniform(low, high)), size * min(height, width)


def _blob(shape: tuple[int, ...], middle: tuple[float, float], radius: float, rng: Rng, ragged: float) -> Field:
    """1 inside a closed wavy line, 0 outside: float32 [H, W]."""
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    waves = sum(rng.normal(0, 1 / k) * np.cos(k * angles + rng.uniform(0, 6.3)) for k in range(2, 6))
    reach = radius * np.clip(1 + ragged * (waves + rng.normal(0, 0.2, len(angles))), 0.3, 1.8)
    stretch = float(rng.uniform(0.7, 1.5))
    points = np.stack([middle[0] + reach * np.cos(angles) * stretch, middle[1] + reach * np.sin(angles)], axis=1)
    mask = np.zeros(shape[:2], np.float32)
    cv2.fillPoly(mask, [points.round().astype(np.int32)], 1.0, cv2.LINE_AA)
    return mask
