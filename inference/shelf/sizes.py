"""How large a brand's products stand on a shelf, and how well a box fits that.

Sizes are natural logarithms of a box's height and width in pixels, less the photo's scale: only differences between a
brand's SKUs mean anything.
"""

from dataclasses import dataclass

import numpy as np

from inference.shelf.facings import HEIGHT, WIDTH, Array, Facings

SIDES = (HEIGHT, WIDTH)
_BEYOND = 0.9
"""Of the boxes that the photo's edge cuts, the share that loses a part of its size."""
_EDGE = 0.6
"""Smaller or not is no step: one at zero would let rounding decide."""
_ANY = 1 / 3
"""Density of a size about which nothing is known."""


@dataclass(frozen=True)
class Sizes:
    """Learnt from labelled shelves.

    log_sides: [K, 2], NaN for a SKU that stood on none; common: [C, 2], the sizes that occur, for products that are
    none of the SKUs; spread: [2], standard deviation of a whole facing; others: [2, 2], mean and standard deviation of
    products that are none of the SKUs; hidden: [2], share of facings of which a part is hidden; depth: mean of the
    logarithm that is hidden then; odd: share of boxes that have any size.
    """

    log_sides: Array
    common: Array
    spread: Array
    others: Array
    hidden: Array
    depth: float
    odd: float

    def fit(self, difference: Array, seen: Facings, side: int, tolerance: float = 1.0) -> tuple[Array, Array]:
        """Densities of `difference` [..., N, M], box less expectation: of a facing seen whole, and of any.

        What stands in front of a product makes its box smaller, never larger.
        """
        hidden = np.where(seen.beyond[:, side], _BEYOND, self.hidden[side])[:, None]
        whole = (1 - hidden) * (1 - self.odd) * _normal(difference, self.spread[side] * tolerance)
        smaller = 1 / (1 + np.exp(np.minimum(difference / (_EDGE * self.spread[side]), 50.0)))
        part = hidden * (1 - self.odd) * smaller * np.exp(np.minimum(difference, 0) / self.depth) / self.depth
        return whole, whole + part + self.odd * _ANY

    def fit_of_others(self, sizes: Array, seen: Facings) -> Array:
        """Density of `sizes` [..., N, 2] if the product is none of the SKUs: often as large as one, often not."""
        alike, anything = np.ones(1), np.ones(1)
        for side in SIDES:
            difference = sizes[..., side, None] - self.common[:, side]
            alike = alike * self.fit(difference, seen, side)[1]
            anything = anything * _normal(sizes[..., side] - self.others[side, 0], self.others[side, 1])
        return np.asarray((alike.mean(axis=-1) + anything) / 2)


def _normal(difference: Array, deviation: float) -> Array:
    return np.asarray(np.exp(-0.5 * (difference / deviation) ** 2) / (deviation * np.sqrt(2 * np.pi)))
