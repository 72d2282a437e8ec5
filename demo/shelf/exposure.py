"""From the light that reaches the lens to the pixels of a JPEG file."""

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.shelf.canvas import Pixels
from demo.shelf.style import Exposure, Rng, Style

Plane = NDArray[np.float32]
_HEADROOM, _KNEE = 1.4, 200.0


def expose(photo: Pixels, style: Style, rng: Rng) -> Pixels:
    """RGB photo as decoded from a JPEG file: reflections, lamps, lens, sensor, the phone's own processing."""
    how = style.exposure
    lit = _smeared(photo, how, rng).astype(np.float32)
    lit *= _light(style, rng)
    if style.clutter.glass > 0:
        _reflect(lit, style, rng)
    lit = _graded(lit, how)
    if how.sharpen > 0:
        lit = cv2.addWeighted(lit, 1 + how.sharpen, cv2.GaussianBlur(lit, (0, 0), 1.2), -how.sharpen, 0)
    _add_noise(lit, style, rng)
    return _through_jpeg(_developed(lit), how.quality)


def _smeared(photo: Pixels, how: Exposure, rng: Rng) -> Pixels:
    """Out of focus, or moved while the shutter was open."""
    if how.blur > 0:
        photo = np.asarray(cv2.GaussianBlur(photo, (0, 0), how.blur), np.uint8)
    if how.motion < 1:
        return photo
    size = int(how.motion) | 1
    kernel = np.zeros((size, size), np.float32)
    angle, half = float(rng.uniform(0, np.pi)), size / 2 - 0.5
    end = np.array([np.cos(angle), np.sin(angle)]) * half
    (x1, y1), (x2, y2) = (half - end).round().astype(int).tolist(), (half + end).round().astype(int).tolist()
    cv2.line(kernel, (x1, y1), (x2, y2), 1.0)
    return np.asarray(cv2.filter2D(photo, -1, kernel / kernel.sum()), np.uint8)


def _light(style: Style, rng: Rng) -> Plane:
    """Falls off to one side, with lamps here and there; made small, since light is smooth."""
    x = np.linspace(-1, 1, 48, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, 48, dtype=np.float32)[:, None]
    how, cx, cy = style.exposure, float(rng.uniform(-0.8, 0.8)), float(rng.uniform(-0.8, 0.4))
    field = how.level * (1 - how.falloff * 0.5 * np.hypot(x - cx, y - cy))
    for _ in range(how.spots):
        (u, v), wide, tall = rng.uniform(-1, 1, 2), rng.uniform(0.2, 0.9), rng.uniform(0.1, 0.6)
        glow = np.exp(-(((x - u) / wide) ** 2) - ((y - v) / tall) ** 2)
        field = field * (1 + float(rng.uniform(0.05, 0.3)) * glow)
    tinted = field[..., None].astype(np.float32) * np.array(how.tint, np.float32)
    return np.asarray(cv2.resize(tinted, (style.width, style.height), interpolation=cv2.INTER_LINEAR), np.float32)


def _reflect(lit: Plane, style: Style, rng: Rng) -> None:
    """Lamps and the opposite side of the aisle in the glass, and mist on it."""
    small = np.zeros((60, 60), np.float32)
    for _ in range(int(rng.integers(2, 7))):
        x, lean, wide = float(rng.uniform(-10, 60)), float(rng.uniform(-25, 25)), int(rng.integers(1, 7))
        cv2.line(small, (int(x), 0), (int(x + lean), 60), float(rng.uniform(20, 150)), wide)
    small = cv2.GaussianBlur(small, (0, 0), float(rng.uniform(0.7, 3))) * style.clutter.glass
    size = style.width, style.height
    lit += cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)[..., None].clip(0)
    if style.clutter.fog > 0:
        mist = cv2.resize(rng.uniform(-0.5, 1, (7, 7)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
        share = (mist.clip(0, 1) * style.clutter.fog)[..., None]
        lit *= 1 - share
        lit += 205 * share


def _graded(lit: Plane, how: Exposure) -> Plane:
    """Saturation and contrast as the phone sets them."""
    if how.colour != 1:
        grey = cv2.cvtColor(lit, cv2.COLOR_RGB2GRAY)
        lit = cv2.addWeighted(lit, how.colour, cv2.merge([grey] * 3), 1 - how.colour, 0)
    if how.contrast != 1:
        lit = (lit - 118) * np.float32(how.contrast) + 118
    return np.asarray(lit, np.float32)


def _add_noise(lit: Plane, style: Style, rng: Rng) -> None:
    """Made at half size: cheap, and coarse like that of a phone after its own denoising."""
    grain = rng.standard_normal((style.height // 2 + 1, style.width // 2 + 1), dtype=np.float32)
    lit += cv2.resize(grain * style.exposure.noise, (style.width, style.height))[..., None]


def _developed(lit: Plane) -> Pixels:
    """Bytes; highlights roll off instead of breaking off."""
    coarse = cv2.convertScaleAbs(cv2.max(lit, 0), alpha=1 / _HEADROOM)
    level = np.arange(256) * _HEADROOM
    bright = _KNEE + (255 - _KNEE) * np.tanh((level - _KNEE) / (2 * (255 - _KNEE)) * 1.4)
    curve = np.where(level < _KNEE, level, bright).clip(0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(coarse, curve), np.uint8)


def _through_jpeg(photo: Pixels, quality: int) -> Pixels:
    _, data = cv2.imencode(".jpg", photo[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.array(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1].copy()
