"""Shelves of plain boxes, seen without and with perspective."""

import numpy as np

from inference.shelf.facings import Array
from inference.shelf.sizes import Sizes

SIZE = (1600, 1200)
SMALL, LARGE, CAN = 0, 1, 2
MILLIMETRES = np.array([[220.0, 70.0], [310.0, 98.0], [120.0, 66.0]])
"""Two bottles of one design in two sizes, and a can."""
SIZES = Sizes(
    log_sides=np.log(MILLIMETRES),
    common=np.log(MILLIMETRES),
    spread=np.array([0.04, 0.06]),
    others=np.array([[5.2, 0.4], [4.2, 0.4]]),
    hidden=np.array([0.1, 0.2]),
    depth=0.35,
    odd=0.03,
)
CANNOT_TELL = np.array([0.48, 0.48, 0.0, 0.04])
SURELY_A_CAN = np.array([0.005, 0.005, 0.98, 0.01])


def row(products: list[int], scale: float, bottom: float = 900.0, slope: float = 0.0) -> Array:
    """[N, 5]: products side by side. scale: pixels a millimetre at the left, growing by `slope` a pixel."""
    found, left = [], 50.0
    for product in products:
        height, width = MILLIMETRES[product] * (scale + slope * left)
        found.append([left, bottom - height, left + width, bottom, 0.9])
        left += width + 4
    return np.array(found)
