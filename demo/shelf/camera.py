"""Takes the photo: perspective, light, blur, noise and JPEG; and where boxes end up."""

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.shelf.style import Rng, Style

Pixels = NDArray[np.uint8]
Matrix = NDArray[np.float64]


def viewpoint(style: Style, rng: Rng) -> Matrix:
    """A homography [3, 3] from the flat canvas to the photo; it always fills the photo."""
    w, h, s = style.width, style.height, style.skew
    corners = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    outward = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32)
    moved = corners + outward * rng.uniform(0, 1, (4, 2)).astype(np.float32) * s * np.array([w, h], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(corners, moved.astype(np.float32)), np.float64)


def seen_box(matrix: Matrix, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """The upright box around a transformed box."""
    x1, y1, x2, y2 = box
    corners = np.array([[[x1, y1], [x2, y1], [x2, y2], [x1, y2]]], np.float64)
    points = cv2.perspectiveTransform(corners, matrix)[0]
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def photograph(canvas: Pixels, matrix: Matrix, style: Style, rng: Rng) -> Pixels:
    """RGB photo of the canvas, as decoded from a JPEG file."""
    size = (style.width, style.height)
    photo = cv2.warpPerspective(canvas, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if style.blur > 0:
        photo = cv2.GaussianBlur(photo, (0, 0), style.blur)
    lit = photo.astype(np.float32) * _light(style, rng)
    # Noise is made at half size: cheap, and coarse like that of a phone after its own denoising.
    grain = rng.standard_normal((style.height // 2 + 1, style.width // 2 + 1), dtype=np.float32) * style.noise
    lit += cv2.resize(grain, size)[..., None]
    return _through_jpeg(np.clip(lit, 0, 255).astype(np.uint8), style.quality)


def _light(style: Style, rng: Rng) -> NDArray[np.float32]:
    x = np.linspace(-1, 1, style.width, dtype=np.float32)[None, :] - np.float32(rng.uniform(-0.8, 0.8))
    y = np.linspace(-1, 1, style.height, dtype=np.float32)[:, None] - np.float32(rng.uniform(-0.8, 0.4))
    level = np.float32(rng.uniform(0.82, 1.12))
    field = level * (1 - style.falloff * 0.5 * np.sqrt(x * x + y * y))
    return np.asarray(field[..., None] * np.array(style.tint, np.float32), np.float32)


def _through_jpeg(photo: Pixels, quality: int) -> Pixels:
    _, data = cv2.imencode(".jpg", photo[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.array(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1].copy()
