"""What a detector finds on shelf photos."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torch import Tensor
from tqdm import tqdm

from inference.detector import Detector, as_tensor
from inference.images import decode
from modelstore.training.shelf_labels import ShelfPhoto

LOWEST = 0.01
"""Average precision asks for all that is found, however unsurely."""


@dataclass(frozen=True, eq=False)
class Sight:
    """found: float32 [N, 5], as Detector.detect answers."""

    photo: ShelfPhoto
    found: Tensor


def seen(photos: Sequence[ShelfPhoto], detector: Detector, progress: bool, task: str) -> list[Sight]:
    """Raises InvalidOutput, OSError or ImageError."""
    shown: Iterable[ShelfPhoto] = tqdm(photos, desc=task, unit="photo", disable=not progress)
    return [_sight(photo, detector) for photo in shown]


def _sight(photo: ShelfPhoto, detector: Detector) -> Sight:
    image = decode(photo.path.read_bytes())
    found = detector.detect(as_tensor(image, detector.device), LOWEST)
    return Sight(photo, found)
