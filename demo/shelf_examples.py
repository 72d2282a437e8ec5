"""What the real detector cuts out of rendered shelves: the examples from which a brand's classifier is fitted."""

from collections.abc import Sequence

import numpy as np
import torch

from demo.matching import Match, match
from demo.shelf.photo import Photo
from inference.loading import LoadedRelease, embed
from modelstore.training.labelled_shelf import NOTHING, OTHER, UNTOLD, LabelledShelf

CONFIDENCE = 0.15
_NOTHING = 0.3
"""Below this overlap with any facing a detection shows no product in particular."""


def gather(photo: Photo, networks: LoadedRelease, skus: Sequence[str]) -> LabelledShelf:
    """Detect, match to the truth, embed: what serving will see, with its labels."""
    image = torch.from_numpy(photo.image).permute(2, 0, 1).contiguous()
    found = networks.detector.detect(image, CONFIDENCE).cpu()
    truth = [facing.box for facing in (*photo.facings, *photo.hidden)]
    matched = match(found[:, :4], torch.tensor(truth).reshape(-1, 4))
    height, width = photo.image.shape[:2]
    features = embed(networks, image, found[:, :4]).numpy()
    return LabelledShelf(found.numpy().astype(np.float64), (width, height), features, _labels(photo, matched, skus))


def _labels(photo: Photo, matched: Match, skus: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Products that are hidden, and boxes around a part of one, are neither right nor wrong."""
    rows = {sku: row for row, sku in enumerate(skus)}
    owners = [rows.get(facing.sku or "", OTHER) for facing in photo.facings] + [UNTOLD] * len(photo.hidden)
    return np.array(
        [
            owners[facing] if facing >= 0 else NOTHING if overlap < _NOTHING else UNTOLD
            for facing, overlap in zip(matched.facing.tolist(), matched.overlap.tolist(), strict=True)
        ],
        np.int64,
    )
