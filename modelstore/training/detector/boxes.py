"""Which boxes a detector learns from: those that are labelled, and other products that it is sure of already.

Labels name the products of one brand. Were everything else on the shelf taught as background, rivals would be unlearnt:
so what the detector finds surely, and no label overlaps, is a product too, and what it finds unsurely is spared.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from modelstore.training.detector.pictures import Boxes
from modelstore.training.detector.sight import Sight
from modelstore.training.shelf_labels import ShelfPhoto

SURE, UNSURE = 0.5, 0.15
_OVERLAP = 0.3
_INSIDE = 0.8


@dataclass(frozen=True, eq=False)
class Truth:
    """Boxes [N, 4] in pixels of the upright photo. labelled: by a person; others: products that only the detector
    knows of; unsure: what may be a product or not."""

    photo: ShelfPhoto
    labelled: Boxes
    others: Boxes
    unsure: Boxes

    @property
    def products(self) -> Boxes:
        return np.concatenate([self.labelled, self.others])


def truth(sight: Sight) -> Truth:
    """sight: of the detector that training starts from."""
    labels = torch.from_numpy(sight.photo.boxes).float()
    beside = sight.found[_shares(sight.found, labels, smaller=True) <= _OVERLAP]
    sure = beside[beside[:, 4] >= SURE]
    parts = _inside_another(sure)  # a bottle's label, say, boxed beside the bottle
    unsure = beside[(beside[:, 4] >= UNSURE) & (beside[:, 4] < SURE)]
    return Truth(sight.photo, labels.numpy(), sure[~parts, :4].numpy(), torch.cat([unsure, sure[parts]])[:, :4].numpy())


def _shares(found: Tensor, labels: Tensor, smaller: bool) -> Tensor:
    """[N]: the largest share of each found box, or of the smaller of the two, that one of the labels covers."""
    if not len(labels):
        return torch.zeros(len(found))
    return _covered(found, labels, smaller).amax(dim=1)


def _inside_another(sure: Tensor) -> Tensor:
    """Boxes that lie within a larger one: bool [N]."""
    covered = _covered(sure, sure, smaller=False)
    larger = _areas(sure)[None, :] > _areas(sure)[:, None]
    return ((covered >= _INSIDE) & larger).any(dim=1)


def _covered(boxes: Tensor, others: Tensor, smaller: bool) -> Tensor:
    """[N, M]: the share of each box, or of the smaller of both, that lies in the other."""
    low = torch.maximum(boxes[:, None, :2], others[None, :, :2])
    high = torch.minimum(boxes[:, None, 2:4], others[None, :, 2:4])
    common = (high - low).clamp(min=0).prod(dim=2)
    own, other = _areas(boxes)[:, None], _areas(others)[None, :]
    return common / (torch.minimum(own, other) if smaller else own).clamp(min=1e-6)


def _areas(boxes: Tensor) -> Tensor:
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
