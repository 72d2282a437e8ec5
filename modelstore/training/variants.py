"""What a reference photo would look like on a shelf: smaller, darker, brighter, cut by the box or by a neighbour."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

Pixels = Tensor
"""uint8 [3, H, W]."""


def variants(photo: Pixels) -> list[Pixels]:
    """The photo itself first; the same for the same photo."""
    return [photo, *(recipe(photo) for recipe in _RECIPES)]


def _small(photo: Pixels, longest: int) -> Pixels:
    """Detail is lost, as on a facing of so many pixels; a smaller photo stays as it is."""
    height, width = photo.shape[1:]
    scale = longest / max(height, width)
    if scale >= 1:
        return photo
    size = max(1, round(height * scale)), max(1, round(width * scale))
    return _as_bytes(functional.interpolate(photo[None].float(), size, mode="bilinear", antialias=True)[0])


def _lit(photo: Pixels, gain: float, gamma: float) -> Pixels:
    return _as_bytes((photo.float() / 255) ** gamma * gain * 255)


def _part(photo: Pixels, left: float, top: float, right: float, bottom: float) -> Pixels:
    """Sides in shares of the photo's."""
    height, width = photo.shape[1:]
    x, y = int(left * width), int(top * height)
    return photo[:, y : max(y + 1, int(bottom * height)), x : max(x + 1, int(right * width))]


def _as_bytes(pixels: Tensor) -> Pixels:
    return pixels.round().clamp(0, 255).to(torch.uint8)


_RECIPES: tuple[Callable[[Pixels], Pixels], ...] = (
    lambda photo: _small(photo, 64),
    lambda photo: _small(photo, 40),
    lambda photo: _lit(_small(photo, 96), 0.7, 1.0),
    lambda photo: _lit(_small(photo, 96), 1.2, 0.85),
    lambda photo: _part(_small(photo, 128), 0.08, 0.06, 0.92, 0.94),
    lambda photo: _part(_small(photo, 96), 0.0, 0.0, 0.75, 1.0),
    lambda photo: _part(_small(photo, 96), 0.25, 0.0, 1.0, 1.0),
    lambda photo: _lit(_part(_small(photo, 56), 0.0, 0.15, 1.0, 1.0), 0.8, 1.1),
)
