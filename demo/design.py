"""What a product looks like, as plain values: everything the renderer needs and nothing random."""

from dataclasses import dataclass
from typing import Literal

Colour = tuple[int, int, int]
Kind = Literal[
    "bottle", "glass", "can", "slim_can", "jar", "cup", "pump", "carton", "brick", "box", "bag",
    "tube", "pouch", "jug", "bottle_pack", "can_pack", "case",
]  # fmt: skip
"""bottle_pack and can_pack: six in shrink wrap, of which three are seen; case: a cardboard multipack with a handle."""
Layout = Literal[
    "block", "band", "split", "sweep", "stripe", "wave", "fade", "frame", "rays", "dots", "arch", "glow", "checks"
]
Badge = Literal["none", "oval", "plate", "ribbon", "disc", "shield", "cloud", "flag"]
Composition = Literal["centre", "hero", "left", "banner"]
"""centre: words above a picture; hero: a heap of the flavour fills the lower half; left: ragged text beside it;
banner: the flavour's words on a strip of their own."""
Finish = Literal["paper", "foil", "kraft"]
Detail = Literal["claims", "facts", "seal", "burst", "corner", "window", "lines"]
"""Small things that a pack also carries: icons, nutrition figures, a seal, a starburst, small print."""


@dataclass(frozen=True)
class Brand:
    """One house style, shared by all products of a brand."""

    name: str
    arabic: str
    font: str
    layout: Layout
    badge: Badge
    mark: str
    ground: Colour
    ink: Colour
    badge_colour: Colour
    flavour_ground: bool
    """True: the flavour colours the whole label; False: the brand colour stays and the flavour is an accent."""
    tilt: float = 0.0
    text_first: bool = True
    words_font: str = "Spartan"
    composition: Composition = "centre"
    finish: Finish = "paper"
    details: tuple[Detail, ...] = ()
    cap: Colour | None = None
    """Colour of caps and lids; None: that of the flavour."""


@dataclass(frozen=True)
class Flavour:
    """One variety: its words, its picture and its colours."""

    name: str
    arabic: str
    motif: str
    colour: Colour
    liquid: Colour


@dataclass(frozen=True)
class Package:
    """A container: its outer size in millimetres and what is printed as its content."""

    kind: Kind
    width_mm: float
    height_mm: float
    size: str
    slim: float = 0.5
    """0 to 1: moves the details of the silhouette (shoulder height, cap width, label height)."""


@dataclass(frozen=True)
class Design:
    """One product of the world. Equal designs draw equal pictures."""

    brand: Brand
    flavour: Flavour
    package: Package


@dataclass(frozen=True)
class Product:
    """A design together with the SKU it is sold under; None when no catalogue knows it."""

    design: Design
    sku: str | None = None
