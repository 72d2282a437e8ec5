"""Sizes and runs together: a release may carry what is needed for them, with its classifier."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.errors import ReleaseRefused
from inference.shelf.facings import Array, facings, right_neighbours
from inference.shelf.runs import with_neighbours
from inference.shelf.scale import with_sizes
from inference.shelf.sizes import Sizes

Stored = NDArray[np.generic]
_SHAPES: dict[str, tuple[int | None, ...]] = {
    "sizes.log_sides": (None, 2), "sizes.common": (None, 2), "sizes.spread": (2,), "sizes.others": (2, 2),
    "sizes.hidden": (2,), "sizes.depth": (1,), "sizes.odd": (1,), "runs": (1,),
}  # fmt: skip


@dataclass(frozen=True)
class ShelfContext:
    """sizes: of the brand's products; run: how often two neighbours are the same product."""

    sizes: Sizes
    run: float

    def applied(
        self, probabilities: NDArray[np.float32], found: NDArray[np.floating], size: tuple[int, int]
    ) -> NDArray[np.float32]:
        """probabilities: [N, K + 1], the last for "none of these"; found: [N, 5], boxes and detection confidences in
        pixels of a photo of `size` (width, height). Returns [N, K + 1], rows summing to one."""
        seen = facings(found.astype(np.float64), size)
        sized = with_sizes(probabilities.astype(np.float64), seen, self.sizes)
        return with_neighbours(sized, right_neighbours(seen.boxes), self.run).astype(np.float32)

    def arrays(self) -> dict[str, Stored]:
        """As they are stored beside the classifier's weights."""
        values = {f"sizes.{name}": value for name, value in vars(self.sizes).items()} | {"runs": self.run}
        return {name: np.atleast_1d(np.asarray(value, np.float32)) for name, value in values.items()}


def context_from(stored: Mapping[str, Stored], labels: int) -> ShelfContext | None:
    """None when the release carries none. Raises ReleaseRefused when the arrays do not fit."""
    values = {name.removeprefix("sizes."): np.asarray(stored[name], np.float64) for name in _SHAPES if name in stored}
    if not values:
        return None
    if len(values) < len(_SHAPES) or not _shaped(values, labels) or not _sensible(values):
        raise ReleaseRefused("The sizes that the release carries make no sense. Train the release again.")
    run, depth, odd = (float(values.pop(name)[0]) for name in ("runs", "depth", "odd"))
    return ShelfContext(Sizes(**values, depth=depth, odd=odd), run)


def _shaped(values: Mapping[str, Array], labels: int) -> bool:
    pairs = zip(values.values(), _SHAPES.values(), strict=True)
    fitting = all(
        len(value.shape) == len(shape)
        and all(want in (None, have) for have, want in zip(value.shape, shape, strict=True))
        for value, shape in pairs
    )
    return fitting and len(values["log_sides"]) == labels and len(values["common"]) > 0


def _sensible(values: Mapping[str, Array]) -> bool:
    positive = (values["spread"], values["others"][:, 1], values["depth"], values["odd"])
    shares = (values["hidden"], values["odd"], values["runs"])
    finite = (value for name, value in values.items() if name != "log_sides")
    return (
        all(bool((value > 0).all()) for value in positive)
        and all(bool(((value >= 0) & (value <= 1)).all()) for value in shares)
        and all(bool(np.isfinite(value).all()) for value in finite)
    )
