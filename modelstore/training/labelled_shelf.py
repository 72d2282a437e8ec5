"""What training knows of one shelf photo."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inference.shelf.facings import Facings, facings

OTHER, NOTHING, UNTOLD = -1, -2, -3
NO_PHOTO = "0" * 64
ELSEWHERE = 1_000_000


@dataclass(frozen=True, eq=False)
class LabelledShelf:
    """found: [N, 5], what the detector found and how surely; size: width and height of the photo; features: [N, D],
    embeddings; labels: [N], the SKU's position, OTHER for a product that is none of them, NOTHING for what is no
    product, UNTOLD for what may be one or not; photo: its sha256; standing: [M], the labels of all that stands there,
    found or not; places: [N], which labelled box each is, or a number from ELSEWHERE on for none."""

    found: NDArray[np.float64]
    size: tuple[int, int]
    features: NDArray[np.float32]
    labels: NDArray[np.int64]
    photo: str = NO_PHOTO
    standing: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    places: NDArray[np.int64] | None = None
    seen: Facings = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "seen", facings(self.found, self.size))

    def row_at(self, place: int) -> int:
        """Of the detection there."""
        return place if self.places is None else int(np.flatnonzero(self.places == place)[0])

    @property
    def told(self) -> NDArray[np.bool_]:
        return np.asarray(self.labels != UNTOLD)
