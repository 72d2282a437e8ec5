"""Fewer boxes on one product: what the detector kept, held to a stricter overlap."""

from collections.abc import Sequence

import numpy as np

from inference.matching import intersection_over_union
from inference.results import Facing


def suppressed(facings: Sequence[Facing], overlap: float) -> tuple[Facing, ...]:
    """Of facings that overlap by more than that, the surest detection, whatever their SKUs. In the order given."""
    if not facings:
        return ()
    boxes = np.asarray([facing.box for facing in facings], np.float32)
    crossing = intersection_over_union(boxes, boxes) > overlap
    kept = np.ones(len(facings), bool)
    for row in np.argsort([-facing.det_conf for facing in facings], kind="stable"):
        if kept[row]:
            kept &= ~crossing[row]
            kept[row] = True
    return tuple(facing for facing, stays in zip(facings, kept, strict=True) if stays)
