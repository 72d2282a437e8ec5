"""Things between camera and shelf, drawn on the photo itself: doors, hands, trolleys, poles, hanging signs."""

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.design import Colour
from demo.shelf.canvas import Owners, Pixels
from demo.shelf.style import Rng, Style

Mask = NDArray[np.uint8]
_SKINS: tuple[Colour, ...] = ((236, 188, 160), (205, 150, 115), (150, 100, 70), (92, 62, 46), (222, 170, 140))


def put_in_front(photo: Pixels, owner: Owners, style: Style, rng: Rng) -> None:
    """Draws on the photo; what is hidden loses its owner."""
    if style.clutter.glass > 0:
        _door(photo, owner, rng)
    if rng.random() < style.clutter.front:
        shape = (_hand, _trolley, _pole, _banner)[int(rng.integers(4))]
        mask = np.zeros(photo.shape[:2], np.uint8)
        colour = shape(mask, rng)
        _cover(photo, owner, mask, colour, rng)


def _cover(photo: Pixels, owner: Owners, mask: Mask, colour: Colour, rng: Rng) -> None:
    """Out of focus, since it is near, and with some light on it."""
    soft = cv2.GaussianBlur(mask, (0, 0), float(rng.uniform(0.8, 3.5)))
    coarse = rng.uniform(0.7, 1.15, (6, 6)).astype(np.float32)
    light = cv2.resize(coarse, (mask.shape[1], mask.shape[0]), interpolation=cv2.INTER_CUBIC)
    alpha = (soft.astype(np.float32) / 255)[..., None]
    painted = np.array(colour, np.float32) * light[..., None]
    photo[:] = (photo * (1 - alpha) + painted.clip(0, 255) * alpha).astype(np.uint8)
    owner[soft > 127] = 0


def _hand(mask: Mask, rng: Rng) -> Colour:
    """An arm from below or beside, with fingers."""
    h, w = mask.shape
    palm = np.array([rng.uniform(0.2, 0.8) * w, rng.uniform(0.45, 0.85) * h])
    elbow = np.array([palm[0] + rng.uniform(-0.4, 0.4) * w, h * 1.15])
    thick = int(rng.uniform(0.05, 0.1) * w)
    cv2.line(mask, _point(palm), _point(elbow), 255, thick)
    cv2.circle(mask, _point(palm), int(thick * 0.75), 255, -1)
    along = (palm - elbow) / np.linalg.norm(palm - elbow)
    for spread in (-0.9, -0.35, 0.0, 0.3, 0.6):
        c, s = np.cos(spread), np.sin(spread)
        finger = np.array([c * along[0] - s * along[1], s * along[0] + c * along[1]])
        cv2.line(mask, _point(palm), _point(palm + finger * thick * 1.7), 255, max(2, thick // 4))
    return _SKINS[int(rng.integers(len(_SKINS)))]


def _point(at: NDArray[np.float64]) -> tuple[int, int]:
    return int(at[0]), int(at[1])


def _trolley(mask: Mask, rng: Rng) -> Colour:
    """Wires and the bar of a shopping trolley in the lower part."""
    h, w = mask.shape
    top, slope = int(rng.uniform(0.68, 0.92) * h), int(rng.uniform(-0.06, 0.06) * h)
    cv2.line(mask, (0, top), (w, top + slope), 255, max(3, h // 60))
    step, thin = max(12, w // int(rng.integers(16, 34))), max(1, h // 260)
    for x in range(-w // 4, w + w // 4, step):
        cv2.line(mask, (x, top), (x + w // 12, h), 255, thin)
    for y in range(top, h, step):
        cv2.line(mask, (0, y), (w, y + slope), 255, thin)
    return (170, 172, 176) if rng.random() < 0.7 else (190, 30, 36)


def _pole(mask: Mask, rng: Rng) -> Colour:
    h, w = mask.shape
    x, thick = int(rng.uniform(0, 1) * w), int(rng.uniform(0.015, 0.05) * w)
    cv2.line(mask, (x, 0), (x + int(rng.normal(0, 0.02) * w), h), 255, thick)
    return (200, 200, 200) if rng.random() < 0.6 else (50, 50, 54)


def _banner(mask: Mask, rng: Rng) -> Colour:
    """A sign that hangs into the picture from above."""
    h, w = mask.shape
    x, wide, tall = int(rng.uniform(0, 0.8) * w), int(rng.uniform(0.12, 0.35) * w), int(rng.uniform(0.05, 0.22) * h)
    cv2.rectangle(mask, (x, 0), (x + wide, tall), 255, -1)
    red, green, blue = rng.integers(30, 250, 3).tolist()
    return red, green, blue


def _door(photo: Pixels, owner: Owners, rng: Rng) -> None:
    """Frames of a glass door with a handle."""
    h, w = owner.shape
    mask, pitch = np.zeros((h, w), np.uint8), int(rng.uniform(0.45, 0.95) * w)
    thick, first = int(rng.uniform(0.025, 0.06) * w), int(rng.uniform(-0.1, 0.5) * w)
    for x in range(first, w, pitch):
        cv2.rectangle(mask, (x, 0), (x + thick, h), 255, -1)
        cv2.rectangle(mask, (x + 2 * thick, int(0.35 * h)), (x + 2 * thick + thick // 3, int(0.68 * h)), 255, -1)
    grey = int(rng.choice([26, 60, 176, 210]))
    _cover(photo, owner, mask, (grey, grey, grey), rng)
