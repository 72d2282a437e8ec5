"""A shelf photo as a camera might have taken it: nearer, from further away, in other light, blurred, saved badly.

A detector does not read, so mirroring does it no harm. Shelves are full as they are, so
no picture is made of several photos.
"""

import cv2
import numpy as np

from modelstore.training.detector.pictures import Pixels, Rng, Sample, mirrored, recoloured, windowed

_AS_SERVED = 1 / 3
_RECOLOURED, _BLURRED, _COMPRESSED = 0.7, 0.2, 0.3


def augmented(served: Sample, larger: Sample, size: int, rng: Rng) -> Sample:
    """served: a square sample exactly as serving scales it, which one in three stays; larger: the photo with more
    pixels, of which others are windows; size: of the photo's longer side when serving."""
    side = served.image.shape[0]
    sample = served if rng.random() < _AS_SERVED else windowed(larger, size, side, rng)
    image = recoloured(sample.image, rng) if rng.random() < _RECOLOURED else sample.image
    return mirrored(Sample(_degraded(image, rng), sample.boxes, sample.spared), rng)


def _degraded(image: Pixels, rng: Rng) -> Pixels:
    if rng.random() < _BLURRED:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.5, 1.3))), np.uint8)
    if rng.random() < _COMPRESSED:
        written = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 90))])[1]
        image = np.asarray(cv2.imdecode(written, cv2.IMREAD_COLOR), np.uint8)
    return image
