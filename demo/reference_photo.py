"""Reference photos of a drawn product, as somebody with a phone would take them: one pack that fills the picture."""

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.design import Design
from demo.drawing.packs import draw_product

Pixels = NDArray[np.uint8]
Rng = np.random.Generator


def take_reference(design: Design, seed: int) -> Pixels:
    """RGB [height, width, 3]: turned a little, before a plain ground, in some light; as decoded from a JPEG file."""
    rng = np.random.default_rng([seed, 11])
    turn, pitch = float(rng.uniform(-0.35, 0.35)), float(rng.uniform(0, 0.2))
    pack = draw_product(design, int(rng.integers(500, 800)), turn, pitch=pitch, variation=int(rng.integers(1, 5)))
    return photographed(pack, rng)


def photographed(pack: Pixels, rng: Rng) -> Pixels:
    """A drawn pack, RGBA, before a plain ground, in some light: RGB."""
    photo = _before_ground(pack, rng).astype(np.float32)
    photo *= float(rng.uniform(0.7, 1.15)) * rng.uniform(0.93, 1.07, 3)
    photo = cv2.GaussianBlur(photo, (0, 0), float(rng.uniform(0.5, 1.6)))
    photo += rng.normal(0, 4, photo.shape)
    return _through_jpeg(photo.clip(0, 255).astype(np.uint8))


def _before_ground(pack: Pixels, rng: Rng) -> Pixels:
    """A little of the ground is left on each side."""
    height, width = pack.shape[:2]
    top, bottom = (int(share * height) for share in rng.uniform(0.02, 0.12, 2))
    left, right = (int(share * width) for share in rng.uniform(0.02, 0.12, 2))
    upper, lower = rng.integers(90, 235, 3), rng.integers(90, 235, 3)
    down = np.linspace(0, 1, height + top + bottom)[:, None, None]
    photo = np.repeat((1 - down) * upper + down * lower, width + left + right, axis=1)
    alpha = pack[..., 3:] / 255
    place = photo[top : top + height, left : left + width]
    place[:] = place * (1 - alpha) + pack[..., :3] * alpha
    return np.asarray(photo, np.uint8)


def _through_jpeg(photo: Pixels) -> Pixels:
    _, encoded = cv2.imencode(".jpg", photo[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)[..., ::-1].copy()
