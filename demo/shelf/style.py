"""How one photo is taken: the shelf in view, how it is stocked, the light and the camera."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from demo.design import Colour

Rng = np.random.Generator
Furniture = Literal["gondola", "fridge", "cooler"]


@dataclass(frozen=True)
class Pose:
    """Where the camera stands: angles in radians about the middle of the view."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    focal: float = 1.1
    """In long sides of the photo: 0.75 is a phone's wide lens, 1.5 its tele lens."""
    bend: float = 0.0
    """Radial distortion at the corner of the photo, as a share; below zero the corners are pulled in."""


@dataclass(frozen=True)
class Fixture:
    """The furniture, in millimetres."""

    kind: Furniture = "gondola"
    edge_mm: float = 34.0
    edge: Colour = (232, 232, 228)
    back: Colour = (196, 196, 190)
    depth_mm: float = 420.0
    headroom: float = 0.14
    """Free height above the tallest product of a row, as a share of it."""
    lip_mm: float = 0.0
    """Height of a rail in front of the products' feet."""
    ends: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """How much of the view lies beyond the furniture: left, top, right, bottom, as shares; 0 shows no end."""
    holes: int = 0
    """0: smooth back wall, 1: perforated, 2: slats."""
    pegs: float = 0.0
    """Chance that a row of bags hangs from hooks."""
    signs: float = 0.0
    """Talkers, wobblers and banners per metre of shelf edge."""
    tags: float = 0.9
    """Chance of a price tag below a run of equal products."""


@dataclass(frozen=True)
class Stocking:
    """How products stand; chances unless said otherwise."""

    gap: float = 0.1
    """An empty stretch after a run of facings."""
    run: float = 2.6
    """Mean number of facings of the same product side by side."""
    squeeze: float = 0.02
    """How far neighbours overlap at most, as a share of their width."""
    stack: float = 0.0
    lean: float = 0.0
    """A product stands askew."""
    fallen: float = 0.0
    pushed: float = 0.0
    """A facing stands well behind the shelf's front."""
    crowd: float = 0.0
    """Another product stands half in front of a facing."""
    varied: float = 0.0
    """A pack differs from its like: other creases, or a sticker on it."""
    rear: float = 0.75
    """A facing has stock behind it."""


@dataclass(frozen=True)
class Exposure:
    """Light and sensor."""

    level: float = 1.0
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    falloff: float = 0.16
    spots: int = 0
    """Lamps that brighten a part of the photo."""
    dark: float = 0.3
    """How dark it is deep in the shelf: 0 to 1."""
    shadow: float = 0.2
    """How much a shelf shades the tops of the products below it: 0 to 1."""
    contrast: float = 1.0
    colour: float = 1.0
    """Saturation: 1 leaves it as drawn."""
    blur: float = 0.3
    motion: float = 0.0
    """Length of the smear in pixels."""
    sharpen: float = 0.0
    noise: float = 1.5
    quality: int = 96


@dataclass(frozen=True)
class Clutter:
    """Things between camera and shelf; chances, and for glare a strength."""

    front: float = 0.0
    """Hand, trolley or pole in the picture."""
    glass: float = 0.0
    """Strength of reflections in a door; above zero there are door frames too."""
    fog: float = 0.0


@dataclass(frozen=True)
class Style:
    """Everything about a photo except its products."""

    width: int
    height: int
    view_mm: float
    """The width of shelf in view, through the middle of the photo."""
    pose: Pose = field(default_factory=Pose)
    fixture: Fixture = field(default_factory=Fixture)
    stocking: Stocking = field(default_factory=Stocking)
    exposure: Exposure = field(default_factory=Exposure)
    clutter: Clutter = field(default_factory=Clutter)
    facings: tuple[int, int] = (0, 10_000)
    """Least and most facings in view; the view is widened or narrowed until they fit."""
    occluded: float = 0.0
    """Least share of facings of which at most 70 % are visible."""


def showcase_style(width: int, height: int, view_mm: float, gap: float = 0.1) -> Style:
    """A careful photo in good light, for the demo and for pictures in the documentation."""
    return Style(width, height, view_mm, stocking=Stocking(gap=gap), exposure=Exposure(1.22, (1.02, 1.0, 0.97)))
