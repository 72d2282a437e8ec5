"""Bottles, cans, jars, cups and tubes: bodies turned about an axis."""

from demo.design import Colour, Design
from demo.drawing.artwork import cap_colour, wrap
from demo.drawing.motifs import shade
from demo.drawing.solids import Pixels, View, Zone, turned

_STEEL: Colour = (196, 198, 202)


def bottle(design: Design, view: View) -> Pixels:
    slim = design.package.slim
    cap, neck, shoulder = 0.075, 0.12, 0.26 + 0.12 * slim
    throat = 0.34 - 0.04 * slim
    outline = ((0.0, throat + 0.06), (cap, throat + 0.06), (cap + 0.006, throat), (neck, throat), (shoulder, 0.97),
               (shoulder + 0.04, 1.0), (0.84, 1.0), (0.87, 0.95), (0.9, 1.0), (0.975, 1.0), (1.0, 0.88))  # fmt: skip
    liquid, top, level = design.flavour.liquid, shoulder + 0.03, neck + 0.02 + 0.06 * slim
    zones = (
        Zone(0, cap, cap_colour(design), 0.3, ribs=34), Zone(cap, cap + 0.016, shade(cap_colour(design), 0.8), 0.2),
        Zone(cap + 0.016, level, (212, 220, 220), 0.5, 0.9), Zone(level, level + 0.008, shade(liquid, 0.7), 0.5),
        Zone(level + 0.008, 0.85, liquid, 0.55, 0.9), Zone(0.85, 0.865, shade(liquid, 0.8), 0.55, 0.9),
        Zone(0.865, 1, liquid, 0.55, 0.9, ribs=10 if slim < 0.5 else 0),
    )  # fmt: skip
    return turned(outline, zones, (wrap(design, top, top + 0.4 + 0.06 * slim),), view)


def glass(design: Design, view: View) -> Pixels:
    slim = design.package.slim
    neck, shoulder = 0.28 + 0.08 * slim, 0.44 + 0.06 * slim
    outline = ((0.0, 0.42), (0.05, 0.42), (0.055, 0.36), (neck, 0.4), (shoulder, 1.0), (0.98, 1.0), (1.0, 0.94))
    tint, level = shade(design.flavour.liquid, 0.62), 0.1 + 0.1 * slim
    cap = cap_colour(design)
    zones = (
        Zone(0, 0.05, cap, 0.6, ribs=26), Zone(0.05, 0.06, shade(cap, 0.7), 0.4),
        Zone(0.06, level, shade(tint, 1.25), 0.75, 1.0), Zone(level, 1, tint, 0.75, 1.0),
    )  # fmt: skip
    wraps = [wrap(design, shoulder + 0.03, 0.9)]
    return turned(outline, zones, tuple(wraps), view)


def can(design: Design, view: View) -> Pixels:
    rim = 0.03 if design.package.kind == "can" else 0.025
    outline = ((0.0, 0.8), (rim, 0.82), (2.6 * rim, 1.0), (1 - 1.8 * rim, 1.0), (1.0, 0.84))
    zones = (
        Zone(0, 0.5 * rim, shade(_STEEL, 1.4), 0.8), Zone(0.5 * rim, 2.2 * rim, _STEEL, 0.6),
        Zone(2.2 * rim, 1, shade(_STEEL, 0.8), 0.5),
    )  # fmt: skip
    return turned(outline, zones, (wrap(design, 1.6 * rim, 1 - 0.8 * rim, 0.42),), view)


def jar(design: Design, view: View) -> Pixels:
    outline = ((0.0, 0.9), (0.15, 0.9), (0.16, 0.82), (0.2, 0.84), (0.27, 1.0), (0.97, 1.0), (1.0, 0.92))
    lid: Colour = cap_colour(design) if design.package.slim < 0.6 else (206, 172, 92)
    zones = (
        Zone(0, 0.13, lid, 0.45, ribs=40 if design.package.slim < 0.4 else 0), Zone(0.13, 0.16, shade(lid, 0.75), 0.3),
        Zone(0.16, 0.24, shade(design.flavour.liquid, 1.3), 0.7, 1.0), Zone(0.24, 1, design.flavour.liquid, 0.6, 0.9),
    )  # fmt: skip
    return turned(outline, zones, (wrap(design, 0.33, 0.9),), view)


def cup(design: Design, view: View) -> Pixels:
    outline = ((0.0, 1.0), (0.05, 1.0), (0.06, 0.95), (0.97, 0.76 + 0.16 * design.package.slim), (1.0, 0.72))
    lid: Colour = shade(cap_colour(design), 1.3) if design.package.slim < 0.7 else (216, 218, 222)
    zones = (Zone(0, 0.055, lid, 0.6), Zone(0.055, 0.08, shade(lid, 0.7), 0.3), Zone(0.08, 1, design.brand.ground, 0.3))
    return turned(outline, zones, (wrap(design, 0.08, 0.98),), view)


def tube(design: Design, view: View) -> Pixels:
    """A cardboard tube of crisps: plastic lid, printed to the metal foot."""
    outline = ((0.0, 0.97), (0.012, 1.0), (0.045, 1.0), (0.05, 0.96), (0.97, 0.96), (0.975, 0.99), (1.0, 0.99))
    lid: Colour = (236, 236, 232) if design.package.slim < 0.6 else cap_colour(design)
    zones = (
        Zone(0, 0.035, lid, 0.5, 0.4), Zone(0.035, 0.05, shade(lid, 0.75), 0.3),
        Zone(0.05, 0.972, design.brand.ground, 0.3), Zone(0.972, 1, _STEEL, 0.8),
    )  # fmt: skip
    return turned(outline, zones, (wrap(design, 0.05, 0.972, 0.16),), view)
