"""Rendered shelves as examples from which a brand's classifier is fitted."""

from collections.abc import Sequence

import numpy as np
import torch

from demo.shelf.photo import Photo
from inference.loading import LoadedRelease
from modelstore.training.labelled_shelf import NO_PHOTO, OTHER, UNTOLD, LabelledShelf
from modelstore.training.shelf_examples import example


def gather(photo: Photo, networks: LoadedRelease, skus: Sequence[str], name: str = NO_PHOTO) -> LabelledShelf:
    """Detect, match to the truth, embed. Facings that can hardly be seen are neither to be found nor mistakes.

    name: the photo's sha256."""
    rows = {sku: row for row, sku in enumerate(skus)}
    owners = [rows.get(facing.sku or "", OTHER) for facing in photo.facings] + [UNTOLD] * len(photo.hidden)
    boxes = np.array([facing.box for facing in (*photo.facings, *photo.hidden)], float).reshape(-1, 4)
    return example(torch.from_numpy(photo.image).permute(2, 0, 1).contiguous(), boxes, owners, networks, name)
