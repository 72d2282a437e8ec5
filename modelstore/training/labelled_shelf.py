"""What training knows of one shelf photo."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inference.shelf.facings import Facings, facings

OTHER, NOTHING, UNTOLD = -1, -2, -3


@dataclass(frozen=True, eq=False)
class LabelledShelf:
    """found: [N, 5], what the detector found and how surely; size: width and height of the photo; features: [N, D],
    embeddings; labels: [N], the SKU's position, OTHER for a product that is none of them, NOTHING for what is no
    product, UNTOLD for what may be one or not."""

    found: NDArray[np.float64]
    size: tuple[int, int]
    features: NDArray[np.float32]
    labels: NDArray[np.int64]
    seen: Facings = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "seen", facings(self.found, self.size))

    @property
    def told(self) -> NDArray[np.bool_]:
        return np.asarray(self.labels != UNTOLD)
