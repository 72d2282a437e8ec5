"""Labelled shelf photos as serving will see them: through the detector, the crop and the encoders."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch
from tqdm import tqdm

from inference.detector import as_tensor
from inference.images import decode
from inference.loading import LoadedRelease, embed
from inference.manifest import sha256
from inference.matching import match
from modelstore.training.labelled_shelf import ELSEWHERE, NO_PHOTO, NOTHING, OTHER, UNTOLD, LabelledShelf
from modelstore.training.shelf_labels import Floats, ShelfPhoto

CONFIDENCE = 0.15
_NOTHING = 0.3
"""Below this overlap with any label a detection shows no product in particular."""


def labelled_shelves(
    photos: Sequence[ShelfPhoto], release: LoadedRelease, rows: Mapping[str, int], progress: bool
) -> list[LabelledShelf]:
    """rows: the position of each SKU."""
    shown: Iterable[ShelfPhoto] = tqdm(photos, desc="shelves", unit="photo", disable=not (progress and photos))
    return [_labelled(photo, release, rows) for photo in shown]


def _labelled(photo: ShelfPhoto, release: LoadedRelease, rows: Mapping[str, int]) -> LabelledShelf:
    data = photo.path.read_bytes()
    pixels = as_tensor(decode(data), release.detector.device)
    owners = [OTHER if sku is None else rows.get(sku, OTHER) for sku in photo.skus]
    return example(pixels, photo.boxes, owners, release, sha256(data))


def example(
    pixels: torch.Tensor, boxes: Floats, owners: Sequence[int], release: LoadedRelease, photo: str = NO_PHOTO
) -> LabelledShelf:
    """pixels: uint8 [3, H, W]; boxes: [M, 4], what is on the photo; owners: M labels as LabelledShelf has them, UNTOLD
    for what need not be found; photo: its sha256.

    Boxes around a part of a product are neither right nor wrong."""
    found = release.detector.detect(pixels, CONFIDENCE).cpu()
    matched = match(found[:, :4], torch.from_numpy(boxes).float())
    labels = [
        owners[owner] if owner >= 0 else NOTHING if overlap < _NOTHING else UNTOLD
        for owner, overlap in zip(matched.facing.tolist(), matched.overlap.tolist(), strict=True)
    ]
    features = embed(release, pixels, found[:, :4]).numpy()
    size = (pixels.shape[2], pixels.shape[1])
    standing = np.array([owner for owner in owners if owner != UNTOLD], np.int64)
    places = np.where(matched.facing < 0, ELSEWHERE + np.arange(len(found)), matched.facing)
    return LabelledShelf(
        found.numpy().astype(np.float64), size, features, np.array(labels, np.int64), photo, standing, places
    )
