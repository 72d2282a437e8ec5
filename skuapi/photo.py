"""A photo of a request: its bytes, and what they show."""

from dataclasses import dataclass

from django.conf import settings
from PIL import Image

from inference.images import ImageLimits, decode
from inference.manifest import sha256
from skuapi.suspects import suspects

LIMITS = ImageLimits(settings.MAX_IMAGE_BYTES, settings.MAX_IMAGE_PIXELS)


@dataclass(frozen=True)
class Photo:
    """data: as it was sent; digest: the sha256 of that; image: RGB and upright."""

    data: bytes
    digest: str
    image: Image.Image


def opened(data: bytes) -> Photo:
    """Raises ImageError; also for one that has stopped the service twice."""
    digest = sha256(data)
    suspects().check(digest)
    with suspects().in_hand(digest):
        return Photo(data, digest, decode(data, LIMITS))
