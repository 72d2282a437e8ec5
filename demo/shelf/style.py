"""How one photo is taken: the size of the shelf in view, the furniture, the light and the camera."""

from dataclasses import dataclass

import numpy as np

from demo.design import Colour

Rng = np.random.Generator
_EDGES: tuple[Colour, ...] = (
    (236, 236, 232),
    (204, 206, 208),
    (60, 62, 66),
    (190, 28, 34),
    (24, 84, 158),
    (222, 196, 150),
)
_BACKS: tuple[Colour, ...] = (
    (214, 214, 208),
    (168, 172, 174),
    (120, 122, 124),
    (226, 222, 210),
    (56, 58, 62),
    (188, 168, 140),
)


@dataclass(frozen=True)
class Style:
    """Everything about a photo except its products."""

    width: int
    height: int
    view_mm: float
    """The width of shelf in view."""
    headroom: float
    """Free height above the tallest product of a row, as a share of it."""
    edge_mm: float
    edge: Colour
    back: Colour
    gap: float
    """Chance of an empty stretch after a run of facings."""
    run: float
    """Mean number of facings side by side of the same product."""
    squeeze: float
    """How far neighbours overlap at most, as a share of their width."""
    stack: float
    """Chance that a low product is stacked."""
    skew: float
    """Largest move of an image corner by perspective, as a share of the image."""
    tint: tuple[float, float, float]
    falloff: float
    blur: float
    noise: float
    quality: int


def random_style(rng: Rng) -> Style:
    """A photo as a field worker might take it: near or far, sharp or not."""
    long = int(rng.choice([720, 960, 1120, 1280]))
    short = int(long * rng.uniform(0.62, 0.85))
    wide = rng.random() < 0.6
    warm = rng.normal(0, 0.05)
    return Style(
        width=long if wide else short, height=short if wide else long,
        view_mm=float(np.exp(rng.uniform(np.log(380), np.log(2600)))),
        headroom=float(rng.uniform(0.06, 0.45)), edge_mm=float(rng.uniform(22, 48)),
        edge=_EDGES[int(rng.integers(len(_EDGES)))], back=_BACKS[int(rng.integers(len(_BACKS)))],
        gap=float(rng.choice([0.0, 0.06, 0.15, 0.3])), run=float(rng.uniform(1.2, 5)),
        squeeze=float(rng.choice([0.0, 0.04, 0.1])), stack=float(rng.choice([0.0, 0.3, 0.8])),
        skew=float(rng.uniform(0, 0.05)),
        tint=(1 + warm, 1.0, 1 - warm), falloff=float(rng.uniform(0, 0.4)),
        blur=float(rng.choice([0, 0, 0.4, 0.8, 1.3])), noise=float(rng.uniform(0, 7)),
        quality=int(rng.integers(45, 94)),
    )  # fmt: skip


def showcase_style(width: int, height: int, view_mm: float) -> Style:
    """A careful photo in good light, for the demo and for pictures in the documentation."""
    return Style(
        width=width, height=height, view_mm=view_mm, headroom=0.14, edge_mm=34, edge=(232, 232, 228),
        back=(196, 196, 190), gap=0.1, run=2.6, squeeze=0.02, stack=0.0, skew=0.012, tint=(1.02, 1.0, 0.97),
        falloff=0.16, blur=0.3, noise=1.5, quality=96,
    )  # fmt: skip
